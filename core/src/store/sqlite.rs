//! The store's operations as SQL for SQLite 3.38 and later.
//!
//! An operation is a list of statements, which run in one transaction that begins with `BEGIN IMMEDIATE`. Each takes
//! the request, as one JSON text, for its only parameter. One of them gives a row of one column, which is the answer
//! as JSON. So a store in any language opens the database, runs [`SCHEMA`] once, and passes texts on.
//!
//! The database must keep what it says that it keeps: `PRAGMA synchronous = FULL`.

use super::{StoreOp, StoreRequest};

/// The tables. Running it again changes nothing.
pub const SCHEMA: &str = include_str!("sqlite/schema.sql");
/// The version of [`SCHEMA`]. A database of a newer one is not to be touched.
pub const VERSION: u32 = 1;
/// The version of a database, where there is one.
pub const READ_VERSION: &str = "SELECT version FROM stablevps_schema";

/// What every statement begins with: the request, and the time.
macro_rules! ask {
    ($op:literal) => {
        concat!(
            "WITH ask AS (SELECT json_extract(?1, '$.account') AS account, json_extract(?1, '$.holder') AS holder, ",
            "json_extract(?1, '$.op.", $op, "') AS op, coalesce(json_extract(?1, '$.now'), ",
            "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)) AS now) "
        )
    };
}

/// A purchase as JSON.
macro_rules! record {
    () => {
        "json_object('id', p.id, 'key', p.idempotency_key, 'order', json_object('planId', p.plan_id, \
         'billingCycle', p.billing_cycle, 'location', p.location), 'saved', json_object('state', p.state, \
         'attempt', p.attempt, 'token', p.token, 'error', p.error), 'vpsId', (SELECT min(r.vps_id) FROM \
         stablevps_receipts r WHERE r.account = p.account AND r.purchase_id = p.id), 'others', json((SELECT \
         json_group_array(vps_id) FROM (SELECT r.vps_id FROM stablevps_receipts r WHERE r.account = p.account AND \
         r.purchase_id = p.id ORDER BY r.vps_id LIMIT -1 OFFSET 1))))"
    };
}

/// Whether the one who asks is inside the window.
macro_rules! inside {
    () => {
        "EXISTS (SELECT 1 FROM stablevps_windows w, ask WHERE w.account = ask.account AND w.holder = ask.holder)"
    };
}

/// Whether the one who asks holds the purchase that the operation names.
macro_rules! holds {
    () => {
        "EXISTS (SELECT 1 FROM stablevps_purchases p, ask WHERE p.account = ask.account AND p.id = \
         json_extract(ask.op, '$.id') AND p.holder = ask.holder)"
    };
}

/// Whether a purchase that has ended is only to be forgotten.
macro_rules! forgets {
    () => {
        "(json_extract(ask.op, '$.saved.state') = 'forgotten' AND EXISTS (SELECT 1 FROM stablevps_purchases p WHERE \
         p.account = ask.account AND p.id = json_extract(ask.op, '$.id') AND p.state IN ('ready', 'failed', \
         'unresolved', 'forgotten')))"
    };
}

/// Prolongs the lease of the one who asks.
macro_rules! lease {
    ($op:literal, $($condition:expr),+) => {
        concat!(
            ask!($op),
            "INSERT INTO stablevps_holders (account, holder, lease_until) SELECT account, holder, now + \
             json_extract(op, '$.leaseMs') FROM ask WHERE json_extract(op, '$.leaseMs') IS NOT NULL AND ",
            $($condition,)+
            " ON CONFLICT (account, holder) DO UPDATE SET lease_until = excluded.lease_until"
        )
    };
}

/// Answers that the purchase is still held, or not.
macro_rules! held {
    ($op:literal) => {
        concat!(
            ask!($op),
            "SELECT CASE WHEN NOT (", holds!(), " OR coalesce(", forgets!(), ", 0)) THEN '\"lost\"' WHEN json_extract(ask.op, '$.saved.state') = \
             'ordered' AND NOT ", inside!(), " THEN '\"outOfWindow\"' ELSE json_object('held', \
             json_object('vpsId', (SELECT min(r.vps_id) FROM stablevps_receipts r WHERE r.account = ask.account AND \
             r.purchase_id = json_extract(ask.op, '$.id')), 'others', json((SELECT json_group_array(vps_id) FROM \
             (SELECT r.vps_id FROM stablevps_receipts r, ask WHERE r.account = ask.account AND r.purchase_id = \
             json_extract(ask.op, '$.id') ORDER BY r.vps_id LIMIT -1 OFFSET 1))), 'inWindow', json(CASE WHEN ", inside!(),
            " THEN 'true' ELSE 'false' END))) END FROM ask"
        )
    };
}

