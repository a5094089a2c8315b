/** A configured account: what every resource makes its calls with. */

import type * as glue from "../wasm/main/main.js";
import type { Api, Batch as CoreBatch, Machine } from "../wasm/main/main.js";
import { onAbort } from "./abort.js";
import { type Clock, sleep, systemClock, worldOf } from "./clock.js";
import { drive, type Host, type Logger } from "./machine.js";
import type { Auth, Progress } from "./models.js";
import { type ClientEvent, observer } from "./observing.js";
import {
  abortSignal,
  callback,
  count,
  flag,
  methods,
  type Names,
  optionalText,
  record,
  secretText,
  span,
  text,
} from "./options.js";
import { isBrowser, sendsOnce } from "./platform.js";
import { type Prober, probingWith } from "./probing/prober.js";
import { type Purchase, purchase } from "./purchase.js";
import { readProvisioned, type Sent } from "./readers.js";
import { aborted, coreMissing, errorOf, invalidInput, type Report } from "./reports.js";
import type { Secret } from "./secret.js";
import type { Store } from "./store.js";
import { type Fetch, type FetchInit, readOnce } from "./transport.js";
import { register } from "./turns.js";
import { VERSION } from "./version.js";
import { core, coreNow } from "./wasm.js";
import { type VpsWatch, Watching, type WatchOptions } from "./watch.js";

/** How a client is made. All times are in milliseconds. */
export interface StableVPSOptions {
  /**
   * The API key. By default the environment's `STABLEVPS_API_KEY`, where there is an environment.
   * `null` for none: only `keys.create` does without.
   */
  apiKey?: string | Secret | null | undefined;
  /** Another server than `https://stablevps.com`. Plain http only to loopback. */
  baseUrl?: string | undefined;
  /**
   * A name for the account: purchases of clients with the same one go one at a time in this process, by whatever keys. By
   * default those of one key do.
   */
  account?: string | undefined;
  /** The header that carries the key: `bearer` by default. */
  auth?: Auth | undefined;
  /**
   * The program that uses the client: a name, or a name and a version such as `grid-bot/2.1`. The `User-Agent` begins with
   * it; a browser sends its own.
   */
  app?: string | undefined;
  /** How long one request may take: 30,000 by default. */
  timeout?: number | undefined;
  /** How often a failed request is repeated: 2 by default. An order never is. */
  maxRetries?: number | undefined;
  /**
   * Whether all calls of this client slow down together after the service said that there are too many: `true` by
   * default. Without, each minds its own `Retry-After` alone.
   */
  pacing?: boolean | undefined;
  /**
   * Sends the requests, instead of the platform's `fetch`. It must send each once: one that repeats a
   * `POST` may buy a second VPS.
   */
  fetch?: Fetch | undefined;
  /**
   * Records purchases, so that an idempotency key buys one VPS, whoever asks and however often: one of
   * `stablevps/stores`, or one of your own. Not in browsers.
   */
  store?: Store | undefined;
  /** Is called with a line for every request and every wait, such as `console`. It never gets a secret. */
  logger?: Logger | undefined;
  /**
   * Is called with every request at its end, every phase of a purchase and every event of a watch, for logs and metrics
   * of your own: `switch (event.event)`. It never gets a secret. What it throws is ignored, and said once to the
   * `logger`. `stablevps/opentelemetry` has one for OpenTelemetry.
   */
  onEvent?: ((event: ClientEvent) => unknown) | undefined;
  /**
   * Finds out whether a VPS answers, for watches and for `waitFor: "reachable"`. By default with a TCP connection; browsers
   * and edge runtimes have none.
   */
  prober?: Prober | undefined;
  /**
   * Allows a key in a browser, where every visitor of the page can read it and spend the wallet. Only
   * for pages that nobody but the key's owner opens, or whose users enter keys of their own.
   */
  dangerouslyAllowBrowser?: boolean | undefined;
  /**
   * Allows `vps.provision` and `vps.create` where the platform's `fetch` may send a request again by
   * itself, as browsers do when a kept connection breaks: then **two VPS are bought**, and the package
   * knows of one. Node, Deno 2, Bun and Workers send once and need no such option, nor does a client with
   * a `fetch` of its own.
   */
  dangerouslyAllowRepeatedOrders?: boolean | undefined;
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

/** What every method that waits for a VPS takes. All times are in milliseconds. */
export interface PurchaseOptions {
  /** Ends the wait when it is aborted, with an `AbortError` that carries the token. */
  signal?: AbortSignal | undefined;
  /**
   * How long the whole may take: 1,800,000 by default. Running out of it never cancels the VPS. A
   * purchase that is resumed may take that long from then on; by default, as long as it began with.
   */
  timeout?: number | undefined;
  /**
   * Called before every request and every wait. A promise that it returns is waited for, so that
   * `progress.token` can be stored before the order is sent. Don't wait for another purchase of the
   * account there: that one waits for this one's turn.
   */
  onProgress?: ((progress: Progress) => unknown) | undefined;
}

const OPTIONS: Names<StableVPSOptions> = {
  apiKey: 1,
  baseUrl: 1,
  account: 1,
  auth: 1,
  app: 1,
  timeout: 1,
  maxRetries: 1,
  pacing: 1,
  fetch: 1,
  store: 1,
  logger: 1,
  onEvent: 1,
  prober: 1,
  dangerouslyAllowBrowser: 1,
  dangerouslyAllowRepeatedOrders: 1,
  clock: 1,
  randomSeed: 1,
};
/** @internal */
export const CALL_OPTIONS: Names<CallOptions> = { signal: 1, timeout: 1, deadline: 1 };

/** A request of the core: its name, or its name and its arguments. What is undefined has a default. */
export type Request = string | { readonly [name: string]: object };

/** How long a request takes at most, and so the loading of the core. */
const REQUEST_TIMEOUT = 30_000;
const KEY_VARIABLE = "STABLEVPS_API_KEY";

/** A configured account. */
export class Session {
  readonly #config: string;
  readonly #host: Host;
  readonly #timeout: number;
  #seed: number | undefined;
  #api: Api | undefined;

