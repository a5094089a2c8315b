//! Whole list calls of the blocking client, beside reqwest's blocking client with serde's derives: with dates as
//! times, as here, and with dates as the text that was sent.
//!
//! The simulator's program is named by `STABLEVPS_SIMULATOR_BIN`. Times are the CPU time of this process, all its
//! threads included, over a kept connection to loopback; each round measures both in turn. One JSON line a figure.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use std::hint::black_box;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use cpu_time::ProcessTime;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use stablevps::Client;

const ROUNDS: usize = 15;
/// How many calls a round makes, by the number of VPS.
const CALLS: [(usize, u32); 4] = [(1, 400), (10, 400), (100, 200), (1_000, 30)];
const LIMIT: f64 = 0.8;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code)]
struct PlainVps<Date> {
    id: String,
    plan_id: String,
    billing_cycle: String,
    status: String,
    vps_status: String,
    ip_address: Option<String>,
    location: String,
    rdp_username: Option<String>,
    server_id: Option<String>,
    current_period_end: Option<Date>,
    created_at: Date,
}

#[derive(Deserialize)]
struct PlainList<Date> {
    vps: Vec<PlainVps<Date>>,
}

/// The simulator as a process.
struct Service {
    child: Child,
    url: String,
    key: String,
}

impl Service {
    fn start(vps: usize) -> Self {
        let program = std::env::var_os("STABLEVPS_SIMULATOR_BIN").unwrap();
        let mut child = Command::new(program)
            .args(["--port", "0", "--until-stdin-closes", "--vps"])
            .arg(vps.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut word = || {
            let line = lines.next().unwrap().unwrap();
            line.rsplit(' ').next().unwrap().to_owned()
        };
        let (url, key) = (word(), word());
        Self { child, url, key }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        self.child.wait().unwrap();
    }
}

/// Microseconds of CPU that one call takes.
fn spent(call: &dyn Fn() -> usize, times: u32, expected: usize) -> f64 {
    let begun = ProcessTime::now();
    for _ in 0..times {
        assert_eq!(black_box(call()), expected);
    }
    begun.elapsed().as_secs_f64() * 1e6 / f64::from(times)
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap()
}

fn measure<Date: DeserializeOwned>(against: &str, limit: Option<f64>, vps: usize, times: u32) {
    let service = Service::start(vps);
    let client = Client::builder()
        .api_key(service.key.as_str())
        .base_url(&service.url);
    let client = client.build().unwrap();
    let ours = || client.vps().list().unwrap().len();

    let target = format!("{}/api/v1/vps", service.url);
    let plain = reqwest::blocking::Client::new();
    let theirs = || {
        let request = plain.get(&target).bearer_auth(&service.key);
        let reply = request.send().unwrap().error_for_status().unwrap();
        let list: PlainList<Date> = reply.json().unwrap();
        list.vps.len()
    };
    spent(&ours, times, vps);
    spent(&theirs, times, vps);
    let round = |_| (spent(&ours, times, vps), spent(&theirs, times, vps));
    let rounds: Vec<_> = (0..ROUNDS).map(round).collect();
    let ratio = median(rounds.iter().map(|(ours, theirs)| ours / theirs).collect());
    let (ours, theirs): (Vec<_>, Vec<_>) = rounds.into_iter().unzip();
    let report = json!({
        "what": format!("Rust, list call, {vps} VPS"),
        "ours": format!("{:.0} us", median(ours)),
        "against": against,
        "theirs": format!("{:.0} us", median(theirs)),
        "ratio": ratio,
        "limit": limit,
    });
    println!("{report}");
}

fn main() {
    for (vps, times) in CALLS {
        measure::<jiff::Timestamp>("reqwest + serde", Some(LIMIT), vps, times);
        measure::<String>("the same, dates as text", None, vps, times);
    }
}
