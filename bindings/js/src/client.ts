/** The client: an account and its resources. */

import type { Api, Machine } from "../wasm/main/main.js";
import { type Clock, systemClock } from "./clock.js";
import { type ErrorDocument, errorOf, invalidInput } from "./errors.js";
import { type Job, type Logger, run } from "./machine.js";
import {
  type Account,
  type ActionReceipt,
  type ApiKeyInfo,
  type BillingCycle,
  type CreatedKey,
  type DeletedVps,
  type Location,
  type Order,
  type PlanId,
  type Progress,
  type RevokedKey,
  readAccount,
  readActionReceipt,
  readApiKeyInfo,
  readCreatedKey,
  readDeletedVps,
  readOrder,
  readProvisioned,
  readRevokedKey,
  readVps,
  readVpsDetails,
  readWallet,
  type Scope,
  type Vps,
  type VpsDetails,
  type VpsId,
  type Wallet,
} from "./models.js";
import type { Money } from "./money.js";
import { count, record, secretText, span, text } from "./options.js";
import { isBrowser } from "./platform.js";
import { type Purchase, purchase } from "./purchase.js";
import type { Secret } from "./secret.js";
import type { Fetch } from "./transport.js";
import { VERSION } from "./version.js";
import { core, coreNow } from "./wasm.js";

/** How a client is made. All times are in milliseconds. */
export interface StableVPSOptions {
  /**
   * The API key. By default the environment's `STABLEVPS_API_KEY`, where there is an environment.
   * `null` for none: only `keys.create` does without.
   */
  apiKey?: string | Secret | null | undefined;
  /** Another server than `https://stablevps.com`. Plain http only to loopback. */
  baseUrl?: string | undefined;
  /** The header that carries the key: `bearer` by default. */
  auth?: "bearer" | "x-api-key" | undefined;
  /** How long one request may take: 30,000 by default. */
  timeout?: number | undefined;
  /** How often a failed request is repeated: 2 by default. An order never is. */
  maxRetries?: number | undefined;
  /** What to send with, instead of the platform's `fetch`. */
  fetch?: Fetch | undefined;
  /** Told of every request and every wait, such as `console`. It never gets to see a secret. */
  logger?: Logger | undefined;
  /**
   * Allows a key in a browser, where every visitor of the page can read it and spend the wallet. Only
   * for pages that nobody but the key's owner opens, or whose users enter keys of their own.
   */
  dangerouslyAllowBrowser?: boolean | undefined;
  /** Another clock, for tests. */
  clock?: Clock | undefined;
  /** Makes the jitter of retries repeatable, for tests: an integer from 0. */
  randomSeed?: number | undefined;
}

/** What every method takes. All times are in milliseconds. */
export interface CallOptions {
  /** Ends the call when it is aborted, with an `AbortError`. */
  signal?: AbortSignal | undefined;
  /** How long each request may take. */
  timeout?: number | undefined;
  /** How long the call may take with all its retries. */
  deadline?: number | undefined;
}

/** How a new key is made. */
export interface CreateKeyParams {
  /** The e-mail address the account signs in with. */
  email: string;
  /** The account's password. */
  password: string | Secret;
  /** A label for the key. */
  name: string;
  /** `full` by default; `read` for a key that can change nothing. */
  scope?: Scope | undefined;
  /** How many days the key works; for ever by default. */
  expiresInDays?: number | undefined;
}

/** What to buy. */
export interface OrderParams {
  /** The size. */
  planId: PlanId;
  /** How often to pay. */
  billingCycle: BillingCycle;
  /** Where. */
  location: Location;
}

