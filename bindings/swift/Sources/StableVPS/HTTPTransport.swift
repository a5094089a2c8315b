import Foundation

/// What a client sends with. ``URLSessionTransport`` by default.
public protocol HTTPTransport: Sendable {
  /// Sends a request, once, and reads its reply to the end.
  ///
  /// Redirects are not followed: they are replies like any other. It is over when ``TransportRequest/timeout``
  /// is, and at once when the task is cancelled.
  ///
  /// - Throws: ``TransportFailure`` where there is no reply. Whatever else is thrown counts as a failure
  ///   after which the request may have taken effect.
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
  /// How long the exchange may take in all.
  public let timeout: Duration
  /// Whether it must go out on a connection that carried nothing before, so that nothing below sends it
  /// twice.
  public let needsFreshConnection: Bool
  /// The endpoint as the documentation writes it, such as `POST /vps`.
  public let endpoint: String
}

extension TransportRequest: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { endpoint }
  public var debugDescription: String { endpoint }
  public var customMirror: Mirror { Mirror(self, children: ["endpoint": endpoint]) }
}

/// A complete reply.
public struct TransportResponse: Sendable {
  /// The status.
  public let status: Int
  /// The headers. `content-type` and `retry-after` are read, in any case.
  public let headers: [String: String]
  /// The body, decoded from any content coding.
  public let body: Data

  /// A reply as it came.
  public init(status: Int, headers: [String: String], body: Data) {
    self.status = status
    self.headers = headers
    self.body = body
  }
}

/// Why there is no reply.
public struct TransportFailure: Error, Hashable, Sendable {
  /// Where an exchange broke.
  public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
    /// The host name could not be resolved.
    case dns
    /// No connection could be made.
    case connect
    /// The secure channel could not be set up, or broke.
    case tls
    /// The proxy refused or failed.
    case proxy
    /// The time allowed was over.
    case timeout
    /// The connection broke, or the reply was not HTTP.
    case io
    /// The reply was larger than 16 MiB.
    case tooLarge = "too_large"
    /// The request was given up.
    case cancelled
  }

  /// Whether a failed request may have taken effect.
  public enum Delivery: String, Sendable, Hashable, Codable, CaseIterable {
    /// Certain: not one byte of the request reached the service.
    case notSent = "not_sent"
    /// Anything else.
    case unknown
  }

  /// Where it broke.
  public let kind: Kind
  /// Whether the request may have taken effect. When in doubt, it may.
  public let delivery: Delivery
  /// The HTTP stack's own words, without secrets.
  public let detail: String

  /// - Parameter detail: a few words for people; put no secret into them.
  public init(_ kind: Kind, _ delivery: Delivery, detail: String = "") {
    self.kind = kind
    self.delivery = delivery
    self.detail = detail
  }
}
