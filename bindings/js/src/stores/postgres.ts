/** The store in a PostgreSQL database. */

import type { Store, StoreOperation } from "../store.js";
import { checkVersion, Opening, only } from "./opening.js";
import { POSTGRES_SCHEMA, POSTGRES_STATEMENT, READ_VERSION } from "./sql.js";

/** What is used of a `Pool` or a `Client` of `pg`, of PGlite, and of their like. */
export interface PostgresQueries {
  // biome-ignore lint/suspicious/noExplicitAny: libraries differ in what they take.
  query(text: string, values?: any[]): Promise<{ rows: unknown[] }>;
}

const HAS_TABLES = "SELECT to_regclass('stablevps_schema') IS NOT NULL";

/**
 * Purchases in a PostgreSQL database of version 12 or later, which processes of many machines share, in whatever language.
 * It must run with `synchronous_commit = on`, its default.
 *
 * Every operation is one statement and keeps nothing in its session, so a pool behind PgBouncer in transaction mode will
 * do. The pool is yours: it is not closed here. The tables are made with the first operation, where there are none; their
 * names begin with `stablevps_`.
 */
export class PostgresStore implements Store {
  readonly #opening: Opening<PostgresQueries>;

  constructor(database: PostgresQueries) {
    if (typeof database?.query !== "function") {
      throw new TypeError("database must have the method query");
    }
    this.#opening = new Opening(async () => {
      if (only((await database.query(HAS_TABLES)).rows) === true) {
        checkVersion(only((await database.query(READ_VERSION)).rows));
      }
      // Who runs it at once with another waits for that one, and leaves tables of a newer version as they are.
      await database.query(POSTGRES_SCHEMA);
      checkVersion(only((await database.query(READ_VERSION)).rows));
      return database;
    });
  }

  async carryOut({ document }: StoreOperation): Promise<string> {
    const database = await this.#opening.get();
    const { rows } = await database.query(POSTGRES_STATEMENT, [document]);
    return String(only(rows));
  }
}
