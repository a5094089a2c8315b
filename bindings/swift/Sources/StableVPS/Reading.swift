import Foundation

extension Decimal {
  /// What the core writes: digits, and two decimals.
  init(money text: String) {
    self = Self.exact(text) ?? Decimal(string: text, locale: Locale(identifier: "en_US_POSIX")) ?? .nan
  }

  /// The sum, where its cents fit into a machine word.
  private static func exact(_ text: String) -> Decimal? {
    var cents = 0
    var decimals: Int?
    let isNegative = text.utf8.first == UInt8(ascii: "-")
    for byte in text.utf8.dropFirst(isNegative ? 1 : 0) {
      if byte == UInt8(ascii: "."), decimals == nil {
        decimals = 0
        continue
      }
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
      let (tens, isTooMany) = cents.multipliedReportingOverflow(by: 10)
      let (sum, isTooMuch) = tens.addingReportingOverflow(Int(byte - UInt8(ascii: "0")))
      if isTooMany || isTooMuch { return nil }
      cents = sum
      decimals = decimals.map { $0 + 1 }
    }
    return Decimal(
      sign: isNegative ? .minus : .plus, exponent: -(decimals ?? 0), significand: Decimal(cents))
  }
}

extension Date {
  init(epochMilliseconds: Int64) {
    self.init(timeIntervalSince1970: Double(epochMilliseconds) / 1000)
  }
}

extension Duration {
  init(milliseconds: UInt64) {
    self = .milliseconds(Int64(clamping: milliseconds))
  }

  /// In whole milliseconds, as the core takes it.
  func milliseconds(field: String) throws -> UInt64 {
    if self < .zero {
      throw StableVPSError.invalidInput(field: field, reason: "must not be negative")
    }
    guard self < .seconds(1_000_000_000) else {
      throw StableVPSError.invalidInput(
        field: field, reason: "must be finite, and less than a billion seconds")
    }
    let (seconds, attoseconds) = components
    let rounded = (attoseconds + 500_000_000_000_000) / 1_000_000_000_000_000
    let whole = UInt64(seconds) * 1000 + UInt64(rounded)
    // What is more than nothing stays so.
    return whole == 0 && self > .zero ? 1 : whole
  }
}

extension Optional<Duration> {
  func milliseconds(field: String) throws -> UInt64? {
    try self?.milliseconds(field: field)
  }
}
