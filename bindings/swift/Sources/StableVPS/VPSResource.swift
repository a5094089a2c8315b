internal import StableVPSNative

extension StableVPS {
  /// VPS: `client.vps`.
  ///
  /// Every call takes `timeout`, the time limit for each request, and `deadline`, the time limit for the call
  /// with all its retries. Purchases have time limits of their own.
  public struct VPSResource: Sendable {
    let session: Session

    /// Every VPS of the account (`GET /vps`), without passwords.
    public func list(timeout: Duration? = nil, deadline: Duration? = nil) async throws -> [VPS] {
      try await session.call("vps.list", .listVps, timeout: timeout, deadline: deadline) {
        if case .vpsList(let rows) = $0 { rows.map { VPS($0) } } else { nil }
      }
    }

    /// One VPS with all its details (`GET /vps/:id`), including the RDP password.
    public func get(
      _ id: String, timeout: Duration? = nil, deadline: Duration? = nil
    ) async throws -> VPSDetails {
      try await session.call("vps.get", .getVps(id: id), timeout: timeout, deadline: deadline) {
        if case .vpsDetails(let details) = $0 { VPSDetails(details) } else { nil }
      }
    }

    /// Orders a VPS and charges the wallet (`POST /vps`), without waiting for the VPS.
    ///
    /// ``provision(planID:billingCycle:location:maxSpend:preflight:checkFunds:settle:idempotencyKey:whenHeld:waiting:onProgress:)`` is the safer
    /// way. Here a lost reply ends in the error of the kind `outcomeUnknown`, and a cancelled task in a
    /// `CancellationError`: the caller has to find out whether a VPS was bought.
    public func create(
      planID: PlanID, billingCycle: BillingCycle, location: Location, timeout: Duration? = nil,
      deadline: Duration? = nil
    ) async throws -> Order {
      try await session.call(
        "vps.create",
        .createVps(
          planId: planID.rawValue, billingCycle: billingCycle.rawValue,
          location: location.rawValue),
        timeout: timeout, deadline: deadline
      ) {
        if case .order(let order) = $0 { Order(order) } else { nil }
      }
    }

    /// Deletes a VPS for good (`DELETE /vps/:id`). Nothing is refunded.
    public func delete(
      _ id: String, timeout: Duration? = nil, deadline: Duration? = nil
    ) async throws -> DeletedVPS {
      try await session.call("vps.delete", .deleteVps(id: id), timeout: timeout, deadline: deadline) {
        if case .deletedVps(let deleted) = $0 { DeletedVPS(deleted) } else { nil }
      }
    }

    /// Starts a VPS (`POST /vps/:id/actions`).
    public func start(
      _ id: String, timeout: Duration? = nil, deadline: Duration? = nil
    ) async throws -> ActionReceipt {
      try await control("vps.start", .startVps(id: id), timeout, deadline)
    }

    /// Stops a VPS (`POST /vps/:id/actions`).
    public func stop(
      _ id: String, timeout: Duration? = nil, deadline: Duration? = nil
    ) async throws -> ActionReceipt {
      try await control("vps.stop", .stopVps(id: id), timeout, deadline)
    }

    /// Restarts a VPS (`POST /vps/:id/actions`). The request is never repeated, not even after a lost reply.
    public func reboot(
      _ id: String, timeout: Duration? = nil, deadline: Duration? = nil
    ) async throws -> ActionReceipt {
      try await control("vps.reboot", .rebootVps(id: id), timeout, deadline)
    }

    private func control(
      _ label: String, _ request: Request, _ timeout: Duration?, _ deadline: Duration?
    ) async throws -> ActionReceipt {
      try await session.call(label, request, timeout: timeout, deadline: deadline) {
        if case .actionReceipt(let receipt) = $0 { ActionReceipt(receipt) } else { nil }
      }
    }
  }
}
