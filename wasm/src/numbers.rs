//! JavaScript's numbers as the core's.

use stablevps_core::time::Timestamp;

/// Epoch milliseconds, as `Date.now()` has them. What is not a number is 1970.
pub fn timestamp(now_ms: f64) -> Timestamp {
    #[allow(clippy::cast_possible_truncation)]
    Timestamp::from_millis(now_ms as i64)
}

/// A seed: an integer from 0 up to 2^53 - 1.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
#[cfg(feature = "api")]
pub fn seed(number: f64) -> u64 {
    number as u64
}
