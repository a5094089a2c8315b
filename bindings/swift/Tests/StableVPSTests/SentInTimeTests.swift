import Foundation
import Testing

@testable import StableVPS

@Suite(.timeLimit(.minutes(1)))
struct SentInTimeTests {
  private func request(to server: LoopbackServer, isInTime: Bool) throws -> TransportRequest {
    TransportRequest(
      method: "POST", url: try #require(URL(string: server.url + "/vps")), headers: [:], body: Data("{}".utf8),
      timeout: .seconds(20), needsFreshConnection: true, endpoint: "POST /vps", isInTime: { isInTime })
  }

  @Test("nothing is sent once the time to begin is over")
  func late() async throws {
    let server = LoopbackServer { connection, _ in connection.answer("{}") }
    let transport = URLSessionTransport()
    await #expect(throws: TransportFailure.tooLate) {
      try await transport.send(request(to: server, isInTime: false))
    }
    #expect(server.requests.isEmpty)
    #expect(try await transport.send(request(to: server, isInTime: true)).status == 200)
    #expect(server.requests.count == 1)
  }
}
