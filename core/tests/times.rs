//! Times against the rules of the calendar, in whole numbers and without a library.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod support;

use proptest::prelude::*;
use serde_json::json;
use stablevps_core::config::CallOptions;
use stablevps_core::endpoints::{ListVpsVerbatim, Listing};
use stablevps_core::http::RequestId;
use stablevps_core::time::Timestamp;
use support::{START, api, at, clocks, response};

const DAY_MS: i64 = 86_400_000;
/// The first and the last day of the years 1 to 9999, from 1970 on.
const FIRST_DAY: i64 = -719_162;
const LAST_DAY: i64 = 2_932_896;
const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];
const WEEKDAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_of_month(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// How many days there are from 1970 to that one.
fn day(year: i64, month: i64, of_month: i64) -> i64 {
    let before = year - 1;
    let leap_days = before / 4 - before / 100 + before / 400;
    let in_year: i64 = (1..month).map(|month| days_of_month(year, month)).sum();
    FIRST_DAY + before * 365 + leap_days + in_year + of_month - 1
}

/// The year, the month and the day of the month.
fn date(day_number: i64) -> (i64, i64, i64) {
    // No year has more days than 366, so the first guess is not too late.
    let mut year = (day_number - FIRST_DAY) / 366 + 1;
    while day(year + 1, 1, 1) <= day_number {
        year += 1;
    }
    let is_over = |month: &i64| day(year, month + 1, 1) <= day_number;
    let month = (1..12).take_while(is_over).last().unwrap_or(0) + 1;
    (year, month, day_number - day(year, month, 1) + 1)
}

/// The date and the time of day, as RFC 3339 has them, without a fraction and an offset.
fn local(millis: i64) -> String {
    let (year, month, of_month) = date(millis.div_euclid(DAY_MS));
    let seconds = millis.rem_euclid(DAY_MS) / 1000;
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{of_month:02}T{hour:02}:{minute:02}:{second:02}")
}

fn http_date(seconds: i64) -> String {
    let (day, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let (year, month, of_month) = date(day);
    let weekday = WEEKDAYS[usize::try_from(day.rem_euclid(7)).unwrap()];
    let month = MONTHS[usize::try_from(month - 1).unwrap()];
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{weekday}, {of_month:02} {month} {year:04} {hour:02}:{minute:02}:{second:02} GMT")
}

fn any_millis() -> impl Strategy<Value = i64> {
    let (first, last) = (FIRST_DAY * DAY_MS, LAST_DAY * DAY_MS + DAY_MS - 1);
    let end_of_month =
        (1_i64..=9999, 1_i64..=12, 0_i64..DAY_MS).prop_map(|(year, month, in_day)| {
            day(year, month, days_of_month(year, month)) * DAY_MS + in_day
        });
    prop_oneof![4 => first..=last, 2 => end_of_month, 1 => Just(first), 1 => Just(last)]
}

fn read(text: &str) -> Option<i64> {
    text.parse().ok().map(Timestamp::millis)
}

/// Whether a listing with that time is handed on as it was sent.
fn is_handed_on(created_at: &str) -> bool {
    let body = json!({ "vps": [{
        "id": "1", "planId": "pro", "billingCycle": "monthly", "status": "active",
        "vpsStatus": "active", "location": "tokyo", "createdAt": created_at,
    }]});
    let options = CallOptions::default();
    let mut call = api("svps_live_a")
        .call(ListVpsVerbatim, options, 1, clocks(START))
        .unwrap();
    let reply = response(200, &body.to_string());
    call.handle_reply(RequestId(1), reply, at(START)).unwrap();
    matches!(call.into_outcome(), Some(Ok(Listing::Verbatim(_))))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(4_000) })]

    #[test]
    fn every_time_is_written_by_the_calendar_and_read_back(millis in any_millis()) {
        let text = Timestamp::from_millis(millis).to_string();
        let fraction = millis.rem_euclid(1000);
        prop_assert_eq!(&text, &format!("{}.{fraction:03}Z", local(millis)));
        prop_assert_eq!(read(&text), Some(millis));
        let json = serde_json::to_string(&Timestamp::from_millis(millis)).unwrap();
        let back: Timestamp = serde_json::from_str(&json).unwrap();
        prop_assert_eq!(back.millis(), millis);
    }

    #[test]
    fn an_offset_is_taken_off_and_a_finer_fraction_is_cut(
        millis in any_millis(), minutes in -1439_i64..=1439, digits in "[0-9]{0,6}",
    ) {
        // So far from the ends that the local time is one of those years, too.
        let millis = millis.clamp((FIRST_DAY + 1) * DAY_MS, LAST_DAY * DAY_MS - 1);
        let local_millis = millis + minutes * 60_000;
        let (sign, offset) = (if minutes < 0 { '-' } else { '+' }, minutes.abs());
        let (hours, minutes) = (offset / 60, offset % 60);
        let fraction = millis.rem_euclid(1000);
        let text = format!(
            "{}.{fraction:03}{digits}{sign}{hours:02}:{minutes:02}", local(local_millis),
        );
        prop_assert_eq!(read(&text), Some(millis), "{}", text);
    }

    #[test]
    fn only_days_and_times_that_there_are_are_read(
        year in prop_oneof![0_i64..=2, 1890_i64..=2110, 9998_i64..=9999], month in 0_i64..=13,
        of_month in 0_i64..=32, hour in 0_i64..=25, minute in 0_i64..=61, second in 0_i64..=61,
    ) {
        let text = format!("{year:04}-{month:02}-{of_month:02}T{hour:02}:{minute:02}:{second:02}Z");
        let is_day = year > 0 && (1..=12).contains(&month)
            && (1..=days_of_month(year, month)).contains(&of_month);
        // A leap second is the second before it.
        let expected = (is_day && hour < 24 && minute < 60 && second <= 60).then(|| {
            let in_day = (hour * 60 + minute) * 60 + second.min(59);
            (day(year, month, of_month) * 86_400 + in_day) * 1000
        });
        prop_assert_eq!(read(&text), expected, "{}", text);
    }

    #[test]
    fn a_time_is_handed_on_unread_only_in_the_form_in_which_it_is_written(
        millis in any_millis(), place in any::<prop::sample::Index>(),
        to in prop::sample::select("0123456789-:.,TtZz +6".chars().collect::<Vec<_>>()),
    ) {
        let canonical = Timestamp::from_millis(millis).to_string();
        let mut changed: Vec<char> = canonical.chars().collect();
        let place = place.index(changed.len());
        changed[place] = to;
        let changed: String = changed.into_iter().collect();
        for text in [canonical, changed] {
            let written = text.parse::<Timestamp>().map(|time| time.to_string());
            prop_assert_eq!(is_handed_on(&text), written.as_deref() == Ok(text.as_str()), "{}", text);
        }
    }

    #[test]
    fn an_http_date_is_read_as_the_second_that_it_names(
        seconds in 0..=LAST_DAY * 86_400 + 86_399, at in 0..29_usize, to in 32_u8..127,
    ) {
        let text = http_date(seconds);
        let read = Timestamp::from_http_date(&text).map(Timestamp::millis);
        prop_assert_eq!(read, Some(seconds * 1000), "{}", text);
        // With one letter changed it is no date, or that of another second.
        let mut changed = text.into_bytes();
        changed[at] = to;
        let changed = String::from_utf8(changed).unwrap();
        if let Some(read) = Timestamp::from_http_date(&changed) {
            prop_assert_eq!(http_date(read.millis() / 1000), changed);
        }
    }

    #[test]
    fn any_text_is_a_time_or_refused(text in any::<String>(), near in "[-+0-9TtZz:. ]{0,30}") {
        for text in [text, near] {
            if let Some(millis) = read(&text) {
                prop_assert_eq!(read(&Timestamp::from_millis(millis).to_string()), Some(millis));
            }
            let _ = Timestamp::from_http_date(&text);
        }
    }
}

