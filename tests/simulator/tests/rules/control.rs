//! Control commands and reports.

use serde_json::{Value, json};

use crate::bench::{Bench, START, order};

#[test]
fn the_balance_can_be_set() {
    let mut bench = Bench::new();
    bench.buy("prime");
    assert_eq!(
        bench.control(&json!({"set_balance": {"amount": 5.25}})),
        json!({})
    );
    assert_eq!(bench.get("/wallet")["balance"], 5.25);
    let state = bench.state();
    assert!((state.funded.value() - 24.74).abs() < 1e-9, "{state:?}");
}

#[test]
fn a_vps_can_be_added_changed_and_sent_back_to_provisioning() {
    let mut bench = Bench::new();
    let seed =
        json!({"id": "a", "plan_id": "ultra", "location": "sydney", "billing_cycle": "weekly"});
    assert_eq!(
        bench.control(&json!({ "add_vps": seed })),
        json!({"id": "a"})
    );
    let vps = bench.get("/vps/a");
    assert_eq!(
        (&vps["planId"], &vps["location"], &vps["vpsStatus"]),
        (&json!("ultra"), &json!("sydney"), &json!("active"))
    );
    bench
        .control(&json!({"set_vps": {"id": "a", "vps_status": "suspended", "status": "past_due"}}));
    let vps = bench.get("/vps/a");
    assert_eq!(
        (&vps["vpsStatus"], &vps["status"]),
        (&json!("suspended"), &json!("past_due"))
    );
    bench.control(&json!({"set_vps": {"id": "a", "active_in_ms": 100, "details_in_ms": 200, "appear_404_ms": 50}}));
    assert_eq!(bench.get("/vps")["vps"][0]["vpsStatus"], "provisioning");
    assert_eq!(bench.get_status("/vps/a"), 404);
    for (after, status, address) in [
        (50, "provisioning", false),
        (100, "active", false),
        (200, "active", true),
    ] {
        bench.now = START + after;
        let vps = bench.get("/vps/a");
        assert_eq!(
            (&vps["vpsStatus"], vps["ipAddress"].is_string()),
            (&json!(status), address),
            "{after}"
        );
    }
}

#[test]
fn forcing_active_ends_provisioning_with_all_details() {
    let mut bench = Bench::new();
    let id = bench.buy("basic");
    bench.get("/vps");
    bench.control(&json!({"set_vps": {"id": id, "vps_status": "active"}}));
    let vps = bench.get(&format!("/vps/{id}"));
    assert_eq!(
        (&vps["vpsStatus"], vps["rdpPassword"].is_string()),
        (&json!("active"), true)
    );
    assert_eq!(bench.get("/vps")["vps"][0]["vpsStatus"], "active");
}

