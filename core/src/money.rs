//! Money, decimal from the JSON text to the user.

use std::fmt;
use std::str::FromStr;

use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use crate::json::{Found, mismatch};

/// An exact amount of money. Shown rounded half-even to the cent: `80.50999999999999` is `80.51`.
///
/// The service keeps money in binary floating point, so what it sends may have a tail of digits.
/// Comparisons use the exact value, every text form the rounded one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Money(Decimal);

/// What text must be to be an amount, in words.
const EXPECTED: &str = "a decimal number of at most 16 digits before the point";
/// The first amount with more digits before the point than that.
const BOUND: Decimal = Decimal::from_parts(0x6fc1_0000, 0x0023_86f2, 0, false, 0);

impl Money {
    /// An amount in hundredths: `Money::from_cents(1949)` is `19.49`.
    #[must_use]
    pub fn from_cents(cents: i64) -> Self {
        Self(Decimal::new(cents, 2))
    }

    /// The exact text, with every digit that was sent up to the 28th.
    #[must_use]
    pub fn exact(self) -> String {
        self.0.normalize().to_string()
    }

    /// This amount rounded half-even to the cent.
    #[must_use]
    pub fn rounded(self) -> Self {
        let to_even = RoundingStrategy::MidpointNearestEven;
        Self(self.0.round_dp_with_strategy(2, to_even))
    }

    /// `self + other`; where 28 digits can't hold it, the nearest.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// `self - other`; where 28 digits can't hold it, the nearest.
    #[must_use]
    pub fn minus(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// Whether the amount is below zero.
    #[must_use]
    pub fn is_negative(self) -> bool {
        self.0 < Decimal::ZERO
    }
}

impl FromStr for Money {
    type Err = &'static str;

    /// Reads plain or scientific decimal text. Digits behind the 28th are rounded off: binary floating point
    /// leaves such dust where nothing should be left.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // The library takes an underscore for a separator of thousands.
        let number = if text.contains('_') {
            None
        } else {
            decimal(text)
        };
        let number = number.filter(|number| number.abs() < BOUND);
        number.map(Self).ok_or(EXPECTED)
    }
}

fn decimal(text: &str) -> Option<Decimal> {
    let Some((digits, exponent)) = text.split_once(['e', 'E']) else {
        return text.parse().ok();
    };
    let exponent: i32 = exponent.parse().ok()?;
    let mantissa: Decimal = digits.parse().ok()?;
    match Decimal::from_scientific_lossy(text) {
        Ok(number) => Some(number),
        Err(_) if mantissa.is_zero() => Some(Decimal::ZERO),
        // Less than the library's smallest number is nothing.
        Err(_) if exponent < -28 && mantissa.abs() < Decimal::TEN => Some(Decimal::ZERO),
        Err(_) => None,
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rounded = self.rounded().0;
        // Minus nothing is nothing.
        let shown = if rounded.is_zero() {
            Decimal::ZERO
        } else {
            rounded
        };
        write!(f, "{shown:.2}")
    }
}

impl Serialize for Money {
    /// As a string with two digits after the point, so that no reader makes a float of it.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Money {
    /// From a JSON number's own text, or from decimal text; never through binary floating point.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = <&RawValue>::deserialize(deserializer)?.get();
        let found = match json.as_bytes().first() {
            Some(b'-' | b'0'..=b'9') => {
                return json
                    .parse()
                    .map_err(|expected| mismatch(expected, Found::Other));
            }
            // Text has one meaning, too, where it is an amount.
            Some(b'"') => match json.trim_matches('"').parse() {
                Ok(money) => return Ok(money),
                Err(_) => "a string",
            },
            Some(b'{') => "an object",
            Some(b'[') => "an array",
            Some(b't' | b'f') => "a boolean",
            _ => "null",
        };
        Err(mismatch("a number", Found::Kind(found)))
    }
}

/// Money in the product's own documents, where it is exact text: in tokens.
pub(crate) mod exact {
    use serde::{Deserialize, Deserializer, Serializer};

    use super::{EXPECTED, Money};
    use crate::json::text_scalar;

    struct Exact(Money);

