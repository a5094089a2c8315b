//! Any replies to any call and to a purchase. The input is a list of replies: two bytes of status,
//! a byte for a failure of the transport, a byte for the length of the body in eights, the body.
#![no_main]

#[path = "../../../core/tests/support/requests.rs"]
mod requests;

use libfuzzer_sys::fuzz_target;
use requests::{SEEDS, every_request};
use stablevps_core::clock::{Instant, Now};
use stablevps_core::config::{Api, ApiConfig, CallOptions};
use stablevps_core::host::{self, HostStep, ListingForm, Machine, documents};
use stablevps_core::http::{
    Delivery, FailureKind, HttpResponse, Reply, RetryClass, TransportFailure,
};
use stablevps_core::probe::ProbeOutcome;
use stablevps_core::provisioning::ProvisionOptions;
use stablevps_core::request::{Recording, Request};
use stablevps_core::secret::Secret;
use stablevps_core::store::MemoryStore;

fuzz_target!(|input: &[u8]| {
    let api_key = Some(Secret::new("svps_live_fuzz_0123456789abcdef"));
    let api = Api::new(ApiConfig {
        api_key,
        world: Some(String::new()),
        ..ApiConfig::default()
    })
    .expect("it is valid");
    let replies = replies(input);
    for mut machine in machines(&api) {
        drive(&mut machine, &replies);
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

fn machines(api: &Api) -> Vec<Machine> {
    let begin = |request, form| {
        let (options, now) = (CallOptions::default(), Now::from_millis(0, 0));
        host::begin(api, request, options, form, SEEDS, now).expect("it can begin")
    };
    let rows = every_request(api)
        .into_iter()
        .map(|request| begin(request, ListingForm::Rows));
    let recorded = Request::Provision {
        plan_id: "basic".into(),
        billing_cycle: "monthly".into(),
        location: "tokyo".into(),
        options: ProvisionOptions::default(),
        recording: Some(Recording::default()),
    };
    let more = [
        begin(Request::ListVps, ListingForm::Verbatim),
        begin(recorded, ListingForm::Rows),
    ];
    rows.chain(more).collect()
}

fn drive(machine: &mut Machine, replies: &[Reply]) {
    let mut store = MemoryStore::default();
    let mut now = Instant::from_millis(0);
    let mut replies = replies.iter().cloned();
    let mut may_exist = false;
    loop {
        while machine.take_event().is_some() {}
        let step = HostStep::of(machine, now);
        assert_eq!(
            step,
            HostStep::of(machine, now),
            "asking twice changed the answer"
        );
        let document = serde_json::from_str(&documents::step(machine, now));
        assert!(matches!(document, Ok(serde_json::Value::Object(_))));
        match step {
            HostStep::Done { .. } | HostStep::Failed { .. } => break,
            HostStep::Store { id, document, .. } => {
                let request = serde_json::from_str(&document).expect("it is a request");
                let answer = store.carry_out(&request, now);
                machine
                    .handle_stored(id, Ok(answer), now)
                    .expect("it is outstanding");
            }
            HostStep::Event { .. } => unreachable!("all were taken"),
            HostStep::Probe { id, targets, .. } => {
                let outcomes = vec![ProbeOutcome::Silent; targets.len()];
                machine
                    .handle_probes(id, &outcomes, now)
                    .expect("they are outstanding");
            }
            HostStep::Wait { delay_ms, .. } => now = now.plus_ms(delay_ms),
            HostStep::Send { request, .. } => {
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
}

fn is_certainly_nothing(reply: &Reply) -> bool {
    match reply {
        Reply::Response(response) => matches!(response.status, 400..=405 | 413 | 415 | 422 | 429),
        Reply::Failed(failure) => failure.delivery == Delivery::NotSent,
    }
}