  constructor(options: StableVPSOptions) {
    record("options", options, OPTIONS);
    const { apiKey = fromEnvironment(), randomSeed } = options;
    const inBrowser = isBrowser();
    const allowBrowser = flag("dangerouslyAllowBrowser", options.dangerouslyAllowBrowser);
    const allowRepeated = flag(
      "dangerouslyAllowRepeatedOrders",
      options.dangerouslyAllowRepeatedOrders,
    );
    if (inBrowser && apiKey !== null && !allowBrowser) {
      throw invalidInput(
        "apiKey",
        "must not be used in a browser, where everyone who opens the page can read it; " +
          "to allow it nevertheless, set dangerouslyAllowBrowser: true",
      );
    }
    if (randomSeed !== undefined && !(Number.isSafeInteger(randomSeed) && randomSeed >= 0)) {
      throw invalidInput("randomSeed", "must be a whole number from 0");
    }
    const logger = quiet(methods("logger", options.logger, "debug", "warn"));
    this.#host = {
      fetch: callback("fetch", options.fetch) ?? platformFetch,
      store: methods("store", options.store, "carryOut"),
      clock: methods("clock", options.clock, "now", "monotonic", "after") ?? systemClock,
      inBrowser,
      logger,
      observe: observer(callback("onEvent", options.onEvent), logger),
      probing: probingWith(callback("prober", options.prober)),
      mayOrder: allowRepeated || options.fetch !== undefined || sendsOnce(),
    };
    const isPaced = flag("pacing", options.pacing);
    const timeoutMs = span("timeout", options.timeout);
    this.#timeout = timeoutMs ?? REQUEST_TIMEOUT;
    this.#seed = randomSeed;
    this.#config = JSON.stringify({
      // A file or a variable that it was read from may end in a line break.
      apiKey: apiKey === null ? undefined : secretText("apiKey", apiKey).trim(),
      baseUrl: text("baseUrl", options.baseUrl ?? "https://stablevps.com"),
      // What is bought by a clock that is not the machine's is nobody else's.
      world: options.clock === undefined ? undefined : worldOf(options.clock),
      account: optionalText("account", options.account),
      auth: options.auth === undefined ? undefined : text("auth", options.auth),
      // A browser has its own, and asks the server about every header that is not its own.
      userAgent: inBrowser ? null : `stablevps-js/${VERSION}`,
      app: optionalText("app", options.app),
      maxRetries: count("maxRetries", options.maxRetries),
      pacing: isPaced === false ? "off" : "on",
      timeoutMs,
    });
    const present = coreNow();
    if (present) {
      this.#api = account(present, this.#config);
    }
  }

  /** Whether purchases are recorded. */
  get hasStore(): boolean {
    return this.#host.store !== undefined;
  }

  /** Whether it can be found out who answers. */
  get hasProber(): boolean {
    return this.#host.probing !== undefined;
  }

  /** One call of an endpoint, or a question to the store. Its promise rejects if `request` throws. */
  async call<T>(
    label: string,
    request: Request | (() => Request),
    read: (output: Sent) => T,
    options: CallOptions,
  ): Promise<T> {
    const { timeout, deadline } = record("options", options, CALL_OPTIONS);
    const signal = abortSignal("signal", options.signal);
    const timeoutMs = span("timeout", timeout);
    const deadlineMs = span("deadline", deadline);
    const hasLimits = timeoutMs !== undefined || deadlineMs !== undefined;
    const limits = hasLimits ? { timeoutMs, deadlineMs } : undefined;
    const document = typeof request === "function" ? request() : request;
    const api = this.#api ?? (await this.#load(signal, deadlineMs ?? timeoutMs));
    const machine = this.#begin(api, document, limits, jitter);
    return await drive(this.#host, { machine, label, signal, limit: deadlineMs }, read);
  }

  /** @internal A purchase, or the wait for one. Its promise rejects if `request` throws. */
  purchase<Options extends PurchaseOptions>(
    label: string,
    request: () => Request,
    options: Options,
    names: Names<Options>,
    batch?: CoreBatch,
  ): Purchase {
    return purchase(async (report) => {
      const { timeout } = record("options", options, names);
      const signal = abortSignal("signal", options.signal);
      const onProgress = callback("onProgress", options.onProgress);
      const document = request();
      const api = batch ?? this.#api ?? (await this.#load(signal, span("timeout", timeout)));
      const machine = this.#begin(api, document, undefined, uniqueSeed);
      const own = {
        onProgress(progress: Progress) {
          report(progress);
          return onProgress?.(progress);
        },
      };
      const activity = { machine, label, signal, limit: timeout, purchase: own };
      return await drive(this.#host, activity, readProvisioned);
    });
  }

  /** @internal Orders that are bought together. */
  async batch(options: object, signal: AbortSignal | undefined): Promise<CoreBatch> {
    const api = this.#api ?? (await this.#load(signal));
    return sound(api.batch(JSON.stringify(options)));
  }

  /** The time by the client's clock. */
  get now(): number {
    return this.#host.clock.monotonic();
  }

  /** A watch, which begins when it is asked for its first event. */
  watch(options: WatchOptions): VpsWatch {
    return new Watching(this.#host, options, async (request, signal) => {
      const api = this.#api ?? (await this.#load(signal));
      return this.#begin(api, request, undefined, jitter);
    });
  }

  /** The account, once the core is loaded: no later than a request would take. */
  async #load(signal: AbortSignal | undefined, limit = this.#timeout): Promise<Api> {
    let present = coreNow();
    if (!present) {
      const ms = Math.min(limit, this.#timeout);
      const over = new AbortController();
      const ignore = onAbort(signal, () => over.abort());
      try {
        // Loading takes real time, whatever the clock of the client.
        const late = signal?.aborted ? undefined : sleep(systemClock, ms, over.signal);
        present = (await Promise.race([core(), late])) ?? undefined;
      } finally {
        ignore();
        over.abort();
      }
      if (signal?.aborted) {
        throw aborted(signal, "retry");
      }
      if (!present) {
        throw coreMissing("timeout", `it took longer than ${ms} ms`);
      }
    }
    this.#api ??= account(present, this.#config);
    return this.#api;
  }

  #begin(
    api: Api | CoreBatch,
    request: Request,
    options: object | undefined,
    seed: () => number,
  ): Machine {
    const asks = asksStore(request);
    if (asks && !this.#api?.hasStores()) {
      throw invalidInput("store", "can't be used with this build of the core");
    }
    const document = JSON.stringify({ request, options });
    return api.begin(
      document,
      this.#host.clock.monotonic(),
      this.#host.clock.now(),
      this.#seed === undefined ? seed() : this.#seed++,
      asks ? names() : undefined,
    );
  }
}

