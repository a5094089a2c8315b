//! Faults of any request.

use serde_json::{Value, json};
use stablevps_simulator::Exchange;

use crate::bench::{Bench, error, order};

/// What became of an order that a fault struck: the exchange, and the balance afterwards.
fn struck_order(action: &Value) -> (Exchange, Value) {
    let mut bench = Bench::new();
    bench.fault(&json!({"on": {"method": "POST", "path": "/api/v1/vps"}, "do": action}));
    let exchange = bench.exchange("POST", "/vps", &order("prime"));
    let balance = bench.get("/wallet")["balance"].clone();
    assert_eq!(bench.get("/vps")["total"], i32::from(balance != 100));
    (exchange, balance)
}

fn reply(exchange: Exchange) -> (u16, String) {
    match exchange {
        Exchange::Reply(response) => (response.status, String::from_utf8(response.body).unwrap()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_request_is_lost_before_or_after_its_effect_or_not_delivered() {
    assert_eq!(
        struck_order(&json!("lose_before")),
        (Exchange::Lost, json!(100))
    );
    assert_eq!(
        struck_order(&json!("lose_after")),
        (Exchange::Lost, json!(80.51))
    );
    assert_eq!(
        struck_order(&json!("not_delivered")),
        (Exchange::NotDelivered, json!(100))
    );
}

#[test]
fn a_cut_reply_keeps_its_beginning_and_never_all_of_it() {
    for (wanted, kept) in [(10, 10), (0, 0), (1_000_000, usize::MAX)] {
        let (exchange, balance) = struck_order(&json!({"cut": {"keep": wanted}}));
        assert_eq!(balance, 80.51);
        let Exchange::Cut { response, keep } = exchange else {
            panic!("{exchange:?}")
        };
        assert_eq!(
            (response.status, keep),
            (201, kept.min(response.body.len() - 1))
        );
    }
}

#[test]
fn a_status_comes_before_or_after_the_effect() {
    for (effect, balance) in [
        (json!("before"), json!(100)),
        (json!("none"), json!(100)),
        (json!("after"), json!(80.51)),
    ] {
        let (exchange, left) = struck_order(&json!({"status": {"code": 500, "effect": effect}}));
        assert_eq!(
            reply(exchange),
            (500, r#"{"error":"Internal server error"}"#.to_owned())
        );
        assert_eq!(left, balance);
    }
}

#[test]
fn a_status_brings_its_own_headers_and_body() {
    let mut bench = Bench::new();
    bench.fault(&json!({"do": {"status": {"code": 429, "headers": {"Retry-After": "7"}}}}));
    bench.fault(&json!({"do": {"status": {"code": 302, "body": "", "headers": {"Location": "https://example.com/"}}}}));
    bench.fault(&json!({"do": {"status": {"code": 502, "body": "<h1>Bad Gateway</h1>", "content_type": "text/html"}}}));
    let limited = bench.response("GET", "/vps", &Value::Null);
    assert_eq!(
        (limited.status, limited.header("retry-after")),
        (429, Some("7"))
    );
    let moved = bench.response("GET", "/vps", &Value::Null);
    assert_eq!(
        (moved.status, moved.header("location"), moved.body.len()),
        (302, Some("https://example.com/"), 0)
    );
    let html = bench.response("GET", "/vps", &Value::Null);
    assert_eq!(
        (html.status, html.header("content-type")),
        (502, Some("text/html"))
    );
    assert_eq!(html.body, b"<h1>Bad Gateway</h1>");
    assert_eq!(bench.get_status("/vps"), 200);
}

#[test]
fn a_body_is_replaced_only_in_a_good_reply() {
    let mut bench = Bench::new();
    bench.fault(&json!({"times": 2, "do": {"body": {"text": "{\"vps\":"}}}));
    assert_eq!(
        bench.response("GET", "/vps", &Value::Null).body,
        b"{\"vps\":"
    );
    assert_eq!(
        bench.call("GET", "/vps/none", &Value::Null),
        error(404, "VPS not found")
    );
}

#[test]
fn a_patched_reply_differs_only_where_it_was_patched() {
    let mut bench = Bench::with(&json!({"vps": [{}]}));
    let before = bench.get("/vps");
    bench.fault(&json!({"do": {"patch": {
        "merge": {"extra": {"deep": 1}, "total": null},
        "set": {"/vps/0/vpsStatus": "rebuilding"},
        "remove": ["/vps/0/ipAddress"],
    }}}));
    let mut expected = before.clone();
    expected["extra"] = json!({"deep": 1});
    expected["total"] = Value::Null;
    expected["vps"][0]["vpsStatus"] = json!("rebuilding");
    expected["vps"][0]
        .as_object_mut()
        .unwrap()
        .remove("ipAddress");
    assert_eq!(bench.get("/vps"), expected);
    assert_eq!(bench.get("/vps"), before);
}

#[test]
fn a_delayed_reply_says_how_long_it_took() {
    let mut bench = Bench::new();
    bench.fault(&json!({"do": {"delay": {"ms": 2500}}}));
    assert_eq!(
        bench.response("GET", "/wallet", &Value::Null).delay_ms,
        2500
    );
    assert_eq!(bench.response("GET", "/wallet", &Value::Null).delay_ms, 0);
}

#[test]
fn a_fault_strikes_only_what_it_names_and_after_what_it_skips() {
    let mut bench = Bench::with(&json!({
        "vps": [{"id": "a"}],
        "faults": [{"on": {"method": "GET", "path": "/vps/:id", "skip": 1}, "times": 2, "do": {"status": {"code": 503}}}],
    }));
    assert_eq!(bench.get_status("/vps"), 200);
    let seen: Vec<u16> = (0..4).map(|_| bench.get_status("/vps/a")).collect();
    assert_eq!(seen, [200, 503, 503, 200]);
}

#[test]
fn cleared_faults_strike_nothing() {
    let mut bench = Bench::new();
    bench.fault(&json!({"times": 1000, "do": "lose_after"}));
    assert_eq!(bench.state().pending_faults[0].times, 1000);
    bench.control(&json!("clear_faults"));
    assert_eq!(bench.get_status("/wallet"), 200);
    assert!(bench.state().pending_faults.is_empty());
}
