// Values of this package as the documents that every language agrees on.

import Foundation
import StableVPS

/// A result as its canonical document.
func document(_ value: Any) -> Any {
  switch value {
  case let secret as StableVPS.Secret: return secret.reveal()
  case let money as Decimal: return text(of: money)
  case let date as Date: return text(of: date)
  case let span as Duration: return milliseconds(span)
  case let one as any OpenEnumeration: return one.rawValue
  case let id as StableVPS.ServerID: return id.rawValue
  case let phase as StableVPS.Phase: return phase.rawValue
  case let text as String: return text
  case let flag as Bool: return flag
  case let number as Int: return number
  case let list as [Any]: return list.map(document)
  default: return fields(Mirror(reflecting: value))
  }
}

private func fields(_ mirror: Mirror) -> Any {
  if mirror.displayStyle == .optional {
    return mirror.children.first.map { document($0.value) } ?? NSNull()
  }
  var fields: [String: Any] = [:]
  for case (let name?, let value) in mirror.children {
    fields[spelled(name, isSpan: value is Duration)] = document(value)
  }
  return fields
}

/// The name of a field as the service spells it.
private func spelled(_ name: String, isSpan: Bool) -> String {
  for (end, sent) in [("ID", "Id"), ("MB", "Mb"), ("GB", "Gb")] where name.hasSuffix(end) {
    return name.dropLast(2) + sent
  }
  return isSpan ? name + "Ms" : name
}

func milliseconds(_ span: Duration) -> Int {
  let (seconds, attoseconds) = span.components
  return Int(seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000)
}

/// With two decimals.
private func text(of money: Decimal) -> String {
  let parts = "\(money)".split(separator: ".")
  let decimals = parts.count > 1 ? String(parts[1]) : ""
  return "\(parts[0]).\(decimals.padding(toLength: 2, withPad: "0", startingAt: 0))"
}

/// ISO 8601 in UTC with milliseconds.
private func text(of date: Date) -> String {
  date.formatted(.iso8601.year().month().day().time(includingFractionalSeconds: true).timeZone(separator: .omitted))
}

/// An error as its document.
func document(of error: StableVPSError) -> Any {
  var fields: [String: Any] = [
    "code": error.code, "message": error.message, "fault": error.fault.rawValue,
    "tryAgain": error.tryAgain.rawValue, "attempts": error.attempts,
    "details": details(of: error.kind),
  ]
  fields["endpoint"] = error.endpoint
  fields["status"] = error.status
  fields["serverMessage"] = error.serverMessage
  fields["token"] = error.token
  fields["vps"] = error.vps.map(document)
  return fields
}

private func details(of kind: StableVPSError.Kind) -> [String: Any] {
  switch kind {
  case .invalidInput(let field, let reason):
    return ["field": field, "reason": reason]
  case .insufficientFunds(let required, let available, let shortfall, let currency):
    return [
      "required": document(required as Any), "available": document(available as Any),
      "shortfall": document(shortfall as Any), "currency": document(currency as Any),
    ]
  case .rateLimited(let retryAfter):
    return ["retryAfterMs": document(retryAfter as Any)]
  case .unexpectedResponse(let place, let reason, let contentType, let excerpt):
    return [
      "place": place, "reason": reason, "contentType": document(contentType as Any),
      "excerpt": document(excerpt as Any),
    ]
  case .transport(let failure):
    return [
      "kind": failure.kind.rawValue, "delivery": failure.delivery.rawValue,
      "detail": failure.detail,
    ]
  case .outcomeUnknown(let reason, let advice):
    return ["reason": reason, "advice": advice]
  case .deadlineExceeded(let waitingFor):
    return ["waitingFor": waitingFor]
  case .overBudget(let price, let maxSpend):
    return ["price": document(price), "maxSpend": document(maxSpend)]
  case .provisioningFailed(let vpsStatus):
    return ["vpsStatus": vpsStatus.rawValue]
  case .unresolved(let reason, let candidates):
    return ["reason": reason, "candidates": document(candidates)]
  case .staleToken(let reason):
    return ["reason": reason]
  case .badRequest, .unauthorized, .readOnlyKey, .notFound, .keyLimitReached, .server, .provider,
    .notPlaced, .other:
    return [:]
  }
}

/// As text, with the names of every object in order.
func canonical(_ value: Any) -> String {
  let options: JSONSerialization.WritingOptions = [.sortedKeys, .fragmentsAllowed, .withoutEscapingSlashes]
  let data = try? JSONSerialization.data(withJSONObject: value, options: options)
  return data.map { String(decoding: $0, as: UTF8.self) } ?? "not JSON"
}
