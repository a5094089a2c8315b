//! Whatever a server, a network or a stored token holds: no panic, no order twice, and an end with
//! a name.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod support;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use serde_json::{Value, json};
use stablevps_core::clock::Instant;
use stablevps_core::config::{Api, CallOptions};
use stablevps_core::endpoints::{CreateVps, GetWallet, ListVps, ListVpsVerbatim, Listing};
use stablevps_core::error::Error;
use stablevps_core::host::{self, HostStep, ListingForm, Machine, Seeds, documents};
use stablevps_core::http::{
    Delivery, FailureKind, HttpResponse, Reply, RequestId, RetryClass, TransportFailure,
};
use stablevps_core::provisioning::{KeyCheck, Preflight, ProvisionOptions, Provisioning};
use stablevps_core::request::Request;
use stablevps_core::step::{StaleReply, Step};
use support::requests::{PASSWORD, every_call};
use support::{START, api, at, clocks, response};

const KEY: &str = "svps_live_a3f70123456789abcdef0123456789abcdef";

/// Good bodies, for the rest of the bodies to be near misses of.
const GOOD: [&str; 7] = [
    r#"{"balance":100.00,"currency":"EUR"}"#,
    r#"{"vps":[{"id":"1","planId":"pro","billingCycle":"monthly","status":"active","vpsStatus":"active","location":"tokyo","createdAt":"2026-05-11T09:00:00.000Z"}],"total":1}"#,
    r#"{"vps":[],"total":0}"#,
    r#"{"success":true,"id":"2","planId":"pro","billingCycle":"monthly","location":"tokyo","vpsStatus":"provisioning","cost":34.49,"newBalance":65.51,"currency":"EUR"}"#,
    r#"{"id":"2","planId":"pro","billingCycle":"monthly","status":"active","vpsStatus":"active","ipAddress":"1.2.3.4","rdpUsername":"A","rdpPassword":"p","location":"tokyo","createdAt":"2026-05-11T09:00:00.000Z"}"#,
    r#"{"keys":[{"_id":"1","name":"n","keyPrefix":"svps","scope":"full","createdAt":"2026-05-11T09:00:00.000Z"}]}"#,
    r#"{"success":true,"id":"1","message":"done","action":"stop","providerDeleted":true}"#,
];

/// What others say, which may repeat a secret.
fn any_words() -> impl Strategy<Value = String> {
    let repeated = prop::sample::select(vec![KEY, PASSWORD]);
    let repeating = (any::<String>(), repeated, any::<String>())
        .prop_map(|(before, secret, after)| before + secret + &after);
    prop_oneof![2 => any::<String>(), 1 => repeating]
}

fn any_body() -> impl Strategy<Value = Vec<u8>> {
    let good = prop::sample::select(GOOD.to_vec()).prop_map(|body| body.as_bytes().to_vec());
    let bent = (good.clone(), any::<prop::sample::Index>(), any::<u8>()).prop_map(
        |(mut body, place, byte)| {
            let place = place.index(body.len());
            body[place] = byte;
            body
        },
    );
    let cut = (good.clone(), any::<prop::sample::Index>()).prop_map(|(mut body, length)| {
        body.truncate(length.index(body.len()));
        body
    });
    let complaint =
        any_words().prop_map(|words| json!({ "error": words }).to_string().into_bytes());
    let page = any_words().prop_map(String::into_bytes);
    let bytes = vec(any::<u8>(), 0..200);
    prop_oneof![4 => good, 2 => bent, 1 => cut, 1 => complaint, 1 => page, 1 => bytes]
}

/// Listings of two rows, each with one field more, missing, or of another form.
fn any_listing() -> impl Strategy<Value = String> {
    let row = json!({
        "id": "1", "planId": "pro", "billingCycle": "monthly", "status": "active",
        "vpsStatus": "active", "ipAddress": "1.2.3.4", "location": "tokyo", "rdpUsername": "A",
        "serverId": "z-1", "currentPeriodEnd": "2026-05-11T09:00:00.000Z",
        "createdAt": "2026-05-11T09:00:00.000Z",
    });
    let mut names: Vec<String> = row.as_object().unwrap().keys().cloned().collect();
    names.push("news".to_owned());
    let value = prop_oneof![
        2 => any::<String>().prop_map(Value::from),
        2 => prop::sample::select(vec![
            "", "pro", "2026-05-11T09:00:00Z", "2026-02-30T09:00:00.000Z", "2026-05-11T09:00:00.000Z",
        ]).prop_map(Value::from),
        1 => prop::sample::select(vec![
            json!(null), json!(7), json!([]), json!({"a": [1]}), json!(true),
        ]),
    ];
    let change = (prop::sample::select(names), option::weighted(0.8, value));
    let changed = move |(name, value): (String, Option<Value>)| {
        let mut row = row.clone();
        match value {
            Some(value) => row[&name] = value,
            None => drop(row.as_object_mut().unwrap().remove(&name)),
        }
        row
    };
    let rows = vec(change.prop_map(changed), 0..3);
    (rows, option::of(0..4))
        .prop_map(|(rows, total)| json!({ "vps": rows, "total": total }).to_string())
}

