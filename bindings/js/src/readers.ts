/**
 * Makes models and errors of the core's JSON. The core has checked it: it has the form that is read
 * here. Written by `cargo xtask generate` from the core's models.
 */

import type { ErrorFacts, StableVPSError } from "./error.js";
import * as errors from "./errors.js";
import type * as models from "./models.js";
import { Secret } from "./secret.js";

/** An object of the core's JSON. */
export type Sent = { readonly [field: string]: any };

/** @internal */
export const date = (text: string): Date => new Date(text);
const secret = (text: string): Secret => new Secret(text);
const optional = <T>(read: (sent: any) => T, sent: any): T | null =>
  sent == null ? null : read(sent);
/** @internal */
export const list = <T>(read: (sent: any) => T, sent: any[]): readonly T[] =>
  Object.freeze(sent.map((one) => read(one)));

/** Reads a {@link models.Account}. */
export function readAccount(sent: Sent): models.Account {
  return Object.freeze({
    id: sent.id,
    firstName: sent.firstName ?? null,
    lastName: sent.lastName ?? null,
    email: sent.email,
    role: sent.role,
    balance: sent.balance,
    currency: sent.currency,
    referralCode: sent.referralCode ?? null,
    affiliateStats: optional(readAffiliateStats, sent.affiliateStats),
    activeVpsCount: sent.activeVpsCount,
    totalVpsCount: sent.totalVpsCount,
    createdAt: optional(date, sent.createdAt),
  });
}

/** Reads a {@link models.AffiliateStats}. */
export function readAffiliateStats(sent: Sent): models.AffiliateStats {
  return Object.freeze({
    totalReferrals: sent.totalReferrals,
    successfulReferrals: sent.successfulReferrals,
    totalEarnings: sent.totalEarnings,
  });
}

/** Reads a {@link models.ActionReceipt}. */
export function readActionReceipt(sent: Sent): models.ActionReceipt {
  return Object.freeze({
    action: sent.action,
    serverId: sent.serverId ?? null,
    message: sent.message ?? null,
  });
}

/** Reads a {@link models.ApiKeyInfo}. */
export function readApiKeyInfo(sent: Sent): models.ApiKeyInfo {
  return Object.freeze({
    id: sent.id,
    name: sent.name,
    keyPrefix: sent.keyPrefix,
    scope: sent.scope,
    lastUsedAt: optional(date, sent.lastUsedAt),
    expiresAt: optional(date, sent.expiresAt),
    createdAt: optional(date, sent.createdAt),
  });
}

/** Reads a {@link models.CreatedKey}. */
export function readCreatedKey(sent: Sent): models.CreatedKey {
  return Object.freeze({
    apiKey: secret(sent.apiKey),
    keyPrefix: sent.keyPrefix,
    name: sent.name,
    scope: sent.scope,
    expiresAt: optional(date, sent.expiresAt),
    message: sent.message ?? null,
  });
}

/** Reads a {@link models.DeletedVps}. */
export function readDeletedVps(sent: Sent): models.DeletedVps {
  return Object.freeze({
    id: sent.id,
    providerDeleted: sent.providerDeleted ?? null,
    message: sent.message ?? null,
    alreadyGone: sent.alreadyGone,
  });
}

/** Reads a {@link models.Order}. */
export function readOrder(sent: Sent): models.Order {
  return Object.freeze({
    id: sent.id,
    serverId: sent.serverId ?? null,
    planId: sent.planId,
    billingCycle: sent.billingCycle,
    location: sent.location,
    vpsStatus: sent.vpsStatus,
    rdpUsername: sent.rdpUsername ?? null,
    cost: sent.cost,
    newBalance: sent.newBalance,
    currency: sent.currency,
    currentPeriodEnd: optional(date, sent.currentPeriodEnd),
    message: sent.message ?? null,
  });
}

/** Reads a {@link models.RevokedKey}. */
export function readRevokedKey(sent: Sent): models.RevokedKey {
  return Object.freeze({
    message: sent.message ?? null,
    alreadyGone: sent.alreadyGone,
  });
}

