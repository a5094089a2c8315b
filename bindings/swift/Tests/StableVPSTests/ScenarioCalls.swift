import Foundation
import StableVPS
import Testing

extension Scenario {
  /// Makes the scenario's call.
  func call(_ client: StableVPS) async throws -> Any {
    let call = fields["call"] as? [String: Any] ?? [:]
    let method = call["method"] as? String ?? ""
    let arguments = Arguments(args: call["args"] as? [String: Any] ?? [:])
    if let result = try await arguments.keys(method, client.keys) { return result }
    if let result = try await arguments.purchase(method, client.vps) { return result }
    if let result = try await arguments.vps(method, client.vps) { return result }
    return try await arguments.rest(method, client)
  }
}

/// The arguments of a call.
private struct Arguments {
  let args: [String: Any]

  private func text(_ name: String) -> String { args[name] as? String ?? "" }

  private func span(_ name: String) -> Duration? {
    (args[name] as? Int).map { .milliseconds($0) }
  }

  private var id: String { text("id") }
  private var planID: StableVPS.PlanID { .init(rawValue: text("planId")) }
  private var billingCycle: StableVPS.BillingCycle { .init(rawValue: text("billingCycle")) }
  private var location: StableVPS.Location { .init(rawValue: text("location")) }
  private var timeout: Duration? { span("timeoutMs") }
  private var deadline: Duration? { span("deadlineMs") }

  private var waiting: StableVPS.WaitOptions {
    .init(
      timeout: timeout, until: .init(rawValue: text("waitFor")), firstLook: span("firstLookMs"),
      longestPause: span("longestPauseMs"))
  }

  func keys(_ method: String, _ keys: StableVPS.Keys) async throws -> Any? {
    switch method {
    case "keys.create":
      return try await keys.create(
        email: text("email"), password: .init(text("password")), name: text("name"),
        scope: (args["scope"] as? String).map { .init(rawValue: $0) } ?? .full,
        expiresInDays: args["expiresInDays"] as? Int, timeout: timeout, deadline: deadline)
    case "keys.list": return try await keys.list(timeout: timeout, deadline: deadline)
    case "keys.revoke":
      return try await keys.revoke(text("keyId"), timeout: timeout, deadline: deadline)
    default: return nil
    }
  }

  func purchase(_ method: String, _ vps: StableVPS.VPSResource) async throws -> Any? {
    switch method {
    case "vps.provision":
      let maxSpend = args["maxSpend"] as? String
      return try await vps.provision(
        planID: planID, billingCycle: billingCycle, location: location,
        maxSpend: maxSpend.map { Decimal(string: $0) ?? .nan },
        preflight: args["preflight"] as? Bool ?? true, checkFunds: args["checkFunds"] as? Bool ?? false,
        settle: span("settleMs"), waiting: waiting)
    case "vps.wait_until_ready": return try await vps.waitUntilReady(id, waiting: waiting)
    case "vps.resume":
      return try await vps.resume(
        text("token"), timeout: timeout, anyKey: args["anyKey"] as? Bool ?? false)
    default: return nil
    }
  }

  func vps(_ method: String, _ vps: StableVPS.VPSResource) async throws -> Any? {
    switch method {
    case "vps.list": return try await vps.list(timeout: timeout, deadline: deadline)
    case "vps.get": return try await vps.get(id, timeout: timeout, deadline: deadline)
    case "vps.create":
      return try await vps.create(
        planID: planID, billingCycle: billingCycle, location: location, timeout: timeout,
        deadline: deadline)
    case "vps.delete": return try await vps.delete(id, timeout: timeout, deadline: deadline)
    case "vps.start": return try await vps.start(id, timeout: timeout, deadline: deadline)
    case "vps.stop": return try await vps.stop(id, timeout: timeout, deadline: deadline)
    case "vps.reboot": return try await vps.reboot(id, timeout: timeout, deadline: deadline)
    default: return nil
    }
  }

  func rest(_ method: String, _ client: StableVPS) async throws -> Any {
    switch method {
    case "account.get": return try await client.account.get(timeout: timeout, deadline: deadline)
    case "wallet.get": return try await client.wallet.get(timeout: timeout, deadline: deadline)
    default:
      Issue.record("there is no method \(method)")
      return [String: String]()
    }
  }
}
