//! The STABLEVPS API without I/O.
//!
//! This crate builds requests, reads replies and decides what happens next. It opens no socket,
//! reads no clock and draws no random number: a host hands it readings of its clocks and a seed, sends what it
//! is told to send, waits as long as it is told to wait, and tells what came of it. That is the
//! whole interface, [`Step`](step::Step) and [`Reply`](http::Reply), and every language's
//! package drives the same machines through it:
//!
//! - [`Call`](call::Call): one endpoint with its retries.
//! - [`Provisioning`](provisioning::Provisioning): buying one VPS, exactly one, and waiting for it.
//! - [`RecordedPurchase`](recorded::RecordedPurchase): the same under a key of the caller's, with a store.
//! - [`Watch`](watch::Watch): what changes about an account's VPS, and rebooting those that hang.
//!
//! Out of scope: HTTP itself, sleeping, storage, and more than one account.
//!
//! ```
//! use stablevps_core::clock::Now;
//! use stablevps_core::config::{Api, ApiConfig, CallOptions};
//! use stablevps_core::endpoints::GetWallet;
//! use stablevps_core::http::{HttpResponse, Reply};
//! use stablevps_core::step::Step;
//! use stablevps_core::secret::Secret;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let begun = Now::from_millis(0, 1_778_490_000_000);
//! let now = begun.instant;
//! let api_key = Some(Secret::new("svps_live_example"));
//! let api = Api::new(ApiConfig { api_key, ..ApiConfig::default() })?;
//! let mut call = api.call(GetWallet, CallOptions::default(), 1, begun)?;
//!
//! let Step::Send(request) = call.next_step(now) else { unreachable!() };
//! assert_eq!(request.url, "https://stablevps.com/api/v1/wallet");
//!
//! let body = br#"{"balance": 80.50999999999999, "currency": "EUR"}"#.to_vec();
//! let response = HttpResponse { status: 200, headers: Vec::new(), body };
//! call.handle_reply(request.id, Reply::Response(response), now)?;
//!
//! let Step::Done(Ok(wallet)) = call.next_step(now) else { unreachable!() };
//! assert_eq!(wallet.balance.to_string(), "80.51");
//! # Ok(())
//! # }
//! ```
#![forbid(unsafe_code)]
#![deny(missing_docs)]

/// Where uniffi's derives say that a type is: all belong to the namespace of the crate `stablevps-ffi`, which
/// exports what takes and gives them, so that one Kotlin file and one Swift module come of both crates. The
/// generator fails where that is no longer so.
#[cfg(feature = "uniffi")]
macro_rules! module_path {
    () => {
        "stablevps_ffi"
    };
}

/// What uniffi's derives look for at a crate's root.
#[cfg(feature = "uniffi")]
#[doc(hidden)]
pub struct UniFfiTag;

mod attempts;
pub mod batch;
mod budget;
pub mod call;
pub mod catalogue;
mod claims;
pub mod clock;
pub mod config;
pub mod decode;
pub mod endpoint;
pub mod endpoints;
pub mod error;
mod holders;
pub mod host;
pub mod http;
pub mod ids;
mod json;
mod looks;
pub mod models;
pub mod money;
mod open_enum;
pub mod pace;
mod power;
pub mod probe;
pub mod process;
pub mod provisioning;
pub mod recorded;
pub mod request;
mod retry;
#[cfg(feature = "schema")]
pub mod schema;
pub mod secret;
pub mod step;
pub mod store;
pub mod time;
pub mod turns;
pub mod watch;
