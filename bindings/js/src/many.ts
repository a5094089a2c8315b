/** Orders that are bought together. */

import type { Batch as CoreBatch } from "../wasm/main/main.js";
import { onAbort } from "./abort.js";
import type { BatchProgress, Progress, Provisioned } from "./models.js";
import type { Money } from "./money.js";
import { abortSignal, callback, count, type Names, optionalText, record } from "./options.js";
import {
  type OrderParams,
  PROVISION_OPTIONS,
  type ProvisionOptions,
  provisionRequest,
} from "./provision.js";
import { readBatchProgress } from "./readers.js";
import { aborted, invalidInput, isStableVPSError } from "./reports.js";
import type { Session } from "./session.js";
import { Stream } from "./stream.js";

/** One order of many. */
export interface ManyOrder extends OrderParams {
  /** How this one is bought: what is given here goes before what is given for all. */
  options?: ProvisionOptions | undefined;
}

/** How many VPS are bought. All times are in milliseconds. The options of `provision` that are given here are every order's. */
export interface ManyOptions
  extends Omit<ProvisionOptions, "maxSpend" | "idempotencyKey" | "onProgress"> {
  /** The most that may be spent on all of them, such as `"400"`. An order that does not fit ends in an `OverBudgetError`. */
  maxSpend?: Money | undefined;
  /** How many are under way at once: 100 by default, from 1 to 10,000. */
  atOnce?: number | undefined;
  /**
   * Called with how far all of them are, whenever one goes on. A promise that it returns is waited for by that one, which
   * also ends with what it throws.
   */
  onProgress?: ((progress: BatchProgress) => unknown) | undefined;
  /** Ends all of them when it is aborted, with an `AbortError`. What is open is in {@link Batch.tokens}. */
  signal?: AbortSignal | undefined;
}

/** How an order ended: with a result or an error. */
export type OrderEnd<Order> = {
  /** The order as it was given. */
  readonly order: Order;
  /** Which one it is, from 0. */
  readonly index: number;
} & (
  | { readonly result: Provisioned; readonly error: null }
  /** As a rule a `StableVPSError`; anything else was thrown by an `onProgress`. */
  | { readonly result: null; readonly error: Error }
);

/** An order that was begun and whose VPS was not given. */
export interface OpenPurchase<Order> {
  /** The order as it was given. */
  readonly order: Order;
  /** Which one it is, from 0. */
  readonly index: number;
  /** From where its purchase can be taken up again with `client.vps.resume(token)`. */
  readonly token: string;
}

/** Orders that are bought together: an iterator of their ends, as they come. */
export interface Batch<Order> extends AsyncIterable<OrderEnd<Order>> {
  /** Itself. */
  [Symbol.asyncIterator](): Batch<Order>;
  /** The next end. */
  next(): Promise<IteratorResult<OrderEnd<Order>, undefined>>;
  /** Ends the waiting, not the VPS. A loop that is left calls it. */
  return(): Promise<IteratorResult<OrderEnd<Order>, undefined>>;
  /**
   * Every order that was begun and whose VPS was not given, as far as it can be taken up again: those that are under way, and
   * those that ended in an error with a token. Nothing was ordered for any other. A token from before its order orders when
   * it is resumed, and `maxSpend` no longer limits it.
   */
  readonly tokens: readonly OpenPurchase<Order>[];
  /** How far all of them are; `null` before the first one begins. */
  readonly progress: BatchProgress | null;
}

const MANY_ORDER: Names<ManyOrder> = { planId: 1, billingCycle: 1, location: 1, options: 1 };
const MANY_OPTIONS: Names<ManyOptions> = {
  ...without(PROVISION_OPTIONS, "idempotencyKey"),
  atOnce: 1,
};

/** An order under way, or whose end waits to be given. */
interface Open<Order> {
  order: Order;
  index: number;
  token: string | null;
}

type Source<Order> = Iterator<Order> | AsyncIterator<Order>;

