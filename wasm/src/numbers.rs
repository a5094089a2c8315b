//! JavaScript's numbers as the core's.

#[cfg(feature = "api")]
use stablevps_core::clock::{Instant, Now};

/// Milliseconds of a monotonic clock, as `performance.now()` has them. What is not a number is 0.
#[cfg(feature = "api")]
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
pub fn instant(now_ms: f64) -> Instant {
    Instant::from_millis(now_ms as u64)
}

/// Both clocks; the time of day in epoch milliseconds, as `Date.now()` has them.
#[cfg(feature = "api")]
pub fn now(now_ms: f64, time_ms: f64) -> Now {
    Now::from_millis(instant(now_ms).millis(), epoch(time_ms))
}

/// Epoch milliseconds. What is not a number is 1970.
#[allow(clippy::cast_possible_truncation)]
pub fn epoch(time_ms: f64) -> i64 {
    time_ms as i64
}

/// A seed: an integer from 0 up to 2^53 - 1.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
#[cfg(feature = "api")]
pub fn seed(number: f64) -> u64 {
    number as u64
}
