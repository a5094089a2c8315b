//! Money, decimal from the JSON text to the user.
//!
//! A sum is whole cents and what is left of a cent, both as integers. Libraries for decimals of any
//! scale would be a sixth of what a browser loads, for a sum that has but one.

use core::cmp::Ordering;
use core::fmt;
use core::ops::Range;
use core::str::FromStr;

use crate::json::{Field, Json, Misfit, Raw, Writer};
use crate::prelude::*;
use crate::words::{padded, words};

/// How many parts of a cent are told apart: sixteen decimals behind it, more than binary floating point
/// has for a sum of a cent.
const PARTS: u64 = 10_u64.pow(16);
/// How many digits there may be before the point.
const WHOLE_DIGITS: i64 = 16;

/// An exact amount of money. Shown rounded half-even to the cent: `80.50999999999999` is `80.51`.
///
/// The service keeps money in binary floating point, so what it sends may have a tail of digits.
/// Comparisons use the exact value, every text form the rounded one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Money {
    /// Whole cents, rounded down.
    cents: i64,
    /// What is above them: less than [`PARTS`].
    parts: u64,
}

impl Money {
    /// An amount in hundredths: `Money::from_cents(1949)` is `19.49`.
    #[must_use]
    pub fn from_cents(cents: i64) -> Self {
        Self { cents, parts: 0 }
    }

    /// The exact text, with every digit that was sent up to the 18th behind the point.
    #[must_use]
    pub fn exact(self) -> String {
        let (sign, whole, cents, parts) = self.digits();
        let text = words!(sign, whole, ".", cents, parts);
        let text = text.trim_end_matches('0');
        text.strip_suffix('.').unwrap_or(text).to_owned()
    }

    /// The text that is shown: with two decimals.
    #[must_use]
    pub fn shown(self) -> String {
        let (sign, whole, cents, _) = self.rounded().digits();
        words!(sign, whole, ".", cents)
    }

    /// The sign, the digits before the point, the two behind it, and the sixteen behind those.
    fn digits(self) -> (&'static str, String, String, String) {
        let (sign, Self { cents, parts }) = self.magnitude();
        let cents = cents.unsigned_abs();
        let (whole, cents) = ((cents / 100).to_string(), padded(cents % 100, 2));
        (sign, whole, cents, padded(parts, 16))
    }

    /// This amount rounded half-even to the cent.
    #[must_use]
    pub fn rounded(self) -> Self {
        let is_odd = self.cents & 1 != 0;
        let up = match self.parts.cmp(&(PARTS / 2)) {
            Ordering::Less => false,
            Ordering::Equal => is_odd,
            Ordering::Greater => true,
        };
        Self::from_cents(self.cents.saturating_add(i64::from(up)))
    }

    /// `self - other`, exact; where that is too large, the largest.
    #[must_use]
    pub fn minus(self, other: Self) -> Self {
        let cents = self.cents.saturating_sub(other.cents);
        match self.parts.checked_sub(other.parts) {
            Some(parts) => Self { cents, parts },
            None => Self {
                cents: cents.saturating_sub(1),
                parts: self.parts.saturating_add(PARTS).saturating_sub(other.parts),
            },
        }
    }

    /// Whether the amount is below zero.
    #[must_use]
    pub fn is_negative(self) -> bool {
        self.cents < 0
    }

    /// The sign, and the amount without.
    fn magnitude(self) -> (&'static str, Self) {
        if self.is_negative() {
            ("-", Self::default().minus(self))
        } else {
            ("", self)
        }
    }
}

impl FromStr for Money {
    type Err = &'static str;

    /// Reads plain or scientific decimal text. What lies behind the 18th decimal is dropped: binary
    /// floating point leaves such dust where nothing should be left.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        read(text).ok_or("a decimal number of at most 16 digits before the point")
    }
}

fn read(text: &str) -> Option<Money> {
    let (number, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let exponent: i32 = exponent.parse().ok()?;
    let unsigned = number.strip_prefix('-');
    let is_negative = unsigned.is_some();
    let unsigned = unsigned.or(number.strip_prefix('+')).unwrap_or(number);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let digits = || whole.bytes().chain(fraction.bytes());
    if digits().next().is_none() || !digits().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let zeros = digits().take_while(|digit| *digit == b'0').count();
    let mut digits = digits().skip(zeros).map(|digit| u64::from(digit - b'0'));
    // How many of the digits from the first that is not zero stand before the point; where it is less
    // than none, there are zeros between the two.
    let before = i64::try_from(whole.len()).ok()? - i64::try_from(zeros).ok()?;
    let before = before.saturating_add(i64::from(exponent));
    let is_zero = digits.clone().next().is_none();
    if before > WHOLE_DIGITS && !is_zero {
        return None;
    }
    let mut number = |places: Range<i64>| {
        places.fold(0, |number, place| {
            number * 10
                + if place < 0 {
                    0
                } else {
                    digits.next().unwrap_or(0)
                }
        })
    };
    let end = before.min(WHOLE_DIGITS) + 2;
    let cents = i64::try_from(number(0..end)).ok()?;
    let amount = Money {
        cents,
        parts: number(end..end + 16),
    };
    Some(if is_negative {
        Money::default().minus(amount)
    } else {
        amount
    })
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown())
    }
}

impl Json for Money {
    /// As a string with two digits after the point, so that no reader makes a float of it.
    fn write(&self, to: &mut Writer) {
        to.text(&self.shown());
    }
}

impl Field for Money {
    const EXPECTED: &'static str = "a number";

    fn stand_in() -> Self {
        Self::default()
    }

    /// From a JSON number's own text.
    fn read(value: &Raw<'_>, expected: &'static str) -> Result<Self, Misfit> {
        match value {
            Raw::Number(text) => text
                .parse()
                .map_err(|expected| Misfit::expected(expected, "number")),
            other => Err(Misfit::expected(expected, other.kind())),
        }
    }
}

/// Money in the product's own documents (tokens), where it is exact text.
pub(crate) struct Exact(pub Money);

impl Field for Exact {
    const EXPECTED: &'static str = "an amount as decimal text";

    fn stand_in() -> Self {
        Self(Money::default())
    }

    /// From text. An empty one is no amount, and not none: a limit is not lost by that.
    fn read(value: &Raw<'_>, expected: &'static str) -> Result<Self, Misfit> {
        let text = value.text(expected)?;
        text.parse()
            .map(Self)
            .map_err(|_| Misfit::expected(expected, "string"))
    }
}

impl Json for Exact {
    fn write(&self, to: &mut Writer) {
        to.text(&self.0.exact());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Fields;

    fn read(json: &str) -> Result<Money, Misfit> {
        let body = format!(r#"{{"balance":{json}}}"#);
        let mut fields = Fields::of(body.as_bytes(), &["balance"])?;
        let money = fields.take();
        fields.checked(money)
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
            "\"19.49\"",
            "null",
            "true",
            "[]",
            "{}",
            "1e999",
            "1e16",
            "12345678901234567",
            "1e99999999999",
        ] {
            assert!(read(sent).is_err(), "{sent}");
        }
    }
}
