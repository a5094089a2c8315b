// The core's errors as this package's.

import Foundation
internal import StableVPSNative

extension StableVPSError {
  init(_ problem: Problem) {
    kind = Kind(problem.kind)
    code = problem.code
    if case .invalidInput(let field, let reason) = kind {
      message = "\(field) \(reason)"
    } else {
      message = problem.message
    }
    fault = Fault(problem.fault)
    tryAgain = TryAgain(problem.tryAgain)
    attempts = Int(problem.attempts)
    endpoint = problem.endpoint
    status = problem.status.map { Int($0) }
    serverMessage = problem.serverMessage
    token = problem.token
    vps = problem.vps.map { StableVPS.VPSDetails($0) }
  }

  /// Calls the core; what it refuses becomes the package's own error.
  static func checked<Made>(_ make: () throws -> Made) throws -> Made {
    do {
      return try make()
    } catch Failure.Product(let problem) {
      throw StableVPSError(problem)
    }
  }
}

extension StableVPSError.Kind {
  init(_ kind: ProblemKind) {
    switch kind {
    case .invalidInput(let field, let reason):
      self = .invalidInput(field: argumentName(field), reason: reason)
    case .badRequest: self = .badRequest
    case .unauthorized: self = .unauthorized
    case .insufficientFunds(let required, let available, let shortfall, let currency):
      self = .insufficientFunds(
        required: required.map { Decimal(money: $0) },
        available: available.map { Decimal(money: $0) },
        shortfall: shortfall.map { Decimal(money: $0) }, currency: currency)
    case .readOnlyKey: self = .readOnlyKey
    case .notFound: self = .notFound
    case .keyLimitReached: self = .keyLimitReached
    case .rateLimited(let retryAfterMs):
      self = .rateLimited(retryAfter: retryAfterMs.map { Duration(milliseconds: $0) })
    case .server: self = .server
    case .provider: self = .provider
    case .unexpectedResponse(let contentType, let place, let reason, let excerpt):
      self = .unexpectedResponse(
        place: place, reason: reason, contentType: contentType, excerpt: excerpt)
    case .transport(let kind, let delivery, let detail):
      self = .transport(TransportFailure(.init(kind), .init(delivery), detail: detail))
    case .outcomeUnknown(let reason, let advice):
      self = .outcomeUnknown(reason: reason, advice: advice)
    case .deadlineExceeded(let waitingFor): self = .deadlineExceeded(waitingFor: waitingFor)
    case .overBudget(let price, let maxSpend):
      self = .overBudget(price: Decimal(money: price), maxSpend: Decimal(money: maxSpend))
    case .provisioningFailed(let vpsStatus):
      self = .provisioningFailed(vpsStatus: .init(rawValue: vpsStatus))
    case .notPlaced: self = .notPlaced
    case .unresolved(let reason, let candidates):
      self = .unresolved(reason: reason, candidates: candidates.map { StableVPS.VPS($0) })
    case .staleToken(let reason): self = .staleToken(reason: reason)
    case .other: self = .other
    }
  }
}

/// The core's name of an argument as it is spelled here: `plan_id` as `planID`.
private func argumentName(_ field: String) -> String {
  let words = field.split(separator: "_")
  return words.dropFirst().reduce(String(words.first ?? "")) { name, word in
    name + (word == "id" || word == "url" ? word.uppercased() : word.capitalized)
  }
}

extension StableVPSError.Fault {
  init(_ native: StableVPSNative.Fault) {
    switch native {
    case .caller: self = .caller
    case .server: self = .server
    case .network: self = .network
    }
  }
}

extension StableVPSError.TryAgain {
  init(_ native: StableVPSNative.TryAgain) {
    switch native {
    case .safe: self = .safe
    case .useless: self = .useless
    case .unsafe: self = .unsafe
    }
  }
}

extension TransportFailure.Kind {
  init(_ native: FailureKind) {
    switch native {
    case .dns: self = .dns
    case .connect: self = .connect
    case .tls: self = .tls
    case .proxy: self = .proxy
    case .timeout: self = .timeout
    case .io: self = .io
    case .tooLarge: self = .tooLarge
    case .cancelled: self = .cancelled
    }
  }

  var native: FailureKind {
    switch self {
    case .dns: .dns
    case .connect: .connect
    case .tls: .tls
    case .proxy: .proxy
    case .timeout: .timeout
    case .io: .io
    case .tooLarge: .tooLarge
    case .cancelled: .cancelled
    }
  }
}

extension TransportFailure.Delivery {
  init(_ native: StableVPSNative.Delivery) {
    switch native {
    case .notSent: self = .notSent
    case .unknown: self = .unknown
    }
  }

  var native: StableVPSNative.Delivery {
    switch self {
    case .notSent: .notSent
    case .unknown: .unknown
    }
  }
}
