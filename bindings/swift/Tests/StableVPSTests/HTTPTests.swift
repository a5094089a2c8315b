// Over real sockets: what a failure says about delivery, and limits of time and size.

import Foundation
import StableVPS
import Testing

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

private func connected(
  _ url: String, configure: (inout StableVPS.Configuration) -> Void = { _ in }
) throws -> StableVPS {
  var configuration = StableVPS.Configuration(baseURL: url)
  configuration.maxRetries = 0
  configure(&configuration)
  return try StableVPS(apiKey: key, configuration: configuration)
}

/// Where a wallet call broke, and whether it may have been sent.
private func verdict(_ client: StableVPS) async throws -> String {
  let error = try await failure { try await client.wallet.get() }
  guard case .transport(let failure) = error.kind else { return error.message }
  return "\(failure.kind.rawValue) \(failure.delivery.rawValue)"
}

private func order(_ client: StableVPS) async throws -> StableVPS.Order {
  try await client.vps.create(planID: .prime, billingCycle: .monthly, location: .london)
}

/// Responds without a network.
private final class CannedProtocol: URLProtocol {
  override static func canInit(with request: URLRequest) -> Bool { true }
  override static func canonicalRequest(for request: URLRequest) -> URLRequest { request }

  override func startLoading() {
    guard let url = request.url,
      let response = HTTPURLResponse(
        url: url, statusCode: 200, httpVersion: "HTTP/1.1",
        headerFields: ["content-type": "application/json"])
    else { return }
    client?.urlProtocol(self, didReceive: response, cacheStoragePolicy: .notAllowed)
    client?.urlProtocol(self, didLoad: Data(walletBody.utf8))
    client?.urlProtocolDidFinishLoading(self)
  }

  override func stopLoading() {}
}

@Suite(.timeLimit(.minutes(1)))
struct HTTPTests {
  @Test("nothing is sent where the connection is refused or the host does not exist")
  func unsent() async throws {
    let refused = try connected("http://127.0.0.1:\(LoopbackServer.freePort())")
    #expect(try await verdict(refused) == "connect not_sent")
    #expect(try await verdict(connected("https://no-such-host.invalid")) == "dns not_sent")
  }

  static let broken: [(String, LoopbackServer.Behaviour)] = [
    ("reset", { connection, _ in connection.reset() }),
    ("closed", { connection, _ in connection.end() }),
    (
      "cut",
      { connection, _ in
        connection.write("HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{")
        connection.end()
      }
    ),
    (
      "garbage",
      { connection, _ in
        connection.write("SSH-2.0-OpenSSH_9.2\r\n\r\n")
        connection.end()
      }
    ),
  ]

  @Test(
    "once a request was written its outcome is unknown, and it is not sent again",
    arguments: broken.map(\.0), ["127.0.0.1", "localhost"])
  func written(_ name: String, host: String) async throws {
    let behaviour = try #require(Self.broken.first { $0.0 == name }?.1)
    let server = LoopbackServer(behaviour)
    defer { server.end() }
    // Where "localhost" has two addresses, the first one refuses the connection.
    let url = "http://\(host):\(server.port)"
    let client = try connected(url) { $0.maxRetries = 2 }
    let error = try await failure { try await order(client) }
    #expect(error.code == "outcome_unknown", "\(error)")
    #expect(server.requests.count == 1)
    let read = try await verdict(connected(url))
    #expect(read == "io unknown")
  }

  @Test("an order is never sent on a connection that was used before")
  func freshConnection() async throws {
    let server = LoopbackServer { connection, number in
      if number == 1 {
        connection.answer(walletBody)
      } else {
        connection.reset()
      }
    }
    defer { server.end() }
    let client = try connected(server.url)
    #expect(try await client.wallet.get().balance == Decimal(string: "12.5"))
    let error = try await failure { try await order(client) }
    #expect(error.code == "outcome_unknown")
    #expect(server.requests.filter { $0.hasPrefix("POST") }.count == 1)
  }

  @Test(
    "a request ends at its time limit, even amid the body",
    arguments: ["", "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{"])
  func timeout(_ beginning: String) async throws {
    let server = LoopbackServer { connection, _ in connection.write(beginning) }
    defer { server.end() }
    let client = try connected(server.url) { $0.timeout = .milliseconds(60) }
    #expect(try await verdict(client) == "timeout unknown")
  }

  /// Cancels a call during its request, after inspecting its client.
  private func cancelled(after inspect: (StableVPS) -> Void) async throws {
    let arrived = Signal()
    let server = LoopbackServer { _, _ in arrived.happen() }
    defer { server.end() }
    let client = try connected(server.url)
    let task = Task { try await client.wallet.get() }
    await arrived.happened()
    inspect(client)
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
  }

  @Test("a cancelled request ends at once")
  func cancelled() async throws {
    try await cancelled(after: { _ in })
  }

  @Test("a printed client never shows the key, not even during a request")
  func printed() async throws {
    try await cancelled(after: { client in
      var dumped = ""
      dump(client, to: &dumped)
      #expect(!(dumped + String(reflecting: client) + "\(client)").contains(key))
    })
  }

