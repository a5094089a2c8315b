/** Fulfils the orders. The database is their queue. */

import type { FastifyBaseLogger } from "fastify";
import { isStableVPSError, type Purchase, type StableVPS } from "stablevps";
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
  readonly #inHand = new Map<string, Promise<void>>();
  readonly #paused = new Set<string>();

  constructor(options: WorkerOptions) {
    this.#options = options;
  }

  /**
   * Starts what is to be done. It is called at the start, when an order was noted, and when one ended.
   * The client places the orders of its purchases one at a time, in the order in which they begin here.
   */
  wake(): void {
    const { orders, atOnce } = this.#options;
    if (this.#stop.signal.aborted || this.#inHand.size >= atOnce) {
      return;
    }
    for (const order of orders.unfinished(atOnce + this.#inHand.size + this.#paused.size)) {
      if (this.#inHand.size >= atOnce) {
        return;
      }
      if (!this.#inHand.has(order.id) && !this.#paused.has(order.id)) {
        this.#inHand.set(order.id, this.#fulfil(order));
      }
    }
  }

  /** Ends every wait. No VPS is cancelled by it: the next process continues. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#inHand.values());
  }

  async #fulfil(order: Order): Promise<void> {
    const { orders, log } = this.#options;
    try {
      const { vps, charged, recovered } = await this.#purchase(order);
      orders.ready(order.id, vps.id, charged);
      log.info({ order: order.id, vps: vps.id, charged, recovered }, "ready");
    } catch (error) {
      this.#ended(order.id, error);
    } finally {
      this.#inHand.delete(order.id);
      this.wake();
    }
  }

  /** Its key makes it one VPS, whoever bought for it before and however that ended. */
  #purchase({ idempotencyKey, vpsId, maxSpend, ...order }: Order): Purchase {
    const { client, purchase } = this.#options;
    const { signal } = this.#stop;
    if (vpsId !== null) {
      const { settle: _, ...waiting } = purchase;
      return client.vps.waitUntilReady(vpsId, { ...waiting, signal });
    }
    const { planId, billingCycle, location } = order;
    return client.vps.provision(
      { planId, billingCycle, location },
      // A process that was killed holds its purchases for two minutes more.
      { ...purchase, maxSpend, signal, idempotencyKey, whenHeld: "wait" },
    );
  }

  /** Notes the state of an order whose purchase ended without a VPS. */
  #ended(id: string, error: unknown): void {
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
