//! What can be bought, and for how much.

use stablevps_core::catalogue;
use wasm_bindgen::prelude::wasm_bindgen;

/// Every plan, as a JSON array.
#[must_use]
#[wasm_bindgen]
pub fn plans() -> String {
    serde_json::to_string(&catalogue::plans()).unwrap_or_default()
}

/// The price of one period as decimal text; none for what this version does not know.
#[must_use]
#[wasm_bindgen]
#[allow(clippy::needless_pass_by_value)]
pub fn price(
    #[wasm_bindgen(js_name = planId)] plan_id: &str,
    #[wasm_bindgen(js_name = billingCycle)] billing_cycle: &str,
) -> Option<String> {
    catalogue::price(&plan_id.into(), &billing_cycle.into()).map(|price| price.to_string())
}
