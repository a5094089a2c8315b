import Foundation

/// A source of time: the system's clock, or a virtual one in tests.
public protocol StableVPSClock: Sendable {
  /// Milliseconds since 1970-01-01T00:00:00Z.
  var now: Int64 { get }

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

  public func sleep(for duration: Duration) async throws {
    try await Task.sleep(for: duration)
  }
}
