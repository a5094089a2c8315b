import Dispatch

/// How many VPS are probed at once.
let mostProbes = 64

extension StableVPS {
  /// Another way to find out whether a VPS answers a watch, or a purchase that waits until it is reachable, such as a
  /// request to a program on it. The default is one TCP connection, which is closed at once.
  public protocol Prober: Sendable {
    /// Whether the VPS answers within that time. It is called for up to 64 VPS side by side, in tasks that may be cancelled
    /// at any time. ``StableVPS/ProbeOutcome/notTried`` is for faults of this machine and its network alone.
    func probe(_ target: ProbeTarget, within: Duration) async -> ProbeOutcome
  }

  /// Whom to connect to.
  public struct ProbeTarget: Sendable, Hashable {
    /// The address, or a host name.
    public let address: String
    /// The TCP port.
    public let port: Int
  }
}

extension StableVPS.Prober {
  /// The outcomes of all of them, in their order.
  func probeAll(
    _ targets: [StableVPS.ProbeTarget], within: Duration
  ) async -> [StableVPS.ProbeOutcome] {
    await withTaskGroup(of: (Int, StableVPS.ProbeOutcome).self) { group in
      var outcomes = Array(repeating: StableVPS.ProbeOutcome.notTried, count: targets.count)
      for (number, target) in targets.enumerated() {
        if number >= mostProbes, let (ended, outcome) = await group.next() {
          outcomes[ended] = outcome
        }
        group.addTask { (number, await self.probe(target, within: within)) }
      }
      for await (ended, outcome) in group {
        outcomes[ended] = outcome
      }
      return outcomes
    }
  }
}

/// Connects to all of them with TCP, side by side in one thread, and closes the connections.
func connectAll(
  _ targets: [StableVPS.ProbeTarget], within: Duration
) async -> [StableVPS.ProbeOutcome] {
  guard let wake = Wake() else {
    return Array(repeating: .notTried, count: targets.count)
  }
  return await withTaskCancellationHandler {
    await withCheckedContinuation { continuation in
      DispatchQueue.global().async {
        var probes = TCPProbes(targets, within: within, wake: wake)
        continuation.resume(returning: probes.run())
      }
    }
  } onCancel: {
    wake.now()
  }
}
