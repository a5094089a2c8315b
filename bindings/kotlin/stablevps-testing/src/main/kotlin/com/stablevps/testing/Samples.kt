// Samples of the models. Written by `cargo xtask generate` from the core's models.

@file:JvmName("Samples")

package com.stablevps.testing

import com.stablevps.Account
import com.stablevps.ActionReceipt
import com.stablevps.AffiliateStats
import com.stablevps.ApiKeyInfo
import com.stablevps.BatchProgress
import com.stablevps.BillingCycle
import com.stablevps.BillingStatus
import com.stablevps.CreatedKey
import com.stablevps.DeletedVps
import com.stablevps.Location
import com.stablevps.Order
import com.stablevps.Phase
import com.stablevps.Plan
import com.stablevps.PlanId
import com.stablevps.PowerAction
import com.stablevps.Progress
import com.stablevps.Provisioned
import com.stablevps.PurchaseRecord
import com.stablevps.PurchaseState
import com.stablevps.RevokedKey
import com.stablevps.Role
import com.stablevps.Scope
import com.stablevps.Secret
import com.stablevps.ServerId
import com.stablevps.UnexplainedCharge
import com.stablevps.Vps
import com.stablevps.VpsDetails
import com.stablevps.VpsStatus
import com.stablevps.Wallet
import java.math.BigDecimal
import java.time.Instant
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds

/** A sample for previews and fakes. The account's profile with its balance and VPS counts (`GET /account`). */
public fun sampleAccount(
    id: String = "6953f0a0c4d2e8b7a1905e01",
    firstName: String? = "Ada",
    lastName: String? = "Lovelace",
    email: String = "ada@example.com",
    role: Role = Role.USER,
    balance: BigDecimal = BigDecimal("80.51"),
    currency: String = "EUR",
    referralCode: String? = "ADA",
    affiliateStats: AffiliateStats? = null,
    activeVpsCount: Int = 1,
    totalVpsCount: Int = 1,
    createdAt: Instant? = Instant.parse("2025-12-01T00:00:00.000Z"),
): Account =
    Account(
        id = id,
        firstName = firstName,
        lastName = lastName,
        email = email,
        role = role,
        balance = balance,
        currency = currency,
        referralCode = referralCode,
        affiliateStats = affiliateStats,
        activeVpsCount = activeVpsCount,
        totalVpsCount = totalVpsCount,
        createdAt = createdAt,
    )

/** A sample for previews and fakes. What an account's referral code earned. */
public fun sampleAffiliateStats(
    totalReferrals: Int = 3,
    successfulReferrals: Int = 1,
    totalEarnings: BigDecimal = BigDecimal("5.00"),
): AffiliateStats =
    AffiliateStats(
        totalReferrals = totalReferrals,
        successfulReferrals = successfulReferrals,
        totalEarnings = totalEarnings,
    )

/** A sample for previews and fakes. The service's receipt for a power action (`POST /vps/:id/actions`). */
public fun sampleActionReceipt(
    action: PowerAction = PowerAction.REBOOT,
    serverId: String? = "zomro-67890",
    message: String? = "VPS rebooted",
): ActionReceipt =
    ActionReceipt(
        action = action,
        serverId = serverId?.let(::ServerId),
        message = message,
    )

/** A sample for previews and fakes. What is known of an API key (`GET /auth`); never the key itself. */
public fun sampleApiKeyInfo(
    id: String = "6953f0a0c4d2e8b7a1905e02",
    name: String = "sample key",
    keyPrefix: String = "svps_live_a3f7",
    scope: Scope = Scope.FULL,
    lastUsedAt: Instant? = Instant.parse("2026-01-01T00:00:00.000Z"),
    expiresAt: Instant? = null,
    createdAt: Instant? = Instant.parse("2025-12-01T00:00:00.000Z"),
): ApiKeyInfo =
    ApiKeyInfo(
        id = id,
        name = name,
        keyPrefix = keyPrefix,
        scope = scope,
        lastUsedAt = lastUsedAt,
        expiresAt = expiresAt,
        createdAt = createdAt,
    )

/** A sample for previews and fakes. A new API key (`POST /auth`). The key itself is in this reply and nowhere else, ever. */
public fun sampleCreatedKey(
    apiKey: Secret = Secret("svps_live_a3f70123456789abcdef0123456789abcdef"),
    keyPrefix: String = "svps_live_a3f7",
    name: String = "sample key",
    scope: Scope = Scope.FULL,
    expiresAt: Instant? = null,
    message: String? = "Store this key, it is not shown again",
): CreatedKey =
    CreatedKey(
        apiKey = apiKey,
        keyPrefix = keyPrefix,
        name = name,
        scope = scope,
        expiresAt = expiresAt,
        message = message,
    )

