// The core's types as this package shows them. Written by `cargo xtask generate` from the core's schema.
//
// The constructors of the data classes, and with them their copies, are the package's own: a field that is
// added at their end breaks nobody.

package com.stablevps

import java.math.BigDecimal
import java.time.Instant
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds
import com.stablevps.internal.ffi.Account as CoreAccount
import com.stablevps.internal.ffi.ActionReceipt as CoreActionReceipt
import com.stablevps.internal.ffi.AffiliateStats as CoreAffiliateStats
import com.stablevps.internal.ffi.ApiKeyInfo as CoreApiKeyInfo
import com.stablevps.internal.ffi.BatchProgress as CoreBatchProgress
import com.stablevps.internal.ffi.CreatedKey as CoreCreatedKey
import com.stablevps.internal.ffi.DeletedVps as CoreDeletedVps
import com.stablevps.internal.ffi.Order as CoreOrder
import com.stablevps.internal.ffi.Plan as CorePlan
import com.stablevps.internal.ffi.Progress as CoreProgress
import com.stablevps.internal.ffi.Provisioned as CoreProvisioned
import com.stablevps.internal.ffi.PurchaseRecord as CorePurchaseRecord
import com.stablevps.internal.ffi.RevokedKey as CoreRevokedKey
import com.stablevps.internal.ffi.UnexplainedCharge as CoreUnexplainedCharge
import com.stablevps.internal.ffi.Vps as CoreVps
import com.stablevps.internal.ffi.VpsDetails as CoreVpsDetails
import com.stablevps.internal.ffi.Wallet as CoreWallet

/** What an account may do on the service's own site. */
public class Role private constructor(
    value: String,
) : OpenEnum(value) {
    public companion object {
        /** An ordinary customer. */
        @JvmField
        public val USER: Role = Role("user")

        /** Staff of the service. */
        @JvmField
        public val ADMIN: Role = Role("admin")

        /** The value of that text, which may be one that this version does not know. */
        @JvmStatic
        public fun of(value: String): Role =
            when (value) {
                "user" -> USER
                "admin" -> ADMIN
                else -> Role(value)
            }
    }
}

/** What can be done to a running VPS. */
public class PowerAction private constructor(
    value: String,
) : OpenEnum(value) {
    public companion object {
        /** Switch it on. */
        @JvmField
        public val START: PowerAction = PowerAction("start")

        /** Switch it off. */
        @JvmField
        public val STOP: PowerAction = PowerAction("stop")

        /** Restart it. */
        @JvmField
        public val REBOOT: PowerAction = PowerAction("reboot")

        /** The value of that text, which may be one that this version does not know. */
        @JvmStatic
        public fun of(value: String): PowerAction =
            when (value) {
                "start" -> START
                "stop" -> STOP
                "reboot" -> REBOOT
                else -> PowerAction(value)
            }
    }
}

/** What a key may do. */
public class Scope private constructor(
    value: String,
) : OpenEnum(value) {
    public companion object {
        /** Read and write: buy, delete and control VPS. */
        @JvmField
        public val FULL: Scope = Scope("full")

        /** Read only. */
        @JvmField
        public val READ: Scope = Scope("read")

        /** The value of that text, which may be one that this version does not know. */
        @JvmStatic
        public fun of(value: String): Scope =
            when (value) {
                "full" -> FULL
                "read" -> READ
                else -> Scope(value)
            }
    }
}

/** The size of a VPS. */
public class PlanId private constructor(
    value: String,
) : OpenEnum(value) {
    public companion object {
        /** Starter: 1 vCPU, 2.5 GB of memory, 17 GB NVMe. */
        @JvmField
        public val BASIC: PlanId = PlanId("basic")

        /** Professional: 2 vCPU, 4 GB of memory, 35 GB NVMe. */
        @JvmField
        public val PRIME: PlanId = PlanId("prime")

        /** Enterprise: 4 vCPU, 8 GB of memory, 65 GB NVMe. */
        @JvmField
        public val PRO: PlanId = PlanId("pro")

        /** The value of that text, which may be one that this version does not know. */
        @JvmStatic
        public fun of(value: String): PlanId =
            when (value) {
                "basic" -> BASIC
                "prime" -> PRIME
                "pro" -> PRO
                else -> PlanId(value)
            }
    }
}

