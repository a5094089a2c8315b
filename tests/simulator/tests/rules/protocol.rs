//! Paths, methods, keys in headers, bodies.

use serde_json::{Value, json};
use stablevps_simulator::{Exchange, Request};

use crate::bench::{Bench, error, order};

fn status(bench: &mut Bench, request: &Request) -> u16 {
    match bench.send(request) {
        Exchange::Reply(response) => response.status,
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_reply_has_the_date_of_its_time() {
    let mut bench = Bench::new();
    for (path, time) in [("/wallet", "09:01:01"), ("/nowhere", "09:02:02")] {
        bench.now += 61_000;
        let reply = bench.response("GET", path, &Value::Null);
        let date = format!("Mon, 11 May 2026 {time} GMT");
        assert_eq!(reply.header("Date"), Some(date.as_str()), "{path}");
    }
}

#[test]
fn an_unknown_path_is_404_and_an_unknown_method_405_with_what_is_allowed() {
    let mut bench = Bench::new();
    assert_eq!(
        bench.call("GET", "/servers", &Value::Null),
        error(404, "Not found")
    );
    let reply = bench.response("PATCH", "/vps", &Value::Null);
    assert_eq!(
        (reply.status, reply.header("Allow")),
        (405, Some("GET, POST"))
    );
}

#[test]
fn a_key_is_taken_from_either_header() {
    let mut bench = Bench::new();
    let key = bench.key.clone();
    let wallet = Request::new("GET", "/api/v1/wallet");
    let bearer = format!("Bearer {key}");
    for (name, value) in [
        ("authorization", bearer.as_str()),
        ("AUTHORIZATION", &bearer),
        ("X-API-Key", &key),
    ] {
        assert_eq!(
            status(&mut bench, &wallet.clone().with_header(name, value)),
            200,
            "{name}"
        );
    }
}

#[test]
fn a_missing_or_wrong_key_is_401() {
    let mut bench = Bench::new();
    let key = bench.key.clone();
    let wallet = Request::new("GET", "/api/v1/wallet");
    assert_eq!(status(&mut bench, &wallet), 401);
    let wrong = [
        key.clone(),
        format!("Bearer {key}0"),
        format!("Bearer {}", &key[..14]),
        "Bearer ".to_owned(),
    ];
    for value in wrong {
        assert_eq!(
            status(
                &mut bench,
                &wallet.clone().with_header("Authorization", &value)
            ),
            401,
            "{value}"
        );
    }
}

#[test]
fn the_first_header_decides_when_both_are_there() {
    let mut bench = Bench::new();
    let request =
        Request::new("GET", "/api/v1/wallet").with_header("X-API-Key", &bench.key.clone());
    assert_eq!(
        status(
            &mut bench,
            &request.with_header("Authorization", "Bearer svps_live_wrong")
        ),
        401
    );
}

#[test]
fn a_read_only_key_reads_and_writes_nothing() {
    let mut bench = Bench::new();
    let id = bench.buy("basic");
    let made = bench.control(&json!({"create_key": {"scope": "read"}}));
    bench.key = made["key"].as_str().unwrap().to_owned();
    for path in [
        "/auth",
        "/vps",
        "/account",
        "/wallet",
        &format!("/vps/{id}"),
    ] {
        assert_eq!(bench.get_status(path), 200, "{path}");
    }
    let forbidden = error(403, "This API key is read-only");
    assert_eq!(bench.call("POST", "/vps", &order("basic")), forbidden);
    assert_eq!(
        bench.call("DELETE", &format!("/vps/{id}"), &Value::Null),
        forbidden
    );
    assert_eq!(
        bench.call(
            "POST",
            &format!("/vps/{id}/actions"),
            &json!({"action": "stop"})
        ),
        forbidden
    );
    assert_eq!(bench.state().vps.len(), 1);
}

#[test]
fn a_body_that_is_no_json_object_is_400() {
    let mut bench = Bench::new();
    for (body, text) in [
        ("", "Invalid JSON in request body"),
        ("{", "Invalid JSON in request body"),
        ("{} {}", "Invalid JSON in request body"),
        ("[]", "Request body must be a JSON object"),
    ] {
        for path in ["/auth", "/vps", "/vps/1/actions"] {
            let request = Request::new("POST", &format!("/api/v1{path}"))
                .with_header("X-API-Key", &bench.key.clone())
                .with_body(body);
            let Exchange::Reply(reply) = bench.send(&request) else {
                panic!("{path}")
            };
            let json: Value = serde_json::from_slice(&reply.body).unwrap();
            assert_eq!((reply.status, json), error(400, text), "{path} {body}");
        }
    }
}
