//! What can be bought, and for how much.

use stablevps_core::catalogue;

/// Every plan, as a JSON array.
#[must_use]
#[uniffi::export]
pub fn plans() -> String {
    serde_json::to_string(&catalogue::plans()).unwrap_or_default()
}

/// The price of one period as decimal text; none for what this version does not know.
#[must_use]
#[uniffi::export]
pub fn price(plan_id: &str, billing_cycle: &str) -> Option<String> {
    catalogue::price(&plan_id.into(), &billing_cycle.into()).map(|price| price.to_string())
}