  @Test("an order that is cancelled during its request ends at once, and leaves a token")
  func cancelledOrder() async throws {
    let ordered = Signal()
    let server = LoopbackServer { connection, number in
      switch number {
      case 1: connection.answer(#"{"balance":100,"currency":"EUR"}"#)
      case 2: connection.answer(#"{"vps":[],"total":0}"#)
      default: ordered.happen()
      }
    }
    defer { server.end() }
    let purchase = try connected(server.url).vps.provisioning(
      planID: .prime, billingCycle: .monthly, location: .london)
    let task = Task { try await purchase.provisioned }
    await ordered.happened()
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    #expect(purchase.token != nil)
    #expect(server.requests.filter { $0.hasPrefix("POST") }.count == 1)
  }

  @Test("an order that is redirected is sent once", arguments: [302, 307])
  func redirectedOrder(status: Int) async throws {
    let server = LoopbackServer { connection, _ in
      connection.answer("", status: "\(status) Elsewhere", headers: "location: /elsewhere\r\n")
    }
    defer { server.end() }
    let client = try connected(server.url)
    let error = try await failure { try await order(client) }
    #expect(error.code == "outcome_unknown" && error.status == status)
    #expect(server.requests.count == 1)
  }

  @Test("a redirect is not followed", arguments: [true, false])
  func redirect(hasSession: Bool) async throws {
    let server = LoopbackServer { connection, _ in
      connection.answer("", status: "302 Found", headers: "location: /elsewhere\r\n")
    }
    defer { server.end() }
    let client = try connected(server.url) { configuration in
      if hasSession {
        configuration.transport = URLSessionTransport(session: .shared)
      }
    }
    let error = try await failure { try await client.wallet.get() }
    #expect(error.code == "unexpected_response" && error.status == 302)
    #expect(server.requests.count == 1)
  }

  @Test(
    "an authentication challenge is not answered, and its response is read",
    arguments: ["Basic realm=\"x\"", "Basic realm=x", "Bearer", "Negotiate, Digest realm=\"x\"", ""])
  func challenged(_ challenge: String) async throws {
    let server = LoopbackServer { connection, _ in
      connection.answer(
        #"{"error":"who are you?"}"#, status: "401 Unauthorized",
        headers: "www-authenticate: \(challenge)\r\n")
    }
    defer { server.end() }
    let client = try connected(server.url)
    let error = try await failure { try await client.wallet.get() }
    #expect(error.code == "unauthorized" && error.serverMessage == "who are you?")
    #expect(server.requests.count == 1)
  }

  @Test("a 401 response that is cut off is a broken connection")
  func cutChallenge() async throws {
    let server = LoopbackServer { connection, _ in
      connection.write("HTTP/1.1 401 Unauthorized\r\ncontent-length: 99\r\n\r\n{")
      connection.end()
    }
    defer { server.end() }
    #expect(try await verdict(connected(server.url)) == "io unknown")
  }

  @Test("the protocol classes of the caller's session are used")
  func callersProtocol() async throws {
    let configuration = URLSessionConfiguration.ephemeral
    configuration.protocolClasses = [CannedProtocol.self]
    let client = try connected("https://no-such-host.invalid") {
      $0.transport = URLSessionTransport(session: URLSession(configuration: configuration))
    }
    #expect(try await client.wallet.get().balance == Decimal(string: "12.5"))
  }

  @Test("a body beyond 16 MiB is not read, with and without a declared length", arguments: [true, false])
  func tooLarge(isDeclared: Bool) async throws {
    let megabyte = [UInt8](repeating: UInt8(ascii: " "), count: 1 << 20)
    let server = LoopbackServer { connection, _ in
      let length = isDeclared ? "content-length: \(17 << 20)" : "connection: close"
      connection.write("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\(length)\r\n\r\n")
      for _ in 0..<17 {
        connection.write(megabyte)
      }
      connection.end()
    }
    defer { server.end() }
    #expect(try await verdict(connected(server.url)) == "too_large unknown")
  }

  @Test("the key is sent in the chosen header only")
  func headers() async throws {
    let server = LoopbackServer { connection, _ in connection.answer(walletBody) }
    defer { server.end() }
    _ = try await connected(server.url).wallet.get()
    _ = try await connected(server.url) { $0.authentication = .apiKeyHeader }.wallet.get()
    let heads = server.requests.map { $0.components(separatedBy: "\r\n") }
    let named = heads.map { lines in lines.filter { $0.contains(key) }.map { $0.lowercased() } }
    #expect(named == [["authorization: bearer \(key)"], ["x-api-key: \(key)"]])
    let agents = heads.map { lines in lines.filter { $0.lowercased().hasPrefix("user-agent: stablevps-swift/") } }
    #expect(agents.allSatisfy { $0.count == 1 })
  }

  @Test("the configuration of the caller's session is used, and not changed")
  func callersSession() async throws {
    let server = LoopbackServer { connection, _ in connection.answer(walletBody) }
    defer { server.end() }
    let configuration = URLSessionConfiguration.default
    configuration.httpAdditionalHeaders = ["x-app": "mine"]
    let session = URLSession(configuration: configuration)
    let client = try connected(server.url) {
      $0.transport = URLSessionTransport(session: session)
    }
    _ = try await client.wallet.get()
    #expect(server.requests.allSatisfy { $0.lowercased().contains("x-app: mine\r\n") })
    #expect(session.configuration.httpShouldSetCookies)
    #expect(session.configuration.timeoutIntervalForRequest == 60)
  }

  @Test("nothing is sent after a certificate was rejected")
  func certificate() async throws {
    let server = try SecureServer()
    defer { server.end() }
    #expect(try await verdict(connected("https://localhost:\(server.port)")) == "tls not_sent")
  }

  @Test("two hundred concurrent calls succeed over HTTP")
  func parallel() async throws {
    let server = LoopbackServer { connection, _ in connection.answer(walletBody) }
    defer { server.end() }
    let client = try connected(server.url)
    let balances = try await withThrowingTaskGroup(of: Decimal.self) { group in
      for _ in 0..<200 {
        group.addTask { try await client.wallet.get().balance }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(balances == Array(repeating: Decimal(string: "12.5"), count: 200))
  }
}
