// The models of the API. Written by `cargo xtask generate` from the core's models.

import Foundation
internal import StableVPSNative

extension StableVPS {
  /// What an account may do on the service's own site.
  public enum Role: OpenEnumeration {
    /// An ordinary customer.
    case user
    /// Staff of the service.
    case admin
    /// A value that this version does not know, verbatim.
    case unknown(String)

    /// Every value that this version knows.
    public static let known: [Self] = [.user, .admin]

    public init(rawValue: String) {
      switch rawValue {
      case "user": self = .user
      case "admin": self = .admin
      default: self = .unknown(rawValue)
      }
    }

    public var rawValue: String {
      switch self {
      case .user: "user"
      case .admin: "admin"
      case .unknown(let text): text
      }
    }
  }
}

extension StableVPS {
  /// What can be done to a running VPS.
  public enum PowerAction: OpenEnumeration {
    /// Switch it on.
    case start
    /// Switch it off.
    case stop
    /// Restart it.
    case reboot
    /// A value that this version does not know, verbatim.
    case unknown(String)

    /// Every value that this version knows.
    public static let known: [Self] = [.start, .stop, .reboot]

    public init(rawValue: String) {
      switch rawValue {
      case "start": self = .start
      case "stop": self = .stop
      case "reboot": self = .reboot
      default: self = .unknown(rawValue)
      }
    }

    public var rawValue: String {
      switch self {
      case .start: "start"
      case .stop: "stop"
      case .reboot: "reboot"
      case .unknown(let text): text
      }
    }
  }
}

extension StableVPS {
  /// What a key may do.
  public enum Scope: OpenEnumeration {
    /// Read and write: buy, delete and control VPS.
    case full
    /// Read only.
    case read
    /// A value that this version does not know, verbatim.
    case unknown(String)

    /// Every value that this version knows.
    public static let known: [Self] = [.full, .read]

    public init(rawValue: String) {
      switch rawValue {
      case "full": self = .full
      case "read": self = .read
      default: self = .unknown(rawValue)
      }
    }

    public var rawValue: String {
      switch self {
      case .full: "full"
      case .read: "read"
      case .unknown(let text): text
      }
    }
  }
}

extension StableVPS {
  /// The size of a VPS.
  public enum PlanID: OpenEnumeration {
    /// Starter: 1 vCPU, 2.5 GB of memory, 17 GB NVMe.
    case basic
    /// Professional: 2 vCPU, 4 GB of memory, 35 GB NVMe.
    case prime
    /// Enterprise: 4 vCPU, 8 GB of memory, 65 GB NVMe.
    case pro
    /// A value that this version does not know, verbatim.
    case unknown(String)

    /// Every value that this version knows.
    public static let known: [Self] = [.basic, .prime, .pro]

    public init(rawValue: String) {
      switch rawValue {
      case "basic": self = .basic
      case "prime": self = .prime
      case "pro": self = .pro
      default: self = .unknown(rawValue)
      }
    }

    public var rawValue: String {
      switch self {
      case .basic: "basic"
      case .prime: "prime"
      case .pro: "pro"
      case .unknown(let text): text
      }
    }
  }
}

extension StableVPS {
  /// How often a VPS is paid for.
  public enum BillingCycle: OpenEnumeration {
    /// Every month.
    case monthly
    /// Every year.
    case yearly
    /// A value that this version does not know, verbatim.
    case unknown(String)

    /// Every value that this version knows.
    public static let known: [Self] = [.monthly, .yearly]

    public init(rawValue: String) {
      switch rawValue {
      case "monthly": self = .monthly
      case "yearly": self = .yearly
      default: self = .unknown(rawValue)
      }
    }

    public var rawValue: String {
      switch self {
      case .monthly: "monthly"
      case .yearly: "yearly"
      case .unknown(let text): text
      }
    }
  }
}

extension StableVPS {
  /// Where a VPS stands.
  public enum Location: OpenEnumeration {
    /// Amsterdam.
    case amsterdam
    /// London.
    case london
    /// Frankfurt.
    case frankfurt
    /// New York.
    case newYork
    /// Singapore.
    case singapore
    /// Tokyo.
    case tokyo
    /// A value that this version does not know, verbatim.
    case unknown(String)

    /// Every value that this version knows.
    public static let known: [Self] = [.amsterdam, .london, .frankfurt, .newYork, .singapore, .tokyo]

    public init(rawValue: String) {
      switch rawValue {
      case "amsterdam": self = .amsterdam
      case "london": self = .london
      case "frankfurt": self = .frankfurt
      case "newYork": self = .newYork
      case "singapore": self = .singapore
      case "tokyo": self = .tokyo
      default: self = .unknown(rawValue)
      }
    }

    public var rawValue: String {
      switch self {
      case .amsterdam: "amsterdam"
      case .london: "london"
      case .frankfurt: "frankfurt"
      case .newYork: "newYork"
      case .singapore: "singapore"
      case .tokyo: "tokyo"
      case .unknown(let text): text
      }
    }
  }
}