fn any_response() -> impl Strategy<Value = Reply> {
    let status = prop_oneof![
        4 => Just(200_u16),
        1 => Just(201),
        3 => prop::sample::select(vec![400_u16, 401, 402, 403, 404, 408, 409, 429, 500, 502, 503, 504, 302]),
        1 => any::<u16>(),
    ];
    let pause = option::of(prop_oneof![
        (0_i64..200).prop_map(|seconds| seconds.to_string()),
        any::<i64>().prop_map(|seconds| seconds.to_string()),
        any::<String>(),
    ]);
    (status, pause, any_body()).prop_map(|(status, pause, body)| {
        let headers = pause
            .map(|pause| ("Retry-After".to_owned(), pause))
            .into_iter()
            .collect();
        Reply::Response(HttpResponse {
            status,
            headers,
            body,
        })
    })
}

fn any_reply() -> impl Strategy<Value = Reply> {
    let delivery = prop_oneof![Just(Delivery::NotSent), Just(Delivery::Unknown)];
    let failure = (
        prop::sample::select(FailureKind::ALL.to_vec()),
        delivery,
        any_words(),
    )
        .prop_map(|(kind, delivery, detail)| {
            Reply::Failed(TransportFailure {
                kind,
                delivery,
                detail,
            })
        });
    prop_oneof![4 => any_response(), 1 => failure]
}

fn begin(api: &Api, request: Request, form: ListingForm, seed: u64) -> Result<Machine, Error> {
    let options = CallOptions::default();
    let seeds = Seeds {
        jitter: seed,
        names: Some(seed),
    };
    host::begin(api, request, options, form, seeds, clocks(START))
}

/// One of every call, and of listing both forms.
fn calls(api: &Api, seed: u64) -> Vec<Machine> {
    let begun = |(request, form)| begin(api, request, form, seed).expect("it can begin");
    let rows = every_call(api).into_iter();
    let rows = rows.map(|request| (request, ListingForm::Rows));
    rows.chain([(Request::ListVps, ListingForm::Verbatim)])
        .map(begun)
        .collect()
}

/// What a machine was driven through.
struct Driven {
    /// The class of what was sent, and what came back, as far as the machine took it.
    exchanges: Vec<(RetryClass, Reply)>,
    /// Where it is now.
    last: HostStep,
}

impl Driven {
    fn has_ended(&self) -> bool {
        matches!(self.last, HostStep::Done { .. } | HostStep::Failed { .. })
    }
}

/// Drives a machine with these replies, and looks at its manners at every step.
fn drive(machine: &mut Machine, replies: &[Reply]) -> Result<Driven, TestCaseError> {
    let mut now = START;
    let mut replies = replies.iter();
    let mut exchanges = Vec::new();
    loop {
        let step = HostStep::of(machine, at(now));
        prop_assert_eq!(
            &step,
            &HostStep::of(machine, at(now)),
            "asking twice changed the answer"
        );
        check_document(machine, at(now))?;
        let outstanding = match &step {
            HostStep::Send { request, .. } => Some(request.id),
            HostStep::Store { .. }
            | HostStep::Wait { .. }
            | HostStep::Probe { .. }
            | HostStep::Event { .. }
            | HostStep::Done { .. }
            | HostStep::Failed { .. } => None,
        };
        for id in [0, 1_000_000, u32::MAX, outstanding.map_or(0, |id| id.0 - 1)] {
            let id = RequestId(id);
            let refused = machine.handle_reply(id, response(200, "{}"), at(now));
            prop_assert_eq!(refused, Err(StaleReply(id)));
            prop_assert_eq!(
                &step,
                &HostStep::of(machine, at(now)),
                "a stale reply changed the machine"
            );
        }
        match step {
            last @ (HostStep::Done { .. } | HostStep::Failed { .. }) => {
                let again = machine.handle_reply(RequestId(1), response(200, "{}"), at(now));
                prop_assert!(again.is_err(), "a machine at its end took a reply");
                return Ok(Driven { exchanges, last });
            }
            HostStep::Store { .. } | HostStep::Probe { .. } | HostStep::Event { .. } => {
                prop_assert!(
                    false,
                    "a call has no store, probes nobody and tells nothing"
                );
            }
            HostStep::Wait { delay_ms, .. } => {
                prop_assert!(delay_ms > 0, "a wait of nothing");
                now += i64::try_from(delay_ms).unwrap();
            }
            HostStep::Send { ref request, .. } => {
                let Some(reply) = replies.next() else {
                    let last = step;
                    return Ok(Driven { exchanges, last });
                };
                let (id, class) = (request.id, request.retry_class);
                machine.handle_reply(id, reply.clone(), at(now)).unwrap();
                let late = machine.handle_reply(id, reply.clone(), at(now));
                prop_assert_eq!(late, Err(StaleReply(id)), "one reply was taken twice");
                exchanges.push((class, reply.clone()));
            }
        }
    }
}

