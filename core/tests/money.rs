//! Money against a library of decimals.

#![allow(clippy::expect_used, clippy::unwrap_used)]

use std::str::FromStr;

use proptest::prelude::*;
use rust_decimal::{Decimal, RoundingStrategy};
use stablevps_core::money::Money;

/// A number as JSON may have it, with at most 18 decimals, which both sides hold.
fn any_number() -> impl Strategy<Value = String> {
    let plain = (
        any::<bool>(),
        0_i64..10_i64.pow(9),
        0_u64..10_u64.pow(18),
        0_usize..=18,
    );
    let plain = plain.prop_map(|(is_negative, whole, fraction, digits)| {
        let sign = if is_negative { "-" } else { "" };
        let fraction = &format!("{fraction:018}")[..digits];
        let point = if digits == 0 { "" } else { "." };
        format!("{sign}{whole}{point}{fraction}")
    });
    // Sums of cents, and halves of a cent, are what all others are next to.
    let halves =
        (-2_000_000_i64..2_000_000).prop_map(|halves| Decimal::new(halves * 5, 3).to_string());
    let floats = (-1e6..1e6).prop_map(|float: f64| float.to_string());
    let small =
        (1..10_000_u32, 1..14_u32).prop_map(|(digits, places)| format!("{digits}e-{places}"));
    prop_oneof![plain, halves, floats, small]
}

fn both(text: &str) -> (Money, Decimal) {
    let decimal = Decimal::from_str(text).or_else(|_| Decimal::from_scientific(text));
    (
        text.parse().expect("it is money"),
        decimal.expect("it is a decimal"),
    )
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(4_000) })]

    #[test]
    fn money_is_what_the_library_says(first in any_number(), second in any_number()) {
        let ((ours, theirs), (other, their_other)) = (both(&first), both(&second));
        prop_assert_eq!(ours.exact(), theirs.normalize().to_string());
        let rounded = theirs.round_dp_with_strategy(2, RoundingStrategy::MidpointNearestEven);
        let shown = Decimal::from_str(&ours.to_string()).unwrap();
        prop_assert_eq!((shown, shown.scale()), (rounded, 2));
        prop_assert_eq!(ours.cmp(&other), theirs.cmp(&their_other));
        prop_assert_eq!(ours.minus(other).exact(), (theirs - their_other).normalize().to_string());
        prop_assert_eq!(ours.exact().parse::<Money>(), Ok(ours));
    }

    #[test]
    fn any_text_is_money_or_refused(text in any::<String>()) {
        if let Ok(money) = text.parse::<Money>() {
            prop_assert_eq!(money.exact().parse(), Ok(money));
        }
    }
}
