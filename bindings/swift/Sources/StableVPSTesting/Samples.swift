// Samples of the models. Written by `cargo xtask generate` from the core's models.

import Foundation
import StableVPS

extension StableVPS.Account {
  /// A sample for previews and fakes. The account's profile with its balance and VPS counts (`GET /account`).
  public static func sample(
    id: String = "6953f0a0c4d2e8b7a1905e01",
    firstName: String? = "Ada",
    lastName: String? = "Lovelace",
    email: String = "ada@example.com",
    role: StableVPS.Role = .user,
    balance: Decimal = Decimal(sign: .plus, exponent: -2, significand: 8051),
    currency: String = "EUR",
    referralCode: String? = "ADA",
    affiliateStats: StableVPS.AffiliateStats? = nil,
    activeVpsCount: Int = 1,
    totalVpsCount: Int = 1,
    createdAt: Date? = Date(timeIntervalSince1970: 1_764_547_200)
  ) -> Self {
    Self(
      id: id,
      firstName: firstName,
      lastName: lastName,
      email: email,
      role: role,
      balance: balance,
      currency: currency,
      referralCode: referralCode,
      affiliateStats: affiliateStats,
      activeVpsCount: activeVpsCount,
      totalVpsCount: totalVpsCount,
      createdAt: createdAt
    )
  }
}

extension StableVPS.AffiliateStats {
  /// A sample for previews and fakes. What an account's referral code earned.
  public static func sample(
    totalReferrals: Int = 3,
    successfulReferrals: Int = 1,
    totalEarnings: Decimal = Decimal(sign: .plus, exponent: -2, significand: 500)
  ) -> Self {
    Self(
      totalReferrals: totalReferrals,
      successfulReferrals: successfulReferrals,
      totalEarnings: totalEarnings
    )
  }
}

extension StableVPS.ActionReceipt {
  /// A sample for previews and fakes. The service's receipt for a power action (`POST /vps/:id/actions`).
  public static func sample(
    action: StableVPS.PowerAction = .reboot,
    serverID: StableVPS.ServerID? = StableVPS.ServerID(rawValue: "zomro-67890"),
    message: String? = "VPS rebooted"
  ) -> Self {
    Self(
      action: action,
      serverID: serverID,
      message: message
    )
  }
}

extension StableVPS.APIKeyInfo {
  /// A sample for previews and fakes. What is known of an API key (`GET /auth`); never the key itself.
  public static func sample(
    id: String = "6953f0a0c4d2e8b7a1905e02",
    name: String = "sample key",
    keyPrefix: String = "svps_live_a3f7",
    scope: StableVPS.Scope = .full,
    lastUsedAt: Date? = Date(timeIntervalSince1970: 1_767_225_600),
    expiresAt: Date? = nil,
    createdAt: Date? = Date(timeIntervalSince1970: 1_764_547_200)
  ) -> Self {
    Self(
      id: id,
      name: name,
      keyPrefix: keyPrefix,
      scope: scope,
      lastUsedAt: lastUsedAt,
      expiresAt: expiresAt,
      createdAt: createdAt
    )
  }
}

extension StableVPS.CreatedKey {
  /// A sample for previews and fakes. A new API key (`POST /auth`). The key itself is in this reply and nowhere else, ever.
  public static func sample(
    apiKey: StableVPS.Secret = StableVPS.Secret("svps_live_a3f70123456789abcdef0123456789abcdef"),
    keyPrefix: String = "svps_live_a3f7",
    name: String = "sample key",
    scope: StableVPS.Scope = .full,
    expiresAt: Date? = nil,
    message: String? = "Store this key, it is not shown again"
  ) -> Self {
    Self(
      apiKey: apiKey,
      keyPrefix: keyPrefix,
      name: name,
      scope: scope,
      expiresAt: expiresAt,
      message: message
    )
  }
}

extension StableVPS.DeletedVPS {
  /// A sample for previews and fakes. The end of a VPS (`DELETE /vps/:id`).
  public static func sample(
    id: String = "6953f1a0c4d2e8b7a1905e3c",
    providerDeleted: Bool? = true,
    message: String? = "VPS deleted",
    alreadyGone: Bool = false
  ) -> Self {
    Self(
      id: id,
      providerDeleted: providerDeleted,
      message: message,
      alreadyGone: alreadyGone
    )
  }
}

