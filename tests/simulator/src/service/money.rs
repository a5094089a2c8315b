//! Amounts of money as the service keeps them: binary floating point, in EUR.

use serde::{Deserialize, Serialize, Serializer};

/// An amount in EUR. It prints as JavaScript prints a number: `80.50999999999999`, `19.49`, `100`.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default, Deserialize)]
#[serde(from = "f64")]
pub struct Euros(f64);

impl Euros {
    /// The amount as a number.
    #[must_use]
    pub fn value(self) -> f64 {
        self.0
    }

    pub(crate) fn minus(self, other: Self) -> Self {
        Self::from(self.0 - other.0)
    }

    pub(crate) fn plus(self, other: Self) -> Self {
        Self::from(self.0 + other.0)
    }

    pub(crate) fn to_the_cent(self) -> Self {
        Self::from((self.0 * 100.0).round() / 100.0)
    }
}

impl From<f64> for Euros {
    /// What is not a finite number counts as zero.
    fn from(value: f64) -> Self {
        Self(if value.is_finite() { value } else { 0.0 })
    }
}

impl Serialize for Euros {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // Above 2^53 neither form is exact; no wallet is that full.
        const WHOLE: f64 = 9_007_199_254_740_992.0;
        if self.0.fract() == 0.0 && self.0.abs() < WHOLE {
            #[allow(clippy::cast_possible_truncation)]
            return serializer.serialize_i64(self.0 as i64);
        }
        serializer.serialize_f64(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Euros;

    #[test]
    fn amounts_print_as_javascript_prints_them() {
        let cases = [
            (100.0, "100"),
            (100.0 - 12.49 - 12.49, "75.02000000000001"),
            (80.51, "80.51"),
            (-0.0, "0"),
            (0.1 + 0.2, "0.30000000000000004"),
        ];
        for (amount, text) in cases {
            assert_eq!(serde_json::to_string(&Euros::from(amount)).unwrap(), text);
        }
    }
}
