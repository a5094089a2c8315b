import Foundation
import StableVPS
internal import StableVPSTestingNative

/// A simulated service with one account, a clock of its own and faults on demand, for testing a program without
/// a network and without waiting.
///
/// ```swift
/// let simulator = try Simulator(.init(balance: 50))
/// let client = try simulator.client()
/// _ = try await client.vps.provision(planID: .basic, billingCycle: .monthly, location: .tokyo)
/// try simulator.state().ordersPlaced  // 1
/// ```
public final class Simulator: Sendable {
  private let model: StableVPSTestingNative.Simulator
  private let timeline: VirtualClock?
  package let world = UUID()

  /// The service's clock, for ``StableVPS/StableVPS/Configuration/clock``.
  public let clock: any StableVPSClock

  /// - Throws: ``SimulatorError`` for a configuration that does not exist.
  public init(_ configuration: Configuration = Configuration()) throws {
    do {
      model = try StableVPSTestingNative.Simulator(config: configuration.document())
    } catch StableVPSTestingNative.SimulatorError.Configuration(let reason) {
      throw SimulatorError(reason: reason)
    }
    let start = Int64((configuration.start.timeIntervalSince1970 * 1000).rounded())
    timeline = configuration.time == .virtual ? VirtualClock(now: start, world: world) : nil
    clock = timeline ?? SystemClock()
  }

  /// A key of the account, with full scope.
  public var apiKey: StableVPS.Secret {
    StableVPS.Secret(model.initialKey())
  }

  /// The service's time.
  public var now: Date {
    Date(timeIntervalSince1970: Double(clock.now) / 1000)
  }

  /// A client of this service.
  ///
  /// - Parameters:
  ///   - apiKey: the key. Default: the account's first key.
  ///   - configure: changes the client's configuration.
  public func client(
    apiKey: StableVPS.Secret? = nil, configure: (inout StableVPS.Configuration) -> Void = { _ in }
  ) throws -> StableVPS {
    var configuration = StableVPS.Configuration(transport: self)
    configuration.clock = clock
    configuration.prober = self
    configuration.randomSeed = 1
    configure(&configuration)
    return try StableVPS(apiKey: apiKey ?? self.apiKey, configuration: configuration)
  }

  /// Advances the virtual time.
  ///
  /// - Throws: ``SimulatorError`` where the time is real.
  public func advance(by duration: Duration) throws {
    guard let timeline else { throw SimulatorError(reason: "the time is real") }
    timeline.advance(by: duration.milliseconds)
  }

  /// Adds a fault.
  ///
  /// ```swift
  /// try simulator.fault(.loseAfter, method: "POST", path: "/vps")
  /// ```
  ///
  /// - Parameters:
  ///   - fault: what goes wrong.
  ///   - method: only requests of this method.
  ///   - path: only requests to this path; `*` at its end matches anything.
  ///   - skip: how many matching requests succeed first.
  ///   - times: how many requests fail.
  public func fault(
    _ fault: Fault, method: String? = nil, path: String? = nil, skip: Int = 0, times: Int = 1
  ) throws {
    var on: [String: Any] = ["skip": skip]
    on["method"] = method
    on["path"] = path
    let command: [String: Any] = ["fault": ["on": on, "times": times, "do": try fault.document()]]
    _ = try control(try json(command))
  }

  /// Runs a command, JSON in and out: `{"set_balance": {"amount": 5}}`, `{"set_vps": {...}}` and others.
  ///
  /// - Throws: ``SimulatorError`` for a command that does not exist.
  public func control(_ command: String) throws -> String {
    let output = model.control(command: command, nowMs: clock.now)
    let fields = try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any]
    if let fields, fields.count == 1, let reason = fields["error"] as? String {
      throw SimulatorError(reason: reason)
    }
    return output
  }

  /// What the service received and holds.
  public func state() throws -> State {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(State.self, from: Data(try control("\"state\"").utf8))
  }

  /// Every request that was received, as JSON, without secrets.
  public func requests() throws -> String {
    try control("\"requests\"")
  }
}

extension Simulator: HTTPTransport {
  public func send(_ request: TransportRequest) async throws -> TransportResponse {
    try await serve(request) { try await self.clock.sleep(for: $0) }
  }

  private func serve(
    _ request: TransportRequest, wait: (Duration) async throws -> Void
  ) async throws -> TransportResponse {
    try Task.checkCancellation()
    let query = request.url.query(percentEncoded: true).map { "?\($0)" } ?? ""
    let reply = model.handle(
      method: request.method, target: request.url.path(percentEncoded: true) + query,
      headers: request.headers, body: request.body.map { String(decoding: $0, as: UTF8.self) } ?? "",
      nowMs: clock.now)
    let delay = Duration.milliseconds(Int64(clamping: reply.delayMs))
    if delay > .zero {
      try await wait(min(delay, request.timeout))
    }
    switch reply.outcome {
    case _ where delay > request.timeout:
      throw TransportFailure(.timeout, .unknown, detail: "simulated")
    case "reply":
      return TransportResponse(
        status: Int(reply.status), headers: reply.headers, body: reply.body)
    case "not_delivered":
      throw TransportFailure(.connect, .notSent, detail: "simulated")
    default:
      throw TransportFailure(.io, .unknown, detail: "simulated")
    }
  }
}

extension Simulator: StableVPS.Prober {
  /// A VPS answers at its address while it is active, runs and does not hang.
  public func probe(
    _ target: StableVPS.ProbeTarget, within: Duration
  ) async -> StableVPS.ProbeOutcome {
    let found = try? state().vps.contains { $0.ipAddress == target.address && $0.answers }
    return found == true ? .answered : .silent
  }

  /// A VPS hangs: it does not answer a watch until it is rebooted or stopped.
  ///
  /// - Throws: ``SimulatorError`` when the account has no such VPS.
  public func hang(_ id: String) throws {
    _ = try control(try json(["set_vps": ["id": id, "hangs": true] as [String: Any]]))
  }
}

extension Simulator: SimulatedService {
  package func serve(_ request: TransportRequest) async throws -> TransportResponse {
    try await serve(request) { duration in
      if let timeline = self.timeline {
        try await timeline.pause(for: duration)
      } else {
        try await self.clock.sleep(for: duration)
      }
    }
  }
}

/// A configuration or a command that the simulator does not accept.
public struct SimulatorError: LocalizedError, Sendable, Hashable {
  /// Why not.
  public let reason: String

  public var errorDescription: String? { "the simulator can't do that: \(reason)" }
}

/// An object or a list as JSON.
func json(_ value: Any) throws -> String {
  String(decoding: try JSONSerialization.data(withJSONObject: value), as: UTF8.self)
}

/// JSON as an object, a list or a text.
func parsed(_ text: String) throws -> Any {
  do {
    return try JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)
  } catch {
    throw SimulatorError(reason: "not JSON")
  }
}
