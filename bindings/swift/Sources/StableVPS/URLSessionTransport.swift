import Foundation

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// Sends with `URLSession`.
///
/// A reply is read up to 16 MiB, redirects are not followed, and neither cookies nor a cache take part. A
/// request that must not be sent twice goes out on a connection of its own.
///
/// A session of yours gives its configuration, such as proxies, protocol classes and whether cellular data
/// may be used, and its delegate is asked about authentication, such as the server's certificate. Requests
/// go through sessions of this transport, as nothing but their delegate can keep redirects from being
/// followed on every platform.
public final class URLSessionTransport: HTTPTransport {
  private let session: URLSession
  private let configuration: Locked<URLSessionConfiguration>
  private let authenticating: (any URLSessionDelegate)?

  /// - Parameter session: where the configuration and the answers to authentication come from.
  public init(session: URLSession? = nil) {
    // On Linux, a session gives out the configuration that is its own.
    let copied = session?.configuration.copy() as? URLSessionConfiguration
    let configuration = copied ?? .ephemeral
    configuration.urlCache = nil
    configuration.requestCachePolicy = .reloadIgnoringLocalCacheData
    configuration.httpCookieStorage = nil
    configuration.httpShouldSetCookies = false
    #if canImport(FoundationNetworking)
      configuration.protocolClasses = Unchallenged.guarding(configuration.protocolClasses ?? [])
    #endif
    // Each exchange has a limit of its own.
    configuration.timeoutIntervalForRequest = 7 * 86_400
    authenticating = session?.delegate
    self.configuration = Locked(configuration)
    self.session = URLSession(exchanging: configuration, authenticating)
  }

  deinit {
    session.finishTasksAndInvalidate()
  }

  public func send(_ request: TransportRequest) async throws -> TransportResponse {
    guard request.needsFreshConnection else {
      return try await session.exchange(request)
    }
    let session = configuration.withLock { URLSession(exchanging: $0, authenticating) }
    defer { session.finishTasksAndInvalidate() }
    return try await session.exchange(request)
  }
}

extension URLSessionTransport: CustomReflectable {
  /// Empty: on Linux, what a session is about to send could be seen through it, the key included.
  public var customMirror: Mirror { Mirror(self, children: []) }
}

extension URLSession {
  fileprivate convenience init(
    exchanging configuration: URLSessionConfiguration,
    _ authenticating: (any URLSessionDelegate)?
  ) {
    #if canImport(FoundationNetworking)
      let queue: OperationQueue? = DelegateQueue()
    #else
      let queue: OperationQueue? = nil
    #endif
    self.init(
      configuration: configuration, delegate: Exchanges(authenticating), delegateQueue: queue)
  }

  /// Sends a request in a session whose delegate is an ``Exchanges``.
  fileprivate func exchange(_ request: TransportRequest) async throws -> TransportResponse {
    guard let exchanges = delegate as? Exchanges else {
      throw TransportFailure(.io, .notSent, detail: "the session is gone")
    }
    try Task.checkCancellation()
    let task = dataTask(with: URLRequest(request))
    let exchange = Exchange()
    exchanges.begin(exchange, of: task)
    // It stays queued until its time, cancelled or not: till then it must hold on to no reply and no key.
    let limit = DispatchWorkItem { [weak exchange, weak task] in
      exchange?.fail(TransportFailure(.timeout, .unknown, detail: "the time was over"))
      task?.cancel()
    }
    DispatchQueue.global().asyncAfter(deadline: .now() + request.timeout.interval, execute: limit)
    defer { limit.cancel() }
    return try await withTaskCancellationHandler {
      try await exchange.response { task.resume() }
    } onCancel: {
      exchange.fail(CancellationError())
      task.cancel()
    }
  }
}

extension URLRequest {
  fileprivate init(_ request: TransportRequest) {
    self.init(url: request.url)
    httpMethod = request.method
    allHTTPHeaderFields = request.headers
    httpBody = request.body
  }
}

extension Duration {
  fileprivate var interval: DispatchTimeInterval {
    let (seconds, attoseconds) = components
    let milliseconds = seconds * 1000 + attoseconds / 1_000_000_000_000_000
    return .milliseconds(Int(clamping: milliseconds))
  }
}
