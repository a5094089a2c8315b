/// A place in the queue of an account's purchases. They run one at a time from the first look at the wallet
/// until the order's response, because two lost orders can't be told apart by listing. The queue covers all
/// clients of this process, and no other process.
final class Turn: Sendable {
  private let account: String
  private let activity: (any ActivityClock)?
  private let state = Locked(State())

  fileprivate struct State {
    var hasCome = false
    /// Whether the time limit was reached first.
    var isLate = false
    var isOver = false
    /// Resumed with whether the turn has come; `false` means that the time limit was reached.
    var waiting: CheckedContinuation<Bool, any Error>?
  }

  private static let queues = Locked<[String: [Turn]]>([:])

  /// Whether the turn has come.
  var hasCome: Bool { state.withLock { $0.hasCome } }

  /// Joins the queue at its end.
  init(account: String, activity: (any ActivityClock)?) {
    self.account = account
    self.activity = activity
    let isFirst = Self.queues.withLock { queues in
      queues[account, default: []].append(self)
      return queues[account]?.count == 1
    }
    if isFirst {
      state.withLock { $0.hasCome = true }
    }
  }

  /// Waits until the turn has come. Returns `false` when ``expire()`` was called first.
  func comes() async throws -> Bool {
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let known: Result<Bool, any Error>? = state.withLock { state in
          if let known = state.known {
            return known
          }
          state.waiting = continuation
          activity?.end()
          return nil
        }
        if let known {
          continuation.resume(with: known)
        }
      }
    } onCancel: {
      wake(with: .failure(CancellationError())) { _ in }
    }
  }

  /// Ends the wait without the turn.
  func expire() {
    wake(with: .success(false)) { $0.isLate = true }
  }

  /// Leaves the queue, and gives the turn to the next one.
  func end() {
    let isFirstEnd = state.withLock { state in
      defer { state.isOver = true }
      return !state.isOver
    }
    guard isFirstEnd else { return }
    let next = Self.queues.withLock { queues in
      let wasFirst = queues[account]?.first === self
      queues[account]?.removeAll { $0 === self }
      let next = wasFirst ? queues[account]?.first : nil
      if queues[account]?.isEmpty == true {
        queues[account] = nil
      }
      return next
    }
    next?.wake(with: .success(true)) { $0.hasCome = true }
  }

  private func wake(with result: Result<Bool, any Error>, _ change: (inout State) -> Void) {
    let waiting = state.withLock { state in
      change(&state)
      defer { state.waiting = nil }
      if state.waiting != nil {
        activity?.begin()
      }
      return state.waiting
    }
    waiting?.resume(with: result)
  }
}

extension Turn.State {
  /// The result of a wait that would begin now; `nil` where there is something to wait for.
  fileprivate var known: Result<Bool, any Error>? {
    if hasCome {
      .success(true)
    } else if isLate {
      .success(false)
    } else if Task.isCancelled {
      .failure(CancellationError())
    } else {
      nil
    }
  }
}
