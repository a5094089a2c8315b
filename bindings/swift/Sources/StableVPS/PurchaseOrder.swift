import Foundation
internal import StableVPSNative

extension StableVPS {
  /// One VPS to buy. Its options are those of ``StableVPS/VPSResource``'s `provision`.
  public struct PurchaseOrder: Sendable, Hashable {
    /// The plan.
    public var planID: PlanID
    /// How long a paid period is.
    public var billingCycle: BillingCycle
    /// Where the VPS stands.
    public var location: Location
    /// The highest price to accept. A higher one ends the purchase before anything is ordered.
    public var maxSpend: Decimal?
    /// Whether to check the wallet before ordering. Without this check, a lost order can't be told from one that was never
    /// placed.
    public var preflight = true
    /// Whether a wallet that holds less than the price built into this version ends the purchase before anything is
    /// ordered.
    public var checkFunds = false
    /// How long to look for an order whose reply was lost. Default: 90 s.
    public var settle: Duration?
    /// Your own name for this purchase, on a client with a ``StableVPS/Configuration/store``.
    public var idempotencyKey: String?
    /// What to do where the purchase of that key goes on elsewhere.
    public var whenHeld = WhenHeld.refuse
    /// How to wait for the VPS.
    public var waiting = WaitOptions()

    /// All other properties have defaults and can be set afterwards.
    public init(
      planID: PlanID, billingCycle: BillingCycle, location: Location, maxSpend: Decimal? = nil,
      idempotencyKey: String? = nil
    ) {
      self.planID = planID
      self.billingCycle = billingCycle
      self.location = location
      self.maxSpend = maxSpend
      self.idempotencyKey = idempotencyKey
    }
  }
}

extension StableVPS.PurchaseOrder {
  /// - Parameter isRecorded: whether the client has a store. A key asks for one.
  func request(isRecorded: Bool) -> Request {
    var options = waiting.native
    options.preflight = preflight ? .check : .skip
    options.checkFunds = checkFunds
    options.maxSpend = maxSpend.map { "\($0)" }
    options.settleMs = settle?.milliseconds ?? options.settleMs
    let recording =
      isRecorded || idempotencyKey != nil
      ? Recording(idempotencyKey: idempotencyKey, whenHeld: whenHeld.native) : nil
    return .provision(
      planId: planID.rawValue, billingCycle: billingCycle.rawValue, location: location.rawValue,
      options: options, recording: recording)
  }
}
