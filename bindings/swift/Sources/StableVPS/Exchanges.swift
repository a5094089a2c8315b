import Foundation

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// The largest body that is read: 16 MiB, more than any reply of the service.
private let largestBody = 16 * 1024 * 1024

/// One request and what has come of its reply.
final class Exchange: Sendable {
  private let state = Locked(State())

  private struct State {
    var body = Data()
    var result: Result<TransportResponse, any Error>?
    var waiting: CheckedContinuation<TransportResponse, any Error>?
  }

  /// Begins, and waits for the end.
  func response(begin: () -> Void) async throws -> TransportResponse {
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
        begin()
      }
    }
  }

  func fail(_ error: any Error) {
    end { _ in .failure(error) }
  }

  /// Takes a part of the body; says whether it is still small enough.
  func receive(_ part: Data) -> Bool {
    state.withLock { state in
      guard state.body.count + part.count <= largestBody else { return false }
      state.body.append(part)
      return true
    }
  }

  func complete(_ response: URLResponse?, _ error: (any Error)?) {
    end { state in
      // A reply that asks for a password may come as an error, after the whole of it.
      let isAsked = (error as? URLError)?.code == .userAuthenticationRequired
      if let error, !(isAsked && response is HTTPURLResponse) {
        return .failure(TransportFailure(error))
      }
      guard let response = response as? HTTPURLResponse else {
        return .failure(TransportFailure(.io, .unknown, detail: "the reply is not HTTP"))
      }
      return .success(
        TransportResponse(
          status: response.statusCode, headers: response.read, body: state.body))
    }
  }

  /// Whoever comes first ends it.
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
  /// The headers that matter.
  fileprivate var read: [String: String] {
    var headers: [String: String] = [:]
    for name in ["content-type", "retry-after"] {
      headers[name] = value(forHTTPHeaderField: name)
    }
    return headers
  }
}

/// The delegate of a session: collects what comes, and follows nothing.
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
      dataTask.cancel()
    }
  }

  func urlSession(
    _ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?
  ) {
    let exchange = running.withLock { $0.removeValue(forKey: task.taskIdentifier) }
    exchange?.complete(task.response, error)
  }
}
