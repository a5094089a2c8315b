internal import StableVPSNative

/// Drives the machine of a purchase, one step at a time.
final class PurchaseRun: Sendable {
  private let host: Host
  private let label: String
  /// Where the purchase continues from; `nil` for a new one.
  private let initialToken: String?
  private let begin: @Sendable () throws -> Machine
  private let state = Locked(State())

  fileprivate struct State {
    /// `nil` until the purchase begins.
    var machine: Machine?
    var isBusy = false
    /// Whether the step whose progress was returned last needs the turn; `nil` once the step has run.
    var announced: Bool?
    var result: Result<StableVPS.Provisioned, StableVPSError>?
    var phases = Phases()
  }

  /// - Parameter begin: makes the machine when a task first waits for the purchase.
  init(
    host: Host, label: String, token: String?, begin: @escaping @Sendable () throws -> Machine
  ) {
    self.host = host
    self.label = label
    initialToken = token
    self.begin = begin
  }

  var token: String? {
    guard let machine = state.withLock({ $0.machine }) else { return initialToken }
    return machine.snapshot(nowMs: host.clock.instant)
  }

  /// Runs to the end. Each step runs after `onProgress` has returned.
  func finish(_ onProgress: StableVPS.ProgressHandler?) async throws -> StableVPS.Provisioned {
    host.activity?.begin()
    defer { host.activity?.end() }
    while let progress = try await step() {
      if let onProgress, let machine = state.withLock({ $0.machine }) {
        do {
          try await Caller.calling(for: machine) {
            try await host.outside { try await onProgress(progress) }
          }
        } catch {
          await host.letGo(machine, label: label)
          throw error
        }
      }
    }
    guard let result = state.withLock({ $0.result }) else { throw CancellationError() }
    return try result.get()
  }

  /// Runs the announced step and returns the progress of the next one; `nil` at the end.
  func advance() async throws -> StableVPS.Progress? {
    host.activity?.begin()
    defer { host.activity?.end() }
    return try await step()
  }

  /// Gives the turn up, unless a task waits for the purchase.
  func release() {
    state.withLock { $0.isBusy ? nil : $0.machine }?.endTurn()
  }

  private func step() async throws -> StableVPS.Progress? {
    try enter()
    defer { leave() }
    if let result = state.withLock({ $0.result }) {
      _ = try result.get()
      return nil
    }
    do {
      return try await nextProgress()
    } catch let error as StableVPSError {
      end(.failure(error))
      throw error
    } catch {
      // The task was cancelled: the purchase may be continued later, and blocks no other until then.
      endTurn()
      if let machine = state.withLock({ $0.machine }) {
        await host.letGo(machine, label: label)
      }
      throw error
    }
  }

  private func nextProgress() async throws -> StableVPS.Progress? {
    let machine = try begun()
    try Task.checkCancellation()
    if let needsTurn = state.withLock({ $0.takeAnnounced() }) {
      if !needsTurn {
        // Not earlier: the token that names the VPS was returned with this progress.
        endTurn()
      }
      // Time may have passed since the progress was returned: the machine is asked again.
      try await run(machine.step(nowMs: host.clock.instant), of: machine)
    }
    while true {
      let step = machine.step(nowMs: host.clock.instant)
      switch step {
      case .done(.provisioned(let native)):
        host.log?(.debug, "\(label) done")
        end(.success(StableVPS.Provisioned(native)))
        return nil
      case .failed(let report):
        throw host.failed(report, label: label)
      case .send(_, let progress?, _), .wait(_, _, let progress?), .probe(_, _, _, let progress?):
        let progress = StableVPS.Progress(progress)
        state.withLock { $0.announced = progress.exclusive }
        tell { $0.change(at: progress, of: self.label, by: self.host.clock) }
        return progress
      case .wait(_, .turn, _) where Caller.refuses(machine, nowMs: host.clock.instant):
        // The next step is the refusal.
        continue
      case .store, .send, .wait, .probe, .event, .done:
        try await run(step, of: machine)
      }
    }
  }

  private func begun() throws -> Machine {
    if let machine = state.withLock({ $0.machine }) {
      return machine
    }
    let machine = try begin()
    state.withLock { $0.machine = machine }
    return machine
  }

  private func run(_ step: HostStep, of machine: Machine) async throws {
    switch step {
    case .store(let id, let op, let document):
      _ = try await host.carryOut(.init(op: op, document: document), id, of: machine, label: label)
    case .send(let request, _, _):
      _ = try await host.exchange(request, of: machine, label: label)
    case .wait(let delayMs, let reason, _):
      try await host.wait(delayMs, reason, of: machine, label: label)
    case .probe(let id, let targets, let withinMs, _):
      _ = try await host.probe(
        targets.map { StableVPS.ProbeTarget($0) }, within: Duration(milliseconds: withinMs), id,
        of: machine, label: label)
    case .event, .done, .failed:
      break
    }
  }

  /// Tells the client's listener of a phase, if there is one to tell.
  private func tell(_ change: (inout Phases) -> StableVPS.ClientEvent.PhaseChange?) {
    guard let onEvent = host.onEvent, let change = state.withLock({ change(&$0.phases) }) else { return }
    onEvent(.phaseChanged(change))
  }

  private func enter() throws {
    let isFree = state.withLock { state in
      defer { state.isBusy = true }
      return !state.isBusy
    }
    guard isFree else {
      throw StableVPSError.invalidInput(
        field: "purchase", reason: "must be awaited by only one task at a time")
    }
  }

  private func leave() {
    state.withLock { $0.isBusy = false }
  }

  private func endTurn() {
    state.withLock { $0.machine }?.endTurn()
  }

  private func end(_ result: Result<StableVPS.Provisioned, StableVPSError>) {
    state.withLock { $0.result = result }
    tell { $0.end(result, of: self.label, by: self.host.clock) }
    endTurn()
  }
}

extension PurchaseRun.State {
  fileprivate mutating func takeAnnounced() -> Bool? {
    defer { announced = nil }
    return announced
  }
}
