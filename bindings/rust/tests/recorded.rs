//! Purchases with idempotency keys, on a simulated service and a database in a file.

#![cfg(all(feature = "blocking", feature = "sqlite", feature = "testing"))]
#![allow(clippy::unwrap_used, clippy::panic)]

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use stablevps::store::{
    MemoryStore, PurchaseState, SqliteStore, Store, StoreFailure, StoreOp, StoreReply, StoreRequest,
};
use stablevps::testing::{Fault, Misbehaviour, Simulator, Target};
use stablevps::{Client, Next, Phase};

/// A folder that is removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let name = format!("stablevps-recorded-{name}-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn store(&self) -> SqliteStore {
        SqliteStore::open(self.0.join("purchases.db")).unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn client(simulator: &Simulator, store: impl Store + 'static) -> Client {
    simulator.client_builder().store(store).build().unwrap()
}

#[test]
fn a_key_buys_one_vps_however_often_it_is_asked_for() {
    let (simulator, folder) = (Simulator::new(), Folder::new("once"));
    let buy = |client: &Client, key: &str| {
        let provision = client.vps().provision("basic", "monthly", "london");
        provision.idempotency_key(key).run().unwrap().vps.id
    };
    let first = buy(&client(&simulator, folder.store()), "order-1");
    // Another client with another connection, as another process has them.
    let other = client(&simulator, folder.store());
    assert_eq!(buy(&other, "order-1"), first);
    assert_ne!(buy(&other, "order-2"), first);
    assert_eq!(simulator.state().orders_placed, 2);

    let listed = other.purchases().list().unwrap();
    let keys: Vec<_> = listed
        .iter()
        .map(|record| record.idempotency_key.as_deref())
        .collect();
    assert_eq!(keys, [Some("order-1"), Some("order-2")]);
    let record = other.purchases().get("order-1").unwrap().unwrap();
    assert_eq!(record.state, PurchaseState::Ready);
    assert_eq!(record.vps_id, Some(first));
    assert!(other.purchases().get("order-3").unwrap().is_none());
}

