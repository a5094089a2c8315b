/**
 * The STABLEVPS API for JavaScript: buy, watch and control Forex VPS by program.
 *
 * @packageDocumentation
 */

export { price } from "./catalogue.js";
export {
  type AccountResource,
  type CallOptions,
  type CreateKeyParams,
  type Keys,
  type OrderParams,
  type ProvisionOptions,
  type ResumeOptions,
  StableVPS,
  StableVPS as default,
  type StableVPSOptions,
  type VpsResource,
  type WaitOptions,
  type WalletResource,
} from "./client.js";
export type { Clock } from "./clock.js";
export {
  AbortError,
  BadRequestError,
  DeadlineExceededError,
  type Delivery,
  type ErrorCode,
  type FailureKind,
  InsufficientFundsError,
  InvalidInputError,
  isStableVPSError,
  KeyLimitReachedError,
  NotFoundError,
  NotPlacedError,
  OutcomeUnknownError,
  OverBudgetError,
  ProviderError,
  ProvisioningFailedError,
  RateLimitedError,
  ReadOnlyKeyError,
  ServerError,
  StableVPSError,
  StaleTokenError,
  TransportError,
  UnauthorizedError,
  UnexpectedResponseError,
  UnresolvedError,
} from "./errors.js";
export type { Logger } from "./machine.js";
export {
  type Account,
  type ActionReceipt,
  type AffiliateStats,
  type ApiKeyInfo,
  type BillingCycle,
  type BillingStatus,
  type CreatedKey,
  type DeletedVps,
  type Location,
  type Order,
  type Phase,
  PLANS,
  type Plan,
  type PlanId,
  type PowerAction,
  type Progress,
  type Provisioned,
  type RevokedKey,
  type Role,
  type Scope,
  type ServerId,
  type Vps,
  type VpsDetails,
  type VpsId,
  type VpsStatus,
  type Wallet,
} from "./models.js";
export { cents, formatMoney, fromCents, type Money } from "./money.js";
export type { Purchase } from "./purchase.js";
export { Secret } from "./secret.js";
export { type Fetch, TransportFailure } from "./transport.js";
export { VERSION } from "./version.js";
export { init, type WasmSource } from "./wasm.js";
