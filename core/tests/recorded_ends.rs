//! What a second call with a key gets, by the end of the first one; and what a purchase costs its store.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod support;

use serde_json::{Value, json};
use stablevps_core::config::Api;
use stablevps_core::endpoints::CreateVps;
use stablevps_core::error::{Error, Next};
use stablevps_core::http::FailureKind;
use stablevps_core::models::Provisioned;
use stablevps_core::provisioning::ProvisionOptions;
use stablevps_core::recorded::{RecordedPurchase, RecordedStep, WhenHeld};
use stablevps_core::store::{
    Find, MemoryStore, PurchaseState, Record, StoreOp, StoreReply, StoreRequest,
};
use stablevps_simulator::{Config, Simulator};
use support::{START, api, at, carry, clocks};

/// The most statements that a smooth purchase may take.
const MOST_OPERATIONS: usize = 9;

/// One process after another, with one store and one service.
struct Shop {
    simulator: Simulator,
    store: MemoryStore,
    api: Api,
    now: i64,
    seed: u64,
    account: String,
    operations: Vec<StoreOp>,
}

type End = Result<Provisioned, Error>;

impl Shop {
    fn new(config: &Value) -> Self {
        let simulator = Simulator::new(Config::from_json(config.to_string().as_bytes()).unwrap());
        Self {
            api: api(simulator.initial_key()),
            simulator,
            store: MemoryStore::new(),
            now: START,
            seed: 0,
            account: String::new(),
            operations: Vec::new(),
        }
    }

    /// Another process, once every lease is over.
    fn restart(&mut self) {
        self.now += 600_000;
        self.api = api(self.simulator.initial_key());
    }

    fn buy(&mut self, key: &str, plan: &str) -> End {
        let machine = self.begin(key, plan);
        self.finish(machine)
    }

    fn begin(&mut self, key: &str, plan: &str) -> RecordedPurchase {
        self.seed += 1;
        let order = CreateVps::new(plan, "monthly", "london").unwrap();
        let (options, key) = (ProvisionOptions::default(), Some(key.to_owned()));
        let begun = clocks(self.now);
        RecordedPurchase::buy(
            &self.api,
            key,
            order,
            options,
            WhenHeld::Refuse,
            self.seed,
            begun,
        )
        .unwrap()
    }

    fn resume(&mut self, key: &str) -> End {
        self.seed += 1;
        let (find, begun) = (Find::Key(key.to_owned()), clocks(self.now));
        let machine =
            RecordedPurchase::resume(&self.api, find, None, WhenHeld::Refuse, self.seed, begun);
        self.finish(machine.unwrap())
    }

    fn finish(&mut self, mut machine: RecordedPurchase) -> End {
        loop {
            if let Some(end) = self.step(&mut machine) {
                return end;
            }
        }
    }

    fn step(&mut self, machine: &mut RecordedPurchase) -> Option<End> {
        match machine.next_step(at(self.now)) {
            RecordedStep::Store(request) => {
                self.account.clone_from(&request.account);
                self.operations.push(request.op.clone());
                let reply = self.store.carry_out(&request, at(self.now));
                machine
                    .handle_stored(request.id, Ok(reply), at(self.now))
                    .unwrap();
            }
            RecordedStep::Send { request, .. } => {
                let carried = carry(&mut self.simulator, &request, FailureKind::Io, self.now);
                self.now += 50;
                machine
                    .handle_reply(request.id, carried.reply, at(self.now))
                    .unwrap();
            }
            RecordedStep::Wait { delay_ms, .. } => self.now += i64::try_from(delay_ms).unwrap(),
            RecordedStep::Probe(_) => unreachable!("nobody waits for an answer"),
            RecordedStep::Done(outcome) => return Some(outcome.cloned().map_err(Error::clone)),
        }
        None
    }

    fn orders(&mut self) -> u64 {
        self.simulator.state(self.now).orders_received
    }

    fn record(&mut self) -> Record {
        let request = StoreRequest {
            id: 0,
            account: self.account.clone(),
            holder: String::new(),
            op: StoreOp::List { open_only: false },
            now: None,
        };
        let StoreReply::Listed { mut records } = self.store.carry_out(&request, at(self.now))
        else {
            unreachable!("a list was asked for")
        };
        assert_eq!(records.len(), 1);
        records.remove(0)
    }
}

fn order_fault(what: &Value) -> Value {
    json!({ "on": { "method": "POST", "path": "/vps" }, "do": what })
}

#[test]
fn a_second_call_gets_the_same_vps_looked_at_anew() {
    let mut shop = Shop::new(&json!({}));
    let first = shop.buy("order-4711", "prime").unwrap();
    let operations = std::mem::take(&mut shop.operations);
    assert!(operations.len() <= MOST_OPERATIONS, "{operations:?}");
    let again = shop.buy("order-4711", "prime").unwrap();
    assert_eq!(again.vps.id, first.vps.id);
    assert_eq!(shop.orders(), 1);
    assert_eq!(
        shop.operations.len(),
        1,
        "it only reads: {:?}",
        shop.operations
    );
    assert_eq!(shop.resume("order-4711").unwrap().vps.id, first.vps.id);
    let other = shop.buy("order-4712", "prime").unwrap();
    assert_ne!(other.vps.id, first.vps.id);
    assert_eq!(shop.orders(), 2);
}

