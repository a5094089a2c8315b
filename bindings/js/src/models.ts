/** What the service answers. Written by `cargo xtask generate` from the core's models. */

import type { Money } from "./money.js";
import type { Secret } from "./secret.js";

declare const brand: unique symbol;

/** A VPS's own id: what every call takes. Any string will do, but a {@link ServerId}. */
export type VpsId = string & { readonly [brand]?: "VpsId" };
/** A VPS's id at the provider behind the service, such as `zomro-67890`. No call takes it. */
export type ServerId = string & { readonly [brand]: "ServerId" };

/** What an account may do on the service's own site. */
export type Role = "user" | "admin" | (string & {});

/** What can be done to a running VPS. */
export type PowerAction = "start" | "stop" | "reboot" | (string & {});

/** What a key may do. */
export type Scope = "full" | "read" | (string & {});

/** The size of a VPS. */
export type PlanId = "basic" | "prime" | "pro" | (string & {});

/** How often a VPS is paid for. */
export type BillingCycle = "monthly" | "yearly" | (string & {});

/** Where a VPS stands. */
export type Location = "amsterdam" | "london" | "frankfurt" | "newYork" | "singapore" | "tokyo" | (string & {});

/** How the machine itself stands. */
export type VpsStatus = "provisioning" | "active" | "suspended" | "terminated" | (string & {});

/** How the payment for a VPS stands. */
export type BillingStatus = "active" | "canceled" | "past_due" | "trialing" | "pending" | (string & {});

/** How far a purchase has come. */
export type PurchaseState = "open" | "ordered" | "bought" | "ready" | "failed" | "unresolved" | "not_ordered" | "forgotten";

/** Where a purchase is. */
export type Phase = "preflight" | "baseline" | "ordering" | "reconciling" | "polling" | "ended";

/** Where an exchange broke. */
export type FailureKind = "dns" | "connect" | "tls" | "proxy" | "timeout" | "io" | "too_large" | "cancelled";

/** Whether a failed request may have taken effect. */
export type Delivery = "not_sent" | "unknown";

/** Whose fault an error is. */
export type Fault = "caller" | "server" | "network";

/** What to do after an error. */
export type Next = "retry" | "resume" | "fix" | "ask";

/** How a request carries its key. */
export type Auth = "bearer" | "x-api-key";

/** When a VPS counts as usable. */
export type WaitLevel = "ready" | "active" | "reachable";

/** What to do about a purchase that goes on elsewhere. */
export type WhenHeld = "refuse" | "wait";

/** Which VPS a watch reboots. */
export type RebootPolicy = "never" | "when_silent";

/** How a probe went. */
export type ProbeOutcome = "answered" | "silent" | "not_tried";

/** An error's code, the same in every language. `aborted` is JavaScript's own. */
export type ErrorCode = "invalid_input" | "bad_request" | "unauthorized" | "insufficient_funds" | "read_only_key" | "not_found" | "key_limit_reached" | "rate_limited" | "server" | "provider" | "unexpected_response" | "transport" | "outcome_unknown" | "deadline_exceeded" | "over_budget" | "price_above_limit" | "provisioning_failed" | "not_placed" | "unresolved" | "purchase_in_progress" | "idempotency_mismatch" | "store" | "stale_token" | "aborted";

/** The account's profile with its balance and VPS counts (`GET /account`). */
export interface Account {
  /** The account's id. */
  readonly id: string;
  /** The holder's first name. */
  readonly firstName: string | null;
  /** The holder's last name. */
  readonly lastName: string | null;
  /** The e-mail address the account signs in with. */
  readonly email: string;
  /** What the account may do. */
  readonly role: Role;
  /** What the wallet holds, rounded half-even to the cent. */
  readonly balance: Money;
  /** The currency of the balance, `EUR`. */
  readonly currency: string;
  /** The code that others sign up with. */
  readonly referralCode: string | null;
  /** What the referral code earned. */
  readonly affiliateStats: AffiliateStats | null;
  /** How many VPS are active now. */
  readonly activeVpsCount: number;
  /** How many VPS there are in any state. */
  readonly totalVpsCount: number;
  /** When the account was made. */
  readonly createdAt: Date | null;
}

