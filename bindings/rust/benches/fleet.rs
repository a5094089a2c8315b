//! What five hundred purchases cost that wait for their VPS in one process: the CPU time of the asynchronous client, with
//! its transport, against the simulated service on loopback.
//!
//! The simulator's program is named by `STABLEVPS_SIMULATOR_BIN`. One JSON line.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use cpu_time::ProcessTime;
use serde_json::json;
use stablevps::AsyncClient;

const PURCHASES: u32 = 500;
/// Once all of them wait, their pauses grow for so long.
const SETTLING: Duration = Duration::from_secs(30);
/// For how long it is measured then.
const MEASURED: Duration = Duration::from_mins(1);
/// Of a core, in a hundred.
const LIMIT: f64 = 1.0;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let program = std::env::var_os("STABLEVPS_SIMULATOR_BIN").unwrap();
    let mut service = Command::new(program)
        .args([
            "--port",
            "0",
            "--until-stdin-closes",
            "--balance",
            "1000000",
        ])
        .args(["--provisioning-ms", "3600000"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(service.stdout.take().unwrap()).lines();
    let mut word = || {
        lines
            .next()
            .unwrap()
            .unwrap()
            .rsplit(' ')
            .next()
            .unwrap()
            .to_owned()
    };
    let (url, key) = (word(), word());
    let client = AsyncClient::builder().api_key(key).base_url(url);
    let client = client.build().unwrap();
    let order = |_| client.vps().provision("basic", "monthly", "tokyo");
    let orders: Vec<_> = (0..PURCHASES).map(order).collect();
    let many = client.vps().provision_many(orders).at_once(PURCHASES);
    let mut many = many.begin().unwrap();
    while many.progress().polling < PURCHASES {
        let _ = tokio::time::timeout(Duration::from_millis(500), many.next()).await;
    }
    let _ = tokio::time::timeout(SETTLING, many.next()).await;
    let (cpu, begun) = (ProcessTime::now(), Instant::now());
    let _ = tokio::time::timeout(MEASURED, many.next()).await;
    let part = cpu.elapsed().as_secs_f64() / begun.elapsed().as_secs_f64() * 100.0;
    let report = json!({
        "what": format!("Rust, async: {PURCHASES} that wait"),
        "ours": format!("{part:.2} % of a core"),
        "against": "limit",
        "theirs": format!("{LIMIT} %"),
        "ratio": part / LIMIT,
        "limit": 1.0,
    });
    println!("{report}");
    drop(many);
    drop(service.stdin.take());
    service.wait().unwrap();
}