/** @internal Orders that are being bought. */
export class Buying<Order extends ManyOrder>
  extends Stream<OrderEnd<Order>>
  implements Batch<Order>
{
  readonly #session: Session;
  readonly #orders: Iterable<Order> | AsyncIterable<Order>;
  readonly #options: ManyOptions;
  #ignore = (): void => {};
  #batch: CoreBatch | undefined;
  #source: Source<Order> | undefined;
  #isDrawing = false;
  #isDrained = false;
  /** What the orders' own iterator or the last progress threw. It is thrown when all ends were given. */
  #failure: { error: unknown } | undefined;
  #begun = 0;
  readonly #open = new Map<number, Open<Order>>();
  readonly #running = new Set<Promise<void>>();
  readonly #ends: OrderEnd<Order>[] = [];
  #wake = (): void => {};
  #progress: BatchProgress | null = null;

  constructor(
    session: Session,
    orders: Iterable<Order> | AsyncIterable<Order>,
    options: ManyOptions,
  ) {
    super();
    this.#session = session;
    this.#orders = orders;
    this.#options = options;
  }

  get tokens(): readonly OpenPurchase<Order>[] {
    return [...this.#open.values()].filter(
      (open): open is OpenPurchase<Order> => open.token !== null,
    );
  }

  get progress(): BatchProgress | null {
    return this.#progress;
  }

  protected async _produce(): Promise<OrderEnd<Order> | undefined> {
    const { signal } = this._ending;
    this.#batch ??= await this.#started(signal);
    for (;;) {
      if (signal.aborted) {
        await Promise.all(this.#running);
        throw aborted(signal, "resume");
      }
      const woken = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      const end = this.#ends.shift();
      void this.#draw();
      if (end) {
        if (end.error === null || tokenOf(end.error) === null) {
          this.#open.delete(end.index);
        }
        return end;
      }
      if (this.#isDrained && this.#running.size === 0) {
        if (this.#failure) {
          throw this.#failure.error;
        }
        return undefined;
      }
      await woken;
    }
  }

  protected async _close(): Promise<void> {
    this.#ignore();
    this._ending.abort();
    const isDrained = this.#isDrained;
    this.#isDrained = true;
    if (!isDrained) {
      // Not waited for: it may wait for an order that never comes.
      void Promise.resolve(this.#source?.return?.()).catch(() => {});
    }
    await Promise.all(this.#running);
    this.#batch?.free();
  }

  async #started(ending: AbortSignal): Promise<CoreBatch> {
    const { atOnce, maxSpend, onProgress, ...options } = record(
      "options",
      this.#options,
      MANY_OPTIONS,
    );
    callback("onProgress", onProgress);
    const signal = abortSignal("signal", options.signal);
    const source = iteratorOf(this.#orders);
    if (signal?.aborted) {
      throw aborted(signal, "retry");
    }
    const wake = onAbort(ending, () => this.#wake());
    const pass = onAbort(signal, () => this._ending.abort(signal?.reason));
    this.#ignore = () => {
      wake();
      pass();
    };
    const limits = {
      maxSpend: optionalText("maxSpend", maxSpend),
      atOnce: count("atOnce", atOnce),
    };
    const batch = await this.#session.batch(limits, ending);
    this.#source = source;
    return batch;
  }

  /** Begins as many orders as may be under way. */
  async #draw(): Promise<void> {
    const source = this.#source;
    if (this.#isDrawing || this.#isDrained || !source) {
      return;
    }
    this.#isDrawing = true;
    try {
      while (!this.#isDrained && this.#hasRoom()) {
        const { done, value } = await source.next();
        if (done) {
          this.#isDrained = true;
        } else if (!this._ending.signal.aborted) {
          this.#begin(value);
        }
      }
    } catch (error) {
      this.#isDrained = true;
      this.#failure ??= { error };
    }
    this.#isDrawing = false;
    if (this.#isDrained) {
      this.#wake();
    }
  }

  /** Whoever does not take the ends is not to buy on without knowing them. */
  #hasRoom(): boolean {
    const most = this.#batch?.atOnce() ?? 0;
    return this.#running.size < most && this.#ends.length < most;
  }

  #begin(order: Order): void {
    const open: Open<Order> = { order, index: this.#begun++, token: null };
    this.#open.set(open.index, open);
    const running = this.#run(open).then(() => {
      this.#running.delete(running);
      void this.#draw();
      this.#wake();
    });
    this.#running.add(running);
  }

  /** Buys, and notes the end. */
  async #run(open: Open<Order>): Promise<void> {
    const { order, index } = open;
    let end: OrderEnd<Order>;
    try {
      const result = await this.#buy(open);
      end = { order, index, result, error: null };
    } catch (error) {
      open.token = tokenOf(error) ?? (isBoughtOrMayBe(error) ? open.token : null);
      end = { order, index, result: null, error: error as Error };
    }
    try {
      await this.#tell();
    } catch (error) {
      this.#failure ??= { error };
    }
    this.#ends.push(Object.freeze(end));
  }

  async #buy(open: Open<Order>): Promise<Provisioned> {
    const { options: own = {}, ...params } = record<ManyOrder>("order", open.order, MANY_ORDER);
    const { atOnce: _, maxSpend: __, onProgress: ___, ...all } = this.#options;
    const options = { ...all, ...record("options", own, PROVISION_OPTIONS) };
    const onProgress = callback("onProgress", own.onProgress);
    const [signal, ignore] = either(this._ending.signal, abortSignal("signal", own.signal));
    const watched = {
      ...options,
      signal,
      onProgress: async (progress: Progress) => {
        open.token = progress.token ?? open.token;
        await this.#tell();
        await onProgress?.(progress);
      },
    };
    const request = () => provisionRequest(this.#session, params, watched);
    try {
      const label = "vps.provision";
      return await this.#session.purchase(label, request, watched, PROVISION_OPTIONS, this.#batch);
    } finally {
      ignore();
    }
  }

  /** Tells how far all of them are. */
  async #tell(): Promise<void> {
    const progress = this.#batch?.progress(this.#session.now);
    if (progress !== undefined) {
      this.#progress = readBatchProgress(JSON.parse(progress));
      await this.#options.onProgress?.(this.#progress);
    }
  }
}

