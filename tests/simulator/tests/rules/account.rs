//! `GET /account` and `GET /wallet`.

use serde_json::{Value, json};

use crate::bench::{Bench, order};

#[test]
fn the_wallet_shows_whole_amounts_without_a_fraction() {
    let reply = Bench::new().response("GET", "/wallet", &Value::Null);
    assert_eq!(reply.body, br#"{"balance":100,"currency":"EUR"}"#);
}

#[test]
fn the_wallet_shows_what_binary_floating_point_makes_of_it_unless_told_otherwise() {
    for (as_float, text) in [(true, "75.02000000000001"), (false, "75.02")] {
        let mut bench = Bench::with(&json!({"money_as_float": as_float}));
        bench.buy("basic");
        bench.call("POST", "/vps", &order("basic"));
        let reply = bench.response("GET", "/wallet", &Value::Null);
        assert_eq!(
            reply.body,
            format!(r#"{{"balance":{text},"currency":"EUR"}}"#).as_bytes()
        );
    }
}

#[test]
fn the_account_shows_its_owner_balance_and_counts() {
    let mut bench = Bench::with(&json!({
        "account": {"first_name": "Ada", "last_name": "Byron", "email": "ada@example.com"},
        "vps": [{}, {"vps_status": "suspended"}],
        "foreign_vps": [{}],
    }));
    bench.buy("basic");
    let mut account = bench.get("/account");
    let id = account["id"].take();
    assert_eq!(id.as_str().unwrap().len(), 24);
    let expected = json!({
        "id": null, "firstName": "Ada", "lastName": "Byron", "email": "ada@example.com", "role": "user",
        "balance": 87.51, "currency": "EUR", "referralCode": "ADA2026",
        "affiliateStats": {"totalReferrals": 3, "successfulReferrals": 2, "totalEarnings": 3.9},
        "activeVpsCount": 1, "totalVpsCount": 3, "createdAt": "2026-01-01T00:00:00.000Z",
    });
    assert_eq!(account, expected);
}