const OPEN: &[&str] = &[
    // An insertion that comes to nothing counts a number up all the same, which is a write: whoever waits for a
    // purchase asks often.
    concat!(
        ask!("open"),
        "INSERT INTO stablevps_purchases (account, id, idempotency_key, plan_id, billing_cycle, location, state, \
         attempt, token, created_at, updated_at) SELECT account, json_extract(op, '$.insert.id'), json_extract(op, \
         '$.insert.key'), json_extract(op, '$.insert.order.planId'), json_extract(op, '$.insert.order.billingCycle'), \
         json_extract(op, '$.insert.order.location'), 'open', 1, json_extract(op, '$.insert.token'), now, now FROM \
         ask WHERE json_extract(op, '$.insert.id') IS NOT NULL AND NOT EXISTS (SELECT 1 FROM stablevps_purchases p \
         WHERE p.account = ask.account AND (p.id = json_extract(op, '$.insert.id') OR p.idempotency_key = \
         json_extract(op, '$.insert.key'))) ON CONFLICT DO NOTHING"
    ),
    concat!(
        ask!("open"),
        "UPDATE stablevps_purchases SET holder = (SELECT holder FROM ask) WHERE number = (SELECT p.number FROM \
         stablevps_purchases p, ask WHERE p.account = ask.account AND (p.id = json_extract(ask.op, '$.find.id') OR \
         p.idempotency_key = json_extract(ask.op, '$.find.key')) AND p.state NOT IN ('ready', 'failed', \
         'unresolved', 'forgotten') AND (p.holder IS NULL OR p.holder = ask.holder OR NOT EXISTS (SELECT 1 FROM \
         stablevps_holders h WHERE h.account = p.account AND h.holder = p.holder AND h.lease_until > ask.now) OR \
         (p.state = 'ordered' AND ",
        inside!(),
        ")))"
    ),
    lease!(
        "open",
        "EXISTS (SELECT 1 FROM stablevps_purchases p WHERE p.account = ask.account AND p.holder = ask.holder AND \
         p.state NOT IN ('ready', 'failed', 'unresolved', 'forgotten') AND (p.id = json_extract(ask.op, '$.find.id') \
         OR p.idempotency_key = json_extract(ask.op, '$.find.key')))"
    ),
    concat!(
        ask!("open"),
        "SELECT json_object('opened', json_object('record', json(CASE WHEN p.id IS NULL THEN 'null' ELSE ",
        record!(),
        " END), 'held', json(CASE WHEN p.id IS NULL OR p.state IN ('ready', 'failed', 'unresolved', 'forgotten') THEN \
         '\"nobody\"' WHEN p.holder = ask.holder THEN '\"us\"' ELSE json_object('other', json_object('leftMs', \
         h.lease_until - ask.now, 'holder', h.holder)) END))) FROM ask LEFT JOIN stablevps_purchases p ON p.account = ask.account AND \
         (p.id = json_extract(ask.op, '$.find.id') OR p.idempotency_key = json_extract(ask.op, '$.find.key')) LEFT \
         JOIN stablevps_holders h ON h.account = p.account AND h.holder = p.holder"
    ),
];

const SAVE: &[&str] = &[
    held!("save"),
    // Before the purchase may be let go.
    lease!(
        "save",
        holds!(),
        " AND (json_extract(ask.op, '$.saved.state') <> 'ordered' OR ",
        inside!(),
        ")"
    ),
    concat!(
        ask!("save"),
        "UPDATE stablevps_purchases SET state = json_extract((SELECT op FROM ask), '$.saved.state'), attempt = \
         json_extract((SELECT op FROM ask), '$.saved.attempt'), token = json_extract((SELECT op FROM ask), \
         '$.saved.token'), error = json_extract((SELECT op FROM ask), '$.saved.error'), updated_at = (SELECT now FROM \
         ask), holder = CASE WHEN json_extract((SELECT op FROM ask), '$.leaseMs') IS NULL THEN NULL ELSE holder END \
         WHERE account = (SELECT account FROM ask) AND id = json_extract((SELECT op FROM ask), '$.id') AND (holder = \
         (SELECT holder FROM ask) OR (json_extract((SELECT op FROM ask), '$.saved.state') = 'forgotten' AND state IN \
         ('ready', 'failed', 'unresolved', 'forgotten'))) AND (json_extract((SELECT op FROM ask), '$.saved.state') <> \
         'ordered' OR ",
        inside!(),
        ")"
    ),
];

