//! Single calls.

use std::time::Duration;

use stablevps::testing::{Misbehaviour, Simulator};
use stablevps::{CallLimits, Client, ErrorKind, NewKey, Next, PowerAction, Scope};

use crate::{fault, rich};

fn unavailable() -> Misbehaviour {
    Misbehaviour::Status(serde_json::from_str(r#"{"code": 503}"#).unwrap())
}

#[test]
fn every_call_reaches_its_endpoint() {
    let simulator = rich();
    let client = simulator.client();
    let order = client.vps().create("pro", "yearly", "tokyo").unwrap();
    let listed = client.vps().list().unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].id, order.id);
    assert_eq!(client.vps().get(&order.id).unwrap().id, order.id);
    simulator.advance(Duration::from_mins(10));
    let vps = client.vps();
    for (receipt, action) in [
        (vps.stop(&order.id), PowerAction::Stop),
        (vps.start(&order.id), PowerAction::Start),
        (vps.reboot(order.id.as_str()), PowerAction::Reboot),
    ] {
        assert_eq!(receipt.unwrap().action, action);
    }
    assert_eq!(client.vps().delete(&order.id).unwrap().id, order.id);
    assert_eq!(client.account().get().unwrap().email, "john@example.com");
    assert_eq!(
        client.wallet().get().unwrap().balance.to_string(),
        "9655.10"
    );
}

#[test]
fn keys_are_created_without_a_key_listed_and_revoked() {
    let simulator = Simulator::new();
    let keyless = simulator
        .client_builder()
        .api_key("unused")
        .build()
        .unwrap();
    let key = NewKey::new("bot").scope(Scope::Read).expires_in_days(30);
    let password = "correct horse battery staple";
    let created = keyless.keys().create("john@example.com", password, key);
    let created = created.unwrap();
    assert_eq!(created.scope, Scope::Read);
    assert!(created.expires_at.is_some());

    let client = simulator.client();
    let keys = client.keys().list().unwrap();
    let bot = keys.iter().find(|key| key.name == "bot").unwrap();
    client.keys().revoke(&bot.id).unwrap();
    assert_eq!(client.keys().list().unwrap().len(), 1);

    let wrong = keyless
        .keys()
        .create("john@example.com", "wrong", NewKey::new("x"));
    assert_eq!(*wrong.unwrap_err().kind(), ErrorKind::Unauthorized);
}

#[test]
fn a_failed_read_is_repeated_in_virtual_time_and_limits_are_those_of_one_clone() {
    let simulator = Simulator::new();
    let client = simulator.client();
    let patient = client.with_limits(CallLimits::default().max_retries(2));
    let hasty = client.with_limits(CallLimits::default().max_retries(0));
    let begun = simulator.now();
    for _ in 0..2 {
        fault(&simulator, "GET", "/wallet", unavailable());
    }
    patient.wallet().get().unwrap();
    assert!(simulator.now() > begun);
    fault(&simulator, "GET", "/wallet", unavailable());
    let error = hasty.wallet().get().unwrap_err();
    assert_eq!(error.attempts(), 1);
    assert_eq!(error.next(), Next::Retry);
}

#[test]
fn what_can_not_be_used_is_refused_before_anything_is_sent() {
    let simulator = Simulator::new();
    let client = simulator.client();
    for (error, said) in [
        (client.vps().get("").unwrap_err(), "id must not be empty"),
        (
            client
                .vps()
                .provision("pro", "monthly", "tokyo")
                .timeout(Duration::ZERO)
                .run()
                .unwrap_err(),
            "timeout must be more than zero",
        ),
        (
            client.vps().wait_until_ready("a/b").run().unwrap_err(),
            "id must not contain spaces, control characters or any of / \\ ? # %",
        ),
    ] {
        assert_eq!(error.to_string(), said);
        assert_eq!(error.next(), Next::Fix);
    }
    assert!(simulator.requests().is_empty());

    let key = Client::builder().api_key("a b").build().unwrap_err();
    assert!(key.to_string().starts_with("api_key must"), "{key}");
    let missing = Client::builder()
        .build()
        .unwrap()
        .wallet()
        .get()
        .unwrap_err();
    assert_eq!(
        missing.to_string(),
        "api_key is missing: this call needs one"
    );
    let proxy = Client::builder()
        .api_key("k")
        .proxy("ftp://u:secret@h")
        .build();
    let proxy = proxy.unwrap_err().to_string();
    assert!(proxy.starts_with("proxy can't be used: "), "{proxy}");
    assert!(!proxy.contains("secret"), "{proxy}");
    let app = Client::builder().app("a\r\nx: y").build();
    let said = app.unwrap_err().to_string();
    assert!(said.starts_with("app must be a name"), "{said}");
}
