import Foundation
import StableVPS
import Testing

let key = "svps_live_a3f70123456789abcdef0123456789abcdef"
let walletBody = #"{"balance":12.5,"currency":"EUR"}"#

/// A variable of the environment, which xtask sets.
func environment(_ name: String) throws -> String {
  try #require(ProcessInfo.processInfo.environment[name], "\(name) must be set")
}

/// The error that a call throws.
func failure<Value>(
  _ call: () async throws -> Value, sourceLocation: SourceLocation = #_sourceLocation
) async throws -> StableVPSError {
  do {
    let value = try await call()
    Issue.record("the call succeeded: \(value)", sourceLocation: sourceLocation)
  } catch let error as StableVPSError {
    return error
  }
  throw CancellationError()
}

/// An event that happens once, and that tasks can wait for.
final class Signal: Sendable {
  private let stream: AsyncStream<Void>
  private let continuation: AsyncStream<Void>.Continuation

  init() {
    (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  func happen() {
    continuation.yield()
    continuation.finish()
  }

  func happened() async {
    for await _ in stream { break }
  }
}

/// The system's clock, which jumps over every wait.
final class HastyClock: StableVPSClock {
  private let ahead = Mutexed<Int64>(0)

  var now: Int64 { SystemClock().now }

  var monotonic: Int64 { SystemClock().monotonic + ahead.with { $0 } }

  func sleep(for duration: Duration) async throws {
    try Task.checkCancellation()
    ahead.with { $0 += Int64(milliseconds(duration)) }
  }
}

/// Elements that several tasks append.
actor Collected<Element: Sendable> {
  private(set) var all: [Element] = []

  func append(_ element: Element) {
    all.append(element)
  }
}
