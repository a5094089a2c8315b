import StableVPS

/// Forwards requests, and withholds their responses until the task is cancelled.
final class HeldTransport: HTTPTransport {
  let arrived = Signal()
  private let real: any HTTPTransport
  private let endpoint: String?

  /// - Parameter endpoint: whose responses are withheld; all by default.
  init(_ real: any HTTPTransport, only endpoint: String? = nil) {
    self.real = real
    self.endpoint = endpoint
  }

  func send(_ request: TransportRequest) async throws -> TransportResponse {
    let response = try await real.send(request)
    if let endpoint, endpoint != request.endpoint {
      return response
    }
    arrived.happen()
    await Signal().happened()
    throw CancellationError()
  }
}
