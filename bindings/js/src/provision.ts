/** What a purchase is asked for with. */

import type { BillingCycle, Location, PlanId, WaitLevel, WhenHeld } from "./models.js";
import type { Money } from "./money.js";
import { flag, type Names, optionalText, record, span, text } from "./options.js";
import { noProber } from "./probing/prober.js";
import { invalidInput } from "./reports.js";
import { PURCHASE_OPTIONS } from "./resource.js";
import type { PurchaseOptions, Request, Session } from "./session.js";
import type { Spelled } from "./spelled.js";

/** What to buy. What this version does not know can be ordered as a `string`, but not as a literal, which is taken for misspelled. */
export interface OrderParams<
  Plan extends PlanId = PlanId,
  Cycle extends BillingCycle = BillingCycle,
  Place extends Location = Location,
> {
  /** The size. */
  planId: Spelled<PlanId, Plan>;
  /** How often to pay. */
  billingCycle: Spelled<BillingCycle, Cycle>;
  /** Where. */
  location: Spelled<Location, Place>;
}

/** How a VPS is waited for. All times are in milliseconds. */
export interface WaitOptions extends PurchaseOptions {
  /**
   * `ready`, the default: active, with address, user and password. Or `active`. Or `reachable`: its desktop accepts
   * connections, too, which needs TCP or a `prober`.
   */
  waitFor?: WaitLevel | undefined;
  /** When to look for the first time: 5,000 by default. */
  firstLook?: number | undefined;
  /** The longest pause between two looks: 15,000 by default. */
  longestPause?: number | undefined;
}

/** How a VPS is bought. All times are in milliseconds. */
export interface ProvisionOptions extends WaitOptions {
  /** The most that may be spent, such as `"20"`; a higher price ends it before anything is ordered. */
  maxSpend?: Money | undefined;
  /**
   * Whether to look at the wallet before ordering: true by default. Without, a lost order can't be
   * told from one that was never placed.
   */
  preflight?: boolean | undefined;
  /**
   * Whether a wallet that holds less than the price built into this version ends in an `InsufficientFundsError`
   * before anything is ordered: false by default. The service itself refuses what can't be paid, and that price
   * may be out of date.
   */
  checkFunds?: boolean | undefined;
  /** How long an order whose reply was lost is looked for: 90,000 by default. */
  settle?: number | undefined;
  /**
   * Your own name for this purchase, such as the number of your customer's order, of 1 to 255 bytes. The client must have
   * a `store`. At most one VPS is ever ordered under a key, whoever asks and however often; a call after the purchase's
   * end gets that end.
   */
  idempotencyKey?: string | undefined;
  /**
   * What to do where the purchase of that key goes on elsewhere: `refuse`, the default, with a
   * `PurchaseInProgressError`; or `wait` for its end.
   */
  whenHeld?: WhenHeld | undefined;
}

/** How a purchase is taken up again. All times are in milliseconds. */
export interface ResumeOptions extends PurchaseOptions {
  /** Accepts a token that was begun with another key of the same account. */
  anyKey?: boolean | undefined;
}

const ORDER_PARAMS: Names<OrderParams> = { planId: 1, billingCycle: 1, location: 1 };
/** @internal */
export const RESUME_OPTIONS: Names<ResumeOptions> = { ...PURCHASE_OPTIONS, anyKey: 1 };
/** @internal */
export const WAIT_OPTIONS: Names<WaitOptions> = {
  ...PURCHASE_OPTIONS,
  waitFor: 1,
  firstLook: 1,
  longestPause: 1,
};
/** @internal */
export const PROVISION_OPTIONS: Names<ProvisionOptions> = {
  ...WAIT_OPTIONS,
  maxSpend: 1,
  preflight: 1,
  checkFunds: 1,
  settle: 1,
  idempotencyKey: 1,
  whenHeld: 1,
};

/** @internal The core's request for a purchase. */
export function provisionRequest(
  session: Session,
  params: Record<keyof OrderParams, string>,
  options: ProvisionOptions,
): Request {
  const preflight = flag("preflight", options.preflight);
  const provision = {
    ...orderOf(params),
    options: {
      ...waiting(session, options),
      preflight: preflight === undefined ? undefined : preflight ? "check" : "skip",
      checkFunds: flag("checkFunds", options.checkFunds),
      maxSpend: optionalText("maxSpend", options.maxSpend),
      settleMs: span("settle", options.settle),
    },
    recording: recording(session, options),
  };
  return { provision };
}

/** How a purchase is recorded, on a client with a store. */
function recording(session: Session, options: ProvisionOptions): object | undefined {
  const idempotencyKey = optionalText("idempotencyKey", options.idempotencyKey);
  const whenHeld = optionalText("whenHeld", options.whenHeld);
  if (session.hasStore) {
    return { idempotencyKey, whenHeld };
  }
  for (const [name, value] of Object.entries({ idempotencyKey, whenHeld })) {
    if (value !== undefined) {
      throw invalidInput(name, "needs a client with a store");
    }
  }
  return undefined;
}

/** @internal What an order is of. */
export function orderOf(params: Record<keyof OrderParams, string>): object {
  const { planId, billingCycle, location } = record("params", params, ORDER_PARAMS);
  return {
    planId: text("planId", planId),
    billingCycle: text("billingCycle", billingCycle),
    location: text("location", location),
  };
}

/** @internal How a VPS is waited for. */
export function waiting(session: Session, options: WaitOptions): object {
  const waitFor = optionalText("waitFor", options.waitFor);
  if (waitFor === "reachable" && !session.hasProber) {
    throw noProber("waitFor", 'must not be "reachable"');
  }
  return {
    waitFor,
    timeoutMs: span("timeout", options.timeout),
    firstLookMs: span("firstLook", options.firstLook),
    longestPauseMs: span("longestPause", options.longestPause),
  };
}
