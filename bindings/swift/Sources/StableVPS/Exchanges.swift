import Foundation

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// The largest body that is read: 16 MiB, more than any response of the service.
private let largestBody = 16 * 1024 * 1024

/// One request and what has arrived of its response.
final class Exchange: Sendable {
  private let state = Locked(State())

  private struct State {
    var body = Data()
    var result: Result<TransportResponse, any Error>?
    var waiting: CheckedContinuation<TransportResponse, any Error>?
  }

  /// Starts the request and waits for its result.
  func response(start: () -> Void) async throws -> TransportResponse {
    try await withCheckedThrowingContinuation { continuation in
      let result = state.withLock { state in
        if state.result == nil {
          state.waiting = continuation
        }
        return state.result
      }
      if let result {
        continuation.resume(with: result)
      } else {
        start()
      }
    }
  }

  func fail(_ error: any Error) {
    end { _ in .failure(error) }
  }

  /// Appends a part of the body. Returns `false` where the body becomes too large.
  func receive(_ part: Data) -> Bool {
    state.withLock { state in
      guard state.body.count + part.count <= largestBody else { return false }
      state.body.append(part)
      return true
    }
  }

  func complete(_ response: URLResponse?, _ error: (any Error)?) {
    end { state in
      // A response that asks for a password may be reported as an error, after the whole of it arrived.
      let asksForPassword = (error as? URLError)?.code == .userAuthenticationRequired
      if let error, !(asksForPassword && response is HTTPURLResponse) {
        return .failure(TransportFailure(error))
      }
      guard let response = response as? HTTPURLResponse else {
        return .failure(TransportFailure(.io, .unknown, detail: "the reply is not HTTP"))
      }
      return .success(
        TransportResponse(
          status: response.statusCode, headers: response.relevantHeaders, body: state.body))
    }
  }

  /// The first result counts; later ones are ignored.
  private func end(_ result: (State) -> Result<TransportResponse, any Error>) {
    let (waiting, result) = state.withLock { state in
      let first = state.result ?? result(state)
      state.result = first
      defer { state.waiting = nil }
      return (state.waiting, first)
    }
    waiting?.resume(with: result)
  }
}

extension HTTPURLResponse {
  /// The headers that the core reads.
  fileprivate var relevantHeaders: [String: String] {
    var headers: [String: String] = [:]
    for name in ["content-type", "date", "retry-after"] {
      headers[name] = value(forHTTPHeaderField: name)
    }
    return headers
  }
}

/// The delegate of a session. It collects the responses and follows no redirect.
final class Exchanges: NSObject, URLSessionDataDelegate {
  private let running = Locked<[Int: Exchange]>([:])
  let authenticating: (any URLSessionDelegate)?

  init(_ authenticating: (any URLSessionDelegate)?) {
    self.authenticating = authenticating
  }

  func begin(_ exchange: Exchange, of task: URLSessionTask) {
    running.withLock { $0[task.taskIdentifier] = exchange }
  }

  func exchange(_ task: URLSessionTask) -> Exchange? {
    running.withLock { $0[task.taskIdentifier] }
  }

  func urlSession(
    _ session: URLSession, task: URLSessionTask,
    willPerformHTTPRedirection response: HTTPURLResponse, newRequest request: URLRequest,
    completionHandler: @escaping @Sendable (URLRequest?) -> Void
  ) {
    completionHandler(nil)
  }

  func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
    guard let exchange = exchange(dataTask) else { return }
    if !exchange.receive(data) {
      exchange.fail(
        TransportFailure(.tooLarge, .unknown, detail: "the response is larger than 16 MiB"))
      // Elsewhere: on Linux, cancelling waits for the queue that makes this call.
      DispatchQueue.global().async { dataTask.cancel() }
    }
  }

  func urlSession(
    _ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?
  ) {
    let exchange = running.withLock { $0.removeValue(forKey: task.taskIdentifier) }
    exchange?.complete(task.response, error)
  }
}
