//! JavaScript's numbers as the core's.

use stablevps_core::time::Timestamp;

/// Epoch milliseconds, as `Date.now()` has them. What is not a number is 1970.
pub fn timestamp(now_ms: f64) -> Timestamp {
    #[allow(clippy::cast_possible_truncation)]
    Timestamp::from_millis(now_ms as i64)
}

/// A number of milliseconds or of things, or a seed. What is negative or not a number is 0, which
/// the core refuses where it makes no sense; what is too large is the largest.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
#[cfg(feature = "api")]
pub fn whole(number: f64) -> u64 {
    number as u64
}

/// A number of days. A fraction is cut off; the core refuses what is too small or too large.
#[allow(clippy::cast_possible_truncation)]
#[cfg(feature = "api")]
pub fn days(number: f64) -> i64 {
    number as i64
}
