/** Samples of the models. Written by `cargo xtask generate` from the core's models. */

import {
  type Account,
  type ActionReceipt,
  type AffiliateStats,
  type ApiKeyInfo,
  type BatchProgress,
  type CreatedKey,
  type DeletedVps,
  type Order,
  type Plan,
  type Progress,
  type Provisioned,
  type PurchaseRecord,
  type RevokedKey,
  type ServerId,
  type UnexplainedCharge,
  type Vps,
  type VpsDetails,
  type Wallet,
  Secret,
} from "../index.js";

/** A sample for previews and fakes. The account's profile with its balance and VPS counts (`GET /account`). */
export function sampleAccount(changes: Partial<Account> = {}): Account {
  return Object.freeze({
    id: "6953f0a0c4d2e8b7a1905e01",
    firstName: "Ada",
    lastName: "Lovelace",
    email: "ada@example.com",
    role: "user",
    balance: "80.51",
    currency: "EUR",
    referralCode: "ADA",
    affiliateStats: null,
    activeVpsCount: 1,
    totalVpsCount: 1,
    createdAt: new Date("2025-12-01T00:00:00.000Z"),
    ...changes,
  });
}

/** A sample for previews and fakes. What an account's referral code earned. */
export function sampleAffiliateStats(changes: Partial<AffiliateStats> = {}): AffiliateStats {
  return Object.freeze({
    totalReferrals: 3,
    successfulReferrals: 1,
    totalEarnings: "5.00",
    ...changes,
  });
}

/** A sample for previews and fakes. The service's receipt for a power action (`POST /vps/:id/actions`). */
export function sampleActionReceipt(changes: Partial<ActionReceipt> = {}): ActionReceipt {
  return Object.freeze({
    action: "reboot",
    serverId: "zomro-67890" as ServerId,
    message: "VPS rebooted",
    ...changes,
  });
}

/** A sample for previews and fakes. What is known of an API key (`GET /auth`); never the key itself. */
export function sampleApiKeyInfo(changes: Partial<ApiKeyInfo> = {}): ApiKeyInfo {
  return Object.freeze({
    id: "6953f0a0c4d2e8b7a1905e02",
    name: "sample key",
    keyPrefix: "svps_live_a3f7",
    scope: "full",
    lastUsedAt: new Date("2026-01-01T00:00:00.000Z"),
    expiresAt: null,
    createdAt: new Date("2025-12-01T00:00:00.000Z"),
    ...changes,
  });
}

/** A sample for previews and fakes. A new API key (`POST /auth`). The key itself is in this reply and nowhere else, ever. */
export function sampleCreatedKey(changes: Partial<CreatedKey> = {}): CreatedKey {
  return Object.freeze({
    apiKey: new Secret("svps_live_a3f70123456789abcdef0123456789abcdef"),
    keyPrefix: "svps_live_a3f7",
    name: "sample key",
    scope: "full",
    expiresAt: null,
    message: "Store this key, it is not shown again",
    ...changes,
  });
}

/** A sample for previews and fakes. The end of a VPS (`DELETE /vps/:id`). */
export function sampleDeletedVps(changes: Partial<DeletedVps> = {}): DeletedVps {
  return Object.freeze({
    id: "6953f1a0c4d2e8b7a1905e3c",
    providerDeleted: true,
    message: "VPS deleted",
    alreadyGone: false,
    ...changes,
  });
}

/** A sample for previews and fakes. The service's receipt for an order (`POST /vps`). */
export function sampleOrder(changes: Partial<Order> = {}): Order {
  return Object.freeze({
    id: "6953f1a0c4d2e8b7a1905e3c",
    serverId: "zomro-67890" as ServerId,
    planId: "prime",
    billingCycle: "monthly",
    location: "london",
    vpsStatus: "provisioning",
    rdpUsername: "Administrator",
    cost: "19.49",
    newBalance: "80.51",
    currency: "EUR",
    currentPeriodEnd: new Date("2026-02-01T00:00:00.000Z"),
    message: "VPS ordered",
    ...changes,
  });
}

/** A sample for previews and fakes. The end of a key (`DELETE /auth`). */
export function sampleRevokedKey(changes: Partial<RevokedKey> = {}): RevokedKey {
  return Object.freeze({
    message: "API key revoked",
    alreadyGone: false,
    ...changes,
  });
}

