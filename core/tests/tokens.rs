//! What a stored token may be: those that earlier versions wrote are read for ever, and a text that says
//! more, less or something else than a token is refused as a whole.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod support;

use serde_json::{Map, Value, json};
use stablevps_core::error::Error;
use stablevps_core::models::Phase;
use stablevps_core::provisioning::{KeyCheck, Provisioning};
use stablevps_core::step::Step;
use support::{START, api, at, clocks};

const KEY: &str = "svps_live_a3f7c2d4e5f60718293a4b5c6d7e8f90";

/// As the core wrote them before it was made of libraries: at the beginning, with what the wallet held and
/// a limit, while the order is sent, once it was bought, and as the scenarios have it.
const WRITTEN: [&str; 6] = [
    r#"{"v":1,"key":"f634b249ba684966","baseUrl":"https://stablevps.com","stage":{"unordered":{"order":{"planId":"prime","billingCycle":"monthly","location":"london"}}},"facts":{"purchase":"0000000000000007-19e1643c280","startedAt":"2026-05-11T09:00:00.000Z","orderedAt":null,"ordersSent":0,"recovered":false,"balanceBefore":null,"balanceAfter":null,"charged":null,"currency":null},"options":{"preflight":"check","maxSpend":null,"waitFor":"ready","timeoutMs":1800000,"firstLookMs":5000,"longestPauseMs":15000,"settleMs":90000,"notFoundGraceMs":60000}}"#,
    r#"{"v":1,"key":"f634b249ba684966","baseUrl":"https://stablevps.com","stage":{"unordered":{"order":{"planId":"prime","billingCycle":"monthly","location":"london"}}},"facts":{"purchase":"0000000000000007-19e1643c280","startedAt":"2026-05-11T09:00:00.000Z","orderedAt":null,"ordersSent":0,"recovered":false,"balanceBefore":"100.3","balanceAfter":null,"charged":null,"currency":"EUR"},"options":{"preflight":"check","maxSpend":"40","waitFor":"ready","timeoutMs":1800000,"firstLookMs":5000,"longestPauseMs":15000,"settleMs":90000,"notFoundGraceMs":60000}}"#,
    r#"{"v":1,"key":"f634b249ba684966","baseUrl":"https://stablevps.com","stage":{"ordered":{"order":{"planId":"prime","billingCycle":"monthly","location":"london"},"baseline":["6955b9004d8c1a51fabcc9a2"]}},"facts":{"purchase":"0000000000000007-19e1643c280","startedAt":"2026-05-11T09:00:00.000Z","orderedAt":"2026-05-11T09:00:00.080Z","ordersSent":1,"recovered":false,"balanceBefore":"100.3","balanceAfter":null,"charged":null,"currency":"EUR"},"options":{"preflight":"check","maxSpend":null,"waitFor":"ready","timeoutMs":1800000,"firstLookMs":5000,"longestPauseMs":15000,"settleMs":90000,"notFoundGraceMs":60000}}"#,
    r#"{"v":1,"key":"f634b249ba684966","baseUrl":"https://stablevps.com","stage":{"bought":{"id":"6a019a9078210fef15213935"}},"facts":{"purchase":"0000000000000007-19e1643c280","startedAt":"2026-05-11T09:00:00.000Z","orderedAt":"2026-05-11T09:00:00.160Z","ordersSent":1,"recovered":true,"balanceBefore":"100.3","balanceAfter":"80.81","charged":"19.49","currency":"EUR"},"options":{"preflight":"check","maxSpend":null,"waitFor":"ready","timeoutMs":1800000,"firstLookMs":5000,"longestPauseMs":15000,"settleMs":90000,"notFoundGraceMs":60000}}"#,
    r#"{"v":1,"key":"f634b249ba684966","baseUrl":"https://stablevps.com","stage":{"bought":{"id":"6641abc0000000000000beef"}},"facts":{"purchase":"","startedAt":"2026-05-11T08:59:00.000Z","orderedAt":"2026-05-11T08:50:00.000Z","ordersSent":1,"recovered":false,"balanceBefore":"100","balanceAfter":"80.50999999999999","charged":"19.49","currency":"EUR"},"options":{"preflight":"check","maxSpend":null,"waitFor":"ready","timeoutMs":1800000,"firstLookMs":5000,"longestPauseMs":15000,"settleMs":90000,"notFoundGraceMs":60000}}"#,
    r#"{"v":1,"key":"f634b249ba684966","baseUrl":"https://stablevps.com","stage":{"ordered":{"order":{"planId":"prime","billingCycle":"monthly","location":"amsterdam"},"baseline":["6630abc0000000000000cafe"]}},"facts":{"purchase":"","startedAt":"2026-05-11T08:59:00.000Z","orderedAt":"2026-05-11T08:59:30.000Z","ordersSent":1,"recovered":false,"balanceBefore":null,"balanceAfter":null,"charged":null,"currency":"EUR"},"options":{"preflight":"check","maxSpend":null,"waitFor":"ready","timeoutMs":1800000,"firstLookMs":5000,"longestPauseMs":15000,"settleMs":0,"notFoundGraceMs":60000}}"#,
];

