//! Any replies to any call and to a purchase. The input is a list of replies: two bytes of status,
//! a byte for a failure of the transport, a byte for the length of the body in eights, the body.
#![no_main]

use libfuzzer_sys::fuzz_target;
use stablevps_core::config::{Api, ApiConfig, CallOptions};
use stablevps_core::endpoint::{Endpoint, RetryClass};
use stablevps_core::endpoints::{
    AnyEndpoint, ControlVps, CreateKey, CreateVps, DeleteVps, GetAccount, GetVps, GetWallet,
    ListKeys, ListVps, RevokeKey,
};
use stablevps_core::http::{Delivery, FailureKind, HttpResponse, Reply, TransportFailure};
use stablevps_core::machine::{Machine, Step};
use stablevps_core::models::Scope;
use stablevps_core::provisioning::{ProvisionOptions, Provisioning};
use stablevps_core::secret::Secret;
use stablevps_core::time::Timestamp;

fuzz_target!(|input: &[u8]| {
    let api_key = Some(Secret::new("svps_live_fuzz_0123456789abcdef"));
    let api = Api::new(ApiConfig {
        api_key,
        ..ApiConfig::default()
    })
    .expect("it is valid");
    let replies = replies(input);
    for mut machine in machines(&api) {
        drive(machine.as_mut(), &replies);
    }
});

fn replies(mut input: &[u8]) -> Vec<Reply> {
    let mut replies = Vec::new();
    while let Some(([high, low, failure, length], rest)) = input.split_first_chunk() {
        let (body, rest) = rest.split_at(rest.len().min(usize::from(*length) * 8));
        input = rest;
        let text = || String::from_utf8_lossy(body).into_owned();
        replies.push(match failure {
            0..16 => Reply::Failed(TransportFailure {
                kind: FailureKind::ALL[usize::from(failure % 8)],
                delivery: if *failure < 8 {
                    Delivery::NotSent
                } else {
                    Delivery::Unknown
                },
                detail: text(),
            }),
            _ => Reply::Response(HttpResponse {
                status: u16::from_be_bytes([*high, *low]),
                headers: vec![
                    ("retry-after".to_owned(), text()),
                    ("content-type".to_owned(), text()),
                ],
                body: body.to_vec(),
            }),
        });
    }
    replies
}

fn machines(api: &Api) -> Vec<Box<dyn Machine>> {
    fn call(api: &Api, endpoint: impl Endpoint + Send + 'static) -> Box<dyn Machine> {
        let now = Timestamp::from_millis(0);
        Box::new(
            api.call(AnyEndpoint::new(endpoint), CallOptions::default(), 1, now)
                .expect("it can begin"),
        )
    }
    let order = || CreateVps::new("pro", "monthly", "tokyo").expect("it is valid");
    let key = CreateKey::new(
        "a@example.com",
        Secret::new("p4ssw0rd"),
        "n",
        Scope::Full,
        None,
    );
    let options = ProvisionOptions::default();
    let bought = Provisioning::buy(api, order(), options, 1, Timestamp::from_millis(0));
    vec![
        call(api, key.expect("it is valid")),
        call(api, ListKeys),
        call(api, RevokeKey::new("1").expect("it is valid")),
        call(api, ListVps),
        call(api, order()),
        call(api, GetVps::new("1").expect("it is valid")),
        call(api, DeleteVps::new("1").expect("it is valid")),
        call(api, ControlVps::start("1").expect("it is valid")),
        call(api, ControlVps::reboot("1").expect("it is valid")),
        call(api, GetAccount),
        call(api, GetWallet),
        Box::new(bought.expect("it can begin")),
    ]
}

fn drive(machine: &mut dyn Machine, replies: &[Reply]) {
    let mut now = Timestamp::from_millis(0);
    let mut replies = replies.iter().cloned();
    let mut may_exist = false;
    loop {
        let step = machine.next_step(now);
        assert_eq!(
            step,
            machine.next_step(now),
            "asking twice changed the answer"
        );
        match step {
            Step::Done(()) => break,
            Step::Wait { delay_ms, .. } => now = now.plus_ms(delay_ms),
            Step::Send(request) => {
                let Some(reply) = replies.next() else { break };
                if request.retry_class == RetryClass::Once {
                    assert!(!may_exist, "repeated though it may have taken effect");
                    may_exist = !is_certainly_nothing(&reply);
                }
                machine
                    .handle_reply(request.id, reply, now)
                    .expect("it is outstanding");
            }
        }
    }
    if let Some(Err(error)) = machine.outcome() {
        let document = serde_json::from_str(&error.document());
        assert!(matches!(document, Ok(serde_json::Value::Object(_))));
    }
}

fn is_certainly_nothing(reply: &Reply) -> bool {
    match reply {
        Reply::Response(response) => matches!(response.status, 400..=405 | 413 | 415 | 422 | 429),
        Reply::Failed(failure) => failure.delivery == Delivery::NotSent,
    }
}
