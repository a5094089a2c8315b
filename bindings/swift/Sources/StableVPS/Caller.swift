// Purchases that are begun within the `onProgress` of another.

internal import StableVPSNative

/// A purchase whose `onProgress` runs. It has the account's turn while it orders, and waits for `onProgress`: a second
/// purchase of the account in the same task could only wait for its deadline.
struct Caller: Sendable {
  @TaskLocal private static var callers: [Caller] = []

  private let machine: Machine
  private let task: Int

  /// Calls what the machine's purchase waits for.
  static func calling<Value>(for machine: Machine, _ call: () async throws -> Value) async rethrows -> Value {
    try await $callers.withValue(callers + [Caller(machine: machine, task: currentTask)]) {
      try await call()
    }
  }

  /// Refuses a purchase that waits for the turn of one of its callers; whether it did.
  static func refuses(_ machine: Machine, nowMs: UInt64) -> Bool {
    // A task that a callback only begins is not waited for.
    for caller in callers where caller.task == currentTask {
      machine.refuseWithin(caller: caller.machine, nowMs: nowMs)
    }
    guard !callers.isEmpty, case .failed = machine.step(nowMs: nowMs) else { return false }
    return true
  }

  private static var currentTask: Int {
    withUnsafeCurrentTask { $0?.hashValue ?? 0 }
  }
}
