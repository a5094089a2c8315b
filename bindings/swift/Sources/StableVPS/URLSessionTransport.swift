import Foundation

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// Sends requests with `URLSession`.
///
/// A response is read up to 16 MiB. Redirects are not followed, and cookies and caches are off. A request that
/// must not be sent twice gets a connection of its own.
///
/// A session passed to the initializer lends its configuration, such as proxies, protocol classes and whether
/// cellular data may be used, and its delegate, which answers authentication challenges such as the server's
/// certificate. The requests themselves use sessions of this transport: on some platforms only a session's
/// delegate can prevent redirects from being followed.
public final class URLSessionTransport: HTTPTransport {
  private let session: URLSession
  private let configuration: Locked<URLSessionConfiguration>
  private let authenticating: (any URLSessionDelegate)?

  /// - Parameter session: lends its configuration and its delegate.
  public init(session: URLSession? = nil) {
    let configuration = session?.configuration.forOtherSessions ?? .ephemeral
    configuration.urlCache = nil
    configuration.requestCachePolicy = .reloadIgnoringLocalCacheData
    configuration.httpCookieStorage = nil
    configuration.httpShouldSetCookies = false
    #if canImport(FoundationNetworking)
      configuration.protocolClasses = Unchallenged.guarding(configuration.protocolClasses ?? [])
    #endif
    // Each exchange has a time limit of its own.
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
  /// Empty: on Linux, mirroring a session reveals the requests that it is about to send, including the key.
  public var customMirror: Mirror { Mirror(self, children: []) }
}

extension URLSessionConfiguration {
  /// A copy that several other sessions can be made of.
  fileprivate var forOtherSessions: URLSessionConfiguration? {
    #if !canImport(FoundationNetworking)
      if identifier != nil {
        return ofForegroundSessions
      }
    #endif
    // The copy is needed on Linux, where a session returns the configuration that it uses.
    return copy() as? URLSessionConfiguration
  }

  #if !canImport(FoundationNetworking)
    /// What a background session's configuration says of requests. A copy of the whole would hold its
    /// identifier, which one session at a time may use.
    private var ofForegroundSessions: URLSessionConfiguration {
      let configuration = URLSessionConfiguration.ephemeral
      configuration.allowsCellularAccess = allowsCellularAccess
      configuration.allowsConstrainedNetworkAccess = allowsConstrainedNetworkAccess
      configuration.allowsExpensiveNetworkAccess = allowsExpensiveNetworkAccess
      configuration.connectionProxyDictionary = connectionProxyDictionary
      configuration.httpAdditionalHeaders = httpAdditionalHeaders
      configuration.networkServiceType = networkServiceType
      configuration.tlsMaximumSupportedProtocolVersion = tlsMaximumSupportedProtocolVersion
      configuration.tlsMinimumSupportedProtocolVersion = tlsMinimumSupportedProtocolVersion
      return configuration
    }
  #endif
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

  /// Sends a request. The session's delegate must be an ``Exchanges``.
  fileprivate func exchange(_ request: TransportRequest) async throws -> TransportResponse {
    guard let exchanges = delegate as? Exchanges else {
      throw TransportFailure(.io, .notSent, detail: "the session was invalidated")
    }
    try Task.checkCancellation()
    let task = dataTask(with: URLRequest(request))
    let exchange = Exchange()
    exchanges.begin(exchange, of: task)
    // It stays in its queue until the limit, even when cancelled, so it must not retain the response or the key.
    let limit = DispatchWorkItem { [weak exchange, weak task] in
      exchange?.fail(TransportFailure(.timeout, .unknown, detail: "the time limit was reached"))
      task?.cancel()
    }
    DispatchQueue.global().asyncAfter(deadline: .now() + request.timeout.interval, execute: limit)
    defer { limit.cancel() }
    return try await withTaskCancellationHandler {
      try await exchange.response {
        // The last moment before the session connects and writes.
        if request.mayBegin() {
          task.resume()
        } else {
          exchange.fail(TransportFailure.tooLate)
          task.cancel()
        }
      }
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
  fileprivate var interval: DispatchTimeInterval { .milliseconds(Int(clamping: milliseconds)) }
}
