import Foundation
import StableVPS
import StableVPSTesting
import Testing

/// What a client's listener and its log hear.
@Suite(.timeLimit(.minutes(1)))
struct EventTests {
  private let requests = Mutexed<[StableVPS.ClientEvent.RequestEnd]>([])
  private let phases = Mutexed<[StableVPS.ClientEvent.PhaseChange]>([])
  private let watched = Mutexed<[StableVPS.WatchEvent]>([])
  private let lines = Mutexed<[StableVPS.LogLine]>([])

  private func client(_ simulator: Simulator) throws -> StableVPS {
    let (requests, phases, watched, lines) = (requests, phases, watched, lines)
    return try simulator.client {
      $0.app = "grid-bot/2.1"
      $0.onEvent = { event in
        switch event {
        case .requestEnded(let end): requests.with { $0.append(end) }
        case .phaseChanged(let change): phases.with { $0.append(change) }
        case .watched(let event): watched.with { $0.append(event) }
        }
      }
      $0.log = { line in lines.with { $0.append(line) } }
    }
  }

  @Test("a purchase is told request by request, and phase by phase")
  func purchase() async throws {
    let simulator = try Simulator()
    try simulator.fault(.loseAfter, method: "POST", path: "/vps")
    let bought = try await client(simulator).vps.provision(
      planID: .prime, billingCycle: .monthly, location: .london)
    let changes = phases.with { $0 }
    #expect(
      changes.map(\.phase) == [.preflight, .baseline, .ordering, .reconciling, .polling, .ended])
    #expect(changes.last?.vpsID == bought.vps.id && changes.last?.elapsed == bought.elapsed)
    #expect(changes.allSatisfy { $0.operation == "vps.provision" && $0.error == nil })
    let ends = requests.with { $0 }
    let order = try #require(ends.first { $0.endpoint == "POST /vps" })
    #expect(order.status == nil && order.failure == .io && order.delivery == .unknown)
    #expect(ends.count == bought.requests)
    let looks = ends.filter { $0.endpoint != "POST /vps" }
    #expect(looks.allSatisfy { $0.status == 200 && $0.bytesReceived > 10 && $0.method == "GET" })
    let secret = simulator.apiKey.reveal()
    #expect(!"\(ends)\(changes)\(lines.with { $0 })".contains(secret))
  }

  @Test("a retry says which attempt it is, and of what")
  func retry() async throws {
    let simulator = try Simulator()
    try simulator.fault(.status(503))
    _ = try await client(simulator).wallet.get()
    let ends = requests.with { $0 }
    #expect(ends.map(\.attempt) == [1, 2])
    #expect(ends.map(\.retryOf) == [nil, "server"])
    #expect(ends.map(\.status) == [503, 200])
    #expect(phases.with { $0 }.isEmpty)
  }

  @Test("a purchase that fails ends with the error's code")
  func failed() async throws {
    let simulator = try Simulator(.init(balance: 5))
    let client = try client(simulator)
    _ = try await failure {
      try await client.vps.provision(planID: .prime, billingCycle: .monthly, location: .london)
    }
    let end = phases.with { $0.last }
    #expect(end?.phase == .ended && end?.error == "insufficient_funds")
  }

  @Test("what a watch tells is heard, too")
  func watch() async throws {
    let simulator = try Simulator()
    let told = try await client(simulator).vps.watch().makeAsyncIterator().next()
    #expect(told?.name == "started")
    #expect(watched.with { $0 } == [told])
  }

  @Test("orders, deletions and reboots are logged as information, with status and time")
  func logged() async throws {
    let simulator = try Simulator()
    let client = try client(simulator)
    let id = try await client.vps.provision(
      planID: .prime, billingCycle: .monthly, location: .london
    ).vps.id
    _ = try await client.vps.stop(id)
    _ = try await client.vps.start(id)
    _ = try await client.vps.reboot(id)
    _ = try await client.vps.delete(id)
    let all = lines.with { $0 }
    #expect(
      all.filter { $0.level == .info }.map(\.message) == [
        "vps.provision: POST /vps answered 201 in 0 ms",
        "vps.reboot: POST /vps/:id/actions answered 200 in 0 ms",
        "vps.delete: DELETE /vps/:id answered 200 in 0 ms",
      ])
    #expect(all.contains { $0.message == "vps.stop: POST /vps/:id/actions answered 200 in 0 ms" })
  }

  @Test("a program's name is the first word of the user agent, and one with spaces is refused")
  func app() async throws {
    let simulator = try Simulator()
    let agents = Mutexed<[String?]>([])
    let noting = Noting(real: simulator, agents: agents)
    let client = try simulator.client {
      $0.transport = noting
      $0.app = "grid-bot/2.1"
    }
    _ = try await client.wallet.get()
    #expect(agents.with { $0 } == ["grid-bot/2.1 stablevps-swift/0.1.0"])
    #expect(throws: StableVPSError.self) { try simulator.client { $0.app = "grid bot" } }
  }

  private struct Noting: HTTPTransport {
    let real: Simulator
    let agents: Mutexed<[String?]>

    func send(_ request: TransportRequest) async throws -> TransportResponse {
      agents.with { $0.append(request.headers["user-agent"]) }
      return try await real.send(request)
    }
  }
}
