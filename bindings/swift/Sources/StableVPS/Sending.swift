internal import StableVPSNative

/// A request on its way, for those who hear of it.
struct Sending {
  private let host: Host
  private let label: String
  private let request: HttpRequest
  private let begun: Int64

  init(_ request: HttpRequest, of label: String, by host: Host) {
    self.host = host
    self.label = label
    self.request = request
    begun = host.clock.monotonic
    host.log?(.debug, "\(label): sending \(request.endpoint)")
  }

  func ended(_ result: Result<TransportResponse, TransportFailure>) {
    let tookMs = host.clock.monotonic - begun
    let response = try? result.get()
    var failure: TransportFailure?
    switch result {
    case .success(let response):
      host.log?(level, "\(label): \(request.endpoint) answered \(response.status) in \(tookMs) ms")
    case .failure(let reason):
      failure = reason
      host.log?(
        level, "\(label): \(request.endpoint) failed after \(tookMs) ms: \(reason.kind), \(reason.delivery)")
    }
    host.onEvent?(
      .requestEnded(
        .init(
          operation: label, endpoint: request.endpoint, method: request.method,
          attempt: Int(request.attempt), retryOf: request.retryOf, status: response?.status,
          failure: failure?.kind, delivery: failure?.delivery, duration: .milliseconds(tookMs),
          bytesReceived: response?.body.count ?? 0,
          requestID: response?.headers.first { $0.key.lowercased() == "x-request-id" }?.value)))
  }

  /// Orders, deletions and reboots are information.
  private var level: StableVPS.LogLine.Level {
    let isWeighty = request.method == "DELETE"
      || (request.retryClass == .once && request.endpoint.hasPrefix("POST /vps"))
    return isWeighty ? .info : .debug
  }
}