/** What an account's referral code earned. */
export interface AffiliateStats {
  /** Everyone who signed up with the code. */
  readonly totalReferrals: number;
  /** Those of them who bought. */
  readonly successfulReferrals: number;
  /** What that earned, in the account's currency. */
  readonly totalEarnings: Money;
}

/** The service's receipt for a power action (`POST /vps/:id/actions`). */
export interface ActionReceipt {
  /** What was asked for. */
  readonly action: PowerAction;
  /** The provider's own id. No call takes it. */
  readonly serverId: ServerId | null;
  /** The service's own words. */
  readonly message: string | null;
}

/** What is known of an API key (`GET /auth`); never the key itself. */
export interface ApiKeyInfo {
  /** The key's id: what revoking it takes. */
  readonly id: string;
  /** The label given to the key. */
  readonly name: string;
  /** The key's first characters. */
  readonly keyPrefix: string;
  /** What the key may do. */
  readonly scope: Scope;
  /** When the key was last used; none means never. */
  readonly lastUsedAt: Date | null;
  /** When the key stops working; none means never. */
  readonly expiresAt: Date | null;
  /** When the key was made. */
  readonly createdAt: Date | null;
}

/** A new API key (`POST /auth`). The key itself is in this reply and nowhere else, ever. */
export interface CreatedKey {
  /** The key, shown this one time. */
  readonly apiKey: Secret;
  /** The key's first characters, by which listings name it. */
  readonly keyPrefix: string;
  /** The label given to the key. */
  readonly name: string;
  /** What the key may do. */
  readonly scope: Scope;
  /** When the key stops working; none means never. */
  readonly expiresAt: Date | null;
  /** The service's own words. */
  readonly message: string | null;
}

/** The end of a VPS (`DELETE /vps/:id`). */
export interface DeletedVps {
  /** The id of what was deleted. */
  readonly id: VpsId;
  /** Whether the provider confirmed; not known where the reply was lost. */
  readonly providerDeleted: boolean | null;
  /** The service's own words. */
  readonly message: string | null;
  /** True when the service answered "not found" to a repeated request whose first reply was lost. */
  readonly alreadyGone: boolean;
}

/** The service's receipt for an order (`POST /vps`). */
export interface Order {
  /** The new VPS's id: what every later call takes. */
  readonly id: VpsId;
  /** The provider's own id. No call takes it. */
  readonly serverId: ServerId | null;
  /** The size. */
  readonly planId: PlanId;
  /** How often it is paid for. */
  readonly billingCycle: BillingCycle;
  /** Where it stands. */
  readonly location: Location;
  /** How the machine stands: as a rule, `provisioning`. */
  readonly vpsStatus: VpsStatus;
  /** The user to sign in as over RDP. */
  readonly rdpUsername: string | null;
  /** What the wallet was charged. */
  readonly cost: Money;
  /** What the wallet holds after it. */
  readonly newBalance: Money;
  /** The currency of both, `EUR`. */
  readonly currency: string;
  /** Until when it is paid for. */
  readonly currentPeriodEnd: Date | null;
  /** The service's own words. */
  readonly message: string | null;
}

/** The end of a key (`DELETE /auth`). */
export interface RevokedKey {
  /** The service's own words. */
  readonly message: string | null;
  /** True when the service answered "not found" to a repeated request whose first reply was lost. */
  readonly alreadyGone: boolean;
}

