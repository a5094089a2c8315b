//! Points in time: epoch milliseconds in, ISO 8601 on the wire.

use std::fmt;
use std::str::FromStr;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A point in time, in milliseconds since 1970-01-01T00:00:00Z, between the years 1 and 9999.
///
/// On the wire it is ISO 8601 with an offset; finer fractions are cut to the millisecond.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Timestamp(i64);

/// 0001-01-01T00:00:00Z and 9999-12-31T23:59:59.999Z: what every language's dates can hold.
const RANGE_MS: std::ops::RangeInclusive<i64> = -62_135_596_800_000..=253_402_300_799_999;

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

    /// Whether a text is a time in exactly the form that this type writes.
    pub(crate) fn is_usual(text: &str) -> bool {
        usual(text.as_bytes()).is_some()
    }

    /// Reads an HTTP date such as `Sun, 06 Nov 1994 08:49:37 GMT`.
    #[must_use]
    pub fn from_http_date(text: &str) -> Option<Self> {
        let zoned = jiff::fmt::rfc2822::DateTimeParser::new()
            .parse_timestamp(text)
            .ok()?;
        Some(Self::from_millis(zoned.as_millisecond()))
    }
}

impl FromStr for Timestamp {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some(time) = usual(text.as_bytes()) {
            return Ok(time);
        }
        let parsed: jiff::Timestamp = text
            .parse()
            .map_err(|_| "an ISO 8601 time with an offset")?;
        let millis = parsed.as_millisecond();
        if RANGE_MS.contains(&millis) {
            Ok(Self(millis))
        } else {
            Err("a time between the years 1 and 9999")
        }
    }
}

/// Reads the one form that the service writes, `2026-05-10T14:32:00.000Z`, without the detours
/// that every other form takes: listings are full of times.
fn usual(text: &[u8]) -> Option<Timestamp> {
    let [
        y0,
        y1,
        y2,
        y3,
        b'-',
        mo1,
        mo2,
        b'-',
        d1,
        d2,
        b'T',
        h1,
        h2,
        b':',
        mi1,
        mi2,
        b':',
        s1,
        s2,
        b'.',
        ms1,
        ms2,
        ms3,
        b'Z',
    ] = *<&[u8; 24]>::try_from(text).ok()?
    else {
        return None;
    };
    let year = number(&[y0, y1, y2, y3]).filter(|year| *year > 0)?;
    let part = |one, two| number(&[one, two]).and_then(|part| i8::try_from(part).ok());
    let date = jiff::civil::Date::new(year, part(mo1, mo2)?, part(d1, d2)?).ok()?;
    let millis = i32::from(number(&[ms1, ms2, ms3])?);
    let time = jiff::civil::Time::new(
        part(h1, h2)?,
        part(mi1, mi2)?,
        part(s1, s2)?,
        millis * 1_000_000,
    );
    let instant = jiff::tz::Offset::UTC
        .to_timestamp(date.to_datetime(time.ok()?))
        .ok()?;
    Some(Timestamp(instant.as_millisecond()))
}

fn number(digits: &[u8]) -> Option<i16> {
    digits.iter().try_fold(0_i16, |number, byte| {
        byte.is_ascii_digit()
            .then(|| number * 10 + i16::from(byte - b'0'))
    })
}

impl Timestamp {
    /// `2026-05-10T14:32:00.000Z`. Listings are full of times, so this takes no detours.
    fn text(self) -> [u8; 24] {
        let time = jiff::Timestamp::from_millisecond(self.0).unwrap_or_default();
        let time = jiff::tz::Offset::UTC.to_datetime(time);
        let year = time.year().unsigned_abs();
        let part = |number: i8| digits(number.unsigned_abs().into());
        let [y0, y1, y2, y3] = digits(year);
        let ([_, _, mo1, mo2], [_, _, d1, d2]) = (part(time.month()), part(time.day()));
        let ([_, _, h1, h2], [_, _, mi1, mi2]) = (part(time.hour()), part(time.minute()));
        let [_, _, s1, s2] = part(time.second());
        let [_, ms1, ms2, ms3] = digits(time.millisecond().unsigned_abs());
        [
            y0, y1, y2, y3, b'-', mo1, mo2, b'-', d1, d2, b'T', h1, h2, b':', mi1, mi2, b':', s1,
            s2, b'.', ms1, ms2, ms3, b'Z',
        ]
    }
}

/// The last four decimal digits of a number.
fn digits(number: u16) -> [u8; 4] {
    let digit = |place: u16| b'0' + u8::try_from(number / place % 10).unwrap_or(0);
    [digit(1000), digit(100), digit(10), digit(1)]
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(std::str::from_utf8(&self.text()).unwrap_or_default())
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(std::str::from_utf8(&self.text()).unwrap_or_default())
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(TimestampVisitor)
    }
}

struct TimestampVisitor;

impl Visitor<'_> for TimestampVisitor {
    type Value = Timestamp;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an ISO 8601 time with an offset")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Timestamp, E> {
        text.parse()
            .map_err(|_| E::invalid_value(de::Unexpected::Str(text), &self))
    }
}

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
    fn a_time_without_an_offset_is_refused() {
        assert!("2026-05-10T14:32:00".parse::<Timestamp>().is_err());
        assert!("yesterday".parse::<Timestamp>().is_err());
        assert!("-000001-05-10T14:32:00Z".parse::<Timestamp>().is_err());
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
