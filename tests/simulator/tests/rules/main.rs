//! The rules of the service and of its misbehaviour, one sentence each.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod account;
mod bench;
mod control;
mod crate_page;
mod determinism;
mod faults;
mod keys;
mod order_faults;
mod orders;
mod protocol;
mod vps;