/** A sample for previews and fakes. The end of a VPS (`DELETE /vps/:id`). */
public fun sampleDeletedVps(
    id: String = "6953f1a0c4d2e8b7a1905e3c",
    providerDeleted: Boolean? = true,
    message: String? = "VPS deleted",
    alreadyGone: Boolean = false,
): DeletedVps =
    DeletedVps(
        id = id,
        providerDeleted = providerDeleted,
        message = message,
        alreadyGone = alreadyGone,
    )

/** A sample for previews and fakes. The service's receipt for an order (`POST /vps`). */
public fun sampleOrder(
    id: String = "6953f1a0c4d2e8b7a1905e3c",
    serverId: String? = "zomro-67890",
    planId: PlanId = PlanId.PRIME,
    billingCycle: BillingCycle = BillingCycle.MONTHLY,
    location: Location = Location.LONDON,
    vpsStatus: VpsStatus = VpsStatus.PROVISIONING,
    rdpUsername: String? = "Administrator",
    cost: BigDecimal = BigDecimal("19.49"),
    newBalance: BigDecimal = BigDecimal("80.51"),
    currency: String = "EUR",
    currentPeriodEnd: Instant? = Instant.parse("2026-02-01T00:00:00.000Z"),
    message: String? = "VPS ordered",
): Order =
    Order(
        id = id,
        serverId = serverId?.let(::ServerId),
        planId = planId,
        billingCycle = billingCycle,
        location = location,
        vpsStatus = vpsStatus,
        rdpUsername = rdpUsername,
        cost = cost,
        newBalance = newBalance,
        currency = currency,
        currentPeriodEnd = currentPeriodEnd,
        message = message,
    )

/** A sample for previews and fakes. The end of a key (`DELETE /auth`). */
public fun sampleRevokedKey(
    message: String? = "API key revoked",
    alreadyGone: Boolean = false,
): RevokedKey =
    RevokedKey(
        message = message,
        alreadyGone = alreadyGone,
    )

/** A sample for previews and fakes. One VPS with all there is to know (`GET /vps/:id`). */
public fun sampleVpsDetails(
    id: String = "6953f1a0c4d2e8b7a1905e3c",
    planId: PlanId = PlanId.PRIME,
    billingCycle: BillingCycle = BillingCycle.MONTHLY,
    status: BillingStatus = BillingStatus.ACTIVE,
    vpsStatus: VpsStatus = VpsStatus.ACTIVE,
    ipAddress: String? = "203.0.113.10",
    hostname: String? = "vps-67890",
    rdpUsername: String? = "Administrator",
    rdpPassword: Secret? = Secret("sample password"),
    location: Location = Location.LONDON,
    serverId: String? = "zomro-67890",
    currentPeriodStart: Instant? = Instant.parse("2026-01-01T00:00:00.000Z"),
    currentPeriodEnd: Instant? = Instant.parse("2026-02-01T00:00:00.000Z"),
    createdAt: Instant? = Instant.parse("2026-01-01T00:00:00.000Z"),
): VpsDetails =
    VpsDetails(
        id = id,
        planId = planId,
        billingCycle = billingCycle,
        status = status,
        vpsStatus = vpsStatus,
        ipAddress = ipAddress,
        hostname = hostname,
        rdpUsername = rdpUsername,
        rdpPassword = rdpPassword,
        location = location,
        serverId = serverId?.let(::ServerId),
        currentPeriodStart = currentPeriodStart,
        currentPeriodEnd = currentPeriodEnd,
        createdAt = createdAt,
    )

/** A sample for previews and fakes. A VPS as listings show it (`GET /vps`): no password and no host name. */
public fun sampleVps(
    id: String = "6953f1a0c4d2e8b7a1905e3c",
    planId: PlanId = PlanId.PRIME,
    billingCycle: BillingCycle = BillingCycle.MONTHLY,
    status: BillingStatus = BillingStatus.ACTIVE,
    vpsStatus: VpsStatus = VpsStatus.ACTIVE,
    ipAddress: String? = "203.0.113.10",
    location: Location = Location.LONDON,
    rdpUsername: String? = "Administrator",
    serverId: String? = "zomro-67890",
    currentPeriodEnd: Instant? = Instant.parse("2026-02-01T00:00:00.000Z"),
    createdAt: Instant? = Instant.parse("2026-01-01T00:00:00.000Z"),
): Vps =
    Vps(
        id = id,
        planId = planId,
        billingCycle = billingCycle,
        status = status,
        vpsStatus = vpsStatus,
        ipAddress = ipAddress,
        location = location,
        rdpUsername = rdpUsername,
        serverId = serverId?.let(::ServerId),
        currentPeriodEnd = currentPeriodEnd,
        createdAt = createdAt,
    )

/** A sample for previews and fakes. The wallet, the only means of payment of the API (`GET /wallet`). */
public fun sampleWallet(
    balance: BigDecimal = BigDecimal("80.51"),
    currency: String = "EUR",
): Wallet =
    Wallet(
        balance = balance,
        currency = currency,
    )

