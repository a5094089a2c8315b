import Foundation
internal import StableVPSNative

extension StableVPS {
  /// How a purchase waits for its VPS. `nil` means the core's default.
  public struct WaitOptions: Sendable, Hashable {
    /// The time limit for the whole purchase. Default: 30 min. Reaching it never cancels the VPS.
    public var timeout: Duration?
    /// When the VPS counts as usable. Default: `.ready`.
    public var until: Level?
    /// The pause before the first look at the VPS. Default: 5 s.
    public var firstLook: Duration?
    /// The longest pause between two looks. Default: 15 s.
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

  /// Receives the progress before every request and every wait of a purchase, which continues when it
  /// returns.
  public typealias ProgressHandler = @Sendable (Progress) async throws -> Void
}

extension StableVPS.VPSResource {
  /// Buys exactly one VPS and waits until it can be used.
  ///
  /// Cancelling the task ends the wait at once with a `CancellationError`; a VPS that was bought stays bought.
  /// The token to continue from is in the last progress: store it in `onProgress`. Or use
  /// ``provisioning(planID:billingCycle:location:maxSpend:preflight:checkFunds:settle:idempotencyKey:whenHeld:waiting:)``, whose ``Purchase/token``
  /// remains available after the task was cancelled.
  ///
  /// - Parameters:
  ///   - planID: the size.
  ///   - billingCycle: how often to pay.
  ///   - location: where the VPS stands.
  ///   - maxSpend: the highest price to accept. A higher price ends the purchase before anything is ordered.
  ///   - preflight: whether to check the wallet before ordering. Without this check, a lost order can't be
  ///     told from one that was never placed.
  ///   - checkFunds: whether a wallet that holds less than the price built into this version ends the purchase
  ///     before anything is ordered. By default the service itself refuses what can't be paid, because that price may
  ///     be out of date.
  ///   - settle: how long to look for an order whose reply was lost. Default: 90 s.
  ///   - idempotencyKey: your own name for this purchase, such as the number of your customer's order, on a client with
  ///     a ``StableVPS/Configuration/store``. At most one VPS is ever ordered under a key, however often, and from
  ///     wherever, it is asked for; a call after the purchase's end gets that end.
  ///   - whenHeld: what to do where the purchase of that key goes on elsewhere.
  ///   - waiting: how to wait for the VPS.
  ///   - onProgress: called before every request and every wait; the purchase continues when it returns. The
  ///     order is sent only after it has returned for the phase ``StableVPS/Phase/ordering``, so the token
  ///     can be stored before. An error that it throws ends the purchase.
  /// - Throws: ``StableVPSError`` of these kinds: `insufficientFunds` and `overBudget`, nothing was bought;
  ///   `notPlaced`, the order's reply was lost and nothing was bought; `unresolved`, the order's reply
  ///   was lost and a person must look; `provisioningFailed`, bought but suspended or terminated;
  ///   `deadlineExceeded`, not usable in time, with a token; `purchaseInProgress`, the purchase of that key goes on
  ///   elsewhere; `idempotencyMismatch`, the key belongs to another order; `store`, the store failed, and nothing was
  ///   ordered unless the error has a token.
  public func provision(
    planID: StableVPS.PlanID, billingCycle: StableVPS.BillingCycle, location: StableVPS.Location,
    maxSpend: Decimal? = nil, preflight: Bool = true, checkFunds: Bool = false,
    settle: Duration? = nil,
    idempotencyKey: String? = nil, whenHeld: StableVPS.WhenHeld = .refuse,
    waiting: StableVPS.WaitOptions = .init(), onProgress: StableVPS.ProgressHandler? = nil
  ) async throws -> StableVPS.Provisioned {
    let purchase = buy(
      planID, billingCycle, location, maxSpend, preflight, checkFunds, settle,
      idempotencyKey, whenHeld, waiting)
    return try await purchase.finish(onProgress)
  }

