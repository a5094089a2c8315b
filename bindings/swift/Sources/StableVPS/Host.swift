// How the core's machines are driven: a machine says what to do next, and this does it.

import Foundation
internal import StableVPSNative

/// What a machine is driven with.
struct Host: Sendable {
  let transport: any HTTPTransport
  let clock: any StableVPSClock
  let log: (@Sendable (String) -> Void)?

  /// Drives the machine of a plain call to its end.
  func run(_ machine: Machine, label: String) async throws -> Output {
    work?.begin()
    defer { work?.end() }
    var step = machine.next(nowMs: clock.now)
    while true {
      switch step {
      case .done(let output):
        log?("\(label) done")
        return output
      case .failed(let problem):
        throw failed(problem, label: label)
      case .wait(let delayMs, let reason, _):
        try await wait(delayMs, reason, label: label)
        step = machine.next(nowMs: clock.now)
      case .send(let request, _):
        step = try await exchange(request, of: machine, label: label)
      }
    }
  }

  func failed(_ problem: Problem, label: String) -> StableVPSError {
    let error = StableVPSError(problem)
    log?("\(label) failed: \(error.message)")
    return error
  }

  func wait(_ delayMs: UInt64, _ reason: WaitReason, label: String) async throws {
    log?("\(label): waiting \(delayMs) ms (\(reason))")
    try Task.checkCancellation()
    try await pause(for: Duration(milliseconds: delayMs))
    try Task.checkCancellation()
  }

  /// Sends a request, tells the machine what came of it, and gives its next step.
  func exchange(_ request: Request, of machine: Machine, label: String) async throws -> Step {
    try Task.checkCancellation()
    log?("\(label): sending \(request.endpoint)")
    let failure: TransportFailure
    do {
      let response = try await send(try TransportRequest(request))
      return try machine.answer(
        id: request.id, status: UInt16(clamping: response.status),
        headers: response.read, body: response.body, nowMs: clock.now)
    } catch let known as TransportFailure {
      failure = known
    } catch is CancellationError {
      failure = TransportFailure(.cancelled, .unknown)
    } catch {
      // Its words may hold a URL or a header, its type doesn't.
      failure = TransportFailure(.io, .unknown, detail: "\(type(of: error))")
    }
    // A request that was given up is told too, so that a token says that it may have been received.
    let step = try machine.missed(
      id: request.id, kind: failure.kind.native, delivery: failure.delivery.native,
      detail: failure.detail, nowMs: clock.now)
    try Task.checkCancellation()
    return step
  }
}

extension TransportRequest {
  fileprivate init(_ request: Request) throws {
    guard let url = URL(string: request.url) else {
      throw TransportFailure(.io, .notSent, detail: "not a URL that this platform takes")
    }
    method = request.method
    self.url = url
    headers = Dictionary(
      request.headers.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
    body = request.body.map { Data($0.utf8) }
    timeout = Duration(milliseconds: request.timeoutMs)
    needsFreshConnection = request.freshConnection
    endpoint = request.endpoint
  }
}

extension TransportResponse {
  /// The headers that the core reads.
  fileprivate var read: [String: String] {
    headers.filter { name, _ in
      ["content-type", "retry-after"].contains { name.caseInsensitiveCompare($0) == .orderedSame }
    }
  }
}
