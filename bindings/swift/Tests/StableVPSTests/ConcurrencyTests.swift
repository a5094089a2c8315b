import Foundation
import StableVPS
import StableVPSTesting
import Testing

/// An app's state, with a client that all tasks share.
private actor Fleet {
  private let client: StableVPS
  private(set) var bought: [String: StableVPS.Provisioned] = [:]

  init(_ client: StableVPS) {
    self.client = client
  }

  func buy() async throws {
    let new = try await client.vps.provision(
      planID: .prime, billingCycle: .monthly, location: .london,
      waiting: .init(timeout: .seconds(900_000)))
    bought[new.vps.id] = new
  }

  /// In a loop that is isolated to the actor.
  func buyInLoop() async throws -> [StableVPS.Phase] {
    let purchase = client.vps.provisioning(
      planID: .basic, billingCycle: .monthly, location: .tokyo)
    var phases: [StableVPS.Phase] = []
    for try await progress in purchase {
      phases.append(progress.phase)
    }
    let new = try await purchase.provisioned
    bought[new.vps.id] = new
    return phases
  }
}

@Suite(.timeLimit(.minutes(1)))
struct ConcurrencyTests {
  @Test("two hundred concurrent purchases buy two hundred VPS, even with lost replies")
  func manyPurchases() async throws {
    let simulator = try Simulator(.init(balance: 100_000))
    try simulator.fault(.loseAfter, method: "POST", path: "/vps", skip: 3, times: 5)
    let fleet = Fleet(try simulator.client())
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<200 {
        group.addTask { try await fleet.buy() }
      }
      try await group.waitForAll()
    }
    let bought = await fleet.bought.values
    #expect(bought.count == 200)
    #expect(bought.filter(\.recovered).count == 5)
    #expect(try simulator.state().ordersReceived == 200)
  }

  @Test("an actor loops over the progress of a purchase")
  func actorLoop() async throws {
    let fleet = Fleet(try Simulator().client())
    #expect(try await fleet.buyInLoop().contains(.ordering))
    #expect(await fleet.bought.count == 1)
  }

  @Test("two hundred concurrent calls succeed in memory")
  func manyCalls() async throws {
    let simulator = try Simulator()
    let client = try simulator.client()
    try await withThrowingTaskGroup(of: StableVPS.Wallet.self) { group in
      for _ in 0..<200 {
        group.addTask { try await client.wallet.get() }
      }
      for try await wallet in group {
        #expect(wallet.balance == 100)
      }
    }
    #expect(try simulator.state().requests.total == 200)
  }

  @Test("a purchase that waits for its turn can be cancelled, and blocks no other")
  func cancelledTurn() async throws {
    // In real time: virtual time would jump to the time limit.
    let simulator = try Simulator(.init(time: .real, provisioning: .zero ... .zero))
    let vps = try simulator.client().vps
    let now = StableVPS.WaitOptions(firstLook: .zero)
    let first = vps.provisioning(
      planID: .pro, billingCycle: .monthly, location: .tokyo, waiting: now)
    for try await _ in first { break }
    let second = Task {
      try await vps.provision(planID: .pro, billingCycle: .monthly, location: .tokyo, waiting: now)
    }
    for _ in 0..<100 {
      await Task.yield()
    }
    second.cancel()
    await #expect(throws: CancellationError.self) { try await second.value }
    async let third = vps.provision(
      planID: .basic, billingCycle: .monthly, location: .tokyo, waiting: now)
    _ = try await first.provisioned
    #expect(try await third.vps.planID == .basic)
    #expect(try simulator.state().ordersReceived == 2)
  }

  @Test("a purchase that waits for its turn ends at its time limit, with a token")
  func lateTurn() async throws {
    let simulator = try Simulator()
    let client = try simulator.client()
    let first = client.vps.provisioning(planID: .pro, billingCycle: .monthly, location: .tokyo)
    for try await _ in first { break }
    let error = try await failure {
      try await client.vps.provision(
        planID: .basic, billingCycle: .monthly, location: .tokyo,
        waiting: .init(timeout: .seconds(60)))
    }
    #expect(error.kind == .deadlineExceeded(waitingFor: "the other purchases of this account"))
    #expect(error.fault == .server && error.token != nil)
    #expect(try simulator.state().ordersReceived == 0)
    _ = try await first.provisioned
  }

  @Test("clients with different keys wait for each other where their account has a name")
  func namedAccounts() async throws {
    for name in [nil, "acme"] {
      let simulator = try Simulator()
      let key = try await simulator.client().keys.create(
        email: "john@example.com", password: StableVPS.Secret("correct horse battery staple"), name: "other"
      ).apiKey
      let one = try simulator.client { $0.account = name }
      let two = try simulator.client(apiKey: key) { $0.account = name }
      let first = one.vps.provisioning(planID: .pro, billingCycle: .monthly, location: .tokyo)
      for try await _ in first { break }
      let second = {
        try await two.vps.provision(
          planID: .basic, billingCycle: .monthly, location: .tokyo, waiting: .init(timeout: .seconds(600)))
      }
      if name == nil {
        _ = try await second()
      } else {
        let error = try await failure { try await second() }
        #expect(error.kind == .deadlineExceeded(waitingFor: "the other purchases of this account"))
      }
      _ = try await first.provisioned
    }
  }

  @Test("no limit is reached while a handler of another purchase waits for something real")
  func realWork() async throws {
    let simulator = try Simulator()
    let client = try simulator.client()
    let bought = try await withThrowingTaskGroup(of: String.self) { group in
      for _ in 0..<3 {
        group.addTask {
          try await client.vps.provision(planID: .prime, billingCycle: .monthly, location: .london) { _ in
            try await Task.sleep(for: .milliseconds(20))
          }.vps.id
        }
      }
      return try await group.reduce(into: Set()) { $0.insert($1) }
    }
    #expect(bought.count == 3)
    #expect(try simulator.state().ordersReceived == 3)
  }

  @Test("simulated services with equal keys share no queue")
  func otherWorlds() async throws {
    let simulator = try Simulator()
    let first = try simulator.client().vps.provisioning(
      planID: .pro, billingCycle: .monthly, location: .tokyo)
    for try await _ in first { break }
    for time in [Simulator.Configuration.Time.virtual, .real] {
      let other = try Simulator(.init(time: time, provisioning: .zero ... .zero))
      #expect(other.apiKey == simulator.apiKey)
      _ = try await other.client().vps.provision(
        planID: .pro, billingCycle: .monthly, location: .tokyo, waiting: .init(firstLook: .zero))
    }
    #expect(try simulator.state().ordersReceived == 0)
    _ = try await first.provisioned
  }

  @Test("a purchase that is released lets the next one go first, and can be continued")
  func released() async throws {
    let simulator = try Simulator()
    let client = try simulator.client()
    let first = client.vps.provisioning(planID: .pro, billingCycle: .monthly, location: .tokyo)
    for try await progress in first where progress.phase == .baseline { break }
    first.release()
    _ = try await client.vps.provision(planID: .basic, billingCycle: .monthly, location: .tokyo)
    #expect(try await first.provisioned.vps.planID == .pro)
    #expect(try simulator.state().ordersReceived == 2)
  }

  @Test("releasing a purchase that a task waits for changes nothing")
  func releasedWhileBusy() async throws {
    let simulator = try Simulator(.init(time: .real, provisioning: .zero ... .zero))
    let held = HeldTransport(simulator, only: "GET /wallet")
    let client = try simulator.client { $0.transport = held }
    let first = client.vps.provisioning(planID: .pro, billingCycle: .monthly, location: .tokyo)
    let task = Task { try await first.provisioned }
    await held.arrived.happened()
    first.release()
    let error = try await failure {
      try await client.vps.provision(
        planID: .basic, billingCycle: .monthly, location: .tokyo,
        waiting: .init(timeout: .milliseconds(20)))
    }
    #expect(error.kind == .deadlineExceeded(waitingFor: "the other purchases of this account"))
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
  }

  @Test("releasing the last reference to a purchase lets the next one proceed")
  func letGo() async throws {
    let simulator = try Simulator()
    let client = try simulator.client()
    do {
      let first = client.vps.provisioning(planID: .pro, billingCycle: .monthly, location: .tokyo)
      for try await _ in first { break }
    }
    _ = try await client.vps.provision(planID: .basic, billingCycle: .monthly, location: .tokyo)
    #expect(try simulator.state().ordersReceived == 1)
  }
}