extension StableVPS {
  /// How the machine itself stands.
  public enum VPSStatus: OpenEnumeration {
    /// Being set up.
    case provisioning
    /// Running.
    case active
    /// Halted by the service.
    case suspended
    /// Gone for good.
    case terminated
    /// A value that this version does not know, verbatim.
    case unknown(String)

    /// Every value that this version knows.
    public static let known: [Self] = [.provisioning, .active, .suspended, .terminated]

    public init(rawValue: String) {
      switch rawValue {
      case "provisioning": self = .provisioning
      case "active": self = .active
      case "suspended": self = .suspended
      case "terminated": self = .terminated
      default: self = .unknown(rawValue)
      }
    }

    public var rawValue: String {
      switch self {
      case .provisioning: "provisioning"
      case .active: "active"
      case .suspended: "suspended"
      case .terminated: "terminated"
      case .unknown(let text): text
      }
    }
  }
}

extension StableVPS {
  /// How the payment for a VPS stands.
  public enum BillingStatus: OpenEnumeration {
    /// Paid for.
    case active
    /// Ends with the period.
    case canceled
    /// A payment is overdue.
    case pastDue
    /// In a trial period.
    case trialing
    /// Not paid yet.
    case pending
    /// A value that this version does not know, verbatim.
    case unknown(String)

    /// Every value that this version knows.
    public static let known: [Self] = [.active, .canceled, .pastDue, .trialing, .pending]

    public init(rawValue: String) {
      switch rawValue {
      case "active": self = .active
      case "canceled": self = .canceled
      case "past_due": self = .pastDue
      case "trialing": self = .trialing
      case "pending": self = .pending
      default: self = .unknown(rawValue)
      }
    }

    public var rawValue: String {
      switch self {
      case .active: "active"
      case .canceled: "canceled"
      case .pastDue: "past_due"
      case .trialing: "trialing"
      case .pending: "pending"
      case .unknown(let text): text
      }
    }
  }
}

extension StableVPS {
  /// How far a purchase has come.
  public enum PurchaseState: String, Sendable, Hashable, Codable, CaseIterable {
    /// Nothing was ordered yet.
    case open
    /// The order may have been sent.
    case ordered
    /// Bought, and not yet usable.
    case bought
    /// Bought, and seen usable.
    case ready
    /// Bought, and can't become usable.
    case failed
    /// Perhaps bought: a person must look.
    case unresolved
    /// Nothing was bought: refused, given up before, or seen not to have been placed.
    case notOrdered = "not_ordered"
    /// Its end was deleted; the key stays used.
    case forgotten

    init(_ native: StableVPSNative.PurchaseState) {
      switch native {
      case .open: self = .open
      case .ordered: self = .ordered
      case .bought: self = .bought
      case .ready: self = .ready
      case .failed: self = .failed
      case .unresolved: self = .unresolved
      case .notOrdered: self = .notOrdered
      case .forgotten: self = .forgotten
      }
    }
  }
}

extension StableVPS {
  /// Where a purchase is.
  public enum Phase: String, Sendable, Hashable, Codable, CaseIterable {
    /// Looking at the wallet. Nothing is ordered.
    case preflight
    /// Remembering the VPS there are. Nothing is ordered.
    case baseline
    /// Placing the one order.
    case ordering
    /// The order's reply was lost: looking for what became of it.
    case reconciling
    /// Bought: waiting until it can be used.
    case polling
    /// At an end.
    case ended

    init(_ native: StableVPSNative.Phase) {
      switch native {
      case .preflight: self = .preflight
      case .baseline: self = .baseline
      case .ordering: self = .ordering
      case .reconciling: self = .reconciling
      case .polling: self = .polling
      case .ended: self = .ended
      }
    }
  }
}

extension TransportFailure {
  /// Where an exchange broke.
  public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
    /// The host name could not be resolved.
    case dns
    /// No connection could be made.
    case connect
    /// The secure channel could not be set up, or broke.
    case tls
    /// The proxy refused or failed.
    case proxy
    /// The time allowed was over.
    case timeout
    /// The connection broke, or the response was not HTTP.
    case io
    /// The response was larger than 16 MiB.
    case tooLarge = "too_large"
    /// The host gave the request up.
    case cancelled

    init(_ native: StableVPSNative.FailureKind) {
      switch native {
      case .dns: self = .dns
      case .connect: self = .connect
      case .tls: self = .tls
      case .proxy: self = .proxy
      case .timeout: self = .timeout
      case .io: self = .io
      case .tooLarge: self = .tooLarge
      case .cancelled: self = .cancelled
      }
    }

    var native: StableVPSNative.FailureKind {
      switch self {
      case .dns: .dns
      case .connect: .connect
      case .tls: .tls
      case .proxy: .proxy
      case .timeout: .timeout
      case .io: .io
      case .tooLarge: .tooLarge
      case .cancelled: .cancelled
      }
    }
  }
}

extension TransportFailure {
  /// Whether a failed request may have taken effect.
  public enum Delivery: String, Sendable, Hashable, Codable, CaseIterable {
    /// Certain: not one byte of the request reached the server.
    case notSent = "not_sent"
    /// Anything else: the request may have taken effect.
    case unknown

    init(_ native: StableVPSNative.Delivery) {
      switch native {
      case .notSent: self = .notSent
      case .unknown: self = .unknown
      }
    }

