import Foundation
internal import StableVPSNative

/// The error of every failed call, except for a cancelled task: that throws `CancellationError`.
///
/// ```swift
/// do {
///   _ = try await client.vps.provision(planID: .pro, billingCycle: .yearly, location: .tokyo)
/// } catch let error as StableVPSError {
///   if case .insufficientFunds(_, _, let shortfall?, _) = error.kind { print("\(shortfall) more, please") }
/// }
/// ```
public struct StableVPSError: Error, Sendable, Hashable {
  /// What went wrong, with the details.
  public let kind: Kind
  /// The kind's name, the same in every language, such as `insufficient_funds`.
  public let code: String
  /// The error in words, without secrets.
  public let message: String
  /// Whose fault it is.
  public let fault: Fault
  /// What to do next.
  public let next: Next
  /// How many requests were made.
  public let attempts: Int
  /// The endpoint as the documentation writes it, such as `POST /vps`.
  public let endpoint: String?
  /// The HTTP status of the last response.
  public let status: Int?
  /// The service's own words, without secrets.
  public let serverMessage: String?
  /// The token from which ``StableVPS/VPSResource/resume(_:timeout:anyKey:onProgress:)`` continues a purchase.
  public let token: String?
  /// The VPS as it was last seen.
  public let vps: StableVPS.VPSDetails?
}

extension StableVPSError: LocalizedError {
  public var errorDescription: String? { message }
  public var failureReason: String? { serverMessage }

  public var recoverySuggestion: String? {
    switch next {
    case .retry: "Making the same call again is safe."
    case .resume: "Resume the purchase from the token. The same call would buy again."
    case .fix: "Change the call, the key or the wallet first."
    case .ask: "Look at the account before doing anything again."
    }
  }
}

extension StableVPSError: CustomStringConvertible, CustomDebugStringConvertible {
  public var description: String { message }
  public var debugDescription: String { "StableVPSError(\(code): \(message))" }
}

extension StableVPSError {
  init(_ report: Report) {
    code = report.kind.code
    switch report.kind {
    case .invalidInput(let field, let reason):
      let argument = argumentName(field)
      kind = .invalidInput(field: argument, reason: reason)
      message = "\(argument) \(reason)"
    case .idempotencyMismatch(let field):
      let argument = argumentName(field)
      kind = .idempotencyMismatch(field: argument)
      message = report.message.replacingOccurrences(of: field, with: argument)
    default:
      kind = Kind(report.kind)
      message = report.message
    }
    fault = Fault(report.fault)
    next = Next(report.next)
    attempts = Int(report.attempts)
    endpoint = report.endpoint
    status = report.status.map { Int($0) }
    serverMessage = report.serverMessage
    token = report.token
    vps = report.vps.map { StableVPS.VPSDetails($0) }
  }

  /// An argument that only Swift can see is wrong.
  static func invalidInput(field: String, reason: String) -> Self {
    Self(
      Report(
        kind: .invalidInput(field: field, reason: reason), message: "", fault: .caller,
        next: .fix, attempts: 0, endpoint: nil, status: nil, serverMessage: nil, token: nil,
        vps: nil))
  }

  /// Calls the core, and throws what it refuses as the package's own error.
  static func translated<Value>(_ call: () throws -> Value) throws -> Value {
    do {
      return try call()
    } catch Failure.Product(let report) {
      throw StableVPSError(report)
    }
  }
}

/// The core's name of an argument as Swift spells it: `plan_id` as `planID`.
private func argumentName(_ field: String) -> String {
  let words = field.split(separator: "_")
  return words.dropFirst().reduce(String(words.first ?? "")) { name, word in
    name + (word == "id" || word == "url" ? word.uppercased() : word.capitalized)
  }
}
