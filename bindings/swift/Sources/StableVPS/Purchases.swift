import Foundation
internal import StableVPSNative

extension StableVPS {
  /// How a VPS is waited for. What is `nil` has the core's default.
  public struct WaitOptions: Sendable, Hashable {
    /// Until when a VPS is waited for.
    public enum Level: String, Sendable, Hashable, CaseIterable {
      /// Active, with address, user and password.
      case ready
      /// Active.
      case active
    }

    /// How long the whole may take: 30 min by default. Running out of it never cancels the VPS.
    public var timeout: Duration?
    /// Until when to wait: `.ready` by default.
    public var until: Level?
    /// When to look for the first time: after 5 s by default.
    public var firstLook: Duration?
    /// The longest pause between two looks: 15 s by default.
    public var longestPause: Duration?

    public init(
      timeout: Duration? = nil, until: Level? = nil, firstLook: Duration? = nil,
      longestPause: Duration? = nil
    ) {
      self.timeout = timeout
      self.until = until
      self.firstLook = firstLook
      self.longestPause = longestPause
    }
  }

  /// Told before every request and every wait of a purchase, and waited for.
  public typealias ProgressHandler = @Sendable (Progress) async throws -> Void
}

extension StableVPS.VPSResource {
  /// Buys one VPS, exactly one, and waits until it can be used.
  ///
  /// When the task is cancelled, the wait ends at once with a `CancellationError`; a VPS that was bought stays
  /// bought. The token to go on from is in the last progress: keep it in `onProgress`. Or use
  /// ``provisioning(planID:billingCycle:location:maxSpend:preflight:settle:waiting:)``, whose ``Purchase/token``
  /// outlives the cancelled task.
  ///
  /// - Parameters:
  ///   - planID: the size.
  ///   - billingCycle: how often to pay.
  ///   - location: where.
  ///   - maxSpend: the most that may be spent; a higher price ends it before anything is ordered.
  ///   - preflight: whether to look at the wallet before ordering. Without, a lost order can't be told from one
  ///     that was never placed.
  ///   - settle: how long an order whose reply was lost is looked for: 90 s by default.
  ///   - waiting: how the VPS is waited for.
  ///   - onProgress: told before every request and every wait, and waited for: the order is sent only after
  ///     the progress of the phase ``StableVPS/Phase/ordering`` was dealt with, so that its token can be stored
  ///     before. What it throws ends the purchase.
  /// - Throws: ``StableVPSError``. Its kinds: `insufficientFunds` and `overBudget`, nothing was ordered;
  ///   `notPlaced`, the order's reply was lost and nothing was bought; `unresolved`, the order's reply was lost
  ///   and a person must look; `provisioningFailed`, bought but suspended or terminated; `deadlineExceeded`, not
  ///   usable in time, with a token.
  public func provision(
    planID: StableVPS.PlanID, billingCycle: StableVPS.BillingCycle, location: StableVPS.Location,
    maxSpend: Decimal? = nil, preflight: Bool = true, settle: Duration? = nil,
    waiting: StableVPS.WaitOptions = .init(), onProgress: StableVPS.ProgressHandler? = nil
  ) async throws -> StableVPS.Provisioned {
    let run = try buying(
      planID, billingCycle, location, maxSpend, preflight, settle, waiting)
    return try await run.finish(onProgress)
  }

  /// The same as a sequence of its progress. Nothing is sent before somebody waits for it.
  public func provisioning(
    planID: StableVPS.PlanID, billingCycle: StableVPS.BillingCycle, location: StableVPS.Location,
    maxSpend: Decimal? = nil, preflight: Bool = true, settle: Duration? = nil,
    waiting: StableVPS.WaitOptions = .init()
  ) throws -> Purchase {
    Purchase(
      try buying(planID, billingCycle, location, maxSpend, preflight, settle, waiting))
  }

