//! Points in time: epoch milliseconds in, ISO 8601 on the wire.

use core::fmt;
use core::str::FromStr;

use crate::json::{Json, Writer, text_field};
/// A point in time, in milliseconds since 1970-01-01T00:00:00Z, between the years 1 and 9999.
///
/// On the wire it is ISO 8601 with an offset; finer fractions are cut to the millisecond.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Timestamp(i64);

/// 0001-01-01T00:00:00Z and 9999-12-31T23:59:59.999Z: what every language's dates can hold.
const RANGE_MS: core::ops::RangeInclusive<i64> = -62_135_596_800_000..=253_402_300_799_999;

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
        let bytes = text.as_bytes();
        let marks = bytes.len() == 24
            && [(4, b'-'), (10, b'T'), (13, b':'), (19, b'.'), (23, b'Z')]
                .iter()
                .all(|(place, mark)| bytes.get(*place) == Some(mark));
        // A leap second is read as the second before it.
        marks && bytes.get(17) != Some(&b'6') && text.parse::<Self>().is_ok()
    }

    /// Reads an HTTP date such as `Sun, 06 Nov 1994 08:49:37 GMT`.
    #[must_use]
    pub fn from_http_date(text: &str) -> Option<Self> {
        read_http_date(&mut Reader(text.as_bytes())).map(Self::from_millis)
    }
}

impl FromStr for Timestamp {
    type Err = &'static str;

    /// Reads ISO 8601 in its extended or basic form. Minutes, seconds and a fraction of up to nine
    /// digits may be missing; the offset may not, because without it the text is no point in time.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let millis =
            read_iso(&mut Reader(text.as_bytes())).ok_or("an ISO 8601 time with an offset")?;
        if RANGE_MS.contains(&millis) {
            Ok(Self(millis))
        } else {
            Err("a time between the years 1 and 9999")
        }
    }
}

const DAY_MS: i64 = 86_400_000;

fn read_iso(text: &mut Reader<'_>) -> Option<i64> {
    let year = text.digits::<4>()?;
    let extended = text.skip(b"-");
    let month = text.digits::<2>()?;
    if extended != text.skip(b"-") {
        return None;
    }
    let day = day_number(year, month, text.digits::<2>()?)?;
    if !text.skip(b"Tt ") {
        return None;
    }
    let (time, has_seconds) = text.sexagesimal()?;
    let fraction = if has_seconds { text.fraction()? } else { 0 };
    let time = time_of_day(time)? + fraction;
    let offset = if text.skip(b"Zz") { 0 } else { text.offset()? };
    text.end(day * DAY_MS + time - offset)
}

/// The one form of a date that HTTP lets a server write, IMF-fixdate.
fn read_http_date(text: &mut Reader<'_>) -> Option<i64> {
    // The 1st of January 1970 was a Thursday.
    const WEEKDAYS: &[u8; 21] = b"ThuFriSatSunMonTueWed";
    const MONTHS: &[u8; 36] = b"JanFebMarAprMayJunJulAugSepOctNovDec";
    let weekday = text.name(WEEKDAYS)?;
    text.words(b", ")?;
    let day = text.digits::<2>()?;
    text.words(b" ")?;
    let month = text.name(MONTHS)? + 1;
    text.words(b" ")?;
    let year = text.digits::<4>()?;
    text.words(b" ")?;
    let hour = text.digits::<2>()?;
    text.words(b":")?;
    let minute = text.digits::<2>()?;
    text.words(b":")?;
    let second = text.digits::<2>()?;
    text.words(b" GMT")?;
    let day = day_number(year, month, day).filter(|day| day.rem_euclid(7) == weekday)?;
    text.end(day * DAY_MS + time_of_day([hour, minute, second])?)
}

/// Milliseconds since midnight. A leap second counts as the one before it.
fn time_of_day([hour, minute, second]: [i64; 3]) -> Option<i64> {
    let valid = hour < 24 && minute < 60 && second <= 60;
    valid.then_some(((hour * 60 + minute) * 60 + second.min(59)) * 1000)
}