/** How often a VPS is paid for. */
public class BillingCycle private constructor(
    value: String,
) : OpenEnum(value) {
    public companion object {
        /** Every month. */
        @JvmField
        public val MONTHLY: BillingCycle = BillingCycle("monthly")

        /** Every year. */
        @JvmField
        public val YEARLY: BillingCycle = BillingCycle("yearly")

        /** The value of that text, which may be one that this version does not know. */
        @JvmStatic
        public fun of(value: String): BillingCycle =
            when (value) {
                "monthly" -> MONTHLY
                "yearly" -> YEARLY
                else -> BillingCycle(value)
            }
    }
}

/** Where a VPS stands. */
public class Location private constructor(
    value: String,
) : OpenEnum(value) {
    public companion object {
        /** Amsterdam. */
        @JvmField
        public val AMSTERDAM: Location = Location("amsterdam")

        /** London. */
        @JvmField
        public val LONDON: Location = Location("london")

        /** Frankfurt. */
        @JvmField
        public val FRANKFURT: Location = Location("frankfurt")

        /** New York. */
        @JvmField
        public val NEW_YORK: Location = Location("newYork")

        /** Singapore. */
        @JvmField
        public val SINGAPORE: Location = Location("singapore")

        /** Tokyo. */
        @JvmField
        public val TOKYO: Location = Location("tokyo")

        /** The value of that text, which may be one that this version does not know. */
        @JvmStatic
        public fun of(value: String): Location =
            when (value) {
                "amsterdam" -> AMSTERDAM
                "london" -> LONDON
                "frankfurt" -> FRANKFURT
                "newYork" -> NEW_YORK
                "singapore" -> SINGAPORE
                "tokyo" -> TOKYO
                else -> Location(value)
            }
    }
}

/** How the machine itself stands. */
public class VpsStatus private constructor(
    value: String,
) : OpenEnum(value) {
    public companion object {
        /** Being set up. */
        @JvmField
        public val PROVISIONING: VpsStatus = VpsStatus("provisioning")

        /** Running. */
        @JvmField
        public val ACTIVE: VpsStatus = VpsStatus("active")

        /** Halted by the service. */
        @JvmField
        public val SUSPENDED: VpsStatus = VpsStatus("suspended")

        /** Gone for good. */
        @JvmField
        public val TERMINATED: VpsStatus = VpsStatus("terminated")

        /** The value of that text, which may be one that this version does not know. */
        @JvmStatic
        public fun of(value: String): VpsStatus =
            when (value) {
                "provisioning" -> PROVISIONING
                "active" -> ACTIVE
                "suspended" -> SUSPENDED
                "terminated" -> TERMINATED
                else -> VpsStatus(value)
            }
    }
}

/** How the payment for a VPS stands. */
public class BillingStatus private constructor(
    value: String,
) : OpenEnum(value) {
    public companion object {
        /** Paid for. */
        @JvmField
        public val ACTIVE: BillingStatus = BillingStatus("active")

        /** Ends with the period. */
        @JvmField
        public val CANCELED: BillingStatus = BillingStatus("canceled")

        /** A payment is overdue. */
        @JvmField
        public val PAST_DUE: BillingStatus = BillingStatus("past_due")

        /** In a trial period. */
        @JvmField
        public val TRIALING: BillingStatus = BillingStatus("trialing")

        /** Not paid yet. */
        @JvmField
        public val PENDING: BillingStatus = BillingStatus("pending")

        /** The value of that text, which may be one that this version does not know. */
        @JvmStatic
        public fun of(value: String): BillingStatus =
            when (value) {
                "active" -> ACTIVE
                "canceled" -> CANCELED
                "past_due" -> PAST_DUE
                "trialing" -> TRIALING
                "pending" -> PENDING
                else -> BillingStatus(value)
            }
    }
}

