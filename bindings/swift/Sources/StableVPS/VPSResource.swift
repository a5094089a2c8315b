import Foundation
internal import StableVPSNative

extension StableVPS {
  /// VPS: `client.vps`.
  ///
  /// Every call takes how long each request may take (`timeout`), and how long the call may take with all
  /// its retries (`deadline`). Purchases have times of their own.
  public struct VPSResource: Sendable {
    let session: Session

    /// Every VPS of the account (`GET /vps`), without passwords.
    public func list(timeout: Duration? = nil, deadline: Duration? = nil) async throws -> [VPS] {
      let output = try await session.call("vps.list", timeout: timeout, deadline: deadline) {
        try $0.listVpsRecords(limits: $1)
      }
      guard case .vpsList(let all) = output else { throw foreign(output) }
      return all.map { VPS($0) }
    }

    /// One VPS with all there is to know (`GET /vps/:id`), its RDP password included.
    public func get(
      _ id: String, timeout: Duration? = nil, deadline: Duration? = nil
    ) async throws -> VPSDetails {
      let output = try await session.call("vps.get", timeout: timeout, deadline: deadline) {
        try $0.getVps(id: id, limits: $1)
      }
      guard case .vpsDetails(let details) = output else { throw foreign(output) }
      return VPSDetails(details)
    }

    /// Orders a VPS and charges the wallet (`POST /vps`), without waiting for it.
    ///
    /// ``provision(planID:billingCycle:location:maxSpend:preflight:settle:waiting:onProgress:)`` is the safer
    /// way. Here a lost reply ends in the error of the kind `outcomeUnknown`, and a cancelled task in a
    /// `CancellationError`: it is for the caller to find out whether a VPS was bought.
    public func create(
      planID: PlanID, billingCycle: BillingCycle, location: Location, timeout: Duration? = nil,
      deadline: Duration? = nil
    ) async throws -> Order {
      let output = try await session.call("vps.create", timeout: timeout, deadline: deadline) {
        try $0.createVps(
          planId: planID.rawValue, billingCycle: billingCycle.rawValue,
          location: location.rawValue, limits: $1)
      }
      guard case .order(let order) = output else { throw foreign(output) }
      return Order(order)
    }

    /// Deletes a VPS for good (`DELETE /vps/:id`). Nothing is refunded.
    public func delete(
      _ id: String, timeout: Duration? = nil, deadline: Duration? = nil
    ) async throws -> DeletedVPS {
      let output = try await session.call("vps.delete", timeout: timeout, deadline: deadline) {
        try $0.deleteVps(id: id, limits: $1)
      }
      guard case .deletedVps(let deleted) = output else { throw foreign(output) }
      return DeletedVPS(deleted)
    }

    /// Switches a VPS on (`POST /vps/:id/actions`).
    public func start(
      _ id: String, timeout: Duration? = nil, deadline: Duration? = nil
    ) async throws -> ActionReceipt {
      let output = try await session.call("vps.start", timeout: timeout, deadline: deadline) {
        try $0.startVps(id: id, limits: $1)
      }
      return try receipt(output)
    }

    /// Switches a VPS off (`POST /vps/:id/actions`).
    public func stop(
      _ id: String, timeout: Duration? = nil, deadline: Duration? = nil
    ) async throws -> ActionReceipt {
      let output = try await session.call("vps.stop", timeout: timeout, deadline: deadline) {
        try $0.stopVps(id: id, limits: $1)
      }
      return try receipt(output)
    }

    /// Restarts a VPS (`POST /vps/:id/actions`). A lost reply is never repeated.
    public func reboot(
      _ id: String, timeout: Duration? = nil, deadline: Duration? = nil
    ) async throws -> ActionReceipt {
      let output = try await session.call("vps.reboot", timeout: timeout, deadline: deadline) {
        try $0.rebootVps(id: id, limits: $1)
      }
      return try receipt(output)
    }

    private func receipt(_ output: Output) throws -> ActionReceipt {
      guard case .actionReceipt(let receipt) = output else { throw foreign(output) }
      return ActionReceipt(receipt)
    }
  }
}
