//! Times read and written as jiff, a calendar library, reads and writes them.

#![allow(clippy::unwrap_used)]

use jiff::fmt::rfc2822;
use proptest::prelude::*;
use stablevps_core::time::Timestamp;

const FIRST_MS: i64 = -62_135_596_800_000;
/// The library keeps the last day to itself, so that every offset fits.
const LAST_MS: i64 = 253_402_207_199_999;

/// Two digits, most often in the range and sometimes just outside.
fn part(last: u32) -> impl Strategy<Value = String> {
    (0..=last + 2).prop_map(|number| format!("{number:02}"))
}

fn one_of(texts: &'static [&'static str]) -> impl Strategy<Value = &'static str> {
    proptest::sample::select(texts)
}

fn iso() -> impl Strategy<Value = String> {
    let date = (
        1970..=9998,
        one_of(&["-", "-", "-", ""]),
        part(12),
        part(31),
    )
        .prop_map(|(year, dash, month, day)| format!("{year}{dash}{month}{dash}{day}"));
    let time = (one_of(&[":", ":", ""]), part(23), part(59), part(60), 0..4).prop_map(
        |(colon, hour, minute, second, parts)| match parts {
            0 => hour,
            1 => format!("{hour}{colon}{minute}"),
            _ => format!("{hour}{colon}{minute}{colon}{second}"),
        },
    );
    let fraction = one_of(&[
        "",
        "",
        ".",
        ".1",
        ".12",
        ",123",
        ".1239",
        ".999999999",
        ".1234567890",
    ]);
    let offset = prop_oneof![
        one_of(&["Z", "z", "", "+", " Z", "Zx", "-00:00", "+05:30:15"]).prop_map(str::to_owned),
        (one_of(&["+", "-"]), part(25), one_of(&[":", ""]), part(59))
            .prop_map(|(sign, hours, colon, minutes)| format!("{sign}{hours}{colon}{minutes}")),
        (one_of(&["+", "-"]), part(25)).prop_map(|(sign, hours)| format!("{sign}{hours}")),
    ];
    (
        date,
        one_of(&["T", "T", "t", " ", "", "_"]),
        time,
        fraction,
        offset,
    )
        .prop_map(|(date, t, time, fraction, offset)| format!("{date}{t}{time}{fraction}{offset}"))
}

fn in_range(time: jiff::Timestamp) -> Option<i64> {
    let millis = time.as_millisecond();
    (FIRST_MS..=LAST_MS).contains(&millis).then_some(millis)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    #[test]
    fn every_form_of_iso_8601_is_read_as_the_library_reads_it(text in iso()) {
        let expected = text.parse().ok().and_then(in_range);
        let read = text.parse::<Timestamp>().ok().map(Timestamp::millis);
        prop_assert_eq!(read, expected, "{}", text);
    }

    #[test]
    fn every_time_is_written_as_the_library_writes_it(millis in FIRST_MS..=LAST_MS) {
        let time = jiff::Timestamp::from_millisecond(millis).unwrap();
        let text = Timestamp::from_millis(millis).to_string();
        prop_assert_eq!(&text, &format!("{time:.3}"));
        prop_assert_eq!(text.parse::<Timestamp>().unwrap().millis(), millis);
    }

    #[test]
    fn an_http_date_is_read_as_the_library_reads_it(seconds in 0..=LAST_MS / 1000, at in 0..29_usize, to in 32_u8..127) {
        let time = jiff::Timestamp::from_second(seconds).unwrap();
        let text = rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&time).unwrap();
        let read = Timestamp::from_http_date(&text).map(Timestamp::millis);
        prop_assert_eq!(read, Some(seconds * 1000), "{}", text);
        // The library forgives more than HTTP does, so a changed text may be refused here alone.
        let mut changed = text.into_bytes();
        changed[at] = to;
        let changed = String::from_utf8(changed).unwrap();
        if let Some(read) = Timestamp::from_http_date(&changed) {
            let expected = rfc2822::DateTimeParser::new().parse_timestamp(&changed).unwrap();
            prop_assert_eq!(read.millis(), expected.as_millisecond(), "{}", changed);
        }
    }
}
