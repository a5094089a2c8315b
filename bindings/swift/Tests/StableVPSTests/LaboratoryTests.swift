// Every fault of the laboratory, with every transport: no order is sent twice, and nobody is told to retry one.

import Foundation
import StableVPS
import Testing

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// Goes ten times as fast as the system's clock.
private struct FastClock: StableVPSClock {
  var now: Int64 { SystemClock().now }
  var monotonic: Int64 { SystemClock().monotonic * 10 }

  func sleep(for duration: Duration) async throws {
    try await Task.sleep(for: duration / 10)
  }
}

/// A server that counts the orders that arrive.
private final class Laboratory: Sendable {
  struct Armed: Decodable { let key, url: String }
  struct Restored: Decodable {}
  struct State: Decodable { let orders, vps: Int }

  private let program: Service
  let url: String

  init() throws {
    program = try Service(program: environment("STABLEVPS_LABORATORY_BIN"), lines: 1)
    url = program.url
  }

  func get<Value: Decodable>(_ path: String) async throws -> Value {
    let url = try #require(URL(string: "\(url)/_laboratory/\(path)"))
    let (data, _) = try await URLSession.shared.data(from: url)
    return try JSONDecoder().decode(Value.self, from: data)
  }

  func end() throws {
    try program.end()
  }
}

private let sessions = ["none", "default", "ephemeral"]

/// In its head, a cut response ends the process: Foundation on Linux (swift-corelibs-foundation, issue 5285).
#if canImport(FoundationNetworking)
  private let fatal: Set = ["fin_in_head"]
#else
  private let fatal: Set<String> = []
#endif

@Suite(.timeLimit(.minutes(3)))
struct LaboratoryTests {
  @Test("no fault makes any transport order twice", arguments: sessions)
  func faults(session: String) async throws {
    let laboratory = try Laboratory()
    var rows: [String] = []
    let faults: [String] = try await laboratory.get("faults")
    for fault in faults where !fatal.contains(fault) {
      for isPurchase in [false, true] {
        let (orders, outcome) = try await self.outcome(laboratory, fault, session, isPurchase)
        let call = isPurchase ? "provision" : "create"
        rows.append("\(session), \(call), \(fault): \(orders), \(outcome)")
        if isPurchase {
          #expect(outcome == "bought", "each purchase finds its VPS: \(fault)")
        }
      }
    }
    print(rows.joined(separator: "\n"))
    try laboratory.end()
  }

  /// The orders that arrived, and what the caller got.
  private func outcome(
    _ laboratory: Laboratory, _ fault: String, _ session: String, _ isPurchase: Bool
  ) async throws -> (Int, String) {
    let armed: Laboratory.Armed = try await laboratory.get("arm/\(fault)")
    var configuration = StableVPS.Configuration(baseURL: armed.url)
    configuration.timeout = .seconds(2)
    configuration.maxRetries = 10
    configuration.clock = FastClock()
    if session != "none" {
      let of: URLSessionConfiguration = session == "default" ? .default : .ephemeral
      configuration.transport = URLSessionTransport(session: URLSession(configuration: of))
    }
    let client = try StableVPS(apiKey: armed.key, configuration: configuration)
    defer { client.close() }
    _ = try await client.wallet.get()
    var error: StableVPSError?
    do {
      if isPurchase {
        _ = try await client.vps.provision(
          planID: .prime, billingCycle: .monthly, location: .london,
          waiting: .init(timeout: .seconds(40)))
      } else {
        _ = try await client.vps.create(planID: .prime, billingCycle: .monthly, location: .london)
      }
    } catch let thrown as StableVPSError {
      error = thrown
    }
    if let thrown = error, thrown.next == .resume {
      #expect(fault == "route_lost", "only what has no route runs out of time: \(thrown)")
      let _: Laboratory.Restored = try await laboratory.get("restore")
      _ = try await client.vps.resume(try #require(thrown.token))
      error = nil
    }
    let state: Laboratory.State = try await laboratory.get("state")
    #expect(state.orders <= 1 && state.vps <= 1, "\(fault)")
    let outcome = error.map { "\($0.code), \($0.next)" } ?? "bought"
    #expect(state.orders == 0 || error?.next != .retry && error?.next != .fix, "\(fault): \(outcome)")
    return (state.orders, outcome)
  }
}
