import Dispatch
import Foundation

/// A source of time: the system's clock, or a virtual one in tests.
public protocol StableVPSClock: Sendable {
  /// The time of day: milliseconds since 1970-01-01T00:00:00Z. It is only written down.
  var now: Int64 { get }

  /// Milliseconds of a clock that nobody sets, from 0 up. All waits and limits are measured by it.
  var monotonic: Int64 { get }

  /// Suspends the task for a duration.
  ///
  /// - Throws: `CancellationError`, at once, when the task is cancelled.
  func sleep(for duration: Duration) async throws
}

/// The system's clock.
public struct SystemClock: StableVPSClock {
  public init() {}

  public var now: Int64 {
    Int64((Date().timeIntervalSince1970 * 1000).rounded(.down))
  }

  public var monotonic: Int64 {
    Int64(DispatchTime.now().uptimeNanoseconds / 1_000_000)
  }

  public func sleep(for duration: Duration) async throws {
    try await Task.sleep(for: duration)
  }
}

extension StableVPSClock {
  /// The monotonic clock as the core takes it.
  var instant: UInt64 { UInt64(max(0, monotonic)) }
}