/** One VPS with all there is to know (`GET /vps/:id`). */
export interface VpsDetails {
  /** The service's id: what every call takes. */
  readonly id: VpsId;
  /** The size. */
  readonly planId: PlanId;
  /** How often it is paid for. */
  readonly billingCycle: BillingCycle;
  /** How the payment stands. */
  readonly status: BillingStatus;
  /** How the machine stands. */
  readonly vpsStatus: VpsStatus;
  /** The public address, once there is one. */
  readonly ipAddress: string | null;
  /** The host name, once there is one. */
  readonly hostname: string | null;
  /** The user to sign in as over RDP. */
  readonly rdpUsername: string | null;
  /** The password to sign in with over RDP. */
  readonly rdpPassword: Secret | null;
  /** Where it stands. */
  readonly location: Location;
  /** The provider's own id. No call takes it. */
  readonly serverId: ServerId | null;
  /** Since when the current period is paid for. */
  readonly currentPeriodStart: Date | null;
  /** Until when it is paid for. */
  readonly currentPeriodEnd: Date | null;
  /** When it was ordered. */
  readonly createdAt: Date | null;
}

/** A VPS as listings show it (`GET /vps`): no password and no host name. */
export interface Vps {
  /** The service's id: what every call takes. */
  readonly id: VpsId;
  /** The size. */
  readonly planId: PlanId;
  /** How often it is paid for. */
  readonly billingCycle: BillingCycle;
  /** How the payment stands. */
  readonly status: BillingStatus;
  /** How the machine stands. */
  readonly vpsStatus: VpsStatus;
  /** The public address, once there is one. */
  readonly ipAddress: string | null;
  /** Where it stands. */
  readonly location: Location;
  /** The user to sign in as over RDP. */
  readonly rdpUsername: string | null;
  /** The provider's own id. No call takes it. */
  readonly serverId: ServerId | null;
  /** Until when it is paid for. */
  readonly currentPeriodEnd: Date | null;
  /** When it was ordered. */
  readonly createdAt: Date | null;
}

/** The wallet, the only means of payment of the API (`GET /wallet`). */
export interface Wallet {
  /** What the wallet holds, rounded half-even to the cent. */
  readonly balance: Money;
  /** The currency of the balance, `EUR`. */
  readonly currency: string;
}

/** A purchase that ended well. */
export interface Provisioned {
  /** The VPS, usable. */
  readonly vps: VpsDetails;
  /** Whether the order's reply was lost and the VPS found by looking. */
  readonly recovered: boolean;
  /** How often the order was handed over in a way that the service may have received it. */
  readonly ordersSent: number;
  /** What the order cost: from its receipt, or after a lost receipt from the wallet's change. */
  readonly charged: Money | null;
  /** What the wallet held before the order. */
  readonly balanceBefore: Money | null;
  /** What the wallet held after the order. */
  readonly balanceAfter: Money | null;
  /** The currency of all three. */
  readonly currency: string | null;
  /** What else was charged while the order was placed: look at the account. */
  readonly unexplained: UnexplainedCharge | null;
  /**
   * Other VPS that were bought for this purchase, as its store knows: its order was carried out more than once. Look
   * at the account. Empty without a store.
   */
  readonly otherVpsIds: readonly VpsId[];
  /** Milliseconds since the purchase began, in whatever process. */
  readonly elapsedMs: number;
  /** How many requests were made since this process began with it. */
  readonly requests: number;
}

/**
 * Money that left the wallet while an order was placed, beyond the order's receipt. Something in between sent the
 * order again, somebody else bought, or a renewal fell due.
 */
export interface UnexplainedCharge {
  /** How much. */
  readonly amount: Money;
  /**
   * VPS that were not there before the order and that no purchase of this process got, as far as they could be
   * listed.
   */
  readonly vpsIds: readonly VpsId[];
}

/** A purchase, as a store has recorded it. */
export interface PurchaseRecord {
  /** Its id in the store. */
  readonly id: string;
  /** The caller's idempotency key; none of a purchase that was made without one. */
  readonly idempotencyKey: string | null;
  /** The size. */
  readonly planId: PlanId;
  /** How often to pay. */
  readonly billingCycle: BillingCycle;
  /** Where. */
  readonly location: Location;
  /** How far it has come. */
  readonly state: PurchaseState;
  /** How often an order was begun for it. */
  readonly attempt: number;
  /** Its VPS, once that is known. */
  readonly vpsId: VpsId | null;
  /** Other VPS that were bought for it: its order was carried out more than once. Look at the account. */
  readonly otherVpsIds: readonly VpsId[];
  /** From where it can be taken up without the store; none once it is forgotten. */
  readonly token: string | null;
}

