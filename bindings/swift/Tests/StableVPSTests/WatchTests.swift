import Foundation
import StableVPS
import StableVPSTesting
import Testing

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#endif

/// A watch's events as lines: their names, and the VPS that they are about.
private func line(_ event: StableVPS.WatchEvent) -> String {
  event.vps.map { "\(event.name) \($0.id)" } ?? event.name
}

private func account(_ ids: String..., address: (Int) -> String? = { _ in nil }) throws -> Simulator {
  let vps = ids.enumerated().map { number, id in
    var vps = Simulator.SeededVPS(id: id)
    vps.ipAddress = address(number)
    return vps
  }
  return try Simulator(.init(vps: vps))
}

extension Simulator {
  fileprivate func reboots() throws -> Int {
    try state().vps.map(\.reboots).reduce(0, +)
  }

  fileprivate func actionsReceived() throws -> Int {
    try state().requests.byEndpoint["POST /vps/:id/actions"] ?? 0
  }
}

/// A prober that answers as it is told to.
private struct Answers: StableVPS.Prober {
  let answer: @Sendable (StableVPS.ProbeTarget) async -> StableVPS.ProbeOutcome

  func probe(_ target: StableVPS.ProbeTarget, within: Duration) async -> StableVPS.ProbeOutcome {
    await answer(target)
  }
}

@Suite(.timeLimit(.minutes(1)))
struct WatchTests {
  @Test("a VPS that hangs is rebooted, and what happens is told")
  func rebooted() async throws {
    let simulator = try account("a", "b", "c")
    let client = try simulator.client()
    var lines: [String] = []
    for try await event in client.vps.watch(.init(reboot: .whenSilent)) {
      lines.append(line(event))
      if case .started(let vps) = event.kind {
        #expect(vps.map(\.id) == ["a", "b", "c"])
        // What this program has stopped is not expected to answer.
        _ = try await client.vps.stop("c")
        try simulator.hang("b")
      }
      if case .reachable(_, let silent, let reboots) = event.kind {
        #expect(reboots == 1 && silent >= .seconds(180) && silent < .seconds(400))
        #expect(event.at == simulator.now)
        break
      }
    }
    #expect(lines == ["started", "unreachable b", "reboot_sent b", "reachable b"])
    #expect(try simulator.reboots() == 1)
  }

  @Test("a lost reboot is told, outages are waited out, and a key that is refused ends the watch once")
  func lost() async throws {
    let simulator = try account("a", "b", "c")
    let client = try simulator.client()
    try simulator.fault(.loseBefore, method: "POST", path: "/vps/b/actions")
    var lines: [String] = []
    let iterator = client.vps.watch(.init(reboot: .whenSilent)).makeAsyncIterator()
    let error = try await failure {
      while let event = try await iterator.next() {
        lines.append(line(event))
        switch event.kind {
        case .started:
          try simulator.hang("b")
        case .rebootUnknown(_, _, _, let error):
          #expect(error.kind != .unauthorized)
        case .stillSilent:
          let key = simulator.apiKey.reveal()
          _ = try simulator.control(#"{"expire_key":{"key":"\#(key)"}}"#)
        default:
          break
        }
      }
    }
    #expect(error.kind == .unauthorized)
    #expect(try await iterator.next() == nil)
    #expect(
      lines == [
        "started", "unreachable b", "reboot_unknown b", "still_silent b", "reboot_refused b",
        "listing_failed",
      ])
    #expect(try simulator.reboots() == 0)
  }

  @Test("a watch ends after the time it is given")
  func ends() async throws {
    let simulator = try account("a", "b", "c")
    let begun = simulator.now
    var lines: [String] = []
    for try await event in try simulator.client().vps.watch(.init(atMost: .seconds(90 * 60))) {
      lines.append(line(event))
    }
    #expect(lines == ["started"])
    #expect(simulator.now == begun.addingTimeInterval(90 * 60))
  }

  @Test("options that can't be met are refused before anything is sent")
  func refused() async throws {
    let simulator = try account("a")
    let client = try simulator.client()
    var silences = StableVPS.WatchOptions()
    silences.silentProbes = 0
    var blind = StableVPS.WatchOptions(reboot: .whenSilent)
    blind.probing = false
    let cases = [
      (silences, "silentProbes must be a whole number from 1 to 1000"),
      (.init(interval: .zero), "interval must be more than zero"),
      (blind, "reboot needs probes, which are off"),
      (.init(exclude: ["a/b"]), "exclude must not contain spaces, control characters or any of / \\ ? # %"),
    ]
    for (options, expected) in cases {
      let error = try await failure { try await client.vps.watch(options).makeAsyncIterator().next() }
      #expect(error.message == expected)
    }
    #expect(try simulator.state().requests.total == 0)
  }

  @Test("a reboot whose task was cancelled is told as lost by the next task, and not sent again")
  func cancelled() async throws {
    let simulator = try account("a", "b", "c")
    let held = HeldTransport(simulator, only: "POST /vps/:id/actions")
    let client = try simulator.client { $0.transport = held }
    let iterator = client.vps.watch(.init(reboot: .whenSilent)).makeAsyncIterator()
    #expect(try await iterator.next()?.name == "started")
    try simulator.hang("b")
    #expect(try await iterator.next()?.name == "unreachable")
    let asking = Task { try await iterator.next() }
    await held.arrived.happened()
    asking.cancel()
    await #expect(throws: CancellationError.self) { try await asking.value }
    #expect(try await iterator.next().map(line) == "reboot_unknown b")
    #expect(try await iterator.next().map(line) == "reachable b")
    #expect(try simulator.actionsReceived() == 1)
  }