/** How far a purchase has come. */
public enum class PurchaseState {
    /** Nothing was ordered yet. */
    OPEN,

    /** The order may have been sent. */
    ORDERED,

    /** Bought, and not yet usable. */
    BOUGHT,

    /** Bought, and seen usable. */
    READY,

    /** Bought, and can't become usable. */
    FAILED,

    /** Perhaps bought: a person must look. */
    UNRESOLVED,

    /** Nothing was bought: refused, given up before, or seen not to have been placed. */
    NOT_ORDERED,

    /** Its end was deleted; the key stays used. */
    FORGOTTEN,
}

/** Where a purchase is. */
public enum class Phase {
    /** Looking at the wallet. Nothing is ordered. */
    PREFLIGHT,

    /** Remembering the VPS there are. Nothing is ordered. */
    BASELINE,

    /** Placing the one order. */
    ORDERING,

    /** The order's reply was lost: looking for what became of it. */
    RECONCILING,

    /** Bought: waiting until it can be used. */
    POLLING,

    /** At an end. */
    ENDED,
}

/** Where an exchange broke. */
public enum class FailureKind {
    /** The host name could not be resolved. */
    DNS,

    /** No connection could be made. */
    CONNECT,

    /** The secure channel could not be set up, or broke. */
    TLS,

    /** The proxy refused or failed. */
    PROXY,

    /** The time allowed was over. */
    TIMEOUT,

    /** The connection broke, or the response was not HTTP. */
    IO,

    /** The response was larger than 16 MiB. */
    TOO_LARGE,

    /** The host gave the request up. */
    CANCELLED,
}

/** Whether a failed request may have taken effect. */
public enum class Delivery {
    /** Certain: not one byte of the request reached the server. */
    NOT_SENT,

    /** Anything else: the request may have taken effect. */
    UNKNOWN,
}

/** Whose fault an error is. */
public enum class Fault {
    /** The caller's: other arguments, another key or more money would help. */
    CALLER,

    /** The service's, or its provider's. */
    SERVER,

    /** The network's, or a proxy's. */
    NETWORK,
}

/** What to do after an error. */
public enum class Next {
    /** Make the same call again: that is safe, and may succeed. */
    RETRY,

    /** Resume the purchase from the error's token: it is bought, or may be. The same call would buy again. */
    RESUME,

    /** Change the call, the key or the wallet first. Nothing was done. */
    FIX,

    /** Let a person look at the account: it can't be told from here what is right. */
    ASK,
}

/** How a request carries its key. */
public enum class Auth {
    /** `Authorization: Bearer <key>`. */
    BEARER,

    /** `X-API-Key: <key>`. */
    X_API_KEY,
}

/** When a VPS counts as usable. */
public enum class WaitLevel {
    /** Active, with address, user and password. */
    READY,

    /** Active, whatever else is there. */
    ACTIVE,

    /** Ready, and it accepts a TCP connection on port 3389, which is RDP's. */
    REACHABLE,
}

/** What to do about a purchase that goes on elsewhere. */
public enum class WhenHeld {
    /** End with `PurchaseInProgress`. */
    REFUSE,

    /** Wait for its end, as long as the time allowed. */
    WAIT,
}

/** Which VPS a watch reboots. */
public enum class RebootPolicy {
    /** None. */
    NEVER,

    /** Those that are paid and active and do not answer, while others do. */
    WHEN_SILENT,
}

/** How a probe went. */
public enum class ProbeOutcome {
    /** The connection was accepted. */
    ANSWERED,

    /** It was refused, was not possible, or took too long. */
    SILENT,

    /** The host could not try: it has no network, no free socket, or was ended. It says nothing about the VPS. */
    NOT_TRIED,
}

