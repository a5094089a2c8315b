//! A length of time that may vary.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A length in milliseconds, fixed or drawn evenly between two bounds. In JSON a number, or
/// `{"min": 60000, "max": 300000}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Value")]
pub struct Span {
    min: u64,
    max: u64,
}

impl Span {
    /// Between the two, both included, whichever is the greater.
    #[must_use]
    pub fn between(one: u64, other: u64) -> Self {
        Self {
            min: one.min(other),
            max: one.max(other),
        }
    }

    pub(crate) fn draw(self, rng: &mut fastrand::Rng) -> u64 {
        rng.u64(self.min..=self.max)
    }
}

impl From<u64> for Span {
    fn from(ms: u64) -> Self {
        Self { min: ms, max: ms }
    }
}

impl TryFrom<Value> for Span {
    type Error = &'static str;

    // Not an untagged enum: those buffer numbers in a way that fails once another crate of the same
    // program turns on serde_json's `arbitrary_precision`.
    fn try_from(value: Value) -> Result<Self, Self::Error> {
        let bound = |name: &str| value.get(name).and_then(Value::as_u64);
        value
            .as_u64()
            .map(Self::from)
            .or_else(|| Some(Self::between(bound("min")?, bound("max")?)))
            .ok_or("a length is a whole number of milliseconds or {\"min\", \"max\"}")
    }
}

#[cfg(test)]
mod tests {
    use super::Span;

    #[test]
    fn a_length_is_a_number_or_two_bounds() {
        assert_eq!(serde_json::from_str::<Span>("5").unwrap(), Span::from(5));
        assert_eq!(
            serde_json::from_str::<Span>(r#"{"min":1,"max":2}"#).unwrap(),
            Span::between(1, 2)
        );
        for wrong in ["-1", "1.5", "{}", r#"{"min":1}"#, "null"] {
            assert!(serde_json::from_str::<Span>(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_drawn_length_lies_between_its_bounds_and_varies() {
        let mut rng = fastrand::Rng::with_seed(1);
        let drawn: Vec<u64> = (0..100)
            .map(|_| Span::between(10, 20).draw(&mut rng))
            .collect();
        assert!(drawn.iter().all(|ms| (10..=20).contains(ms)));
        assert!(drawn.iter().any(|ms| *ms != drawn[0]));
    }
}
