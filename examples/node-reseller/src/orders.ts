/** What was sold, and how far it has come. Every change of an order's state is in this file. */

import type { Database } from "./database.js";

/**
 * - `paid`: to be bought, or on its way. The store of purchases knows how far it is.
 * - `ready`: the customer can have it.
 * - `failed`: nothing was bought, and trying again would not help by itself.
 * - `parked`: a person must look.
 */
export type State = "paid" | "ready" | "failed" | "parked";

/** What a customer paid for. */
export interface Sale {
  orderId: string;
  planId: string;
  billingCycle: string;
  location: string;
  maxSpend: string;
  secretHash: string;
}

export interface Order {
  id: string;
  planId: string;
  billingCycle: string;
  location: string;
  maxSpend: string;
  secretHash: string;
  state: State;
  /** Under which key it is bought. */
  idempotencyKey: string;
  vpsId: string | null;
  charged: string | null;
  problem: string | null;
}

/** What hinders an order, in the package's words. */
export interface Problem {
  code: string;
  message: string;
  /** The VPS that may be the one ordered. */
  candidates?: string[];
}

const COLUMNS = `id, plan_id AS planId, billing_cycle AS billingCycle, location,
  max_spend AS maxSpend, secret_hash AS secretHash, state, id || '/' || purchase AS idempotencyKey,
  vps_id AS vpsId, charged, problem`;

export class Orders {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Notes a sale. The same event again changes nothing; an order is one sale. */
  note(eventId: string, sale: Sale): "new" | "known" | "conflict" {
    const given = { ...sale, eventId };
    const added = this.#run(
      `INSERT INTO orders (id, event_id, plan_id, billing_cycle, location, max_spend, secret_hash)
       VALUES (:orderId, :eventId, :planId, :billingCycle, :location, :maxSpend, :secretHash)
       ON CONFLICT DO NOTHING`,
      given,
    );
    if (added) {
      return "new";
    }
    const [same] = this.#all(
      `SELECT id FROM orders WHERE id = :orderId AND event_id = :eventId AND plan_id = :planId
       AND billing_cycle = :billingCycle AND location = :location AND max_spend = :maxSpend
       AND secret_hash = :secretHash`,
      given,
    );
    return same ? "known" : "conflict";
  }

  find(id: string): Order | undefined {
    return this.#all<Order>(`SELECT ${COLUMNS} FROM orders WHERE id = :id`, { id })[0];
  }

  list(state: State | null): Order[] {
    const wanted = ":state IS NULL OR state = :state";
    return this.#all<Order>(`SELECT ${COLUMNS} FROM orders WHERE ${wanted} ORDER BY rowid`, {
      state,
    });
  }

  /** How many are on their way, and how many something hinders. */
  counts(): { unfinished: number; hindered: number } {
    const [counts] = this.#all<{ unfinished: number; hindered: number }>(
      `SELECT count(*) FILTER (WHERE state = 'paid') AS unfinished,
       count(problem) AS hindered FROM orders`,
      {},
    );
    return { unfinished: counts?.unfinished ?? 0, hindered: counts?.hindered ?? 0 };
  }

  /** What is to be done, the oldest first. */
  unfinished(most: number): Order[] {
    return this.#all<Order>(
      `SELECT ${COLUMNS} FROM orders WHERE state = 'paid' ORDER BY rowid LIMIT :most`,
      { most },
    );
  }

  ready(id: string, vpsId: string, charged: string | null): void {
    this.#run(
      `UPDATE orders SET state = 'ready', vps_id = :vpsId, problem = NULL,
       charged = coalesce(:charged, charged) WHERE id = :id`,
      { id, vpsId, charged },
    );
  }

  /** It certainly was not bought, and something has to change first. */
  fail(id: string, problem: Problem): void {
    this.#run("UPDATE orders SET state = 'failed', problem = :problem WHERE id = :id", {
      id,
      problem: JSON.stringify(problem),
    });
  }

  /** It is bought, or may be: nothing more is done before a person has decided. */
  park(id: string, problem: Problem, vpsId: string | null): void {
    this.#run(
      `UPDATE orders SET state = 'parked', problem = :problem, vps_id = coalesce(:vpsId, vps_id)
       WHERE id = :id`,
      { id, problem: JSON.stringify(problem), vpsId },
    );
  }

  /** It is tried again by itself; the operator may want to know why it takes so long. */
  hinder(id: string, problem: Problem): void {
    this.#run("UPDATE orders SET problem = :problem WHERE id = :id", {
      id,
      problem: JSON.stringify(problem),
    });
  }

  /** A person wants it tried again: never a second order under its key. */
  retry(id: string): boolean {
    return this.#run(
      `UPDATE orders SET state = 'paid', problem = NULL
       WHERE id = :id AND state IN ('failed', 'parked')`,
      { id },
    );
  }

  /** A person has found the VPS that was bought for it. */
  assign(id: string, vpsId: string): boolean {
    return this.#run(
      `UPDATE orders SET state = 'paid', vps_id = :vpsId, problem = NULL
       WHERE id = :id AND state = 'parked'
       AND NOT EXISTS (SELECT 1 FROM orders WHERE vps_id = :vpsId AND id <> :id)
       AND NOT EXISTS (SELECT 1 FROM stablevps_receipts WHERE vps_id = :vpsId)`,
      { id, vpsId },
    );
  }

  /** A person has made sure that nothing was bought for it, or wants another one all the same. */
  buyAnew(id: string): boolean {
    return this.#run(
      `UPDATE orders SET state = 'paid', purchase = purchase + 1, vps_id = NULL, problem = NULL
       WHERE id = :id AND state IN ('failed', 'parked')`,
      { id },
    );
  }

  #run(sql: string, values: object): boolean {
    return this.#database.prepare(sql).run(values).changes > 0;
  }

  #all<Row = unknown>(sql: string, values: object): Row[] {
    return this.#database.prepare(sql).all(values) as Row[];
  }
}