/** The account's profile with its balance and VPS counts (`GET /account`). */
@ConsistentCopyVisibility
public data class Account internal constructor(
    /** The account's id. */
    public val id: String,
    /** The holder's first name. */
    public val firstName: String?,
    /** The holder's last name. */
    public val lastName: String?,
    /** The e-mail address the account signs in with. */
    public val email: String,
    /** What the account may do. */
    public val role: Role,
    /** What the wallet holds, rounded half-even to the cent. */
    public val balance: BigDecimal,
    /** The currency of the balance, `EUR`. */
    public val currency: String,
    /** The code that others sign up with. */
    public val referralCode: String?,
    /** What the referral code earned. */
    public val affiliateStats: AffiliateStats?,
    /** How many VPS are active now. */
    public val activeVpsCount: Int,
    /** How many VPS there are in any state. */
    public val totalVpsCount: Int,
    /** When the account was made. */
    public val createdAt: Instant?,
)

internal fun CoreAccount.read(): Account =
    Account(
        id = id,
        firstName = firstName,
        lastName = lastName,
        email = email,
        role = Role.of(role),
        balance = BigDecimal(balance),
        currency = currency,
        referralCode = referralCode,
        affiliateStats = affiliateStats?.read(),
        activeVpsCount = activeVpsCount.toInt(),
        totalVpsCount = totalVpsCount.toInt(),
        createdAt = createdAt?.let(Instant::ofEpochMilli),
    )

/** What an account's referral code earned. */
@ConsistentCopyVisibility
public data class AffiliateStats internal constructor(
    /** Everyone who signed up with the code. */
    public val totalReferrals: Int,
    /** Those of them who bought. */
    public val successfulReferrals: Int,
    /** What that earned, in the account's currency. */
    public val totalEarnings: BigDecimal,
)

internal fun CoreAffiliateStats.read(): AffiliateStats =
    AffiliateStats(
        totalReferrals = totalReferrals.toInt(),
        successfulReferrals = successfulReferrals.toInt(),
        totalEarnings = BigDecimal(totalEarnings),
    )

/** The service's receipt for a power action (`POST /vps/:id/actions`). */
@ConsistentCopyVisibility
public data class ActionReceipt internal constructor(
    /** What was asked for. */
    public val action: PowerAction,
    /** The provider's own id. No call takes it. */
    public val serverId: ServerId?,
    /** The service's own words. */
    public val message: String?,
)

internal fun CoreActionReceipt.read(): ActionReceipt =
    ActionReceipt(
        action = PowerAction.of(action),
        serverId = serverId?.let(::ServerId),
        message = message,
    )

/** What is known of an API key (`GET /auth`); never the key itself. */
@ConsistentCopyVisibility
public data class ApiKeyInfo internal constructor(
    /** The key's id: what revoking it takes. */
    public val id: String,
    /** The label given to the key. */
    public val name: String,
    /** The key's first characters. */
    public val keyPrefix: String,
    /** What the key may do. */
    public val scope: Scope,
    /** When the key was last used; none means never. */
    public val lastUsedAt: Instant?,
    /** When the key stops working; none means never. */
    public val expiresAt: Instant?,
    /** When the key was made. */
    public val createdAt: Instant?,
)

internal fun CoreApiKeyInfo.read(): ApiKeyInfo =
    ApiKeyInfo(
        id = id,
        name = name,
        keyPrefix = keyPrefix,
        scope = Scope.of(scope),
        lastUsedAt = lastUsedAt?.let(Instant::ofEpochMilli),
        expiresAt = expiresAt?.let(Instant::ofEpochMilli),
        createdAt = createdAt?.let(Instant::ofEpochMilli),
    )

/** A new API key (`POST /auth`). The key itself is in this reply and nowhere else, ever. */
@ConsistentCopyVisibility
public data class CreatedKey internal constructor(
    /** The key, shown this one time. */
    public val apiKey: Secret,
    /** The key's first characters, by which listings name it. */
    public val keyPrefix: String,
    /** The label given to the key. */
    public val name: String,
    /** What the key may do. */
    public val scope: Scope,
    /** When the key stops working; none means never. */
    public val expiresAt: Instant?,
    /** The service's own words. */
    public val message: String?,
)