#[test]
fn the_calendar_of_this_test_is_the_usual_one() {
    assert_eq!((day(1970, 1, 1), date(0)), (0, (1970, 1, 1)));
    assert_eq!((day(1, 1, 1), date(FIRST_DAY)), (FIRST_DAY, (1, 1, 1)));
    assert_eq!(
        (day(9999, 12, 31), date(LAST_DAY)),
        (LAST_DAY, (9999, 12, 31))
    );
    assert_eq!(http_date(784_111_777), "Sun, 06 Nov 1994 08:49:37 GMT");
    assert_eq!(local(START), "2026-05-11T09:00:00");
}

#[test]
fn a_time_without_an_offset_is_utc() {
    assert_eq!(read("2026-05-11T09:00:00"), read("2026-05-11T09:00:00Z"));
    assert_eq!(
        read("2026-05-11 09:00:00.25"),
        read("2026-05-11T09:00:00.250Z")
    );
}

#[test]
fn basic_forms_and_parts_of_a_time_are_refused() {
    for text in [
        "20260511T090000Z",
        "2026-05-11T090000Z",
        "2026-05-11T09:00Z",
        "2026-05-11T09Z",
        "2026-05-11T09:00:00+0200",
        "2026-05-11T09:00:00+02",
        "2026-05-11T09:00:00,5Z",
        "2026-05-11T09:00:00.Z",
        "2026-05-11",
        "2026-05-11T09:00",
        "+12026-05-11T09:00:00Z",
        "0000-12-31T23:59:59Z",
        "0001-01-01T00:00:00+00:01",
        "9999-12-31T23:59:59-00:01",
        " 2026-05-11T09:00:00Z",
        "2026-05-11T09:00:00Z ",
    ] {
        assert_eq!(read(text), None, "{text}");
    }
}
