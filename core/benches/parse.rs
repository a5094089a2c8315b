//! What validation costs: a reply of 1,000 VPS through the core, against `serde_json` alone.
//!
//! `cargo bench -p stablevps-core` prints one JSON line: the ratio, and the medians behind it in
//! microseconds. Both sides begin with the same bytes and end with 1,000 structs; the plain ones
//! hold text where the core's hold ids, enums and times. Rounds alternate, so that a machine that
//! slows down slows both. It is one thread that waits for nothing, so elapsed time is CPU time.

// A benchmark is a host: it has a clock.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::indexing_slicing
)]

use std::hint::black_box;
use std::time::Instant;

use serde::Deserialize;
use serde_json::json;
use stablevps_core::clock::Now;
use stablevps_core::config::{Api, ApiConfig, CallOptions};
use stablevps_core::endpoints::ListVps;
use stablevps_core::http::{HttpResponse, Reply, RequestId};
use stablevps_core::secret::Secret;

const ROWS: usize = 1_000;
const ROUNDS: usize = 201;

/// A VPS with every field as the text it was sent as.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code)]
struct PlainVps {
    id: String,
    plan_id: String,
    billing_cycle: String,
    status: String,
    vps_status: String,
    ip_address: Option<String>,
    location: String,
    rdp_username: Option<String>,
    server_id: Option<String>,
    current_period_end: Option<String>,
    created_at: String,
}

#[derive(Deserialize)]
struct PlainListing {
    vps: Vec<PlainVps>,
    #[allow(dead_code)]
    total: Option<u64>,
}

fn body() -> Vec<u8> {
    let rows: Vec<_> = (0..ROWS)
        .map(|number| {
            let plan = ["basic", "prime", "pro"][number % 3];
            let location = ["amsterdam", "newYork", "tokyo"][number % 3];
            json!({
                "id": format!("{:024x}", 0x6641_abc0_0000_0000_u64 + number as u64),
                "planId": plan,
                "billingCycle": "monthly",
                "status": "active",
                "vpsStatus": "active",
                "ipAddress": format!("185.12.{}.{}", number / 250, number % 250),
                "location": location,
                "rdpUsername": "Administrator",
                "serverId": format!("zomro-{}", 12_345 + number),
                "currentPeriodEnd": "2026-06-11T09:00:00.000Z",
                "createdAt": "2026-05-11T09:00:00.000Z",
            })
        })
        .collect();
    json!({ "vps": rows, "total": ROWS })
        .to_string()
        .into_bytes()
}

fn through_the_core(api: &Api, body: Vec<u8>) -> usize {
    let begun = Now::from_millis(0, 0);
    let now = begun.instant;
    let mut call = api.call(ListVps, CallOptions::default(), 1, begun).unwrap();
    let response = HttpResponse {
        status: 200,
        headers: Vec::new(),
        body,
    };
    call.handle_reply(RequestId(1), Reply::Response(response), now)
        .unwrap();
    black_box(call.into_outcome().unwrap().unwrap()).len()
}

fn plainly(body: &[u8]) -> usize {
    let listing: PlainListing = serde_json::from_slice(body).unwrap();
    black_box(listing.vps).len()
}

fn micros(work: impl FnOnce() -> usize) -> f64 {
    let started = Instant::now();
    let rows = work();
    let taken = started.elapsed().as_secs_f64() * 1e6;
    assert_eq!(rows, ROWS);
    taken
}

fn median(mut rounds: Vec<f64>) -> f64 {
    rounds.sort_by(f64::total_cmp);
    rounds.get(rounds.len() / 2).copied().unwrap_or_default()
}

fn main() {
    let api = Api::new(ApiConfig {
        api_key: Some(Secret::new("svps_live_benchmark")),
        ..ApiConfig::default()
    })
    .unwrap();
    let body = body();
    let (mut core, mut plain) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let owned = body.clone();
        let (of_core, of_plain) = (
            micros(|| through_the_core(&api, owned)),
            micros(|| plainly(black_box(&body))),
        );
        // The first rounds fill the caches.
        if round >= ROUNDS / 10 {
            core.push(of_core);
            plain.push(of_plain);
        }
    }
    let (core, plain) = (median(core), median(plain));
    let report = json!({
        "what": format!("core: parse and validate {ROWS} VPS"), "ours": format!("{core:.0} us"),
        "against": "serde_json", "theirs": format!("{plain:.0} us"), "ratio": core / plain,
        "limit": 1.0,
    });
    println!("{report}");
}
