//! What can be bought, and for how much, as the documentation of the API lists it.

use serde::Serialize;

use crate::models::{BillingCycle, PlanId};
use crate::money::Money;

/// The currency of every price.
pub const CURRENCY: &str = "EUR";

/// One plan. Every VPS runs Windows Server 2022 with MT5 installed.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct Plan {
    /// The plan's id: what an order takes.
    pub id: PlanId,
    /// The plan's name.
    pub name: String,
    /// Virtual processors.
    pub vcpus: u32,
    /// Memory in megabytes of 1,000,000 bytes.
    pub memory_mb: u32,
    /// NVMe storage in gigabytes.
    pub storage_gb: u32,
    /// The price of a month, in EUR.
    pub monthly: Money,
    /// The price of a year, in EUR.
    pub yearly: Money,
}

/// Every plan: its id, its name, processors, megabytes, gigabytes, and the cents of a month and of a year.
type Row = (PlanId, &'static str, u32, u32, u32, i64, i64);

const PLANS: [Row; 3] = [
    (PlanId::Basic, "Starter", 1, 2_500, 17, 1_249, 12_490),
    (PlanId::Prime, "Professional", 2, 4_000, 35, 1_949, 19_490),
    (PlanId::Pro, "Enterprise", 4, 8_000, 65, 3_449, 34_490),
];

/// Every plan, the smallest first.
#[must_use]
pub fn plans() -> Vec<Plan> {
    let plan = |(id, name, vcpus, memory_mb, storage_gb, monthly, yearly): Row| Plan {
        id,
        name: name.to_owned(),
        vcpus,
        memory_mb,
        storage_gb,
        monthly: Money::from_cents(monthly),
        yearly: Money::from_cents(yearly),
    };
    PLANS.into_iter().map(plan).collect()
}

/// The price of one period; none for a plan or cycle newer than this version.
#[must_use]
pub fn price(plan: &PlanId, cycle: &BillingCycle) -> Option<Money> {
    let (.., monthly, yearly) = PLANS.iter().find(|(id, ..)| id == plan)?;
    match cycle {
        BillingCycle::Monthly => Some(Money::from_cents(*monthly)),
        BillingCycle::Yearly => Some(Money::from_cents(*yearly)),
        BillingCycle::Unknown(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_are_the_documented_ones() {
        let shown = |plan, cycle| price(&plan, &cycle).map(|price| price.to_string());
        assert_eq!(
            shown(PlanId::Basic, BillingCycle::Monthly).as_deref(),
            Some("12.49")
        );
        assert_eq!(
            shown(PlanId::Prime, BillingCycle::Monthly).as_deref(),
            Some("19.49")
        );
        assert_eq!(
            shown(PlanId::Pro, BillingCycle::Yearly).as_deref(),
            Some("344.90")
        );
        assert_eq!(
            shown(PlanId::Unknown("huge".into()), BillingCycle::Monthly),
            None
        );
    }
}
