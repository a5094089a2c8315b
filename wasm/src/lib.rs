//! The STABLEVPS SDK's core for JavaScript, through wasm-bindgen.
//!
//! An [`Api`](api::Api) makes machines; a [`Machine`](machine::Machine) is driven by its host:
//! asked for its next step, and told what came of it. Calls, steps, results and errors are JSON text,
//! because `JSON.parse` reads that faster than an object is put together from here, and because text
//! and numbers need next to no glue. Times and seeds are JavaScript numbers. Nothing here throws, and
//! nothing calls back into the host.
//!
//! With the feature `simulator` and without `api`, this is the testing module's second `.wasm`.
//!
//! Out of scope: `fetch`, sleeping, checking the types of arguments, storing tokens. Those are the
//! host's.
#![forbid(unsafe_code)]

#[cfg(feature = "api")]
pub mod api;
mod headers;
#[cfg(feature = "api")]
pub mod machine;
mod numbers;
#[cfg(feature = "simulator")]
pub mod simulator;
