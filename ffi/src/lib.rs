//! The STABLEVPS SDK's core for Python, Kotlin and Swift, through uniffi.
//!
//! An [`Api`](api::Api) makes machines; a [`Machine`](machine::Machine) is driven by its host:
//! asked for its next step, and told what came of it. Nothing here ever calls back into the host.
//!
//! Requests, steps and results are the core's own types. They cross in one of two forms: as one JSON document
//! each, which is what Python reads fastest, or, with the feature `records`, as records, which is what Kotlin
//! and Swift read fastest.
//!
//! Out of scope: sleeping, logging, storing tokens. Those are the host's.

pub mod api;
mod batch;
#[cfg(feature = "records")]
pub mod catalogue;
#[cfg(not(feature = "records"))]
pub mod documents;
pub mod error;
#[cfg(all(feature = "ureq", not(feature = "records")))]
pub mod http_host;
pub mod machine;
#[cfg(feature = "records")]
pub mod records;
#[cfg(feature = "simulator")]
pub mod simulator;

uniffi::setup_scaffolding!();
#[cfg(feature = "foreign-simulator")]
stablevps_simulator::uniffi_reexport_scaffolding!();
