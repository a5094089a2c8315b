//! The STABLEVPS SDK's core for Python, Kotlin and Swift, through uniffi.
//!
//! An [`Api`](api::Api) makes machines; a [`Machine`](machine::Machine) is driven by its host:
//! asked for its next step, and told what came of it. Everything that is more than a number or a
//! name crosses as one JSON document, because that is what Python reads fastest. Nothing here ever
//! calls back into the host.
//!
//! Out of scope: sleeping, logging, storing tokens. Those are the host's.

pub mod api;
pub mod catalogue;
pub mod failure;
#[cfg(feature = "ureq")]
pub mod http_host;
pub mod machine;
#[cfg(feature = "simulator")]
pub mod simulator;
#[cfg(feature = "ureq")]
pub mod transport;

uniffi::setup_scaffolding!();
