import Foundation
import StableVPS
import StableVPSTesting
import Testing

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

@Suite(.timeLimit(.minutes(1)))
struct ClientTests {
  @Test("every endpoint works")
  func endpoints() async throws {
    let simulator = try Simulator()
    let client = try simulator.client()
    #expect(try await client.wallet.get().balance == 100)
    #expect(try await client.account.get().currency == "EUR")
    let order = try await client.vps.create(
      planID: .prime, billingCycle: .monthly, location: .london)
    #expect(order.cost == Decimal(string: "19.49"))
    #expect(try await client.vps.list().map(\.id) == [order.id])
    try simulator.advance(by: .seconds(200))
    let details = try await client.vps.get(order.id)
    #expect(details.vpsStatus == .active && details.location == .london)
    #expect(try await client.vps.stop(order.id).action == .stop)
    #expect(try await client.vps.start(order.id).action == .start)
    #expect(try await client.vps.reboot(order.id).action == .reboot)
    #expect(try simulator.state().vps.first?.reboots == 1)
    #expect(try await client.vps.delete(order.id).id == order.id)
    let created = try await client.keys.create(
      email: "john@example.com", password: .init("correct horse battery staple"), name: "bot",
      scope: .read, expiresInDays: 30)
    #expect(created.scope == .read && created.apiKey.reveal().hasPrefix("svps_"))
    let keys = try await client.keys.list()
    #expect(keys.count == 2)
    let revoked = try await client.keys.revoke(try #require(keys.last).id)
    #expect(!revoked.alreadyGone)
  }

  @Test("after a 429 other calls wait, too, unless that is switched off", arguments: [true, false])
  func paced(pacing: Bool) async throws {
    let simulator = try Simulator()
    let client = try simulator.client {
      $0.pacing = pacing
      $0.maxRetries = 0
    }
    try simulator.fault(.status(429), path: "/wallet")
    #expect(try await failure { try await client.wallet.get() }.code == "rate_limited")
    let begun = simulator.now
    for _ in 0..<3 {
      _ = try await client.account.get()
    }
    #expect((simulator.now > begun) == pacing)
  }

  @Test("options that can't be used are refused at once")
  func refusedOptions() {
    func message(_ apiKey: String = key, _ change: (inout StableVPS.Configuration) -> Void) -> String {
      var configuration = StableVPS.Configuration()
      change(&configuration)
      do {
        _ = try StableVPS(apiKey: apiKey, configuration: configuration)
        return "no error"
      } catch {
        return error.localizedDescription
      }
    }
    #expect(message("a\nb") { _ in } == "apiKey must be printable ASCII without spaces or line breaks")
    #expect(message { $0.baseURL = "http://stablevps.com" }.hasPrefix("baseURL must be https"))
    #expect(message { $0.baseURL = "https://" }.hasPrefix("baseURL must"))
    #expect(message { $0.timeout = .zero } == "timeout must be more than zero")
    #expect(message { $0.timeout = .seconds(-1) } == "timeout must be more than zero")
    #expect(message { $0.timeout = .seconds(1e12) } == "timeout must be finite, and less than a billion seconds")
    #expect(message { $0.timeout = .seconds(Int64.max) } == "timeout must be finite, and less than a billion seconds")
    for retries in [-1, 1001, Int.max] {
      #expect(message { $0.maxRetries = retries } == "maxRetries must be a whole number from 0 to 1000")
    }
  }

  @Test("a key from a file that ends in a line break is used without it", arguments: ["\n", "\r\n", "\t\n"])
  func keyOfFile(_ end: String) async throws {
    let simulator = try Simulator()
    let client = try simulator.client(apiKey: .init(" " + simulator.apiKey.reveal() + end))
    #expect(try await client.wallet.get().balance == 100)
  }

  @Test("arguments that can't be used are refused before anything is sent")
  func refusedArguments() async throws {
    let simulator = try Simulator()
    let client = try simulator.client()
    let calls: [(String, @Sendable () async throws -> Void)] = [
      ("id", { _ = try await client.vps.get("a/b") }),
      ("id", { _ = try await client.vps.delete("") }),
      ("keyID", { _ = try await client.keys.revoke("../vps") }),
      ("planID", { _ = try await client.vps.create(planID: .unknown(""), billingCycle: .monthly, location: .tokyo) }),
      ("maxSpend", { _ = try await client.vps.provision(planID: .pro, billingCycle: .monthly, location: .tokyo, maxSpend: -1) }),
      ("maxSpend", { _ = try await client.vps.provision(planID: .pro, billingCycle: .monthly, location: .tokyo, maxSpend: .nan) }),
      ("firstLook", { _ = try await client.vps.waitUntilReady("1", waiting: .init(firstLook: .nanoseconds(-1))) }),
      ("deadline", { _ = try await client.wallet.get(deadline: .zero) }),
      ("expiresInDays", { _ = try await client.keys.create(email: "a@b.c", password: .init("p"), name: "n", expiresInDays: 0) }),
    ]
    for (field, call) in calls {
      let error = try await failure(call)
      guard case .invalidInput(let named, let reason) = error.kind else {
        Issue.record("\(error)")
        continue
      }
      #expect(named == field && error.message == "\(field) \(reason)")
    }
    #expect(try simulator.requests() == #"{"requests":[]}"#)
  }

  @Test("no secret is printed, logged or written")
  func secrets() async throws {
    let simulator = try Simulator(.init(provisioning: .zero ... .zero))
    let logged = Mutexed<[String]>([])
    let client = try simulator.client { $0.log = { line in logged.with { $0.append(line.message) } } }
    let bought = try await client.vps.provision(
      planID: .prime, billingCycle: .monthly, location: .london)
    try simulator.fault(.status(500), times: 3)
    let error = try await failure { try await client.wallet.get() }
    let password = try #require(bought.vps.rdpPassword)
    let hidden = [simulator.apiKey.reveal(), password.reveal()]
    var shown = logged.with { $0 }
    #expect(shown.count > 5)
    for value in [client, bought, error, simulator, password] as [Any] {
      var dumped = ""
      dump(value, to: &dumped)
      shown += ["\(value)", String(reflecting: value), dumped]
    }
    for text in shown {
      #expect(!hidden.contains { text.contains($0) }, "\(text)")
    }
    #expect("\(password)" == "***")
  }

  @Test("an error says whose fault it is and what to do")
  func errors() async throws {
    let simulator = try Simulator()
    try simulator.fault(.status(502), times: 9)
    let client = try simulator.client()
    let error = try await failure { try await client.wallet.get() }
    #expect(error.kind == .provider && error.code == "provider")
    #expect(error.fault == .server && error.next == .retry)
    #expect(error.endpoint == "GET /wallet" && error.status == 502 && error.attempts == 3)
    #expect(error.errorDescription == error.message)
    #expect(error.recoverySuggestion == "Making the same call again is safe.")
    #expect("\(error)" == error.message)
  }

  @Test("an unknown error of a transport becomes a transport error without its description")
  func brokenTransport() async throws {
    struct Broken: HTTPTransport {
      struct Words: Error { let words: String }
      func send(_ request: TransportRequest) async throws -> TransportResponse {
        throw Words(words: "no way to send with \(key)")
      }
    }
    var configuration = StableVPS.Configuration(transport: Broken())
    configuration.maxRetries = 0
    let client = try StableVPS(apiKey: key, configuration: configuration)
    let error = try await failure { try await client.wallet.get() }
    #expect(error.kind == .transport(TransportFailure(.io, .unknown, detail: "Words")))
  }

  @Test("a cancellation of a transport's own is no cancellation of the call")
  func cancellingTransport() async throws {
    struct Losing: HTTPTransport {
      let simulator: Simulator
      let error: any Error
      func send(_ request: TransportRequest) async throws -> TransportResponse {
        let response = try await simulator.send(request)
        if request.endpoint == "POST /vps" { throw error }
        return response
      }
    }
    let other = try await failure { try await Simulator().client(apiKey: .init(key)).wallet.get() }
    for error in [CancellationError(), URLError(.cancelled), other] as [any Error] {
      let simulator = try Simulator()
      let client = try simulator.client { $0.transport = Losing(simulator: simulator, error: error) }
      let lost = try await failure {
        try await client.vps.create(planID: .prime, billingCycle: .monthly, location: .london)
      }
      #expect(lost.code == "outcome_unknown", "\(error)")
      let bought = try await client.vps.provision(
        planID: .pro, billingCycle: .monthly, location: .london)
      #expect(bought.recovered, "\(error)")
      #expect(try simulator.state().ordersReceived == 2, "\(error)")
    }
  }

  @Test("the catalogue needs no request")
  func catalogue() {
    #expect(StableVPS.plans.map(\.id) == [.basic, .prime, .pro])
    #expect(StableVPS.price(of: .prime, billed: .monthly) == Decimal(string: "19.49"))
    #expect(StableVPS.price(of: .unknown("mega"), billed: .monthly) == nil)
  }

  @Test("values that this version does not know are kept")
  func openEnumerations() throws {
    #expect(StableVPS.PlanID(rawValue: "mega") == .unknown("mega"))
    #expect(StableVPS.PlanID.unknown("prime") == .prime)
    #expect(Set([StableVPS.PlanID.unknown("prime"), .prime]).count == 1)
    #expect("\(StableVPS.BillingStatus.pastDue)" == "past_due")
    let coded = try JSONEncoder().encode([StableVPS.Location.newYork, .unknown("oslo")])
    #expect(String(decoding: coded, as: UTF8.self) == #"["newYork","oslo"]"#)
    #expect(try JSONDecoder().decode([StableVPS.Location].self, from: coded) == [.newYork, .unknown("oslo")])
  }

  @Test("a listing can be encoded and decoded")
  func codable() async throws {
    let simulator = try Simulator(.init(vps: [.init(id: "simulated-1", location: .tokyo)]))
    let listed = try await simulator.client().vps.list()
    let read = try JSONDecoder().decode([StableVPS.VPS].self, from: JSONEncoder().encode(listed))
    #expect(read == listed && read.first?.location == .tokyo)
  }

  @Test("waits use the virtual clock")
  func virtualTime() async throws {
    let simulator = try Simulator()
    try simulator.fault(.status(503), times: 2)
    let before = simulator.now
    #expect(try await simulator.client().wallet.get().balance == 100)
    #expect(simulator.now > before)
  }
}
