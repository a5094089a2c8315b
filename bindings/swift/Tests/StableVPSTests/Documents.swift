// Values of this package as the JSON documents of the scenarios.

import Foundation
import StableVPS

/// A result as its canonical document.
func document(_ value: Any) -> Any {
  switch value {
  case let secret as StableVPS.Secret: return secret.reveal()
  case let money as Decimal: return text(of: money)
  case let date as Date: return text(of: date)
  case let span as Duration: return milliseconds(span)
  case let one as any RawRepresentable<String>: return one.rawValue
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
    let isSpan = value is Duration || type(of: value) == Duration?.self
    fields[spelled(name, isSpan: isSpan)] = document(value)
  }
  return fields
}

/// The name of a field as JSON documents spell it.
private func spelled(_ name: String, isSpan: Bool) -> String {
  for (end, sent) in [("ID", "Id"), ("IDs", "Ids"), ("MB", "Mb"), ("GB", "Gb")] where name.hasSuffix(end) {
    return name.dropLast(end.count) + sent
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
    "next": error.next.rawValue, "attempts": error.attempts,
    "details": details(of: error.kind),
  ]
  fields["endpoint"] = error.endpoint
  fields["status"] = error.status
  fields["serverMessage"] = error.serverMessage
  fields["token"] = error.token
  fields["vps"] = error.vps.map(document)
  return fields
}

/// The values of the kind's case by their names.
private func details(of kind: StableVPSError.Kind) -> Any {
  Mirror(reflecting: kind).children.first.map { fields(Mirror(reflecting: $0.value)) } ?? [:]
}

/// As text, with the names of every object in order.
func canonical(_ value: Any) -> String {
  let options: JSONSerialization.WritingOptions = [.sortedKeys, .fragmentsAllowed, .withoutEscapingSlashes]
  let data = try? JSONSerialization.data(withJSONObject: value, options: options)
  return data.map { String(decoding: $0, as: UTF8.self) } ?? "not JSON"
}