/** A sample for previews and fakes. One VPS with all there is to know (`GET /vps/:id`). */
export function sampleVpsDetails(changes: Partial<VpsDetails> = {}): VpsDetails {
  return Object.freeze({
    id: "6953f1a0c4d2e8b7a1905e3c",
    planId: "prime",
    billingCycle: "monthly",
    status: "active",
    vpsStatus: "active",
    ipAddress: "203.0.113.10",
    hostname: "vps-67890",
    rdpUsername: "Administrator",
    rdpPassword: new Secret("sample password"),
    location: "london",
    serverId: "zomro-67890" as ServerId,
    currentPeriodStart: new Date("2026-01-01T00:00:00.000Z"),
    currentPeriodEnd: new Date("2026-02-01T00:00:00.000Z"),
    createdAt: new Date("2026-01-01T00:00:00.000Z"),
    ...changes,
  });
}

/** A sample for previews and fakes. A VPS as listings show it (`GET /vps`): no password and no host name. */
export function sampleVps(changes: Partial<Vps> = {}): Vps {
  return Object.freeze({
    id: "6953f1a0c4d2e8b7a1905e3c",
    planId: "prime",
    billingCycle: "monthly",
    status: "active",
    vpsStatus: "active",
    ipAddress: "203.0.113.10",
    location: "london",
    rdpUsername: "Administrator",
    serverId: "zomro-67890" as ServerId,
    currentPeriodEnd: new Date("2026-02-01T00:00:00.000Z"),
    createdAt: new Date("2026-01-01T00:00:00.000Z"),
    ...changes,
  });
}

/** A sample for previews and fakes. The wallet, the only means of payment of the API (`GET /wallet`). */
export function sampleWallet(changes: Partial<Wallet> = {}): Wallet {
  return Object.freeze({
    balance: "80.51",
    currency: "EUR",
    ...changes,
  });
}

/** A sample for previews and fakes. A purchase that ended well. */
export function sampleProvisioned(changes: Partial<Provisioned> = {}): Provisioned {
  return Object.freeze({
    vps: sampleVpsDetails(),
    recovered: false,
    ordersSent: 1,
    charged: "19.49",
    balanceBefore: "100.00",
    balanceAfter: "80.51",
    currency: "EUR",
    unexplained: null,
    otherVpsIds: Object.freeze([]),
    elapsedMs: 120_000,
    requests: 12,
    ...changes,
  });
}

/** A sample for previews and fakes. Money that left the wallet while an order was placed, beyond the order's receipt. Something in between sent the */
export function sampleUnexplainedCharge(changes: Partial<UnexplainedCharge> = {}): UnexplainedCharge {
  return Object.freeze({
    amount: "19.49",
    vpsIds: Object.freeze(["6953f1a0c4d2e8b7a1905e3d"]),
    ...changes,
  });
}

/** A sample for previews and fakes. A purchase, as a store has recorded it. */
export function samplePurchaseRecord(changes: Partial<PurchaseRecord> = {}): PurchaseRecord {
  return Object.freeze({
    id: "1f0e5a52-6c1b-4f7e-9a53-2f0c7d1b8e90",
    idempotencyKey: "order-4711",
    planId: "prime",
    billingCycle: "monthly",
    location: "london",
    state: "ready",
    attempt: 1,
    vpsId: "6953f1a0c4d2e8b7a1905e3c",
    otherVpsIds: Object.freeze([]),
    token: "sample token",
    ...changes,
  });
}

/** A sample for previews and fakes. How far a purchase is. */
export function sampleProgress(changes: Partial<Progress> = {}): Progress {
  return Object.freeze({
    phase: "polling",
    exclusive: false,
    requests: 5,
    ordersSent: 1,
    elapsedMs: 30_000,
    nextLookMs: 15_000,
    vpsId: "6953f1a0c4d2e8b7a1905e3c",
    lastStatus: "provisioning",
    recovered: false,
    lastError: null,
    balanceBefore: "100.00",
    charged: "19.49",
    currency: "EUR",
    unexplained: null,
    token: "sample token",
    ...changes,
  });
}

/** A sample for previews and fakes. How far orders are that are bought together. */
export function sampleBatchProgress(changes: Partial<BatchProgress> = {}): BatchProgress {
  return Object.freeze({
    begun: 0,
    preflight: 0,
    baseline: 0,
    ordering: 0,
    reconciling: 0,
    polling: 0,
    ready: 0,
    failed: 0,
    spent: "0.00",
    currency: null,
    longestMs: 0,
    ...changes,
  });
}

/** A sample for previews and fakes. One plan. Every VPS runs Windows Server 2022 with MT5 installed. */
export function samplePlan(changes: Partial<Plan> = {}): Plan {
  return Object.freeze({
    id: "prime",
    name: "Professional",
    vcpus: 2,
    memoryMb: 4_000,
    storageGb: 35,
    monthly: "19.49",
    yearly: "194.90",
    ...changes,
  });
}