internal fun CoreCreatedKey.read(): CreatedKey =
    CreatedKey(
        apiKey = Secret(apiKey),
        keyPrefix = keyPrefix,
        name = name,
        scope = Scope.of(scope),
        expiresAt = expiresAt?.let(Instant::ofEpochMilli),
        message = message,
    )

/** The end of a VPS (`DELETE /vps/:id`). */
@ConsistentCopyVisibility
public data class DeletedVps internal constructor(
    /** The id of what was deleted. */
    public val id: String,
    /** Whether the provider confirmed; not known where the reply was lost. */
    public val providerDeleted: Boolean?,
    /** The service's own words. */
    public val message: String?,
    /** True when the service answered "not found" to a repeated request whose first reply was lost. */
    public val alreadyGone: Boolean,
)

internal fun CoreDeletedVps.read(): DeletedVps =
    DeletedVps(
        id = id,
        providerDeleted = providerDeleted,
        message = message,
        alreadyGone = alreadyGone,
    )

/** The service's receipt for an order (`POST /vps`). */
@ConsistentCopyVisibility
public data class Order internal constructor(
    /** The new VPS's id: what every later call takes. */
    public val id: String,
    /** The provider's own id. No call takes it. */
    public val serverId: ServerId?,
    /** The size. */
    public val planId: PlanId,
    /** How often it is paid for. */
    public val billingCycle: BillingCycle,
    /** Where it stands. */
    public val location: Location,
    /** How the machine stands: as a rule, `provisioning`. */
    public val vpsStatus: VpsStatus,
    /** The user to sign in as over RDP. */
    public val rdpUsername: String?,
    /** What the wallet was charged. */
    public val cost: BigDecimal,
    /** What the wallet holds after it. */
    public val newBalance: BigDecimal,
    /** The currency of both, `EUR`. */
    public val currency: String,
    /** Until when it is paid for. */
    public val currentPeriodEnd: Instant?,
    /** The service's own words. */
    public val message: String?,
)

internal fun CoreOrder.read(): Order =
    Order(
        id = id,
        serverId = serverId?.let(::ServerId),
        planId = PlanId.of(planId),
        billingCycle = BillingCycle.of(billingCycle),
        location = Location.of(location),
        vpsStatus = VpsStatus.of(vpsStatus),
        rdpUsername = rdpUsername,
        cost = BigDecimal(cost),
        newBalance = BigDecimal(newBalance),
        currency = currency,
        currentPeriodEnd = currentPeriodEnd?.let(Instant::ofEpochMilli),
        message = message,
    )

/** The end of a key (`DELETE /auth`). */
@ConsistentCopyVisibility
public data class RevokedKey internal constructor(
    /** The service's own words. */
    public val message: String?,
    /** True when the service answered "not found" to a repeated request whose first reply was lost. */
    public val alreadyGone: Boolean,
)

internal fun CoreRevokedKey.read(): RevokedKey =
    RevokedKey(
        message = message,
        alreadyGone = alreadyGone,
    )

/** One VPS with all there is to know (`GET /vps/:id`). */
@ConsistentCopyVisibility
public data class VpsDetails internal constructor(
    /** The service's id: what every call takes. */
    public val id: String,
    /** The size. */
    public val planId: PlanId,
    /** How often it is paid for. */
    public val billingCycle: BillingCycle,
    /** How the payment stands. */
    public val status: BillingStatus,
    /** How the machine stands. */
    public val vpsStatus: VpsStatus,
    /** The public address, once there is one. */
    public val ipAddress: String?,
    /** The host name, once there is one. */
    public val hostname: String?,
    /** The user to sign in as over RDP. */
    public val rdpUsername: String?,
    /** The password to sign in with over RDP. */
    public val rdpPassword: Secret?,
    /** Where it stands. */
    public val location: Location,
    /** The provider's own id. No call takes it. */
    public val serverId: ServerId?,
    /** Since when the current period is paid for. */
    public val currentPeriodStart: Instant?,
    /** Until when it is paid for. */
    public val currentPeriodEnd: Instant?,
    /** When it was ordered. */
    public val createdAt: Instant?,
)

