/** The store in an SQLite file. */

import type { Store, StoreOperation } from "../store.js";
import { checkVersion, Opening, only } from "./opening.js";
import { READ_VERSION, SQLITE_OPERATIONS, SQLITE_SCHEMA } from "./sql.js";

/** What is used of a prepared statement. */
export interface SqliteStatement {
  // biome-ignore lint/suspicious/noExplicitAny: libraries differ in what they take.
  all(...values: any[]): unknown[];
  // biome-ignore lint/suspicious/noExplicitAny: libraries differ in what they take.
  run(...values: any[]): unknown;
}

/** What is used of a database: of `better-sqlite3`, `libsql`, `node:sqlite` and `bun:sqlite`. */
export interface SqliteHandle {
  exec(sql: string): unknown;
  prepare(sql: string): SqliteStatement;
}

/** What the runtime's own modules have. */
interface SqliteModule {
  DatabaseSync?: new (path: string) => SqliteHandle;
  Database?: new (path: string) => SqliteHandle;
}

/** Whether there are tables. */
const HAS_TABLES = "SELECT count(*) FROM sqlite_master WHERE name = 'stablevps_schema'";

/**
 * Purchases in an SQLite database, which processes of one machine share, in whatever language. It needs SQLite 3.38 or
 * later. A database on a network drive can't be shared safely: SQLite's locks do not hold there.
 *
 * The tables are made with the first operation, where there are none; their names begin with `stablevps_`. An operation
 * takes milliseconds, during which nothing else runs; up to 10 seconds where another process keeps the file locked.
 */
export class SqliteStore implements Store {
  readonly #opening: Opening<SqliteHandle>;
  readonly #statements = new Map<string, SqliteStatement>();
  #closed = false;
  #own: SqliteHandle | undefined;

  /**
   * A file, which is made where there is none: Node 22.13 or later, Deno or Bun opens it. Or a database of yours, which
   * is set to keep what it says that it keeps (`synchronous = FULL`) and to wait up to 10 seconds for others.
   */
  constructor(database: SqliteHandle | string) {
    const { exec, prepare } = (database ?? {}) as Partial<SqliteHandle>;
    const isPath = typeof database === "string";
    if (!isPath && !(typeof exec === "function" && typeof prepare === "function")) {
      throw new TypeError("database must be a path, or have the methods exec and prepare");
    }
    this.#opening = new Opening(async () => {
      const handle = isPath ? await open(database) : database;
      try {
        this.#throwIfClosed();
        prepareTables(handle);
      } catch (error) {
        if (isPath) {
          close(handle);
        }
        throw error;
      }
      this.#own = isPath ? handle : undefined;
      return handle;
    });
  }

  async carryOut({ op, document }: StoreOperation): Promise<string> {
    const handle = await this.#opening.get();
    this.#throwIfClosed();
    // Nothing is waited for from here on, so that nobody else's statements come in between.
    const statements = SQLITE_OPERATIONS[op].map((sql) => this.#statement(handle, sql));
    return within(handle, () => {
      let answer: unknown;
      for (const statement of statements) {
        answer = only(rowsOf(statement, document)) ?? answer;
      }
      return String(answer);
    });
  }

  /** Closes what was opened here: a file. What goes on then ends in a `StoreError`. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#statements.clear();
    if (this.#own) {
      close(this.#own);
      this.#own = undefined;
    }
  }

  #throwIfClosed(): void {
    if (this.#closed) {
      throw new Error("the store is closed");
    }
  }

  #statement(handle: SqliteHandle, sql: string): SqliteStatement {
    const prepared = this.#statements.get(sql) ?? handle.prepare(sql);
    this.#statements.set(sql, prepared);
    return prepared;
  }
}

/** Opens a file with what the runtime has. */
async function open(path: string): Promise<SqliteHandle> {
  const isBun = "Bun" in globalThis;
  const name = isBun ? "bun:sqlite" : "node:sqlite";
  let found: SqliteModule;
  try {
    // By a name that bundlers can't follow.
    found = (await import(/* @vite-ignore */ /* webpackIgnore: true */ name)) as SqliteModule;
  } catch (cause) {
    const advice = "pass a database of better-sqlite3 or the like to SqliteStore";
    throw new Error(`this runtime has no ${name} to open a file with: ${advice}`, { cause });
  }
  const Database = isBun ? found.Database : found.DatabaseSync;
  if (!Database) {
    throw new Error(`${name} has no databases`);
  }
  return new Database(path);
}

function prepareTables(handle: SqliteHandle): void {
  handle.exec("PRAGMA busy_timeout = 10000");
  handle.exec("PRAGMA synchronous = FULL");
  within(handle, () => {
    if (Number(only(handle.prepare(HAS_TABLES).all())) > 0) {
      checkVersion(only(handle.prepare(READ_VERSION).all()));
    }
    handle.exec(SQLITE_SCHEMA);
  });
}

/** Runs statements in one transaction. */
function within<T>(handle: SqliteHandle, run: () => T): T {
  handle.exec("BEGIN IMMEDIATE");
  try {
    const result = run();
    handle.exec("COMMIT");
    return result;
  } catch (error) {
    try {
      handle.exec("ROLLBACK");
    } catch {
      // It was rolled back already.
    }
    throw error;
  }
}

/**
 * What a statement gives for a document. `better-sqlite3` takes the parameter `?1` by its name alone, and runs with `all`
 * only what gives rows.
 */
function rowsOf(statement: SqliteStatement, document: string): unknown[] {
  const { source, reader } = statement as { source?: string; reader?: boolean };
  const given = source === undefined ? document : { 1: document };
  if (reader === false) {
    statement.run(given);
    return [];
  }
  return statement.all(given);
}

function close(handle: SqliteHandle): void {
  (handle as { close?(): void }).close?.();
}
