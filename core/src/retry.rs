//! Whether to try again, and when.
//!
//! | class | not sent | unknown, 5xx of passing faults | 429 of the service's own |
//! |---|---|---|---|
//! | read | retry | retry | retry after Retry-After |
//! | repeatable | retry | retry | retry after Retry-After |
//! | once | retry | never | retry: it was refused |
//!
//! A refusal counts as the service's own where its body is JSON with an `error` in words. The same status
//! from something in between is a passing fault. Creating a key is an exception: its 429 says that the
//! account has all the keys it may have.

use crate::http::HttpResponse;
use crate::time::Timestamp;

/// The longest Retry-After that is believed: a day.
const LONGEST_RETRY_AFTER_MS: u64 = 24 * 60 * 60 * 1000;

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

/// Statuses after which a request may have been carried out all the same.
pub(crate) fn may_have_effect(status: u16) -> bool {
    matches!(status, 500 | 502 | 504 | 520..=524)
}

/// What a reply 429 or 503 asks to wait: seconds or an HTTP date, which is measured against the reply's own
/// date, or against the `time` of day where it has none. Negative and absurd values are ignored.
pub(crate) fn retry_after_ms(response: &HttpResponse, time: Timestamp) -> Option<u64> {
    if !matches!(response.status, 429 | 503) {
        return None;
    }
    let text = response.header("retry-after")?.trim();
    let asked = if let Ok(seconds) = text.parse::<u64>() {
        seconds.saturating_mul(1000)
    } else {
        let at = Timestamp::from_http_date(text)?;
        let sent = response.header("date").and_then(Timestamp::from_http_date);
        let sent = sent.unwrap_or(time);
        u64::try_from(at.millis().saturating_sub(sent.millis())).ok()?
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
            ("300", Some(300_000)),
            ("86400", Some(86_400_000)),
            ("86401", None),
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

    #[test]
    fn a_date_is_measured_against_the_reply_s_own() {
        let mut response = HttpResponse {
            status: 503,
            headers: vec![
                (
                    "retry-after".to_owned(),
                    "Sun, 06 Nov 1994 08:50:37 GMT".to_owned(),
                ),
                (
                    "Date".to_owned(),
                    "Sun, 06 Nov 1994 08:49:37 GMT".to_owned(),
                ),
            ],
            body: Vec::new(),
        };
        let now = Timestamp::from_http_date("Sun, 06 Nov 2005 08:49:37 GMT").unwrap();
        assert_eq!(retry_after_ms(&response, now), Some(60_000));
        response.status = 500;
        assert_eq!(retry_after_ms(&response, now), None);
    }
}