/** Reads a {@link models.VpsDetails}. */
export function readVpsDetails(sent: Sent): models.VpsDetails {
  return Object.freeze({
    id: sent.id,
    planId: sent.planId,
    billingCycle: sent.billingCycle,
    status: sent.status,
    vpsStatus: sent.vpsStatus,
    ipAddress: sent.ipAddress ?? null,
    hostname: sent.hostname ?? null,
    rdpUsername: sent.rdpUsername ?? null,
    rdpPassword: optional(secret, sent.rdpPassword),
    location: sent.location,
    serverId: sent.serverId ?? null,
    currentPeriodStart: optional(date, sent.currentPeriodStart),
    currentPeriodEnd: optional(date, sent.currentPeriodEnd),
    createdAt: optional(date, sent.createdAt),
  });
}

/** Reads a {@link models.Vps}. */
export function readVps(sent: Sent): models.Vps {
  return Object.freeze({
    id: sent.id,
    planId: sent.planId,
    billingCycle: sent.billingCycle,
    status: sent.status,
    vpsStatus: sent.vpsStatus,
    ipAddress: sent.ipAddress ?? null,
    location: sent.location,
    rdpUsername: sent.rdpUsername ?? null,
    serverId: sent.serverId ?? null,
    currentPeriodEnd: optional(date, sent.currentPeriodEnd),
    createdAt: optional(date, sent.createdAt),
  });
}

/** Reads a {@link models.Wallet}. */
export function readWallet(sent: Sent): models.Wallet {
  return Object.freeze({
    balance: sent.balance,
    currency: sent.currency,
  });
}

/** Reads a {@link models.Provisioned}. */
export function readProvisioned(sent: Sent): models.Provisioned {
  return Object.freeze({
    vps: readVpsDetails(sent.vps),
    recovered: sent.recovered,
    ordersSent: sent.ordersSent,
    charged: sent.charged ?? null,
    balanceBefore: sent.balanceBefore ?? null,
    balanceAfter: sent.balanceAfter ?? null,
    currency: sent.currency ?? null,
    unexplained: optional(readUnexplainedCharge, sent.unexplained),
    otherVpsIds: sent.otherVpsIds,
    elapsedMs: sent.elapsedMs,
    requests: sent.requests,
  });
}

/** Reads a {@link models.UnexplainedCharge}. */
export function readUnexplainedCharge(sent: Sent): models.UnexplainedCharge {
  return Object.freeze({
    amount: sent.amount,
    vpsIds: sent.vpsIds,
  });
}

/** Reads a {@link models.PurchaseRecord}. */
export function readPurchaseRecord(sent: Sent): models.PurchaseRecord {
  return Object.freeze({
    id: sent.id,
    idempotencyKey: sent.idempotencyKey ?? null,
    planId: sent.planId,
    billingCycle: sent.billingCycle,
    location: sent.location,
    state: sent.state,
    attempt: sent.attempt,
    vpsId: sent.vpsId ?? null,
    otherVpsIds: sent.otherVpsIds,
    token: sent.token ?? null,
  });
}

/** Reads a {@link models.Progress}. */
export function readProgress(sent: Sent): models.Progress {
  return Object.freeze({
    phase: sent.phase,
    exclusive: sent.exclusive,
    requests: sent.requests,
    ordersSent: sent.ordersSent,
    elapsedMs: sent.elapsedMs,
    nextLookMs: sent.nextLookMs,
    vpsId: sent.vpsId ?? null,
    lastStatus: sent.lastStatus ?? null,
    recovered: sent.recovered,
    lastError: sent.lastError ?? null,
    balanceBefore: sent.balanceBefore ?? null,
    charged: sent.charged ?? null,
    currency: sent.currency ?? null,
    unexplained: optional(readUnexplainedCharge, sent.unexplained),
    token: sent.token ?? null,
  });
}

