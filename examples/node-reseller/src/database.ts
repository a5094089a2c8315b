/** The database: one file, one process, and every statement is on disk before it returns. */

import Database from "libsql";

export type { Database } from "libsql";

const TABLE = `
CREATE TABLE IF NOT EXISTS orders (
  id            TEXT PRIMARY KEY,      -- the shop's own number of the order
  event_id      TEXT NOT NULL UNIQUE,  -- of the event that said it was paid
  plan_id       TEXT NOT NULL,
  billing_cycle TEXT NOT NULL,
  location      TEXT NOT NULL,
  max_spend     TEXT NOT NULL,         -- what the VPS may cost, such as 19.49
  secret_hash   TEXT NOT NULL,         -- SHA-256 of what the customer proves the order with
  state         TEXT NOT NULL DEFAULT 'paid'
                CHECK (state IN ('paid', 'ordering', 'provisioning', 'ready', 'failed', 'parked')),
  token         TEXT,                  -- from the moment before the order is sent
  vps_id        TEXT UNIQUE,           -- a VPS belongs to one order
  charged       TEXT,
  problem       TEXT,                  -- JSON: what hinders it, for the operator
  CHECK (state <> 'paid' OR (token IS NULL AND vps_id IS NULL)),
  CHECK (state <> 'ordering' OR token IS NOT NULL),
  CHECK (state NOT IN ('provisioning', 'ready') OR vps_id IS NOT NULL)
) STRICT`;

const INDEX = `
CREATE INDEX IF NOT EXISTS unfinished ON orders (state)
  WHERE state IN ('paid', 'ordering', 'provisioning')`;

/**
 * Opens the database for this process alone. The lock is the operating system's: it ends with the
 * process, however that ends.
 *
 * @throws Error when another process has it.
 */
export function openDatabase(file: string): Database.Database {
  const database = new Database(file, { timeout: 0 });
  try {
    database.pragma("locking_mode = EXCLUSIVE");
    database.pragma("journal_mode = WAL");
    database.pragma("synchronous = FULL");
    database.exec(`BEGIN EXCLUSIVE; ${TABLE}; ${INDEX}; COMMIT`);
  } catch (error) {
    database.close();
    if ((error as { code?: string }).code === "SQLITE_BUSY") {
      throw new Error(`another process works on ${file}: one at a time`);
    }
    throw error;
  }
  return database;
}
