/** Stores of a Worker's own, from the published SQL. */

import { DurableObject } from "cloudflare:workers";
import { READ_VERSION, SQLITE_OPERATIONS, SQLITE_SCHEMA, VERSION } from "stablevps/stores";

// A Durable Object with SQLite storage, as README has it.
export class Purchases extends DurableObject {
  constructor(state, environment) {
    super(state, environment);
    const { sql } = state.storage;
    sql.exec(SQLITE_SCHEMA);
    if (sql.exec(READ_VERSION).one().version > VERSION) {
      throw new Error("the tables are of a newer version");
    }
  }

  carryOut({ op, document }) {
    const { sql } = this.ctx.storage;
    const run = (statement) => sql.exec(statement, document).raw().toArray()[0]?.[0];
    return this.ctx.storage.transactionSync(() =>
      SQLITE_OPERATIONS[op].map(run).find((answer) => answer != null),
    );
  }
}

/** A D1 database as a store: a batch is one transaction. */
export function d1Store(database) {
  const opened = (async () => {
    const statements = SQLITE_SCHEMA.split(/;$/m).filter((statement) => /^[A-Z]/m.test(statement));
    await database.batch(statements.map((statement) => database.prepare(statement)));
    if ((await database.prepare(READ_VERSION).first("version")) > VERSION) {
      throw new Error("the tables are of a newer version");
    }
  })();
  return {
    async carryOut({ op, document }) {
      await opened;
      const statements = SQLITE_OPERATIONS[op].map((sql) => database.prepare(sql).bind(document));
      const rows = (await database.batch(statements)).map(({ results }) => results[0]);
      return rows.map((row) => Object.values(row ?? {})[0]).find((value) => value != null);
    },
  };
}