#[test]
fn another_key_of_the_account_changes_nothing() {
    let mut shop = Shop::new(&json!({}));
    let first = shop.buy("order-4711", "prime").unwrap();
    let made = shop.simulator.control_json(
        br#"{"create_key": {"name": "rotated", "scope": "full"}}"#,
        shop.now,
    );
    let made: Value = serde_json::from_slice(&made).unwrap();
    shop.api = api(made["key"].as_str().unwrap());
    assert_eq!(
        shop.buy("order-4711", "prime").unwrap().vps.id,
        first.vps.id
    );
    assert_eq!(shop.orders(), 1);
}

#[test]
fn another_order_under_the_same_key_is_refused() {
    let mut shop = Shop::new(&json!({}));
    shop.buy("order-4711", "prime").unwrap();
    let error = shop.buy("order-4711", "basic").unwrap_err();
    assert_eq!(error.code(), "idempotency_mismatch");
    assert_eq!(error.next(), Next::Fix);
    assert_eq!(
        error.to_string(),
        "the idempotency key was used for an order with another plan_id"
    );
    assert_eq!(shop.orders(), 1);
}

#[test]
fn what_was_refused_is_tried_again_in_a_new_attempt() {
    let mut shop = Shop::new(&json!({ "balance": 5.0 }));
    let error = shop.buy("order-4711", "prime").unwrap_err();
    assert_eq!(error.code(), "insufficient_funds");
    let resumed = shop.resume("order-4711").unwrap_err();
    assert_eq!(resumed.code(), "invalid_input");
    let _ = shop
        .simulator
        .control_json(br#"{"set_balance": {"amount": 50}}"#, shop.now);
    let bought = shop.buy("order-4711", "prime").unwrap();
    assert_eq!(bought.orders_sent, 1);
    let record = shop.record();
    assert_eq!(record.saved.attempt, 2);
    assert_eq!(record.saved.state, PurchaseState::Ready);
    assert_eq!(record.vps_id, Some(bought.vps.id));
}

#[test]
fn an_order_that_was_not_placed_is_ordered_by_the_next_call() {
    let mut shop = Shop::new(&json!({ "faults": [order_fault(&json!("lose_before"))] }));
    let error = shop.buy("order-4711", "prime").unwrap_err();
    assert_eq!(error.code(), "not_placed");
    shop.buy("order-4711", "prime").unwrap();
    assert_eq!(shop.simulator.state(shop.now).vps.len(), 1);
}

#[test]
fn a_purchase_that_failed_ends_in_the_same_error() {
    let mut shop = Shop::new(&json!({
        "faults": [order_fault(&json!({ "shape_order": { "vps_status": "suspended" } }))]
    }));
    let first = shop.buy("order-4711", "prime").unwrap_err();
    assert_eq!(first.code(), "provisioning_failed");
    let second = shop.buy("order-4711", "prime").unwrap_err();
    assert_eq!(second.kind(), first.kind());
    assert_eq!(second.next(), Next::Ask);
    assert_eq!(shop.orders(), 1);
}

#[test]
fn what_is_unresolved_stays_so_with_its_candidates() {
    let charged = json!({ "partial_order": { "half": "charged_not_created" } });
    let mut shop = Shop::new(&json!({ "faults": [order_fault(&charged)] }));
    let first = shop.buy("order-4711", "prime").unwrap_err();
    assert_eq!(first.code(), "unresolved");
    let second = shop.buy("order-4711", "prime").unwrap_err();
    assert_eq!(second.kind(), first.kind());
    assert_eq!(second.next(), Next::Ask);
    assert_eq!(shop.orders(), 1);
}

#[test]
fn a_purchase_that_goes_on_elsewhere_is_refused_and_taken_over_once_its_lease_is_over() {
    let mut shop = Shop::new(&json!({}));
    let mut first = shop.begin("order-4711", "prime");
    while shop.orders() == 0 {
        assert!(shop.step(&mut first).is_none());
    }
    let error = shop.buy("order-4711", "prime").unwrap_err();
    assert_eq!(error.code(), "purchase_in_progress");
    assert_eq!(error.next(), Next::Retry);
    drop(first);
    shop.restart();
    let taken_over = shop.buy("order-4711", "prime").unwrap();
    assert!(taken_over.recovered);
    assert_eq!(shop.orders(), 1);
}

#[test]
fn who_enters_the_window_settles_the_orders_of_the_dead_first() {
    let mut shop = Shop::new(&json!({}));
    let mut first = shop.begin("order-4711", "prime");
    while shop.orders() == 0 {
        assert!(shop.step(&mut first).is_none());
    }
    drop(first);
    shop.restart();
    let second = shop.buy("order-4712", "prime").unwrap();
    let settled = shop.resume("order-4711").unwrap();
    assert_ne!(settled.vps.id, second.vps.id);
    assert_eq!(shop.orders(), 2);
}
