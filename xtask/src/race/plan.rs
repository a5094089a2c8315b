//! What a seed decides: the service's faults, and when processes are killed or stopped.

use std::time::Duration;

use fastrand::Rng;
use serde_json::{Value, json};

/// What the service takes for a VPS of the plan that is bought, in cents.
pub const PRICE: u64 = 1_249;

/// The operations of the store beside which processes die.
const OPERATIONS: [&str; 6] = [
    "announcement",
    "receipt",
    "bought",
    "leaving",
    "end",
    "entry",
];

/// The plan of one race.
pub struct Plan {
    pub seed: u64,
    pub keys: usize,
}

/// Something that happens to a process.
pub struct Blow {
    /// Counted from the beginning of the race.
    pub at: Duration,
    pub kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It is killed, and started again.
    Kill,
    /// It is stopped where it is.
    Stop,
    /// It goes on.
    GoOn,
}

impl Blow {
    fn new(at_ms: u64, kind: Kind) -> Self {
        let at = Duration::from_millis(at_ms);
        Self { at, kind }
    }
}

impl Plan {
    /// What the processes are told.
    pub fn arguments(&self) -> Vec<String> {
        vec!["--keys".to_owned(), self.keys.to_string()]
    }

    /// The service: a wallet that suffices for every key and a few more, and faults.
    pub fn service(&self) -> Value {
        json!({
            "seed": self.seed,
            "balance": self.keys * 13 + 200,
            "provisioning_ms": {"min": 1_000, "max": 3_000},
            "faults": self.faults(),
        })
    }

    /// The service's faults. Each leaves an order in the list within the settle window, or without any effect. So
    /// none of them makes a purchase end unresolved.
    pub fn faults(&self) -> Vec<Value> {
        let mut rng = Rng::with_seed(self.seed);
        let orders = Target {
            method: "POST",
            path: "/vps",
        };
        let mut faults = struck(orders, self.keys * 2, 0.45, || order_fault(&mut rng));
        let reads = Target {
            method: "GET",
            path: "*",
        };
        faults.extend(struck(reads, self.keys * 60, 0.04, || read_fault(&mut rng)));
        faults
    }

    /// What happens to a process, the last first.
    pub fn blows(&self, worker: usize) -> Vec<Blow> {
        let mut rng = Rng::with_seed(self.seed.wrapping_mul(1_000).wrapping_add(worker as u64));
        let last_ms = 1_500 * self.keys as u64;
        let mut blows = Vec::new();
        for _ in 0..2.max(self.keys / 16) {
            let at_ms = rng.u64(100..=last_ms);
            blows.push(Blow::new(at_ms, Kind::Kill));
        }
        for _ in 0..1.max(self.keys / 32) {
            let at_ms = rng.u64(100..=last_ms);
            blows.push(Blow::new(at_ms, Kind::Stop));
            // Some of them for longer than a lease of the window.
            blows.push(Blow::new(at_ms + rng.u64(500..=25_000), Kind::GoOn));
        }
        blows.sort_by_key(|blow| std::cmp::Reverse(blow.at));
        blows
    }

    /// Beside which operations of the store a process dies: one for each of its first lives, the last first.
    pub fn falls(&self, worker: usize) -> Vec<String> {
        let mut rng = Rng::with_seed(self.seed.wrapping_mul(7_000).wrapping_add(worker as u64));
        let mut fall = || {
            let operation = rng.choice(OPERATIONS).unwrap_or_default();
            let side = if rng.bool() { "before" } else { "after" };
            format!("{operation}:{side}:{}", rng.u8(1..=2))
        };
        (0..1.max(self.keys / 16)).map(|_| fall()).collect()
    }

    /// By when the race is over.
    pub fn limit(&self) -> Duration {
        Duration::from_secs(300 + 15 * self.keys as u64)
    }
}

/// Which requests faults strike.
#[derive(Clone, Copy)]
struct Target {
    method: &'static str,
    path: &'static str,
}

/// Faults for a share of the first `count` requests of a kind. A fault lets those requests pass that come before it
/// and are not struck by an earlier one.
fn struck(
    on: Target,
    count: usize,
    share: f64,
    mut fault: impl FnMut() -> (f64, Value),
) -> Vec<Value> {
    let mut passing = 0;
    let mut faults = Vec::new();
    for _ in 0..count {
        let (luck, action) = fault();
        if luck < share {
            let Target { method, path } = on;
            let on = json!({"method": method, "path": path, "skip": passing});
            faults.push(json!({"on": on, "do": action}));
        } else {
            passing += 1;
        }
    }
    faults
}

fn order_fault(rng: &mut Rng) -> (f64, Value) {
    let action = match rng.u8(..8) {
        0 => json!("lose_before"),
        1 => json!("lose_after"),
        2 => json!({"status": {"code": 502, "effect": "before"}}),
        3 => json!({"status": {"code": 502, "effect": "after"}}),
        // Some of them later than the request's time limit.
        4 => json!({"delay": {"ms": rng.u64(1_000..=3_000)}}),
        5 => json!({"cut": {"keep": rng.u64(..60)}}),
        6 => json!({"late_order": {"ms": rng.u64(200..=1_500), "charge": "now"}}),
        _ => json!({"late_order": {"ms": rng.u64(200..=1_500), "charge": "late"}}),
    };
    (rng.f64(), action)
}

fn read_fault(rng: &mut Rng) -> (f64, Value) {
    let action = match rng.u8(..4) {
        0 => json!("lose_before"),
        1 => json!({"status": {"code": 502}}),
        2 => json!({"delay": {"ms": rng.u64(100..=2_500)}}),
        _ => json!({"cut": {"keep": rng.u64(..60)}}),
    };
    (rng.f64(), action)
}
