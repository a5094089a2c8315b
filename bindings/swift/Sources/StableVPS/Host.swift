// How the core's machines are driven: a machine says what to do next, and the host does it.

import Foundation
internal import StableVPSNative

/// What a machine is driven with.
struct Host: Sendable {
  let closing: Closing
  let clock: any StableVPSClock
  let log: (@Sendable (String) -> Void)?

  /// Drives the machine of a plain call to its end.
  func run(_ machine: Machine, label: String) async throws -> Output {
    activity?.begin()
    defer { activity?.end() }
    var step = machine.step(nowMs: clock.instant)
    while true {
      switch step {
      case .done(let output):
        log?("\(label) done")
        return output
      case .failed(let report):
        throw failed(report, label: label)
      case .wait(let delayMs, let reason, _):
        try await wait(delayMs, reason, of: machine, label: label)
        step = machine.step(nowMs: clock.instant)
      case .send(let request, _):
        step = try await exchange(request, of: machine, label: label)
      }
    }
  }

  func failed(_ report: Report, label: String) -> StableVPSError {
    let error = StableVPSError(report)
    log?("\(label) failed: \(error.message)")
    return error
  }

  /// The error of a client that was closed. Its token continues the machine's purchase.
  func closed(_ machine: Machine) -> ClientClosedError {
    ClientClosedError(token: machine.snapshot(nowMs: clock.instant))
  }

  func wait(
    _ delayMs: UInt64, _ reason: WaitReason, of machine: Machine, label: String
  ) async throws {
    // A purchase looks often whether its turn has come.
    if reason != .turn {
      log?("\(label): waiting \(delayMs) ms (\(reason))")
    }
    try Task.checkCancellation()
    let pausing = Task { try await pause(for: Duration(milliseconds: delayMs), reason) }
    let result = await closing.wait(endedBy: { pausing.cancel() }) {
      await withTaskCancellationHandler {
        await pausing.result
      } onCancel: {
        pausing.cancel()
      }
    }
    try Task.checkCancellation()
    if closing.transport == nil {
      throw closed(machine)
    }
    try result.get()
  }

  /// Sends a request, hands the outcome to the machine, and returns its next step.
  func exchange(
    _ request: HttpRequest, of machine: Machine, label: String
  ) async throws -> HostStep {
    try Task.checkCancellation()
    guard let transport = closing.transport else { throw closed(machine) }
    log?("\(label): sending \(request.endpoint)")
    switch await result(of: request, with: transport) {
    case .success(let response):
      return try machine.response(
        id: request.id, status: UInt16(clamping: response.status),
        headers: response.headers, body: response.body, nowMs: clock.instant)
    case .failure(let failure):
      // A cancelled request is reported, too, so that a token says that it may have been received.
      let step = try machine.failed(
        id: request.id, kind: failure.kind.native, delivery: failure.delivery.native,
        detail: failure.detail, nowMs: clock.instant)
      try Task.checkCancellation()
      return step
    }
  }

  private func result(
    of request: HttpRequest, with transport: any HTTPTransport
  ) async -> Result<TransportResponse, TransportFailure> {
    do {
      return .success(try await send(try TransportRequest(request), with: transport))
    } catch let failure as TransportFailure {
      return .failure(failure)
    } catch is CancellationError {
      // Possibly of the transport's own.
      return .failure(TransportFailure(.cancelled, .unknown))
    } catch {
      // The description may hold a URL or a header; the type's name does not.
      return .failure(TransportFailure(.io, .unknown, detail: "\(type(of: error))"))
    }
  }
}

extension TransportRequest {
  fileprivate init(_ request: HttpRequest) throws {
    guard let url = URL(string: request.url) else {
      throw TransportFailure(.io, .notSent, detail: "the platform does not accept the URL")
    }
    method = request.method
    self.url = url
    headers = Dictionary(
      request.headers.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
    body = request.body.map { Data($0.utf8) }
    timeout = Duration(milliseconds: request.timeoutMs)
    needsFreshConnection = request.retryClass == .once
    endpoint = request.endpoint
  }
}
