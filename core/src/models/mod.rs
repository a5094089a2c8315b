//! What the service answers, as validated plain data.
//!
//! Absent, `null` and empty text all mean "not there yet" for an optional field. Fields that the
//! service adds are ignored. The documents that packages receive are these structs as JSON, in the
//! service's own spelling: money as text with two decimals, times as ISO 8601 in UTC.

mod account;
mod keys;
mod purchase;
mod vps;

pub use account::*;
pub use keys::*;
pub use purchase::*;
pub use vps::*;
