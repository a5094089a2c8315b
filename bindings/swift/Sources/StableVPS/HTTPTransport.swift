import Foundation

/// What sends a client's requests. The default is ``URLSessionTransport``.
public protocol HTTPTransport: Sendable {
  /// Sends a request once and reads its response to the end.
  ///
  /// Redirects are not followed: they are returned like any other response. The exchange ends when
  /// ``TransportRequest/timeout`` has passed, and at once when the task is cancelled.
  ///
  /// - Throws: ``TransportFailure`` where there is no response. After any other error, a `CancellationError` of
  ///   the transport's own included, the request counts as one that may have taken effect.
  func send(_ request: TransportRequest) async throws -> TransportResponse
}

/// One request, complete. One of its headers carries the key.
public struct TransportRequest: Sendable {
  /// `GET`, `POST` or `DELETE`.
  public let method: String
  /// The absolute URL, percent-encoded.
  public let url: URL
  /// The headers, their names in lower case.
  public let headers: [String: String]
  /// The JSON body, if there is one.
  public let body: Data?
  /// The time limit for the whole exchange.
  public let timeout: Duration
  /// Whether it must be sent on a connection that carried nothing before, so that the HTTP stack can't send
  /// it twice.
  public let needsFreshConnection: Bool
  /// The endpoint as the documentation writes it, such as `POST /vps`.
  public let endpoint: String
  let isInTime: @Sendable () -> Bool

  /// Whether the first byte may still leave. An order that a store has noted has a limit for that. Ask as shortly before
  /// the first byte as possible, and throw ``TransportFailure/tooLate`` where it says no.
  public func mayBegin() -> Bool { isInTime() }
}

extension TransportRequest: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { endpoint }
  public var debugDescription: String { endpoint }
  public var customMirror: Mirror { Mirror(self, children: ["endpoint": endpoint]) }
}

/// A complete response.
public struct TransportResponse: Sendable {
  /// The status code.
  public let status: Int
  /// The headers, in any case. `content-type`, `date` and `retry-after` are read: hand on these.
  public let headers: [String: String]
  /// The body, decoded from any content coding.
  public let body: Data

  /// Creates a response.
  public init(status: Int, headers: [String: String], body: Data) {
    self.status = status
    self.headers = headers
    self.body = body
  }
}

/// Why there is no response.
public struct TransportFailure: Error, Hashable, Sendable {
  /// Where the exchange broke.
  public let kind: Kind
  /// Whether the request may have taken effect. When in doubt, it may.
  public let delivery: Delivery
  /// The HTTP stack's own words, without secrets.
  public let detail: String

  /// - Parameters:
  ///   - kind: where the exchange broke.
  ///   - delivery: whether the request may have taken effect.
  ///   - detail: a short description for people, without secrets.
  public init(_ kind: Kind, _ delivery: Delivery, detail: String = "") {
    self.kind = kind
    self.delivery = delivery
    self.detail = detail
  }

  /// The failure of a request that ``TransportRequest/mayBegin()`` refused.
  public static let tooLate = TransportFailure(.timeout, .notSent, detail: "its time to begin was over")
}