internal fun CoreVpsDetails.read(): VpsDetails =
    VpsDetails(
        id = id,
        planId = PlanId.of(planId),
        billingCycle = BillingCycle.of(billingCycle),
        status = BillingStatus.of(status),
        vpsStatus = VpsStatus.of(vpsStatus),
        ipAddress = ipAddress,
        hostname = hostname,
        rdpUsername = rdpUsername,
        rdpPassword = rdpPassword?.let(::Secret),
        location = Location.of(location),
        serverId = serverId?.let(::ServerId),
        currentPeriodStart = currentPeriodStart?.let(Instant::ofEpochMilli),
        currentPeriodEnd = currentPeriodEnd?.let(Instant::ofEpochMilli),
        createdAt = createdAt?.let(Instant::ofEpochMilli),
    )

/** A VPS as listings show it (`GET /vps`): no password and no host name. */
@ConsistentCopyVisibility
public data class Vps internal constructor(
    /** The service's id: what every call takes. */
    public val id: String,
    /** The size. */
    public val planId: PlanId,
    /** How often it is paid for. */
    public val billingCycle: BillingCycle,
    /** How the payment stands. */
    public val status: BillingStatus,
    /** How the machine stands. */
    public val vpsStatus: VpsStatus,
    /** The public address, once there is one. */
    public val ipAddress: String?,
    /** Where it stands. */
    public val location: Location,
    /** The user to sign in as over RDP. */
    public val rdpUsername: String?,
    /** The provider's own id. No call takes it. */
    public val serverId: ServerId?,
    /** Until when it is paid for. */
    public val currentPeriodEnd: Instant?,
    /** When it was ordered. */
    public val createdAt: Instant?,
)

internal fun CoreVps.read(): Vps =
    Vps(
        id = id,
        planId = PlanId.of(planId),
        billingCycle = BillingCycle.of(billingCycle),
        status = BillingStatus.of(status),
        vpsStatus = VpsStatus.of(vpsStatus),
        ipAddress = ipAddress,
        location = Location.of(location),
        rdpUsername = rdpUsername,
        serverId = serverId?.let(::ServerId),
        currentPeriodEnd = currentPeriodEnd?.let(Instant::ofEpochMilli),
        createdAt = createdAt?.let(Instant::ofEpochMilli),
    )

/** The wallet, the only means of payment of the API (`GET /wallet`). */
@ConsistentCopyVisibility
public data class Wallet internal constructor(
    /** What the wallet holds, rounded half-even to the cent. */
    public val balance: BigDecimal,
    /** The currency of the balance, `EUR`. */
    public val currency: String,
)

internal fun CoreWallet.read(): Wallet =
    Wallet(
        balance = BigDecimal(balance),
        currency = currency,
    )

/** A purchase that ended well. */
@ConsistentCopyVisibility
public data class Provisioned internal constructor(
    /** The VPS, usable. */
    public val vps: VpsDetails,
    /** Whether the order's reply was lost and the VPS found by looking. */
    public val recovered: Boolean,
    /** How often the order was handed over in a way that the service may have received it. */
    public val ordersSent: Int,
    /** What the order cost: from its receipt, or after a lost receipt from the wallet's change. */
    public val charged: BigDecimal?,
    /** What the wallet held before the order. */
    public val balanceBefore: BigDecimal?,
    /** What the wallet held after the order. */
    public val balanceAfter: BigDecimal?,
    /** The currency of all three. */
    public val currency: String?,
    /** What else was charged while the order was placed: look at the account. */
    public val unexplained: UnexplainedCharge?,
    /**
     * Other VPS that were bought for this purchase, as its store knows: its order was carried out more than once. Look
     * at the account. Empty without a store.
     */
    public val otherVpsIds: List<String>,
    /** Time since the purchase began, in whatever process. */
    public val elapsed: Duration,
    /** How many requests were made since this process began with it. */
    public val requests: Int,
) {
    /** Milliseconds since the purchase began, in whatever process. */
    public val elapsedMs: Long get() = elapsed.inWholeMilliseconds
}