    var native: StableVPSNative.Delivery {
      switch self {
      case .notSent: .notSent
      case .unknown: .unknown
      }
    }
  }
}

extension StableVPSError {
  /// Whose fault an error is.
  public enum Fault: String, Sendable, Hashable, Codable, CaseIterable {
    /// The caller's: other arguments, another key or more money would help.
    case caller
    /// The service's, or its provider's.
    case server
    /// The network's, or a proxy's.
    case network

    init(_ native: StableVPSNative.Fault) {
      switch native {
      case .caller: self = .caller
      case .server: self = .server
      case .network: self = .network
      }
    }
  }
}

extension StableVPSError {
  /// What to do after an error.
  public enum Next: String, Sendable, Hashable, Codable, CaseIterable {
    /// Make the same call again: that is safe, and may succeed.
    case retry
    /// Resume the purchase from the error's token: it is bought, or may be. The same call would buy again.
    case resume
    /// Change the call, the key or the wallet first. Nothing was done.
    case fix
    /// Let a person look at the account: it can't be told from here what is right.
    case ask

    init(_ native: StableVPSNative.Next) {
      switch native {
      case .retry: self = .retry
      case .resume: self = .resume
      case .fix: self = .fix
      case .ask: self = .ask
      }
    }
  }
}

extension StableVPS.Configuration {
  /// How a request carries its key.
  public enum Authentication: String, Sendable, Hashable, Codable, CaseIterable {
    /// `Authorization: Bearer <key>`.
    case bearer
    /// `X-API-Key: <key>`.
    case apiKeyHeader = "x-api-key"

    var native: StableVPSNative.Auth {
      switch self {
      case .bearer: .bearer
      case .apiKeyHeader: .apiKeyHeader
      }
    }
  }
}

extension StableVPS.WaitOptions {
  /// When a VPS counts as usable.
  public enum Level: String, Sendable, Hashable, Codable, CaseIterable {
    /// Active, with address, user and password.
    case ready
    /// Active, whatever else is there.
    case active
    /// Ready, and it accepts a TCP connection on port 3389, which is RDP's.
    case reachable

    var native: StableVPSNative.WaitLevel {
      switch self {
      case .ready: .ready
      case .active: .active
      case .reachable: .reachable
      }
    }
  }
}

extension StableVPS {
  /// What to do about a purchase that goes on elsewhere.
  public enum WhenHeld: String, Sendable, Hashable, Codable, CaseIterable {
    /// End with `PurchaseInProgress`.
    case refuse
    /// Wait for its end, as long as the time allowed.
    case wait

    init(_ native: StableVPSNative.WhenHeld) {
      switch native {
      case .refuse: self = .refuse
      case .wait: self = .wait
      }
    }
  }
}

extension StableVPS {
  /// Which VPS a watch reboots.
  public enum RebootPolicy: String, Sendable, Hashable, Codable, CaseIterable {
    /// None.
    case never
    /// Those that are paid and active and do not answer, while others do.
    case whenSilent = "when_silent"

    var native: StableVPSNative.RebootPolicy {
      switch self {
      case .never: .never
      case .whenSilent: .whenSilent
      }
    }
  }
}

extension StableVPS {
  /// How a probe went.
  public enum ProbeOutcome: String, Sendable, Hashable, Codable, CaseIterable {
    /// The connection was accepted.
    case answered
    /// It was refused, was not possible, or took too long.
    case silent
    /// The host could not try: it has no network, no free socket, or was ended. It says nothing about the VPS.
    case notTried = "not_tried"

    var native: StableVPSNative.ProbeOutcome {
      switch self {
      case .answered: .answered
      case .silent: .silent
      case .notTried: .notTried
      }
    }
  }
}

extension StableVPS {
  /// The account's profile with its balance and VPS counts (`GET /account`).
  public struct Account: Sendable, Hashable, Identifiable, Codable {
    /// The account's id.
    public let id: String
    /// The holder's first name.
    public let firstName: String?
    /// The holder's last name.
    public let lastName: String?
    /// The e-mail address the account signs in with.
    public let email: String
    /// What the account may do.
    public let role: Role
    /// What the wallet holds, rounded half-even to the cent.
    public let balance: Decimal
    /// The currency of the balance, `EUR`.
    public let currency: String
    /// The code that others sign up with.
    public let referralCode: String?
    /// What the referral code earned.
    public let affiliateStats: AffiliateStats?
    /// How many VPS are active now.
    public let activeVpsCount: Int
    /// How many VPS there are in any state.
    public let totalVpsCount: Int
    /// When the account was made.
    public let createdAt: Date?

    init(_ native: StableVPSNative.Account) {
      id = native.id
      firstName = native.firstName
      lastName = native.lastName
      email = native.email
      role = Role(rawValue: native.role)
      balance = Decimal(money: native.balance)
      currency = native.currency
      referralCode = native.referralCode
      affiliateStats = native.affiliateStats.map { AffiliateStats($0) }
      activeVpsCount = Int(native.activeVpsCount)
      totalVpsCount = Int(native.totalVpsCount)
      createdAt = native.createdAt.map { Date(epochMilliseconds: $0) }
    }

