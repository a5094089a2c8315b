// How Swift's values become the core's.

import Testing

@testable import StableVPS

@Suite struct ConversionTests {
  @Test(
    "a duration is rounded to the nearest millisecond, but zero only for zero",
    arguments: [
      (Duration.zero, Int64(0)), (.milliseconds(250), 250), (.microseconds(1_499), 1),
      (.microseconds(1_500), 2), (.nanoseconds(1), 1), (.nanoseconds(-1), -1), (.seconds(-2), -2000),
      (.seconds(Int64.max), .max), (.seconds(Int64.min), .min),
    ])
  func durations(_ duration: Duration, _ milliseconds: Int64) {
    #expect(duration.milliseconds == milliseconds)
  }
}