fn resume(token: &str) -> Result<Provisioning, Error> {
    let (api, check) = (api(KEY), KeyCheck::Same);
    Provisioning::resume(&api, token, check, None, 1, clocks(START))
}

/// Sees that it is refused as a token, in words that show nothing of it.
fn assert_refused(token: &str) {
    let Err(error) = resume(token) else {
        panic!("nobody refused {token}");
    };
    assert_eq!(error.code(), "stale_token", "{error}: {token}");
    let reason = error.to_string();
    let reason = reason.strip_prefix("the token can't be resumed: ");
    let words = [Some("it is damaged"), Some("it is not a token")];
    assert!(words.contains(&reason), "{error}: {token}");
}

/// What a purchase makes of a token, as a document.
fn rewritten(token: &str) -> Value {
    let purchase = resume(token).unwrap_or_else(|error| panic!("{error}: {token}"));
    serde_json::from_str(&purchase.snapshot(at(START)).unwrap()).unwrap()
}

fn read() -> impl Iterator<Item = Value> {
    WRITTEN
        .iter()
        .map(|token| serde_json::from_str(token).unwrap())
}

/// The fields of one object, to be written in that order.
type Fields = Vec<(String, Value)>;

/// A document with `gap` wherever white space may be. `change` is told of each object by its pointer.
fn written(value: &Value, gap: &str, change: &dyn Fn(&str, Fields) -> Fields) -> String {
    written_at("", value, gap, change)
}

fn written_at(
    pointer: &str,
    value: &Value,
    gap: &str,
    change: &dyn Fn(&str, Fields) -> Fields,
) -> String {
    let between = format!("{gap},{gap}");
    match value {
        Value::Object(fields) => {
            let fields = fields
                .iter()
                .map(|(name, value)| (name.clone(), value.clone()));
            let field = |(name, value): (String, Value)| {
                let value = written_at(&format!("{pointer}/{name}"), &value, gap, change);
                format!("{}{gap}:{gap}{value}", json!(name))
            };
            let fields = change(pointer, fields.collect()).into_iter().map(field);
            format!(
                "{{{gap}{}{gap}}}",
                fields.collect::<Vec<_>>().join(&between)
            )
        }
        Value::Array(items) => {
            let item = |item: &Value| written_at(pointer, item, gap, change);
            let items: Vec<_> = items.iter().map(item).collect();
            format!("[{gap}{}{gap}]", items.join(&between))
        }
        other => other.to_string(),
    }
}

/// The pointers of all objects in a document, its own among them.
fn objects(value: &Value) -> Vec<String> {
    fn add(pointer: &str, value: &Value, found: &mut Vec<String>) {
        if let Value::Object(fields) = value {
            found.push(pointer.to_owned());
            for (name, value) in fields {
                add(&format!("{pointer}/{name}"), value, found);
            }
        }
    }
    let mut found = Vec::new();
    add("", value, &mut found);
    assert!(found.len() >= 5, "there are only {found:?}");
    found
}

