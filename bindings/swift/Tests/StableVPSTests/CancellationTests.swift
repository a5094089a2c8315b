// A purchase that is cancelled at every possible moment.

import Foundation
import StableVPS
import StableVPSTesting
import Testing

/// Cancels the task that reads it for the nth time.
private final class CancellingClock: StableVPSClock {
  private let real: any StableVPSClock
  private let looksLeft: Mutexed<Int>

  init(_ real: any StableVPSClock, atLook look: Int) {
    self.real = real
    looksLeft = Mutexed(look)
  }

  var now: Int64 { real.now }

  var monotonic: Int64 {
    let isTheLook = looksLeft.with { left in
      left -= 1
      return left == 0
    }
    if isTheLook {
      withUnsafeCurrentTask { $0?.cancel() }
    }
    return real.monotonic
  }

  func sleep(for duration: Duration) async throws {
    try await real.sleep(for: duration)
  }
}

@Suite(.timeLimit(.minutes(1)))
struct CancellationTests {
  @Test(
    "a purchase that is cancelled at any moment leaves a token that leads to at most one order",
    arguments: [false, true])
  func everyMoment(isReplyLost: Bool) async throws {
    var look = 1
    while try await isCancelled(atLook: look, isReplyLost: isReplyLost) {
      look += 1
    }
    #expect(look > 10)
  }

  /// Returns `false` where the purchase ended before.
  private func isCancelled(atLook look: Int, isReplyLost: Bool) async throws -> Bool {
    let simulator = try Simulator()
    if isReplyLost {
      try simulator.fault(.loseAfter, method: "POST", path: "/vps")
    }
    let clock = CancellingClock(simulator.clock, atLook: look)
    let purchase = try simulator.client { $0.clock = clock }.vps.provisioning(
      planID: .prime, billingCycle: .monthly, location: .london)
    let result = await Task { try await purchase.provisioned }.result
    if case .success = result {
      return false
    }
    #expect(throws: CancellationError.self) { try result.get() }
    let token = try #require(purchase.token)
    do {
      let resumed = try await simulator.client().vps.resume(token)
      // After a lost reply the charge comes from one look at the wallet, which is not repeated when it is cancelled.
      let isUnknown = isReplyLost && resumed.charged == nil
      #expect(isUnknown || resumed.charged == Decimal(string: "19.49"))
      #expect(try simulator.state().ordersReceived == 1)
    } catch let error as StableVPSError {
      // The order was about to be sent when the task was cancelled.
      #expect(error.kind == .notPlaced)
      #expect(try simulator.state().ordersReceived == 0)
    }
    return true
  }
}