/** How far a purchase is. */
export interface Progress {
  /** Where it is. */
  readonly phase: Phase;
  /** Whether no other purchase of this account may be before its polling at the same time. */
  readonly exclusive: boolean;
  /** How many requests were made since this process began with it. */
  readonly requests: number;
  /** How often the order was handed over in a way that the service may have received it. */
  readonly ordersSent: number;
  /** Milliseconds since the purchase began, in whatever process. */
  readonly elapsedMs: number;
  /** Milliseconds until the next request. */
  readonly nextLookMs: number;
  /** The VPS, once it is known. */
  readonly vpsId: VpsId | null;
  /** Its status when it was last seen. */
  readonly lastStatus: VpsStatus | null;
  /** Whether the order's reply was lost and the VPS found by looking. */
  readonly recovered: boolean;
  /** The code of the last failure that was got over. */
  readonly lastError: string | null;
  /** What the wallet held before the order. */
  readonly balanceBefore: Money | null;
  /** What the order cost: from its receipt, or after a lost receipt from the wallet's change. */
  readonly charged: Money | null;
  /** The currency of both. */
  readonly currency: string | null;
  /** What else was charged meanwhile. */
  readonly unexplained: UnexplainedCharge | null;
  /** From where the purchase can be taken up again. Keep it before going on. */
  readonly token: string | null;
}

/** How far orders are that are bought together. */
export interface BatchProgress {
  /** How many were begun. */
  readonly begun: number;
  /** How many are looking at the wallet, or wait for their turn to. */
  readonly preflight: number;
  /** How many are remembering the VPS there are. */
  readonly baseline: number;
  /** How many are placing their order. */
  readonly ordering: number;
  /** How many look for an order whose reply was lost. */
  readonly reconciling: number;
  /** How many wait for their VPS. */
  readonly polling: number;
  /** How many ended with a VPS. */
  readonly ready: number;
  /** How many ended with an error. */
  readonly failed: number;
  /** What was spent; with the price that this version knows, where the charge is not known. */
  readonly spent: Money;
  /** The currency of that, once it is known. */
  readonly currency: string | null;
  /** Milliseconds since the oldest purchase that is under way began. */
  readonly longestMs: number;
}

/** One plan. Every VPS runs Windows Server 2022 with MT5 installed. */
export interface Plan {
  /** The plan's id: what an order takes. */
  readonly id: PlanId;
  /** The plan's name. */
  readonly name: string;
  /** Virtual processors. */
  readonly vcpus: number;
  /** Memory in megabytes of 1,000,000 bytes. */
  readonly memoryMb: number;
  /** NVMe storage in gigabytes. */
  readonly storageGb: number;
  /** The price of a month, in EUR. */
  readonly monthly: Money;
  /** The price of a year, in EUR. */
  readonly yearly: Money;
}

/** Every plan, the smallest first, as the documentation of the API lists it. */
export const PLANS: readonly Plan[] = Object.freeze([
  Object.freeze({
    id: "basic",
    name: "Starter",
    vcpus: 1,
    memoryMb: 2500,
    storageGb: 17,
    monthly: "12.49",
    yearly: "124.90",
  }),
  Object.freeze({
    id: "prime",
    name: "Professional",
    vcpus: 2,
    memoryMb: 4000,
    storageGb: 35,
    monthly: "19.49",
    yearly: "194.90",
  }),
  Object.freeze({
    id: "pro",
    name: "Enterprise",
    vcpus: 4,
    memoryMb: 8000,
    storageGb: 65,
    monthly: "34.49",
    yearly: "344.90",
  }),
]);
