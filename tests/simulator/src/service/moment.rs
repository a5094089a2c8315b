//! Points in time and the calendar.

use jiff::fmt::rfc2822::DateTimePrinter;
use jiff::tz::Offset;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A point in time in epoch milliseconds, sent as ISO 8601 with milliseconds and `Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(pub(crate) i64);

impl Moment {
    pub(crate) fn plus_ms(self, ms: u64) -> Self {
        Self(self.0.saturating_add_unsigned(ms))
    }

    /// The same time of day one billing cycle later. A month that is too short ends on its last day, so
    /// that 31 January is followed by 28 or 29 February.
    pub(crate) fn plus_cycle(self, cycle: &str) -> Self {
        let length = if cycle == "yearly" {
            1.year()
        } else {
            1.month()
        };
        let later = Offset::UTC
            .to_datetime(self.timestamp())
            .checked_add(length)
            .and_then(|datetime| Offset::UTC.to_timestamp(datetime));
        later.map_or(self, |timestamp| Self(timestamp.as_millisecond()))
    }

    /// Whole seconds since 1970, as the leading half of an object id has them.
    pub(crate) fn seconds(self) -> u32 {
        u32::try_from(self.0.max(0) / 1000).unwrap_or(u32::MAX)
    }

    pub(crate) fn iso(self) -> String {
        format!("{:.3}", self.timestamp())
    }

    /// As in the `Date` header.
    pub(crate) fn http_date(self) -> String {
        let printer = DateTimePrinter::new();
        printer
            .timestamp_to_rfc9110_string(&self.timestamp())
            .unwrap_or_default()
    }

    // A moment beyond the calendar's end counts as its end.
    fn timestamp(self) -> Timestamp {
        let end = if self.0 < 0 {
            Timestamp::MIN
        } else {
            Timestamp::MAX
        };
        Timestamp::from_millisecond(self.0).unwrap_or(end)
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.iso())
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let timestamp: Timestamp = text.parse().map_err(serde::de::Error::custom)?;
        Ok(Self(timestamp.as_millisecond()))
    }
}

#[cfg(test)]
mod tests {
    use super::Moment;

    fn moment(text: &str) -> Moment {
        Moment(text.parse::<jiff::Timestamp>().unwrap().as_millisecond())
    }

    #[test]
    fn a_billing_period_ends_on_the_same_day_of_the_next_month_or_year() {
        let cases = [
            (
                "2026-05-11T09:00:00.000Z",
                "monthly",
                "2026-06-11T09:00:00.000Z",
            ),
            (
                "2026-12-31T23:59:59.999Z",
                "monthly",
                "2027-01-31T23:59:59.999Z",
            ),
            (
                "2026-01-31T00:00:00.000Z",
                "monthly",
                "2026-02-28T00:00:00.000Z",
            ),
            (
                "2028-01-30T00:00:00.000Z",
                "monthly",
                "2028-02-29T00:00:00.000Z",
            ),
            (
                "2026-05-11T09:00:00.000Z",
                "yearly",
                "2027-05-11T09:00:00.000Z",
            ),
            (
                "2028-02-29T12:00:00.000Z",
                "yearly",
                "2029-02-28T12:00:00.000Z",
            ),
        ];
        for (start, cycle, end) in cases {
            assert_eq!(moment(start).plus_cycle(cycle).iso(), end);
        }
    }

    #[test]
    fn times_beyond_the_calendar_do_not_panic() {
        for ms in [i64::MIN, i64::MAX] {
            let _ = Moment(ms).plus_cycle("yearly").plus_ms(u64::MAX).iso();
        }
    }
}
