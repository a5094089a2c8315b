//! `POST`, `GET` and `DELETE /auth`.

use serde_json::{Value, json};

use crate::bench::{Bench, START, error};

const DAY: i64 = 86_400_000;

fn sign_in(name: &str) -> Value {
    json!({"email": "john@example.com", "password": "correct horse battery staple", "name": name})
}

fn sign_in_with(field: &str, value: Value) -> Value {
    let mut body = sign_in("bot");
    body[field] = value;
    body
}

#[test]
fn a_new_key_is_shown_once_and_works() {
    let mut bench = Bench::new();
    let (status, made) = bench.call("POST", "/auth", &sign_in("My Bot"));
    assert_eq!(status, 201);
    let key = made["apiKey"].as_str().unwrap().to_owned();
    let expected = json!({
        "apiKey": key, "keyPrefix": key[..14], "name": "My Bot", "scope": "full", "expiresAt": null,
        "message": "Store this key safely — it will not be shown again.",
    });
    assert_eq!(made, expected);
    assert!(!bench.get("/auth").to_string().contains(&key));
    bench.key = key;
    assert_eq!(bench.get_status("/wallet"), 200);
}

#[test]
fn signing_in_needs_no_key_but_the_right_password() {
    let mut bench = Bench::new();
    bench.key = String::new();
    assert_eq!(
        bench
            .call(
                "POST",
                "/auth",
                &sign_in_with("email", json!("John@Example.com"))
            )
            .0,
        201
    );
    let refused = error(401, "Invalid email or password");
    assert_eq!(
        bench.call("POST", "/auth", &sign_in_with("password", json!("wrong"))),
        refused
    );
    assert_eq!(
        bench.call(
            "POST",
            "/auth",
            &sign_in_with("email", json!("jane@example.com"))
        ),
        refused
    );
    assert_eq!(bench.state().keys.len(), 2);
}

#[test]
fn a_parameter_of_signing_in_that_is_missing_or_wrong_is_400() {
    let cases = [
        ("email", json!(null), "email is required"),
        ("password", json!(""), "password is required"),
        ("name", json!(5), "name must be a string"),
        (
            "scope",
            json!("write"),
            "Invalid scope. Must be one of: full, read",
        ),
        (
            "expiresInDays",
            json!(0),
            "expiresInDays must be a number of days above 0 and at most 36500",
        ),
        (
            "expiresInDays",
            json!("30"),
            "expiresInDays must be a number of days above 0 and at most 36500",
        ),
        (
            "expiresInDays",
            json!(1e300),
            "expiresInDays must be a number of days above 0 and at most 36500",
        ),
    ];
    for (field, value, text) in cases {
        assert_eq!(
            Bench::new().call("POST", "/auth", &sign_in_with(field, value)),
            error(400, text)
        );
    }
}

#[test]
fn the_list_shows_prefix_scope_and_times_of_each_key() {
    let mut bench = Bench::new();
    bench.call("POST", "/auth", &sign_in_with("scope", json!("read")));
    let keys = bench.get("/auth")["keys"].clone();
    let (first, second) = (&keys[0], &keys[1]);
    assert_eq!(first["keyPrefix"], bench.key[..14]);
    assert_eq!(first["scope"], "full");
    assert_eq!(first["createdAt"], "2026-01-01T00:00:00.000Z");
    assert_eq!(first["lastUsedAt"], "2026-05-11T09:00:00.000Z");
    assert_eq!(
        (&second["scope"], &second["expiresAt"]),
        (&json!("read"), &json!(null))
    );
    assert_eq!(second["createdAt"], "2026-05-11T09:00:00.000Z");
    assert!(second.get("lastUsedAt").is_none(), "{second}");
    let id = second["_id"].as_str().unwrap();
    assert!(
        id.len() == 24 && id.bytes().all(|digit| digit.is_ascii_hexdigit()),
        "{id}"
    );
}

