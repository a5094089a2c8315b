import Foundation

/// Everything that can go wrong, but for a cancelled task: that throws `CancellationError`.
///
/// ```swift
/// do {
///   _ = try await client.vps.provision(planID: .pro, billingCycle: .yearly, location: .tokyo)
/// } catch let error as StableVPSError {
///   if case .insufficientFunds(_, _, let shortfall?, _) = error.kind { print("\(shortfall) more, please") }
/// }
/// ```
public struct StableVPSError: Error, Sendable, Hashable {
  /// What went wrong, with what is known of it.
  public let kind: Kind
  /// The error's name, the same in every language, such as `insufficient_funds`.
  public let code: String
  /// The error in words, without secrets.
  public let message: String
  /// Whose fault it is.
  public let fault: Fault
  /// Whether the same call may be made again; with a token, that means resuming from it.
  public let tryAgain: TryAgain
  /// How many requests were made.
  public let attempts: Int
  /// The endpoint as the documentation writes it, such as `POST /vps`.
  public let endpoint: String?
  /// The HTTP status of the last reply.
  public let status: Int?
  /// The service's own words, without secrets.
  public let serverMessage: String?
  /// From where a purchase can be taken up again with ``StableVPS/VPSResource/resume(_:timeout:anyKey:onProgress:)``.
  public internal(set) var token: String?
  /// The VPS as it was last seen.
  public let vps: StableVPS.VPSDetails?

  /// What went wrong.
  public enum Kind: Sendable, Hashable {
    /// An argument was refused before anything was sent: which one, and what it must be.
    case invalidInput(field: String, reason: String)
    /// The service refused a parameter (400).
    case badRequest
    /// The API key is missing, invalid or expired (401).
    case unauthorized
    /// The wallet does not hold enough (402), or was seen not to before ordering.
    case insufficientFunds(
      required: Decimal?, available: Decimal?, shortfall: Decimal?, currency: String?)
    /// A read-only key was used for a change (403).
    case readOnlyKey
    /// There is no such resource in this account (404).
    case notFound
    /// The account has as many API keys as it may have (429 on `keys.create`).
    case keyLimitReached
    /// Too many requests (429), and how long the service asks to wait.
    case rateLimited(retryAfter: Duration?)
    /// The service failed (5xx).
    case server
    /// The VPS provider behind the service failed (502).
    case provider
    /// The service answered something that its documentation does not allow. `place` is where in the body,
    /// such as `vps[3].createdAt`; `excerpt` the beginning of a body that is not JSON, without secrets.
    case unexpectedResponse(place: String, reason: String, contentType: String?, excerpt: String?)
    /// No reply arrived.
    case transport(TransportFailure)
    /// A request that must not be repeated may or may not have taken effect: what happened to its reply, and
    /// how to find out what became of it.
    case outcomeUnknown(reason: String, advice: String)
    /// The time allowed for the whole was over.
    case deadlineExceeded(waitingFor: String)
    /// The price is above `maxSpend`. Nothing was ordered.
    case overBudget(price: Decimal, maxSpend: Decimal)
    /// The VPS was bought but can't become usable.
    case provisioningFailed(vpsStatus: StableVPS.VPSStatus)
    /// The order's reply was lost, and the order was seen not to have been placed.
    case notPlaced
    /// The order's reply was lost, and what became of the order could not be told. The candidates are VPS
    /// that may be the one ordered.
    case unresolved(reason: String, candidates: [StableVPS.VPS])
    /// A token can't be resumed.
    case staleToken(reason: String)
    /// One that has no case here; `code` names it.
    case other
  }

  /// Whose fault an error is.
  public enum Fault: String, Sendable, Hashable, Codable, CaseIterable {
    /// The caller's: other arguments, another key or more money would help.
    case caller
    /// The service's, or its provider's.
    case server
    /// The network's, or a proxy's.
    case network
  }

  /// Whether the same call may be made again.
  public enum TryAgain: String, Sendable, Hashable, Codable, CaseIterable {
    /// Making the same call again is safe and may succeed.
    case safe
    /// Safe, but useless until something was changed.
    case useless
    /// Dangerous: it may do the same thing twice.
    case unsafe
  }
}

extension StableVPSError: LocalizedError {
  public var errorDescription: String? { message }
  public var failureReason: String? { serverMessage }

  public var recoverySuggestion: String? {
    switch (tryAgain, token) {
    case (.safe, nil): "Trying again is safe."
    case (.safe, _?): "Resuming from the token is safe."
    case (.useless, _): "Trying again is useless until something is changed."
    case (.unsafe, _): "Look at the account before trying again: it may do the same thing twice."
    }
  }
}

extension StableVPSError: CustomStringConvertible, CustomDebugStringConvertible {
  public var description: String { message }
  public var debugDescription: String { "StableVPSError(\(code): \(message))" }
}

extension StableVPSError {
  /// An argument that Swift itself can see is wrong.
  static func invalidInput(field: String, reason: String) -> Self {
    Self(
      kind: .invalidInput(field: field, reason: reason), code: "invalid_input",
      message: "\(field) \(reason)", fault: .caller, tryAgain: .useless)
  }

  /// What a purchase ends with when its time is over before it could begin.
  static func late(waitingFor: String) -> Self {
    Self(
      kind: .deadlineExceeded(waitingFor: waitingFor), code: "deadline_exceeded",
      message: "the time allowed was over while waiting for \(waitingFor)",
      fault: .server, tryAgain: .safe)
  }

  private init(kind: Kind, code: String, message: String, fault: Fault, tryAgain: TryAgain) {
    self.kind = kind
    self.code = code
    self.message = message
    self.fault = fault
    self.tryAgain = tryAgain
    attempts = 0
    endpoint = nil
    status = nil
    serverMessage = nil
    token = nil
    vps = nil
  }
}
