//! After a 429 all calls of a client slow down together, and an ordering window goes first.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod support;

use stablevps_core::call::Call;
use stablevps_core::config::{Api, ApiConfig, CallOptions};
use stablevps_core::endpoints::{CreateKey, GetAccount};
use stablevps_core::http::{Header, RequestId};
use stablevps_core::models::Scope;
use stablevps_core::pace::Pacing;
use stablevps_core::secret::Secret;
use stablevps_core::step::{Step, WaitReason};
use support::{START, at, clocks, response};

fn client(pacing: Pacing) -> Api {
    Api::new(ApiConfig {
        api_key: Some(Secret::new("svps_live_a3f7")),
        world: Some(String::new()),
        pacing,
        ..ApiConfig::default()
    })
    .unwrap()
}

fn call(client: &Api, options: CallOptions, now: i64) -> Call<GetAccount> {
    client.call(GetAccount, options, 1, clocks(now)).unwrap()
}

/// How long a call that is begun now waits for its place.
fn waits(client: &Api, options: CallOptions, now: i64) -> u64 {
    match call(client, options, now).next_step(at(now)) {
        Step::Wait {
            delay_ms,
            reason: WaitReason::Pace,
        } => delay_ms,
        _ => 0,
    }
}

fn refuse(client: &Api, now: i64) {
    let mut call = call(client, CallOptions::default(), now);
    let reply = response(429, r#"{"error":"Too many requests"}"#);
    call.handle_reply(RequestId(1), reply, at(now)).unwrap();
}

#[test]
fn after_a_refusal_all_calls_of_the_client_are_a_gap_apart() {
    let (client, other) = (client(Pacing::On), client(Pacing::On));
    let ten = |client: &Api, now| [0; 10].map(|_| waits(client, CallOptions::default(), now));
    assert_eq!(ten(&client, START), [0; 10]);
    refuse(&client, START);
    let spread = ten(&client, START);
    assert!(
        spread.windows(2).all(|pair| pair[1] == pair[0] + 100),
        "{spread:?}"
    );
    assert_eq!(ten(&other, START), [0; 10], "another client minds itself");
    assert_eq!(ten(&client, START + 60_000), [0; 10], "it is over by then");
}

#[test]
fn a_client_without_pacing_minds_only_what_is_answered_to_each_call() {
    let client = client(Pacing::Off);
    refuse(&client, START);
    assert_eq!(waits(&client, CallOptions::default(), START), 0);
}

#[test]
fn the_limit_of_keys_says_nothing_about_speed() {
    let client = client(Pacing::On);
    let secret = Secret::new("hunter2hunter2");
    let create = CreateKey::new("you@example.com", secret, "bot", Scope::Full, None).unwrap();
    let now = clocks(START);
    let mut call = client.call(create, CallOptions::default(), 1, now).unwrap();
    let reply = response(429, r#"{"error":"Maximum of 10 keys"}"#);
    call.handle_reply(RequestId(1), reply, at(START)).unwrap();
    assert_eq!(waits(&client, CallOptions::default(), START), 0);
}

#[test]
fn a_call_waits_no_longer_than_half_of_its_time() {
    let client = client(Pacing::On);
    (0..6).for_each(|second| refuse(&client, START + second * 1_000));
    let now = START + 6_000;
    let within = |deadline_ms| CallOptions {
        deadline_ms: Some(deadline_ms),
        ..CallOptions::default()
    };
    for _ in 0..20 {
        waits(&client, CallOptions::default(), now);
    }
    assert_eq!(waits(&client, within(3_000), now), 1_500);
    assert_eq!(waits(&client, CallOptions::default(), now), 30_000);
}

#[test]
fn the_name_of_a_program_stands_before_the_user_agent() {
    let agent = |app: &str| {
        let api = Api::new(ApiConfig {
            api_key: Some(Secret::new("svps_live_a3f7")),
            app: Some(app.to_owned()),
            user_agent: Some("stablevps/1".to_owned()),
            ..ApiConfig::default()
        });
        let api = api.map_err(|error| error.to_string())?;
        let call = api.call(GetAccount, CallOptions::default(), 1, clocks(START));
        let Step::Send(request) = call.unwrap().next_step(at(START)) else {
            unreachable!("it begins with a request")
        };
        let is_it = |header: &&Header| header.name == "user-agent";
        let found = request.headers.iter().find(is_it);
        Ok::<_, String>(found.unwrap().value.clone())
    };
    assert_eq!(agent("grid-bot/2.1").unwrap(), "grid-bot/2.1 stablevps/1");
    assert_eq!(agent("bot").unwrap(), "bot stablevps/1");
    for wrong in [
        "",
        "/1",
        "bot/",
        "grid bot",
        "bot/1/2",
        "b\u{f6}t",
        "bot\r\nx: y",
    ] {
        let said = agent(wrong).unwrap_err();
        assert!(said.starts_with("app must be a name"), "{wrong}: {said}");
    }
}