fn fields_at<'a>(value: &'a Value, pointer: &str) -> &'a Map<String, Value> {
    value.pointer(pointer).unwrap().as_object().unwrap()
}

fn with(value: &Value, pointer: &str, other: Value) -> String {
    let mut changed = value.clone();
    *changed.pointer_mut(pointer).unwrap() = other;
    changed.to_string()
}

#[test]
fn what_an_earlier_version_wrote_is_taken_up_where_it_was_left() {
    for (token, written) in WRITTEN.iter().zip(read()) {
        let mut purchase = resume(token).unwrap();
        let (phase, endpoint) = match written["stage"].as_object().unwrap().keys().next() {
            Some(stage) if stage == "unordered" => (Phase::Preflight, "GET /wallet"),
            Some(stage) if stage == "ordered" => (Phase::Reconciling, "GET /vps"),
            _ => (Phase::Polling, "GET /vps/:id"),
        };
        assert_eq!(purchase.phase(), phase, "{token}");
        let Step::Send(request) = purchase.next_step(at(START)) else {
            panic!("it does not look: {token}");
        };
        assert_eq!(request.endpoint, endpoint, "{token}");
        // It is written again just as it was, for the version that wrote it may get it back.
        assert_eq!(purchase.snapshot(at(START)).as_deref(), Some(*token));
    }
}

#[test]
fn what_a_token_says_does_not_depend_on_order_or_white_space() {
    let as_is = |_: &str, fields: Fields| fields;
    let reversed = |_: &str, fields: Fields| fields.into_iter().rev().collect();
    let last_first = |_: &str, mut fields: Fields| {
        fields.rotate_right(1);
        fields
    };
    for token in read() {
        for gap in ["", " ", "\n\t ", "\r\n"] {
            assert_eq!(rewritten(&written(&token, gap, &as_is)), token);
            assert_eq!(rewritten(&written(&token, gap, &reversed)), token);
            assert_eq!(rewritten(&written(&token, gap, &last_first)), token);
        }
        let around = format!("\n {token}\t\r\n");
        assert_eq!(rewritten(&around), token);
    }
}

#[test]
fn what_may_be_left_out_of_a_token_has_its_default_and_nothing_else_may_be() {
    for token in read() {
        for pointer in objects(&token) {
            for name in fields_at(&token, &pointer).keys() {
                let without = |at: &str, mut fields: Fields| {
                    fields.retain(|(field, _)| at != pointer || field != name);
                    fields
                };
                let text = written(&token, "", &without);
                let may_be_left_out = match pointer.as_str() {
                    "" => name == "options",
                    "/facts" => name != "startedAt",
                    "/options" => true,
                    _ => false,
                };
                if !may_be_left_out {
                    assert_refused(&text);
                    continue;
                }
                let mut read = rewritten(&text);
                // The rest is as it was.
                let place = format!("{pointer}/{name}");
                *read.pointer_mut(&place).unwrap() = token.pointer(&place).unwrap().clone();
                assert_eq!(read, token, "without {place}");
            }
        }
    }
    // As the scenarios have it: what is not said is not known.
    let mut short = read().next().unwrap();
    short.as_object_mut().unwrap().remove("options");
    short["facts"] = json!({ "startedAt": "2026-05-11T08:59:00.000Z" });
    let read = rewritten(&short.to_string());
    assert_eq!(read["facts"]["ordersSent"], json!(0));
    assert_eq!(read["facts"]["recovered"], json!(false));
    assert_eq!(read["facts"]["balanceBefore"], json!(null));
    assert_eq!(read["options"]["timeoutMs"], json!(1_800_000));
    assert_eq!(read["options"]["maxSpend"], json!(null));
}

