//! The STABLEVPS SDK's core for JavaScript, through wasm-bindgen.
//!
//! An [`Api`](api::Api) makes machines; a [`Machine`](machine::Machine) is driven by its host, which
//! carries out its steps and hands in the replies. Calls, steps, results and errors are JSON text,
//! because `JSON.parse` reads that faster than an object is built from here, and because text and
//! numbers need little glue. Times and seeds are JavaScript numbers. Nothing here throws, and nothing
//! calls back into the host but for the register in which purchases stand in line ([`places`]).
//!
//! Without the feature `stores`, nothing asks a store, and half of the purchases' code is left out: for browsers.
//!
//! With the feature `simulator` and without `api`, this is the testing module's second `.wasm`.
//!
//! Out of scope: `fetch`, sleeping, checking the types of arguments, storing tokens. The host does that.
#![forbid(unsafe_code)]

#[cfg(feature = "api")]
pub mod api;
mod headers;
#[cfg(feature = "api")]
pub mod machine;
mod numbers;
#[cfg(feature = "api")]
pub mod places;
#[cfg(feature = "simulator")]
pub mod simulator;