/** Whether a request is one for the store. */
function asksStore(request: Request): boolean {
  if (typeof request === "string") {
    return false;
  }
  const [name = "", given = {}] = Object.entries(request)[0] ?? [];
  return QUESTIONS.includes(name) || ("recording" in given && given.recording !== undefined);
}

const QUESTIONS = ["resumeRecorded", "listPurchases", "getPurchase", "forgetPurchase"];

/** Names a recorded purchase, and who is at work on it: 64 bits that nobody else draws, whatever seed a client has. */
function names(): bigint {
  return crypto.getRandomValues(new BigUint64Array(1))[0] as bigint;
}

/** The core's account of that configuration. */
function account(present: Pick<typeof glue, "Api">, config: string): Api {
  return sound(new present.Api(config, register()));
}

/** What the core made, if it could. */
function sound<Made extends Api | CoreBatch>(made: Made): Made {
  const problem = made.problem();
  if (problem !== undefined) {
    made.free();
    throw errorOf(JSON.parse(problem) as Report);
  }
  return made;
}

/** A logger that can't break a call: an order may be under way. */
function quiet(logger: Logger | undefined): Logger | undefined {
  const call = (method: keyof Logger) => async (message: string) => {
    try {
      await logger?.[method]?.(message);
    } catch {
      // It is the logger's own affair.
    }
  };
  const info = typeof logger?.info === "function" ? call("info") : call("debug");
  return logger && { debug: call("debug"), info, warn: call("warn") };
}

/** Spreads the retries of a call in time. */
function jitter(): number {
  return Math.floor(Math.random() * 2 ** 53);
}

/** The same for a purchase. It also makes the purchase's id, so no two may be alike. */
function uniqueSeed(): number {
  const [high = 0, low = 0] = crypto.getRandomValues(new Uint32Array(2));
  return (high & 0x1f_ffff) * 2 ** 32 + low;
}

function platformFetch(input: string, init: FetchInit): Promise<Response> {
  // Looked up with every call, so that tests may replace it.
  return fetch(input, readOnce(init));
}

function fromEnvironment(): string | null {
  const { process } = globalThis as {
    process?: { env?: Record<string, string | undefined> };
  };
  return process?.env?.[KEY_VARIABLE] ?? null;
}
