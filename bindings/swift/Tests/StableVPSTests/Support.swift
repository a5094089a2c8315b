import Foundation
import StableVPS
import Testing

let key = "svps_live_a3f70123456789abcdef0123456789abcdef"
let walletBody = #"{"balance":12.5,"currency":"EUR"}"#

/// What the environment must say: xtask does.
func environment(_ name: String) throws -> String {
  try #require(ProcessInfo.processInfo.environment[name], "\(name) must be set")
}

/// The error that a call ends with.
func failure<Value>(
  _ call: () async throws -> Value, sourceLocation: SourceLocation = #_sourceLocation
) async throws -> StableVPSError {
  do {
    let value = try await call()
    Issue.record("it went well: \(value)", sourceLocation: sourceLocation)
  } catch let error as StableVPSError {
    return error
  }
  throw CancellationError()
}

/// A thing that happens once, and can be waited for.
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

/// Real time that leaps over every wait.
final class HastyClock: StableVPSClock {
  private let ahead = Mutexed<Int64>(0)

  var now: Int64 { SystemClock().now + ahead.with { $0 } }

  func sleep(for duration: Duration) async throws {
    try Task.checkCancellation()
    ahead.with { $0 += Int64(milliseconds(duration)) }
  }
}

/// What several tasks put together.
actor Collected<Element: Sendable> {
  private(set) var all: [Element] = []

  func append(_ element: Element) {
    all.append(element)
  }
}