  /// Takes a purchase up where a token left it: a token of this package or of any other language's.
  ///
  /// The time allowed begins anew. A token of the moment in which the order may have been sent never leads to
  /// a second order.
  ///
  /// - Parameters:
  ///   - token: from a ``StableVPS/Progress``, a ``StableVPSError`` or a ``Purchase``.
  ///   - timeout: how long it may take from now on; as long as it began with by default.
  ///   - anyKey: accepts a token that was begun with another key of the same account.
  ///   - onProgress: told before every request and every wait, and waited for.
  /// - Throws: ``StableVPSError`` of the kind `staleToken` for a token of another account or server.
  public func resume(
    _ token: String, timeout: Duration? = nil, anyKey: Bool = false,
    onProgress: StableVPS.ProgressHandler? = nil
  ) async throws -> StableVPS.Provisioned {
    let run = try resumed(token, timeout, anyKey)
    return try await run.finish(onProgress)
  }

  /// The same as a sequence of its progress.
  public func resuming(
    _ token: String, timeout: Duration? = nil, anyKey: Bool = false
  ) throws -> Purchase {
    Purchase(try resumed(token, timeout, anyKey))
  }

  /// Waits until a VPS that was bought elsewhere can be used. Its first look is at once.
  public func waitUntilReady(
    _ id: String, waiting: StableVPS.WaitOptions = .init(),
    onProgress: StableVPS.ProgressHandler? = nil
  ) async throws -> StableVPS.Provisioned {
    let run = try watched(id, waiting)
    return try await run.finish(onProgress)
  }

  /// The same as a sequence of its progress.
  public func waitingUntilReady(
    _ id: String, waiting: StableVPS.WaitOptions = .init()
  ) throws -> Purchase {
    Purchase(try watched(id, waiting))
  }

  private func buying(
    _ planID: StableVPS.PlanID, _ billingCycle: StableVPS.BillingCycle,
    _ location: StableVPS.Location, _ maxSpend: Decimal?, _ preflight: Bool, _ settle: Duration?,
    _ waiting: StableVPS.WaitOptions
  ) throws -> PurchaseRun {
    try session.purchase("vps.provision", timeout: waiting.timeout) { api, beginning in
      try api.provision(
        planId: planID.rawValue, billingCycle: billingCycle.rawValue, location: location.rawValue,
        options: try waiting.native(
          beginning, preflight: preflight, maxSpend: maxSpend, settle: settle))
    }
  }

  private func resumed(
    _ token: String, _ timeout: Duration?, _ anyKey: Bool
  ) throws -> PurchaseRun {
    try session.purchase("vps.resume", timeout: timeout) { api, beginning in
      try api.resume(
        token: token, anyKey: anyKey, timeoutMs: try timeout.milliseconds(field: "timeout"),
        seed: beginning.seed, nowMs: beginning.nowMs)
    }
  }

  private func watched(
    _ id: String, _ waiting: StableVPS.WaitOptions
  ) throws -> PurchaseRun {
    try session.purchase("vps.waitUntilReady", timeout: waiting.timeout) { api, beginning in
      try api.waitUntilReady(id: id, options: try waiting.native(beginning))
    }
  }
}

extension StableVPS.WaitOptions {
  fileprivate func native(
    _ beginning: Session.Beginning, preflight: Bool? = nil, maxSpend: Decimal? = nil,
    settle: Duration? = nil
  ) throws -> PurchaseOptions {
    PurchaseOptions(
      nowMs: beginning.nowMs, seed: beginning.seed, preflight: preflight,
      maxSpend: maxSpend.map { "\($0)" }, waitFor: until?.rawValue,
      timeoutMs: try timeout.milliseconds(field: "timeout"),
      firstLookMs: try firstLook.milliseconds(field: "firstLook"),
      longestPauseMs: try longestPause.milliseconds(field: "longestPause"),
      settleMs: try settle.milliseconds(field: "settle"))
  }
}