    package init(
      id: String,
      firstName: String?,
      lastName: String?,
      email: String,
      role: Role,
      balance: Decimal,
      currency: String,
      referralCode: String?,
      affiliateStats: AffiliateStats?,
      activeVpsCount: Int,
      totalVpsCount: Int,
      createdAt: Date?
    ) {
      self.id = id
      self.firstName = firstName
      self.lastName = lastName
      self.email = email
      self.role = role
      self.balance = balance
      self.currency = currency
      self.referralCode = referralCode
      self.affiliateStats = affiliateStats
      self.activeVpsCount = activeVpsCount
      self.totalVpsCount = totalVpsCount
      self.createdAt = createdAt
    }
  }
}

extension StableVPS {
  /// What an account's referral code earned.
  public struct AffiliateStats: Sendable, Hashable, Codable {
    /// Everyone who signed up with the code.
    public let totalReferrals: Int
    /// Those of them who bought.
    public let successfulReferrals: Int
    /// What that earned, in the account's currency.
    public let totalEarnings: Decimal

    init(_ native: StableVPSNative.AffiliateStats) {
      totalReferrals = Int(native.totalReferrals)
      successfulReferrals = Int(native.successfulReferrals)
      totalEarnings = Decimal(money: native.totalEarnings)
    }

    package init(
      totalReferrals: Int,
      successfulReferrals: Int,
      totalEarnings: Decimal
    ) {
      self.totalReferrals = totalReferrals
      self.successfulReferrals = successfulReferrals
      self.totalEarnings = totalEarnings
    }
  }
}

extension StableVPS {
  /// The service's receipt for a power action (`POST /vps/:id/actions`).
  public struct ActionReceipt: Sendable, Hashable, Codable {
    /// What was asked for.
    public let action: PowerAction
    /// The provider's own id. No call takes it.
    public let serverID: ServerID?
    /// The service's own words.
    public let message: String?

    init(_ native: StableVPSNative.ActionReceipt) {
      action = PowerAction(rawValue: native.action)
      serverID = native.serverId.map { ServerID($0) }
      message = native.message
    }

    package init(
      action: PowerAction,
      serverID: ServerID?,
      message: String?
    ) {
      self.action = action
      self.serverID = serverID
      self.message = message
    }
  }
}

extension StableVPS {
  /// What is known of an API key (`GET /auth`); never the key itself.
  public struct APIKeyInfo: Sendable, Hashable, Identifiable, Codable {
    /// The key's id: what revoking it takes.
    public let id: String
    /// The label given to the key.
    public let name: String
    /// The key's first characters.
    public let keyPrefix: String
    /// What the key may do.
    public let scope: Scope
    /// When the key was last used; none means never.
    public let lastUsedAt: Date?
    /// When the key stops working; none means never.
    public let expiresAt: Date?
    /// When the key was made.
    public let createdAt: Date?

    init(_ native: StableVPSNative.ApiKeyInfo) {
      id = native.id
      name = native.name
      keyPrefix = native.keyPrefix
      scope = Scope(rawValue: native.scope)
      lastUsedAt = native.lastUsedAt.map { Date(epochMilliseconds: $0) }
      expiresAt = native.expiresAt.map { Date(epochMilliseconds: $0) }
      createdAt = native.createdAt.map { Date(epochMilliseconds: $0) }
    }

    package init(
      id: String,
      name: String,
      keyPrefix: String,
      scope: Scope,
      lastUsedAt: Date?,
      expiresAt: Date?,
      createdAt: Date?
    ) {
      self.id = id
      self.name = name
      self.keyPrefix = keyPrefix
      self.scope = scope
      self.lastUsedAt = lastUsedAt
      self.expiresAt = expiresAt
      self.createdAt = createdAt
    }
  }
}

extension StableVPS {
  /// A new API key (`POST /auth`). The key itself is in this reply and nowhere else, ever.
  public struct CreatedKey: Sendable, Hashable {
    /// The key, shown this one time.
    public let apiKey: Secret
    /// The key's first characters, by which listings name it.
    public let keyPrefix: String
    /// The label given to the key.
    public let name: String
    /// What the key may do.
    public let scope: Scope
    /// When the key stops working; none means never.
    public let expiresAt: Date?
    /// The service's own words.
    public let message: String?

    init(_ native: StableVPSNative.CreatedKey) {
      apiKey = Secret(native.apiKey)
      keyPrefix = native.keyPrefix
      name = native.name
      scope = Scope(rawValue: native.scope)
      expiresAt = native.expiresAt.map { Date(epochMilliseconds: $0) }
      message = native.message
    }

    package init(
      apiKey: Secret,
      keyPrefix: String,
      name: String,
      scope: Scope,
      expiresAt: Date?,
      message: String?
    ) {
      self.apiKey = apiKey
      self.keyPrefix = keyPrefix
      self.name = name
      self.scope = scope
      self.expiresAt = expiresAt
      self.message = message
    }
  }
}