  @Test("closing the client ends its watches, amid their probes")
  func closed() async throws {
    let simulator = try account("a", "b", "c")
    let probing = Signal()
    let stuck = Answers { _ in
      probing.happen()
      await Signal().happened()
      return .notTried
    }
    let client = try simulator.client { $0.prober = stuck }
    let watching = Task {
      for try await _ in client.vps.watch() {}
    }
    await probing.happened()
    client.close()
    await #expect(throws: ClientClosedError.self) { try await watching.value }
    await #expect(throws: ClientClosedError.self) {
      try await client.vps.watch().makeAsyncIterator().next()
    }
  }

  @Test("a purchase waits until the VPS answers where that is asked for")
  func reachable() async throws {
    let simulator = try Simulator()
    let probes = Mutexed(0)
    let booting = Answers { target in
      #expect(target.port == 3389)
      let count = probes.with { count in
        count += 1
        return count
      }
      return count < 3 ? .silent : .answered
    }
    let client = try simulator.client { $0.prober = booting }
    let bought = try await client.vps.provision(
      planID: .prime, billingCycle: .monthly, location: .london, waiting: .init(until: .reachable))
    #expect(probes.with { $0 } == 3)
    #expect(bought.vps.ipAddress != nil)
    // The simulated desktop answers by itself.
    _ = try await simulator.client().vps.provision(
      planID: .prime, billingCycle: .monthly, location: .london, waiting: .init(until: .reachable))
    #expect(try simulator.state().ordersPlaced == 2)
  }

  /// A client that probes with TCP.
  private func connecting(_ service: Simulator) throws -> StableVPS {
    let plain = Forwarding(real: service)
    return try service.client {
      $0.transport = plain
      $0.prober = nil
    }
  }

  private struct Forwarding: HTTPTransport {
    let real: Simulator

    func send(_ request: TransportRequest) async throws -> TransportResponse {
      try await real.send(request)
    }
  }

  private func lines(_ client: StableVPS, port: Int) async throws -> [String] {
    var options = StableVPS.WatchOptions(atMost: .seconds(300))
    options.probePort = port
    options.silentProbes = 2
    options.alarmDays = 0
    var lines: [String] = []
    for try await event in client.vps.watch(options) {
      lines.append(line(event))
    }
    return lines
  }

  @Test("open ports answer, closed ones are silent, and one that can't be tried says nothing")
  func connects() async throws {
    let open = try Listener(address: "127.0.0.2", backlog: 4096)
    // TCP may not connect to the last one's address.
    let service = try account("a", "b", "c", "d") {
      ["127.0.0.1", "127.0.0.2", "127.0.0.2", "255.255.255.255"][$0]
    }
    #expect(try await lines(connecting(service), port: open.port) == ["started", "unreachable a"])
    let ids = (0..<100).map { Simulator.SeededVPS(id: "vps-\($0)") }
    let many = try Simulator(
      .init(
        vps: ids.map { seed in
          var seed = seed
          seed.ipAddress = "127.0.0.2"
          return seed
        }))
    #expect(try await lines(connecting(many), port: open.port) == ["started"])
  }

  @Test("a watch that is left amid its probes ends at once")
  func left() async throws {
    // Its queue is full: it neither accepts nor refuses.
    let full = try Listener(address: "127.0.0.1", backlog: 0)
    let fillers = try (0..<2).map { _ in try full.connected() }
    defer { fillers.forEach { close($0) } }
    let service = try account("a", "b", "c") { _ in "127.0.0.1" }
    let probing = Signal()
    let plain = Forwarding(real: service)
    let client = try service.client {
      $0.transport = plain
      $0.prober = nil
      $0.log = { if $0.message.contains("probing") { probing.happen() } }
    }
    var options = StableVPS.WatchOptions()
    options.probePort = full.port
    options.probeTimeout = .seconds(3600)
    let watching = Task { [options] in
      for try await _ in client.vps.watch(options) {}
    }
    await probing.happened()
    watching.cancel()
    await #expect(throws: CancellationError.self) { try await watching.value }
  }
}

/// A port that listens, whether or not anybody accepts.
private final class Listener: Sendable {
  private let socket: Int32
  let port: Int
  private let address: sockaddr_in

  init(address text: String, backlog: Int32) throws {
    #if canImport(Glibc)
      socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    #else
      socket = Darwin.socket(AF_INET, SOCK_STREAM, 0)
    #endif
    var wanted = sockaddr_in()
    wanted.sin_family = sa_family_t(AF_INET)
    wanted.sin_addr.s_addr = inet_addr(text)
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let made = socket
    let result = withUnsafeMutablePointer(to: &wanted) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        bind(made, address, size) == 0 && listen(made, backlog) == 0
          && getsockname(made, address, &size) == 0
      }
    }
    try #require(result)
    address = wanted
    port = Int(UInt16(bigEndian: wanted.sin_port))
  }

  /// A connection that nobody accepts.
  func connected() throws -> Int32 {
    #if canImport(Glibc)
      let made = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    #else
      let made = Darwin.socket(AF_INET, SOCK_STREAM, 0)
    #endif
    _ = fcntl(made, F_SETFL, O_NONBLOCK)
    var to = address
    _ = withUnsafePointer(to: &to) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(made, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    return made
  }

  deinit {
    close(socket)
  }
}