#[test]
fn the_last_use_is_the_last_authenticated_request() {
    let mut bench = Bench::new();
    bench.get("/wallet");
    bench.now += 5;
    bench.call("GET", "/vps/none", &Value::Null);
    bench.now += 5;
    bench.simulator.handle(
        &stablevps_simulator::Request::new("GET", "/api/v1/wallet"),
        bench.now,
    );
    let made = bench.control(&json!({"create_key": {}}));
    bench.key = made["key"].as_str().unwrap().to_owned();
    assert_eq!(
        bench.get("/auth")["keys"][0]["lastUsedAt"],
        "2026-05-11T09:00:00.005Z"
    );
}

#[test]
fn a_key_works_until_its_expiry_and_not_at_it() {
    let mut bench = Bench::new();
    let made = bench
        .call("POST", "/auth", &sign_in_with("expiresInDays", json!(1.5)))
        .1;
    assert_eq!(made["expiresAt"], "2026-05-12T21:00:00.000Z");
    bench.key = made["apiKey"].as_str().unwrap().to_owned();
    bench.now = START + DAY * 3 / 2 - 1;
    assert_eq!(bench.get_status("/wallet"), 200);
    bench.now += 1;
    assert_eq!(
        bench.call("GET", "/wallet", &Value::Null),
        error(401, "Invalid or expired API key")
    );
}

#[test]
fn the_eleventh_key_is_429_even_when_some_have_expired() {
    let mut bench = Bench::new();
    for _ in 0..9 {
        assert_eq!(
            bench
                .call("POST", "/auth", &sign_in_with("expiresInDays", json!(1)))
                .0,
            201
        );
    }
    bench.now += 2 * DAY;
    let full = error(429, "Maximum of 10 API keys per account reached");
    assert_eq!(bench.call("POST", "/auth", &sign_in("one more")), full);
    let id = bench.get("/auth")["keys"][9]["_id"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(
        bench
            .call("DELETE", &format!("/auth?keyId={id}"), &Value::Null)
            .0,
        200
    );
    assert_eq!(bench.call("POST", "/auth", &sign_in("one more")).0, 201);
}

#[test]
fn a_revoked_key_is_gone() {
    let mut bench = Bench::new();
    let made = bench.call("POST", "/auth", &sign_in("bot")).1;
    let id = bench.get("/auth")["keys"][1]["_id"]
        .as_str()
        .unwrap()
        .to_owned();
    let path = format!("/auth?keyId={id}");
    let done = (200, json!({"success": true, "message": "API key revoked"}));
    assert_eq!(bench.call("DELETE", &path, &Value::Null), done);
    assert_eq!(
        bench.call("DELETE", &path, &Value::Null),
        error(404, "API key not found")
    );
    bench.key = made["apiKey"].as_str().unwrap().to_owned();
    assert_eq!(bench.get_status("/wallet"), 401);
}

#[test]
fn a_key_cannot_revoke_itself_and_revoking_needs_an_id() {
    let mut bench = Bench::new();
    let own = bench.get("/auth")["keys"][0]["_id"]
        .as_str()
        .unwrap()
        .to_owned();
    let refused = error(400, "You cannot revoke the API key currently in use");
    assert_eq!(
        bench.call("DELETE", &format!("/auth?keyId={own}"), &Value::Null),
        refused
    );
    for path in ["/auth", "/auth?keyId=", "/auth?id=1"] {
        assert_eq!(
            bench.call("DELETE", path, &Value::Null),
            error(400, "keyId is required"),
            "{path}"
        );
    }
    assert_eq!(bench.get_status("/wallet"), 200);
}

#[test]
fn a_key_of_ones_own_choice_is_the_first_key() {
    let mut bench = Bench::with(&json!({"key": "svps_live_chosen_by_the_test"}));
    assert_eq!(bench.key, "svps_live_chosen_by_the_test");
    assert_eq!(bench.get("/auth")["keys"][0]["keyPrefix"], "svps_live_chos");
}
