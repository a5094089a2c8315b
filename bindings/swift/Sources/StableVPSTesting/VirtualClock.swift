import Foundation
import StableVPS

/// Time that passes only while everybody waits. Whenever the program has nothing left to do at once, the
/// clock jumps to the next moment that somebody waits for.
final class VirtualClock: WorkClock {
  private let state: Locked<State>

  fileprivate struct State {
    var now: Int64
    var sleepers: [Sleeper] = []
    var isTurning = false
    var lastSleeper = 0
    /// Goes up whenever somebody looks at the clock: a sign that there still is something to do.
    var looks = 0
    /// How many calls and purchases are at work.
    var working = 0
  }

  fileprivate struct Sleeper {
    let id: Int
    let due: Int64
    /// Whether it is a pause amid work.
    let isPause: Bool
    let continuation: CheckedContinuation<Void, any Error>
  }

  init(now: Int64) {
    state = Locked(State(now: now))
  }

  var now: Int64 {
    state.withLock { state in
      state.looks += 1
      return state.now
    }
  }

  func advance(by milliseconds: Int64) {
    state.withLock { $0.now += milliseconds }
    turn()
  }

  func begin() {
    state.withLock { $0.working += 1 }
  }

  func end() {
    state.withLock { $0.working -= 1 }
  }

  func sleep(for duration: Duration) async throws {
    try await sleep(for: duration, isPause: false)
  }

  func pause(for duration: Duration) async throws {
    try await sleep(for: duration, isPause: true)
  }

  private func sleep(for duration: Duration, isPause: Bool) async throws {
    try Task.checkCancellation()
    let id = state.withLock { state in
      state.lastSleeper += 1
      return state.lastSleeper
    }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let isCancelled = state.withLock { state in
          if Task.isCancelled {
            return true
          }
          let due = state.now + max(0, duration.wholeMilliseconds)
          state.looks += 1
          state.working -= isPause ? 1 : 0
          state.sleepers.append(
            Sleeper(id: id, due: due, isPause: isPause, continuation: continuation))
          return false
        }
        if isCancelled {
          continuation.resume(throwing: CancellationError())
        } else {
          turn()
        }
      }
    } onCancel: {
      let sleeper = state.withLock { $0.take(where: { $0.id == id }) }
      sleeper?.continuation.resume(throwing: CancellationError())
    }
  }

  /// Wakes one sleeper after the other, each when nobody does anything any more.
  private func turn() {
    let isFirst = state.withLock { state in
      let isFirst = !state.isTurning && !state.sleepers.isEmpty
      state.isTurning = state.isTurning || isFirst
      return isFirst
    }
    guard isFirst else { return }
    Task.detached(priority: .background) { [self] in
      var rounds = 0
      while let seen = looksOfSleepers() {
        if await isQuiet(since: seen) {
          wakeNext(since: seen)
          rounds = 0
        }
        rounds += 1
        if rounds > 1000 {
          // Somebody works for long, such as on a real network: there is no hurry.
          try? await Task.sleep(for: .milliseconds(1))
        }
      }
    }
  }

  /// How often the clock was looked at; none where nobody sleeps, which ends the turning.
  private func looksOfSleepers() -> Int? {
    state.withLock { state in
      state.isTurning = !state.sleepers.isEmpty
      return state.isTurning ? state.looks : nil
    }
  }

  /// Whether nobody works. What the program does between its calls can't be seen: it goes first a few times
  /// over, and before a leap it gets a moment to look at the clock.
  private func isQuiet(since looks: Int) async -> Bool {
    for _ in 0..<20 {
      await Task.yield()
      if state.withLock({ $0.isBusy(since: looks) }) {
        return false
      }
    }
    if state.withLock({ $0.isLeap }) {
      try? await Task.sleep(for: .milliseconds(5))
    }
    return true
  }

  private func wakeNext(since looks: Int) {
    let sleeper = state.withLock { state in
      if state.isBusy(since: looks) {
        return Sleeper?.none
      }
      let first = state.sleepers.min { ($0.due, $0.id) < ($1.due, $1.id) }
      guard let first else { return Sleeper?.none }
      state.now = max(state.now, first.due)
      state.looks += 1
      return state.take(where: { $0.id == first.id })
    }
    sleeper?.continuation.resume()
  }
}

extension VirtualClock.State {
  fileprivate func isBusy(since looks: Int) -> Bool {
    working > 0 || self.looks != looks
  }

  /// Whether the next moment is further away than any usual wait.
  fileprivate var isLeap: Bool {
    sleepers.map(\.due).min().map { $0 - now > 60_000 } ?? false
  }

  fileprivate mutating func take(where fits: (VirtualClock.Sleeper) -> Bool) -> VirtualClock.Sleeper? {
    guard let index = sleepers.firstIndex(where: fits) else { return nil }
    let sleeper = sleepers.remove(at: index)
    working += sleeper.isPause ? 1 : 0
    return sleeper
  }
}

extension Duration {
  var wholeMilliseconds: Int64 {
    let (seconds, attoseconds) = components
    let (milliseconds, isTooLong) = seconds.multipliedReportingOverflow(by: 1000)
    return isTooLong ? .max / 2 : milliseconds + attoseconds / 1_000_000_000_000_000
  }
}
