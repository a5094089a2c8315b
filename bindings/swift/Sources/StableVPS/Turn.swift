/// A place in an account's queue: one purchase of an account at a time, from its first look at the wallet
/// until the order's reply is there, as listing can't tell two apart. It covers this process, all its
/// clients, and no other process.
final class Turn: Sendable {
  private let account: String
  private let work: (any WorkClock)?
  private let state = Locked(State())

  fileprivate struct State {
    var hasCome = false
    /// Whether the time to wait was over first.
    var isLate = false
    var isOver = false
    /// Gets whether the turn has come, or the time is over.
    var waiting: CheckedContinuation<Bool, any Error>?
  }

  private static let queues = Locked<[String: [Turn]]>([:])

  /// Whether it is this one's turn.
  var hasCome: Bool { state.withLock { $0.hasCome } }

  /// Goes to the end of the queue.
  init(account: String, work: (any WorkClock)?) {
    self.account = account
    self.work = work
    let isFirst = Self.queues.withLock { queues in
      queues[account, default: []].append(self)
      return queues[account]?.count == 1
    }
    if isFirst {
      state.withLock { $0.hasCome = true }
    }
  }

  /// Ends when it is this one's turn; says false when ``expire()`` came first.
  func comes() async throws -> Bool {
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let known: Result<Bool, any Error>? = state.withLock { state in
          if let known = state.known {
            return known
          }
          state.waiting = continuation
          work?.end()
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

  /// Lets the next one go on.
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
        work?.begin()
      }
      return state.waiting
    }
    waiting?.resume(with: result)
  }
}

extension Turn.State {
  /// What the wait would end with if it began now; none where there is something to wait for.
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
