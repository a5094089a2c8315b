//! Orders that die half-way, come late, or come up in their own way.

use serde_json::{Value, json};
use stablevps_simulator::Exchange;

use crate::bench::{Bench, START, order};

fn struck(action: &Value) -> (Bench, Exchange) {
    let mut bench = Bench::new();
    bench.fault(&json!({ "do": action }));
    let exchange = bench.exchange("POST", "/vps", &order("prime"));
    (bench, exchange)
}

fn money_and_vps(bench: &mut Bench) -> (Value, Value) {
    (
        bench.get("/wallet")["balance"].clone(),
        bench.get("/vps")["total"].clone(),
    )
}

#[test]
fn an_order_by_halves_has_one_effect_and_no_good_reply() {
    for (half, balance, total) in [
        ("created_not_charged", json!(100), 1),
        ("charged_not_created", json!(80.51), 0),
    ] {
        let (mut bench, lost) = struck(&json!({"partial_order": {"half": half}}));
        assert_eq!(
            (lost, money_and_vps(&mut bench)),
            (Exchange::Lost, (balance.clone(), json!(total)))
        );
        assert_eq!(bench.state().orders_placed, 1);
        let (mut bench, failed) =
            struck(&json!({"partial_order": {"half": half, "reply": "error"}}));
        assert!(matches!(failed, Exchange::Reply(response) if response.status == 500));
        assert_eq!(money_and_vps(&mut bench), (balance, json!(total)));
    }
}

#[test]
fn a_late_order_is_charged_at_once_and_shows_later() {
    let (mut bench, exchange) = struck(&json!({"late_order": {"ms": 60_000}}));
    assert_eq!(exchange, Exchange::Lost);
    let id = bench.state().vps[0].id.clone();
    bench.now = START + 59_999;
    assert_eq!(money_and_vps(&mut bench), (json!(80.51), json!(0)));
    assert_eq!(bench.get_status(&format!("/vps/{id}")), 404);
    bench.now = START + 60_000;
    assert_eq!(money_and_vps(&mut bench), (json!(80.51), json!(1)));
    assert_eq!(bench.get_status(&format!("/vps/{id}")), 200);
}

#[test]
fn a_late_order_can_be_charged_late_too() {
    let (mut bench, _) = struck(&json!({"late_order": {"ms": 60_000, "charge": "late"}}));
    bench.now = START + 59_999;
    assert_eq!(money_and_vps(&mut bench), (json!(100), json!(0)));
    bench.now = START + 60_000;
    assert_eq!(money_and_vps(&mut bench), (json!(80.51), json!(1)));
    assert_eq!(bench.state().charges, [19.49.into()]);
}

#[test]
fn a_shaped_order_answers_well_and_comes_up_in_its_own_way() {
    let shape = json!({"provisioning_ms": 1000, "details_delay_ms": 500, "appear_404_ms": 200});
    let (mut bench, exchange) = struck(&json!({ "shape_order": shape }));
    let Exchange::Reply(reply) = exchange else {
        panic!("{exchange:?}")
    };
    let body: Value = serde_json::from_slice(&reply.body).unwrap();
    let path = format!("/vps/{}", body["id"].as_str().unwrap());
    assert_eq!((reply.status, bench.get_status(&path)), (201, 404));
    for (after, status, password) in [
        (200, "provisioning", false),
        (1000, "active", false),
        (1500, "active", true),
    ] {
        bench.now = START + after;
        let vps = bench.get(&path);
        assert_eq!(
            (&vps["vpsStatus"], vps["rdpPassword"].is_string()),
            (&json!(status), password),
            "{after}"
        );
    }
}

#[test]
fn a_shaped_order_can_cost_more_than_documented() {
    let (mut bench, exchange) = struck(&json!({"shape_order": {"price": 21.99}}));
    let Exchange::Reply(reply) = exchange else {
        panic!("{exchange:?}")
    };
    let body: Value = serde_json::from_slice(&reply.body).unwrap();
    assert_eq!((reply.status, &body["cost"]), (201, &json!(21.99)));
    assert_eq!(bench.state().charges, [21.99.into()]);
}

#[test]
fn a_shaped_order_can_end_badly() {
    let (mut bench, _) = struck(&json!({"shape_order": {"vps_status": "terminated"}}));
    bench.now += 1_000_000;
    assert_eq!(bench.get("/vps")["vps"][0]["vpsStatus"], "terminated");
}

#[test]
fn an_order_that_is_refused_anyway_is_answered_as_ever() {
    for action in [
        json!({"partial_order": {"half": "charged_not_created"}}),
        json!({"late_order": {"ms": 1}}),
    ] {
        let mut bench = Bench::with(&json!({"balance": 1.0}));
        bench.fault(&json!({ "do": action }));
        assert_eq!(bench.call("POST", "/vps", &order("basic")).0, 402);
        assert_eq!(bench.state().orders_placed, 0);
    }
}
