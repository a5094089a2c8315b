//! The clients, against the simulated service in memory.

#![cfg(all(feature = "blocking", feature = "testing"))]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

#[cfg(feature = "async")]
mod asynchronous;
mod calls;
mod many;
mod purchases;
mod samples;
mod stops;
mod watches;

use stablevps::testing::{Config, Fault, Misbehaviour, Simulator, Target};

/// A service whose wallet holds enough for many VPS.
fn rich() -> Simulator {
    Simulator::with_config(Config {
        balance: 10_000.0.into(),
        ..Config::default()
    })
}

/// Lets the next request of that kind fail.
fn fault(simulator: &Simulator, method: &str, path: &str, action: Misbehaviour) {
    simulator.fault(Fault::once(Target::call(method, path), action));
}
