// What closing a client ends, and what it leaves.

import Foundation
import StableVPS
import StableVPSTesting
import Testing

/// A simulator's clock, on which no wait ends.
private final class StoppedClock: StableVPSClock {
  private let real: any StableVPSClock
  private let first = Signal()
  /// Whether waits for a turn end, which are short.
  private let turnsCome: Bool

  init(_ simulator: Simulator, turnsCome: Bool = false) {
    real = simulator.clock
    self.turnsCome = turnsCome
  }

  var now: Int64 { real.now }

  var monotonic: Int64 { real.monotonic }

  func sleep(for duration: Duration) async throws {
    if turnsCome, duration < .seconds(1) {
      return try await Task.sleep(for: duration)
    }
    first.happen()
    try await Task.sleep(for: .seconds(86_400))
  }

  /// Returns once a wait has begun.
  func begun() async {
    await first.happened()
  }
}

/// Forwards requests, and delays the response of the order until it is released.
private final class SlowOrder: HTTPTransport {
  let sent = Signal()
  let released = Signal()
  private let real: any HTTPTransport

  init(_ real: any HTTPTransport) {
    self.real = real
  }

  func send(_ request: TransportRequest) async throws -> TransportResponse {
    let response = try await real.send(request)
    if request.endpoint == "POST /vps" {
      sent.happen()
      await released.happened()
    }
    return response
  }
}

/// The error of a call whose client was closed.
private func closed<Value>(
  _ call: () async throws -> Value, sourceLocation: SourceLocation = #_sourceLocation
) async throws -> ClientClosedError {
  do {
    let value = try await call()
    Issue.record("the call succeeded: \(value)", sourceLocation: sourceLocation)
  } catch let error as ClientClosedError {
    return error
  }
  throw CancellationError()
}

private func closed<Value: Sendable>(_ task: Task<Value, any Error>) async throws -> ClientClosedError {
  try await closed { try await task.value }
}

@Suite(.timeLimit(.minutes(1)))
struct ClosingTests {
  private let simulator: Simulator

  init() throws {
    simulator = try Simulator()
  }

  private func buy(_ client: StableVPS) -> Task<StableVPS.Provisioned, any Error> {
    Task { try await client.vps.provision(planID: .prime, billingCycle: .monthly, location: .london) }
  }

  @Test("a purchase that sleeps ends at once, with its token")
  func sleeping() async throws {
    let clock = StoppedClock(simulator)
    let client = try simulator.client { $0.clock = clock }
    let purchase = buy(client)
    await clock.begun()
    client.close()
    let token = try #require(try await closed(purchase).token)
    let resumed = try await simulator.client().vps.resume(token)
    #expect(resumed.charged == Decimal(string: "19.49"))
    #expect(try simulator.state().ordersReceived == 1)
  }

  @Test("purchases that wait for their turn end at once, with their tokens, and block no other client")
  func queueing() async throws {
    let clock = StoppedClock(simulator, turnsCome: true)
    let client = try simulator.client { $0.clock = clock }
    let other = try simulator.client { $0.clock = clock }
    let first = client.vps.provisioning(planID: .pro, billingCycle: .monthly, location: .tokyo)
    for try await progress in first where progress.phase == .ordering { break }
    let order = { (client: StableVPS) in
      client.vps.provisioning(planID: .pro, billingCycle: .monthly, location: .tokyo)
    }
    let purchases = [order(client), order(client), order(client), order(other)]
    let waiting = purchases.map { purchase in Task { try await purchase.provisioned } }
    // Each has begun.
    while purchases.contains(where: { $0.token == nil }) {
      await Task.yield()
    }
    client.close()
    for purchase in waiting.dropLast() {
      #expect(try await closed(purchase).token != nil)
    }
    let elsewhere = waiting[3]
    #expect(try simulator.state().ordersReceived == 0)
    let error = try await closed { try await first.provisioned }
    #expect(error.token != nil && first.token != nil)
    await clock.begun()
    #expect(try simulator.state().ordersReceived == 1)
    elsewhere.cancel()
    await #expect(throws: CancellationError.self) { try await elsewhere.value }
  }

  @Test("a call that waits to be repeated ends at once")
  func repeated() async throws {
    try simulator.fault(.status(503))
    let clock = StoppedClock(simulator)
    let client = try simulator.client { $0.clock = clock }
    let call = Task { try await client.wallet.get() }
    await clock.begun()
    client.close()
    #expect(try await closed(call).token == nil)
  }

  @Test("an order that is under way gets its response, which the token has")
  func underWay() async throws {
    let slow = SlowOrder(simulator)
    let client = try simulator.client { $0.transport = slow }
    let purchase = buy(client)
    await slow.sent.happened()
    client.close()
    slow.released.happen()
    let token = try #require(try await closed(purchase).token)
    let phases = Collected<StableVPS.Phase>()
    let resumed = try await simulator.client().vps.resume(token) { await phases.append($0.phase) }
    #expect(await phases.all.first == .polling, "the token knows the VPS")
    #expect(!resumed.recovered)
    #expect(try simulator.state().ordersReceived == 1)
  }

  @Test("a closed client sends nothing")
  func afterwards() async throws {
    let client = try simulator.client()
    let prepared = client.vps.provisioning(planID: .pro, billingCycle: .monthly, location: .tokyo)
    client.close()
    client.close()
    #expect(try await closed { try await client.wallet.get() }.token == nil)
    #expect(try await closed { try await prepared.provisioned }.token == nil)
    #expect(try simulator.state().requests.total == 0)
  }

  @Test("three hundred clients leave no connection, whether closed or released", arguments: [true, false])
  func connections(isClosed: Bool) async throws {
    let server = LoopbackServer { connection, _ in connection.answer(walletBody) }
    defer { server.end() }
    var clients: [StableVPS] = []
    for _ in 0..<300 {
      // A configuration keeps its transport, so it is not kept either.
      let client = try StableVPS(apiKey: key, configuration: .init(baseURL: server.url))
      _ = try await client.wallet.get()
      clients.append(client)
    }
    #expect(server.requests.count == 300)
    if isClosed {
      for client in clients {
        client.close()
      }
    } else {
      clients = []
    }
    await server.ended(300)
    withExtendedLifetime(clients) {}
  }

  @Test("a client that is closed amid a request leaves no connection")
  func connectionUnderWay() async throws {
    let arrived = Signal()
    let answer = DispatchSemaphore(value: 0)
    let server = LoopbackServer { connection, _ in
      arrived.happen()
      answer.wait()
      connection.answer(walletBody)
    }
    defer { server.end() }
    let client = try StableVPS(apiKey: key, configuration: .init(baseURL: server.url))
    let call = Task { try await client.wallet.get() }
    await arrived.happened()
    client.close()
    answer.signal()
    #expect(try await call.value.balance == Decimal(string: "12.5"))
    await server.ended(1)
    withExtendedLifetime(client) {}
  }
}
