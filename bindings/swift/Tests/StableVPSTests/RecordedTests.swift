import Foundation
import StableVPS
import StableVPSTesting
import Testing

private let oneKey = "order-1"

/// What a purchase with an idempotency key does on a simulated service and a database in a file.
@Suite(.timeLimit(.minutes(3)))
struct RecordedTests {
  private let file = DatabaseFile()

  /// A client with a connection of its own, as another process has it.
  private func client(
    _ simulator: Simulator, _ store: (any StableVPS.Store)? = nil,
    transport: (any HTTPTransport)? = nil
  ) throws -> StableVPS {
    try simulator.client {
      $0.store = store ?? file.store()
      $0.transport = transport ?? $0.transport
    }
  }

  /// Stops waiting at the first progress of that phase.
  private func leave(
    _ key: String, in phase: StableVPS.Phase, _ simulator: Simulator
  ) async throws {
    struct Died: Error {}
    await #expect(throws: Died.self) {
      try await client(simulator).order(key) { if $0.phase == phase { throw Died() } }
    }
  }

  @Test("a key buys one VPS however often it is asked for")
  func once() async throws {
    let simulator = try Simulator()
    let first = try await client(simulator).order()
    let other = try client(simulator)
    #expect(try await other.order().vps.id == first.vps.id)
    #expect(try await other.order("order-2").vps.id != first.vps.id)
    #expect(try await other.order(nil).vps.id != first.vps.id)
    #expect(try simulator.state().ordersPlaced == 3)

    let listed = try await other.purchases.list()
    #expect(listed.map(\.idempotencyKey) == [oneKey, "order-2", nil])
    #expect(try await other.purchases.list(openOnly: true).isEmpty)
    let record = try #require(try await other.purchases.get(oneKey))
    #expect(record.state == .ready && record.vpsID == first.vps.id && record.attempt == 1)
    #expect(try await other.purchases.get("order-9") == nil)
  }

  @Test("a purchase that goes on elsewhere is refused, or waited for")
  func held() async throws {
    let simulator = try Simulator()
    let second = try client(simulator)
    let first = try await client(simulator).order { progress in
      guard progress.phase == .polling else { return }
      let refused = try await failure { try await second.order() }
      let notResumed = try await failure { try await second.purchases.resume(oneKey) }
      #expect(refused.kind == .purchaseInProgress && notResumed.kind == .purchaseInProgress)
    }
    #expect(try await second.order(whenHeld: .wait).vps.id == first.vps.id)
    #expect(try simulator.state().ordersPlaced == 1)
  }

  @Test("many clients with one key buy one VPS")
  func race() async throws {
    let simulator = try Simulator()
    let clients = try (0..<4).map { _ in try client(simulator) }
    let ids = try await withThrowingTaskGroup(of: String.self) { group in
      for client in clients {
        group.addTask { try await client.order().vps.id }
      }
      return try await group.reduce(into: Set<String>()) { $0.insert($1) }
    }
    #expect(ids.count == 1)
    #expect(try simulator.state().ordersPlaced == 1)
  }

  @Test("who stops waiting or is cancelled is followed at once")
  func followed() async throws {
    let simulator = try Simulator()
    for phase in [StableVPS.Phase.preflight, .baseline, .polling] {
      let key = "left in \(phase)"
      try await leave(key, in: phase, simulator)
      _ = try await client(simulator).order(key)
    }
    let first = try client(simulator)
    let cancelled = Task {
      try await first.order("cancelled") { progress in
        guard progress.phase == .polling else { return }
        withUnsafeCurrentTask { $0?.cancel() }
      }
    }
    await #expect(throws: CancellationError.self) { try await cancelled.value }
    _ = try await client(simulator).order("cancelled")
    #expect(try simulator.state().ordersPlaced == 4)
  }

  @Test("what a process left in a phase is taken over")
  func takenOver() async throws {
    let simulator = try Simulator()
    for (number, phase) in [StableVPS.Phase.preflight, .baseline, .ordering, .polling].enumerated() {
      let key = "left in \(phase)"
      try await leave(key, in: phase, simulator)
      try simulator.advance(by: .seconds(600))
      let next = try client(simulator)
      if phase == .ordering {
        // It may have been sent, and is looked for.
        #expect(try await failure { try await next.order(key) }.kind == .notPlaced)
      }
      _ = try await next.order(key)
      #expect(try simulator.state().ordersPlaced == number + 1)
    }
  }

  @Test("everything that was left is resumed, the oldest first")
  func resumeAll() async throws {
    let simulator = try Simulator()
    for phase in [StableVPS.Phase.preflight, .ordering, .polling] {
      try await leave("left in \(phase)", in: phase, simulator)
    }
    try simulator.advance(by: .seconds(600))
    let next = try client(simulator)
    let resumed = try await next.purchases.resumeAll(timeout: .seconds(1200))
    let succeeded = resumed.filter { (try? $0.result.get()) != nil }
    // The order that was announced was looked for by the first one that entered, and not found.
    #expect(succeeded.map(\.record.idempotencyKey) == ["left in preflight", "left in polling"])
    #expect(try await next.purchases.get("left in ordering")?.state == .notOrdered)
    #expect(try await next.purchases.resumeAll().isEmpty)
    #expect(try simulator.state().ordersPlaced == 2)
  }

  @Test("a purchase that failed or can't be resolved ends the same way again")
  func sameEnd() async throws {
    let simulator = try Simulator(.init(balance: 1000))
    try simulator.fault(.shapeOrder(vpsStatus: .suspended), method: "POST", path: "/vps")
    let failed = try await failure { try await client(simulator).order() }
    #expect(failed.code == "provisioning_failed")
    #expect(try await failure { try await client(simulator).order() }.message == failed.message)

    try simulator.fault(.loseAfter, method: "POST", path: "/vps")
    let plain = try simulator.client()
    let others = Mutexed(0)
    let unresolved = try await failure {
      try await client(simulator).order("order-2") { progress in
        let isFirst = others.with { count in
          count += progress.phase == .reconciling ? 1 : 0
          return progress.phase == .reconciling && count == 1
        }
        if isFirst {
          _ = try await plain.vps.create(planID: .prime, billingCycle: .monthly, location: .london)
        }
      }
    }
    #expect(unresolved.code == "unresolved")
    #expect(try await failure { try await client(simulator).order("order-2") }.message == unresolved.message)
    #expect(try simulator.state().ordersPlaced == 3)
  }

  @Test("what was refused or not placed is ordered anew, and another order under the key is refused")
  func anew() async throws {
    let simulator = try Simulator(.init(balance: 5))
    #expect(try await failure { try await client(simulator).order() }.code == "insufficient_funds")
    _ = try simulator.control(#"{"set_balance":{"amount":100}}"#)
    try simulator.fault(.loseBefore, method: "POST", path: "/vps")
    #expect(try await failure { try await client(simulator).order() }.kind == .notPlaced)
    let last = try client(simulator)
    _ = try await failure { try await last.purchases.resume(oneKey) }
    _ = try await last.order()
    #expect(try simulator.state().ordersPlaced == 1)
    #expect(try await last.purchases.get(oneKey)?.attempt == 3)
    let other = try await failure {
      try await last.vps.provision(
        planID: .basic, billingCycle: .monthly, location: .london, idempotencyKey: oneKey)
    }
    #expect(other.kind == .idempotencyMismatch(field: "planID"))
    #expect(other.message == "the idempotency key was used for an order with another planID")
    #expect(try simulator.state().ordersPlaced == 1)
  }

  @Test("a forgotten purchase keeps its key")
  func forgotten() async throws {
    let simulator = try Simulator()
    let client = try client(simulator)
    let unknown = try await failure { try await client.purchases.forget(oneKey) }
    #expect(unknown.message == "idempotencyKey is not known to the store")
    _ = try await client.order()
    try await client.purchases.forget(oneKey)
    let record = try #require(try await client.purchases.get(oneKey))
    #expect(record.state == .forgotten && record.token == nil)
    let refused = try await failure { try await client.order() }
    #expect(refused.message == "idempotencyKey belongs to a purchase that was forgotten")
    #expect(try simulator.state().ordersPlaced == 1)
  }

  @Test("a key needs a store")
  func needsStore() async throws {
    let simulator = try Simulator()
    let plain = try simulator.client()
    let refused = try await failure { try await plain.order() }
    #expect(refused.message == "idempotencyKey needs a client with a store")
    let missing = "store is missing: recorded purchases need a client with one"
    #expect(try await failure { try await plain.purchases.list() }.message == missing)
    #expect(try await failure { try await plain.purchases.get(oneKey) }.message == missing)
    #expect(try await failure { try await plain.purchases.resume(oneKey) }.message == missing)
    #expect(try await failure { try await plain.purchases.resumeAll() }.message == missing)
    #expect(try await failure { try await plain.purchases.forget(oneKey) }.message == missing)
    #expect(try simulator.requests() == #"{"requests":[]}"#)
  }

  /// Asks for the purchase until it succeeds, as whoever wants the VPS does.
  private func finish(_ simulator: Simulator, _ file: DatabaseFile) async throws {
    try simulator.advance(by: .seconds(600))
    let next = try client(simulator, file.store())
    let bought: StableVPS.Provisioned
    do {
      bought = try await next.order()
    } catch let error as StableVPSError where error.kind == .notPlaced {
      bought = try await next.order()
    }
    let state = try simulator.state()
    #expect(state.ordersPlaced == 1)
    #expect(try await next.purchases.get(oneKey)?.vpsID == bought.vps.id)
  }

  /// Runs a purchase that is meddled with at each of its operations in turn, each on a service of its own.
  private func atEachOperation(
    _ run: (Int, Simulator, DatabaseFile) async throws -> Int
  ) async throws {
    var wanted = 0
    while true {
      let (simulator, file) = (try Simulator(), DatabaseFile())
      let asked = try await run(wanted, simulator, file)
      try await finish(simulator, file)
      guard wanted < asked else { break }
      wanted += 1
    }
    #expect((5...30).contains(wanted), "\(wanted) operations")
  }

  @Test(
    "a store that fails at any operation, done or not, buys one VPS at most and loses none",
    arguments: [false, true])
  func failing(isDone: Bool) async throws {
    try await atEachOperation { wanted, simulator, file in
      let store = MeddledStore(file.store()) { number, carryOut in
        if number == wanted {
          if isDone { _ = try await carryOut() }
          throw StableVPS.StoreFailure("the database is down")
        }
        return try await carryOut()
      }
      do {
        _ = try await client(simulator, store).order()
      } catch let error as StableVPSError {
        #expect(error.message == "the store failed: the database is down")
        #expect(try error.token != nil || simulator.state().ordersPlaced == 0, "lost at \(wanted)")
      }
      return store.asked.count
    }
  }

  @Test("a purchase that is cancelled within any operation is taken over, or continued")
  func cancelled() async throws {
    try await atEachOperation { wanted, simulator, file in
      let reached = Signal()
      let store = MeddledStore(file.store()) { number, carryOut in
        let answer = try await carryOut()
        if number == wanted {
          reached.happen()
          await Signal().happened()
          throw CancellationError()
        }
        return answer
      }
      let client = try client(simulator, store)
      let task = Task {
        defer { reached.happen() }
        _ = try await client.order()
      }
      await reached.happened()
      task.cancel()
      _ = await task.result
      return store.asked.count
    }
  }

  @Test("a purchase that was cancelled within an operation asks for it again")
  func continued() async throws {
    let simulator = try Simulator()
    let reached = Signal()
    let store = MeddledStore(file.store()) { number, carryOut in
      let answer = try await carryOut()
      if number == 3 {
        reached.happen()
        await Signal().happened()
        throw CancellationError()
      }
      return answer
    }
    let purchase = try client(simulator, store).vps.provisioning(
      planID: .prime, billingCycle: .monthly, location: .london, idempotencyKey: oneKey)
    let task = Task { try await purchase.provisioned }
    await reached.happened()
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    let bought = try await purchase.provisioned
    #expect(store.asked[3] == store.asked[4])
    #expect(try simulator.state().ordersPlaced == 1)
    #expect(try await client(simulator).purchases.get(oneKey)?.vpsID == bought.vps.id)
  }

  @Test("a store that is down for two minutes from any operation on is written to when it is back")
  func outage() async throws {
    try await atEachOperation { wanted, simulator, file in
      let until = Mutexed<Int64?>(nil)
      let store = MeddledStore(file.store()) { number, carryOut in
        let now = simulator.clock.now
        let isDown = until.with { until in
          if number == wanted { until = now + 120_000 }
          return until.map { now < $0 } ?? false
        }
        if isDown { throw StableVPS.StoreFailure("the database is down") }
        return try await carryOut()
      }
      do {
        _ = try await client(simulator, store).order()
        let record = try await client(simulator, file.store()).purchases.get(oneKey)
        #expect(try record?.state == .ready && simulator.state().ordersPlaced == 1, "\(wanted)")
      } catch let error as StableVPSError {
        #expect(error.next == .retry && error.code == "store", "\(wanted): \(error)")
        #expect(try simulator.state().ordersPlaced == 0)
      }
      return store.asked.count
    }
  }

  @Test("a smooth purchase asks the store at most nine times, and stores nothing secret")
  func smooth() async throws {
    let simulator = try Simulator()
    let store = MeddledStore(file.store())
    let bought = try await client(simulator, store).order()
    #expect((5...9).contains(store.asked.count), "\(store.asked)")
    let password = try #require(bought.vps.rdpPassword).reveal()
    let stored = try Data(contentsOf: URL(fileURLWithPath: file.path))
    #expect(stored.range(of: Data(oneKey.utf8)) != nil)
    #expect(stored.range(of: Data(password.utf8)) == nil)
    #expect(stored.range(of: Data("svps_live_".utf8)) == nil)
  }

  @Test("of what a store throws only the type is shown")
  func secrets() async throws {
    struct Broken: Error { let url = "postgresql://user:hunter2@localhost" }
    let simulator = try Simulator()
    let store = MeddledStore(file.store()) { _, _ in throw Broken() }
    let failed = try await failure { try await client(simulator, store).order() }
    #expect(failed.message == "the store failed: Broken")
    #expect(try simulator.state().ordersReceived == 0)
  }

  @Test("an order whose time to begin was over is announced anew")
  func late() async throws {
    let simulator = try Simulator()
    let transport = WatchedTransport(simulator) { request, number in
      #expect(request.mayBegin())
      if number == 1 { throw TransportFailure.tooLate }
    }
    let bought = try await client(simulator, transport: transport).order()
    #expect(bought.ordersSent == 1)
    #expect(transport.orders == 2)
    #expect(try simulator.state().ordersPlaced == 1)
  }

  @Test("a client that is closed during its order still writes the receipt")
  func closed() async throws {
    let simulator = try Simulator()
    let closing = Mutexed<StableVPS?>(nil)
    let transport = WatchedTransport(simulator) { _, _ in closing.with { $0 }?.close() }
    let client = try client(simulator, transport: transport)
    closing.with { $0 = client }
    await #expect(throws: ClientClosedError.self) { try await client.order() }
    closing.with { $0 = nil }
    let record = try await self.client(simulator).purchases.get(oneKey)
    #expect(try record?.vpsID == simulator.state().vps.first?.id && record?.vpsID != nil)
  }
}

extension StableVPS {
  fileprivate func order(
    _ key: String? = oneKey, whenHeld: StableVPS.WhenHeld = .refuse,
    onProgress: StableVPS.ProgressHandler? = nil
  ) async throws -> Provisioned {
    try await vps.provision(
      planID: .prime, billingCycle: .monthly, location: .london, idempotencyKey: key,
      whenHeld: whenHeld, onProgress: onProgress)
  }
}


/// Tells of each order, with its number, before it is sent.
private final class WatchedTransport: HTTPTransport {
  private let real: any HTTPTransport
  private let watch: @Sendable (TransportRequest, Int) throws -> Void
  private let count = Mutexed(0)

  var orders: Int { count.with { $0 } }

  init(_ real: any HTTPTransport, _ watch: @escaping @Sendable (TransportRequest, Int) throws -> Void) {
    self.real = real
    self.watch = watch
  }

  func send(_ request: TransportRequest) async throws -> TransportResponse {
    if request.endpoint == "POST /vps" {
      let number = count.with { count in
        count += 1
        return count
      }
      try watch(request, number)
    }
    return try await real.send(request)
  }
}
