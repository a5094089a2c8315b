/** The resources of a client: a method for every endpoint, and the purchase. */

import type {
  Account,
  ActionReceipt,
  ApiKeyInfo,
  BillingCycle,
  CreatedKey,
  DeletedVps,
  Location,
  Order,
  PlanId,
  RevokedKey,
  Scope,
  Vps,
  VpsDetails,
  VpsId,
  WaitLevel,
  Wallet,
  WhenHeld,
} from "./models.js";
import type { Money } from "./money.js";
import {
  count,
  flag,
  type Names,
  optionalText,
  record,
  secretText,
  span,
  text,
} from "./options.js";
import { noProber } from "./probing/prober.js";
import type { Purchase } from "./purchase.js";
import * as read from "./readers.js";
import { invalidInput } from "./reports.js";
import { every, PURCHASE_OPTIONS, Resource } from "./resource.js";
import type { Secret } from "./secret.js";
import type { CallOptions, PurchaseOptions, Session } from "./session.js";
import type { Spelled } from "./spelled.js";
import type { VpsWatch, WatchOptions } from "./watch.js";

/** How a new key is made. */
export interface CreateKeyParams<Right extends Scope = Scope> {
  /** The e-mail address the account signs in with. */
  email: string;
  /** The account's password. */
  password: string | Secret;
  /** A label for the key. */
  name: string;
  /** `full` by default; `read` for a key that can change nothing. */
  scope?: Spelled<Scope, Right> | undefined;
  /** How many days the key works; for ever by default. */
  expiresInDays?: number | undefined;
}

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

const KEY_PARAMS: Names<CreateKeyParams> = {
  email: 1,
  password: 1,
  name: 1,
  scope: 1,
  expiresInDays: 1,
};
const ORDER_PARAMS: Names<OrderParams> = { planId: 1, billingCycle: 1, location: 1 };
const RESUME_OPTIONS: Names<ResumeOptions> = { ...PURCHASE_OPTIONS, anyKey: 1 };
const WAIT_OPTIONS: Names<WaitOptions> = {
  ...PURCHASE_OPTIONS,
  waitFor: 1,
  firstLook: 1,
  longestPause: 1,
};
const PROVISION_OPTIONS: Names<ProvisionOptions> = {
  ...WAIT_OPTIONS,
  maxSpend: 1,
  preflight: 1,
  checkFunds: 1,
  settle: 1,
  idempotencyKey: 1,
  whenHeld: 1,
};

/** API keys: `client.keys`. */
export class Keys extends Resource {
  /**
   * Signs in with the account's password, for a new API key (`POST /auth`).
   *
   * The key is in this reply and nowhere else, ever. A lost reply is never repeated: it ends in
   * {@link OutcomeUnknownError}.
   *
   * @throws KeyLimitReachedError when the account has ten keys.
   */
  create<Right extends Scope = Scope>(
    params: CreateKeyParams<Right>,
    options: CallOptions = {},
  ): Promise<CreatedKey> {
    const request = () => {
      const { email, password, name, scope, expiresInDays } = record("params", params, KEY_PARAMS);
      const createKey = {
        email: text("email", email),
        password: secretText("password", password),
        name: text("name", name),
        scope: text("scope", scope ?? "full"),
        expiresInDays: count("expiresInDays", expiresInDays),
      };
      return { createKey };
    };
    return this._session.call("keys.create", request, read.readCreatedKey, options);
  }

  /** What is known of every API key (`GET /auth`); never the keys themselves. */
  list(options: CallOptions = {}): Promise<ApiKeyInfo[]> {
    return this._session.call("keys.list", "listKeys", readApiKeys, options);
  }

  /** Revokes a key for good (`DELETE /auth`). A key can't revoke itself. */
  revoke(keyId: string, options: CallOptions = {}): Promise<RevokedKey> {
    const request = () => ({ revokeKey: { keyId: text("keyId", keyId) } });
    return this._session.call("keys.revoke", request, read.readRevokedKey, options);
  }
}

/** VPS: `client.vps`. */
export class VpsResource extends Resource {
  /** Every VPS of the account (`GET /vps`), without passwords. */
  list(options: CallOptions = {}): Promise<Vps[]> {
    return this._session.call("vps.list", "listVps", readVpsList, options);
  }

  /** One VPS with all there is to know (`GET /vps/:id`), its RDP password included. */
  get(id: VpsId, options: CallOptions = {}): Promise<VpsDetails> {
    const request = () => ({ getVps: { id: text("id", id) } });
    return this._session.call("vps.get", request, read.readVpsDetails, options);
  }

  /**
   * Orders a VPS and charges the wallet (`POST /vps`), without waiting for it.
   *
   * {@link provision} is the safer way. Here a lost reply ends in {@link OutcomeUnknownError}, and the
   * caller has to find out whether a VPS was bought.
   */
  create<Plan extends PlanId, Cycle extends BillingCycle, Place extends Location>(
    params: OrderParams<Plan, Cycle, Place>,
    options: CallOptions = {},
  ): Promise<Order> {
    const request = () => ({ createVps: order(params) });
    return this._session.call("vps.create", request, read.readOrder, options);
  }

  /** Deletes a VPS for good (`DELETE /vps/:id`). Nothing is refunded. */
  delete(id: VpsId, options: CallOptions = {}): Promise<DeletedVps> {
    const request = () => ({ deleteVps: { id: text("id", id) } });
    return this._session.call("vps.delete", request, read.readDeletedVps, options);
  }

