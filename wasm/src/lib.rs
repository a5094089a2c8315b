//! The STABLEVPS SDK's core for JavaScript, through wasm-bindgen.
//!
//! An [`Api`](api::Api) makes machines; a [`Machine`](machine::Machine) is driven by its host:
//! asked for its next step, and told what came of it. Steps and results are JSON text, because
//! `JSON.parse` reads that faster than an object is put together from here. Times, spans and seeds
//! are JavaScript numbers. An error of the product is thrown as its JSON document, a string.
//! Nothing here ever calls back into the host.
//!
//! With the feature `simulator` and without `api`, this is the testing module's second `.wasm`.
//!
//! Out of scope: `fetch`, sleeping, checking the types of arguments, storing tokens. Those are the
//! host's.
#![forbid(unsafe_code)]

#[cfg(feature = "api")]
pub mod api;
pub mod failure;
mod headers;
#[cfg(feature = "api")]
pub mod machine;
mod numbers;
#[cfg(feature = "api")]
pub mod options;
#[cfg(feature = "simulator")]
pub mod simulator;