/// A step is a document, and an error's is complete and holds no secret whatever the server said.
fn check_document(machine: &mut Machine, now: Instant) -> Result<(), TestCaseError> {
    let text = documents::step(machine, now);
    let document: Value = serde_json::from_str(&text).unwrap();
    prop_assert!(document["do"].is_string(), "{}", document);
    if let Some(Err(error)) = machine.outcome(now) {
        let report = &document["error"];
        for name in ["code", "message", "fault", "next", "attempts"] {
            prop_assert!(report.get(name).is_some(), "{} has no {}", report, name);
        }
        let details = report.get("details");
        prop_assert!(details.is_none_or(Value::is_object), "{}", report);
        prop_assert_eq!(&report["code"], error.code());
        prop_assert_eq!(&report["message"], &error.to_string());
        prop_assert!(!text.contains(KEY), "the key in {}", text);
        if error.endpoint() == Some("POST /auth") {
            prop_assert!(!text.contains(PASSWORD), "the password in {}", text);
        }
    }
    Ok(())
}

fn purchase(preflight: bool, seed: u64) -> Machine {
    let preflight = if preflight {
        Preflight::Check
    } else {
        Preflight::Skip
    };
    let options = ProvisionOptions {
        preflight,
        ..ProvisionOptions::default()
    };
    let request = Request::Provision {
        plan_id: "pro".into(),
        billing_cycle: "monthly".into(),
        location: "tokyo".into(),
        options,
        recording: None,
    };
    begin(&api(KEY), request, ListingForm::Rows, seed).unwrap()
}