const RECEIPT: &[&str] = &[
    concat!(
        ask!("receipt"),
        "INSERT INTO stablevps_receipts (account, vps_id, purchase_id, source, created_at) SELECT account, \
         json_extract(op, '$.vpsId'), json_extract(op, '$.id'), json_extract(op, '$.source'), now FROM ask WHERE \
         json_extract(op, '$.source') = 'receipt' OR ",
        holds!(),
        " ON CONFLICT (account, vps_id) DO UPDATE SET purchase_id = excluded.purchase_id, source = excluded.source \
         WHERE excluded.source = 'receipt' AND stablevps_receipts.source = 'adopted'"
    ),
    concat!(
        ask!("receipt"),
        "SELECT CASE WHEN json_extract(ask.op, '$.source') = 'adopted' AND NOT ",
        holds!(),
        " THEN '\"lost\"' ELSE json_object('owner', json_object('id', (SELECT r.purchase_id FROM stablevps_receipts \
         r WHERE r.account = ask.account AND r.vps_id = json_extract(ask.op, '$.vpsId')), 'others', json((SELECT \
         json_group_array(vps_id) FROM (SELECT o.vps_id FROM ask JOIN stablevps_receipts r ON r.account = \
         ask.account AND r.vps_id = json_extract(ask.op, '$.vpsId') JOIN stablevps_receipts o ON o.account = \
         r.account AND o.purchase_id = r.purchase_id AND o.vps_id <> r.vps_id ORDER BY o.vps_id))))) END FROM ask"
    ),
];

const RENEW: &[&str] = &[held!("renew"), lease!("renew", holds!())];

const ENTER: &[&str] = &[
    concat!(
        ask!("enter"),
        "INSERT INTO stablevps_windows (account, holder) SELECT account, holder FROM ask WHERE ",
        holds!(),
        " ON CONFLICT (account) DO UPDATE SET holder = excluded.holder WHERE NOT EXISTS (SELECT 1 FROM \
         stablevps_holders h, ask WHERE h.account = ask.account AND h.holder = stablevps_windows.holder AND \
         h.lease_until > ask.now)"
    ),
    lease!("enter", holds!(), " AND ", inside!()),
    concat!(
        ask!("enter"),
        "SELECT CASE WHEN NOT ",
        holds!(),
        " THEN '\"lost\"' WHEN NOT ",
        inside!(),
        " THEN json_object('busy', json_object('leftMs', (SELECT h.lease_until - ask.now FROM stablevps_windows w \
         JOIN stablevps_holders h ON h.account = w.account AND h.holder = w.holder WHERE w.account = ask.account))) \
         ELSE json_object('entered', json_object('unfinished', json((SELECT json_group_array(json(record)) FROM \
         (SELECT ",
        record!(),
        " AS record FROM stablevps_purchases p WHERE p.account = ask.account AND p.state = 'ordered' AND p.id <> \
         json_extract(ask.op, '$.id') ORDER BY p.number))))) END FROM ask"
    ),
];

const LEAVE: &[&str] = &[
    "DELETE FROM stablevps_windows WHERE account = json_extract(?1, '$.account') AND holder = json_extract(?1, \
     '$.holder')",
    "SELECT '\"left\"' WHERE ?1 IS NOT NULL",
];

const LIST: &[&str] = &[concat!(
    ask!("list"),
    "SELECT json_object('listed', json_object('records', json((SELECT json_group_array(json(record)) FROM (SELECT ",
    record!(),
    " AS record FROM stablevps_purchases p WHERE p.account = ask.account AND (NOT json_extract(ask.op, \
     '$.openOnly') OR p.state NOT IN ('ready', 'failed', 'unresolved', 'forgotten')) AND (json_extract(ask.op, '$.find') \
     IS NULL OR p.id = json_extract(ask.op, '$.find.id') OR p.idempotency_key = json_extract(ask.op, '$.find.key')) \
     ORDER BY p.number))))) FROM ask"
)];

/// The statements of each operation, in their order, by the operation's name.
pub const STATEMENTS: &[(&str, &[&str])] = &[
    ("open", OPEN),
    ("save", SAVE),
    ("receipt", RECEIPT),
    ("renew", RENEW),
    ("enter", ENTER),
    ("leave", LEAVE),
    ("list", LIST),
];

/// The statements of an operation, in their order.
#[must_use]
pub fn statements(request: &StoreRequest) -> &'static [&'static str] {
    match request.op {
        StoreOp::Open { .. } => OPEN,
        StoreOp::Save { .. } => SAVE,
        StoreOp::Receipt { .. } => RECEIPT,
        StoreOp::Renew { .. } => RENEW,
        StoreOp::Enter { .. } => ENTER,
        StoreOp::Leave => LEAVE,
        StoreOp::List { .. } => LIST,
    }
}