/// What of a text has not been read yet. Every reading takes what it reads away.
struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    /// A number of exactly so many digits.
    fn digits<const COUNT: usize>(&mut self) -> Option<i64> {
        let (digits, rest) = self.0.split_first_chunk::<COUNT>()?;
        let number = digits.iter().try_fold(0, |number, byte| {
            byte.is_ascii_digit()
                .then(|| number * 10 + i64::from(byte - b'0'))
        })?;
        self.0 = rest;
        Some(number)
    }

    /// Whether the next character is one of these.
    fn skip(&mut self, any_of: &[u8]) -> bool {
        match self.0.split_first() {
            Some((first, rest)) if any_of.contains(first) => {
                self.0 = rest;
                true
            }
            _ => false,
        }
    }

    fn words(&mut self, words: &[u8]) -> Option<()> {
        self.0 = self.0.strip_prefix(words)?;
        Some(())
    }

    /// Which of these names of three letters comes next.
    fn name(&mut self, names: &[u8]) -> Option<i64> {
        let (name, rest) = self.0.split_first_chunk::<3>()?;
        let place = names.chunks_exact(3).position(|known| known == name)?;
        self.0 = rest;
        i64::try_from(place).ok()
    }

    /// `+02:00`, `+0200` or `+02`, in milliseconds.
    fn offset(&mut self) -> Option<i64> {
        let sign = if self.skip(b"+") {
            1
        } else {
            self.skip(b"-").then_some(-1)?
        };
        let ([hours, minutes, seconds], _) = self.sexagesimal()?;
        let valid = hours < 26 && minutes < 60 && seconds < 60;
        valid.then_some(sign * ((hours * 60 + minutes) * 60 + seconds) * 1000)
    }

    /// `14`, `14:32`, `14:32:00` or the same without colons, and whether all three are there.
    fn sexagesimal(&mut self) -> Option<([i64; 3], bool)> {
        let first = self.digits::<2>()?;
        let extended = self.0.starts_with(b":");
        if !self.goes_on(extended) {
            return Some(([first, 0, 0], false));
        }
        let second = self.digits::<2>()?;
        if !self.goes_on(extended) {
            return Some(([first, second, 0], false));
        }
        Some(([first, second, self.digits::<2>()?], true))
    }

    fn goes_on(&mut self, extended: bool) -> bool {
        if extended {
            self.skip(b":")
        } else {
            self.0.first().is_some_and(u8::is_ascii_digit)
        }
    }

    /// Up to nine digits behind a point or a comma, cut to milliseconds. 0 where there is none.
    fn fraction(&mut self) -> Option<i64> {
        if !self.skip(b".,") {
            return Some(0);
        }
        let count = self.0.iter().take_while(|byte| byte.is_ascii_digit());
        let (digits, rest) = self.0.split_at(count.count());
        self.0 = rest;
        let place = |(digit, worth): (&u8, i64)| i64::from(digit - b'0') * worth;
        let millis = digits.iter().zip([100, 10, 1]).map(place).sum();
        (1..=9).contains(&digits.len()).then_some(millis)
    }

    /// The value, if nothing is left to read.
    fn end(&self, value: i64) -> Option<i64> {
        self.0.is_empty().then_some(value)
    }
}

/// The days since 1970-01-01 of a date, none where there is no such date. A year is counted from
/// March here, so that the day that some of them have more comes last; 400 of them are 146,097 days.
fn day_number(year: i64, month: i64, day: i64) -> Option<i64> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if !(1..=last).contains(&day) {
        return None;
    }
    let year = if month > 2 { year } else { year - 1 };
    let month = (month + 9) % 12;
    let days_before_month = (month * 153 + 2) / 5;
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    Some(year * 365 + leap_days + days_before_month + day - 719_469)
}

/// Year, month and day of that day.
fn date_of(day_number: i64) -> (i64, i64, i64) {
    let day = day_number + 719_468;
    let (era, day) = (day.div_euclid(146_097), day.rem_euclid(146_097));
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (year * 365 + year / 4 - year / 100);
    let month = (day * 5 + 2) / 153;
    let day = day - (month * 153 + 2) / 5 + 1;
    let year = era * 400 + year + i64::from(month >= 10);
    (year, (month + 2) % 12 + 1, day)
}

impl Timestamp {
    /// `2026-05-10T14:32:00.000Z`. Listings are full of times, so this takes no detours.
    fn text(self) -> [u8; 24] {
        let (year, month, day) = date_of(self.0.div_euclid(DAY_MS));
        let millis = self.0.rem_euclid(DAY_MS);
        let second = millis / 1000;
        let [y0, y1, y2, y3] = digits(year);
        let ([_, _, mo1, mo2], [_, _, d1, d2]) = (digits(month), digits(day));
        let [_, _, h1, h2] = digits(second / 3600);
        let [_, _, mi1, mi2] = digits(second / 60 % 60);
        let [_, _, s1, s2] = digits(second % 60);
        let [_, ms1, ms2, ms3] = digits(millis % 1000);
        [
            y0, y1, y2, y3, b'-', mo1, mo2, b'-', d1, d2, b'T', h1, h2, b':', mi1, mi2, b':', s1,
            s2, b'.', ms1, ms2, ms3, b'Z',
        ]
    }
}

/// The last four decimal digits of a number.
fn digits(number: i64) -> [u8; 4] {
    let digit = |place: i64| b'0' + u8::try_from(number / place % 10).unwrap_or(0);
    [digit(1000), digit(100), digit(10), digit(1)]
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(core::str::from_utf8(&self.text()).unwrap_or_default())
    }
}

text_field!(
    Timestamp,
    "an ISO 8601 time with an offset",
    Self::default()
);

impl Json for Timestamp {
    fn write(&self, to: &mut Writer) {
        to.text(str::from_utf8(&self.text()).unwrap_or_default());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prelude::*;

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
                Timestamp::is_usual(text),
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
