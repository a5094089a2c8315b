//! What the reader takes, and what it says of everything else.

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::models::{Account, Vps, Wallet};

fn shown(misfit: Misfit) -> String {
    let Told { place, reason } = misfit.told();
    format!("{place}: {reason}")
}

fn fault<T: Model + core::fmt::Debug>(body: &str) -> String {
    shown(document::<T>(body.as_bytes()).unwrap_err())
}

fn fault_of_listing(body: &str) -> String {
    let read = rows(body.as_bytes(), "vps", Vps::NAMES, &mut |row| {
        let vps = Vps::read(row);
        row.checked(vps).map(drop)
    });
    shown(read.map(drop).unwrap_err())
}

const ROW: &str = r#"{"id":"1","planId":"pro","billingCycle":"monthly","status":"active",
    "vpsStatus":"active","location":"london","createdAt":"2026-05-11T09:00:00.000Z"}"#;

#[test]
fn a_wrong_type_is_named_with_its_path_and_without_its_value() {
    let body = format!(r#"{{"vps":[{ROW},{}]}}"#, ROW.replace(r#""pro""#, "12345"));
    assert_eq!(
        fault_of_listing(&body),
        "vps[1].planId: expected a string, found integer"
    );
    assert_eq!(
        fault::<Wallet>(r#"{"balance":"hunter2, expected x","currency":"EUR"}"#),
        "balance: expected a number, found string"
    );
    let body = format!(r#"{{"vps":[{}]}}"#, ROW.replace("2026-05-11T", "hunter2"));
    assert_eq!(
        fault_of_listing(&body),
        "vps[0].createdAt: expected an ISO 8601 time with an offset, found string"
    );
}

#[test]
fn a_missing_field_is_named_with_the_object_it_is_missing_from() {
    let body = format!(r#"{{"vps":[{ROW},{{"id":"2"}}]}}"#);
    assert_eq!(fault_of_listing(&body), "vps[1]: missing field `planId`");
    assert_eq!(fault::<Wallet>("{}"), "body: missing field `balance`");
    let body = r#"{"id":"1","email":"e","role":"user","balance":1,"currency":"EUR",
        "affiliateStats":{"totalReferrals":1}}"#;
    assert_eq!(
        fault::<Account>(body),
        "affiliateStats: missing field `successfulReferrals`"
    );
}

#[test]
fn cut_and_overlong_documents_are_told_apart() {
    assert_eq!(fault::<Wallet>(""), "body: is empty");
    assert_eq!(
        fault::<Wallet>(r#"{"balance":1.2,"curr"#),
        "body: ends too early"
    );
    assert_eq!(
        fault::<Wallet>(r#"{"balance":1.2,"currency":"EU"#),
        "currency: ends too early"
    );
    assert_eq!(
        fault_of_listing(&format!(r#"{{"vps":[{ROW},{{"id":"2","x":[{{"y":nul"#)),
        "vps[1].x[0]: ends too early"
    );
    for odd in ["{\"balance\":}", "x", "]", "{\"balance\":x", "{\"new\":[}"] {
        let said = fault::<Wallet>(odd);
        assert!(said.ends_with(": is not valid JSON"), "{odd}: {said}");
    }
    for cut in [
        "{\"balance\":tr",
        "{\"balance\":-",
        "{\"new\":[1,",
        "{\"a\":\"\\u00",
    ] {
        let said = fault::<Wallet>(cut);
        assert!(said.ends_with(": ends too early"), "{cut}: {said}");
    }
    assert_eq!(
        fault_of_listing(r#"{"vps":[],"total":3,"total":0}"#),
        "total: duplicate field `total`"
    );
    let deep = format!("{{\"x\":{}", "[".repeat(100));
    assert!(fault::<Wallet>(&deep).starts_with("x[0][0][0]"));
    assert_eq!(
        fault_of_listing(r#"{"vps":[{"id":"1","id":"2"}]}"#),
        "vps[0]: duplicate field `id`"
    );
    let overlong = r#"{"balance":1,"currency":"EUR"}x"#;
    assert_eq!(fault::<Wallet>(overlong), "body: goes on behind its end");
    assert_eq!(fault::<Wallet>("<html>"), "body: is not valid JSON");
}

/// JSON of any shape, as text.
fn any_json() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        any::<bool>().prop_map(|switch| switch.to_string()),
        any::<i32>().prop_map(|number| number.to_string()),
        (-1e9..1e9).prop_map(|number: f64| number.to_string()),
        "[ -~äß\u{1f600}]{0,6}".prop_map(|text| serde_json::to_string(&text).unwrap()),
        Just(r#""\u00e4\ud83d\ude00\n\"\\""#.to_owned()),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(|items| format!("[{}]", items.join(" , "))),
            vec(inner, 0..4).prop_map(|items| {
                let field = |(place, item)| format!(r#""f{place}" :{item}"#);
                let fields: Vec<_> = items.into_iter().enumerate().map(field).collect();
                format!("{{ {} }}", fields.join(","))
            }),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2_000) })]

    #[test]
    fn what_is_no_json_is_no_reply_and_what_is_some_is_read(
        unknown in any_json(), cents in 0_u32..1_000_000,
        bend in proptest::option::of((any::<prop::sample::Index>(), any::<u8>())),
    ) {
        let sum = format!("{}.{:02}", cents / 100, cents % 100);
        let mut body = format!(
            "\n{{\"new\":{unknown}, \"balance\" : {sum},\"currency\":\"EUR\"\t}} ",
        ).into_bytes();
        if let Some((place, byte)) = &bend {
            let place = place.index(body.len());
            body[place] = *byte;
        }
        let read = document::<Wallet>(&body);
        match serde_json::from_slice::<serde_json::Value>(&body) {
            Err(_) => prop_assert!(
                // What is not read is not looked at for valid text.
                read.is_err() || unreadable_where_it_is_skipped(&body),
                "{}", String::from_utf8_lossy(&body)
            ),
            Ok(_) if bend.is_none() => prop_assert_eq!(read.unwrap().balance.to_string(), sum),
            Ok(_) => {}
        }
    }
}

/// Whether the standard reader minds only what is in texts that the product does not read.
fn unreadable_where_it_is_skipped(body: &[u8]) -> bool {
    let ignored = serde_json::from_slice::<serde::de::IgnoredAny>(body);
    ignored.is_ok()
}
