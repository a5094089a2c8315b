import Foundation
internal import StableVPSNative

/// A configured account, shared by all resources of a client.
final class Session: Sendable {
  private let api: Api
  private let host: Host
  private let seed: Locked<UInt64?>
  /// Whether purchases are recorded.
  var hasStore: Bool { host.store != nil }

  init(apiKey: String?, configuration: StableVPS.Configuration) throws {
    var config = defaultConfig()
    config.apiKey = apiKey
    config.baseUrl = configuration.baseURL
    config.auth = configuration.authentication.native
    config.userAgent = "stablevps-swift/\(version)"
    config.maxRetries = Int64(configuration.maxRetries)
    config.timeoutMs = configuration.timeout.milliseconds
    config.world = Self.world(configuration)
    config.account = configuration.account
    config.app = configuration.app
    config.pacing = configuration.pacing ? .on : .off
    api = try StableVPSError.translated { try Api(config: config) }
    var log: (@Sendable (StableVPS.LogLine.Level, String) -> Void)?
    if let line = configuration.log {
      log = { level, message in line(StableVPS.LogLine(level: level, message: message)) }
    }
    host = Host(
      closing: Closing(configuration.transport), clock: configuration.clock,
      store: configuration.store,
      prober: configuration.prober ?? configuration.transport as? any StableVPS.Prober,
      log: log, onEvent: configuration.onEvent)
    seed = Locked(configuration.randomSeed)
  }

  /// Calls an endpoint. `value` converts the endpoint's result, and returns `nil` for the result of another.
  func call<Value>(
    _ label: String, _ request: Request, timeout: Duration?, deadline: Duration?,
    value: (Output) -> Value?
  ) async throws -> Value {
    let options = CallOptions(
      timeoutMs: timeout?.milliseconds, deadlineMs: deadline?.milliseconds, maxRetries: nil)
    let output = try await host.run(try begin(request, options), label: label)
    guard let value = value(output) else {
      // A machine returns the result of its own endpoint.
      assertionFailure("\(label) returned the result of another endpoint")
      throw CocoaError(.coderInvalidValue)
    }
    return value
  }

  /// Prepares a purchase, or the wait for a VPS. `token` is where the purchase continues from.
  func purchase(
    _ label: String, _ request: Request, token: String? = nil, in batch: Batch? = nil
  ) -> PurchaseRun {
    PurchaseRun(host: host, label: label, token: token) {
      try self.begin(request, unlimited, in: batch)
    }
  }

  /// A watch, which begins when a task first waits for it.
  func watch(_ options: StableVPS.WatchOptions) -> WatchRun {
    WatchRun(host: host, options: options) {
      try self.begin(.watchVps(options: options.native), unlimited)
    }
  }

  /// What orders are bought together in.
  func batch(maxSpend: Decimal?, atOnce: Int?) throws -> Batch {
    guard host.closing.transport != nil else { throw ClientClosedError(token: nil) }
    var options = defaultBatchOptions()
    options.maxSpend = maxSpend.map { "\($0)" }
    options.atOnce = atOnce.map { Int64($0) } ?? options.atOnce
    return try StableVPSError.translated { try api.batch(options: options) }
  }

  /// How far orders are that are bought together.
  func progress(of batch: Batch) -> StableVPS.BatchProgress {
    StableVPS.BatchProgress(batch.progress(nowMs: host.clock.instant))
  }

  /// Refuses what only a client with a store can do.
  private func checkStore(for request: Request) throws {
    guard !hasStore else { return }
    switch request {
    case .provision(_, _, _, _, _?):
      throw StableVPSError.invalidInput(
        field: "idempotency_key", reason: "needs a client with a store")
    case .resumeRecorded, .listPurchases, .getPurchase, .forgetPurchase:
      throw StableVPSError.invalidInput(
        field: "store", reason: "is missing: recorded purchases need a client with one")
    default:
      break
    }
  }

  func close() {
    host.closing.close()
  }

  private func begin(
    _ request: Request, _ options: CallOptions, in batch: Batch? = nil
  ) throws -> Machine {
    guard host.closing.transport != nil else { throw ClientClosedError(token: nil) }
    try checkStore(for: request)
    let (seed, now, time) = (nextSeed(), host.clock.instant, host.clock.now)
    return try StableVPSError.translated {
      try batch?.begin(request: request, options: options, seed: seed, nowMs: now, timeMs: time)
        ?? api.begin(request: request, options: options, seed: seed, nowMs: now, timeMs: time)
    }
  }

  /// The world of a simulated service: its accounts are distinct from others with the same keys. What is bought by a
  /// clock that is not the system's is known to the clients of that clock alone.
  private static func world(_ configuration: StableVPS.Configuration) -> String? {
    let clock = configuration.clock as? any ActivityClock
    let service = configuration.transport as? any SimulatedService
    if let world = clock?.world ?? service?.world {
      return world.uuidString
    }
    if configuration.clock is SystemClock {
      return nil
    }
    return "\(Worlds.name(of: configuration.clock)) \(configuration.baseURL)"
  }

  private func nextSeed() -> UInt64? {
    seed.withLock { seed in
      defer { seed = seed.map { $0 &+ 1 } }
      return seed
    }
  }
}

/// A call without limits of its own.
private let unlimited = CallOptions(timeoutMs: nil, deadlineMs: nil, maxRetries: nil)

/// This package's version.
let version = "0.1.0"
