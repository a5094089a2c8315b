//! The store in a database answers as the one in memory does, whatever is asked in whatever order.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod support;

use rusqlite::{Connection, TransactionBehavior};
use stablevps_core::clock::Instant;
use stablevps_core::store::{
    Find, MemoryStore, NewPurchase, PurchaseState, ReceiptSource, RecordedOrder, Saved, StoreOp,
    StoreReply, StoreRequest, sqlite,
};
use support::seeds;

const RUNS: u64 = 150;
const OPERATIONS: usize = 60;
const LEASES_MS: [u64; 3] = [10, 50, 200];

struct Sqlite(Connection);

impl Sqlite {
    fn new() -> Self {
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch(sqlite::SCHEMA).unwrap();
        Self(connection)
    }

    fn carry_out(&mut self, request: &StoreRequest) -> StoreReply {
        let document = request.document();
        let behavior = TransactionBehavior::Immediate;
        let transaction = self.0.transaction_with_behavior(behavior).unwrap();
        let mut answer = None;
        for sql in sqlite::statements(request) {
            let mut statement = transaction
                .prepare(sql)
                .unwrap_or_else(|error| panic!("{error}: {sql}"));
            let mut rows = statement.query([&document]).unwrap();
            if let Some(row) = rows.next().unwrap_or_else(|error| panic!("{error}: {sql}")) {
                assert_eq!(answer, None, "one statement answers");
                answer = Some(row.get::<_, String>(0).unwrap());
            }
        }
        transaction.commit().unwrap();
        let answer = answer.unwrap_or_else(|| panic!("no answer: {request:?}"));
        StoreReply::from_document(&answer).unwrap_or_else(|error| panic!("{error}: {answer}"))
    }
}

fn draw_op(rng: &mut fastrand::Rng) -> StoreOp {
    let id = rng.choice(["p1", "p2", "p3"]).unwrap().to_owned();
    let lease_ms = *rng.choice(&LEASES_MS).unwrap();
    match rng.u8(0..10) {
        0 | 1 => {
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
        2 | 3 => StoreOp::Save {
            id,
            saved: Saved {
                state: *rng.choice(PurchaseState::ALL).unwrap(),
                attempt: rng.u32(1..4),
                token: "t\u{e4}".to_owned(),
                error: rng.bool().then(|| "{\"not_found\":null}".to_owned()),
            },
            lease_ms: rng.bool().then_some(lease_ms),
        },
        4 | 5 => StoreOp::Receipt {
            id,
            vps_id: rng.choice(["v1", "v2"]).unwrap().parse().unwrap(),
            source: *rng.choice(ReceiptSource::ALL).unwrap(),
        },
        6 => StoreOp::Renew { id, lease_ms },
        7 => StoreOp::Enter { id, lease_ms },
        8 => StoreOp::Leave,
        _ => StoreOp::List {
            open_only: rng.bool(),
        },
    }
}

#[test]
fn a_database_answers_as_memory_does() {
    for seed in seeds(RUNS) {
        let mut rng = fastrand::Rng::with_seed(seed);
        let (mut memory, mut database) = (MemoryStore::new(), Sqlite::new());
        let mut now = 1_000;
        for id in 0..OPERATIONS {
            now += rng.u64(0..30);
            let request = StoreRequest {
                id: u32::try_from(id).unwrap(),
                account: (*rng.choice(["one", "one", "two"]).unwrap()).to_owned(),
                holder: (*rng.choice(["a", "b", "c"]).unwrap()).to_owned(),
                op: draw_op(&mut rng),
                now: Some(now),
            };
            let expected = memory.carry_out(&request, Instant::default());
            let answered = database.carry_out(&request);
            assert_eq!(answered, expected, "seed {seed}, {request:?}");
        }
    }
}
