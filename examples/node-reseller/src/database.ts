/** The database: one file, and every statement is on disk before it returns. */

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
  state         TEXT NOT NULL DEFAULT 'paid' CHECK (state IN ('paid', 'ready', 'failed', 'parked')),
  purchase      INTEGER NOT NULL DEFAULT 1, -- which one, where a person had it bought anew
  vps_id        TEXT UNIQUE,           -- a VPS belongs to one order
  charged       TEXT,
  problem       TEXT,                  -- JSON: what hinders it, for the operator
  CHECK (state <> 'ready' OR vps_id IS NOT NULL)
) STRICT`;

const INDEX = "CREATE INDEX IF NOT EXISTS unfinished ON orders (state) WHERE state = 'paid'";

/** Opens the database. Several processes may have it open, and its store of purchases. */
export function openDatabase(file: string): Database.Database {
  const database = new Database(file, { timeout: 10_000 });
  database.pragma("journal_mode = WAL");
  database.pragma("synchronous = FULL");
  database.exec(`BEGIN IMMEDIATE; ${TABLE}; ${INDEX}; COMMIT`);
  return database;
}