extension StableVPS {
  /// The end of a VPS (`DELETE /vps/:id`).
  public struct DeletedVPS: Sendable, Hashable, Identifiable, Codable {
    /// The id of what was deleted.
    public let id: String
    /// Whether the provider confirmed; not known where the reply was lost.
    public let providerDeleted: Bool?
    /// The service's own words.
    public let message: String?
    /// True when the service answered "not found" to a repeated request whose first reply was lost.
    public let alreadyGone: Bool

    init(_ native: StableVPSNative.DeletedVps) {
      id = native.id
      providerDeleted = native.providerDeleted
      message = native.message
      alreadyGone = native.alreadyGone
    }

    package init(
      id: String,
      providerDeleted: Bool?,
      message: String?,
      alreadyGone: Bool
    ) {
      self.id = id
      self.providerDeleted = providerDeleted
      self.message = message
      self.alreadyGone = alreadyGone
    }
  }
}

extension StableVPS {
  /// The service's receipt for an order (`POST /vps`).
  public struct Order: Sendable, Hashable, Identifiable, Codable {
    /// The new VPS's id: what every later call takes.
    public let id: String
    /// The provider's own id. No call takes it.
    public let serverID: ServerID?
    /// The size.
    public let planID: PlanID
    /// How often it is paid for.
    public let billingCycle: BillingCycle
    /// Where it stands.
    public let location: Location
    /// How the machine stands: as a rule, `provisioning`.
    public let vpsStatus: VPSStatus
    /// The user to sign in as over RDP.
    public let rdpUsername: String?
    /// What the wallet was charged.
    public let cost: Decimal
    /// What the wallet holds after it.
    public let newBalance: Decimal
    /// The currency of both, `EUR`.
    public let currency: String
    /// Until when it is paid for.
    public let currentPeriodEnd: Date?
    /// The service's own words.
    public let message: String?

    init(_ native: StableVPSNative.Order) {
      id = native.id
      serverID = native.serverId.map { ServerID($0) }
      planID = PlanID(rawValue: native.planId)
      billingCycle = BillingCycle(rawValue: native.billingCycle)
      location = Location(rawValue: native.location)
      vpsStatus = VPSStatus(rawValue: native.vpsStatus)
      rdpUsername = native.rdpUsername
      cost = Decimal(money: native.cost)
      newBalance = Decimal(money: native.newBalance)
      currency = native.currency
      currentPeriodEnd = native.currentPeriodEnd.map { Date(epochMilliseconds: $0) }
      message = native.message
    }

    package init(
      id: String,
      serverID: ServerID?,
      planID: PlanID,
      billingCycle: BillingCycle,
      location: Location,
      vpsStatus: VPSStatus,
      rdpUsername: String?,
      cost: Decimal,
      newBalance: Decimal,
      currency: String,
      currentPeriodEnd: Date?,
      message: String?
    ) {
      self.id = id
      self.serverID = serverID
      self.planID = planID
      self.billingCycle = billingCycle
      self.location = location
      self.vpsStatus = vpsStatus
      self.rdpUsername = rdpUsername
      self.cost = cost
      self.newBalance = newBalance
      self.currency = currency
      self.currentPeriodEnd = currentPeriodEnd
      self.message = message
    }
  }
}

extension StableVPS {
  /// The end of a key (`DELETE /auth`).
  public struct RevokedKey: Sendable, Hashable, Codable {
    /// The service's own words.
    public let message: String?
    /// True when the service answered "not found" to a repeated request whose first reply was lost.
    public let alreadyGone: Bool

    init(_ native: StableVPSNative.RevokedKey) {
      message = native.message
      alreadyGone = native.alreadyGone
    }

    package init(
      message: String?,
      alreadyGone: Bool
    ) {
      self.message = message
      self.alreadyGone = alreadyGone
    }
  }
}

extension StableVPS {
  /// One VPS with all there is to know (`GET /vps/:id`).
  public struct VPSDetails: Sendable, Hashable, Identifiable {
    /// The service's id: what every call takes.
    public let id: String
    /// The size.
    public let planID: PlanID
    /// How often it is paid for.
    public let billingCycle: BillingCycle
    /// How the payment stands.
    public let status: BillingStatus
    /// How the machine stands.
    public let vpsStatus: VPSStatus
    /// The public address, once there is one.
    public let ipAddress: String?
    /// The host name, once there is one.
    public let hostname: String?
    /// The user to sign in as over RDP.
    public let rdpUsername: String?
    /// The password to sign in with over RDP.
    public let rdpPassword: Secret?
    /// Where it stands.
    public let location: Location
    /// The provider's own id. No call takes it.
    public let serverID: ServerID?
    /// Since when the current period is paid for.
    public let currentPeriodStart: Date?
    /// Until when it is paid for.
    public let currentPeriodEnd: Date?
    /// When it was ordered.
    public let createdAt: Date?

    init(_ native: StableVPSNative.VpsDetails) {
      id = native.id
      planID = PlanID(rawValue: native.planId)
      billingCycle = BillingCycle(rawValue: native.billingCycle)
      status = BillingStatus(rawValue: native.status)
      vpsStatus = VPSStatus(rawValue: native.vpsStatus)
      ipAddress = native.ipAddress
      hostname = native.hostname
      rdpUsername = native.rdpUsername
      rdpPassword = native.rdpPassword.map { Secret($0) }
      location = Location(rawValue: native.location)
      serverID = native.serverId.map { ServerID($0) }
      currentPeriodStart = native.currentPeriodStart.map { Date(epochMilliseconds: $0) }
      currentPeriodEnd = native.currentPeriodEnd.map { Date(epochMilliseconds: $0) }
      createdAt = native.createdAt.map { Date(epochMilliseconds: $0) }
    }