internal fun CoreProvisioned.read(): Provisioned =
    Provisioned(
        vps = vps.read(),
        recovered = recovered,
        ordersSent = ordersSent.toInt(),
        charged = charged?.let(::BigDecimal),
        balanceBefore = balanceBefore?.let(::BigDecimal),
        balanceAfter = balanceAfter?.let(::BigDecimal),
        currency = currency,
        unexplained = unexplained?.read(),
        otherVpsIds = otherVpsIds,
        elapsed = elapsedMs.toLong().milliseconds,
        requests = requests.toInt(),
    )

/**
 * Money that left the wallet while an order was placed, beyond the order's receipt. Something in between sent the
 * order again, somebody else bought, or a renewal fell due.
 */
@ConsistentCopyVisibility
public data class UnexplainedCharge internal constructor(
    /** How much. */
    public val amount: BigDecimal,
    /**
     * VPS that were not there before the order and that no purchase of this process got, as far as they could be
     * listed.
     */
    public val vpsIds: List<String>,
)

internal fun CoreUnexplainedCharge.read(): UnexplainedCharge =
    UnexplainedCharge(
        amount = BigDecimal(amount),
        vpsIds = vpsIds,
    )

/** A purchase, as a store has recorded it. */
@ConsistentCopyVisibility
public data class PurchaseRecord internal constructor(
    /** Its id in the store. */
    public val id: String,
    /** The caller's idempotency key; none of a purchase that was made without one. */
    public val idempotencyKey: String?,
    /** The size. */
    public val planId: PlanId,
    /** How often to pay. */
    public val billingCycle: BillingCycle,
    /** Where. */
    public val location: Location,
    /** How far it has come. */
    public val state: PurchaseState,
    /** How often an order was begun for it. */
    public val attempt: Int,
    /** Its VPS, once that is known. */
    public val vpsId: String?,
    /** Other VPS that were bought for it: its order was carried out more than once. Look at the account. */
    public val otherVpsIds: List<String>,
    /** From where it can be taken up without the store; none once it is forgotten. */
    public val token: String?,
)

internal fun CorePurchaseRecord.read(): PurchaseRecord =
    PurchaseRecord(
        id = id,
        idempotencyKey = idempotencyKey,
        planId = PlanId.of(planId),
        billingCycle = BillingCycle.of(billingCycle),
        location = Location.of(location),
        state = PurchaseState.entries[state.ordinal],
        attempt = attempt.toInt(),
        vpsId = vpsId,
        otherVpsIds = otherVpsIds,
        token = token,
    )

/** How far a purchase is. */
@ConsistentCopyVisibility
public data class Progress internal constructor(
    /** Where it is. */
    public val phase: Phase,
    /** Whether no other purchase of this account may be before its polling at the same time. */
    public val exclusive: Boolean,
    /** How many requests were made since this process began with it. */
    public val requests: Int,
    /** How often the order was handed over in a way that the service may have received it. */
    public val ordersSent: Int,
    /** Time since the purchase began, in whatever process. */
    public val elapsed: Duration,
    /** Time until the next request. */
    public val nextLook: Duration,
    /** The VPS, once it is known. */
    public val vpsId: String?,
    /** Its status when it was last seen. */
    public val lastStatus: VpsStatus?,
    /** Whether the order's reply was lost and the VPS found by looking. */
    public val recovered: Boolean,
    /** The code of the last failure that was got over. */
    public val lastError: String?,
    /** What the wallet held before the order. */
    public val balanceBefore: BigDecimal?,
    /** What the order cost: from its receipt, or after a lost receipt from the wallet's change. */
    public val charged: BigDecimal?,
    /** The currency of both. */
    public val currency: String?,
    /** What else was charged meanwhile. */
    public val unexplained: UnexplainedCharge?,
    /** From where the purchase can be taken up again. Keep it before going on. */
    public val token: String?,
) {
    /** Milliseconds since the purchase began, in whatever process. */
    public val elapsedMs: Long get() = elapsed.inWholeMilliseconds

    /** Milliseconds until the next request. */
    public val nextLookMs: Long get() = nextLook.inWholeMilliseconds
}