/// Whether a reply to an order leaves no doubt that nothing was bought.
fn is_certainly_nothing(reply: &Reply) -> bool {
    match reply {
        Reply::Response(response) => {
            matches!(response.status, 400..=405 | 413 | 415 | 422 | 429)
        }
        Reply::Failed(failure) => failure.delivery == Delivery::NotSent,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn a_listing_that_is_handed_on_as_it_was_sent_says_what_the_strict_reader_reads(
        body in any_listing(),
    ) {
        let now = at(START);
        let mut rows = api(KEY).call(ListVps, CallOptions::default(), 1, clocks(START)).unwrap();
        rows.handle_reply(RequestId(1), response(200, &body), now).unwrap();
        let mut listing = api(KEY).call(ListVpsVerbatim, CallOptions::default(), 1, clocks(START)).unwrap();
        listing.handle_reply(RequestId(1), response(200, &body), now).unwrap();
        match (rows.outcome().unwrap(), listing.outcome().unwrap()) {
            (Ok(rows), Ok(Listing::Verbatim(text))) => {
                prop_assert_eq!(text, &body);
                let rows = serde_json::to_value(rows).unwrap();
                let sent: Value = serde_json::from_str(text).unwrap();
                let (rows, sent) = (rows.as_array().unwrap(), sent["vps"].as_array().unwrap());
                prop_assert_eq!(rows.len(), sent.len());
                for (row, sent) in rows.iter().zip(sent) {
                    for (field, value) in row.as_object().unwrap() {
                        prop_assert_eq!(value, &sent[field], "{}", field);
                    }
                }
            }
            (Ok(rows), Ok(Listing::Read(read))) => prop_assert_eq!(rows, read),
            (Err(of_rows), Err(of_listing)) => prop_assert_eq!(of_rows, of_listing),
            (rows, listing) => prop_assert!(false, "{:?}, but {:?}", rows, listing),
        }
    }

    #[test]
    fn a_call_takes_any_replies_and_ends_within_its_attempts(
        replies in vec(any_reply(), 1..5), seed in any::<u64>(),
    ) {
        for mut call in calls(&api(KEY), seed) {
            let driven = drive(&mut call, &replies)?;
            let taken = driven.exchanges.len();
            prop_assert!(taken <= 3, "more than two repetitions");
            prop_assert!(taken == replies.len() || driven.has_ended(), "it stopped");
        }
    }

    #[test]
    fn an_order_a_reboot_or_a_new_key_that_may_exist_is_never_repeated(
        replies in vec(any_reply(), 1..5), seed in any::<u64>(),
    ) {
        for mut call in calls(&api(KEY), seed) {
            let driven = drive(&mut call, &replies)?;
            let (_, earlier) = driven.exchanges.split_last().expect("one was sent");
            for (class, reply) in earlier {
                let once = *class == RetryClass::Once;
                prop_assert!(!once || is_certainly_nothing(reply), "{:?}", reply);
            }
        }
    }

    #[test]
    fn a_purchase_takes_any_replies_and_orders_once(
        replies in vec(any_reply(), 1..40), preflight in any::<bool>(), seed in any::<u64>(),
    ) {
        let mut machine = purchase(preflight, seed);
        let driven = drive(&mut machine, &replies)?;
        let is_order = |(class, _): &&(RetryClass, Reply)| *class == RetryClass::Once;
        let orders: Vec<_> = driven.exchanges.iter().filter(is_order).collect();
        if let Some((_, earlier)) = orders.split_last() {
            for (_, reply) in earlier {
                prop_assert!(is_certainly_nothing(reply), "ordered again after {:?}", reply);
            }
        }
        let token = machine.snapshot(at(START));
        prop_assert!(driven.has_ended() || token.is_some(), "it goes on without a token");
        if let Some(token) = token {
            prop_assert!(!token.contains(KEY));
            let resumed = Provisioning::resume(&api(KEY), &token, KeyCheck::Same, None, seed, clocks(START));
            prop_assert!(resumed.is_ok(), "its own token is refused: {}", token);
        }
    }

    #[test]
    fn any_text_as_a_token_is_refused(text in any::<String>()) {
        let resumed = Provisioning::resume(&api(KEY), &text, KeyCheck::Same, None, 1, clocks(START));
        prop_assert_eq!(resumed.unwrap_err().code(), "stale_token");
    }

    #[test]
    fn a_bent_token_is_refused_or_can_be_driven(
        place in any::<prop::sample::Index>(), byte in any::<u8>(), replies in vec(any_reply(), 1..20),
    ) {
        let mut token = purchase(true, 1).snapshot(at(START)).unwrap().into_bytes();
        let place = place.index(token.len());
        token[place] = byte;
        let token = String::from_utf8_lossy(&token).into_owned();
        let (any_key, timeout_ms) = (true, None);
        let resume = Request::Resume { token, any_key, timeout_ms };
        match begin(&api(KEY), resume, ListingForm::Rows, 1) {
            Ok(mut machine) => drop(drive(&mut machine, &replies)?),
            Err(error) => prop_assert_eq!(error.code(), "stale_token"),
        }
    }
}

#[test]
fn a_deeply_nested_reply_is_refused_at_once_and_with_a_short_place() {
    let depth = 1_000_000;
    let (opened, closed) = ("[".repeat(depth), "]".repeat(depth));
    let unknown = format!("{{\"x\":{opened}{closed}}}");
    let open = format!("{{\"x\":{opened}");
    let known = format!("{{\"balance\":1,\"currency\":{opened}{closed}}}");
    let money = format!("{{\"balance\":{opened}{closed}}}");
    let objects = format!("{{\"currency\":{}", "{\"currency\":".repeat(depth));
    for body in [unknown, open, known, money, objects] {
        let options = CallOptions::default();
        let mut call = api(KEY).call(GetWallet, options, 1, clocks(START)).unwrap();
        call.handle_reply(RequestId(1), response(200, &body), at(START))
            .unwrap();
        let error = call.into_outcome().unwrap().unwrap_err();
        assert_eq!(error.code(), "unexpected_response");
        assert!(
            error.to_string().len() < 300,
            "{} bytes",
            error.to_string().len()
        );
    }
}

#[test]
fn a_list_that_comes_after_the_time_allowed_is_followed_by_no_order() {
    let order = CreateVps::new("pro", "monthly", "tokyo").unwrap();
    let options = ProvisionOptions {
        timeout_ms: 1_000,
        preflight: Preflight::Skip,
        ..ProvisionOptions::default()
    };
    let mut machine = Provisioning::buy(&api(KEY), order, options, 1, clocks(START)).unwrap();
    let late = at(START + 1_000);
    machine
        .handle_reply(RequestId(1), response(200, r#"{"vps":[],"total":0}"#), late)
        .unwrap();
    let Step::Done(Err(error)) = machine.next_step(late) else {
        panic!("it goes on");
    };
    assert_eq!(
        (error.to_string().as_str(), error.token()),
        (
            "the time allowed was over while waiting for the account; nothing was ordered",
            None
        )
    );
}
