import Foundation
import StableVPS
import StableVPSTesting
import Testing

extension StableVPS {
  fileprivate func buy(
    timeout: Duration? = nil, onProgress: StableVPS.ProgressHandler? = nil
  ) async throws -> Provisioned {
    try await vps.provision(
      planID: .prime, billingCycle: .monthly, location: .london, waiting: .init(timeout: timeout),
      onProgress: onProgress)
  }

  fileprivate func buying() throws -> Purchase {
    vps.provisioning(planID: .prime, billingCycle: .monthly, location: .london)
  }
}

/// A hundred times as fast as the system's.
private final class OwnClock: StableVPSClock {
  var now: Int64 { SystemClock().now }
  var monotonic: Int64 { SystemClock().monotonic * 100 }

  func sleep(for duration: Duration) async throws {
    try await Task.sleep(for: duration / 100)
  }
}

@Suite(.timeLimit(.minutes(1)))
struct PurchaseTests {
  @Test("a purchase returns a usable VPS and its cost")
  func bought() async throws {
    let simulator = try Simulator()
    let bought = try await simulator.client().vps.provision(
      planID: .prime, billingCycle: .monthly, location: .london, maxSpend: 20)
    #expect(bought.charged == Decimal(string: "19.49"))
    #expect(bought.balanceAfter == Decimal(string: "80.51"))
    #expect(bought.vps.vpsStatus == .active && bought.vps.ipAddress != nil)
    #expect(bought.vps.rdpPassword?.reveal().isEmpty == false)
    #expect(try simulator.state().ordersReceived == 1)
  }

  @Test("a highest price that is a floating-point literal counts in cents")
  func floatingPoint() async throws {
    let simulator = try Simulator()
    let client = try simulator.client()
    let bought = try await client.vps.provision(
      planID: .prime, billingCycle: .monthly, location: .london, maxSpend: 19.49)
    #expect(bought.charged == Decimal(string: "19.49"))
    let error = try await failure {
      try await client.vps.provision(
        planID: .prime, billingCycle: .monthly, location: .london, maxSpend: 19.48)
    }
    #expect(error.code == "over_budget")
    #expect(try simulator.state().ordersReceived == 1)
  }

  @Test("a purchase within onProgress is refused while the other orders, and one in a task of its own waits")
  func nested() async throws {
    let simulator = try Simulator(.init(balance: 1000))
    let client = try simulator.client()
    let ends = Locked<[(exclusive: Bool, error: StableVPSError?)]>([])
    let begun = Locked<Task<StableVPS.Provisioned, any Error>?>(nil)
    _ = try await client.buy { progress in
      begun.withLock { $0 = $0 ?? Task { try await client.buy() } }
      do {
        _ = try await client.buy()
        ends.withLock { $0.append((progress.exclusive, nil)) }
      } catch let error as StableVPSError {
        ends.withLock { $0.append((progress.exclusive, error)) }
      }
    }
    _ = try await begun.withLock { $0 }?.value
    let told = ends.withLock { $0 }
    // The turn lasts until the first progress that is not exclusive was told.
    let first = try #require(told.firstIndex { !$0.exclusive })
    for (number, end) in told.enumerated() {
      #expect((end.error == nil) == (number > first))
      if let error = end.error {
        #expect(error.message == "onProgress must not buy on the account of the purchase that calls it")
        #expect(error.next == .fix && error.token == nil)
      }
    }
    #expect(try simulator.state().ordersPlaced == told.count - first + 1)
  }

  @Test("clients of a real server that share a clock of their own stand in one line")
  func sharedClock() async throws {
    let service = try Service("--provisioning-ms", "0")
    let shared = OwnClock()
    let clients = try [shared, shared, OwnClock()].map { clock in
      var configuration = StableVPS.Configuration(baseURL: service.url)
      configuration.clock = clock
      return try StableVPS(apiKey: service.key, configuration: configuration)
    }
    let ends = Locked<[StableVPSError?]>([])
    _ = try await clients[0].buy { progress in
      guard progress.phase == .baseline else { return }
      for client in clients[1...] {
        do {
          _ = try await client.buy()
          ends.withLock { $0.append(nil) }
        } catch let error as StableVPSError {
          ends.withLock { $0.append(error) }
        }
      }
    }
    #expect(ends.withLock { $0 }.map { $0?.code } == ["invalid_input", nil])
    for client in clients {
      client.close()
    }
    try service.end()
  }

  @Test("after a lost reply to the order the VPS is found, and no second order is sent")
  func lostReply() async throws {
    let simulator = try Simulator()
    try simulator.fault(.loseAfter, method: "POST", path: "/vps")
    let bought = try await simulator.client().buy()
    #expect(bought.recovered && bought.charged == Decimal(string: "19.49"))
    #expect(try simulator.state().ordersReceived == 1)
  }

