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

/// The first delay's upper bound; each later one's is twice as long.
const FIRST_DELAY_MS: u64 = 500;
/// The longest upper bound.
const LONGEST_DELAY_MS: u64 = 8_000;

/// The delay before retry number `retry` (from 0): anything up to its upper bound, which grows
/// exponentially ("full jitter").
pub(crate) fn delay_ms(retry: u32, rng: &mut fastrand::Rng) -> u64 {
    let bound = FIRST_DELAY_MS.saturating_mul(2_u64.saturating_pow(retry));
    rng.u64(0..=bound.min(LONGEST_DELAY_MS))
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

    #[test]
    fn delays_stay_below_a_doubling_bound() {
        let mut rng = fastrand::Rng::with_seed(7);
        for (retry, bound) in [(0, 500), (1, 1000), (3, 4000), (4, 8000), (40, 8000)] {
            let most = (0..200).map(|_| delay_ms(retry, &mut rng)).max().unwrap();
            assert!(most <= bound && most > bound / 2, "retry {retry}: {most}");
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
