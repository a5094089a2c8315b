import Foundation
internal import StableVPSNative

/// A configured account, which every resource uses.
final class Session: Sendable {
  private let api: Api
  private let host: Host
  /// Tells the accounts apart that purchases take turns on.
  private let account: String
  private let seed: Locked<UInt64?>
  /// For calls that differ in nothing from the configuration.
  private let usual: Limits

  /// How long a purchase waits for its turn where its token alone knows its time.
  private static let longestWait = Duration.seconds(1800)

  init(apiKey: String?, configuration: StableVPS.Configuration) throws {
    guard let maxRetries = UInt32(exactly: configuration.maxRetries) else {
      throw StableVPSError.invalidInput(
        field: "maxRetries", reason: "must be a whole number from 0")
    }
    let options = ApiOptions(
      apiKey: apiKey, baseUrl: configuration.baseURL,
      auth: configuration.authentication.rawValue, userAgent: "stablevps-swift/\(version)",
      maxRetries: min(maxRetries, 1000),
      timeoutMs: try configuration.timeout.milliseconds(field: "timeout"), connectTimeoutMs: nil)
    api = try StableVPSError.checked { try Api(options: options) }
    host = Host(
      transport: configuration.transport, clock: configuration.clock, log: configuration.log)
    let server = configuration.baseURL.trimmingCharacters(in: .whitespacesAndNewlines.union(["/"]))
    let world = Self.world(configuration)
    account = "\(api.keyFingerprint()) \(server) \(world)"
    seed = Locked(configuration.randomSeed)
    usual = Limits(timeoutMs: nil, deadlineMs: nil, nowMs: 0, seed: nil)
  }

  /// One call of an endpoint.
  func call(
    _ label: String, timeout: Duration?, deadline: Duration?,
    make: (Api, Limits) throws -> Machine
  ) async throws -> Output {
    let limits = try limits(timeout, deadline)
    let machine = try StableVPSError.checked { try make(api, limits) }
    return try await host.run(machine, label: label)
  }

  /// A purchase, or the wait for one.
  func purchase(
    _ label: String, timeout: Duration?, make: (Api, Beginning) throws -> Machine
  ) throws -> PurchaseRun {
    let beginning = Beginning(nowMs: host.clock.now, seed: nextSeed() ?? .random(in: 0...UInt64.max))
    let machine = try StableVPSError.checked { try make(api, beginning) }
    return PurchaseRun(
      host: host, machine: machine, label: label, account: account,
      timeout: timeout ?? Self.longestWait)
  }

  /// What every purchase begins with.
  struct Beginning {
    let nowMs: Int64
    let seed: UInt64
  }

  /// Simulated services have accounts of their own, though their keys are alike.
  private static func world(_ configuration: StableVPS.Configuration) -> String {
    if let clock = configuration.clock as? any WorkClock {
      return "\(ObjectIdentifier(clock))"
    }
    return (configuration.transport as? any World).map { "\(ObjectIdentifier($0))" } ?? ""
  }

  private func limits(_ timeout: Duration?, _ deadline: Duration?) throws -> Limits {
    let seed = nextSeed()
    if timeout == nil && deadline == nil && seed == nil {
      return usual
    }
    return Limits(
      timeoutMs: try timeout.milliseconds(field: "timeout"),
      deadlineMs: try deadline.milliseconds(field: "deadline"), nowMs: host.clock.now, seed: seed)
  }

  private func nextSeed() -> UInt64? {
    seed.withLock { seed in
      defer { seed = seed.map { $0 &+ 1 } }
      return seed
    }
  }
}

/// This package's version.
let version = "0.1.0"
