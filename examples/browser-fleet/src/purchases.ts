/**
 * Purchases under way. The token of each is stored before its order is sent, so that a reload, a crash or
 * a flat battery never loses what was paid for, and never leads to a second order.
 */

import {
  isStableVPSError,
  type OrderParams,
  type Progress,
  type Provisioned,
  type Purchase,
  type ResumeOptions,
} from "stablevps";
import { Signal } from "./dom.js";
import type { Service } from "./service.js";

/** What is stored of a purchase. A token holds no key and no password. */
interface Note {
  readonly id: string;
  readonly baseUrl: string;
  readonly order: OrderParams;
  readonly token: string;
}

const PREFIX = "stablevps-fleet/purchase/";

/** Purchases that are not at their end, in this browser. */
export const shelf = {
  list(): Note[] {
    return Object.keys(localStorage)
      .filter((key) => key.startsWith(PREFIX))
      .flatMap((key) => {
        try {
          return [JSON.parse(localStorage.getItem(key) ?? "") as Note];
        } catch {
          return [];
        }
      });
  },
  /** Throws where the browser does not store anything: then nothing is ordered either. */
  put(note: Note): void {
    localStorage.setItem(PREFIX + note.id, JSON.stringify(note));
  },
  remove(id: string): void {
    localStorage.removeItem(PREFIX + id);
  },
};

/** One purchase, as far as this page knows. */
export class Deal {
  readonly id: string;
  readonly order: OrderParams;
  readonly changed = new Signal();
  state: "going" | "ready" | "failed" = "going";
  progress: Progress | null = null;
  /** When `progress` came. */
  seenAt = Date.now();
  /** It was begun by an earlier page. */
  isTakenUp = false;
  /** Another tab is before its polling. */
  isQueued = false;
  result: Provisioned | null = null;
  error: unknown = null;
  /** From where it can be resumed. */
  token: string | null = null;
  /** Whether anything was, or may have been, ordered. */
  mayBeOrdered = false;
  stopping = new AbortController();

  constructor(id: string, order: OrderParams) {
    this.id = id;
    this.order = order;
  }

  queue(isQueued: boolean): void {
    if (this.isQueued !== isQueued) {
      this.isQueued = isQueued;
      this.changed.fire();
    }
  }
}

/** Whether the outcome of its order is still unknown. */
function isOpen({ state, token, progress, error }: Deal): boolean {
  const isStale = isStableVPSError(error, "stale_token");
  return state === "failed" && token !== null && !progress?.vpsId && !isStale;
}

/** All purchases of one service. */
export class Desk {
  readonly deals: Deal[] = [];
  /** A purchase was added or removed. */
  readonly changed = new Signal();
  readonly #service: Service;

  constructor(service: Service) {
    this.#service = service;
  }