  @Test("an order that never arrived ends in notPlaced")
  func notPlaced() async throws {
    let simulator = try Simulator()
    try simulator.fault(.loseBefore, method: "POST", path: "/vps")
    let client = try simulator.client()
    let error = try await failure { try await client.buy() }
    #expect(error.kind == .notPlaced)
    #expect(try simulator.state().ordersPlaced == 0)
  }

  @Test(
    "a wallet that holds too little ends the purchase, and before anything is ordered where that is asked for",
    arguments: [false, true])
  func insufficientFunds(checkFunds: Bool) async throws {
    let simulator = try Simulator(.init(balance: 5))
    let client = try simulator.client()
    let error = try await failure {
      try await client.vps.provision(
        planID: .prime, billingCycle: .monthly, location: .london, checkFunds: checkFunds)
    }
    #expect(try simulator.state().ordersReceived == (checkFunds ? 0 : 1))
    guard case .insufficientFunds(_, _, let shortfall, let currency) = error.kind else {
      Issue.record("\(error)")
      return
    }
    #expect(shortfall == Decimal(string: "14.49") && currency == "EUR")
  }

  @Test("the order is sent after onProgress has returned, so the token is stored before")
  func progressFirst() async throws {
    let simulator = try Simulator()
    let stored = Collected<(StableVPS.Phase, Bool, Int)>()
    _ = try await simulator.client().buy { progress in
      let before = try simulator.state().ordersReceived
      await Task.yield()
      #expect(try simulator.state().ordersReceived == before)
      await stored.append((progress.phase, progress.token != nil, before))
    }
    let ordering = try #require(await stored.all.first { $0.0 == .ordering })
    #expect(ordering == (.ordering, true, 0))
  }