extension StableVPS.Order {
  /// A sample for previews and fakes. The service's receipt for an order (`POST /vps`).
  public static func sample(
    id: String = "6953f1a0c4d2e8b7a1905e3c",
    serverID: StableVPS.ServerID? = StableVPS.ServerID(rawValue: "zomro-67890"),
    planID: StableVPS.PlanID = .prime,
    billingCycle: StableVPS.BillingCycle = .monthly,
    location: StableVPS.Location = .london,
    vpsStatus: StableVPS.VPSStatus = .provisioning,
    rdpUsername: String? = "Administrator",
    cost: Decimal = Decimal(sign: .plus, exponent: -2, significand: 1949),
    newBalance: Decimal = Decimal(sign: .plus, exponent: -2, significand: 8051),
    currency: String = "EUR",
    currentPeriodEnd: Date? = Date(timeIntervalSince1970: 1_769_904_000),
    message: String? = "VPS ordered"
  ) -> Self {
    Self(
      id: id,
      serverID: serverID,
      planID: planID,
      billingCycle: billingCycle,
      location: location,
      vpsStatus: vpsStatus,
      rdpUsername: rdpUsername,
      cost: cost,
      newBalance: newBalance,
      currency: currency,
      currentPeriodEnd: currentPeriodEnd,
      message: message
    )
  }
}

extension StableVPS.RevokedKey {
  /// A sample for previews and fakes. The end of a key (`DELETE /auth`).
  public static func sample(
    message: String? = "API key revoked",
    alreadyGone: Bool = false
  ) -> Self {
    Self(
      message: message,
      alreadyGone: alreadyGone
    )
  }
}

extension StableVPS.VPSDetails {
  /// A sample for previews and fakes. One VPS with all there is to know (`GET /vps/:id`).
  public static func sample(
    id: String = "6953f1a0c4d2e8b7a1905e3c",
    planID: StableVPS.PlanID = .prime,
    billingCycle: StableVPS.BillingCycle = .monthly,
    status: StableVPS.BillingStatus = .active,
    vpsStatus: StableVPS.VPSStatus = .active,
    ipAddress: String? = "203.0.113.10",
    hostname: String? = "vps-67890",
    rdpUsername: String? = "Administrator",
    rdpPassword: StableVPS.Secret? = StableVPS.Secret("sample password"),
    location: StableVPS.Location = .london,
    serverID: StableVPS.ServerID? = StableVPS.ServerID(rawValue: "zomro-67890"),
    currentPeriodStart: Date? = Date(timeIntervalSince1970: 1_767_225_600),
    currentPeriodEnd: Date? = Date(timeIntervalSince1970: 1_769_904_000),
    createdAt: Date? = Date(timeIntervalSince1970: 1_767_225_600)
  ) -> Self {
    Self(
      id: id,
      planID: planID,
      billingCycle: billingCycle,
      status: status,
      vpsStatus: vpsStatus,
      ipAddress: ipAddress,
      hostname: hostname,
      rdpUsername: rdpUsername,
      rdpPassword: rdpPassword,
      location: location,
      serverID: serverID,
      currentPeriodStart: currentPeriodStart,
      currentPeriodEnd: currentPeriodEnd,
      createdAt: createdAt
    )
  }
}

extension StableVPS.VPS {
  /// A sample for previews and fakes. A VPS as listings show it (`GET /vps`): no password and no host name.
  public static func sample(
    id: String = "6953f1a0c4d2e8b7a1905e3c",
    planID: StableVPS.PlanID = .prime,
    billingCycle: StableVPS.BillingCycle = .monthly,
    status: StableVPS.BillingStatus = .active,
    vpsStatus: StableVPS.VPSStatus = .active,
    ipAddress: String? = "203.0.113.10",
    location: StableVPS.Location = .london,
    rdpUsername: String? = "Administrator",
    serverID: StableVPS.ServerID? = StableVPS.ServerID(rawValue: "zomro-67890"),
    currentPeriodEnd: Date? = Date(timeIntervalSince1970: 1_769_904_000),
    createdAt: Date? = Date(timeIntervalSince1970: 1_767_225_600)
  ) -> Self {
    Self(
      id: id,
      planID: planID,
      billingCycle: billingCycle,
      status: status,
      vpsStatus: vpsStatus,
      ipAddress: ipAddress,
      location: location,
      rdpUsername: rdpUsername,
      serverID: serverID,
      currentPeriodEnd: currentPeriodEnd,
      createdAt: createdAt
    )
  }
}

extension StableVPS.Wallet {
  /// A sample for previews and fakes. The wallet, the only means of payment of the API (`GET /wallet`).
  public static func sample(
    balance: Decimal = Decimal(sign: .plus, exponent: -2, significand: 8051),
    currency: String = "EUR"
  ) -> Self {
    Self(
      balance: balance,
      currency: currency
    )
  }
}

extension StableVPS.Provisioned {
  /// A sample for previews and fakes. A purchase that ended well.
  public static func sample(
    vps: StableVPS.VPSDetails = .sample(),
    recovered: Bool = false,
    ordersSent: Int = 1,
    charged: Decimal? = Decimal(sign: .plus, exponent: -2, significand: 1949),
    balanceBefore: Decimal? = Decimal(sign: .plus, exponent: -2, significand: 10000),
    balanceAfter: Decimal? = Decimal(sign: .plus, exponent: -2, significand: 8051),
    currency: String? = "EUR",
    unexplained: StableVPS.UnexplainedCharge? = nil,
    otherVpsIDs: [String] = [],
    elapsed: Duration = .milliseconds(120_000),
    requests: Int = 12
  ) -> Self {
    Self(
      vps: vps,
      recovered: recovered,
      ordersSent: ordersSent,
      charged: charged,
      balanceBefore: balanceBefore,
      balanceAfter: balanceAfter,
      currency: currency,
      unexplained: unexplained,
      otherVpsIDs: otherVpsIDs,
      elapsed: elapsed,
      requests: requests
    )
  }
}

