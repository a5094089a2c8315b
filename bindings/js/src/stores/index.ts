/**
 * Stores: where clients record their purchases, so that an idempotency key buys one VPS.
 *
 * ```ts
 * const store = new SqliteStore("purchases.db");
 * const client = new StableVPS({ store });
 * await client.purchases.resumeAll(); // what a program does when it starts
 * await client.vps.provision(params, { idempotencyKey: "order-4711" });
 * ```
 *
 * @packageDocumentation
 */

export type { Store, StoreOperation } from "../store.js";
export { type PostgresQueries, PostgresStore } from "./postgres.js";
export * from "./sql.js";
export { type SqliteHandle, type SqliteStatement, SqliteStore } from "./sqlite.js";