  /** Buys one server, exactly one. */
  buy(order: OrderParams, maxSpend: string): Deal {
    const deal = new Deal(crypto.randomUUID(), order);
    this.#add(deal);
    // Open purchases are resumed first: a lost order is found by what is new in the list.
    for (const open of this.deals.filter(isOpen)) {
      this.goOn(open);
    }
    void this.takeUp().then(() =>
      this.#alone(deal, () =>
        this.#watch(deal, (options) =>
          this.#service.client.vps.provision(order, {
            ...this.#service.pace,
            ...options,
            maxSpend,
          }),
        ),
      ),
    );
    return deal;
  }

  /** Resumes what an earlier page, or a crashed tab, left open. Resolves when that is under way. */
  async takeUp(): Promise<void> {
    if (!this.#stores) {
      return;
    }
    const mine = new Set(this.deals.map((deal) => deal.id));
    const open = shelf
      .list()
      .filter((note) => note.baseUrl === this.#service.baseUrl && !mine.has(note.id))
      .map(({ id, order, token }) => {
        const deal = new Deal(id, order);
        deal.token = token;
        deal.mayBeOrdered = true;
        deal.isTakenUp = true;
        return this.#alone(deal, () => {
          this.#add(deal);
          return this.#resume(deal);
        });
      });
    await Promise.all(open);
  }

  /** Resumes one that stopped. */
  goOn(deal: Deal, options: Pick<ResumeOptions, "anyKey"> = {}): void {
    deal.state = "going";
    deal.error = null;
    deal.stopping = new AbortController();
    deal.changed.fire();
    void this.#alone(deal, () => this.#resume(deal, options)).then((isMine) => {
      if (!isMine) {
        this.#remove(deal);
      }
    });
  }

  /** Stops waiting. What was bought stays bought. */
  stop(deal: Deal): void {
    deal.stopping.abort();
  }

  /** Forgets one that has ended. */
  forget(deal: Deal): void {
    shelf.remove(deal.id);
    this.#remove(deal);
  }

  /** Stops every wait. */
  close(): void {
    for (const deal of this.deals) {
      deal.stopping.abort();
    }
  }

  get #stores(): boolean {
    return this.#service.simulator === null;
  }

  #add(deal: Deal): void {
    this.deals.unshift(deal);
    this.changed.fire();
  }

  #remove(deal: Deal): void {
    this.deals.splice(this.deals.indexOf(deal), 1);
    this.changed.fire();
  }

  #resume(deal: Deal, options: Pick<ResumeOptions, "anyKey"> = {}): Promise<void> {
    const token = deal.token ?? "";
    return this.#watch(deal, (others) =>
      this.#service.client.vps.resume(token, { ...others, ...options }),
    );
  }

  /** One tab at a time runs a purchase. True as soon as this one does, false if another tab has it. */
  #alone(deal: Deal, work: () => Promise<void>): Promise<boolean> {
    if (!this.#stores || !navigator.locks) {
      void work();
      return Promise.resolve(true);
    }
    return new Promise((decided) => {
      void navigator.locks.request(PREFIX + deal.id, { ifAvailable: true }, (lock) => {
        const done = lock ? work() : undefined;
        decided(lock !== null);
        return done;
      });
    });
  }

  async #watch(deal: Deal, start: (options: ResumeOptions) => Purchase): Promise<void> {
    const { signal } = deal.stopping;
    const turn = new Turn(`stablevps-fleet/order ${this.#service.baseUrl}`);
    try {
      const purchase = start({
        signal,
        // The purchase waits for this function before every step.
        onProgress: async (progress) => {
          if (progress.exclusive && this.#stores) {
            const soon = setTimeout(() => deal.queue(true), 300);
            await turn.take(signal);
            clearTimeout(soon);
            deal.queue(false);
          } else {
            turn.end();
          }
          this.#note(deal, progress);
        },
      });
      // It does not depend on this loop.
      for await (const progress of purchase) {
        deal.progress = progress;
        deal.seenAt = Date.now();
        deal.changed.fire();
      }
      deal.result = await purchase;
      deal.state = "ready";
      this.#close(deal);
    } catch (error) {
      deal.error = error;
      deal.state = "failed";
      this.#takeNoteOf(deal, error);
    } finally {
      turn.end();
    }
    deal.changed.fire();
    this.changed.fire();
  }

  /** Stores the token. Before the order there is nothing to resume. */
  #note(deal: Deal, { phase, token }: Progress): void {
    if (token === null || phase === "preflight" || phase === "baseline") {
      return;
    }
    deal.mayBeOrdered = true;
    this.#keep(deal, token);
  }

  #takeNoteOf(deal: Deal, error: unknown): void {
    if (!isStableVPSError(error)) {
      return;
    }
    const isOver =
      !deal.mayBeOrdered || error.code === "not_placed" || error.code === "provisioning_failed";
    if (isOver || (error.token === null && error.code !== "stale_token")) {
      deal.mayBeOrdered = error.code === "provisioning_failed";
      this.#close(deal);
    } else if (error.token !== null) {
      this.#keep(deal, error.token);
    }
  }

  #keep(deal: Deal, token: string): void {
    deal.token = token;
    if (this.#stores) {
      const { id, order } = deal;
      shelf.put({ id, order, token, baseUrl: this.#service.baseUrl });
    }
  }

  #close(deal: Deal): void {
    deal.token = null;
    shelf.remove(deal.id);
  }
}

/**
 * The package lets one purchase at a time look and order, in one page. Two tabs are two pages, so they
 * take turns by a lock of the browser's.
 */
class Turn {
  readonly #name: string;
  #end: (() => void) | undefined;

  constructor(name: string) {
    this.#name = name;
  }

  async take(signal: AbortSignal): Promise<void> {
    if (this.#end || !navigator.locks) {
      return;
    }
    try {
      await new Promise<void>((granted, refused) => {
        navigator.locks
          .request(this.#name, { signal }, () => {
            granted();
            return new Promise<void>((end) => {
              this.#end = end;
            });
          })
          .catch(refused);
      });
    } catch (error) {
      // The purchase checks its signal next.
      if (!signal.aborted) {
        throw error;
      }
    }
  }

  end(): void {
    this.#end?.();
    this.#end = undefined;
  }
}