/** Reads a {@link models.BatchProgress}. */
export function readBatchProgress(sent: Sent): models.BatchProgress {
  return Object.freeze({
    begun: sent.begun,
    preflight: sent.preflight,
    baseline: sent.baseline,
    ordering: sent.ordering,
    reconciling: sent.reconciling,
    polling: sent.polling,
    ready: sent.ready,
    failed: sent.failed,
    spent: sent.spent,
    currency: sent.currency ?? null,
    longestMs: sent.longestMs,
  });
}

/** Reads a {@link models.Plan}. */
export function readPlan(sent: Sent): models.Plan {
  return Object.freeze({
    id: sent.id,
    name: sent.name,
    vcpus: sent.vcpus,
    memoryMb: sent.memoryMb,
    storageGb: sent.storageGb,
    monthly: sent.monthly,
    yearly: sent.yearly,
  });
}

type Kind = readonly [
  Class: new (facts: ErrorFacts) => StableVPSError,
  read?: (sent: Sent) => object,
];

/** The class of every code, and what reads the details that it has. */
export const KINDS: { readonly [code: string]: Kind } = {
  invalid_input: [
    errors.InvalidInputError,
    (sent) => ({
      field: sent.field,
      reason: sent.reason,
    }),
  ],
  bad_request: [errors.BadRequestError],
  unauthorized: [errors.UnauthorizedError],
  insufficient_funds: [
    errors.InsufficientFundsError,
    (sent) => ({
      required: sent.required ?? null,
      available: sent.available ?? null,
      shortfall: sent.shortfall ?? null,
      currency: sent.currency ?? null,
    }),
  ],
  read_only_key: [errors.ReadOnlyKeyError],
  not_found: [errors.NotFoundError],
  key_limit_reached: [errors.KeyLimitReachedError],
  rate_limited: [
    errors.RateLimitedError,
    (sent) => ({
      retryAfterMs: sent.retryAfterMs ?? null,
    }),
  ],
  server: [errors.ServerError],
  provider: [errors.ProviderError],
  unexpected_response: [
    errors.UnexpectedResponseError,
    (sent) => ({
      place: sent.place,
      reason: sent.reason,
      contentType: sent.contentType ?? null,
      excerpt: sent.excerpt ?? null,
    }),
  ],
  transport: [
    errors.TransportError,
    (sent) => ({
      kind: sent.kind,
      delivery: sent.delivery,
      detail: sent.detail,
    }),
  ],
  outcome_unknown: [
    errors.OutcomeUnknownError,
    (sent) => ({
      reason: sent.reason,
      advice: sent.advice,
    }),
  ],
  deadline_exceeded: [
    errors.DeadlineExceededError,
    (sent) => ({
      waitingFor: sent.waitingFor,
    }),
  ],
  over_budget: [
    errors.OverBudgetError,
    (sent) => ({
      price: sent.price,
      maxSpend: sent.maxSpend,
    }),
  ],
  price_above_limit: [
    errors.PriceAboveLimitError,
    (sent) => ({
      charged: sent.charged,
      maxSpend: sent.maxSpend,
    }),
  ],
  provisioning_failed: [
    errors.ProvisioningFailedError,
    (sent) => ({
      vpsStatus: sent.vpsStatus,
    }),
  ],
  not_placed: [errors.NotPlacedError],
  unresolved: [
    errors.UnresolvedError,
    (sent) => ({
      reason: sent.reason,
      candidates: list(readVps, sent.candidates),
    }),
  ],
  purchase_in_progress: [errors.PurchaseInProgressError],
  idempotency_mismatch: [
    errors.IdempotencyMismatchError,
    (sent) => ({
      field: sent.field,
    }),
  ],
  store: [
    errors.StoreError,
    (sent) => ({
      detail: sent.detail,
    }),
  ],
  stale_token: [
    errors.StaleTokenError,
    (sent) => ({
      reason: sent.reason,
    }),
  ],
};