    package init(
      id: String,
      planID: PlanID,
      billingCycle: BillingCycle,
      status: BillingStatus,
      vpsStatus: VPSStatus,
      ipAddress: String?,
      hostname: String?,
      rdpUsername: String?,
      rdpPassword: Secret?,
      location: Location,
      serverID: ServerID?,
      currentPeriodStart: Date?,
      currentPeriodEnd: Date?,
      createdAt: Date?
    ) {
      self.id = id
      self.planID = planID
      self.billingCycle = billingCycle
      self.status = status
      self.vpsStatus = vpsStatus
      self.ipAddress = ipAddress
      self.hostname = hostname
      self.rdpUsername = rdpUsername
      self.rdpPassword = rdpPassword
      self.location = location
      self.serverID = serverID
      self.currentPeriodStart = currentPeriodStart
      self.currentPeriodEnd = currentPeriodEnd
      self.createdAt = createdAt
    }
  }
}

extension StableVPS {
  /// A VPS as listings show it (`GET /vps`): no password and no host name.
  public struct VPS: Sendable, Hashable, Identifiable, Codable {
    /// The service's id: what every call takes.
    public let id: String
    /// The size.
    public let planID: PlanID
    /// How often it is paid for.
    public let billingCycle: BillingCycle
    /// How the payment stands.
    public let status: BillingStatus
    /// How the machine stands.
    public let vpsStatus: VPSStatus
    /// The public address, once there is one.
    public let ipAddress: String?
    /// Where it stands.
    public let location: Location
    /// The user to sign in as over RDP.
    public let rdpUsername: String?
    /// The provider's own id. No call takes it.
    public let serverID: ServerID?
    /// Until when it is paid for.
    public let currentPeriodEnd: Date?
    /// When it was ordered.
    public let createdAt: Date?

    init(_ native: StableVPSNative.Vps) {
      id = native.id
      planID = PlanID(rawValue: native.planId)
      billingCycle = BillingCycle(rawValue: native.billingCycle)
      status = BillingStatus(rawValue: native.status)
      vpsStatus = VPSStatus(rawValue: native.vpsStatus)
      ipAddress = native.ipAddress
      location = Location(rawValue: native.location)
      rdpUsername = native.rdpUsername
      serverID = native.serverId.map { ServerID($0) }
      currentPeriodEnd = native.currentPeriodEnd.map { Date(epochMilliseconds: $0) }
      createdAt = native.createdAt.map { Date(epochMilliseconds: $0) }
    }

    package init(
      id: String,
      planID: PlanID,
      billingCycle: BillingCycle,
      status: BillingStatus,
      vpsStatus: VPSStatus,
      ipAddress: String?,
      location: Location,
      rdpUsername: String?,
      serverID: ServerID?,
      currentPeriodEnd: Date?,
      createdAt: Date?
    ) {
      self.id = id
      self.planID = planID
      self.billingCycle = billingCycle
      self.status = status
      self.vpsStatus = vpsStatus
      self.ipAddress = ipAddress
      self.location = location
      self.rdpUsername = rdpUsername
      self.serverID = serverID
      self.currentPeriodEnd = currentPeriodEnd
      self.createdAt = createdAt
    }
  }
}

extension StableVPS {
  /// The wallet, the only means of payment of the API (`GET /wallet`).
  public struct Wallet: Sendable, Hashable, Codable {
    /// What the wallet holds, rounded half-even to the cent.
    public let balance: Decimal
    /// The currency of the balance, `EUR`.
    public let currency: String

    init(_ native: StableVPSNative.Wallet) {
      balance = Decimal(money: native.balance)
      currency = native.currency
    }

    package init(
      balance: Decimal,
      currency: String
    ) {
      self.balance = balance
      self.currency = currency
    }
  }
}

extension StableVPS {
  /// A purchase that ended well.
  public struct Provisioned: Sendable, Hashable {
    /// The VPS, usable.
    public let vps: VPSDetails
    /// Whether the order's reply was lost and the VPS found by looking.
    public let recovered: Bool
    /// How often the order was handed over in a way that the service may have received it.
    public let ordersSent: Int
    /// What the order cost: from its receipt, or after a lost receipt from the wallet's change.
    public let charged: Decimal?
    /// What the wallet held before the order.
    public let balanceBefore: Decimal?
    /// What the wallet held after the order.
    public let balanceAfter: Decimal?
    /// The currency of all three.
    public let currency: String?
    /// What else was charged while the order was placed: look at the account.
    public let unexplained: UnexplainedCharge?
    /// Other VPS that were bought for this purchase, as its store knows: its order was carried out more than once. Look
    /// at the account. Empty without a store.
    public let otherVpsIDs: [String]
    /// The time since the purchase began, in whatever process.
    public let elapsed: Duration
    /// How many requests were made since this process began with it.
    public let requests: Int

