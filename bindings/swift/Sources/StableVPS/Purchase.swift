// A purchase under way.

import Foundation
internal import StableVPSNative

/// A purchase under way, as a sequence of its progress:
///
/// ```swift
/// let purchase = try client.vps.provisioning(planID: .prime, billingCycle: .monthly, location: .london)
/// for try await progress in purchase {
///   try await save(progress.token)
/// }
/// let vps = try await purchase.provisioned.vps
/// ```
///
/// It goes on only while somebody waits for its next element or its end. So each step is carried out after
/// the loop has dealt with its progress: above all the order is sent only after the loop has had the
/// progress of the phase ``StableVPS/Phase/ordering``, with its token. Leaving the loop does not undo the
/// purchase: ``provisioned`` goes on with it, and ``token`` takes it elsewhere. Until it is past its order,
/// it holds up other purchases of the same account; letting go of it lets them go on.
///
/// One task at a time may wait for it.
public final class Purchase: AsyncSequence, Sendable {
  private let run: PurchaseRun

  init(_ run: PurchaseRun) {
    self.run = run
  }

  /// From where the purchase can be taken up again, such as after the task that waited for it was
  /// cancelled: nothing is lost by that.
  public var token: String? { run.token }

  /// Goes on to the end without stopping, and gives what was bought.
  ///
  /// - Throws: ``StableVPSError``, or `CancellationError` when the task is cancelled.
  public var provisioned: StableVPS.Provisioned {
    get async throws { try await run.finish(nil) }
  }

  /// Every iterator goes on where the one before stopped.
  public func makeAsyncIterator() -> Iterator {
    Iterator(run: run)
  }

  /// Goes through the steps of a purchase.
  public struct Iterator: AsyncIteratorProtocol, Sendable {
    let run: PurchaseRun

    /// Carries out the step whose progress was given before, and gives the next one's.
    public func next() async throws -> StableVPS.Progress? {
      try await run.advance()
    }
  }
}

/// Drives the machine of a purchase, one step at a time.
final class PurchaseRun: Sendable {
  private let host: Host
  private let machine: Machine
  private let label: String
  private let account: String
  /// How long the whole may take, as far as that is known here.
  private let timeout: Duration
  private let state = Locked(State())

  fileprivate struct State {
    var isBusy = false
    /// Whether the step whose progress was given out last is exclusive; none once it is carried out.
    var told: Bool?
    var turn: Turn?
    var result: Result<StableVPS.Provisioned, StableVPSError>?
  }

  init(host: Host, machine: Machine, label: String, account: String, timeout: Duration) {
    self.host = host
    self.machine = machine
    self.label = label
    self.account = account
    self.timeout = timeout
  }

  deinit {
    state.withLock { $0.turn }?.end()
  }

  var token: String? { machine.snapshot(nowMs: host.clock.now) }

  /// Goes on to the end; `tell` is waited for before each step is carried out.
  func finish(
    _ tell: StableVPS.ProgressHandler?
  ) async throws -> StableVPS.Provisioned {
    host.work?.begin()
    defer { host.work?.end() }
    while let progress = try await step() {
      if let tell {
        host.work?.end()
        defer { host.work?.begin() }
        try await tell(progress)
      }
    }
    guard let result = state.withLock({ $0.result }) else { throw CancellationError() }
    return try result.get()
  }

  /// Carries out the step that was told, and gives the progress of the next; none at the end.
  func advance() async throws -> StableVPS.Progress? {
    host.work?.begin()
    defer { host.work?.end() }
    return try await step()
  }

  private func step() async throws -> StableVPS.Progress? {
    try enter()
    defer { leave() }
    if let result = state.withLock({ $0.result }) {
      _ = try result.get()
      return nil
    }
    do {
      return try await stepped()
    } catch var error as StableVPSError {
      error.token = error.token ?? token
      end(.failure(error))
      throw error
    } catch {
      // From outside: another may go on with it, and until then it holds up nobody.
      release()
      throw error
    }
  }

  private func stepped() async throws -> StableVPS.Progress? {
    try Task.checkCancellation()
    if let isExclusive = state.withLock({ $0.takeTold() }) {
      if !isExclusive {
        // Not before the token that names the VPS was handed out.
        release()
      }
      // What was told may have taken its time: the machine is asked again.
      try await carryOut(machine.next(nowMs: host.clock.now))
    }
    while true {
      let step = machine.next(nowMs: host.clock.now)
      switch step {
      case .done(.provisioned(let native)):
        host.log?("\(label) done")
        end(.success(StableVPS.Provisioned(native)))
        return nil
      case .failed(let problem):
        throw host.failed(problem, label: label)
      case .send(_, let progress?), .wait(_, _, let progress?):
        if progress.exclusive, try await waitForTurn() {
          continue
        }
        state.withLock { $0.told = progress.exclusive }
        return StableVPS.Progress(progress)
      case .send, .wait, .done:
        try await carryOut(step)
      }
    }
  }

  private func carryOut(_ step: Step) async throws {
    switch step {
    case .send(let request, _):
      _ = try await host.exchange(request, of: machine, label: label)
    case .wait(let delayMs, let reason, _):
      try await host.wait(delayMs, reason, label: label)
    case .done, .failed:
      break
    }
  }

  /// Waits for the turn, unless it has come; says whether there was something to wait for.
  private func waitForTurn() async throws -> Bool {
    let turn = state.withLock { state in
      let turn = state.turn ?? Turn(account: account, work: host.work)
      state.turn = turn
      return turn
    }
    if turn.hasCome {
      return false
    }
    let limit = Task { [clock = host.clock, timeout] in
      try await clock.sleep(for: timeout)
      turn.expire()
    }
    defer { limit.cancel() }
    guard try await turn.comes() else {
      throw StableVPSError.late(waitingFor: "the other purchases of this account")
    }
    return true
  }

  private func enter() throws {
    let isFree = state.withLock { state in
      defer { state.isBusy = true }
      return !state.isBusy
    }
    guard isFree else {
      throw StableVPSError.invalidInput(
        field: "purchase", reason: "must be waited for by one task at a time")
    }
  }

  private func leave() {
    state.withLock { $0.isBusy = false }
  }

  private func release() {
    let turn = state.withLock { state in
      defer { state.turn = nil }
      return state.turn
    }
    turn?.end()
  }

  private func end(_ result: Result<StableVPS.Provisioned, StableVPSError>) {
    state.withLock { $0.result = result }
    release()
  }
}

extension PurchaseRun.State {
  /// What was told is to be carried out now; not where its turn was lost meanwhile.
  fileprivate mutating func takeTold() -> Bool? {
    defer { told = nil }
    return told == true && turn == nil ? nil : told
  }
}
