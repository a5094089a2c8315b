//! What recording a purchase costs: the time of one smooth purchase with a store in an SQLite file and without, on the
//! simulated service in this process; and the memory of a process that takes a thousand purchases up.
//!
//! The file is in memory where the system has such a folder, so that the disk's own time is left out; the same on the
//! disk is beside it. One JSON line a figure.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::json;
use stablevps::store::SqliteStore;
use stablevps::testing::{Config, Simulator};
use stablevps::{Client, Phase};

const ROUNDS: usize = 101;
/// What a store may add to a purchase beside the disk's own time.
const LIMIT_MS: f64 = 5.0;
const OPEN_PURCHASES: usize = 1_000;
const LIMIT_KIB: f64 = 64.0 * 1024.0;

/// An empty folder, which is removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(parent: &Path) -> Self {
        let name = format!("stablevps-bench-{}", std::process::id());
        let folder = parent.join(name);
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

/// Milliseconds of one purchase.
fn spent(client: &Client) -> f64 {
    let begun = Instant::now();
    let provision = client.vps().provision("basic", "monthly", "london");
    provision.run().unwrap();
    begun.elapsed().as_secs_f64() * 1e3
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap()
}

/// What the store adds to a purchase, in milliseconds.
fn added(parent: &Path) -> f64 {
    let folder = Folder::new(parent);
    let simulator = rich();
    let plain = simulator.client();
    let recorded = simulator.client_builder().store(folder.store());
    let recorded = recorded.build().unwrap();
    spent(&recorded);
    let rounds = (0..ROUNDS).map(|_| spent(&recorded) - spent(&plain));
    median(rounds.collect())
}

fn rich() -> Simulator {
    let config = json!({ "balance": 1_000_000 });
    Simulator::with_config(Config::from_json(config.to_string().as_bytes()).unwrap())
}

/// The most memory that this process ever held, in KiB; none where the system does not tell.
fn most_memory() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// Leaves purchases that are bought and not ready, as a process that died leaves them, and takes all of them up.
fn resume_many(folder: &Folder) -> f64 {
    let simulator = rich();
    let leaving = simulator.client_builder().store(folder.store());
    let leaving = leaving.build().unwrap();
    for number in 0..OPEN_PURCHASES {
        let provision = leaving.vps().provision("basic", "monthly", "london");
        let key = format!("order-{number}");
        let mut purchase = provision.idempotency_key(key).begin().unwrap();
        let stopper = purchase.stopper();
        let left = purchase.run(|progress| {
            if progress.phase == Phase::Polling {
                stopper.stop();
            }
        });
        assert!(left.is_err());
    }
    simulator.advance(Duration::from_mins(10));
    let next = simulator.client_builder().store(folder.store());
    let begun = Instant::now();
    let resumed = next.build().unwrap().purchases().resume_all().unwrap();
    assert_eq!(resumed.len(), OPEN_PURCHASES);
    assert!(resumed.iter().all(|resumed| resumed.end.is_ok()));
    begun.elapsed().as_secs_f64() * 1e3
}

fn main() {
    let memory = Path::new("/dev/shm");
    let disk = std::env::temp_dir();
    if memory.is_dir() {
        row(
            "a store's part of a purchase, beside the disk's",
            added(memory),
            "ms",
            LIMIT_MS,
            true,
        );
    }
    row(
        "a store's part of a purchase, with the disk's",
        added(&disk),
        "ms",
        LIMIT_MS,
        false,
    );
    let took_ms = resume_many(&Folder::new(&disk));
    if let Some(kib) = most_memory() {
        let what = format!(
            "memory at {OPEN_PURCHASES} purchases resumed in {took_ms:.0} ms, with the service"
        );
        row(&what, kib, "KiB", LIMIT_KIB, true);
    }
}

fn row(what: &str, figure: f64, unit: &str, limit: f64, is_held: bool) {
    let report = json!({
        "what": format!("Rust, {what}"),
        "ours": format!("{figure:.2} {unit}"),
        "against": "limit",
        "theirs": format!("{limit} {unit}"),
        "ratio": figure / limit,
        "limit": is_held.then_some(1.0),
    });
    println!("{report}");
}