/** How a VPS is waited for. All times are in milliseconds. */
export interface WaitOptions {
  /** Ends the wait when it is aborted, with an `AbortError` that carries the token. */
  signal?: AbortSignal | undefined;
  /** How long the whole may take: 1,800,000 by default. Running out of it never cancels the VPS. */
  timeout?: number | undefined;
  /** `ready`, the default: active, with address, user and password. Or `active`. */
  waitFor?: "ready" | "active" | undefined;
  /** When to look for the first time: 5,000 by default. */
  firstLook?: number | undefined;
  /** The longest pause between two looks: 15,000 by default. */
  longestPause?: number | undefined;
  /**
   * Told before every request and every wait. A promise that it returns is waited for, so that
   * `progress.token` can be stored before the order is sent.
   */
  onProgress?: ((progress: Progress) => unknown) | undefined;
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
  /** How long an order whose reply was lost is looked for: 90,000 by default. */
  settle?: number | undefined;
}

/** How a purchase is taken up again. */
export interface ResumeOptions {
  /** Ends the wait when it is aborted, with an `AbortError` that carries the token. */
  signal?: AbortSignal | undefined;
  /** How many milliseconds it may take from now on; as many as it began with by default. */
  timeout?: number | undefined;
  /** Accepts a token that was begun with another key of the same account. */
  anyKey?: boolean | undefined;
  /** Told before every request and every wait, as by {@link WaitOptions.onProgress}. */
  onProgress?: ((progress: Progress) => unknown) | undefined;
}

const DEFAULT_BASE_URL = "https://stablevps.com";
/** How long a purchase waits for its turn where its token alone knows its time. */
const LONGEST_WAIT = 1_800_000;
const KEY_VARIABLE = "STABLEVPS_API_KEY";

/**
 * The STABLEVPS API.
 *
 * ```ts
 * const client = new StableVPS();
 * const { vps, charged } = await client.vps.provision(
 *   { planId: "prime", billingCycle: "monthly", location: "london" },
 *   { maxSpend: "20" },
 * );
 * ```
 *
 * One client serves any number of calls at once.
 */
export class StableVPS {
  /** API keys. */
  readonly keys: Keys;
  /** VPS. */
  readonly vps: VpsResource;
  /** The account. */
  readonly account: AccountResource;
  /** The wallet. */
  readonly wallet: WalletResource;

  /**
   * @throws InvalidInputError for a key or an address that can't be used: at once where the core is
   * there already, as it is in Node, and from the first call in a browser.
   */
  constructor(options: StableVPSOptions = {}) {
    const session = new Session(record("options", options));
    this.keys = new Keys(session);
    this.vps = new VpsResource(session);
    this.account = new AccountResource(session);
    this.wallet = new WalletResource(session);
    Object.freeze(this);
  }
}

/** A configured account, which every resource uses. */
class Session {
  readonly #options: object;
  readonly #baseUrl: string;
  readonly #fetch: Fetch;
  readonly #clock: Clock;
  readonly #logger: Logger | undefined;
  #seed: number | undefined;
  #api: Api | undefined;