    init(_ native: StableVPSNative.Provisioned) {
      vps = VPSDetails(native.vps)
      recovered = native.recovered
      ordersSent = Int(native.ordersSent)
      charged = native.charged.map { Decimal(money: $0) }
      balanceBefore = native.balanceBefore.map { Decimal(money: $0) }
      balanceAfter = native.balanceAfter.map { Decimal(money: $0) }
      currency = native.currency
      unexplained = native.unexplained.map { UnexplainedCharge($0) }
      otherVpsIDs = native.otherVpsIds
      elapsed = Duration(milliseconds: native.elapsedMs)
      requests = Int(native.requests)
    }

    package init(
      vps: VPSDetails,
      recovered: Bool,
      ordersSent: Int,
      charged: Decimal?,
      balanceBefore: Decimal?,
      balanceAfter: Decimal?,
      currency: String?,
      unexplained: UnexplainedCharge?,
      otherVpsIDs: [String],
      elapsed: Duration,
      requests: Int
    ) {
      self.vps = vps
      self.recovered = recovered
      self.ordersSent = ordersSent
      self.charged = charged
      self.balanceBefore = balanceBefore
      self.balanceAfter = balanceAfter
      self.currency = currency
      self.unexplained = unexplained
      self.otherVpsIDs = otherVpsIDs
      self.elapsed = elapsed
      self.requests = requests
    }
  }
}

extension StableVPS {
  /// Money that left the wallet while an order was placed, beyond the order's receipt. Something in between sent the
  /// order again, somebody else bought, or a renewal fell due.
  public struct UnexplainedCharge: Sendable, Hashable, Codable {
    /// How much.
    public let amount: Decimal
    /// VPS that were not there before the order and that no purchase of this process got, as far as they could be
    /// listed.
    public let vpsIDs: [String]

    init(_ native: StableVPSNative.UnexplainedCharge) {
      amount = Decimal(money: native.amount)
      vpsIDs = native.vpsIds
    }

    package init(
      amount: Decimal,
      vpsIDs: [String]
    ) {
      self.amount = amount
      self.vpsIDs = vpsIDs
    }
  }
}

extension StableVPS {
  /// A purchase, as a store has recorded it.
  public struct PurchaseRecord: Sendable, Hashable, Identifiable, Codable {
    /// Its id in the store.
    public let id: String
    /// The caller's idempotency key; none of a purchase that was made without one.
    public let idempotencyKey: String?
    /// The size.
    public let planID: PlanID
    /// How often to pay.
    public let billingCycle: BillingCycle
    /// Where.
    public let location: Location
    /// How far it has come.
    public let state: PurchaseState
    /// How often an order was begun for it.
    public let attempt: Int
    /// Its VPS, once that is known.
    public let vpsID: String?
    /// Other VPS that were bought for it: its order was carried out more than once. Look at the account.
    public let otherVpsIDs: [String]
    /// From where it can be taken up without the store; none once it is forgotten.
    public let token: String?

    init(_ native: StableVPSNative.PurchaseRecord) {
      id = native.id
      idempotencyKey = native.idempotencyKey
      planID = PlanID(rawValue: native.planId)
      billingCycle = BillingCycle(rawValue: native.billingCycle)
      location = Location(rawValue: native.location)
      state = PurchaseState(native.state)
      attempt = Int(native.attempt)
      vpsID = native.vpsId
      otherVpsIDs = native.otherVpsIds
      token = native.token
    }

    package init(
      id: String,
      idempotencyKey: String?,
      planID: PlanID,
      billingCycle: BillingCycle,
      location: Location,
      state: PurchaseState,
      attempt: Int,
      vpsID: String?,
      otherVpsIDs: [String],
      token: String?
    ) {
      self.id = id
      self.idempotencyKey = idempotencyKey
      self.planID = planID
      self.billingCycle = billingCycle
      self.location = location
      self.state = state
      self.attempt = attempt
      self.vpsID = vpsID
      self.otherVpsIDs = otherVpsIDs
      self.token = token
    }
  }
}

extension StableVPS {
  /// How far a purchase is.
  public struct Progress: Sendable, Hashable, Codable {
    /// Where it is.
    public let phase: Phase
    /// Whether no other purchase of this account may be before its polling at the same time.
    public let exclusive: Bool
    /// How many requests were made since this process began with it.
    public let requests: Int
    /// How often the order was handed over in a way that the service may have received it.
    public let ordersSent: Int
    /// The time since the purchase began, in whatever process.
    public let elapsed: Duration
    /// The time until the next request.
    public let nextLook: Duration
    /// The VPS, once it is known.
    public let vpsID: String?
    /// Its status when it was last seen.
    public let lastStatus: VPSStatus?
    /// Whether the order's reply was lost and the VPS found by looking.
    public let recovered: Bool
    /// The code of the last failure that was got over.
    public let lastError: String?
    /// What the wallet held before the order.
    public let balanceBefore: Decimal?
    /// What the order cost: from its receipt, or after a lost receipt from the wallet's change.
    public let charged: Decimal?
    /// The currency of both.
    public let currency: String?
    /// What else was charged meanwhile.
    public let unexplained: UnexplainedCharge?
    /// From where the purchase can be taken up again. Keep it before going on.
    public let token: String?

