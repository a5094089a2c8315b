/** Fulfils the orders. The database is their queue. */

import type { FastifyBaseLogger } from "fastify";
import { isStableVPSError, type ManyOrder, type Provisioned, type StableVPS } from "stablevps";
import type { Order, Orders, Problem } from "./orders.js";
import type { Settings } from "./settings.js";

export interface WorkerOptions extends Pick<Settings, "atOnce" | "retryMs" | "purchase"> {
  client: StableVPS;
  orders: Orders;
  log: FastifyBaseLogger;
}

export class Worker {
  readonly #options: WorkerOptions;
  readonly #stop = new AbortController();
  /** Orders that are being bought, or whose VPS is waited for. */
  readonly #inHand = new Set<string>();
  readonly #paused = new Set<string>();
  readonly #waits = new Set<Promise<void>>();
  #buying: Promise<void> | undefined;
  #woken = (): void => {};

  constructor(options: WorkerOptions) {
    this.#options = options;
  }

  /** Sees what is to be done. It is called at the start, when an order was noted, and when one ended. */
  wake(): void {
    this.#buying ??= this.#buy();
    this.#woken();
  }

  /** Ends every wait. No VPS is cancelled by it: the next process continues. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#woken();
    await Promise.all([this.#buying, ...this.#waits]);
  }

  /** Buys whatever is paid for, for as long as the program runs. */
  async #buy(): Promise<void> {
    const { client, atOnce, purchase, log } = this.#options;
    const { signal } = this.#stop;
    const bought = new Map<ManyOrder, string>();
    // A process that was killed holds its purchases for two minutes more.
    const options = { ...purchase, atOnce, signal, whenHeld: "wait" } as const;
    while (!signal.aborted) {
      try {
        for await (const { order, result, error } of client.vps.provisionMany(
          this.#paid(bought),
          options,
        )) {
          const id = bought.get(order) as string;
          bought.delete(order);
          this.#ended(id, result, error);
        }
      } catch (error) {
        if (!signal.aborted) {
          // Such as a database that can't be read.
          log.error(error);
          await new Promise((resolve) => setTimeout(resolve, this.#options.retryMs));
        }
      }
      this.#forget(bought);
    }
  }

  /** The orders to buy, as they come. The key of each makes it one VPS, whoever bought for it before. */
  async *#paid(bought: Map<ManyOrder, string>): AsyncGenerator<ManyOrder> {
    while (!this.#stop.signal.aborted) {
      const woken = new Promise<void>((resolve) => {
        this.#woken = resolve;
      });
      const next = this.#next();
      if (next?.vpsId) {
        this.#wait(next, next.vpsId);
      } else if (next) {
        const { id, planId, billingCycle, location, idempotencyKey, maxSpend } = next;
        const order = { planId, billingCycle, location, options: { idempotencyKey, maxSpend } };
        bought.set(order, id);
        yield order;
      } else {
        await woken;
      }
    }
  }

  #next(): Order | undefined {
    const most = this.#inHand.size + this.#paused.size + 1;
    const { orders } = this.#options;
    const next = orders
      .unfinished(most)
      .find(({ id }) => !this.#inHand.has(id) && !this.#paused.has(id));
    if (next) {
      this.#inHand.add(next.id);
    }
    return next;
  }

  /** Waits for a VPS that a person has found. */
  #wait({ id }: Order, vpsId: string): void {
    const { client, purchase } = this.#options;
    const { signal } = this.#stop;
    const { settle: _, ...waiting } = purchase;
    const wait = client.vps
      .waitUntilReady(vpsId, { ...waiting, signal })
      .then(
        (result) => this.#ended(id, result, null),
        (error) => this.#ended(id, null, error),
      )
      .finally(() => this.#waits.delete(wait));
    this.#waits.add(wait);
  }

  #forget(bought: Map<ManyOrder, string>): void {
    for (const id of bought.values()) {
      this.#inHand.delete(id);
    }
    bought.clear();
  }

  #ended(id: string, result: Provisioned | null, error: unknown): void {
    const { orders, log } = this.#options;
    if (result) {
      const { vps, charged, recovered } = result;
      orders.ready(id, vps.id, charged);
      log.info({ order: id, vps: vps.id, charged, recovered }, "ready");
    } else {
      this.#failed(id, error);
    }
    this.#inHand.delete(id);
    this.wake();
  }

  /** Notes the state of an order whose purchase ended without a VPS. */
  #failed(id: string, error: unknown): void {
    const { orders, log } = this.#options;
    if (isStableVPSError(error, "aborted")) {
      return;
    }
    const problem = problemOf(error);
    log.warn({ order: id, code: problem.code }, problem.message);
    switch (problem.code) {
      case "not_placed":
        // It is bought anew at once: the key allows that where it is certain that nothing was bought.
        break;
      case "insufficient_funds":
      case "over_budget":
      case "bad_request":
        orders.fail(id, problem);
        break;
      case "unresolved":
      case "provisioning_failed":
      case "not_found":
      case "invalid_input":
        orders.park(id, problem, isStableVPSError(error) ? (error.vps?.id ?? null) : null);
        break;
      default:
        // The time is over, the service or the store can't be reached, the key is wrong: tried again later.
        orders.hinder(id, problem);
        this.#pause(id);
    }
  }

  #pause(id: string): void {
    this.#paused.add(id);
    setTimeout(() => {
      this.#paused.delete(id);
      this.wake();
    }, this.#options.retryMs).unref();
  }
}

function problemOf(error: unknown): Problem {
  if (isStableVPSError(error)) {
    const { code, message } = error;
    const isUnresolved = isStableVPSError(error, "unresolved");
    return isUnresolved
      ? { code, message, candidates: error.candidates.map((vps) => vps.id) }
      : { code, message };
  }
  return { code: "internal", message: String(error) };
}
