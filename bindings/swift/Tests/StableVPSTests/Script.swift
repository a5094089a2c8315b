import Foundation
import StableVPS

/// The expected requests and waits of a scenario, as a transport and a clock.
final class Script: HTTPTransport, StableVPSClock, @unchecked Sendable {
  private let lock = NSLock()
  private var turns: [[String: Any]]
  private var time: Int64
  private var passed: Int64 = 0
  private var firstFault: String?

  init(turns: [[String: Any]], now: Int64) {
    self.turns = turns
    time = now
  }

  /// The first difference from what was expected, if there was one.
  var fault: String? {
    lock.withLock { firstFault ?? (turns.isEmpty ? nil : "the conversation ended too early") }
  }

  /// Right when the call begins; then somebody sets the clock, again and again.
  var now: Int64 {
    lock.withLock {
      defer { time = time == 0 ? 2 * SystemClock().now : 0 }
      return time
    }
  }

  var monotonic: Int64 {
    lock.withLock { passed }
  }

  func sleep(for duration: Duration) async throws {
    lock.withLock {
      let wait = turns.isEmpty ? nil : turns.removeFirst()["wait"] as? [String: Any]
      if wait?["delayMs"] as? Int != milliseconds(duration) {
        wrong("a wait of \(milliseconds(duration)) ms in place of \(String(describing: wait))")
      }
      passed += Int64(milliseconds(duration))
    }
  }

  func send(_ request: TransportRequest) async throws -> TransportResponse {
    try lock.withLock {
      let turn = turns.isEmpty ? [:] : turns.removeFirst()
      compare(request, with: turn["request"] as? [String: Any] ?? [:])
      if let failed = turn["failed"] as? [String: String] {
        throw TransportFailure(
          .init(rawValue: failed["kind"] ?? "") ?? .io,
          .init(rawValue: failed["delivery"] ?? "") ?? .unknown, detail: failed["detail"] ?? "")
      }
      let reply = turn["reply"] as? [String: Any] ?? [:]
      return TransportResponse(
        status: reply["status"] as? Int ?? 500, headers: reply["headers"] as? [String: String] ?? [:],
        body: Data((reply["body"] as? String ?? "").utf8))
    }
  }

  private func compare(_ request: TransportRequest, with expected: [String: Any]) {
    let named = expected["headers"] as? [String: Any] ?? [:]
    let names = named.keys.map { $0.lowercased() }
    let body = request.body.flatMap {
      try? JSONSerialization.jsonObject(with: $0, options: .fragmentsAllowed)
    }
    var headers: [String: Any] = [:]
    for name in names {
      headers[name] = request.headers[name] ?? NSNull()
    }
    let made = canonical([
      "method": request.method, "url": request.url.absoluteString, "headers": headers,
      "body": body ?? NSNull(),
    ])
    var wanted = expected
    wanted["headers"] = Dictionary(
      uniqueKeysWithValues: named.map { ($0.key.lowercased(), $0.value) })
    if made != canonical(wanted) {
      wrong("\(made)\nin place of \(canonical(wanted))")
    }
  }

  private func wrong(_ what: String) {
    firstFault = firstFault ?? what
  }
}