#[test]
fn many_threads_with_one_key_buy_one_vps() {
    let (simulator, folder) = (Simulator::new(), Folder::new("threads"));
    let clients: Vec<Client> = (0..4).map(|_| client(&simulator, folder.store())).collect();
    let ids: Vec<_> = std::thread::scope(|scope| {
        let buy = |client: &Client| {
            let provision = client.vps().provision("basic", "monthly", "london");
            let joining = provision.idempotency_key("order-1");
            joining.run().unwrap().vps.id
        };
        let threads: Vec<_> = clients
            .iter()
            .map(|client| scope.spawn(move || buy(client)))
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    assert_eq!(simulator.state().orders_placed, 1);
}

#[test]
fn what_a_process_left_is_taken_up_by_the_next_one() {
    let (simulator, folder) = (Simulator::new(), Folder::new("left"));
    for phase in [Phase::Preflight, Phase::Ordering, Phase::Polling] {
        let key = format!("left in {phase:?}");
        let left = client(&simulator, folder.store());
        let provision = left.vps().provision("basic", "monthly", "london");
        let mut purchase = provision.idempotency_key(&key).begin().unwrap();
        let stopper = purchase.stopper();
        let end = purchase.run(|progress| {
            if progress.phase == phase {
                stopper.stop();
            }
        });
        assert!(end.is_err());
        drop((purchase, left));
    }
    simulator.advance(std::time::Duration::from_mins(10));
    let next = client(&simulator, folder.store());
    let resumed = next.purchases().resume_all().unwrap();
    assert!(
        resumed.iter().all(|resumed| resumed.end.is_ok()),
        "{resumed:?}"
    );
    let keys: Vec<_> = resumed
        .iter()
        .map(|resumed| resumed.record.idempotency_key.as_deref())
        .collect();
    assert_eq!(keys, [Some("left in Preflight"), Some("left in Polling")]);
    // The order that was announced was looked for by the next purchase that entered, and not found.
    let unsent = next.purchases().get("left in Ordering").unwrap().unwrap();
    assert_eq!(unsent.state, PurchaseState::NotOrdered);
    assert_eq!(simulator.state().orders_placed, 2);
    let ordered = next.vps().provision("basic", "monthly", "london");
    ordered.idempotency_key("left in Ordering").run().unwrap();
    assert_eq!(simulator.state().orders_placed, 3);
}

#[test]
fn who_is_stopped_is_followed_at_once_unless_its_order_may_be_on_its_way() {
    let (simulator, folder) = (Simulator::new(), Folder::new("stopped"));
    for phase in [Phase::Preflight, Phase::Ordering, Phase::Polling] {
        let key = format!("stopped in {phase:?}");
        let order = |client: &Client| {
            let provision = client.vps().provision("basic", "monthly", "london");
            provision.idempotency_key(&key).begin().unwrap()
        };
        let first = client(&simulator, folder.store());
        let mut purchase = order(&first);
        let stopper = purchase.stopper();
        let end = purchase.run(|progress| {
            if progress.phase == phase {
                stopper.stop();
            }
        });
        assert_eq!(end.unwrap_err().code(), "transport");
        // The first one is there yet, and can go on after the second.
        let second = client(&simulator, folder.store());
        let end = order(&second).run(|_| {});
        if phase == Phase::Ordering {
            assert_eq!(end.unwrap_err().code(), "purchase_in_progress");
        } else {
            let id = end.unwrap().vps.id;
            assert_eq!(purchase.run(|_| {}).unwrap().vps.id, id);
        }
    }
    assert_eq!(simulator.state().orders_placed, 2);
}

#[test]
fn a_purchase_that_asks_for_its_own_key_while_it_waits_is_refused() {
    let (simulator, folder) = (Simulator::new(), Folder::new("nested"));
    let client = client(&simulator, folder.store());
    let order = || {
        let provision = client.vps().provision("basic", "monthly", "london");
        provision.idempotency_key("order-1")
    };
    let mut codes = Vec::new();
    let mut purchase = order().begin().unwrap();
    let bought = purchase.run(|progress| {
        if progress.phase == Phase::Polling && codes.is_empty() {
            codes.push(order().run().unwrap_err().code());
        }
    });
    bought.unwrap();
    assert_eq!(codes, ["purchase_in_progress"]);
}

/// A store that does not answer while this is locked, once a purchase is bought.
struct Stuck {
    store: MemoryStore,
    gate: Arc<Mutex<()>>,
}

impl Store for Stuck {
    fn carry_out(&self, request: &StoreRequest) -> Result<StoreReply, StoreFailure> {
        if matches!(request.op, StoreOp::Renew { lease_ms: 0, .. }) {
            drop(self.gate.lock());
        }
        self.store.carry_out(request)
    }
}

#[test]
fn a_store_that_does_not_answer_keeps_nobody_from_stopping() {
    let simulator = Simulator::new();
    let gate = Arc::new(Mutex::new(()));
    let store = Stuck {
        store: MemoryStore::new(),
        gate: Arc::clone(&gate),
    };
    let client = client(&simulator, store);
    let closed = gate.lock().unwrap();
    let provision = client.vps().provision("basic", "monthly", "london");
    let mut purchase = provision.idempotency_key("order-1").begin().unwrap();
    let stopper = purchase.stopper();
    let end = purchase.run(|progress| {
        if progress.phase == Phase::Polling {
            stopper.stop();
        }
    });
    let error = end.unwrap_err();
    assert_eq!(error.code(), "transport");
    assert!(error.token().is_some());
    drop(closed);
}

#[test]
fn lost_replies_and_a_second_call_end_in_the_same_vps() {
    let (simulator, folder) = (Simulator::new(), Folder::new("lost"));
    simulator.fault(Fault::once(
        Target::call("POST", "/vps"),
        Misbehaviour::LoseAfter,
    ));
    let client = client(&simulator, folder.store());
    let order = || {
        client
            .vps()
            .provision("pro", "monthly", "london")
            .idempotency_key("order-1")
    };
    let first = order().run().unwrap();
    assert!(first.recovered);
    assert_eq!(order().run().unwrap().vps.id, first.vps.id);
    assert_eq!(simulator.state().orders_placed, 1);
}

/// A store that can be switched off.
struct Outage {
    store: MemoryStore,
    is_down: Arc<AtomicBool>,
}

impl Store for Outage {
    fn carry_out(&self, request: &StoreRequest) -> Result<StoreReply, StoreFailure> {
        if self.is_down.load(Ordering::SeqCst) {
            let detail = "the database is down".to_owned();
            return Err(StoreFailure { detail });
        }
        self.store.carry_out(request)
    }
}

#[test]
fn a_store_that_is_down_before_the_order_keeps_it_from_being_sent() {
    let simulator = Simulator::new();
    let is_down = Arc::new(AtomicBool::new(false));
    let store = MemoryStore::new();
    let client = client(
        &simulator,
        Outage {
            store,
            is_down: Arc::clone(&is_down),
        },
    );
    let provision = client.vps().provision("basic", "monthly", "london");
    let fails = provision
        .idempotency_key("order-1")
        .on_progress(|progress| {
            is_down.store(progress.phase == Phase::Baseline, Ordering::SeqCst);
        });
    let error = fails.run().unwrap_err();
    assert_eq!(error.code(), "store");
    assert_eq!(error.to_string(), "the store failed: the database is down");
    assert_eq!(error.next(), Next::Retry);
    assert_eq!(simulator.state().orders_received, 0);
}

#[test]
fn a_store_that_is_down_after_the_order_is_written_to_when_it_is_back() {
    let simulator = Simulator::new();
    let is_down = Arc::new(AtomicBool::new(false));
    let store = Arc::new(Outage {
        store: MemoryStore::new(),
        is_down: Arc::clone(&is_down),
    });
    let client = client(&simulator, Arc::clone(&store));
    let provision = client.vps().provision("basic", "monthly", "london");
    let mut told = 0;
    let goes_on = provision
        .idempotency_key("order-1")
        .on_progress(|progress| {
            // Down from the order on, and for some looks at the VPS.
            told += u32::from(progress.phase == Phase::Polling);
            is_down.store(
                progress.phase == Phase::Ordering || (1..6).contains(&told),
                Ordering::SeqCst,
            );
        });
    let bought = goes_on.run().unwrap();
    assert_eq!(simulator.state().orders_placed, 1);
    let record = client.purchases().get("order-1").unwrap().unwrap();
    assert_eq!(record.state, PurchaseState::Ready);
    assert_eq!(record.vps_id, Some(bought.vps.id));
}

#[test]
fn a_second_call_with_a_key_has_its_own_time() {
    let (simulator, folder) = (Simulator::new(), Folder::new("own-time"));
    let client = client(&simulator, folder.store());
    let order = |seconds| {
        client
            .vps()
            .provision("basic", "monthly", "london")
            .idempotency_key("order-1")
            .timeout(Duration::from_secs(seconds))
    };
    let late = order(20).run().unwrap_err();
    assert_eq!(late.code(), "deadline_exceeded");
    assert!(order(600).run().is_ok());
    assert_eq!(simulator.state().orders_placed, 1);
}

#[test]
fn what_was_begun_and_ordered_nothing_can_be_forgotten_by_whoever_holds_it_next() {
    let (simulator, folder) = (Simulator::new(), Folder::new("begun"));
    let client = client(&simulator, folder.store());
    let provision = client.vps().provision("basic", "monthly", "london");
    let mut purchase = provision.idempotency_key("order-1").begin().unwrap();
    let stopper = purchase.stopper();
    let end = purchase.run(|progress| {
        // It is at work.
        assert!(client.purchases().forget("order-1").is_err());
        if progress.phase == Phase::Baseline {
            stopper.stop();
        }
    });
    assert!(end.is_err());
    let record = client.purchases().get("order-1").unwrap().unwrap();
    assert_eq!(record.state, PurchaseState::Open);
    client.purchases().forget("order-1").unwrap();
    let record = client.purchases().get("order-1").unwrap().unwrap();
    assert_eq!(record.state, PurchaseState::Forgotten);
    assert_eq!(simulator.state().orders_received, 0);
}

#[test]
fn a_purchase_that_ended_can_be_forgotten_and_its_key_stays_used() {
    let (simulator, folder) = (Simulator::new(), Folder::new("forgotten"));
    let client = client(&simulator, folder.store());
    let order = |key: &str| {
        client
            .vps()
            .provision("basic", "monthly", "london")
            .idempotency_key(key)
    };
    order("order-1").run().unwrap();
    client.purchases().forget("order-1").unwrap();
    let record = client.purchases().get("order-1").unwrap().unwrap();
    assert_eq!(record.state, PurchaseState::Forgotten);
    assert_eq!(record.token, None);
    let error = order("order-1").run().unwrap_err();
    assert_eq!(
        error.to_string(),
        "idempotency_key belongs to a purchase that was forgotten"
    );
    let unknown = client.purchases().forget("order-9").unwrap_err();
    assert_eq!(
        unknown.to_string(),
        "idempotency_key is not known to the store"
    );
    assert_eq!(simulator.state().orders_placed, 1);
}

#[test]
fn a_key_needs_a_store_and_a_length() {
    let simulator = Simulator::new();
    let plain = simulator.client();
    let order = |client: &Client, key: &str| {
        let provision = client.vps().provision("basic", "monthly", "london");
        provision
            .idempotency_key(key)
            .begin()
            .unwrap_err()
            .to_string()
    };
    assert_eq!(
        order(&plain, "order-1"),
        "idempotency_key needs a client with a store"
    );
    let recorded = client(&simulator, MemoryStore::new());
    let wrong = "idempotency_key must have from 1 to 255 bytes, none of them zero";
    assert_eq!(order(&recorded, ""), wrong);
    assert_eq!(order(&recorded, &"k".repeat(256)), wrong);
    assert_eq!(order(&recorded, "k\0"), wrong);
    let error = plain.purchases().list().unwrap_err();
    assert_eq!(
        error.to_string(),
        "store is missing: recorded purchases need a client with one"
    );
}

#[test]
fn tables_of_a_newer_version_are_not_touched() {
    let folder = Folder::new("newer");
    drop(folder.store());
    let path = folder.0.join("purchases.db");
    let connection = rusqlite::Connection::open(&path).unwrap();
    // A newer version may have done without a table: it does not come back.
    let changes = "UPDATE stablevps_schema SET version = 2; DROP TABLE stablevps_windows;";
    connection.execute_batch(changes).unwrap();
    drop(connection);
    let before = std::fs::read(&path).unwrap();
    let error = SqliteStore::open(&path).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the database has tables of a newer version, 2"
    );
    let after = std::fs::read(&path).unwrap();
    assert!(before == after, "the file has changed");
}

#[test]
fn nothing_secret_is_stored() {
    let (simulator, folder) = (Simulator::new(), Folder::new("secrets"));
    let client = client(&simulator, folder.store());
    let provision = client.vps().provision("basic", "monthly", "london");
    let bought = provision.idempotency_key("order-1").run().unwrap();
    let password = bought.vps.rdp_password.unwrap();
    drop(client);
    let stored = std::fs::read(folder.0.join("purchases.db")).unwrap();
    let holds = |secret: &str| {
        stored
            .windows(secret.len())
            .any(|part| part == secret.as_bytes())
    };
    assert!(holds("order-1"));
    assert!(!holds(password.reveal()));
    assert!(!holds("svps_live_"));
}

#[test]
fn one_smooth_purchase_takes_few_operations() {
    struct Counted(MemoryStore, Arc<Mutex<Vec<StoreOp>>>);

    impl Store for Counted {
        fn carry_out(&self, request: &StoreRequest) -> Result<StoreReply, StoreFailure> {
            self.1.lock().unwrap().push(request.op.clone());
            self.0.carry_out(request)
        }
    }

    let simulator = Simulator::new();
    let counted = Arc::new(Mutex::new(Vec::new()));
    let client = client(
        &simulator,
        Counted(MemoryStore::new(), Arc::clone(&counted)),
    );
    client
        .vps()
        .provision("basic", "monthly", "london")
        .run()
        .unwrap();
    let operations = counted.lock().unwrap();
    assert!(operations.len() <= 9, "{operations:?}");
}

/// How long a database is down, in milliseconds of the simulated time.
const DOWN_MS: u64 = 120_000;

/// A database that goes down at one operation, for a while.
struct Down {
    store: MemoryStore,
    at: usize,
    /// Whether it carries out the operation at which it goes down, and only its answer is lost.
    loses_answer: bool,
    log: Mutex<Log>,
}

#[derive(Default)]
struct Log {
    operations: usize,
    down_since: Option<u64>,
    announced: u64,
}

impl Store for Down {
    fn carry_out(&self, request: &StoreRequest) -> Result<StoreReply, StoreFailure> {
        let now = request.now.unwrap();
        let mut log = self.log.lock().unwrap();
        let is_first = log.operations == self.at;
        log.operations += 1;
        if is_first {
            log.down_since = Some(now);
        }
        let is_down = log.down_since.is_some_and(|since| now < since + DOWN_MS);
        if is_down && !(is_first && self.loses_answer) {
            let detail = "the database is down".to_owned();
            return Err(StoreFailure { detail });
        }
        let is_announcement = |op: &StoreOp| matches!(op, StoreOp::Save { saved, .. } if saved.state == PurchaseState::Ordered);
        log.announced += u64::from(is_announcement(&request.op));
        let reply = self.store.carry_out(request);
        if is_first {
            let detail = "the connection was lost".to_owned();
            return Err(StoreFailure { detail });
        }
        reply
    }
}

#[test]
fn a_database_that_is_down_for_two_minutes_at_any_operation_loses_nothing() {
    for loses_answer in [false, true] {
        for at in 0.. {
            let simulator = Simulator::new();
            let down = Arc::new(Down {
                store: MemoryStore::new(),
                at,
                loses_answer,
                log: Mutex::default(),
            });
            let client = client(&simulator, Arc::clone(&down));
            let buy = || {
                let provision = client.vps().provision("basic", "monthly", "london");
                provision.idempotency_key("order-1").run()
            };
            let end = buy();
            if down.log.lock().unwrap().operations <= at {
                assert!(at > 5, "there were {at} operations");
                break;
            }
            let orders = simulator.state().orders_received;
            let announced = down.log.lock().unwrap().announced;
            assert!(orders <= announced, "{at}: ordered and not recorded");
            match &end {
                Ok(bought) => {
                    let record = client.purchases().get("order-1").unwrap().unwrap();
                    assert_eq!(record.state, PurchaseState::Ready, "{at}");
                    assert_eq!(record.vps_id.as_ref(), Some(&bought.vps.id), "{at}");
                }
                Err(error) => {
                    assert_eq!((error.code(), error.next()), ("store", Next::Retry), "{at}");
                    assert_eq!(orders, 0, "{at}: {error}");
                    simulator.advance(std::time::Duration::from_mins(10));
                    // An announcement of which nobody knows whether it was sent is looked for first.
                    let again = buy();
                    if let Err(error) = again {
                        assert_eq!(error.code(), "not_placed", "{at}");
                        buy().unwrap();
                    }
                }
            }
            assert_eq!(simulator.state().orders_placed, 1, "{at}");
        }
    }
}
