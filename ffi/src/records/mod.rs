//! The surface for languages that read records fast: Kotlin and Swift.
//!
//! The same machines as elsewhere in this crate; what crosses is typed all the way, and their packages
//! hold no JSON reader.

mod models;
mod problem;
mod step;

pub use problem::{Problem, ProblemKind};
pub use step::{Header, Request, Step};

use std::sync::Arc;

use stablevps_core::catalogue::{self, Plan};
use stablevps_core::endpoints::ListVps;

use crate::api::{Api, Limits};
use crate::failure::Failure;
use crate::machine::Machine;

/// Every plan, the smallest first.
#[must_use]
#[uniffi::export]
pub fn plan_records() -> Vec<Plan> {
    catalogue::plans()
}

#[uniffi::export]
impl Api {
    /// `GET /vps`
    pub fn list_vps_records(&self, limits: &Limits) -> Result<Arc<Machine>, Failure> {
        self.call(Ok(ListVps), limits)
    }
}
