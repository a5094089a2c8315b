//! A process that dies beside an operation of the store: at every point where a purchase can be cut off.

use std::process::Command;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use stablevps::store::{PurchaseState, Store, StoreFailure, StoreOp, StoreReply, StoreRequest};

/// Before or after which operation the process dies: `receipt:before:2` is before the second receipt.
#[derive(Clone, Debug)]
pub struct Fall {
    operation: String,
    is_before: bool,
    occurrence: u32,
}

impl FromStr for Fall {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let words: Vec<&str> = text.split(':').collect();
        let [operation, side @ ("before" | "after"), occurrence] = words[..] else {
            return Err("a fall is OPERATION:before:NUMBER or OPERATION:after:NUMBER".to_owned());
        };
        Ok(Self {
            operation: operation.to_owned(),
            is_before: side == "before",
            occurrence: occurrence
                .parse()
                .map_err(|_| format!("{occurrence} is no number"))?,
        })
    }
}

/// A store beside which the process falls.
pub struct Edge {
    store: Arc<dyn Store>,
    fall: Fall,
    seen: AtomicU32,
}

impl Edge {
    pub fn new(store: Arc<dyn Store>, fall: Fall) -> Self {
        let seen = AtomicU32::new(0);
        Self { store, fall, seen }
    }
}

impl Store for Edge {
    fn carry_out(&self, request: &StoreRequest) -> Result<StoreReply, StoreFailure> {
        let is_it = name(&request.op) == self.fall.operation;
        let count = self.seen.fetch_add(u32::from(is_it), Ordering::SeqCst);
        let falls = is_it && count.saturating_add(1) == self.fall.occurrence;
        if falls && self.fall.is_before {
            die();
        }
        let answer = self.store.carry_out(request);
        if falls {
            die();
        }
        answer
    }
}

/// What an operation is for.
fn name(op: &StoreOp) -> &'static str {
    match op {
        StoreOp::Open { .. } => "open",
        StoreOp::Save { saved, .. } if saved.state == PurchaseState::Ordered => "announcement",
        StoreOp::Save { saved, .. } if saved.state == PurchaseState::Bought => "bought",
        StoreOp::Save { .. } => "end",
        StoreOp::Receipt { .. } => "receipt",
        StoreOp::Renew { .. } => "renewal",
        StoreOp::Enter { .. } => "entry",
        StoreOp::Leave => "leaving",
        StoreOp::List { .. } => "list",
    }
}

/// Does not return.
fn die() {
    let own = std::process::id().to_string();
    if let Err(error) = Command::new("kill").args(["-KILL", &own]).status() {
        eprintln!("kill: {error}");
    }
}
