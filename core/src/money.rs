//! Money, decimal from the JSON text to the user.

use std::fmt;
use std::str::FromStr;

use rust_decimal::{Decimal, RoundingStrategy};

use crate::json::{Field, Json, Misfit, Raw, Writer, text_field};

/// An exact amount of money. Shown rounded half-even to the cent: `80.50999999999999` is `80.51`.
///
/// The service keeps money in binary floating point, so what it sends may have a tail of digits.
/// Comparisons use the exact value, every text form the rounded one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Money(Decimal);

impl Money {
    /// An amount in hundredths: `Money::from_cents(1949)` is `19.49`.
    #[must_use]
    pub fn from_cents(cents: i64) -> Self {
        Self(Decimal::new(cents, 2))
    }

    /// The exact text, with every digit that was sent.
    #[must_use]
    pub fn exact(self) -> String {
        self.0.normalize().to_string()
    }

    /// This amount rounded half-even to the cent.
    #[must_use]
    pub fn rounded(self) -> Self {
        Self(
            self.0
                .round_dp_with_strategy(2, RoundingStrategy::MidpointNearestEven),
        )
    }

    /// `self - other`, exact; where 28 digits cannot hold it, the nearest.
    #[must_use]
    pub fn minus(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// Whether the amount is below zero.
    #[must_use]
    pub fn is_negative(self) -> bool {
        self.0.is_sign_negative() && !self.0.is_zero()
    }
}

impl FromStr for Money {
    type Err = &'static str;

    /// Reads plain or scientific decimal text. What lies behind the 28th decimal is dropped: binary
    /// floating point leaves such dust where nothing should be left.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const EXPECTED: &str = "a decimal number of at most 28 digits";
        let (digits, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let exponent: i32 = exponent.parse().map_err(|_| EXPECTED)?;
        let number = Decimal::from_str(digits).map_err(|_| EXPECTED)?;
        let whole_digits = digits
            .split('.')
            .next()
            .unwrap_or_default()
            .trim_start_matches('-')
            .len();
        if digits.len() > 60 || whole_digits > 28 {
            return Err(EXPECTED);
        }
        shifted(number, exponent).map(Self).ok_or(EXPECTED)
    }
}

/// `number * 10^exponent`, cut to 28 decimals.
fn shifted(number: Decimal, exponent: i32) -> Option<Decimal> {
    let scale = i64::from(number.scale()).checked_sub(i64::from(exponent))?;
    let mantissa = number.mantissa();
    if scale < 0 {
        let factor = 10_i128.checked_pow(u32::try_from(scale.checked_neg()?).ok()?)?;
        return Decimal::try_from_i128_with_scale(mantissa.checked_mul(factor)?, 0).ok();
    }
    let excess = u32::try_from(scale.saturating_sub(28).clamp(0, 64)).ok()?;
    let kept = 10_i128
        .checked_pow(excess)
        .map_or(0, |divisor| mantissa / divisor);
    Decimal::try_from_i128_with_scale(kept, u32::try_from(scale.min(28)).ok()?).ok()
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rounded = self.rounded().0;
        let shown = if rounded.is_zero() {
            Decimal::ZERO
        } else {
            rounded
        };
        write!(f, "{shown:.2}")
    }
}

impl Json for Money {
    /// As a string with two digits after the point, so that no reader makes a float of it.
    fn write(&self, to: &mut Writer) {
        to.text(&self.to_string());
    }
}

impl Field for Money {
    const EXPECTED: &'static str = "a number";

    /// From a JSON number's own text.
    fn read(value: Raw<'_>, expected: &'static str) -> Result<Self, Misfit> {
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

impl FromStr for Exact {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

text_field!(Exact, "an amount as decimal text");

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
        Fields::of(body.as_bytes(), &["balance"])?.take()
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
            ("12345678901234567.89", "12345678901234567.89"),
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
    fn anything_but_a_number_is_refused() {
        for sent in ["\"19.49\"", "null", "true", "[]", "{}", "1e999"] {
            assert!(read(sent).is_err(), "{sent}");
        }
    }
}
