//! `POST /vps`.

use serde_json::{Value, json};

use crate::bench::{Bench, error, order};

#[test]
fn an_order_answers_as_documented() {
    let mut bench = Bench::new();
    let (status, body) = bench.call("POST", "/vps", &order("prime"));
    let expected = json!({
        "success": true,
        "message": "VPS provisioning started. It will be active in a few minutes.",
        "id": body["id"], "vpsId": "zomro-12345", "planId": "prime", "billingCycle": "monthly",
        "location": "amsterdam", "vpsStatus": "provisioning", "rdpUsername": "Administrator", "cost": 19.49,
        "newBalance": 80.51, "currency": "EUR", "currentPeriodEnd": "2026-06-11T09:00:00.000Z",
    });
    assert_eq!((status, body), (201, expected));
}

#[test]
fn ids_are_24_hexadecimal_digits_and_differ() {
    let mut bench = Bench::new();
    let ids = [bench.buy("basic"), bench.buy("basic")];
    assert!(
        ids.iter()
            .flat_map(|id| id.bytes())
            .all(|digit| digit.is_ascii_hexdigit())
    );
    assert!(
        ids.iter().all(|id| id.len() == 24) && ids[0] != ids[1],
        "{ids:?}"
    );
}

#[test]
fn every_plan_costs_what_the_catalogue_says() {
    let prices = [
        ("basic", 12.49, 124.9),
        ("prime", 19.49, 194.9),
        ("pro", 34.49, 344.9),
    ];
    for (plan, monthly, yearly) in prices {
        for (cycle, price, end) in [
            ("monthly", monthly, "2026-06-11"),
            ("yearly", yearly, "2027-05-11"),
        ] {
            let mut bench = Bench::with(&json!({"balance": price}));
            let order = json!({"planId": plan, "billingCycle": cycle, "location": "newYork"});
            let (status, body) = bench.call("POST", "/vps", &order);
            assert_eq!(
                (status, &body["cost"], &body["newBalance"]),
                (201, &json!(price), &json!(0)),
                "{body}"
            );
            assert!(
                body["currentPeriodEnd"].as_str().unwrap().starts_with(end),
                "{body}"
            );
        }
    }
}

#[test]
fn an_order_beyond_the_balance_is_402_and_changes_nothing() {
    let mut bench = Bench::with(&json!({"balance": 5.0}));
    let reply = bench.response("POST", "/vps", &order("prime"));
    let text = r#"{"error":"Insufficient wallet balance","required":19.49,"available":5,"currency":"EUR"}"#;
    assert_eq!(
        (
            reply.status,
            String::from_utf8(reply.body).unwrap().as_str()
        ),
        (402, text)
    );
    let state = bench.state();
    assert_eq!(
        (state.balance, state.vps.len(), state.charges.len()),
        (5.0.into(), 0, 0)
    );
    assert_eq!((state.orders_received, state.orders_placed), (1, 0));
}

#[test]
fn a_parameter_of_an_order_that_is_missing_or_wrong_is_400() {
    let cases = [
        ("planId", json!(null), "planId is required"),
        (
            "planId",
            json!("Basic"),
            "Invalid planId. Must be one of: basic, prime, pro",
        ),
        ("billingCycle", json!(1), "billingCycle must be a string"),
        (
            "billingCycle",
            json!("weekly"),
            "Invalid billingCycle. Must be one of: monthly, yearly",
        ),
        (
            "location",
            json!("new york"),
            "Invalid location. Must be one of: amsterdam, london, frankfurt, newYork, singapore, tokyo",
        ),
    ];
    for (field, value, text) in cases {
        let mut bench = Bench::new();
        let mut body = order("basic");
        body[field] = value;
        assert_eq!(bench.call("POST", "/vps", &body), error(400, text));
        assert_eq!(bench.get("/wallet")["balance"], 100);
    }
}

#[test]
fn orders_go_on_until_the_wallet_is_empty() {
    let mut bench = Bench::with(&json!({"balance": 30.0, "money_as_float": false}));
    let statuses: Vec<u16> = (0..4)
        .map(|_| bench.call("POST", "/vps", &order("basic")).0)
        .collect();
    assert_eq!(statuses, [201, 201, 402, 402]);
    let state = bench.state();
    assert_eq!(state.charges, [12.49.into(), 12.49.into()]);
    assert_eq!(
        (state.total_charged, state.balance, state.funded),
        (24.98.into(), 5.02.into(), 30.0.into())
    );
}

#[test]
fn a_parameter_too_many_is_ignored() {
    let mut body = order("basic");
    body["label"] = Value::from("mine");
    assert_eq!(Bench::new().call("POST", "/vps", &body).0, 201);
}
