//! Buy, watch and control STABLEVPS Forex VPS.
//!
//! - **One order, never two.** A lost reply never leads to a second order, and a purchase survives crashes and
//!   restarts.
//! - **Blocking or asynchronous.** [`Client`] blocks, [`AsyncClient`] is for tokio. Both have the same calls.
//! - **Typed.** Money is exact, times have a time zone, passwords print as `***`.
//! - **Testable.** [`testing`] has a simulated service: no network, no waiting, no money.
//!
//! ```
//! # let simulator = stablevps::testing::Simulator::new();
//! # let client = simulator.client();
//! # /*
//! let client = stablevps::Client::from_env()?; // STABLEVPS_API_KEY
//! # */
//! let bought = client.vps().provision("prime", "monthly", "london").max_spend(20).run()?;
//! println!("{} {:?} {:?}", bought.vps.id, bought.vps.ip_address, bought.vps.rdp_username);
//!
//! for vps in client.vps().list()? {
//!     println!("{} {} {}", vps.id, vps.plan_id, vps.vps_status);
//! }
//! # Ok::<(), stablevps::Error>(())
//! ```
//!
//! # Waiting, progress and tokens
//!
//! `provision` returns when the VPS is active and has its address, user and password. That takes minutes. The
//! function of `on_progress` is called before every request and every pause, and each progress has a **token**: a
//! short text from which the purchase can be continued in another process, and in any other language of this SDK. It
//! holds no key and no password. The call with the phase [`Ordering`](Phase::Ordering) comes *before* the order is
//! sent, and the order waits until the function returns. So a token that is stored there is never older than the
//! order.
//!
//! ```
//! # use std::time::Duration;
//! # let simulator = stablevps::testing::Simulator::new();
//! # let client = simulator.client();
//! let mut stored = None; // in your program: a database, or a file that is replaced in one step
//!
//! let purchase = client.vps().provision("basic", "monthly", "tokyo").timeout(Duration::from_secs(30));
//! let error = purchase.on_progress(|progress| stored.clone_from(&progress.token)).run().unwrap_err();
//! assert_eq!(error.next(), stablevps::Next::Resume);
//!
//! let bought = client.vps().resume(stored.unwrap()).timeout(Duration::from_mins(10)).run()?;
//! assert_eq!(bought.orders_sent, 1);
//! # Ok::<(), stablevps::Error>(())
//! ```
//!
//! Resume every open token of an account before you order anything new there: an unfinished order is found by
//! looking for a new VPS, and a fresh VPS of the same plan, cycle and location can be taken for it.
//!
//! [`begin`](ProvisionBuilder::begin) gives a [`Purchase`], which can be stopped from elsewhere and run again:
//!
//! ```
//! # let simulator = stablevps::testing::Simulator::new();
//! # let client = simulator.client();
//! # fn store(_: Option<&str>) -> std::io::Result<()> { Ok(()) }
//! let mut purchase = client.vps().provision("basic", "monthly", "tokyo").begin()?;
//! let stopper = purchase.stopper(); // for a Ctrl-C handler, or for this function
//! let bought = purchase.run(|progress| {
//!     if store(progress.token.as_deref()).is_err() {
//!         stopper.stop(); // nothing is ordered whose token is not stored
//!     }
//! })?;
//! # Ok::<(), stablevps::Error>(())
//! ```
//!
//! # Asynchronous
//!
//! With the feature `async`, [`AsyncClient`] has the same calls as futures of tokio's. Any of them may be dropped. A
//! purchase whose run was dropped keeps its token, and can be run again: an order that was on its way is looked for,
//! and never sent again.
//!
//! ```
//! # #[cfg(feature = "async")]
//! # async fn buy() -> Result<(), stablevps::Error> {
//! let client = stablevps::AsyncClient::from_env()?;
//! let purchase = client.vps().provision("prime", "monthly", "london");
//! let bought = purchase
//!     .on_progress(|progress| async move { println!("{:?}", progress.phase) })
//!     .run()
//!     .await?;
//! # Ok(())
//! # }
//! ```
//!
//! # Watching
//!
//! [`watch`](VpsResource::watch) looks at the account's VPS once a minute and gives an event for whatever changes, for
//! months. With [`RebootPolicy::WhenSilent`] it reboots VPS that are paid and active and do not answer on the port of RDP,
//! while others do.
//!
//! ```
//! use stablevps::{RebootPolicy, WatchEventKind};
//! use stablevps::testing::Simulator;
//!
//! let simulator = Simulator::new();
//! let client = simulator.client();
//! let id = client.vps().provision("basic", "monthly", "tokyo").run()?.vps.id.to_string();
//! client.vps().provision("basic", "monthly", "tokyo").run()?; // It answers while the other one does not.
//!
//! for event in client.vps().watch().reboot(RebootPolicy::WhenSilent).begin()? {
//!     let event = event?;
//!     println!("{} {}", event.at, event.kind.name());
//!     match event.kind {
//!         // From now on, the VPS hangs.
//!         WatchEventKind::Started { .. } => simulator.hang(&id),
//!         WatchEventKind::Unreachable { vps, .. } => assert_eq!(vps.id.as_str(), id),
//!         WatchEventKind::Reachable { reboots, .. } => {
//!             assert_eq!(reboots, 1);
//!             break;
//!         }
//!         _ => {}
//!     }
//! }
//! # Ok::<(), stablevps::Error>(())
//! ```
//!
//! # Errors
//!
//! Every [`Error`] says what happened ([`kind`](Error::kind)), whose fault it is ([`fault`](Error::fault)), and what
//! to do [`next`](Error::next): make the same call again, resume the purchase, change the call, or ask a person. Of a
//! purchase that is or may be paid it never says to make the call again.
//!
//! ```
//! use stablevps::ErrorKind;
//! # let simulator = stablevps::testing::Simulator::new();
//! # let client = simulator.client();
//!
//! let provision = client.vps().provision("pro", "yearly", "tokyo");
//! match provision.run() {
//!     Ok(bought) => println!("{}", bought.vps.id),
//!     Err(error) => match error.kind() {
//!         ErrorKind::InsufficientFunds { shortfall, .. } => println!("top up {shortfall:?}"),
//!         _ => println!("{error} (next: {:?}, token: {:?})", error.next(), error.token()),
//!     },
//! }
//! ```
//!
//! # Features
//!
//! | feature | what it adds | default |
//! |---|---|---|
//! | `blocking` | [`Client`], with ureq | yes |
//! | `async` | [`AsyncClient`], with tokio and reqwest | no |
//! | `system-roots` | [`ClientBuilder::system_roots`]: the operating system's certificate authorities | no |
//! | `testing` | [`testing`]: the simulated service | no |
//! | `sqlite` | [`store::SqliteStore`], with the system's library; `sqlite-bundled` brings one | no |
//! | `postgres` | [`store::PostgresStore`] | no |
//! | `tracing` | a span for each call (`stablevps.call`) and each purchase (`stablevps.purchase`) | no |
//!
//! The crate needs Rust 1.95 or newer. TLS is rustls with the roots of Mozilla, `SSL_CERT_FILE` or [`ClientBuilder::ca_certificates`].
//!
//! # Out of scope
//!
//! Storing tokens, and other processes that buy on the same account. Purchases of one account in this process order
//! one at a time, whatever clients they are of.
#![forbid(unsafe_code)]
#![deny(missing_docs)]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(any(feature = "async", feature = "blocking"))]
mod client;
#[cfg(any(feature = "async", feature = "blocking", feature = "host"))]
mod moment;
#[cfg(any(feature = "async", feature = "ureq"))]
mod network;
#[cfg(any(feature = "async", feature = "blocking"))]
pub mod store;
#[cfg(all(feature = "testing", any(feature = "async", feature = "blocking")))]
pub mod testing;
#[cfg(feature = "ureq")]
// Some of it is for hosts alone.
#[cfg_attr(not(feature = "host"), allow(dead_code))]
mod transport;

