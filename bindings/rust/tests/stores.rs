//! Every store answers as the one in memory does, whatever is asked in whatever order.
//!
//! PostgreSQL is asked where `STABLEVPS_POSTGRES` says how to connect: `host=127.0.0.1 user=postgres`.

#![cfg(all(feature = "blocking", feature = "postgres", feature = "sqlite"))]
#![allow(clippy::unwrap_used, clippy::panic)]

use stablevps::store::{
    Find, HeldBy, MemoryStore, NewPurchase, PostgresStore, PurchaseState, ReceiptSource,
    RecordedOrder, Saved, SqliteStore, Store, StoreOp, StoreReply, StoreRequest,
};

const RUNS: u64 = 100;
const OPERATIONS: u32 = 60;
const LEASES_MS: [u64; 3] = [10, 50, 200];

fn draw_op(rng: &mut fastrand::Rng) -> StoreOp {
    let id = (*rng.choice(&["p1", "p2", "p3"]).unwrap()).to_owned();
    let lease_ms = *rng.choice(&LEASES_MS).unwrap();
    match rng.u8(0..10) {
        0 | 1 => draw_open(rng, id, lease_ms),
        2 | 3 => StoreOp::Save {
            id,
            saved: Saved {
                state: *rng.choice(PurchaseState::ALL).unwrap(),
                attempt: rng.u32(1..4),
                token: "t\u{e4}'\"\\".to_owned(),
                error: rng.bool().then(|| "{\"not_found\":null}".to_owned()),
            },
            lease_ms: rng.bool().then_some(lease_ms),
        },
        4 | 5 => StoreOp::Receipt {
            id,
            vps_id: rng.choice(&["v1", "v2"]).unwrap().parse().unwrap(),
            source: *rng.choice(ReceiptSource::ALL).unwrap(),
        },
        6 => StoreOp::Renew { id, lease_ms },
        7 => StoreOp::Enter { id, lease_ms },
        8 => StoreOp::Leave,
        _ => StoreOp::List {
            open_only: rng.bool(),
            find: rng.bool().then(|| Find::Id(id.clone())),
        },
    }
}

fn draw_open(rng: &mut fastrand::Rng, id: String, lease_ms: u64) -> StoreOp {
    let key = format!("key of {id}");
    let insert = rng.bool().then(|| NewPurchase {
        id: id.clone(),
        key: rng.bool().then(|| key.clone()),
        order: RecordedOrder {
            plan_id: "basic".into(),
            billing_cycle: "monthly".into(),
            location: "london".into(),
        },
        token: "a \"token\"".to_owned(),
    });
    let find = if rng.bool() {
        Find::Id(id)
    } else {
        Find::Key(key)
    };
    StoreOp::Open {
        find,
        insert,
        lease_ms,
    }
}

/// Compares a store with the model, in accounts that nobody else uses.
fn compare(store: &dyn Store, runs: u64) {
    let world = fastrand::u64(..);
    for seed in 0..runs {
        let mut rng = fastrand::Rng::with_seed(seed);
        let model = MemoryStore::new();
        let mut now = 1_000;
        for id in 0..OPERATIONS {
            now += rng.u64(0..30);
            let account = rng.choice(&["one", "one", "two"]).unwrap();
            let request = StoreRequest {
                id,
                account: format!("{world} {seed} {account}"),
                holder: (*rng.choice(&["a", "b", "c"]).unwrap()).to_owned(),
                op: draw_op(&mut rng),
                now: Some(now),
            };
            let expected = model.carry_out(&request).unwrap();
            let answered = store.carry_out(&request).unwrap();
            assert_eq!(answered, expected, "seed {seed}, {request:?}");
            // An answer may be lost: whoever asks again learns the same, unless that changes with the asking.
            if matches!(request.op, StoreOp::Renew { .. } | StoreOp::Receipt { .. }) {
                assert_eq!(
                    store.carry_out(&request).unwrap(),
                    expected,
                    "asked again: {request:?}"
                );
            }
        }
    }
}

/// The operations that every language's stores are tested with, and their answers.
#[derive(serde::Deserialize)]
struct Scene {
    name: String,
    operations: Vec<Operation>,
}

#[derive(serde::Deserialize)]
struct Operation {
    request: StoreRequest,
    answer: StoreReply,
}

fn conforms(store: &dyn Store) {
    let text = include_str!("../../../tests/stores/conformance.json");
    let scenes: Vec<Scene> = serde_json::from_str(text).unwrap();
    let world = fastrand::u64(..);
    for (number, Scene { name, operations }) in scenes.into_iter().enumerate() {
        for Operation {
            mut request,
            answer,
        } in operations
        {
            request.account = format!("{world} {number} {}", request.account);
            let given = store.carry_out(&request).unwrap();
            assert_eq!(given, answer, "{name}: {request:?}");
        }
    }
}

#[test]
fn sqlite_answers_as_memory_does() {
    let connection = rusqlite::Connection::open_in_memory().unwrap();
    let store = SqliteStore::with_connection(connection).unwrap();
    conforms(&store);
    compare(&store, RUNS);
}

#[test]
fn postgresql_answers_as_memory_does() {
    let Ok(address) = std::env::var("STABLEVPS_POSTGRES") else {
        println!("STABLEVPS_POSTGRES is not set: PostgreSQL is not tested");
        return;
    };
    let connect = move || postgres::Client::connect(&address, postgres::NoTls);
    let store = PostgresStore::new(connect).unwrap();
    conforms(&store);
    compare(&store, RUNS);
}

#[test]
fn postgresql_behind_pgbouncer_answers_as_memory_does() {
    let Ok(address) = std::env::var("STABLEVPS_PGBOUNCER") else {
        println!("STABLEVPS_PGBOUNCER is not set: PgBouncer is not tested");
        return;
    };
    let connect = move || postgres::Client::connect(&address, postgres::NoTls);
    // Connections of the server go from one of them to the other.
    let stores = [(); 2].map(|()| PostgresStore::new(connect.clone()).unwrap());
    for store in &stores {
        conforms(store);
        compare(store, RUNS.div_ceil(4));
    }
}

#[test]
fn leases_run_by_the_stores_own_clock() {
    let connection = rusqlite::Connection::open_in_memory().unwrap();
    let store = SqliteStore::with_connection(connection).unwrap();
    let request = |holder: &str, lease_ms| StoreRequest {
        id: 1,
        account: "one".to_owned(),
        holder: holder.to_owned(),
        op: draw_open(&mut fastrand::Rng::with_seed(5), "p1".to_owned(), lease_ms),
        now: None,
    };
    let held = |holder: &str| match store.carry_out(&request(holder, 60_000)).unwrap() {
        StoreReply::Opened { held, .. } => held,
        reply => panic!("{reply:?}"),
    };
    assert_eq!(held("a"), HeldBy::Us);
    assert!(matches!(
        held("b"),
        HeldBy::Other {
            left_ms: 1..=60_000,
            ..
        }
    ));
}