  constructor(options: StableVPSOptions) {
    const { apiKey = fromEnvironment(), auth = "bearer", baseUrl = DEFAULT_BASE_URL } = options;
    if (isBrowser() && apiKey !== null && options.dangerouslyAllowBrowser !== true) {
      throw invalidInput(
        "apiKey",
        "must not be used in a browser, where everyone who opens the page can read it; " +
          "where that is meant, say so with dangerouslyAllowBrowser: true",
      );
    }
    const { fetch = platformFetch } = options;
    if (typeof fetch !== "function") {
      throw invalidInput("fetch", "must be a function");
    }
    this.#fetch = fetch;
    this.#clock = options.clock ?? systemClock;
    this.#logger = options.logger;
    this.#seed = count("randomSeed", options.randomSeed, 0);
    this.#baseUrl = text("baseUrl", baseUrl);
    this.#options = {
      apiKey: apiKey === null ? undefined : secretText("apiKey", apiKey),
      baseUrl,
      auth: text("auth", auth),
      // A browser has its own, and asks the server about every header that is not its own.
      userAgent: isBrowser() ? undefined : `stablevps-js/${VERSION}`,
      maxRetries: Math.min(count("maxRetries", options.maxRetries, 0) ?? 2, 1000),
      timeoutMs: span("timeout", options.timeout),
    };
    const present = coreNow();
    if (present) {
      this.#api = account(present, this.#options);
    }
  }

  /** @internal One call of an endpoint. */
  async call<T>(
    label: string,
    read: (sent: never) => T,
    options: CallOptions,
    call: CoreCall,
  ): Promise<T> {
    const { signal, timeout, deadline } = record("options", options);
    const timeoutMs = span("timeout", timeout);
    const deadlineMs = span("deadline", deadline);
    const api = await this.#ready();
    const machine = this.#begin(api, { ...call, timeoutMs, deadlineMs }, jitter);
    return this.#run({ machine, label, read, signal });
  }

  /** @internal A purchase, or the wait for one. What is wrong with it fails its promise. */
  purchase(
    label: string,
    options: Pick<WaitOptions, "signal" | "timeout" | "onProgress">,
    make: () => CoreCall,
  ): Purchase {
    return purchase(async (tell) => {
      const { signal, onProgress } = record("options", options);
      if (onProgress !== undefined && typeof onProgress !== "function") {
        throw invalidInput("onProgress", "must be a function");
      }
      const api = await this.#ready();
      return this.#run({
        machine: this.#begin(api, make(), uniqueSeed),
        label,
        read: readProvisioned,
        signal,
        purchase: {
          timeout: options.timeout ?? LONGEST_WAIT,
          account: `${api.keyFingerprint()} ${this.#baseUrl.trim().replace(/\/+$/, "")}`,
          tell: (progress) => {
            tell(progress);
            return onProgress?.(progress);
          },
        },
      });
    });
  }

  #run<T>(job: Job<T>): Promise<T> {
    return run({ fetch: this.#fetch, clock: this.#clock, logger: this.#logger }, job);
  }

  async #ready(): Promise<Api> {
    if (!this.#api) {
      const present = coreNow() ?? (await core());
      this.#api ??= account(present, this.#options);
    }
    return this.#api;
  }

  #begin(api: Api, call: CoreCall & CoreLimits, seed: () => number): Machine {
    const drawn = this.#seed === undefined ? seed() : this.#seed++;
    return api.begin(JSON.stringify(call), this.#clock.now(), drawn);
  }
}

/** The endpoints' calls that take an id, and those that take nothing. */
type IdCall = "getVps" | "deleteVps" | "startVps" | "stopVps" | "rebootVps";
type BareCall = "listKeys" | "listVps" | "getAccount" | "getWallet";

/** What is asked of the core, by the names that it reads. What is undefined has the core's default. */
type CoreCall =
  | { call: BareCall }
  | { call: IdCall; id: string }
  | { call: "revokeKey"; keyId: string }
  | {
      call: "createKey";
      email: string;
      password: string;
      name: string;
      scope: string;
      expiresInDays: number | undefined;
    }
  | ({ call: "createVps" } & CoreOrder)
  | ({
      call: "provision";
      preflight: boolean | undefined;
      maxSpend: string | undefined;
      settleMs: number | undefined;
    } & CoreOrder &
      CoreWait)
  | ({ call: "waitUntilReady"; id: string } & CoreWait)
  | {
      call: "resume";
      token: string;
      timeoutMs: number | undefined;
      anyKey: boolean | undefined;
    };

/** How long each request of a call may take, and the call with all its retries. */
interface CoreLimits {
  timeoutMs?: number | undefined;
  deadlineMs?: number | undefined;
}

interface CoreOrder {
  planId: string;
  billingCycle: string;
  location: string;
}

interface CoreWait {
  waitFor: string | undefined;
  timeoutMs: number | undefined;
  firstLookMs: number | undefined;
  longestPauseMs: number | undefined;
}