#[test]
fn a_foreign_vps_can_be_added() {
    let mut bench = Bench::new();
    let id = bench.control(&json!({"add_foreign_vps": {}}))["id"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(bench.get_status(&format!("/vps/{id}")), 404);
}

#[test]
fn a_key_can_be_made_and_expired_by_id_or_by_itself() {
    let mut bench = Bench::new();
    for by in ["id", "key"] {
        let made = bench.control(&json!({"create_key": {"name": "bot", "expires_in_days": 1}}));
        bench.key = made["key"].as_str().unwrap().to_owned();
        assert_eq!(bench.get_status("/wallet"), 200);
        assert_eq!(
            bench.control(&json!({"expire_key": {"key": made[by]}})),
            json!({})
        );
        assert_eq!(bench.get_status("/wallet"), 401);
    }
    assert!(bench.state().keys[2].expired);
}

#[test]
fn a_command_that_cannot_be_carried_out_says_why() {
    let mut bench = Bench::with(&json!({"vps": [{"id": "a"}]}));
    let cases = [
        (json!({"set_vps": {"id": "b"}}), "id: there is no VPS b"),
        (
            json!({"add_vps": {"id": "a"}}),
            "id: there is a VPS a already",
        ),
        (
            json!({"expire_key": {"key": "svps_live_none"}}),
            "no such key",
        ),
        (
            json!({"create_key": {"expires_in_days": -1}}),
            "expires_in_days: must be above 0 and at most 36500",
        ),
    ];
    for (command, text) in cases {
        assert_eq!(bench.control(&command), json!({ "error": text }));
    }
    for _ in 0..9 {
        bench.control(&json!({"create_key": {}}));
    }
    assert_eq!(
        bench.control(&json!({"create_key": {}})),
        json!({"error": "the account has 10 keys already"})
    );
}

#[test]
fn a_command_that_is_not_understood_names_what_is_wrong() {
    let mut bench = Bench::new();
    let cases = [
        (json!("explode"), "unknown variant `explode`"),
        (
            json!({"set_balance": {"amount": "5"}}),
            "invalid type: string \"5\"",
        ),
        (
            json!({"set_vps": {"id": "a", "colour": 1}}),
            "unknown field `colour`",
        ),
        (
            json!({"fault": {"do": {"cut": {}}}}),
            "missing field `keep`",
        ),
        (
            json!({"fault": {"times": 0, "do": "lose_after"}}),
            "invalid value: integer `0`",
        ),
        (
            json!({"fault": {"do": {"status": {"code": 99}}}}),
            "a status is from 200 to 599",
        ),
    ];
    for (command, text) in cases {
        let answer = bench.control(&command);
        assert!(
            answer["error"].as_str().unwrap().starts_with(text),
            "{answer}"
        );
    }
}

#[test]
fn the_report_counts_requests_by_endpoint_but_not_what_never_arrived() {
    let mut bench = Bench::new();
    bench.fault(&json!({"on": {"path": "/vps"}, "do": "not_delivered"}));
    bench.fault(&json!({"on": {"method": "POST"}, "do": "lose_before"}));
    bench.exchange("POST", "/vps", &order("basic"));
    bench.exchange("POST", "/vps", &order("basic"));
    let id = bench.buy("basic");
    bench.get(&format!("/vps/{id}"));
    bench.call("GET", "/nowhere", &Value::Null);
    let report = bench.control(&json!("state"));
    let counts = json!({"POST /vps": 2, "GET /vps/:id": 1, "other": 1});
    assert_eq!(
        report["requests"],
        json!({"total": 4, "by_endpoint": counts})
    );
    assert_eq!(
        (&report["orders_received"], &report["orders_placed"]),
        (&json!(2), &json!(1))
    );
    assert_eq!(
        (&report["charges"], &report["balance"]),
        (&json!([12.49]), &json!(87.51))
    );
}

#[test]
fn the_log_tells_how_each_request_went() {
    let mut bench = Bench::new();
    bench.fault(&json!({"on": {"method": "POST"}, "do": "lose_after"}));
    bench.exchange("POST", "/vps", &order("basic"));
    bench.now += 5;
    bench.exchange("DELETE", "/auth?keyId=x", &Value::Null);
    let expected = json!({"requests": [
        {"at_ms": START, "method": "POST", "path": "/api/v1/vps", "outcome": "lost", "status": null, "fault": "lose_after"},
        {"at_ms": START + 5, "method": "DELETE", "path": "/api/v1/auth", "outcome": "replied", "status": 404, "fault": null},
    ]});
    assert_eq!(bench.control(&json!("requests")), expected);
}

#[test]
fn neither_report_nor_log_holds_a_key_or_a_password() {
    let mut bench = Bench::with(&json!({"provisioning_ms": 0}));
    let id = bench.buy("basic");
    let password = bench.get(&format!("/vps/{id}"))["rdpPassword"]
        .as_str()
        .unwrap()
        .to_owned();
    let texts = [
        bench.control(&json!("state")),
        bench.control(&json!("requests")),
    ]
    .map(|json| json.to_string());
    let shown = format!("{texts:?} {:?}", bench.simulator);
    for secret in [password, bench.key.clone(), "correct horse".to_owned()] {
        assert!(!shown.contains(&secret), "{secret}");
    }
}
