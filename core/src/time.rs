//! Points in time: epoch milliseconds in, RFC 3339 on the wire.

use std::fmt;
use std::str::FromStr;
use std::time::UNIX_EPOCH;

use chrono::{DateTime, NaiveDate, SecondsFormat};
use serde::{Serialize, Serializer};

use crate::json::text_scalar;

/// A point in time, in milliseconds since 1970-01-01T00:00:00Z, between the years 1 and 9999.
///
/// On the wire it is RFC 3339; finer fractions are cut to the millisecond.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Timestamp(i64);

/// 0001-01-01T00:00:00Z and 9999-12-31T23:59:59.999Z: what every language's dates can hold.
const RANGE_MS: std::ops::RangeInclusive<i64> = -62_135_596_800_000..=253_402_300_799_999;

/// How times are written: each 0 stands for a digit.
const FORM: &[u8; 24] = b"0000-00-00T00:00:00.000Z";

const EXPECTED: &str = "an RFC 3339 time";

impl Timestamp {
    /// From epoch milliseconds; a value outside the years 1 to 9999 becomes the nearest inside.
    #[must_use]
    pub fn from_millis(millis: i64) -> Self {
        Self(millis.clamp(*RANGE_MS.start(), *RANGE_MS.end()))
    }

    /// As epoch milliseconds.
    #[must_use]
    pub fn millis(self) -> i64 {
        self.0
    }

    /// This time, `delay_ms` later.
    #[must_use]
    pub fn plus_ms(self, delay_ms: u64) -> Self {
        Self::from_millis(self.0.saturating_add_unsigned(delay_ms))
    }

    /// The milliseconds since `earlier`; 0 where the clock ran backwards.
    #[must_use]
    pub fn since_ms(self, earlier: Self) -> u64 {
        u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0)
    }

    /// Whether a text is a time in exactly the form that this type writes. Listings are full of them: the
    /// digits are looked at where they stand, and only the calendar is the library's.
    pub(crate) fn is_canonical(text: &str) -> bool {
        let bytes = text.as_bytes();
        let fits = |(byte, form): (&u8, &u8)| match form {
            b'0' => byte.is_ascii_digit(),
            mark => byte == mark,
        };
        if bytes.len() != FORM.len() || !bytes.iter().zip(FORM).all(fits) {
            return false;
        }
        let number = |at: std::ops::Range<usize>| {
            let digits = bytes.get(at).unwrap_or_default();
            digits
                .iter()
                .fold(0, |number, digit| 10 * number + u32::from(digit - b'0'))
        };
        let year = i32::try_from(number(0..4)).unwrap_or_default();
        let date = NaiveDate::from_ymd_opt(year, number(5..7), number(8..10));
        // A leap second is read as the second before it.
        year > 0
            && date.is_some()
            && number(11..13) < 24
            && number(14..16) < 60
            && number(17..19) < 60
    }

    /// Reads an HTTP date such as `Sun, 06 Nov 1994 08:49:37 GMT`.
    #[must_use]
    pub fn from_http_date(text: &str) -> Option<Self> {
        let date = httpdate::parse_http_date(text).ok()?;
        let since = date.duration_since(UNIX_EPOCH).ok()?;
        i64::try_from(since.as_millis()).ok().map(Self::from_millis)
    }
}

impl FromStr for Timestamp {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let time = DateTime::parse_from_rfc3339(text)
            // Without an offset it is UTC.
            .or_else(|_| DateTime::parse_from_rfc3339(&format!("{text}Z")))
            .map_err(|_| EXPECTED)?;
        // The library has a leap second as the second before it, with 1,000 to 1,999 milliseconds.
        let fraction = i64::from(time.timestamp_subsec_millis() % 1000);
        let millis = time
            .timestamp()
            .saturating_mul(1000)
            .saturating_add(fraction);
        if RANGE_MS.contains(&millis) {
            Ok(Self(millis))
        } else {
            Err("a time between the years 1 and 9999")
        }
    }
}

impl fmt::Display for Timestamp {
    /// `2026-05-10T14:32:00.000Z`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = DateTime::from_timestamp_millis(self.0).ok_or(fmt::Error)?;
        f.write_str(&time.to_rfc3339_opts(SecondsFormat::Millis, true))
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

text_scalar!(Timestamp, EXPECTED);

#[cfg(feature = "uniffi")]
uniffi::custom_type!(Timestamp, i64, {
    lower: |time| time.0,
    try_lift: |millis| Ok(Timestamp::from_millis(millis)),
});
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_the_service_sends_and_writes_it_back() {
        let sent = "2026-05-10T14:32:00.000Z";
        let read: Timestamp = sent.parse().unwrap();
        assert_eq!(read.millis(), 1_778_423_520_000);
        assert_eq!(read.to_string(), sent);
    }

    #[test]
    fn the_usual_form_is_the_one_that_is_written() {
        for text in [
            "2026-05-10T14:32:00.000Z",
            "2026-05-10T14:32:60.000Z",
            "2026-05-10T14:32:00.0000",
            "2026-05-10T14:32:00,000Z",
            "2026-05-10 14:32:00.000Z",
            "2026-05-10T14:32:00.000z",
            "20260510T14:32:00.00000Z",
            "2026-05-10T143200.00000Z",
            "2026-05-10T14:32:00.12Z",
            "2026-02-30T14:32:00.000Z",
        ] {
            let written = text.parse().map(|time: Timestamp| time.to_string());
            assert_eq!(
                Timestamp::is_canonical(text),
                written.as_deref() == Ok(text),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_no_time_is_refused_in_the_usual_form_too() {
        for bad in [
            "2026-02-30T14:32:00.000Z",
            "2026-13-01T14:32:00.000Z",
            "2026-05-10T24:32:00.000Z",
            "2026-05-10T14:60:00.000Z",
            "0000-05-10T14:32:00.000Z",
            "2026-05-1xT14:32:00.000Z",
        ] {
            assert!(bad.parse::<Timestamp>().is_err(), "{bad}");
        }
        let leap: Timestamp = "2024-02-29T23:59:59.999Z".parse().unwrap();
        assert_eq!(leap.to_string(), "2024-02-29T23:59:59.999Z");
    }

    #[test]
    fn an_offset_is_converted_and_finer_fractions_are_cut() {
        let read: Timestamp = "2026-05-10T16:32:00.123987+02:00".parse().unwrap();
        assert_eq!(read.to_string(), "2026-05-10T14:32:00.123Z");
    }

    #[test]
    fn a_time_without_an_offset_is_utc() {
        let read: Timestamp = "2026-05-10T14:32:00.5".parse().unwrap();
        assert_eq!(read.to_string(), "2026-05-10T14:32:00.500Z");
        for bad in [
            "yesterday",
            "-000001-05-10T14:32:00Z",
            "",
            "2026-05-10",
            "14:32:00",
        ] {
            assert!(bad.parse::<Timestamp>().is_err(), "{bad}");
        }
    }

    #[test]
    fn an_http_date_is_read() {
        let read = Timestamp::from_http_date("Sun, 06 Nov 1994 08:49:37 GMT").unwrap();
        assert_eq!(read.to_string(), "1994-11-06T08:49:37.000Z");
        assert_eq!(Timestamp::from_http_date("soon"), None);
    }

    #[test]
    fn a_clock_that_runs_backwards_gives_no_negative_time() {
        assert_eq!(
            Timestamp::from_millis(5).since_ms(Timestamp::from_millis(9)),
            0
        );
    }
}
