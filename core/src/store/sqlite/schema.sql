-- Purchases of STABLEVPS servers, for SQLite. All languages share these tables; their meaning is public.
-- Times are milliseconds since 1970, by the clock of this database.

CREATE TABLE IF NOT EXISTS stablevps_schema (
  version INTEGER NOT NULL
);

-- Who is at work, and until when nobody else may take over what it holds.
CREATE TABLE IF NOT EXISTS stablevps_holders (
  account TEXT NOT NULL,
  holder TEXT NOT NULL,
  lease_until INTEGER NOT NULL,
  PRIMARY KEY (account, holder)
);

CREATE TABLE IF NOT EXISTS stablevps_purchases (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  account TEXT NOT NULL,
  id TEXT NOT NULL,
  idempotency_key TEXT,
  plan_id TEXT NOT NULL,
  billing_cycle TEXT NOT NULL,
  location TEXT NOT NULL,
  state TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  token TEXT NOT NULL,
  error TEXT,
  holder TEXT,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  UNIQUE (account, id),
  UNIQUE (account, idempotency_key)
);

-- Whose a VPS is. It is one purchase's, and no other's.
CREATE TABLE IF NOT EXISTS stablevps_receipts (
  account TEXT NOT NULL,
  vps_id TEXT NOT NULL,
  purchase_id TEXT NOT NULL,
  source TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (account, vps_id)
);

-- Who may order on an account.
CREATE TABLE IF NOT EXISTS stablevps_windows (
  account TEXT PRIMARY KEY NOT NULL,
  holder TEXT NOT NULL
);

CREATE INDEX IF NOT EXISTS stablevps_purchases_by_state ON stablevps_purchases (account, state);
CREATE INDEX IF NOT EXISTS stablevps_receipts_by_purchase ON stablevps_receipts (account, purchase_id);

-- For people: what goes on.
CREATE VIEW IF NOT EXISTS stablevps_open_purchases AS
  SELECT
    p.account, p.idempotency_key, p.id, p.state, p.attempt, p.plan_id, p.billing_cycle, p.location,
    (SELECT min(r.vps_id) FROM stablevps_receipts r WHERE r.account = p.account AND r.purchase_id = p.id) AS vps_id,
    p.holder, h.lease_until, p.created_at, p.updated_at
  FROM stablevps_purchases p
  LEFT JOIN stablevps_holders h ON h.account = p.account AND h.holder = p.holder
  WHERE p.state IN ('open', 'ordered', 'bought', 'unresolved');

INSERT INTO stablevps_schema (version)
  SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM stablevps_schema);