/** What every resource is. */
class Resource {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  /** @internal */
  protected get _session(): Session {
    return this.#session;
  }
}

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
  async create(params: CreateKeyParams, options: CallOptions = {}): Promise<CreatedKey> {
    const { email, password, name, scope = "full", expiresInDays } = record("params", params);
    const given = {
      email: text("email", email),
      password: secretText("password", password),
      name: text("name", name),
      scope: text("scope", scope),
    };
    if (expiresInDays !== undefined && !Number.isSafeInteger(expiresInDays)) {
      throw invalidInput("expiresInDays", "must be a whole number of days from 1 to 36500");
    }
    return this._session.call("keys.create", readCreatedKey, options, {
      call: "createKey",
      ...given,
      expiresInDays,
    });
  }

  /** What is known of every API key (`GET /auth`); never the keys themselves. */
  async list(options: CallOptions = {}): Promise<ApiKeyInfo[]> {
    const read = (sent: never[]) => sent.map(readApiKeyInfo);
    return this._session.call("keys.list", read as never, options, { call: "listKeys" });
  }

  /** Revokes a key for good (`DELETE /auth`). A key can't revoke itself. */
  async revoke(keyId: string, options: CallOptions = {}): Promise<RevokedKey> {
    return this._session.call("keys.revoke", readRevokedKey, options, {
      call: "revokeKey",
      keyId: text("keyId", keyId),
    });
  }
}

/** VPS: `client.vps`. */
export class VpsResource extends Resource {
  /** Every VPS of the account (`GET /vps`), without passwords. */
  async list(options: CallOptions = {}): Promise<Vps[]> {
    const read = (sent: never[]) => sent.map(readVps);
    return this._session.call("vps.list", read as never, options, { call: "listVps" });
  }

  /** One VPS with all there is to know (`GET /vps/:id`), its RDP password included. */
  async get(id: VpsId, options: CallOptions = {}): Promise<VpsDetails> {
    return this._session.call("vps.get", readVpsDetails, options, {
      call: "getVps",
      id: text("id", id),
    });
  }

  /**
   * Orders a VPS and charges the wallet (`POST /vps`), without waiting for it.
   *
   * {@link provision} is the safer way. Here a lost reply ends in {@link OutcomeUnknownError}, and it
   * is for the caller to find out whether a VPS was bought.
   */
  async create(params: OrderParams, options: CallOptions = {}): Promise<Order> {
    return this._session.call("vps.create", readOrder, options, {
      call: "createVps",
      ...order(params),
    });
  }

  /** Deletes a VPS for good (`DELETE /vps/:id`). Nothing is refunded. */
  async delete(id: VpsId, options: CallOptions = {}): Promise<DeletedVps> {
    return this._session.call("vps.delete", readDeletedVps, options, {
      call: "deleteVps",
      id: text("id", id),
    });
  }

  /** Switches a VPS on (`POST /vps/:id/actions`). */
  async start(id: VpsId, options: CallOptions = {}): Promise<ActionReceipt> {
    return this._session.call("vps.start", readActionReceipt, options, {
      call: "startVps",
      id: text("id", id),
    });
  }

  /** Switches a VPS off (`POST /vps/:id/actions`). */
  async stop(id: VpsId, options: CallOptions = {}): Promise<ActionReceipt> {
    return this._session.call("vps.stop", readActionReceipt, options, {
      call: "stopVps",
      id: text("id", id),
    });
  }

  /** Restarts a VPS (`POST /vps/:id/actions`). A lost reply is never repeated. */
  async reboot(id: VpsId, options: CallOptions = {}): Promise<ActionReceipt> {
    return this._session.call("vps.reboot", readActionReceipt, options, {
      call: "rebootVps",
      id: text("id", id),
    });
  }

