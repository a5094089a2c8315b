/** Where purchases are recorded, as a client sees it. */

/** One operation of a store. */
export interface StoreOperation {
  /** What to do: which of the published statements carry it out. */
  readonly op: "open" | "save" | "receipt" | "renew" | "enter" | "leave" | "list";
  /** The operation as JSON text: the one parameter of those statements. */
  readonly document: string;
}

/**
 * Where a client records its purchases: `new StableVPS({ store })`. `stablevps/stores` has one for SQLite and one for
 * PostgreSQL, and the SQL for one of your own:
 *
 * ```ts
 * import { SQLITE_OPERATIONS, SQLITE_SCHEMA } from "stablevps/stores";
 *
 * const store: Store = {
 *   async carryOut({ op, document }) {
 *     const statements = SQLITE_OPERATIONS[op].map((sql) => database.prepare(sql).bind(document));
 *     const results = await database.batch(statements); // in one transaction
 *     return results.map(({ results }) => Object.values(results[0] ?? {})[0]).find((text) => text != null);
 *   },
 * };
 * ```
 */
export interface Store {
  /**
   * Carries an operation out in one transaction, and gives the database's answer as it is. What was answered must be on
   * disk.
   *
   * What it throws means that the operation may have been carried out or not. The error's message is shown in the
   * purchase's `StoreError`. An operation is asked for again where its answer was lost.
   */
  carryOut(operation: StoreOperation): string | Promise<string>;
}
