//! Orders that are bought together: what is spent on all of them, and how far they are.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod support;

#[path = "support/together.rs"]
mod together;

use serde_json::{Value, json};
use stablevps_core::batch::{Batch, BatchOptions};
use stablevps_core::catalogue;
use stablevps_core::endpoints::CreateVps;
use stablevps_core::error::{Error, ErrorKind};
use stablevps_core::money::Money;
use stablevps_core::provisioning::{KeyCheck, ProvisionOptions, Provisioning};
use support::{at, clocks};
use together::{End, Together};

fn batch(together: &Together, orders: i64) -> Batch {
    let price = catalogue::price(&"basic".into(), &"monthly".into()).unwrap();
    let limit = (0..orders).fold(Money::from_cents(0), |sum, _| sum.plus(price));
    let options = BatchOptions {
        max_spend: Some(limit.to_string()),
        ..BatchOptions::default()
    };
    Batch::new(&together.client(), &options).unwrap()
}

fn buy(together: &mut Together, batch: &Batch, number: u64) {
    let order = CreateVps::new("basic", "monthly", "tokyo").unwrap();
    let (options, begun) = (ProvisionOptions::default(), clocks(together.now));
    let machine = Provisioning::buy(batch.api(), order, options, number, begun).unwrap();
    together.add(machine, Some(batch.seat(begun.instant)));
}

fn codes(ends: &[End]) -> Vec<&'static str> {
    let code = |end: &End| end.as_ref().map_or_else(Error::code, |_| "ready");
    ends.iter().map(code).collect()
}

#[test]
fn what_does_not_fit_into_the_limit_of_all_is_not_ordered() {
    let mut together = Together::new(&json!({ "balance": 1_000 }));
    let batch = batch(&together, 2);
    for number in 0..4 {
        buy(&mut together, &batch, number);
    }
    let ends = together.run();
    assert_eq!(
        codes(&ends),
        ["ready", "ready", "over_budget", "over_budget"]
    );
    let Err(error) = &ends[2] else { unreachable!() };
    let nothing = Money::from_cents(0);
    assert!(
        matches!(error.kind(), ErrorKind::OverBudget { max_spend, .. } if *max_spend == nothing),
        "what is left of the limit is named"
    );
    assert_eq!(together.count("POST /vps"), 2);
    let progress = batch.progress(at(together.now));
    let charged = together.simulator.state(together.now).total_charged.value();
    assert_eq!(progress.spent.to_string(), format!("{charged:.2}"));
    assert_eq!((progress.begun, progress.ready, progress.failed), (4, 2, 2));
}

#[test]
fn an_order_that_was_not_placed_leaves_its_money_to_the_others() {
    let faults = json!([{ "on": { "method": "POST", "path": "/vps" }, "do": "lose_before" }]);
    let mut together = Together::new(&json!({ "balance": 1_000, "faults": faults }));
    let batch = batch(&together, 1);
    for number in 0..2 {
        buy(&mut together, &batch, number);
    }
    together.run_until(together.now + 1_000);
    assert_eq!(batch.progress(at(together.now)).reconciling, 1);
    let price = catalogue::price(&"basic".into(), &"monthly".into()).unwrap();
    assert_eq!(batch.progress(at(together.now)).spent, price);
    let ends = together.run();
    assert_eq!(codes(&ends), ["not_placed", "ready"]);
}

#[test]
fn an_order_whose_receipt_was_lost_counts() {
    let lost = json!([{ "on": { "method": "POST", "path": "/vps" }, "do": "lose_after" }]);
    let mut together = Together::new(&json!({ "balance": 1_000, "faults": lost }));
    let batch = batch(&together, 1);
    for number in 0..2 {
        buy(&mut together, &batch, number);
    }
    assert_eq!(codes(&together.run()), ["ready", "over_budget"]);
}

#[test]
fn a_purchase_that_is_taken_up_again_counts_once() {
    let mut together = Together::new(&json!({ "balance": 1_000 }));
    let batch = batch(&together, 2);
    buy(&mut together, &batch, 0);
    together.run_until(together.now + 20_000);
    let token = together.buyers[0]
        .machine
        .snapshot(at(together.now))
        .unwrap();
    together.buyers.clear();
    let progress = batch.progress(at(together.now));
    assert_eq!(
        (progress.begun, progress.polling),
        (1, 0),
        "its seat is given back"
    );
    for seed in 0..2 {
        let begun = clocks(together.now);
        let (api, check) = (batch.api(), KeyCheck::Same);
        let resumed = Provisioning::resume(api, &token, check, None, seed, begun).unwrap();
        together.add(resumed, None);
    }
    buy(&mut together, &batch, 1);
    assert_eq!(codes(&together.run()), ["ready", "ready", "ready"]);
}

#[test]
fn the_progress_of_all_tells_where_they_are_and_how_long_the_oldest_waits() {
    let mut together = Together::new(&json!({ "balance": 1_000 }));
    let batch = Batch::new(&together.client(), &BatchOptions::default()).unwrap();
    for number in 0..3 {
        buy(&mut together, &batch, number);
    }
    let begun = together.now;
    together.run_until(begun + 220);
    let progress = batch.progress(at(together.now));
    let phases = [
        progress.preflight,
        progress.baseline,
        progress.ordering,
        progress.polling,
    ];
    assert_eq!(phases.iter().sum::<u32>(), 3, "{progress:?}");
    assert_eq!(progress.polling, 1);
    assert_eq!(progress.longest_ms, 220);
    assert_eq!(progress.currency.as_deref(), Some("EUR"));
    together.run();
    let progress = batch.progress(at(together.now));
    assert_eq!((progress.ready, progress.longest_ms), (3, 0));
}

#[test]
fn a_limit_that_can_not_be_kept_is_refused() {
    let together = Together::new(&json!({}));
    let api = together.client();
    let refused = |max_spend: Option<&str>, at_once| {
        let max_spend = max_spend.map(str::to_owned);
        let batch = Batch::new(&api, &BatchOptions { max_spend, at_once });
        batch.unwrap_err().to_string()
    };
    assert_eq!(refused(Some("-1"), 1), "max_spend must not be negative");
    assert!(refused(Some("many"), 1).starts_with("max_spend must be a decimal number"));
    for at_once in [0, -1, 10_001] {
        let said = "at_once must be a whole number from 1 to 10000";
        assert_eq!(refused(None, at_once), said);
    }
    let batch = batch(&together, 1);
    let order = CreateVps::new("mystery", "monthly", "tokyo").unwrap();
    let (options, now) = (ProvisionOptions::default(), clocks(together.now));
    let begun = Provisioning::buy(batch.api(), order, options, 1, now);
    let said = begun.unwrap_err().to_string();
    assert!(said.starts_with("max_spend can't be kept"), "{said}");
}

/// A document of a batch's progress has every field: the packages read it.
#[test]
fn the_progress_is_a_document() {
    let together = Together::new(&json!({}));
    let batch = batch(&together, 1);
    let text = stablevps_core::host::documents::batch_progress(&batch, at(together.now));
    let document: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(document["begun"], 0);
    assert_eq!(document["spent"], "0.00");
}