#[cfg(any(feature = "async", feature = "blocking"))]
pub use client::*;

pub use stablevps_core::catalogue::{self, CURRENCY, Plan, plans, price};
pub use stablevps_core::config::Auth;
pub use stablevps_core::error::{Error, ErrorKind, Fault, Next, Report};
pub use stablevps_core::http;
pub use stablevps_core::ids::{KeyId, ServerId, VpsId};
pub use stablevps_core::models::*;
pub use stablevps_core::money::Money;
pub use stablevps_core::provisioning::{KeyCheck, Preflight, WaitLevel};
pub use stablevps_core::secret::Secret;
pub use stablevps_core::time::Timestamp;
#[cfg(any(feature = "async", feature = "blocking"))]
pub use stablevps_core::watch::{
    ProbeOutcome, ProbeTarget, RebootPolicy, WatchEvent, WatchEventKind,
};

/// The transport by itself. For the packages of other languages: it may change with any version.
#[cfg(feature = "host")]
#[doc(hidden)]
pub mod host {
    #[cfg(feature = "async")]
    pub use crate::client::asynchronous::Stack;
    pub use crate::moment::{Asked, Moment};
    #[cfg(feature = "ureq")]
    pub use crate::network::{ConfigError, ProxyChoice, Setting, TransportConfig, Trust};
    #[cfg(feature = "ureq")]
    pub use crate::transport::{Exchange, HttpTransport, Interrupter};
}

/// The examples of the README and of the front page, which are tested as those of this page are.
#[cfg(all(doctest, feature = "async", feature = "sqlite", feature = "testing"))]
#[doc = include_str!("../README.md")]
#[doc = include_str!("../../../README.md")]
struct Readme;
