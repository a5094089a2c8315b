//! What a hundred purchases ask of the service while they wait together, and how fast orders follow each other: in
//! virtual time, on the simulated service. One JSON line a figure.

// A benchmark is a host, and it fails loudly.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

#[path = "../tests/support/mod.rs"]
mod support;

#[path = "../tests/support/together.rs"]
mod together;

use serde_json::json;
use stablevps_core::provisioning::ProvisionOptions;
use together::Together;

const PURCHASES: u32 = 100;
/// The requests that they may make: three an order, two looks at each VPS, and lists.
const MOST_REQUESTS: f64 = 620.0;
/// How many orders a second are asked for, against a service that answers in 50 ms.
const LEAST_ORDERS: f64 = 6.0;

fn service() -> Together {
    Together::new(&json!({ "balance": 1_000_000 }))
}

/// The requests of purchases that begin together, of one client or of one each.
fn requests(is_one_client: bool) -> usize {
    let mut together = service();
    let shared = together.client();
    for _ in 0..PURCHASES {
        let own = if is_one_client {
            shared.clone()
        } else {
            together.client()
        };
        together.buy(&own, ProvisionOptions::default());
    }
    let ends = together.run();
    assert!(ends.iter().all(Result::is_ok));
    together.requests()
}

/// How many orders are sent in a second.
fn orders_a_second() -> f64 {
    let mut together = service();
    let client = together.client();
    for _ in 0..500 {
        together.buy(&client, ProvisionOptions::default());
    }
    together.run();
    let orders = &together.asked["POST /vps"];
    let took_ms = orders.last().unwrap() - orders.first().unwrap();
    let seconds = f64::from(i32::try_from(took_ms).unwrap()) / 1e3;
    f64::from(u32::try_from(orders.len() - 1).unwrap()) / seconds
}

fn row(what: &str, ours: &str, theirs: &str, ratio: f64) {
    let against = "limit";
    let limit = 1.0;
    println!(
        "{}",
        json!({
            "what": what, "ours": ours, "against": against, "theirs": theirs, "ratio": ratio, "limit": limit,
        })
    );
}

fn main() {
    let (together, alone) = (requests(true), requests(false));
    let count = f64::from(u32::try_from(together).unwrap());
    row(
        &format!("requests of {PURCHASES} purchases together, {alone} without shared looks"),
        &together.to_string(),
        &MOST_REQUESTS.to_string(),
        count / MOST_REQUESTS,
    );
    let orders = orders_a_second();
    row(
        "orders a second, against a service that answers in 50 ms",
        &format!("{orders:.2}"),
        &format!("{LEAST_ORDERS}"),
        LEAST_ORDERS / orders,
    );
}
