internal import StableVPSNative

/// Drives the machine of a watch, from event to event.
final class WatchRun: Sendable {
  private static let label = "vps.watch"

  private let host: Host
  private let atMost: Duration?
  private let prober: (any StableVPS.Prober)?
  private let begin: @Sendable () throws -> Machine
  private let state = Locked(State())

  private struct State {
    /// `nil` until a task first asks.
    var machine: Machine?
    /// When it ends, by the monotonic clock.
    var end: Int64?
    /// What follows from a request that was cancelled: an event in it is given once.
    var pending: HostStep?
    var isOver = false
  }

  init(host: Host, options: StableVPS.WatchOptions, begin: @escaping @Sendable () throws -> Machine) {
    self.host = host
    self.begin = begin
    atMost = options.atMost
    prober = options.prober
  }

  /// The next event; `nil` at the end. Cancelling the task that asks loses none, and another task may go on.
  func next() async throws -> StableVPS.WatchEvent? {
    guard !state.withLock({ $0.isOver }) else { return nil }
    host.activity?.begin()
    defer { host.activity?.end() }
    do {
      let event = try await advance(try begun())
      guard let event else {
        state.withLock { $0.isOver = true }
        return nil
      }
      host.onEvent?(.watched(event))
      return event
    } catch let error as StableVPSError {
      state.withLock { $0.isOver = true }
      throw error
    }
  }

  private func advance(_ machine: Machine) async throws -> StableVPS.WatchEvent? {
    var step = state.withLock { state in
      defer { state.pending = nil }
      return state.pending
    }
    while true {
      switch step ?? machine.step(nowMs: host.clock.instant) {
      case .event(let native):
        return StableVPS.WatchEvent(native)
      case .failed(let report):
        throw host.failed(report, label: Self.label)
      case .wait(let delayMs, let reason, _):
        guard let delayMs = within(delayMs) else { return nil }
        try await host.wait(delayMs, reason, of: machine, label: Self.label)
        step = nil
      case .send(let request, _, _):
        step = try await host.exchange(request, of: machine, label: Self.label) { step in
          self.state.withLock { $0.pending = step }
        }
      case .probe(let id, let targets, let withinMs, _):
        let targets = targets.map { StableVPS.ProbeTarget($0) }
        step = try await host.probe(
          targets, within: Duration(milliseconds: withinMs), id, of: machine, label: Self.label,
          with: prober)
      case .store, .done:
        // A watch has neither.
        return nil
      }
    }
  }

  private func begun() throws -> Machine {
    if let machine = state.withLock({ $0.machine }) {
      return machine
    }
    let machine = try begin()
    let end = atMost.map { host.clock.monotonic + $0.milliseconds }
    state.withLock { state in
      state.machine = machine
      state.end = end
    }
    return machine
  }

  /// How long to wait, where the watch ends at some time; `nil` once it is over.
  private func within(_ delayMs: UInt64) -> UInt64? {
    guard let end = state.withLock({ $0.end }) else { return delayMs }
    let left = end - host.clock.monotonic
    return left > 0 ? min(delayMs, UInt64(left)) : nil
  }
}

extension StableVPS.ProbeTarget {
  init(_ native: StableVPSNative.ProbeTarget) {
    self.init(address: native.address, port: Int(native.port))
  }
}