  @Test("an error that onProgress throws ends the purchase before the order is sent")
  func brokenHandler() async throws {
    struct DiskFull: Error {}
    let simulator = try Simulator()
    let client = try simulator.client()
    await #expect(throws: DiskFull.self) {
      try await client.buy { if $0.phase == .ordering { throw DiskFull() } }
    }
    #expect(try simulator.state().ordersReceived == 0)
    // It blocks no other purchase.
    _ = try await client.buy()
  }

  @Test("a loop receives the progress of every step before the step runs")
  func sequence() async throws {
    let simulator = try Simulator()
    let purchase = try simulator.client().buying()
    #expect(try simulator.state().requests.total == 0)
    var phases: [StableVPS.Phase] = []
    for try await progress in purchase {
      if progress.phase == .ordering {
        #expect(progress.token != nil)
        #expect(try simulator.state().ordersReceived == 0)
      }
      phases.append(progress.phase)
    }
    #expect(phases.first == .preflight && phases.last == .polling)
    #expect(try await purchase.provisioned.charged == Decimal(string: "19.49"))
    #expect(try simulator.state().ordersReceived == 1)
  }

  @Test("a purchase that is prepared begins when it is iterated: its time limit runs from then on")
  func cold() async throws {
    let simulator = try Simulator()
    let client = try simulator.client()
    let prepared = client.vps.provisioning(
      planID: .prime, billingCycle: .monthly, location: .london, waiting: .init(timeout: .seconds(600)))
    #expect(prepared.token == nil)
    try simulator.advance(by: .seconds(3600))
    var elapsed: Duration?
    for try await progress in prepared where elapsed == nil {
      elapsed = progress.elapsed
    }
    #expect(elapsed == .zero)
    #expect(try await prepared.provisioned.vps.vpsStatus == .active)
  }

  @Test("what is wrong with a prepared purchase is thrown when it is iterated")
  func coldRefused() async throws {
    let client = try Simulator().client()
    let prepared = client.vps.provisioning(
      planID: .unknown(""), billingCycle: .monthly, location: .london)
    let first = try await failure { for try await _ in prepared {} }
    let second = try await failure { try await prepared.provisioned }
    #expect(first.code == "invalid_input" && second == first)
    let stale = client.vps.resuming("nonsense")
    #expect(stale.token == "nonsense")
    #expect(try await failure { try await stale.provisioned }.code == "stale_token")
  }

  @Test("a purchase can be continued after its loop was left")
  func leftLoop() async throws {
    let simulator = try Simulator()
    let purchase = try simulator.client().buying()
    for try await progress in purchase where progress.phase == .ordering { break }
    #expect(try simulator.state().ordersReceived == 0)
    #expect(try await purchase.provisioned.vps.vpsStatus == .active)
    #expect(try simulator.state().ordersReceived == 1)
  }

  @Test("a failed purchase throws the same error from its loop and its result")
  func failedLoop() async throws {
    let purchase = try Simulator(.init(balance: 1)).client().buying()
    let first = try await failure { for try await _ in purchase {} }
    let second = try await failure { try await purchase.provisioned }
    #expect(first.code == "insufficient_funds" && second == first)
  }

  @Test("only one task at a time may wait for a purchase")
  func oneAtATime() async throws {
    let simulator = try Simulator()
    let held = HeldTransport(simulator)
    let purchase = try simulator.client { $0.transport = held }.buying()
    _ = try await purchase.makeAsyncIterator().next()
    let first = Task { try await purchase.provisioned }
    await held.arrived.happened()
    let error = try await failure { try await purchase.makeAsyncIterator().next() }
    #expect(error.code == "invalid_input")
    first.cancel()
    await #expect(throws: CancellationError.self) { try await first.value }
  }

  @Test("a cancelled wait leaves a token that another client can resume")
  func cancelledWait() async throws {
    let simulator = try Simulator()
    let purchase = try simulator.client().buying()
    let task = Task {
      for try await progress in purchase where progress.nextLook > .zero {
        withUnsafeCurrentTask { $0?.cancel() }
      }
    }
    await #expect(throws: CancellationError.self) { try await task.value }
    let token = try #require(purchase.token)
    let resumed = try await simulator.client().vps.resume(token)
    #expect(resumed.charged == Decimal(string: "19.49"))
    #expect(try simulator.state().ordersReceived == 1)
  }

  @Test("a task that was cancelled before the call sends nothing")
  func cancelledBefore() async throws {
    let simulator = try Simulator()
    let client = try simulator.client()
    let calls: [@Sendable () async throws -> Void] = [
      { _ = try await client.wallet.get() }, { _ = try await client.vps.reboot("1") },
      { _ = try await client.buy() },
    ]
    for call in calls {
      let task = Task {
        withUnsafeCurrentTask { $0?.cancel() }
        try await call()
      }
      await #expect(throws: CancellationError.self) { try await task.value }
    }
    #expect(try simulator.state().requests.total == 0)
  }

  @Test("cancelling during the order leaves a token that never leads to a second order")
  func cancelledOrder() async throws {
    let simulator = try Simulator()
    let held = HeldTransport(simulator, only: "POST /vps")
    let purchase = try simulator.client { $0.transport = held }.buying()
    let task = Task { try await purchase.provisioned }
    await held.arrived.happened()
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    let token = try #require(purchase.token)
    // The order took effect, and its reply was discarded.
    #expect(try simulator.state().ordersReceived == 1)
    let resumed = try await simulator.client().vps.resume(token)
    #expect(resumed.recovered && resumed.charged == Decimal(string: "19.49"))
    #expect(try simulator.state().ordersReceived == 1)
  }

  @Test("a purchase ends at its time limit, with a token")
  func deadline() async throws {
    let simulator = try Simulator(.init(provisioning: .seconds(3600) ... .seconds(3600)))
    let client = try simulator.client()
    let error = try await failure { try await client.buy(timeout: .seconds(60)) }
    #expect(error.code == "deadline_exceeded")
    let resumed = try await client.vps.resume(try #require(error.token), timeout: .seconds(7200))
    #expect(resumed.vps.vpsStatus == .active)
  }

  @Test("a token of another key is refused by default")
  func otherAccount() async throws {
    let simulator = try Simulator()
    let purchase = try simulator.client().buying()
    for try await progress in purchase where progress.phase == .polling { break }
    let token = try #require(purchase.token)
    let other = try simulator.client(apiKey: .init(key))
    let error = try await failure { try await other.vps.resume(token) }
    #expect(error.code == "stale_token")
  }

  @Test("waitUntilReady waits for a VPS that was bought elsewhere")
  func waited() async throws {
    let simulator = try Simulator()
    let client = try simulator.client()
    let id = try await client.vps.create(planID: .pro, billingCycle: .monthly, location: .tokyo).id
    let ready = try await client.vps.waitUntilReady(id)
    #expect(ready.vps.id == id && ready.ordersSent == 0)
  }

  @Test("over HTTP, a purchase whose order's reply is lost finds its VPS")
  func overHTTP() async throws {
    let faults = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try Data(#"[{"on":{"method":"POST","path":"/vps"},"do":"lose_after"}]"#.utf8).write(to: faults)
    defer { try? FileManager.default.removeItem(at: faults) }
    let service = try Service("--provisioning-ms", "0", "--faults", faults.path)
    var configuration = StableVPS.Configuration(baseURL: service.url)
    configuration.clock = HastyClock()
    let client = try StableVPS(apiKey: service.key, configuration: configuration)
    let bought = try await client.buy()
    #expect(bought.recovered && bought.charged == Decimal(string: "19.49"))
    #expect(try await client.vps.list().map(\.id) == [bought.vps.id])
    try service.end()
  }
}
