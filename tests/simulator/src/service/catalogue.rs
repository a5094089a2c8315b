//! Plans, prices, cycles and locations, as the documentation lists them.

use super::money::Euros;

pub(crate) const PLANS: [&str; 3] = ["basic", "prime", "pro"];
pub(crate) const CYCLES: [&str; 2] = ["monthly", "yearly"];
pub(crate) const LOCATIONS: [&str; 6] = [
    "amsterdam",
    "london",
    "frankfurt",
    "newYork",
    "singapore",
    "tokyo",
];

/// The price of one cycle, or `None` for what is not sold.
pub(crate) fn price(plan: &str, cycle: &str) -> Option<Euros> {
    let amount = match (plan, cycle) {
        ("basic", "monthly") => 12.49,
        ("basic", "yearly") => 124.90,
        ("prime", "monthly") => 19.49,
        ("prime", "yearly") => 194.90,
        ("pro", "monthly") => 34.49,
        ("pro", "yearly") => 344.90,
        _ => return None,
    };
    Some(Euros::from(amount))
}
