// How the core's machines are driven: a machine says what to do next, and the host does it.

import Foundation
internal import StableVPSNative

/// The operation that notes whose a VPS is.
private let receipt = "receipt"

/// For how long a purchase that lets go what it holds waits for its store, in nanoseconds.
private let parting: UInt64 = 2_000_000_000

/// What a machine is driven with.
struct Host: Sendable {
  let closing: Closing
  let clock: any StableVPSClock
  let store: (any StableVPS.Store)?
  /// What finds out whether a VPS answers; `nil` where that is TCP.
  let prober: (any StableVPS.Prober)?
  let log: (@Sendable (StableVPS.LogLine.Level, String) -> Void)?
  let onEvent: (@Sendable (StableVPS.ClientEvent) -> Void)?

  /// Drives the machine of a plain call to its end.
  func run(_ machine: Machine, label: String) async throws -> Output {
    activity?.begin()
    defer { activity?.end() }
    var step = machine.step(nowMs: clock.instant)
    while true {
      switch step {
      case .done(let output):
        log?(.debug, "\(label) done")
        return output
      case .failed(let report):
        throw failed(report, label: label)
      case .wait(let delayMs, let reason, _):
        try await wait(delayMs, reason, of: machine, label: label)
        step = machine.step(nowMs: clock.instant)
      case .store(let id, let op, let document):
        step = try await carryOut(.init(op: op, document: document), id, of: machine, label: label)
      case .send(let request, _, _):
        step = try await exchange(request, of: machine, label: label)
      case .probe, .event:
        // A plain call has neither.
        step = machine.step(nowMs: clock.instant)
      }
    }
  }

  func failed(_ report: Report, label: String) -> StableVPSError {
    let error = StableVPSError(report)
    log?(.debug, "\(label) failed: \(error.message)")
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
      log?(.debug, "\(label): waiting \(delayMs) ms (\(reason))")
    }
    try await whileOpen(machine) {
      try await pause(for: Duration(milliseconds: delayMs), reason)
    }
  }

  /// Has every target probed, hands in how they answer, and returns the machine's next step.
  func probe(
    _ targets: [StableVPS.ProbeTarget], within: Duration, _ id: UInt32, of machine: Machine,
    label: String, with own: (any StableVPS.Prober)? = nil
  ) async throws -> HostStep {
    log?(.debug, "\(label): probing \(targets.count) addresses")
    let outcomes = try await whileOpen(machine) {
      guard let prober = own ?? prober else {
        return await outside { await connectAll(targets, within: within) }
      }
      if prober is any SimulatedService {
        return await prober.probeAll(targets, within: within)
      }
      return await outside { await prober.probeAll(targets, within: within) }
    }
    return try machine.probed(id: id, outcomes: outcomes.map(\.native), nowMs: clock.instant)
  }

  /// Waits for what ends with the task, and with the client.
  private func whileOpen<Value: Sendable>(
    _ machine: Machine, _ wait: @escaping @Sendable () async throws -> Value
  ) async throws -> Value {
    try Task.checkCancellation()
    let waiting = Task { try await wait() }
    let result = await closing.wait(endedBy: { waiting.cancel() }) {
      await withTaskCancellationHandler {
        await waiting.result
      } onCancel: {
        waiting.cancel()
      }
    }
    try Task.checkCancellation()
    if closing.transport == nil {
      throw closed(machine)
    }
    return try result.get()
  }

  /// Sends a request, hands the outcome to the machine, and returns its next step. `keep` gets the step where the task
  /// was cancelled.
  func exchange(
    _ request: HttpRequest, of machine: Machine, label: String,
    keep: (HostStep) -> Void = { _ in }
  ) async throws -> HostStep {
    try Task.checkCancellation()
    guard let transport = closing.transport else { throw closed(machine) }
    let sending = Sending(request, of: label, by: self)
    let result = await result(of: request, for: machine, with: transport)
    sending.ended(result)
    switch result {
    case .success(let response):
      return try machine.response(
        id: request.id, status: UInt16(clamping: response.status),
        headers: response.headers, body: response.body, nowMs: clock.instant)
    case .failure(let failure):
      // A cancelled request is reported, too, so that a token says that it may have been received.
      let step = try machine.failed(
        id: request.id, kind: failure.kind.native, delivery: failure.delivery.native,
        detail: failure.detail, nowMs: clock.instant)
      if Task.isCancelled {
        keep(step)
        throw CancellationError()
      }
      return step
    }
  }

  /// Has the store carry an operation out, hands its answer to the machine, and returns the next step. Where the task
  /// is cancelled meanwhile, the machine is not told: it asks for the same operation again if it is driven on.
  func carryOut(
    _ operation: StableVPS.StoreOperation, _ id: UInt32, of machine: Machine, label: String
  ) async throws -> HostStep {
    try Task.checkCancellation()
    // A receipt is written down all the same: its order was sent before the client was closed.
    if closing.transport == nil && operation.op != receipt {
      throw closed(machine)
    }
    log?(.debug, "\(label): storing (\(operation.op))")
    do {
      guard let store else { throw StableVPS.StoreFailure("the client has no store") }
      let answer = try await outside { try await store.carryOut(operation) }
      return try machine.stored(id: id, answer: answer, nowMs: clock.instant)
    } catch {
      try Task.checkCancellation()
      // The description of another's error may hold an address with a password; its type's name does not.
      let detail = (error as? StableVPS.StoreFailure)?.detail ?? "\(type(of: error))"
      return try machine.storeFailed(id: id, detail: detail, nowMs: clock.instant)
    }
  }

  /// Tells the store that nobody drives a purchase any more, as far as it answers soon. That the task is cancelled does
  /// not end this.
  func letGo(_ machine: Machine, label: String) async {
    guard store != nil, let first = machine.lettingGo(nowMs: clock.instant) else { return }
    let (answers, end) = AsyncStream.makeStream(of: Void.self)
    let telling = Task {
      await tell(first, of: machine, label: label)
      end.finish()
    }
    let limit = Task {
      try? await Task.sleep(nanoseconds: parting)
      end.finish()
    }
    await Task { for await _ in answers {} }.value
    limit.cancel()
    telling.cancel()
  }

  private func tell(_ first: HostStep, of machine: Machine, label: String) async {
    var next: HostStep? = first
    do {
      while let store, case .store(let id, let op, let document) = next {
        let answer = try await outside {
          try await store.carryOut(.init(op: op, document: document))
        }
        _ = try machine.stored(id: id, answer: answer, nowMs: clock.instant)
        next = machine.lettingGo(nowMs: clock.instant)
      }
    } catch {
      // The lease ends by itself. What ended the purchase is what its caller has to know.
      log?(.debug, "\(label): the store was not told (\(type(of: error)))")
    }
  }

  private func result(
    of request: HttpRequest, for machine: Machine, with transport: any HTTPTransport
  ) async -> Result<TransportResponse, TransportFailure> {
    do {
      let sent = try TransportRequest(request) { machine.mayBegin() }
      return .success(try await send(sent, with: transport))
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
  fileprivate init(_ request: HttpRequest, mayBegin: @escaping @Sendable () -> Bool) throws {
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
    isInTime = mayBegin
  }
}
