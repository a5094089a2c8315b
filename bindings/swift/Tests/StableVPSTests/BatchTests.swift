import Foundation
import StableVPS
import StableVPSTesting
import Testing

private func orders(_ count: Int, _ plan: StableVPS.PlanID = .basic) -> [StableVPS.PurchaseOrder] {
  Array(
    repeating: .init(planID: plan, billingCycle: .monthly, location: .tokyo), count: count)
}

private func ids(_ results: [PurchaseBatch.Result]) throws -> Set<String> {
  Set(try results.map { try $0.result.get().vps.id })
}

@Suite(.timeLimit(.minutes(1)))
struct BatchTests {
  private func rich() throws -> Simulator {
    try Simulator(.init(balance: 1000))
  }

  @Test("every order is bought once, and all are waited for together")
  func together() async throws {
    let simulator = try rich()
    let begun = simulator.now
    let told = Mutexed<[StableVPS.BatchProgress]>([])
    let batch = try simulator.client().vps.provisionMany(orders(20)) { all in
      told.with { $0.append(all) }
    }
    #expect(batch.progress == nil)
    var results: [PurchaseBatch.Result] = []
    for try await one in batch {
      results.append(one)
    }
    #expect(try ids(results).count == 20)
    #expect(results.map(\.index).sorted() == Array(0..<20))
    #expect(try simulator.state().ordersReceived == 20)
    // One after the other takes 20 times two minutes.
    #expect(simulator.now < begun.addingTimeInterval(300))
    #expect(batch.tokens.isEmpty)
    let end = try #require(batch.progress)
    #expect(end.begun == 20 && end.ready == 20 && end.failed == 0 && end.polling == 0)
    #expect(end.spent == Decimal(string: "249.80") && end.currency == "EUR")
    #expect(told.with { $0 }.allSatisfy { $0.ordering + $0.reconciling <= 1 })
  }

  @Test("what does not fit into the limit for all of them fails by itself")
  func limited() async throws {
    let simulator = try rich()
    let mixed = orders(2) + orders(1, .pro) + orders(1)
    var ended: [Int: PurchaseBatch.Result] = [:]
    for try await one in try simulator.client().vps.provisionMany(mixed, maxSpend: 40) {
      ended[one.index] = one
    }
    #expect(ended.count == 4)
    for index in [0, 1, 3] {
      #expect(throws: Never.self) { try ended[index]?.result.get() }
    }
    let error = try await failure { try #require(ended[2]).result.get() }
    #expect(error.code == "over_budget")
    #expect(try simulator.state().ordersReceived == 3)
  }

  @Test("orders are taken from their source only as fast as they are placed")
  func lazily() async throws {
    let simulator = try rich()
    let counts = Mutexed((taken: 0, collected: 0))
    let source = sequence(state: orders(6).makeIterator()) { iterator in
      let order = iterator.next()
      if order != nil {
        counts.with { counts in
          counts.taken += 1
          #expect(counts.taken <= counts.collected + 2)
        }
      }
      return order
    }
    let lazy = Handed(next: Mutexed(source))
    for try await _ in try simulator.client().vps.provisionMany(lazy, atOnce: 2) {
      counts.with { $0.collected += 1 }
    }
    #expect(counts.with { $0 } == (6, 6))
  }

  @Test("whoever leaves early gets the tokens of what is open, and nothing is bought twice")
  func left() async throws {
    let simulator = try rich()
    let batch = try simulator.client().vps.provisionMany(orders(5))
    var first: PurchaseBatch.Result?
    for try await one in batch {
      first = one
      break
    }
    await batch.stop()
    let received = try simulator.state().ordersReceived
    let open = batch.tokens
    #expect(open.map(\.index) == (0..<5).filter { $0 != first?.index })
    let client = try simulator.client()
    var bought: Set<String> = [try #require(first).result.get().vps.id]
    for one in open {
      bought.insert(try await client.vps.resume(one.token).vps.id)
    }
    #expect(bought.count == 5)
    #expect(received == 5)
    #expect(try simulator.state().ordersReceived == 5)
  }

  @Test("an order that is cancelled on its way is open, and is found by its token")
  func cancelled() async throws {
    let simulator = try rich()
    let held = HeldTransport(simulator, only: "POST /vps")
    let batch = try simulator.client { $0.transport = held }.vps.provisionMany(orders(1))
    let buying = Task {
      for try await _ in batch {}
    }
    await held.arrived.happened()
    buying.cancel()
    await #expect(throws: CancellationError.self) { try await buying.value }
    await batch.stop()
    let open = try #require(batch.tokens.first)
    #expect("\(open)" == "OpenPurchase(0)")
    #expect(try await simulator.client().vps.resume(open.token).recovered)
    #expect(try simulator.state().ordersReceived == 1)
  }

  @Test("closing the client ends a batch, and what is open goes on elsewhere")
  func closed() async throws {
    let simulator = try rich()
    let client = try simulator.client()
    let batch = client.vps.provisionMany(orders(3)) { all in
      if all.polling == 2 { client.close() }
    }
    await #expect(throws: ClientClosedError.self) {
      for try await _ in batch {}
    }
    await batch.stop()
    let received = try simulator.state().ordersReceived
    var resumed: Set<String> = []
    for open in batch.tokens {
      resumed.insert(try await simulator.client().vps.resume(open.token).vps.id)
    }
    #expect(received >= 2 && resumed.count >= received)
  }

  @Test("an error that onProgress throws ends the batch, and is not taken for the end of a purchase")
  func handler() async throws {
    let simulator = try rich()
    let client = try simulator.client()
    let batch = client.vps.provisionMany(orders(2)) { all in
      if all.polling == 2 { _ = try await client.vps.get("unknown") }
    }
    let error = try await failure {
      for try await _ in batch {}
    }
    #expect(error.kind == .notFound)
    await batch.stop()
    var resumed: Set<String> = []
    for open in batch.tokens {
      resumed.insert(try await client.vps.resume(open.token).vps.id)
    }
    #expect(resumed.count == 2)
    #expect(try simulator.state().ordersReceived == 2)
  }

  @Test("what can't be met is refused before anything is sent")
  func refused() async throws {
    let simulator = try rich()
    let client = try simulator.client()
    let error = try await failure {
      for try await _ in client.vps.provisionMany(orders(1), atOnce: 0) {}
    }
    #expect(error.message == "atOnce must be a whole number from 1 to 10000")
    var keyed = orders(1)
    keyed[0].idempotencyKey = "no store"
    for try await one in client.vps.provisionMany(keyed) {
      let error = try await failure { try one.result.get() }
      #expect(error.code == "invalid_input")
    }
    #expect(try simulator.state().requests.total == 0)
  }
}

/// A sequence that is made element by element.
private struct Handed: Sequence, Sendable {
  let next: Mutexed<UnfoldSequence<StableVPS.PurchaseOrder, IndexingIterator<[StableVPS.PurchaseOrder]>>>

  func makeIterator() -> AnyIterator<StableVPS.PurchaseOrder> {
    AnyIterator { next.with { $0.next() } }
  }
}
