/**
 * Everything that can go wrong, a class each. Written by `cargo xtask generate` from the core's list.
 * {@link StableVPSError} is the root of all of them.
 */

import { type AbortError, StableVPSError } from "./error.js";
import type { Delivery, FailureKind, Vps, VpsStatus } from "./models.js";
import type { Money } from "./money.js";

/** An argument was refused before anything was sent. */
export class InvalidInputError extends StableVPSError {
  declare readonly code: "invalid_input";
  /** The argument. */
  declare readonly field: string;
  /** What it must be. */
  declare readonly reason: string;
}

/** The service refused a parameter (400 and the other refusals of its kind). */
export class BadRequestError extends StableVPSError {
  declare readonly code: "bad_request";
}

/** The key is missing, invalid or expired (401). */
export class UnauthorizedError extends StableVPSError {
  declare readonly code: "unauthorized";
}

/** The wallet does not hold enough (402), or was seen not to before ordering. */
export class InsufficientFundsError extends StableVPSError {
  declare readonly code: "insufficient_funds";
  /** What is needed. */
  declare readonly required: Money | null;
  /** What there is. */
  declare readonly available: Money | null;
  /** How much is missing. */
  declare readonly shortfall: Money | null;
  /** The currency of all three. */
  declare readonly currency: string | null;
}

/** A read-only key was used for a change (403). */
export class ReadOnlyKeyError extends StableVPSError {
  declare readonly code: "read_only_key";
}

/** There is no such resource in this account (404). */
export class NotFoundError extends StableVPSError {
  declare readonly code: "not_found";
}

/** The account has as many API keys as it may have (429 when creating one). */
export class KeyLimitReachedError extends StableVPSError {
  declare readonly code: "key_limit_reached";
}

/** Too many requests (429). */
export class RateLimitedError extends StableVPSError {
  declare readonly code: "rate_limited";
  /** Milliseconds that the service asks to wait. */
  declare readonly retryAfterMs: number | null;
}

/** The service failed (5xx). */
export class ServerError extends StableVPSError {
  declare readonly code: "server" | "provider";
}

/** The VPS provider behind the service failed (502). */
export class ProviderError extends ServerError {
  declare readonly code: "provider";
}

/** The service answered something that the documentation does not allow. */
export class UnexpectedResponseError extends StableVPSError {
  declare readonly code: "unexpected_response";
  /** Where in the body, such as `vps[3].createdAt`. */
  declare readonly place: string;
  /** What is wrong there. */
  declare readonly reason: string;
  /** The reply's content type. */
  declare readonly contentType: string | null;
  /** The beginning of a body that is not JSON, without secrets. */
  declare readonly excerpt: string | null;
}

/** No response arrived, and nothing was changed by the request. */
export class TransportError extends StableVPSError {
  declare readonly code: "transport";
  /** Where it broke. */
  declare readonly kind: FailureKind;
  /** Whether the request may have reached the service. */
  declare readonly delivery: Delivery;
  /** The HTTP stack's words. */
  declare readonly detail: string;
}

/** A request that must not be repeated may or may not have taken effect. */
export class OutcomeUnknownError extends StableVPSError {
  declare readonly code: "outcome_unknown";
  /** What happened to its reply. */
  declare readonly reason: string;
  /** How to find out what became of it. */
  declare readonly advice: string;
}

/** The time allowed for the whole was over. */
export class DeadlineExceededError extends StableVPSError {
  declare readonly code: "deadline_exceeded";
  /** What was being waited for. */
  declare readonly waitingFor: string;
}

/** The price is above the limit that the caller set. Nothing was ordered. */
export class OverBudgetError extends StableVPSError {
  declare readonly code: "over_budget";
  /** The catalogue's price. */
  declare readonly price: Money;
  /** The caller's limit. */
  declare readonly maxSpend: Money;
}

/** The VPS was bought, and its receipt shows a higher price than the limit that the caller set. */
export class PriceAboveLimitError extends StableVPSError {
  declare readonly code: "price_above_limit";
  /** What the receipt says. */
  declare readonly charged: Money;
  /** The caller's limit. */
  declare readonly maxSpend: Money;
}

/** The VPS was bought but can't become usable. */
export class ProvisioningFailedError extends StableVPSError {
  declare readonly code: "provisioning_failed";
  /** The status that ended the wait. */
  declare readonly vpsStatus: VpsStatus;
}

/** The order's reply was lost, and the order was seen not to have been placed. */
export class NotPlacedError extends StableVPSError {
  declare readonly code: "not_placed";
}

/** The order's reply was lost, and what became of the order could not be told. */
export class UnresolvedError extends StableVPSError {
  declare readonly code: "unresolved";
  /** Why not. */
  declare readonly reason: string;
  /** VPS that may be the one ordered. */
  declare readonly candidates: readonly Vps[];
}

/** The purchase of that idempotency key goes on elsewhere. */
export class PurchaseInProgressError extends StableVPSError {
  declare readonly code: "purchase_in_progress";
}

/** The idempotency key was used for another order. */
export class IdempotencyMismatchError extends StableVPSError {
  declare readonly code: "idempotency_mismatch";
  /** What differs. */
  declare readonly field: string;
}

/** The store of purchases failed. */
export class StoreError extends StableVPSError {
  declare readonly code: "store";
  /** The database's words. */
  declare readonly detail: string;
}

/** A token can't be resumed. */
export class StaleTokenError extends StableVPSError {
  declare readonly code: "stale_token";
  /** Why not. */
  declare readonly reason: string;
}

/** The classes by their codes. */
export interface ErrorsByCode {
  invalid_input: InvalidInputError;
  bad_request: BadRequestError;
  unauthorized: UnauthorizedError;
  insufficient_funds: InsufficientFundsError;
  read_only_key: ReadOnlyKeyError;
  not_found: NotFoundError;
  key_limit_reached: KeyLimitReachedError;
  rate_limited: RateLimitedError;
  server: ServerError;
  provider: ProviderError;
  unexpected_response: UnexpectedResponseError;
  transport: TransportError;
  outcome_unknown: OutcomeUnknownError;
  deadline_exceeded: DeadlineExceededError;
  over_budget: OverBudgetError;
  price_above_limit: PriceAboveLimitError;
  provisioning_failed: ProvisioningFailedError;
  not_placed: NotPlacedError;
  unresolved: UnresolvedError;
  purchase_in_progress: PurchaseInProgressError;
  idempotency_mismatch: IdempotencyMismatchError;
  store: StoreError;
  stale_token: StaleTokenError;
  aborted: AbortError;
}
