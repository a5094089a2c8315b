import Foundation
internal import StableVPSNative

extension StableVPS {
  /// Every plan, the smallest first, as the documentation of the API lists it.
  public static let plans: [Plan] = StableVPSNative.plans().map { Plan($0) }

  /// The price of one period in EUR; `nil` for a plan or a billing cycle that this version does not know.
  ///
  /// ```swift
  /// StableVPS.price(of: .prime, billed: .monthly)  // 19.49
  /// ```
  public static func price(of planID: PlanID, billed billingCycle: BillingCycle) -> Decimal? {
    StableVPSNative.price(planId: planID.rawValue, billingCycle: billingCycle.rawValue)
      .map { Decimal(money: $0) }
  }
}
