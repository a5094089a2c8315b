//! The clients, and what both are made of.
//!
//! | module | idea |
//! |---|---|
//! | `builder`, `session` | a client's settings, and what of them every call begins with |
//! | `resources`, `provision` | the calls and the purchases of both clients, described once |
//! | `machine`, `driver` | a purchase with or without a store, and its steps for whoever carries them out |
//! | `many` | several purchases together |
//! | `watching`, `prober` | a watch's settings, and how it finds out whether a VPS answers |
//! | `purchases` | the purchases that a store records |
//! | `blocking`, `asynchronous` | the client that blocks its caller's thread, and the one for tokio |
//! | `nested` | no purchase within the `on_progress` of another of its account |
//! | `trace` | spans for the feature `tracing` |
//! | `clock`, `stop`, `time` | clocks, sleep, and ending it early |

#[cfg(feature = "async")]
pub(crate) mod asynchronous;
#[cfg(feature = "blocking")]
pub(crate) mod blocking;
pub(crate) mod builder;
pub(crate) mod clock;
mod driver;
mod limits;
mod machine;
mod many;
mod nested;
mod prober;
mod provision;
#[cfg(feature = "blocking")]
mod purchases;
mod resources;
mod session;
pub(crate) mod stop;
mod time;
mod trace;
mod watching;

#[cfg(feature = "async")]
pub use asynchronous::{
    AsyncClient, AsyncPurchase, AsyncPurchases, AsyncTransport, AsyncVpsWatch, SendFuture,
};
#[cfg(feature = "blocking")]
pub use blocking::{Client, Purchase, Purchases, Transport, VpsWatch};
pub use builder::{ClientBuilder, ClientKind};
#[cfg(feature = "blocking")]
pub use clock::Clock;
pub use clock::SystemClock;
#[cfg(feature = "async")]
pub use clock::{AsyncClock, SleepFuture};
pub use limits::CallLimits;
pub use many::{Bought, ManyBuilder};
#[cfg(feature = "blocking")]
pub use prober::Prober;
#[cfg(feature = "async")]
pub use prober::{AsyncProber, ProbeFuture};
pub use provision::{Buy, ProvisionBuilder, PurchaseKind, Recorded, Resume, Watch, WithProgress};
#[cfg(feature = "blocking")]
pub use purchases::{PurchasesResource, Resumed};
pub use resources::{AccountResource, KeysResource, NewKey, VpsResource, WalletResource};
pub use stop::Stopper;
pub use watching::WatchBuilder;
