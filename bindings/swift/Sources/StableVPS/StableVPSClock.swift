import Foundation

/// Whatever tells the time: the system's clock, or a virtual one in tests.
public protocol StableVPSClock: Sendable {
  /// Epoch milliseconds.
  var now: Int64 { get }

  /// Waits for so long.
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
