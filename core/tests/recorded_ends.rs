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
use stablevps_core::host::AnyMachine;
use stablevps_core::http::{Delivery, FailureKind};
use stablevps_core::models::Provisioned;
use stablevps_core::provisioning::ProvisionOptions;
use stablevps_core::recorded::{RecordedPurchase, RecordedStep, WhenHeld};
use stablevps_core::store::{
    Find, MemoryStore, PurchaseState, Record, StoreFailure, StoreOp, StoreReply, StoreRequest,
};
use stablevps_simulator::{Config, Simulator};
use support::{START, api, at, carry, clocks, failed};

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

    /// Another process.
    fn move_elsewhere(&mut self) {
        self.api = api(self.simulator.initial_key());
    }

    /// Another process, once every lease is over.
    fn restart(&mut self) {
        self.now += 600_000;
        self.move_elsewhere();
    }

    /// Begins a purchase, and goes on until the service has its order and the answer is known.
    fn begin_to_order(&mut self, key: &str) -> RecordedPurchase {
        let mut machine = self.begin(key, "prime");
        while self.orders() == 0 {
            assert!(self.step(&mut machine).is_none());
        }
        machine
    }

    /// The machine's host ends in an orderly way. Gives the names of what it had the store do.
    fn let_go(&mut self, machine: &mut RecordedPurchase) -> Vec<&'static str> {
        let mut operations = Vec::new();
        while let Some(request) = machine.letting_go(at(self.now)) {
            operations.push(request.op.name());
            let reply = self.store.carry_out(&request, at(self.now));
            let _ = machine.handle_stored(request.id, Ok(reply), at(self.now));
        }
        operations
    }

    fn buy(&mut self, key: &str, plan: &str) -> End {
        let machine = self.begin(key, plan);
        self.finish(machine)
    }

    fn begin(&mut self, key: &str, plan: &str) -> RecordedPurchase {
        self.begin_with(key, plan, ProvisionOptions::default())
    }

    fn begin_with(&mut self, key: &str, plan: &str, options: ProvisionOptions) -> RecordedPurchase {
        self.seed += 1;
        let order = CreateVps::new(plan, "monthly", "london").unwrap();
        let key = Some(key.to_owned());
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

    fn has_entered(&self) -> bool {
        self.operations.last().map(StoreOp::name) == Some("enter")
    }

    fn orders(&mut self) -> u64 {
        self.simulator.state(self.now).orders_received
    }

    fn record(&mut self) -> Record {
        let request = StoreRequest {
            id: 0,
            account: self.account.clone(),
            holder: String::new(),
            op: StoreOp::List {
                open_only: false,
                find: None,
            },
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
    shop.move_elsewhere();
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

#[test]
fn a_second_call_in_the_same_process_waits_for_the_end_of_the_first() {
    let mut shop = Shop::new(&json!({}));
    let mut first = shop.begin("order-4711", "prime");
    let mut second = shop.begin("order-4711", "prime");
    // Both know whose account it is before either asks the store.
    for machine in [&mut first, &mut second] {
        assert!(shop.step(machine).is_none());
    }
    let mut ends = Vec::new();
    while ends.len() < 2 {
        for machine in [&mut first, &mut second] {
            if machine.outcome().is_none() {
                ends.extend(shop.step(machine));
            }
        }
    }
    let ids: Vec<_> = ends.into_iter().map(|end| end.unwrap().vps.id).collect();
    assert_eq!(ids[0], ids[1]);
    assert_eq!(shop.orders(), 1);
}

#[test]
fn a_second_call_in_the_same_process_waits_no_longer_than_it_may() {
    let mut shop = Shop::new(&json!({ "provisioning_ms": 100_000_000 }));
    let mut first = shop.begin_to_order("order-4711");
    let options = ProvisionOptions {
        timeout_ms: 200_000,
        ..ProvisionOptions::default()
    };
    let mut second = shop.begin_with("order-4711", "prime", options);
    let begun = shop.now;
    let end = loop {
        assert!(shop.step(&mut first).is_none());
        if let Some(end) = shop.step(&mut second) {
            break end;
        }
    };
    assert_eq!(end.unwrap_err().code(), "purchase_in_progress");
    assert!((200_000..300_000).contains(&(shop.now - begun)));
}

#[test]
fn who_was_dropped_is_not_waited_for() {
    let mut shop = Shop::new(&json!({}));
    drop(shop.begin_to_order("order-4711"));
    let second = shop.buy("order-4711", "prime").unwrap_err();
    assert_eq!(second.code(), "purchase_in_progress");
}

#[test]
fn a_call_within_the_call_that_it_would_wait_for_is_refused() {
    let mut shop = Shop::new(&json!({}));
    let first: Box<dyn AnyMachine> = Box::new(shop.begin_to_order("order-4711"));
    let mut second = shop.begin("order-4711", "prime");
    while !matches!(second.next_step(at(shop.now)), RecordedStep::Wait { .. }) {
        assert!(shop.step(&mut second).is_none());
    }
    let mut second: Box<dyn AnyMachine> = Box::new(second);
    second.refuse_waiting_for_holder("another");
    assert!(second.outcome(at(shop.now)).is_none());
    second.refuse_waiting_for_holder(first.holder().unwrap());
    let refused = second.outcome(at(shop.now)).unwrap().err().unwrap();
    assert_eq!(refused.code(), "purchase_in_progress");
}

#[test]
fn who_ends_in_an_orderly_way_is_followed_at_once() {
    let mut shop = Shop::new(&json!({}));
    let mut first = shop.begin_to_order("order-4711");
    // The receipt is written before anything else, and what was reached.
    assert_eq!(shop.let_go(&mut first), ["receipt", "save"]);
    assert!(shop.let_go(&mut first).is_empty());
    shop.move_elsewhere();
    let second = shop.buy("order-4711", "prime").unwrap();
    assert!(!second.recovered);
    assert_eq!(shop.orders(), 1);
}

#[test]
fn who_ends_before_its_order_leaves_purchase_and_window() {
    let mut shop = Shop::new(&json!({ "provisioning_ms": 1_000 }));
    let mut first = shop.begin("order-4711", "prime");
    while !shop.has_entered() {
        assert!(shop.step(&mut first).is_none());
    }
    assert!(shop.step(&mut first).is_none());
    assert_eq!(shop.let_go(&mut first), ["renew"]);
    shop.move_elsewhere();
    let begun = shop.now;
    shop.buy("order-4712", "prime").unwrap();
    shop.buy("order-4711", "prime").unwrap();
    assert_eq!(shop.orders(), 2);
    let ms = shop.now - begun;
    assert!(ms < 30_000, "they waited for a lease: {ms} ms");
}

#[test]
fn an_order_that_may_be_on_its_way_keeps_its_lease() {
    let mut shop = Shop::new(&json!({}));
    let mut first = shop.begin("order-4711", "prime");
    let id = loop {
        match first.next_step(at(shop.now)) {
            RecordedStep::Send {
                request,
                send_within_ms: Some(_),
            } => break request.id,
            _ => assert!(shop.step(&mut first).is_none()),
        }
    };
    assert!(shop.let_go(&mut first).is_empty());
    // That nobody waits for its reply does not call it back.
    let abandoned = failed(FailureKind::Cancelled, Delivery::Unknown);
    first.handle_reply(id, abandoned, at(shop.now)).unwrap();
    assert!(shop.let_go(&mut first).is_empty());
    shop.now += 60_000;
    assert!(
        first.letting_go(at(shop.now)).is_none(),
        "the lease is over"
    );
}

#[test]
fn who_let_go_can_be_driven_on() {
    for moment in ["enter", "receipt"] {
        let mut shop = Shop::new(&json!({}));
        let mut machine = shop.begin("order-4711", "prime");
        while shop.operations.last().map(StoreOp::name) != Some(moment) {
            assert!(shop.step(&mut machine).is_none());
        }
        assert!(!shop.let_go(&mut machine).is_empty(), "{moment}");
        let bought = shop.finish(machine).unwrap();
        assert_eq!(shop.record().vps_id, Some(bought.vps.id), "{moment}");
        assert_eq!(shop.orders(), 1);
    }
}

#[test]
fn a_store_that_fails_is_told_nothing_more() {
    let mut shop = Shop::new(&json!({}));
    let mut machine = shop.begin_to_order("order-4711");
    let request = machine.letting_go(at(shop.now)).unwrap();
    let down = || {
        Err(StoreFailure {
            detail: "down".to_owned(),
        })
    };
    machine
        .handle_stored(request.id, down(), at(shop.now))
        .unwrap();
    assert!(machine.letting_go(at(shop.now)).is_none());
    assert!(machine.snapshot(at(shop.now)).is_some());
}

#[test]
fn a_purchase_that_was_ordered_twice_names_the_other_vps_to_everybody() {
    let mut shop = Shop::new(&json!({}));
    let mut first = shop.begin("order-4711", "prime");
    let order = loop {
        match first.next_step(at(shop.now)) {
            RecordedStep::Send {
                request,
                send_within_ms: Some(_),
            } => break request,
            _ => assert!(shop.step(&mut first).is_none()),
        }
    };
    // The process is stopped inside the write of its order, for longer than its lease.
    shop.restart();
    let error = shop.buy("order-4711", "prime").unwrap_err();
    assert_eq!(error.code(), "not_placed");
    let second = shop.buy("order-4711", "prime").unwrap();
    assert!(second.other_vps_ids.is_empty());
    let late = carry(&mut shop.simulator, &order, FailureKind::Io, shop.now).reply;
    first.handle_reply(order.id, late, at(shop.now)).unwrap();
    let first = shop.finish(first).unwrap();
    assert_ne!(first.vps.id, second.vps.id);
    assert_eq!(first.other_vps_ids, std::slice::from_ref(&second.vps.id));
    let third = shop.buy("order-4711", "prime").unwrap();
    let mut both = vec![third.vps.id];
    both.extend(third.other_vps_ids);
    both.sort_unstable();
    let mut bought = [first.vps.id, second.vps.id];
    bought.sort_unstable();
    assert_eq!(both, bought);
    assert_eq!(shop.record().others.len(), 1);
}
