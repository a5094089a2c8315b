//! What holds whatever is sent.

#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use stablevps_simulator::{Config, Fault, Request, Simulator};

const KEY: &str = "svps_live_0123456789abcdef";

fn bytes_or_orders() -> impl Strategy<Value = Vec<u8>> {
    let order = (
        prop::sample::select(vec!["basic", "prime", "pro", "huge"]),
        prop::sample::select(vec!["monthly", "yearly", "never"]),
    )
        .prop_map(|(plan, cycle)| {
            format!(r#"{{"planId":"{plan}","billingCycle":"{cycle}","location":"tokyo","action":"stop"}}"#).into_bytes()
        });
    prop_oneof![3 => order, 1 => prop::collection::vec(any::<u8>(), 0..64)]
}

fn targets() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "/api/v1/vps",
        "/api/v1/vps/a",
        "/api/v1/vps/a/actions",
        "/api/v1/auth",
        "/api/v1/auth?keyId=%",
        "/api/v1/wallet",
    ]);
    prop_oneof![4 => known.prop_map(str::to_owned), 1 => ".{0,40}", 1 => "/api/v1/(vps|auth)[/?%a-f0-9=&+]{0,20}"]
}

fn requests() -> impl Strategy<Value = (Request, i64)> {
    let methods = prop::sample::select(vec!["GET", "POST", "POST", "DELETE", "BREW"]);
    let headers = prop_oneof![
        4 => Just(vec![("Authorization".to_owned(), format!("Bearer {KEY}"))]),
        1 => prop::collection::vec((".{0,20}", ".{0,20}"), 0..4),
    ];
    let times = prop_oneof![4 => 0..4_000_000_000_000_i64, 1 => any::<i64>()];
    (methods, targets(), headers, bytes_or_orders(), times).prop_map(
        |(method, target, headers, body, now)| {
            (
                Request {
                    method: method.to_owned(),
                    target,
                    headers,
                    body,
                },
                now,
            )
        },
    )
}

fn faults() -> impl Strategy<Value = Vec<Fault>> {
    let texts = prop::sample::select(vec![
        r#"{"do":"lose_after","on":{"path":"/vps*"}}"#,
        r#"{"do":{"cut":{"keep":3}},"times":2}"#,
        r#"{"do":{"status":{"code":500,"effect":"after"}}}"#,
        r#"{"do":{"patch":{"merge":{"a":null},"remove":["/vps/0","/error"]}}}"#,
        r#"{"do":{"partial_order":{"half":"created_not_charged"}}}"#,
        r#"{"do":{"partial_order":{"half":"charged_not_created"}}}"#,
        r#"{"do":{"late_order":{"ms":100000000000,"charge":"late"}}}"#,
    ]);
    prop::collection::vec(
        texts.prop_map(|text| serde_json::from_str(text).unwrap()),
        0..5,
    )
}

proptest! {
    #[test]
    fn no_request_panics_and_no_cent_is_made_or_lost(
        requests in prop::collection::vec(requests(), 1..40),
        faults in faults(),
        seed in any::<u64>(),
        balance in 0..100_000_u32,
        money_as_float in any::<bool>(),
    ) {
        let balance = f64::from(balance) / 100.0;
        let mut config = Config { seed, faults, money_as_float, ..Config::default() };
        config.balance = balance.into();
        config.key = Some(KEY.into());
        config.vps = vec![stablevps_simulator::VpsSeed { id: Some("a".to_owned()), ..Default::default() }];
        let mut simulator = Simulator::new(config);
        for (request, now) in requests {
            let _ = simulator.handle(&request, now);
            let state = simulator.state(now);
            let kept = state.balance.value() + state.total_charged.value();
            prop_assert!((kept - balance).abs() < 1e-6, "{kept} of {balance}");
            prop_assert!((state.funded.value() - balance).abs() < 1e-9);
            prop_assert!(state.orders_placed <= state.orders_received);
        }
    }

    #[test]
    fn a_simulator_that_was_written_and_read_goes_on_as_if_it_had_not_been(
        requests in prop::collection::vec(requests(), 1..20),
        faults in faults(),
        seed in any::<u64>(),
        cut in 0..20_usize,
    ) {
        let mut config = Config { seed, faults, ..Config::default() };
        config.key = Some(KEY.into());
        config.vps = vec![stablevps_simulator::VpsSeed { id: Some("a".to_owned()), ..Default::default() }];
        let (mut kept, mut read) = (Simulator::new(config.clone()), Simulator::new(config));
        let mut now = 1_767_225_600_000;
        for (turn, (request, _)) in requests.into_iter().enumerate() {
            now += 1_000;
            if turn == cut {
                let text = serde_json::to_string(&read).unwrap();
                read = serde_json::from_str(&text).unwrap();
            }
            prop_assert_eq!(kept.handle(&request, now), read.handle(&request, now));
        }
        prop_assert_eq!(kept.state(now), read.state(now));
    }

    #[test]
    fn no_command_panics(json in "\\PC{0,60}", now in any::<i64>()) {
        let answer = Simulator::new(Config::default()).control_json(json.as_bytes(), now);
        prop_assert!(serde_json::from_slice::<serde_json::Value>(&answer).is_ok());
    }
}
