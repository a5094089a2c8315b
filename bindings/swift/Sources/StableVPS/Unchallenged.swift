#if canImport(FoundationNetworking)
  import Foundation
  import FoundationNetworking

  /// Loads with the platform's own protocol classes, but hides the end of a 401 response from them. On Linux
  /// they would parse its `WWW-Authenticate` header then, and crash on a scheme without parameters, such as
  /// `Bearer` alone.
  final class Unchallenged: URLProtocol {
    private static let platform =
      (URLSessionConfiguration.default.protocolClasses ?? []).compactMap { $0 as? URLProtocol.Type }

    private var loading: URLProtocol?

    /// The same classes, with this class in place of the platform's.
    static func guarding(_ classes: [AnyClass]) -> [AnyClass] {
      classes.filter { one in !platform.contains { $0 == one } } + [Unchallenged.self]
    }

    override static func canInit(with request: URLRequest) -> Bool {
      platform.contains { $0.canInit(with: request) }
    }

    override static func canonicalRequest(for request: URLRequest) -> URLRequest { request }

    override func startLoading() {
      guard let task, let client,
        let platform = Self.platform.first(where: { $0.canInit(with: request) })
      else { return }
      let loading = platform.init(
        task: task, cachedResponse: cachedResponse, client: Client(client, of: task))
      self.loading = loading
      loading.startLoading()
    }

    override func stopLoading() {
      loading?.stopLoading()
    }
  }

  /// Forwards everything, except that a complete 401 response is reported as an error. The session's delegate
  /// turns that error back into the response.
  private final class Client: NSObject, URLProtocolClient, @unchecked Sendable {
    private let real: any URLProtocolClient
    private weak var task: URLSessionTask?

    init(_ real: any URLProtocolClient, of task: URLSessionTask) {
      self.real = real
      self.task = task
    }

    func urlProtocolDidFinishLoading(_ loading: URLProtocol) {
      if (task?.response as? HTTPURLResponse)?.statusCode == 401 {
        real.urlProtocol(loading, didFailWithError: URLError(.userAuthenticationRequired))
      } else {
        real.urlProtocolDidFinishLoading(loading)
      }
    }

    func urlProtocol(_ loading: URLProtocol, didFailWithError error: any Error) {
      real.urlProtocol(loading, didFailWithError: error)
    }

    func urlProtocol(
      _ loading: URLProtocol, didReceive response: URLResponse,
      cacheStoragePolicy policy: URLCache.StoragePolicy
    ) {
      real.urlProtocol(loading, didReceive: response, cacheStoragePolicy: policy)
    }

    func urlProtocol(_ loading: URLProtocol, didLoad data: Data) {
      real.urlProtocol(loading, didLoad: data)
    }

    func urlProtocol(
      _ loading: URLProtocol, wasRedirectedTo request: URLRequest, redirectResponse: URLResponse
    ) {
      real.urlProtocol(loading, wasRedirectedTo: request, redirectResponse: redirectResponse)
    }

    func urlProtocol(_ loading: URLProtocol, cachedResponseIsValid response: CachedURLResponse) {
      real.urlProtocol(loading, cachedResponseIsValid: response)
    }

    func urlProtocol(_ loading: URLProtocol, didReceive challenge: URLAuthenticationChallenge) {
      real.urlProtocol(loading, didReceive: challenge)
    }

    func urlProtocol(_ loading: URLProtocol, didCancel challenge: URLAuthenticationChallenge) {
      real.urlProtocol(loading, didCancel: challenge)
    }
  }
#endif
