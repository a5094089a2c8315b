// The core's values as Swift's, and the other way round.

import Foundation

extension Decimal {
  /// - Parameter text: money as the core writes it: digits, and two decimals.
  init(money text: String) {
    self = Self.exact(text) ?? Decimal(string: text, locale: Locale(identifier: "en_US_POSIX")) ?? .nan
  }

  /// The amount, where its cents fit into a machine word.
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
      let (tens, overflows) = cents.multipliedReportingOverflow(by: 10)
      let (sum, sumOverflows) = tens.addingReportingOverflow(Int(byte - UInt8(ascii: "0")))
      if overflows || sumOverflows { return nil }
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

  /// Whole milliseconds, as the core takes them: rounded to the nearest, but zero only for zero. A duration
  /// that does not fit becomes the longest that does, which the core refuses.
  package var milliseconds: Int64 {
    let (seconds, attoseconds) = components
    let half: Int64 = attoseconds < 0 ? -500_000_000_000_000 : 500_000_000_000_000
    let (whole, overflows) = seconds.multipliedReportingOverflow(by: 1000)
    let (sum, sumOverflows) = whole.addingReportingOverflow(
      (attoseconds + half) / 1_000_000_000_000_000)
    if overflows || sumOverflows {
      return self < .zero ? .min : .max
    }
    return sum == 0 && self != .zero ? (self < .zero ? -1 : 1) : sum
  }
}
