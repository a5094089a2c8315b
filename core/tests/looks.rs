//! Purchases of one client that wait together: one list serves them all, and decides nothing.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod support;

#[path = "support/together.rs"]
mod together;

use std::collections::HashSet;

use serde_json::json;
use stablevps_core::error::Error;
use stablevps_core::provisioning::ProvisionOptions;
use stablevps_simulator::Command;
use together::{End, Together};

/// So many that begin at once, on an account where a VPS takes two minutes.
fn begun(count: usize) -> Together {
    let mut together = Together::new(&json!({ "balance": 100_000 }));
    let api = together.client();
    for _ in 0..count {
        together.buy(&api, ProvisionOptions::default());
    }
    together
}

fn codes(ends: &[End]) -> Vec<&'static str> {
    let code = |end: &End| end.as_ref().map_or_else(Error::code, |_| "ready");
    ends.iter().map(code).collect()
}

/// The looks, beside the three requests of each order.
fn looks(together: &Together, count: usize) -> usize {
    together.requests() - 3 * count
}

#[test]
fn a_hundred_that_wait_together_look_twice_each_and_at_few_lists() {
    let mut together = begun(100);
    let ends = together.run();
    assert!(ends.iter().all(Result::is_ok));
    let (own, lists) = (together.count("GET /vps/:id"), together.count("GET /vps"));
    assert!(own <= 210, "{own} looks of their own");
    let requests = together.requests();
    assert!(requests <= 620, "{requests} requests, {lists} lists");

    let mut alone = begun(1);
    alone.run();
    assert!(
        looks(&together, 100) * 4 < looks(&alone, 1) * 100,
        "hardly fewer than by themselves"
    );
}

#[test]
fn one_alone_looks_as_ever_and_makes_no_list() {
    let mut together = begun(1);
    together.run();
    assert_eq!(together.count("GET /vps"), 1, "the baseline");
    assert!(together.count("GET /vps/:id") > 8);
}

#[test]
fn each_is_told_within_a_pause_and_a_half() {
    for provisioning_ms in [12_000, 31_000, 59_000, 61_000, 130_000, 200_000] {
        for seed in 0..5 {
            let config = json!({
                "seed": seed,
                "balance": 100_000,
                "provisioning_ms": provisioning_ms,
            });
            let mut together = Together::new(&config);
            let api = together.client();
            for _ in 0..20 {
                together.buy(&api, ProvisionOptions::default());
            }
            together.run();
            for buyer in &together.buyers {
                let late_ms = buyer.ended - buyer.ordered - provisioning_ms;
                assert!((0..=24_000).contains(&late_ms), "told {late_ms} ms late");
            }
        }
    }
}

#[test]
fn their_process_wakes_a_few_times_a_second_however_many_they_are() {
    let mut together = Together::new(&json!({
        "balance": 100_000,
        "provisioning_ms": 3_600_000,
    }));
    let api = together.client();
    for _ in 0..300 {
        together.buy(&api, ProvisionOptions::default());
    }
    together.run_until(together.now + 120_000);
    let (from, steps) = (together.now, together.steps);
    together.run_until(from + 60_000);
    assert!(together.steps - steps > 1_000, "they look");
    let moments = together.woken.range(from..from + 60_000).count();
    assert!(moments <= 240, "{moments} moments in a minute");
}

#[test]
fn their_own_looks_are_four_a_second_at_most_and_none_goes_without() {
    const COUNT: u64 = 600;
    let mut together = Together::new(&json!({
        "balance": 100_000,
        "provisioning_ms": 3_600_000,
    }));
    let api = together.client();
    for _ in 0..COUNT {
        together.buy(&api, ProvisionOptions::default());
    }
    together.run_until(together.now + 300_000);
    let from = together.now;
    // Each has its own within 150 seconds, and the pause before it.
    together.run_until(from + 180_000);
    let own: Vec<_> = together.looked.range((from, String::new())..).collect();
    assert!(own.len() <= 4 * 180, "{} looks in three minutes", own.len());
    let looked_at: HashSet<_> = own.iter().map(|(_, id)| id).collect();
    assert_eq!(looked_at.len() as u64, COUNT);
}

#[test]
fn a_list_that_fails_delays_and_decides_nothing() {
    for (status, body) in [
        (500, "{\"error\":\"no\"}"),
        (401, "{\"error\":\"no\"}"),
        (403, "{\"error\":\"no\"}"),
        (404, "{\"error\":\"no\"}"),
        (200, "[]"),
    ] {
        let mut together = begun(10);
        together.run_until(together.now + 5_000);
        let baselines = together.count("GET /vps");
        let fault = json!({
            "on": { "method": "GET", "path": "/vps" },
            "do": { "status": { "code": status, "body": body } },
            "times": 1_000,
        });
        let command = Command::Fault(serde_json::from_value(fault).unwrap());
        together.simulator.control(command, together.now).unwrap();
        let ends = together.run();
        assert!(
            ends.iter().all(Result::is_ok),
            "{status}: {:?}",
            codes(&ends)
        );
        assert!(together.count("GET /vps") > baselines, "lists were tried");
    }
}
