//! What can be bought, and for how much.

use stablevps_core::catalogue;

/// The price of one period as decimal text; none for what this version does not know.
#[must_use]
#[uniffi::export]
pub fn price(plan_id: &str, billing_cycle: &str) -> Option<String> {
    catalogue::price(&plan_id.into(), &billing_cycle.into()).map(|price| price.to_string())
}
