//! The clients, and what both are made of.
//!
//! | module | idea |
//! |---|---|
//! | `builder`, `session` | a client's settings, and what of them every call begins with |
//! | `resources`, `provision` | the calls and the purchases of both clients, described once |
//! | `driver` | a purchase's steps, for whoever carries them out |
//! | `blocking` | the client that blocks its caller's thread |
//! | `clock`, `stop`, `time` | clocks, sleep, and ending it early |
//! | `queue` | one purchase of an account orders at a time |

pub(crate) mod blocking;
pub(crate) mod builder;
pub(crate) mod clock;
mod driver;
mod limits;
mod provision;
mod queue;
mod resources;
mod session;
pub(crate) mod stop;
mod time;

pub use blocking::{Client, Purchase, Transport};
pub use builder::{ClientBuilder, Host};
pub use clock::{Clock, SystemClock};
pub use limits::CallLimits;
pub use provision::{Buy, Kind, ProvisionBuilder, Resume, Watch, WithProgress};
pub use resources::{AccountResource, KeysResource, NewKey, VpsResource, WalletResource};
pub use stop::Stopper;