/** A sample for previews and fakes. A purchase that ended well. */
public fun sampleProvisioned(
    vps: VpsDetails = sampleVpsDetails(),
    recovered: Boolean = false,
    ordersSent: Int = 1,
    charged: BigDecimal? = BigDecimal("19.49"),
    balanceBefore: BigDecimal? = BigDecimal("100.00"),
    balanceAfter: BigDecimal? = BigDecimal("80.51"),
    currency: String? = "EUR",
    unexplained: UnexplainedCharge? = null,
    otherVpsIds: List<String> = listOf(),
    elapsed: Duration = 120_000.milliseconds,
    requests: Int = 12,
): Provisioned =
    Provisioned(
        vps = vps,
        recovered = recovered,
        ordersSent = ordersSent,
        charged = charged,
        balanceBefore = balanceBefore,
        balanceAfter = balanceAfter,
        currency = currency,
        unexplained = unexplained,
        otherVpsIds = otherVpsIds,
        elapsed = elapsed,
        requests = requests,
    )

/** A sample for previews and fakes. Money that left the wallet while an order was placed, beyond the order's receipt. Something in between sent the */
public fun sampleUnexplainedCharge(
    amount: BigDecimal = BigDecimal("19.49"),
    vpsIds: List<String> = listOf("6953f1a0c4d2e8b7a1905e3d"),
): UnexplainedCharge =
    UnexplainedCharge(
        amount = amount,
        vpsIds = vpsIds,
    )

/** A sample for previews and fakes. A purchase, as a store has recorded it. */
public fun samplePurchaseRecord(
    id: String = "1f0e5a52-6c1b-4f7e-9a53-2f0c7d1b8e90",
    idempotencyKey: String? = "order-4711",
    planId: PlanId = PlanId.PRIME,
    billingCycle: BillingCycle = BillingCycle.MONTHLY,
    location: Location = Location.LONDON,
    state: PurchaseState = PurchaseState.READY,
    attempt: Int = 1,
    vpsId: String? = "6953f1a0c4d2e8b7a1905e3c",
    otherVpsIds: List<String> = listOf(),
    token: String? = "sample token",
): PurchaseRecord =
    PurchaseRecord(
        id = id,
        idempotencyKey = idempotencyKey,
        planId = planId,
        billingCycle = billingCycle,
        location = location,
        state = state,
        attempt = attempt,
        vpsId = vpsId,
        otherVpsIds = otherVpsIds,
        token = token,
    )

/** A sample for previews and fakes. How far a purchase is. */
public fun sampleProgress(
    phase: Phase = Phase.POLLING,
    exclusive: Boolean = false,
    requests: Int = 5,
    ordersSent: Int = 1,
    elapsed: Duration = 30_000.milliseconds,
    nextLook: Duration = 15_000.milliseconds,
    vpsId: String? = "6953f1a0c4d2e8b7a1905e3c",
    lastStatus: VpsStatus? = VpsStatus.PROVISIONING,
    recovered: Boolean = false,
    lastError: String? = null,
    balanceBefore: BigDecimal? = BigDecimal("100.00"),
    charged: BigDecimal? = BigDecimal("19.49"),
    currency: String? = "EUR",
    unexplained: UnexplainedCharge? = null,
    token: String? = "sample token",
): Progress =
    Progress(
        phase = phase,
        exclusive = exclusive,
        requests = requests,
        ordersSent = ordersSent,
        elapsed = elapsed,
        nextLook = nextLook,
        vpsId = vpsId,
        lastStatus = lastStatus,
        recovered = recovered,
        lastError = lastError,
        balanceBefore = balanceBefore,
        charged = charged,
        currency = currency,
        unexplained = unexplained,
        token = token,
    )

/** A sample for previews and fakes. How far orders are that are bought together. */
public fun sampleBatchProgress(
    begun: Int = 0,
    preflight: Int = 0,
    baseline: Int = 0,
    ordering: Int = 0,
    reconciling: Int = 0,
    polling: Int = 0,
    ready: Int = 0,
    failed: Int = 0,
    spent: BigDecimal = BigDecimal("0.00"),
    currency: String? = null,
    longest: Duration = 0.milliseconds,
): BatchProgress =
    BatchProgress(
        begun = begun,
        preflight = preflight,
        baseline = baseline,
        ordering = ordering,
        reconciling = reconciling,
        polling = polling,
        ready = ready,
        failed = failed,
        spent = spent,
        currency = currency,
        longest = longest,
    )

/** A sample for previews and fakes. One plan. Every VPS runs Windows Server 2022 with MT5 installed. */
public fun samplePlan(
    id: PlanId = PlanId.PRIME,
    name: String = "Professional",
    vcpus: Int = 2,
    memoryMb: Int = 4_000,
    storageGb: Int = 35,
    monthly: BigDecimal = BigDecimal("19.49"),
    yearly: BigDecimal = BigDecimal("194.90"),
): Plan =
    Plan(
        id = id,
        name = name,
        vcpus = vcpus,
        memoryMb = memoryMb,
        storageGb = storageGb,
        monthly = monthly,
        yearly = yearly,
    )