    init(_ native: StableVPSNative.Progress) {
      phase = Phase(native.phase)
      exclusive = native.exclusive
      requests = Int(native.requests)
      ordersSent = Int(native.ordersSent)
      elapsed = Duration(milliseconds: native.elapsedMs)
      nextLook = Duration(milliseconds: native.nextLookMs)
      vpsID = native.vpsId
      lastStatus = native.lastStatus.map { VPSStatus(rawValue: $0) }
      recovered = native.recovered
      lastError = native.lastError
      balanceBefore = native.balanceBefore.map { Decimal(money: $0) }
      charged = native.charged.map { Decimal(money: $0) }
      currency = native.currency
      unexplained = native.unexplained.map { UnexplainedCharge($0) }
      token = native.token
    }

    package init(
      phase: Phase,
      exclusive: Bool,
      requests: Int,
      ordersSent: Int,
      elapsed: Duration,
      nextLook: Duration,
      vpsID: String?,
      lastStatus: VPSStatus?,
      recovered: Bool,
      lastError: String?,
      balanceBefore: Decimal?,
      charged: Decimal?,
      currency: String?,
      unexplained: UnexplainedCharge?,
      token: String?
    ) {
      self.phase = phase
      self.exclusive = exclusive
      self.requests = requests
      self.ordersSent = ordersSent
      self.elapsed = elapsed
      self.nextLook = nextLook
      self.vpsID = vpsID
      self.lastStatus = lastStatus
      self.recovered = recovered
      self.lastError = lastError
      self.balanceBefore = balanceBefore
      self.charged = charged
      self.currency = currency
      self.unexplained = unexplained
      self.token = token
    }
  }
}

extension StableVPS {
  /// How far orders are that are bought together.
  public struct BatchProgress: Sendable, Hashable, Codable {
    /// How many were begun.
    public let begun: Int
    /// How many are looking at the wallet, or wait for their turn to.
    public let preflight: Int
    /// How many are remembering the VPS there are.
    public let baseline: Int
    /// How many are placing their order.
    public let ordering: Int
    /// How many look for an order whose reply was lost.
    public let reconciling: Int
    /// How many wait for their VPS.
    public let polling: Int
    /// How many ended with a VPS.
    public let ready: Int
    /// How many ended with an error.
    public let failed: Int
    /// What was spent; with the price that this version knows, where the charge is not known.
    public let spent: Decimal
    /// The currency of that, once it is known.
    public let currency: String?
    /// The time since the oldest purchase that is under way began.
    public let longest: Duration

    init(_ native: StableVPSNative.BatchProgress) {
      begun = Int(native.begun)
      preflight = Int(native.preflight)
      baseline = Int(native.baseline)
      ordering = Int(native.ordering)
      reconciling = Int(native.reconciling)
      polling = Int(native.polling)
      ready = Int(native.ready)
      failed = Int(native.failed)
      spent = Decimal(money: native.spent)
      currency = native.currency
      longest = Duration(milliseconds: native.longestMs)
    }

    package init(
      begun: Int,
      preflight: Int,
      baseline: Int,
      ordering: Int,
      reconciling: Int,
      polling: Int,
      ready: Int,
      failed: Int,
      spent: Decimal,
      currency: String?,
      longest: Duration
    ) {
      self.begun = begun
      self.preflight = preflight
      self.baseline = baseline
      self.ordering = ordering
      self.reconciling = reconciling
      self.polling = polling
      self.ready = ready
      self.failed = failed
      self.spent = spent
      self.currency = currency
      self.longest = longest
    }
  }
}

extension StableVPS {
  /// One plan. Every VPS runs Windows Server 2022 with MT5 installed.
  public struct Plan: Sendable, Hashable, Identifiable, Codable {
    /// The plan's id: what an order takes.
    public let id: PlanID
    /// The plan's name.
    public let name: String
    /// Virtual processors.
    public let vcpus: Int
    /// Memory in megabytes of 1,000,000 bytes.
    public let memoryMB: Int
    /// NVMe storage in gigabytes.
    public let storageGB: Int
    /// The price of a month, in EUR.
    public let monthly: Decimal
    /// The price of a year, in EUR.
    public let yearly: Decimal

    init(_ native: StableVPSNative.Plan) {
      id = PlanID(rawValue: native.id)
      name = native.name
      vcpus = Int(native.vcpus)
      memoryMB = Int(native.memoryMb)
      storageGB = Int(native.storageGb)
      monthly = Decimal(money: native.monthly)
      yearly = Decimal(money: native.yearly)
    }

    package init(
      id: PlanID,
      name: String,
      vcpus: Int,
      memoryMB: Int,
      storageGB: Int,
      monthly: Decimal,
      yearly: Decimal
    ) {
      self.id = id
      self.name = name
      self.vcpus = vcpus
      self.memoryMB = memoryMB
      self.storageGB = storageGB
      self.monthly = monthly
      self.yearly = yearly
    }
  }
}