/** What an error carries; those of `onProgress` do, too. */
function tokenOf(error: unknown): string | null {
  return (error as { token?: string | null } | null)?.token ?? null;
}

function isBoughtOrMayBe(error: unknown): boolean {
  return isStableVPSError(error) && (error.vps !== null || error.next === "ask");
}

function iteratorOf<T>(orders: Iterable<T> | AsyncIterable<T>): Source<T> {
  const given = Object(orders) as Partial<AsyncIterable<T> & Iterable<T>>;
  const source = given[Symbol.asyncIterator]?.() ?? given[Symbol.iterator]?.();
  if (!source || typeof orders === "string") {
    throw invalidInput("orders", "must be an array of orders, or what else can be iterated");
  }
  return source;
}

/** A signal that is aborted with either of both, and what stops listening to them. */
function either(one: AbortSignal, other: AbortSignal | undefined): [AbortSignal, () => void] {
  if (!other) {
    return [one, () => {}];
  }
  const both = new AbortController();
  const ignores = [one, other].map((signal) => {
    const pass = () => both.abort(signal.reason);
    if (signal.aborted) {
      pass();
    }
    return onAbort(signal, pass);
  });
  const ignore = () => {
    for (const one of ignores) {
      one();
    }
  };
  return [both.signal, ignore];
}

function without<Field extends string, Name extends Field>(
  names: { readonly [Key in Field]: 1 },
  name: Name,
): { readonly [Key in Exclude<Field, Name>]: 1 } {
  const { [name]: _, ...others } = names;
  return others as { readonly [Key in Exclude<Field, Name>]: 1 };
}