  /** Switches a VPS on (`POST /vps/:id/actions`). */
  start(id: VpsId, options: CallOptions = {}): Promise<ActionReceipt> {
    const request = () => ({ startVps: { id: text("id", id) } });
    return this._session.call("vps.start", request, read.readActionReceipt, options);
  }

  /** Switches a VPS off (`POST /vps/:id/actions`). */
  stop(id: VpsId, options: CallOptions = {}): Promise<ActionReceipt> {
    const request = () => ({ stopVps: { id: text("id", id) } });
    return this._session.call("vps.stop", request, read.readActionReceipt, options);
  }

  /** Restarts a VPS (`POST /vps/:id/actions`). A lost reply is never repeated. */
  reboot(id: VpsId, options: CallOptions = {}): Promise<ActionReceipt> {
    const request = () => ({ rebootVps: { id: text("id", id) } });
    return this._session.call("vps.reboot", request, read.readActionReceipt, options);
  }

  /**
   * Buys one VPS, exactly one, and waits until it can be used.
   *
   * @throws InsufficientFundsError The wallet does not hold enough; nothing was bought.
   * @throws OverBudgetError The price is above `maxSpend`; nothing was ordered.
   * @throws NotPlacedError The order's reply was lost, and nothing was bought.
   * @throws UnresolvedError The order's reply was lost, and a person must look.
   * @throws ProvisioningFailedError Bought, but suspended or terminated.
   * @throws DeadlineExceededError Not usable in time; the error carries a token.
   * @throws AbortError The signal ended the wait; the error carries a token.
   * @throws PurchaseInProgressError The purchase of that `idempotencyKey` goes on elsewhere.
   * @throws IdempotencyMismatchError That key belongs to an order of something else.
   * @throws StoreError The store failed. Without a token, nothing was ordered.
   */
  provision<Plan extends PlanId, Cycle extends BillingCycle, Place extends Location>(
    params: OrderParams<Plan, Cycle, Place>,
    options: ProvisionOptions = {},
  ): Purchase {
    const request = () => {
      const preflight = flag("preflight", options.preflight);
      const provision = {
        ...order(params),
        options: {
          ...waiting(this._session, options),
          preflight: preflight === undefined ? undefined : preflight ? "check" : "skip",
          checkFunds: flag("checkFunds", options.checkFunds),
          maxSpend: optionalText("maxSpend", options.maxSpend),
          settleMs: span("settle", options.settle),
        },
        recording: recording(this._session, options),
      };
      return { provision };
    };
    return this._session.purchase("vps.provision", request, options, PROVISION_OPTIONS);
  }

  /**
   * Continues a purchase from a token: a token of this package or of any other language's. The time
   * allowed begins anew. A token from the moment at which the order may have been sent never leads to
   * a second order.
   *
   * @throws StaleTokenError for a token of another account or server.
   */
  resume(token: string, options: ResumeOptions = {}): Purchase {
    const request = () => {
      const resume = {
        token: text("token", token),
        timeoutMs: span("timeout", options.timeout),
        anyKey: flag("anyKey", options.anyKey),
      };
      return { resume };
    };
    return this._session.purchase("vps.resume", request, options, RESUME_OPTIONS);
  }

  /** Waits until a VPS that was bought elsewhere can be used. Its first look is at once. */
  waitUntilReady(id: VpsId, options: WaitOptions = {}): Purchase {
    const request = () => {
      const waitUntilReady = { id: text("id", id), options: waiting(this._session, options) };
      return { waitUntilReady };
    };
    return this._session.purchase("vps.waitUntilReady", request, options, WAIT_OPTIONS);
  }

  /**
   * Watches the account's VPS: what changes, who stops to answer, which period ends soon; and reboots those that hang,
   * where `reboot` says so.
   *
   * ```ts
   * for await (const event of client.vps.watch({ reboot: "when_silent" })) {
   *   console.log(event.at, event.event);
   * }
   * ```
   *
   * It looks while it is asked for the next event, and ends when the loop is left. Failures of the network and the service
   * are waited out.
   *
   * @throws InvalidInputError from the first event on: an option can't be met. Nothing was sent.
   * @throws UnauthorizedError The service refused the key in two looks in a row.
   * @throws AbortError The signal ended it.
   */
  watch(options: WatchOptions = {}): VpsWatch {
    return this._session.watch(options);
  }
}

/** The account: `client.account`. */
export class AccountResource extends Resource {
  /** The account's profile with its balance and VPS counts (`GET /account`). */
  get(options: CallOptions = {}): Promise<Account> {
    return this._session.call("account.get", "getAccount", read.readAccount, options);
  }
}

/** The wallet: `client.wallet`. */
export class WalletResource extends Resource {
  /** What the wallet holds (`GET /wallet`). */
  get(options: CallOptions = {}): Promise<Wallet> {
    return this._session.call("wallet.get", "getWallet", read.readWallet, options);
  }
}

const readApiKeys = every(read.readApiKeyInfo);
const readVpsList = every(read.readVps);

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

function order(params: Record<keyof OrderParams, string>): object {
  const { planId, billingCycle, location } = record("params", params, ORDER_PARAMS);
  return {
    planId: text("planId", planId),
    billingCycle: text("billingCycle", billingCycle),
    location: text("location", location),
  };
}

function waiting(session: Session, options: WaitOptions): object {
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
