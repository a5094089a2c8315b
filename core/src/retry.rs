//! Whether to try again, and when.
//!
//! | class | not sent | unknown, 5xx of passing faults | 429 |
//! |---|---|---|---|
//! | read | retry | retry | retry after Retry-After |
//! | repeatable | retry | retry | retry after Retry-After |
//! | once | retry | never | retry: it was refused |
//!
//! Creating a key is the exception: its 429 says that the account has all the keys it may have.

use crate::http::HttpResponse;
use crate::time::Timestamp;

/// The longest Retry-After that is believed.
const LONGEST_RETRY_AFTER_MS: u64 = 120_000;

/// How failures are met: exponential delays with full jitter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    /// How often a failed request is repeated. Default 2.
    pub max_retries: u32,
    /// The first delay's upper bound, in milliseconds; each later one's is twice as long. Default 500.
    pub base_ms: u64,
    /// The longest upper bound, in milliseconds. Default 8,000.
    pub cap_ms: u64,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            max_retries: 2,
            base_ms: 500,
            cap_ms: 8_000,
        }
    }
}

impl RetryPolicy {
    /// The delay before retry number `retry` (from 0): anything up to its upper bound.
    pub(crate) fn delay_ms(&self, retry: u32, rng: &mut fastrand::Rng) -> u64 {
        let bound = self
            .base_ms
            .saturating_mul(2_u64.saturating_pow(retry))
            .min(self.cap_ms);
        between(0, bound, rng)
    }
}

/// A number from `least` up to `most`, each of them as likely. A range's own bounds are checked with a
/// panic, whose words alone would be a hundredth of what a browser loads.
pub(crate) fn between(least: u64, most: u64, rng: &mut fastrand::Rng) -> u64 {
    let span = u128::from(most.saturating_sub(least)).saturating_add(1);
    let above = u128::from(rng.u64(..)).saturating_mul(span) >> 64;
    least.saturating_add(u64::try_from(above).unwrap_or(0))
}

/// Statuses that a passing fault of the service, its provider or a proxy gives.
pub(crate) fn is_passing(status: u16) -> bool {
    matches!(
        status,
        408 | 425 | 500 | 502 | 503 | 504 | 520..=524 | 529 | 530
    )
}

/// Statuses by which the service says that it did not do what was asked.
pub(crate) fn is_refusal(status: u16) -> bool {
    matches!(status, 400..=405 | 413 | 415 | 422 | 429)
}

/// What the reply asks to wait: seconds or an HTTP date. Negative and absurd values are ignored.
pub(crate) fn retry_after_ms(response: &HttpResponse, now: Timestamp) -> Option<u64> {
    let text = response.header("retry-after")?.trim();
    let asked = if let Ok(seconds) = text.parse::<u64>() {
        seconds.saturating_mul(1000)
    } else {
        let at = Timestamp::from_http_date(text)?;
        u64::try_from(at.millis().saturating_sub(now.millis())).ok()?
    };
    (asked <= LONGEST_RETRY_AFTER_MS).then_some(asked)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prelude::*;

    #[test]
    fn delays_stay_below_a_doubling_bound() {
        let policy = RetryPolicy::default();
        let mut rng = fastrand::Rng::with_seed(7);
        for (retry, bound) in [(0, 500), (1, 1000), (3, 4000), (4, 8000), (40, 8000)] {
            let most = (0..200)
                .map(|_| policy.delay_ms(retry, &mut rng))
                .max()
                .unwrap();
            assert!(most <= bound && most > bound / 2, "retry {retry}: {most}");
        }
    }

    #[test]
    fn a_number_between_bounds_is_the_one_that_the_library_draws() {
        let (mut ours, mut theirs) = (fastrand::Rng::with_seed(7), fastrand::Rng::with_seed(7));
        for (least, most) in [
            (0, 0),
            (0, 1),
            (5, 4),
            (400, 500),
            (0, u64::MAX),
            (7, u64::MAX),
        ] {
            for _ in 0..50 {
                let drawn = between(least, most, &mut ours);
                let expected = theirs.u64(least..=most.max(least));
                assert_eq!(drawn, expected, "{least}..={most}");
            }
        }
    }

    #[test]
    fn retry_after_is_seconds_or_a_date_and_never_absurd() {
        let now = Timestamp::from_http_date("Sun, 06 Nov 1994 08:49:37 GMT").unwrap();
        for (sent, expected) in [
            ("3", Some(3000)),
            (" 0 ", Some(0)),
            ("120", Some(120_000)),
            ("121", None),
            ("-1", None),
            ("1.5", None),
            ("soon", None),
            ("99999999999999999999999", None),
            ("Sun, 06 Nov 1994 08:49:40 GMT", Some(3000)),
            ("Sun, 06 Nov 1994 08:49:30 GMT", None),
            ("Sun, 06 Nov 1999 08:49:30 GMT", None),
        ] {
            let headers = vec![("Retry-After".to_owned(), sent.to_owned())];
            let response = HttpResponse {
                status: 429,
                headers,
                body: Vec::new(),
            };
            assert_eq!(retry_after_ms(&response, now), expected, "{sent}");
        }
    }
}