extension StableVPS.UnexplainedCharge {
  /// A sample for previews and fakes. Money that left the wallet while an order was placed, beyond the order's receipt. Something in between sent the
  public static func sample(
    amount: Decimal = Decimal(sign: .plus, exponent: -2, significand: 1949),
    vpsIDs: [String] = ["6953f1a0c4d2e8b7a1905e3d"]
  ) -> Self {
    Self(
      amount: amount,
      vpsIDs: vpsIDs
    )
  }
}

extension StableVPS.PurchaseRecord {
  /// A sample for previews and fakes. A purchase, as a store has recorded it.
  public static func sample(
    id: String = "1f0e5a52-6c1b-4f7e-9a53-2f0c7d1b8e90",
    idempotencyKey: String? = "order-4711",
    planID: StableVPS.PlanID = .prime,
    billingCycle: StableVPS.BillingCycle = .monthly,
    location: StableVPS.Location = .london,
    state: StableVPS.PurchaseState = .ready,
    attempt: Int = 1,
    vpsID: String? = "6953f1a0c4d2e8b7a1905e3c",
    otherVpsIDs: [String] = [],
    token: String? = "sample token"
  ) -> Self {
    Self(
      id: id,
      idempotencyKey: idempotencyKey,
      planID: planID,
      billingCycle: billingCycle,
      location: location,
      state: state,
      attempt: attempt,
      vpsID: vpsID,
      otherVpsIDs: otherVpsIDs,
      token: token
    )
  }
}

extension StableVPS.Progress {
  /// A sample for previews and fakes. How far a purchase is.
  public static func sample(
    phase: StableVPS.Phase = .polling,
    exclusive: Bool = false,
    requests: Int = 5,
    ordersSent: Int = 1,
    elapsed: Duration = .milliseconds(30_000),
    nextLook: Duration = .milliseconds(15_000),
    vpsID: String? = "6953f1a0c4d2e8b7a1905e3c",
    lastStatus: StableVPS.VPSStatus? = .provisioning,
    recovered: Bool = false,
    lastError: String? = nil,
    balanceBefore: Decimal? = Decimal(sign: .plus, exponent: -2, significand: 10000),
    charged: Decimal? = Decimal(sign: .plus, exponent: -2, significand: 1949),
    currency: String? = "EUR",
    unexplained: StableVPS.UnexplainedCharge? = nil,
    token: String? = "sample token"
  ) -> Self {
    Self(
      phase: phase,
      exclusive: exclusive,
      requests: requests,
      ordersSent: ordersSent,
      elapsed: elapsed,
      nextLook: nextLook,
      vpsID: vpsID,
      lastStatus: lastStatus,
      recovered: recovered,
      lastError: lastError,
      balanceBefore: balanceBefore,
      charged: charged,
      currency: currency,
      unexplained: unexplained,
      token: token
    )
  }
}

extension StableVPS.BatchProgress {
  /// A sample for previews and fakes. How far orders are that are bought together.
  public static func sample(
    begun: Int = 0,
    preflight: Int = 0,
    baseline: Int = 0,
    ordering: Int = 0,
    reconciling: Int = 0,
    polling: Int = 0,
    ready: Int = 0,
    failed: Int = 0,
    spent: Decimal = Decimal(sign: .plus, exponent: -2, significand: 0),
    currency: String? = nil,
    longest: Duration = .milliseconds(0)
  ) -> Self {
    Self(
      begun: begun,
      preflight: preflight,
      baseline: baseline,
      ordering: ordering,
      reconciling: reconciling,
      polling: polling,
      ready: ready,
      failed: failed,
      spent: spent,
      currency: currency,
      longest: longest
    )
  }
}

extension StableVPS.Plan {
  /// A sample for previews and fakes. One plan. Every VPS runs Windows Server 2022 with MT5 installed.
  public static func sample(
    id: StableVPS.PlanID = .prime,
    name: String = "Professional",
    vcpus: Int = 2,
    memoryMB: Int = 4_000,
    storageGB: Int = 35,
    monthly: Decimal = Decimal(sign: .plus, exponent: -2, significand: 1949),
    yearly: Decimal = Decimal(sign: .plus, exponent: -2, significand: 19490)
  ) -> Self {
    Self(
      id: id,
      name: name,
      vcpus: vcpus,
      memoryMB: memoryMB,
      storageGB: storageGB,
      monthly: monthly,
      yearly: yearly
    )
  }
}
