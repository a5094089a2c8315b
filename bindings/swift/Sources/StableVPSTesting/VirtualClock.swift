import Foundation
import StableVPS

/// A clock that advances only while everything waits. Whenever the program has nothing left to do, it jumps to
/// the next moment that a task sleeps until.
final class VirtualClock: ActivityClock {
  private let state: Locked<State>
  let world: UUID

  fileprivate struct State {
    var now: Int64
    var sleepers: [Sleeper] = []
    var isAdvancing = false
    var lastSleeper = 0
    /// Counts the readings of the clock: a new one is a sign that there still is something to do.
    var readings = 0
    /// How many calls and purchases are active.
    var active = 0
    /// How many of them run code of the caller's instead.
    var outside = 0
  }

  fileprivate struct Sleeper {
    let id: Int
    let due: Int64
    let kind: Kind
    let continuation: CheckedContinuation<Void, any Error>
  }

  fileprivate enum Kind {
    /// Of the caller's own.
    case sleep
    /// Within an activity.
    case pause
    /// Within an activity that waits for its turn. For its sake the clock advances only where no code of the
    /// caller's runs: that may be waiting for something real.
    case rest
  }

  init(now: Int64, world: UUID) {
    state = Locked(State(now: now))
    self.world = world
  }

  var now: Int64 {
    state.withLock { state in
      state.readings += 1
      return state.now
    }
  }

  var monotonic: Int64 { now }

  func advance(by milliseconds: Int64) {
    state.withLock { $0.now += min(milliseconds, .max / 2) }
    startAdvancing()
  }

  func begin() {
    state.withLock { $0.active += 1 }
  }

  func end() {
    state.withLock { $0.active -= 1 }
  }

  func beginOutside() {
    state.withLock { state in
      state.active -= 1
      state.outside += 1
    }
  }

  func endOutside() {
    state.withLock { state in
      state.active += 1
      state.outside -= 1
    }
  }

  func sleep(for duration: Duration) async throws {
    try await sleep(for: duration, .sleep)
  }

  func pause(for duration: Duration) async throws {
    try await sleep(for: duration, .pause)
  }

  func rest(for duration: Duration) async throws {
    try await sleep(for: duration, .rest)
  }

  private func sleep(for duration: Duration, _ kind: Kind) async throws {
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
          let due = state.now + min(max(0, duration.milliseconds), .max / 2)
          state.readings += 1
          state.active -= kind == .sleep ? 0 : 1
          state.sleepers.append(
            Sleeper(id: id, due: due, kind: kind, continuation: continuation))
          return false
        }
        if isCancelled {
          continuation.resume(throwing: CancellationError())
        } else {
          startAdvancing()
        }
      }
    } onCancel: {
      let sleeper = state.withLock { $0.take(where: { $0.id == id }) }
      sleeper?.continuation.resume(throwing: CancellationError())
    }
  }

  /// Wakes one sleeper after the other, each when nothing is active any more.
  private func startAdvancing() {
    let isFirst = state.withLock { state in
      let isFirst = !state.isAdvancing && !state.sleepers.isEmpty
      state.isAdvancing = state.isAdvancing || isFirst
      return isFirst
    }
    guard isFirst else { return }
    Task.detached(priority: .background) { [self] in
      var rounds = 0
      while let readings = readingsOfSleepers() {
        if await isQuiet(since: readings), wakeNext(since: readings) {
          rounds = 0
        }
        rounds += 1
        if rounds > 1000 {
          // Something is active for long, such as on a real network: polling can be slow.
          try? await Task.sleep(for: .milliseconds(1))
        }
      }
    }
  }

  /// How often the clock was read; `nil` where nobody sleeps, which ends the advancing.
  private func readingsOfSleepers() -> Int? {
    state.withLock { state in
      state.isAdvancing = !state.sleepers.isEmpty
      return state.isAdvancing ? state.readings : nil
    }
  }

  /// Whether nothing is active. What the program does between its calls can't be observed, so other tasks run
  /// first a few times, and before a leap they get a moment to read the clock.
  private func isQuiet(since readings: Int) async -> Bool {
    for _ in 0..<20 {
      await Task.yield()
      if state.withLock({ $0.isBusy(since: readings) }) {
        return false
      }
    }
    if state.withLock({ $0.isLeap }) {
      try? await Task.sleep(for: .milliseconds(5))
    }
    return true
  }

  /// Returns whether anybody was woken.
  private func wakeNext(since readings: Int) -> Bool {
    let sleeper = state.withLock { state in
      if state.isBusy(since: readings) {
        return Sleeper?.none
      }
      guard let first = state.next else { return Sleeper?.none }
      state.now = max(state.now, first.due)
      state.readings += 1
      return state.take(where: { $0.id == first.id })
    }
    sleeper?.continuation.resume()
    return sleeper != nil
  }
}

extension VirtualClock.State {
  fileprivate func isBusy(since readings: Int) -> Bool {
    active > 0 || self.readings != readings
  }

  /// Who wakes next.
  fileprivate var next: VirtualClock.Sleeper? {
    sleepers
      .filter { $0.kind != .rest || outside == 0 || $0.due <= now }
      .min { ($0.due, $0.id) < ($1.due, $1.id) }
  }

  /// Whether the next moment is further away than a pause of any purchase.
  fileprivate var isLeap: Bool {
    next.map { $0.due - now > 60_000 } ?? false
  }

  fileprivate mutating func take(where fits: (VirtualClock.Sleeper) -> Bool) -> VirtualClock.Sleeper? {
    guard let index = sleepers.firstIndex(where: fits) else { return nil }
    let sleeper = sleepers.remove(at: index)
    active += sleeper.kind == .sleep ? 0 : 1
    return sleeper
  }
}