#[test]
fn a_token_with_a_field_that_is_not_known_is_refused() {
    for token in read() {
        for pointer in objects(&token) {
            for news in [json!(null), json!("news"), json!({ "order": [1] })] {
                let mut changed = token.clone();
                let object = changed.pointer_mut(&pointer).unwrap();
                object
                    .as_object_mut()
                    .unwrap()
                    .insert("news".to_owned(), news);
                assert_refused(&changed.to_string());
            }
            for name in fields_at(&token, &pointer).keys() {
                let misspelled = |at: &str, mut fields: Fields| {
                    if at == pointer {
                        let field = fields.iter().position(|(field, _)| field == name).unwrap();
                        fields[field].0 = name.to_uppercase();
                    }
                    fields
                };
                assert_refused(&written(&token, "", &misspelled));
            }
        }
    }
}

#[test]
fn a_token_with_a_field_that_is_there_twice_is_refused() {
    for token in read() {
        for pointer in objects(&token) {
            for name in fields_at(&token, &pointer).keys() {
                let twice = |at: &str, mut fields: Fields| {
                    if at == pointer {
                        let field = fields.iter().find(|(field, _)| field == name).cloned();
                        fields.extend(field);
                    }
                    fields
                };
                assert_refused(&written(&token, "", &twice));
            }
        }
    }
}

#[test]
fn a_token_has_exactly_one_stage() {
    let stages: Vec<(String, Value)> = read()
        .flat_map(|token| token["stage"].as_object().unwrap().clone())
        .collect();
    let token = read().next().unwrap();
    for (name, stage) in &stages {
        for (other, other_stage) in &stages {
            let both = |at: &str, fields: Fields| match at {
                "/stage" => vec![
                    (name.clone(), stage.clone()),
                    (other.clone(), other_stage.clone()),
                ],
                _ => fields,
            };
            assert_refused(&written(&token, "", &both));
        }
        for odd in [
            json!(null),
            json!({}),
            json!(name),
            json!({ name: null }),
            json!({ name: {} }),
            json!({ name: name }),
            json!({ name: [stage] }),
            json!([name, stage]),
            json!([{ name: stage }]),
            json!({ "paid": stage }),
        ] {
            assert_refused(&with(&token, "/stage", odd));
        }
    }
}

#[test]
fn an_array_in_place_of_any_object_of_a_token_is_refused() {
    for (text, token) in WRITTEN.iter().zip(read()) {
        for pointer in objects(&token) {
            let object = token.pointer(&pointer).unwrap();
            // What a reader that goes by the order of fields would take for the object.
            let mut fields: Vec<_> = object.as_object().unwrap().iter().collect();
            fields.sort_by_key(|(name, _)| text.find(&format!("\"{name}\":")));
            let values: Vec<_> = fields.iter().map(|(_, value)| value).collect();
            for array in [json!(values), json!([values]), json!([object]), json!([])] {
                assert_refused(&with(&token, &pointer, array));
            }
        }
        // And an object, or one id, in place of the only array.
        if token.pointer("/stage/ordered/baseline").is_some() {
            for odd in [
                json!({}),
                json!({ "0": "1" }),
                json!("1"),
                json!([true]),
                json!([["1"]]),
            ] {
                assert_refused(&with(&token, "/stage/ordered/baseline", odd));
            }
        }
    }
}

#[test]
fn null_stands_in_a_token_only_for_what_may_be_unknown() {
    let may_be_unknown = [
        "/facts/orderedAt",
        "/facts/balanceBefore",
        "/facts/balanceAfter",
        "/facts/charged",
        "/facts/currency",
        "/options/maxSpend",
    ];
    for token in read() {
        for pointer in objects(&token) {
            for name in fields_at(&token, &pointer).keys() {
                let place = format!("{pointer}/{name}");
                let text = with(&token, &place, json!(null));
                if may_be_unknown.contains(&place.as_str()) {
                    assert!(resume(&text).is_ok(), "{place}");
                } else {
                    assert_refused(&text);
                }
            }
        }
    }
}