    impl std::str::FromStr for Exact {
        type Err = &'static str;

        fn from_str(text: &str) -> Result<Self, Self::Err> {
            text.parse().map(Self)
        }
    }

    text_scalar!(Exact, EXPECTED);

    #[expect(clippy::ref_option, reason = "serde hands over what the field is")]
    pub fn serialize<S: Serializer>(
        money: &Option<Money>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match money {
            Some(money) => serializer.serialize_str(&money.exact()),
            None => serializer.serialize_none(),
        }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Money>, D::Error> {
        Option::<Exact>::deserialize(deserializer).map(|exact| exact.map(|exact| exact.0))
    }
}

#[cfg(feature = "uniffi")]
uniffi::custom_type!(Money, String, {
    lower: |money| money.to_string(),
    try_lift: |text| text.parse().map_err(uniffi::deps::anyhow::Error::msg),
});

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<Money, serde_json::Error> {
        serde_json::from_str(json)
    }

    fn shown(json: &str) -> String {
        read(json).unwrap().to_string()
    }

    #[test]
    fn binary_tails_are_rounded_half_even_to_the_cent() {
        for (sent, expected) in [
            ("80.50999999999999", "80.51"),
            ("67.51", "67.51"),
            ("0.1", "0.10"),
            ("100", "100.00"),
            ("0.125", "0.12"),
            ("0.135", "0.14"),
            ("1e2", "100.00"),
            ("-0.001", "0.00"),
            ("-3.5", "-3.50"),
            ("-1.4210854715202004e-14", "0.00"),
            ("5.551115123125783e-17", "0.00"),
            ("1e-99", "0.00"),
            ("1.949E1", "19.49"),
            ("0.12000000000000000000000000000000001", "0.12"),
            ("1234567890123456.78", "1234567890123456.78"),
            ("-1234567890123456.785", "-1234567890123456.78"),
            ("9999999999999999.99", "9999999999999999.99"),
            ("-0.125", "-0.12"),
            ("-0.135", "-0.14"),
            ("-0.005000000000000001", "-0.01"),
            ("0e99999", "0.00"),
            ("0.00001949e6", "19.49"),
            ("194900000000000000000e-19", "19.49"),
        ] {
            assert_eq!(shown(sent), expected, "{sent}");
        }
    }

    #[test]
    fn decimal_text_is_an_amount() {
        assert_eq!(shown("\"19.49\""), "19.49");
        assert_eq!(shown("\"80.50999999999999\""), "80.51");
    }

    #[test]
    fn every_digit_is_kept_until_it_is_shown() {
        let sent = read("80.50999999999999").unwrap();
        assert_eq!(sent.exact(), "80.50999999999999");
        assert_ne!(sent, Money::from_cents(8051));
        assert_eq!(sent.rounded(), Money::from_cents(8051));
    }

    #[test]
    fn a_difference_is_exact_on_both_sides_of_zero() {
        for (from, take, exact) in [
            ("100", "19.49", "80.51"),
            ("80.50999999999999", "80.51", "-0.00000000000001"),
            ("0.3", "0.1", "0.2"),
            ("-0.001", "-0.002", "0.001"),
            ("5", "19.49", "-14.49"),
        ] {
            let [from, take]: [Money; 2] = [from, take].map(|text| text.parse().unwrap());
            assert_eq!(from.minus(take).exact(), exact);
            assert_eq!(from.minus(take).is_negative(), from < take);
        }
    }

    #[test]
    fn anything_but_a_number_is_refused() {
        for sent in [
            "\"hunter2\"",
            "\"\"",
            "null",
            "true",
            "[]",
            "{}",
            "1e999",
            "1e16",
            "12345678901234567",
            "1e99999999999",
            "-10000000000000000",
        ] {
            assert!(read(sent).is_err(), "{sent}");
        }
        for text in [
            "", " 1", "1_000", "1,5", "NaN", "inf", "1e", "e5", "0x10", "--1", "1e-+2", ".",
        ] {
            assert_eq!(text.parse::<Money>(), Err(EXPECTED), "{text:?}");
        }
    }
}
