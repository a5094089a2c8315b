// The kinds of errors. Written by `cargo xtask generate` from the core's errors.

import Foundation
internal import StableVPSNative

extension StableVPSError {
  /// What went wrong.
  public enum Kind: Sendable, Hashable {
    /// An argument was refused before anything was sent.
    ///
    /// - Parameters:
    ///   - field: The argument.
    ///   - reason: What it must be.
    case invalidInput(field: String, reason: String)
    /// The service refused a parameter (400 and the other refusals of its kind).
    case badRequest
    /// The key is missing, invalid or expired (401).
    case unauthorized
    /// The wallet does not hold enough (402), or was seen not to before ordering.
    ///
    /// - Parameters:
    ///   - required: What is needed.
    ///   - available: What there is.
    ///   - shortfall: How much is missing.
    ///   - currency: The currency of all three.
    case insufficientFunds(required: Decimal?, available: Decimal?, shortfall: Decimal?, currency: String?)
    /// A read-only key was used for a change (403).
    case readOnlyKey
    /// There is no such resource in this account (404).
    case notFound
    /// The account has as many API keys as it may have (429 when creating one).
    case keyLimitReached
    /// Too many requests (429).
    ///
    /// - Parameters:
    ///   - retryAfter: The time that the service asks to wait.
    case rateLimited(retryAfter: Duration?)
    /// The service failed (5xx).
    case server
    /// The VPS provider behind the service failed (502).
    case provider
    /// The service answered something that the documentation does not allow.
    ///
    /// - Parameters:
    ///   - place: Where in the body, such as `vps[3].createdAt`.
    ///   - reason: What is wrong there.
    ///   - contentType: The reply's content type.
    ///   - excerpt: The beginning of a body that is not JSON, without secrets.
    case unexpectedResponse(place: String, reason: String, contentType: String?, excerpt: String?)
    /// No response arrived, and nothing was changed by the request.
    case transport(TransportFailure)
    /// A request that must not be repeated may or may not have taken effect.
    ///
    /// - Parameters:
    ///   - reason: What happened to its reply.
    ///   - advice: How to find out what became of it.
    case outcomeUnknown(reason: String, advice: String)
    /// The time allowed for the whole was over.
    ///
    /// - Parameters:
    ///   - waitingFor: What was being waited for.
    case deadlineExceeded(waitingFor: String)
    /// The price is above the limit that the caller set. Nothing was ordered.
    ///
    /// - Parameters:
    ///   - price: The catalogue's price.
    ///   - maxSpend: The caller's limit.
    case overBudget(price: Decimal, maxSpend: Decimal)
    /// The VPS was bought, and its receipt shows a higher price than the limit that the caller set.
    ///
    /// - Parameters:
    ///   - charged: What the receipt says.
    ///   - maxSpend: The caller's limit.
    case priceAboveLimit(charged: Decimal, maxSpend: Decimal)
    /// The VPS was bought but can't become usable.
    ///
    /// - Parameters:
    ///   - vpsStatus: The status that ended the wait.
    case provisioningFailed(vpsStatus: StableVPS.VPSStatus)
    /// The order's reply was lost, and the order was seen not to have been placed.
    case notPlaced
    /// The order's reply was lost, and what became of the order could not be told.
    ///
    /// - Parameters:
    ///   - reason: Why not.
    ///   - candidates: VPS that may be the one ordered.
    case unresolved(reason: String, candidates: [StableVPS.VPS])
    /// The purchase of that idempotency key goes on elsewhere.
    case purchaseInProgress
    /// The idempotency key was used for another order.
    ///
    /// - Parameters:
    ///   - field: What differs.
    case idempotencyMismatch(field: String)
    /// The store of purchases failed.
    ///
    /// - Parameters:
    ///   - detail: The database's words.
    case store(detail: String)
    /// A token can't be resumed.
    ///
    /// - Parameters:
    ///   - reason: Why not.
    case staleToken(reason: String)
    /// A kind without a case of its own. ``StableVPSError/code`` names it.
    case other
  }
}

extension StableVPSError.Kind {
  init(_ native: ErrorKind) {
    switch native {
    case .invalidInput(let field, let reason):
      self = .invalidInput(field: field, reason: reason)
    case .badRequest: self = .badRequest
    case .unauthorized: self = .unauthorized
    case .insufficientFunds(let required, let available, let shortfall, let currency):
      self = .insufficientFunds(
        required: required.map { Decimal(money: $0) },
        available: available.map { Decimal(money: $0) },
        shortfall: shortfall.map { Decimal(money: $0) },
        currency: currency)
    case .readOnlyKey: self = .readOnlyKey
    case .notFound: self = .notFound
    case .keyLimitReached: self = .keyLimitReached
    case .rateLimited(let retryAfterMs):
      self = .rateLimited(retryAfter: retryAfterMs.map { Duration(milliseconds: $0) })
    case .server: self = .server
    case .provider: self = .provider
    case .unexpectedResponse(let place, let reason, let contentType, let excerpt):
      self = .unexpectedResponse(
        place: place,
        reason: reason,
        contentType: contentType,
        excerpt: excerpt)
    case .transport(let kind, let delivery, let detail):
      self = .transport(TransportFailure(.init(kind), .init(delivery), detail: detail))
    case .outcomeUnknown(let reason, let advice):
      self = .outcomeUnknown(reason: reason, advice: advice)
    case .deadlineExceeded(let waitingFor):
      self = .deadlineExceeded(waitingFor: waitingFor)
    case .overBudget(let price, let maxSpend):
      self = .overBudget(price: Decimal(money: price), maxSpend: Decimal(money: maxSpend))
    case .priceAboveLimit(let charged, let maxSpend):
      self = .priceAboveLimit(charged: Decimal(money: charged), maxSpend: Decimal(money: maxSpend))
    case .provisioningFailed(let vpsStatus):
      self = .provisioningFailed(vpsStatus: StableVPS.VPSStatus(rawValue: vpsStatus))
    case .notPlaced: self = .notPlaced
    case .unresolved(let reason, let candidates):
      self = .unresolved(reason: reason, candidates: candidates.map { StableVPS.VPS($0) })
    case .purchaseInProgress: self = .purchaseInProgress
    case .idempotencyMismatch(let field):
      self = .idempotencyMismatch(field: field)
    case .store(let detail):
      self = .store(detail: detail)
    case .staleToken(let reason):
      self = .staleToken(reason: reason)
    }
  }
}

extension ErrorKind {
  /// The kind's name, the same in every language.
  var code: String {
    switch self {
    case .invalidInput: "invalid_input"
    case .badRequest: "bad_request"
    case .unauthorized: "unauthorized"
    case .insufficientFunds: "insufficient_funds"
    case .readOnlyKey: "read_only_key"
    case .notFound: "not_found"
    case .keyLimitReached: "key_limit_reached"
    case .rateLimited: "rate_limited"
    case .server: "server"
    case .provider: "provider"
    case .unexpectedResponse: "unexpected_response"
    case .transport: "transport"
    case .outcomeUnknown: "outcome_unknown"
    case .deadlineExceeded: "deadline_exceeded"
    case .overBudget: "over_budget"
    case .priceAboveLimit: "price_above_limit"
    case .provisioningFailed: "provisioning_failed"
    case .notPlaced: "not_placed"
    case .unresolved: "unresolved"
    case .purchaseInProgress: "purchase_in_progress"
    case .idempotencyMismatch: "idempotency_mismatch"
    case .store: "store"
    case .staleToken: "stale_token"
    }
  }
}
