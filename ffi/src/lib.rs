//! The STABLEVPS SDK's core for Python, Kotlin and Swift, through uniffi.
//!
//! An [`Api`](api::Api) makes machines; a [`Machine`](machine::Machine) is driven by its host:
//! asked for its next step, and told what came of it. Nothing here ever calls back into the host.
//!
//! What a machine says crosses in one of two forms: as one JSON document, which is what Python reads
//! fastest (feature `documents`), or as records, which is what Kotlin and Swift read fastest (feature
//! `records`).
//!
//! Out of scope: sleeping, logging, storing tokens. Those are the host's.

pub mod api;
pub mod catalogue;
#[cfg(feature = "documents")]
pub mod documents;
pub mod failure;
#[cfg(feature = "ureq")]
pub mod http_host;
pub mod machine;
#[cfg(feature = "records")]
pub mod records;
#[cfg(feature = "simulator")]
pub mod simulator;
#[cfg(feature = "ureq")]
pub mod transport;

uniffi::setup_scaffolding!();
#[cfg(feature = "foreign-simulator")]
stablevps_simulator::uniffi_reexport_scaffolding!();
