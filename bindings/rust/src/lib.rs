//! Buy, watch and control STABLEVPS Forex VPS.
//!
//! ```
//! # let simulator = stablevps::testing::Simulator::new();
//! # let client = simulator.client();
//! # /*
//! let client = stablevps::Client::from_env()?; // STABLEVPS_API_KEY
//! # */
//! let bought = client
//!     .vps()
//!     .provision("prime", "monthly", "london")
//!     .max_spend("20".parse().unwrap())
//!     .on_progress(|progress| println!("{:?}", progress.phase))
//!     .run()?;
//! println!("{} {}", bought.vps.id, bought.vps.vps_status);
//! # Ok::<(), stablevps::Error>(())
//! ```
#![forbid(unsafe_code)]
#![deny(missing_docs)]

#[cfg(feature = "blocking")]
mod client;
#[cfg(feature = "testing")]
pub mod testing;
#[cfg(any(feature = "blocking", feature = "host"))]
// Some of it is for hosts alone.
#[cfg_attr(not(feature = "host"), allow(dead_code))]
mod transport;

#[cfg(feature = "blocking")]
pub use client::*;

pub use stablevps_core::catalogue::{self, CURRENCY, Plan, plans, price};
pub use stablevps_core::config::Auth;
pub use stablevps_core::error::{Error, ErrorKind, Fault, Next};
pub use stablevps_core::http;
pub use stablevps_core::ids::{KeyId, ServerId, VpsId};
pub use stablevps_core::models::*;
pub use stablevps_core::money::Money;
pub use stablevps_core::provisioning::{KeyCheck, Preflight, WaitLevel};
pub use stablevps_core::secret::Secret;
pub use stablevps_core::time::Timestamp;

/// The transport by itself. For the packages of other languages: it may change with any version.
#[cfg(feature = "host")]
#[doc(hidden)]
pub mod host {
    pub use crate::transport::{
        ConfigError, Exchange, HttpTransport, Interrupter, ProxyChoice, Setting, TransportConfig,
    };
}
