// What may be sent only once is sent once, however the server ends a connection that was kept.

import Foundation
import StableVPS
import Testing

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

private let requests: [(name: String, send: @Sendable (StableVPS) async throws -> Void)] = [
  ("order", { _ = try await $0.vps.create(planID: .prime, billingCycle: .monthly, location: .london) }),
  ("reboot", { _ = try await $0.vps.reboot("1") }),
  (
    "key",
    { _ = try await $0.keys.create(email: "john@example.com", password: .init("password"), name: "bot") }
  ),
]

private let ends: [String: @Sendable (Connection) -> Void] = [
  "FIN": { $0.end() }, "RST": { $0.reset() },
]

/// What the server does before it ends the connection. It never ends it between the status line and the end of
/// the head: there, Foundation on Linux ends the process (swift-corelibs-foundation, issue 5285).
private let beforehand: [String: @Sendable (Connection) -> Void] = [
  "at once": { _ in },
  "late": { _ in Thread.sleep(forTimeInterval: 0.1) },
  "amid the status line": { $0.write("HTTP/1.1 20") },
  "after the head": { $0.write("HTTP/1.1 201 Created\r\ncontent-length: 99\r\n\r\n") },
  "amid the body": { $0.write("HTTP/1.1 201 Created\r\ncontent-length: 99\r\n\r\n{\"id\"") },
  "after 100 Continue": { $0.write("HTTP/1.1 100 Continue\r\n\r\n") },
]

private let moments = beforehand.keys.sorted()

@Suite(.timeLimit(.minutes(1)))
struct KeptConnectionTests {
  @Test(
    "nothing that was sent is sent again", arguments: moments, ["none", "ephemeral", "default"])
  func sentOnce(_ moment: String, session: String) async throws {
    for end in ends.values {
      try await sentOnce(try #require(beforehand[moment]), end, session)
    }
  }

  private func sentOnce(
    _ begin: @escaping @Sendable (Connection) -> Void, _ end: @escaping @Sendable (Connection) -> Void,
    _ session: String
  ) async throws {
    let server = LoopbackServer { connection, request, _ in
      // The client's connection is kept until a request comes that may be sent only once.
      if request.hasPrefix("POST") {
        begin(connection)
        end(connection)
      } else {
        connection.answer(walletBody)
      }
    }
    defer { server.end() }
    var configuration = StableVPS.Configuration(baseURL: server.url)
    if session != "none" {
      let of: URLSessionConfiguration = session == "default" ? .default : .ephemeral
      of.httpMaximumConnectionsPerHost = 1
      configuration.transport = URLSessionTransport(session: URLSession(configuration: of))
    }
    let client = try StableVPS(apiKey: key, configuration: configuration)
    for request in requests {
      _ = try await client.wallet.get()
      let error = try await failure { try await request.send(client) }
      #expect(error.code == "outcome_unknown", "\(request.name): \(error)")
    }
    #expect(server.requests.filter { $0.hasPrefix("POST") }.count == requests.count)
  }

  @Test("only a failure to connect says that nothing was sent")
  func unsent() async throws {
    let configuration = StableVPS.Configuration(
      baseURL: "http://127.0.0.1:\(LoopbackServer.freePort())")
    let client = try StableVPS(apiKey: key, configuration: configuration)
    for request in requests {
      let error = try await failure { try await request.send(client) }
      guard case .transport(let failure) = error.kind else {
        Issue.record("\(request.name): \(error)")
        continue
      }
      #expect(failure.kind == .connect && failure.delivery == .notSent)
    }
  }
}