  /**
   * Buys one VPS, exactly one, and waits until it can be used.
   *
   * @throws InsufficientFundsError The wallet does not hold enough; nothing was ordered.
   * @throws OverBudgetError The price is above `maxSpend`; nothing was ordered.
   * @throws NotPlacedError The order's reply was lost, and nothing was bought.
   * @throws UnresolvedError The order's reply was lost, and a person must look.
   * @throws ProvisioningFailedError Bought, but suspended or terminated.
   * @throws DeadlineExceededError Not usable in time; the error carries a token.
   * @throws AbortError The signal ended the wait; the error carries a token.
   */
  provision(params: OrderParams, options: ProvisionOptions = {}): Purchase {
    return this._session.purchase("vps.provision", options, () => {
      const { maxSpend, preflight } = options;
      if (preflight !== undefined && typeof preflight !== "boolean") {
        throw invalidInput("preflight", "must be true or false");
      }
      return {
        call: "provision",
        ...order(params),
        ...waiting(options),
        preflight,
        maxSpend: maxSpend === undefined ? undefined : text("maxSpend", maxSpend),
        settleMs: span("settle", options.settle, 0),
      };
    });
  }

  /**
   * Takes a purchase up where a token left it: a token of this package or of any other language's. The
   * time allowed begins anew. A token of the moment in which the order may have been sent never leads
   * to a second order.
   *
   * @throws StaleTokenError for a token of another account or server.
   */
  resume(token: string, options: ResumeOptions = {}): Purchase {
    return this._session.purchase("vps.resume", options, () => ({
      call: "resume",
      token: text("token", token),
      timeoutMs: span("timeout", options.timeout),
      anyKey: options.anyKey === undefined ? undefined : options.anyKey === true,
    }));
  }

  /** Waits until a VPS that was bought elsewhere can be used. Its first look is at once. */
  waitUntilReady(id: VpsId, options: WaitOptions = {}): Purchase {
    return this._session.purchase("vps.waitUntilReady", options, () => ({
      call: "waitUntilReady",
      id: text("id", id),
      ...waiting(options),
    }));
  }
}

/** The account: `client.account`. */
export class AccountResource extends Resource {
  /** The account's profile with its balance and VPS counts (`GET /account`). */
  async get(options: CallOptions = {}): Promise<Account> {
    return this._session.call("account.get", readAccount, options, { call: "getAccount" });
  }
}

/** The wallet: `client.wallet`. */
export class WalletResource extends Resource {
  /** What the wallet holds (`GET /wallet`). */
  async get(options: CallOptions = {}): Promise<Wallet> {
    return this._session.call("wallet.get", readWallet, options, { call: "getWallet" });
  }
}

function order(params: OrderParams): CoreOrder {
  const { planId, billingCycle, location } = record("params", params);
  return {
    planId: text("planId", planId),
    billingCycle: text("billingCycle", billingCycle),
    location: text("location", location),
  };
}

function waiting(options: WaitOptions): CoreWait {
  return {
    waitFor: options.waitFor === undefined ? undefined : text("waitFor", options.waitFor),
    timeoutMs: span("timeout", options.timeout),
    firstLookMs: span("firstLook", options.firstLook, 0),
    longestPauseMs: span("longestPause", options.longestPause),
  };
}

/** The core's account of that configuration; what it refuses becomes the package's own error. */
function account(present: { Api: new (options: string) => Api }, options: object): Api {
  const api = new present.Api(JSON.stringify(options));
  const problem = api.problem();
  if (problem !== undefined) {
    api.free();
    throw errorOf(JSON.parse(problem) as ErrorDocument);
  }
  return api;
}

/** Spreads the retries of a call in time. */
function jitter(): number {
  return Math.floor(Math.random() * 2 ** 53);
}

/** The same for a purchase, which it names too: no two may be alike. */
function uniqueSeed(): number {
  const [high = 0, low = 0] = crypto.getRandomValues(new Uint32Array(2));
  return (high & 0x1f_ffff) * 2 ** 32 + low;
}

function platformFetch(input: string, init: RequestInit): Promise<Response> {
  // Looked up with every call, so that tests may replace it.
  return fetch(input, init);
}

function fromEnvironment(): string | null {
  const { process } = globalThis as {
    process?: { env?: Record<string, string | undefined> };
  };
  return process?.env?.[KEY_VARIABLE] ?? null;
}