  /// The same purchase as a sequence of its progress. It begins when a task first waits for it: until then
  /// nothing is sent, no time limit runs, and no argument is checked.
  public func provisioning(
    planID: StableVPS.PlanID, billingCycle: StableVPS.BillingCycle, location: StableVPS.Location,
    maxSpend: Decimal? = nil, preflight: Bool = true, checkFunds: Bool = false,
    settle: Duration? = nil,
    idempotencyKey: String? = nil, whenHeld: StableVPS.WhenHeld = .refuse,
    waiting: StableVPS.WaitOptions = .init()
  ) -> Purchase {
    Purchase(
      buy(
        planID, billingCycle, location, maxSpend, preflight, checkFunds, settle,
        idempotencyKey, whenHeld, waiting))
  }

  /// Continues a purchase from a token of this package or of any other language's package.
  ///
  /// The time limit starts anew. A token from the moment in which the order may have been sent never leads to
  /// a second order.
  ///
  /// - Parameters:
  ///   - token: from a ``StableVPS/Progress``, a ``StableVPSError`` or a ``Purchase``.
  ///   - timeout: the time limit from now on. Default: the limit that the purchase began with.
  ///   - anyKey: whether to accept a token that was created with another key of the same account.
  ///   - onProgress: called before every request and every wait; the purchase continues when it returns.
  /// - Throws: ``StableVPSError`` of the kind `staleToken` for a token of another account or server.
  public func resume(
    _ token: String, timeout: Duration? = nil, anyKey: Bool = false,
    onProgress: StableVPS.ProgressHandler? = nil
  ) async throws -> StableVPS.Provisioned {
    try await resumed(token, timeout, anyKey).finish(onProgress)
  }

  /// The same purchase as a sequence of its progress. It begins when a task first waits for it.
  public func resuming(
    _ token: String, timeout: Duration? = nil, anyKey: Bool = false
  ) -> Purchase {
    Purchase(resumed(token, timeout, anyKey))
  }

  /// Waits until a VPS that was bought elsewhere can be used. The first look is at once.
  public func waitUntilReady(
    _ id: String, waiting: StableVPS.WaitOptions = .init(),
    onProgress: StableVPS.ProgressHandler? = nil
  ) async throws -> StableVPS.Provisioned {
    try await wait(id, waiting).finish(onProgress)
  }

  /// The same wait as a sequence of its progress. It begins when a task first waits for it.
  public func waitingUntilReady(
    _ id: String, waiting: StableVPS.WaitOptions = .init()
  ) -> Purchase {
    Purchase(wait(id, waiting))
  }

  private func buy(
    _ planID: StableVPS.PlanID, _ billingCycle: StableVPS.BillingCycle,
    _ location: StableVPS.Location, _ maxSpend: Decimal?, _ preflight: Bool,
    _ checkFunds: Bool, _ settle: Duration?, _ idempotencyKey: String?,
    _ whenHeld: StableVPS.WhenHeld, _ waiting: StableVPS.WaitOptions
  ) -> PurchaseRun {
    var order = StableVPS.PurchaseOrder(
      planID: planID, billingCycle: billingCycle, location: location, maxSpend: maxSpend,
      idempotencyKey: idempotencyKey)
    order.preflight = preflight
    order.checkFunds = checkFunds
    order.settle = settle
    order.whenHeld = whenHeld
    order.waiting = waiting
    return session.purchase("vps.provision", order.request(isRecorded: session.hasStore))
  }

  private func resumed(_ token: String, _ timeout: Duration?, _ anyKey: Bool) -> PurchaseRun {
    let request = Request.resume(token: token, anyKey: anyKey, timeoutMs: timeout?.milliseconds)
    return session.purchase("vps.resume", request, token: token)
  }

  private func wait(_ id: String, _ waiting: StableVPS.WaitOptions) -> PurchaseRun {
    session.purchase("vps.waitUntilReady", .waitUntilReady(id: id, options: waiting.native))
  }
}

extension StableVPS.WaitOptions {
  var native: ProvisionOptions {
    var options = defaultProvisionOptions()
    options.timeoutMs = timeout?.milliseconds ?? options.timeoutMs
    options.waitFor = until?.native ?? options.waitFor
    options.firstLookMs = firstLook?.milliseconds ?? options.firstLookMs
    options.longestPauseMs = longestPause?.milliseconds ?? options.longestPauseMs
    return options
  }
}