internal fun CoreProgress.read(): Progress =
    Progress(
        phase = Phase.entries[phase.ordinal],
        exclusive = exclusive,
        requests = requests.toInt(),
        ordersSent = ordersSent.toInt(),
        elapsed = elapsedMs.toLong().milliseconds,
        nextLook = nextLookMs.toLong().milliseconds,
        vpsId = vpsId,
        lastStatus = lastStatus?.let(VpsStatus::of),
        recovered = recovered,
        lastError = lastError,
        balanceBefore = balanceBefore?.let(::BigDecimal),
        charged = charged?.let(::BigDecimal),
        currency = currency,
        unexplained = unexplained?.read(),
        token = token,
    )

/** How far orders are that are bought together. */
@ConsistentCopyVisibility
public data class BatchProgress internal constructor(
    /** How many were begun. */
    public val begun: Int,
    /** How many are looking at the wallet, or wait for their turn to. */
    public val preflight: Int,
    /** How many are remembering the VPS there are. */
    public val baseline: Int,
    /** How many are placing their order. */
    public val ordering: Int,
    /** How many look for an order whose reply was lost. */
    public val reconciling: Int,
    /** How many wait for their VPS. */
    public val polling: Int,
    /** How many ended with a VPS. */
    public val ready: Int,
    /** How many ended with an error. */
    public val failed: Int,
    /** What was spent; with the price that this version knows, where the charge is not known. */
    public val spent: BigDecimal,
    /** The currency of that, once it is known. */
    public val currency: String?,
    /** Time since the oldest purchase that is under way began. */
    public val longest: Duration,
) {
    /** Milliseconds since the oldest purchase that is under way began. */
    public val longestMs: Long get() = longest.inWholeMilliseconds
}

internal fun CoreBatchProgress.read(): BatchProgress =
    BatchProgress(
        begun = begun.toInt(),
        preflight = preflight.toInt(),
        baseline = baseline.toInt(),
        ordering = ordering.toInt(),
        reconciling = reconciling.toInt(),
        polling = polling.toInt(),
        ready = ready.toInt(),
        failed = failed.toInt(),
        spent = BigDecimal(spent),
        currency = currency,
        longest = longestMs.toLong().milliseconds,
    )

/** One plan. Every VPS runs Windows Server 2022 with MT5 installed. */
@ConsistentCopyVisibility
public data class Plan internal constructor(
    /** The plan's id: what an order takes. */
    public val id: PlanId,
    /** The plan's name. */
    public val name: String,
    /** Virtual processors. */
    public val vcpus: Int,
    /** Memory in megabytes of 1,000,000 bytes. */
    public val memoryMb: Int,
    /** NVMe storage in gigabytes. */
    public val storageGb: Int,
    /** The price of a month, in EUR. */
    public val monthly: BigDecimal,
    /** The price of a year, in EUR. */
    public val yearly: BigDecimal,
)

internal fun CorePlan.read(): Plan =
    Plan(
        id = PlanId.of(id),
        name = name,
        vcpus = vcpus.toInt(),
        memoryMb = memoryMb.toInt(),
        storageGb = storageGb.toInt(),
        monthly = BigDecimal(monthly),
        yearly = BigDecimal(yearly),
    )
