/** The resources of a client: a method for every endpoint, and the purchase. */

import { type Batch, Buying, type ManyOptions, type ManyOrder } from "./many.js";
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
  Wallet,
} from "./models.js";
import { count, flag, type Names, record, secretText, span, text } from "./options.js";
import {
  type OrderParams,
  orderOf,
  PROVISION_OPTIONS,
  type ProvisionOptions,
  provisionRequest,
  RESUME_OPTIONS,
  type ResumeOptions,
  WAIT_OPTIONS,
  type WaitOptions,
  waiting,
} from "./provision.js";
import type { Purchase } from "./purchase.js";
import * as read from "./readers.js";
import { every, Resource } from "./resource.js";
import type { Secret } from "./secret.js";
import type { CallOptions } from "./session.js";
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

const KEY_PARAMS: Names<CreateKeyParams> = {
  email: 1,
  password: 1,
  name: 1,
  scope: 1,
  expiresInDays: 1,
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
    const request = () => ({ createVps: orderOf(params) });
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
    const request = () => provisionRequest(this._session, params, options);
    return this._session.purchase("vps.provision", request, options, PROVISION_OPTIONS);
  }

  /**
   * Buys many VPS, one for each order, and gives each with its end, as they come. Orders go one at a time; the VPS are
   * waited for together. How one order ends is no matter to the others.
   *
   * ```ts
   * const batch = client.vps.provisionMany(orders, { maxSpend: "400" });
   * for await (const { order, result, error } of batch) {
   *   console.log(order.location, result?.vps.id ?? error);
   * }
   * ```
   *
   * `orders` may be endless, or an async iterable: it is asked for the next order when that can begin. Nothing is bought
   * before the loop begins. When the loop is left, what is open is in {@link Batch.tokens}, and no VPS is cancelled.
   *
   * @throws InvalidInputError An option can't be met. Nothing was sent.
   * @throws AbortError The signal ended it. What is open is in {@link Batch.tokens}.
   */
  provisionMany<Order extends ManyOrder>(
    orders: Iterable<Order> | AsyncIterable<Order>,
    options: ManyOptions = {},
  ): Batch<Order> {
    return new Buying(this._session, orders, options);
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
