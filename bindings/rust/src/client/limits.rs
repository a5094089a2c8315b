//! Spans of time as the core takes them, and the limits of single calls.

use std::time::Duration;

use stablevps_core::config::CallOptions;

/// How calls differ from their client's configuration: see [`Client::with_limits`](crate::Client::with_limits).
/// Purchases have limits of their own.
///
/// ```
/// use std::time::Duration;
/// use stablevps::CallLimits;
///
/// let brief = CallLimits::default().deadline(Duration::from_secs(3)).max_retries(0);
/// # assert_eq!(brief.max_retries, Some(0));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CallLimits {
    /// How long each request may take. Default: the client's.
    pub timeout: Option<Duration>,
    /// How long the call may take with all its retries. Default: no limit.
    pub deadline: Option<Duration>,
    /// How often a failed request is repeated, at most: from 0 to 1,000. Default: the client's.
    pub max_retries: Option<u32>,
}

impl CallLimits {
    /// How long each request may take.
    #[must_use]
    pub fn timeout(self, timeout: Duration) -> Self {
        Self {
            timeout: Some(timeout),
            ..self
        }
    }

    /// How long the call may take with all its retries.
    #[must_use]
    pub fn deadline(self, deadline: Duration) -> Self {
        Self {
            deadline: Some(deadline),
            ..self
        }
    }

    /// How often a failed request is repeated, at most.
    #[must_use]
    pub fn max_retries(self, max_retries: u32) -> Self {
        Self {
            max_retries: Some(max_retries),
            ..self
        }
    }

    pub(crate) fn options(self) -> CallOptions {
        CallOptions {
            timeout_ms: self.timeout.map(millis),
            deadline_ms: self.deadline.map(millis),
            max_retries: self.max_retries.map(i64::from),
        }
    }
}

/// Whole milliseconds, rounded up: only no time at all is 0.
pub(crate) fn millis(duration: Duration) -> i64 {
    let millis = duration.as_nanos().div_ceil(1_000_000);
    i64::try_from(millis).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_rounded_up_to_milliseconds() {
        for (span, expected) in [
            (Duration::ZERO, 0),
            (Duration::from_nanos(1), 1),
            (Duration::from_micros(1_500), 2),
            (Duration::from_secs(30), 30_000),
            (Duration::MAX, i64::MAX),
        ] {
            assert_eq!(millis(span), expected, "{span:?}");
        }
    }
}
