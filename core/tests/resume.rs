//! A purchase that is dropped at any step and taken up from its token ends as if nothing had been.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod support;

use serde_json::{Value, json};
use stablevps_core::config::{Api, ApiConfig};
use stablevps_core::endpoints::CreateVps;
use stablevps_core::error::Error;
use stablevps_core::http::FailureKind;
use stablevps_core::ids::VpsId;
use stablevps_core::models::{Phase, Provisioned};
use stablevps_core::provisioning::{KeyCheck, ProvisionOptions, Provisioning};
use stablevps_core::secret::Secret;
use stablevps_core::step::Step;
use stablevps_simulator::{Config, Simulator};
use support::{START, api, at, carry, clocks, response};

const KEY: &str = "svps_live_a3f70123456789abcdef0123456789abcdef";

/// A purchase on an account that was set up in some way, as far as it has come.
struct Script {
    simulator: Simulator,
    machine: Provisioning,
    now: i64,
}

/// When a process dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Death {
    BeforeSending,
    BeforeTheReply,
}

impl Script {
    fn begin(account: &Value) -> Self {
        let mut account = account.clone();
        account["key"] = json!(KEY);
        let order = CreateVps::new("prime", "monthly", "london").unwrap();
        let options = ProvisionOptions::default();
        Self {
            simulator: Simulator::new(Config::from_json(account.to_string().as_bytes()).unwrap()),
            machine: Provisioning::buy(&api(KEY), order, options, 1, clocks(START)).unwrap(),
            now: START,
        }
    }

    /// Takes one step; none is left once the end is reached.
    fn step(&mut self) -> bool {
        match self.machine.next_step(at(self.now)) {
            Step::Send(request) => {
                let carried = carry(&mut self.simulator, &request, FailureKind::Io, self.now);
                self.now += i64::try_from(carried.took_ms).unwrap() + 40;
                let reply = carried.reply;
                self.machine
                    .handle_reply(request.id, reply, at(self.now))
                    .unwrap();
                true
            }
            Step::Wait { delay_ms, .. } => {
                self.now += i64::try_from(delay_ms).unwrap();
                true
            }
            Step::Probe(_) => unreachable!("nobody waits for an answer"),
            Step::Done(_) => false,
        }
    }

    /// Takes one step with a service that is down; none is left once the end is reached.
    fn step_failing(&mut self) -> bool {
        match self.machine.next_step(at(self.now)) {
            Step::Send(request) => {
                let reply = response(503, "");
                let handed = self.machine.handle_reply(request.id, reply, at(self.now));
                handed.unwrap();
                true
            }
            Step::Wait { delay_ms, .. } => {
                self.now += i64::try_from(delay_ms).unwrap();
                true
            }
            Step::Probe(_) => unreachable!("nobody waits for an answer"),
            Step::Done(_) => false,
        }
    }

    fn token(&self) -> String {
        self.machine
            .snapshot(at(self.now))
            .expect("there is a token")
    }

    /// Dies at the present step, and is taken up again a minute later.
    fn die(&mut self, death: Death) {
        let token = self.token();
        if let (Step::Send(request), Death::BeforeTheReply) =
            (self.machine.next_step(at(self.now)), death)
        {
            let _ = carry(&mut self.simulator, &request, FailureKind::Io, self.now);
        }
        self.now += 60_000;
        let now = clocks(self.now);
        let resumed = Provisioning::resume(&api(KEY), &token, KeyCheck::Same, None, 7, now);
        self.machine = resumed.unwrap();
    }

    fn outcome(&mut self) -> Result<&Provisioned, &Error> {
        match self.machine.next_step(at(self.now)) {
            Step::Done(outcome) => outcome,
            other => panic!("not at an end: {other:?}"),
        }
    }

    /// The end in a word, with what the account holds.
    fn end(&mut self) -> (String, usize, usize) {
        while self.step() {}
        let state = self.simulator.state(self.now);
        let word = match self.outcome() {
            Ok(provisioned) => {
                let newest = state.vps.last().map(|vps| vps.id.as_str());
                assert_eq!(Some(provisioned.vps.id.as_str()), newest, "another VPS");
                "ok".to_owned()
            }
            Err(error) => error.code().to_owned(),
        };
        (word, state.vps.len(), state.charges.len())
    }

    fn orders_placed(&mut self) -> u64 {
        self.simulator.state(self.now).orders_placed
    }

    fn sends_the_order(&mut self) -> bool {
        matches!(self.machine.next_step(at(self.now)), Step::Send(request) if request.endpoint == "POST /vps")
    }
}

fn order_fault(action: &Value) -> Value {
    json!({ "faults": [{ "on": { "method": "POST", "path": "/vps" }, "do": action }] })
}

fn scripts() -> Vec<(&'static str, Value, &'static str)> {
    let slow =
        json!({ "provisioning_ms": 90_000, "details_delay_ms": 9_000, "appear_404_ms": 12_000 });
    let shape = |status: &str| order_fault(&json!({ "shape_order": { "vps_status": status } }));
    let half = |half: &str| order_fault(&json!({ "partial_order": { "half": half } }));
    let broken = json!({ "faults": [
        { "on": { "path": "/wallet" }, "do": { "status": { "code": 503 } } },
        { "on": { "method": "GET", "path": "/vps" }, "do": "lose_before" },
        { "on": { "path": "/vps/:id" }, "times": 4, "do": { "status": { "code": 500 } } },
    ]});
    let alike = json!({ "vps": [{ "location": "london" }, { "location": "london" }] });
    vec![
        ("a calm purchase", slow, "ok"),
        ("a purchase with failures", broken, "ok"),
        ("a purchase beside its like", alike, "ok"),
        ("a reply lost", order_fault(&json!("lose_after")), "ok"),
        (
            "an unreadable receipt",
            order_fault(&json!({ "body": { "text": "{" } })),
            "ok",
        ),
        ("an order unpaid", half("created_not_charged"), "ok"),
        (
            "an order that shows late",
            order_fault(&json!({ "late_order": { "ms": 50_000 } })),
            "ok",
        ),
        (
            "an order lost",
            order_fault(&json!("lose_before")),
            "not_placed",
        ),
        (
            "an order paid in vain",
            half("charged_not_created"),
            "unresolved",
        ),
        ("a VPS suspended", shape("suspended"), "provisioning_failed"),
        ("a VPS that stays odd", shape("odd"), "deadline_exceeded"),
        (
            "an order refused",
            order_fault(&json!({ "status": { "code": 400 } })),
            "bad_request",
        ),
        (
            "an empty wallet",
            json!({ "balance": 19.48 }),
            "insufficient_funds",
        ),
    ]
}

#[test]
fn a_purchase_resumed_at_any_step_ends_like_the_uninterrupted_one() {
    for (name, account, expected) in scripts() {
        let mut whole = Script::begin(&account);
        let end = whole.end();
        assert!(end.0.starts_with(expected), "{name}: {end:?}");
        for death in [Death::BeforeSending, Death::BeforeTheReply] {
            for steps in 0.. {
                let mut script = Script::begin(&account);
                if (0..steps).any(|_| !script.step()) {
                    break;
                }
                if script.machine.phase() == Phase::Ended {
                    break;
                }
                let ordering = script.sends_the_order();
                script.die(death);
                // The token of an order says that it may have been sent. Where it was not, or where it was
                // refused and nobody heard of it, looking finds that nothing was bought.
                let unheard = ordering && script.orders_placed() == 0;
                let resumed = script.end();
                if unheard {
                    assert_eq!(resumed.0, "not_placed", "{name}, {death:?} at step {steps}");
                    assert_eq!(resumed.2, 0);
                } else {
                    assert_eq!(resumed, end, "{name}, {death:?} at step {steps}");
                }
            }
        }
    }
}

/// Every different token of every script.
fn tokens() -> Vec<String> {
    let mut tokens = Vec::new();
    for (_, account, _) in scripts() {
        let mut script = Script::begin(&account);
        loop {
            tokens.extend(script.machine.snapshot(at(script.now)));
            if !script.step() {
                break;
            }
        }
        if let Ok(provisioned) = script.outcome() {
            let password = provisioned.vps.rdp_password.as_ref().unwrap().reveal();
            let shown = tokens.iter().find(|token| token.contains(password));
            assert_eq!(shown, None, "a token holds the password");
        }
    }
    tokens.sort();
    tokens.dedup();
    tokens
}

#[test]
fn a_token_holds_facts_and_neither_key_nor_password_nor_reply() {
    let known = ["v", "key", "baseUrl", "stage", "facts", "options"];
    for token in tokens() {
        let read: Value = serde_json::from_str(&token).unwrap();
        for (name, _) in read.as_object().unwrap() {
            assert!(known.contains(&name.as_str()), "{token}");
        }
        for secret in [
            KEY,
            "svps_live",
            "assword",
            "Administrator",
            "198.18.",
            "zomro-",
        ] {
            assert!(!token.contains(secret), "{secret} in {token}");
        }
    }
}

fn refusal(api: &Api, token: &str, check: KeyCheck) -> String {
    match Provisioning::resume(api, token, check, None, 1, clocks(START)) {
        Ok(_) => format!("nobody refused {token}"),
        Err(error) => {
            assert_eq!(
                (error.code(), error.attempts()),
                ("stale_token", 0),
                "{error}"
            );
            error.to_string()
        }
    }
}

fn on_server(base_url: &str) -> Api {
    let api_key = Some(Secret::new(KEY));
    let base_url = base_url.to_owned();
    Api::new(ApiConfig {
        api_key,
        base_url,
        world: Some(String::new()),
        ..ApiConfig::default()
    })
    .unwrap()
}

#[test]
fn a_token_of_another_account_server_or_version_is_refused() {
    let other = api("svps_live_b0000123456789abcdef0123456789abcdef");
    for token in tokens() {
        assert_eq!(
            refusal(&other, &token, KeyCheck::Same),
            "the token can't be resumed: it was begun with another API key"
        );
        let resumed = Provisioning::resume(&other, &token, KeyCheck::Any, None, 1, clocks(START));
        assert!(resumed.is_ok(), "{token}");
        let elsewhere = on_server("https://example.com");
        for check in [KeyCheck::Same, KeyCheck::Any] {
            assert_eq!(
                refusal(&elsewhere, &token, check),
                "the token can't be resumed: it belongs to another server"
            );
        }
        let newer = token.replacen("\"v\":1", "\"v\":2", 1);
        assert_eq!(
            refusal(&api(KEY), &newer, KeyCheck::Same),
            "the token can't be resumed: this package does not read its version 2"
        );
    }
}

#[test]
fn a_token_that_was_cut_short_is_refused_at_every_length() {
    let token = Script::begin(&json!({})).token();
    for length in 0..token.len() {
        refusal(&api(KEY), &token[..length], KeyCheck::Same);
    }
    refusal(&api(KEY), &format!("{token}x"), KeyCheck::Same);
    refusal(&api(KEY), &" ".repeat((1 << 20) + 1), KeyCheck::Same);
}

#[test]
fn a_token_with_one_value_of_another_kind_is_refused() {
    for token in tokens().into_iter().step_by(5) {
        let read: Value = serde_json::from_str(&token).unwrap();
        for pointer in [
            "/v",
            "/key",
            "/baseUrl",
            "/stage",
            "/facts",
            "/facts/startedAt",
        ] {
            for wrong in [
                json!([]),
                json!({ "odd": 1 }),
                json!(true),
                json!(-1),
                json!(""),
            ] {
                let mut damaged = read.clone();
                *damaged.pointer_mut(pointer).unwrap() = wrong;
                refusal(&api(KEY), &damaged.to_string(), KeyCheck::Same);
            }
        }
    }
    let token = Script::begin(&json!({})).token();
    for (option, wrong) in [
        ("timeoutMs", json!(0)),
        ("longestPauseMs", json!(0)),
        ("maxSpend", json!("-1")),
        ("maxSpend", json!("much")),
        ("waitFor", json!("never")),
        ("settleMs", json!(-1)),
        ("settleMs", json!(null)),
        ("maxSpend", json!("")),
        ("maxSpend", json!(20)),
        ("preflight", json!("")),
        ("waitFor", json!("")),
    ] {
        let mut damaged: Value = serde_json::from_str(&token).unwrap();
        damaged["options"][option] = wrong;
        let said = refusal(&api(KEY), &damaged.to_string(), KeyCheck::Same);
        assert_eq!(
            said, "the token can't be resumed: it is damaged",
            "{option}"
        );
    }
}

#[test]
fn waiting_for_a_vps_bought_elsewhere_is_resumed_as_waiting() {
    let id: VpsId = "6641abc".parse().unwrap();
    let options = ProvisionOptions::default();
    let machine = Provisioning::watch(&api(KEY), id, options, 1, clocks(START)).unwrap();
    let token = machine.snapshot(at(START)).unwrap();
    let mut resumed = resumed(&token, None).unwrap();
    let Step::Send(request) = resumed.next_step(at(START)) else {
        panic!("it does not look");
    };
    assert_eq!(
        (request.method.as_str(), request.endpoint.as_str()),
        ("GET", "GET /vps/:id")
    );
}

fn resumed(token: &str, timeout_ms: Option<i64>) -> Result<Provisioning, Error> {
    let (api, check) = (api(KEY), KeyCheck::Same);
    Provisioning::resume(&api, token, check, timeout_ms, 1, clocks(START))
}

#[test]
fn a_resumed_purchase_may_take_as_long_as_it_is_told_or_as_it_was_at_first() {
    let id: VpsId = "6641abc".parse().unwrap();
    let options = ProvisionOptions {
        timeout_ms: 40_000,
        ..ProvisionOptions::default()
    };
    let machine = Provisioning::watch(&api(KEY), id, options, 1, clocks(START)).unwrap();
    let token = machine.snapshot(at(START)).unwrap();
    for (timeout_ms, expected) in [(None, 40_000), (Some(7_000), 7_000)] {
        let mut script = Script {
            simulator: Simulator::new(Config::default()),
            machine: resumed(&token, timeout_ms).unwrap(),
            now: START,
        };
        while script.step_failing() {}
        let error = script.outcome().unwrap_err().clone();
        assert_eq!(error.code(), "deadline_exceeded", "{error}");
        assert_eq!(script.now - START, expected);
        // What it was told goes on to its own token.
        let written: Value = serde_json::from_str(error.token().unwrap()).unwrap();
        assert_eq!(written["options"]["timeoutMs"], json!(expected));
    }
    for no_limit in [0, -1] {
        let error = resumed(&token, Some(no_limit)).unwrap_err();
        assert_eq!(error.to_string(), "timeout must be more than zero");
    }
}

#[test]
fn a_resumed_purchase_never_adopts_what_another_purchase_of_the_same_client_got() {
    let api = api(KEY);
    let account = json!({ "key": KEY }).to_string();
    let mut service = Simulator::new(Config::from_json(account.as_bytes()).unwrap());
    let begin = |seed| {
        let order = CreateVps::new("prime", "monthly", "london").unwrap();
        Provisioning::buy(
            &api,
            order,
            ProvisionOptions::default(),
            seed,
            clocks(START),
        )
        .unwrap()
    };
    let mut first = begin(1);
    while first.phase() != Phase::Ordering {
        step_once(&mut first, &mut service);
    }
    let token = first.snapshot(at(START)).unwrap();
    drop(first);

    let mut second = begin(2);
    while second.phase() != Phase::Polling {
        step_once(&mut second, &mut service);
    }
    second.end_turn();
    let resumed = Provisioning::resume(&api, &token, KeyCheck::Same, None, 3, clocks(START));
    let mut resumed = resumed.unwrap();
    let mut now = START;
    let code = loop {
        match resumed.next_step(at(now)) {
            Step::Send(request) => {
                let reply = carry(&mut service, &request, FailureKind::Io, now).reply;
                resumed.handle_reply(request.id, reply, at(now)).unwrap();
            }
            Step::Wait { delay_ms, .. } => now += i64::try_from(delay_ms).unwrap(),
            Step::Probe(_) => unreachable!("nobody waits for an answer"),
            Step::Done(outcome) => break outcome.map_or_else(Error::code, |_| "adopted"),
        }
    };
    assert_eq!(code, "unresolved");
}

fn step_once(purchase: &mut Provisioning, service: &mut Simulator) {
    let Step::Send(request) = purchase.next_step(at(START)) else {
        panic!("a wait came first")
    };
    let reply = carry(service, &request, FailureKind::Io, START).reply;
    purchase.handle_reply(request.id, reply, at(START)).unwrap();
}

/// Two clients of a server, in two spellings and with two keys: of one process.
fn clients_of_a_process(server: &str) -> (Api, Api) {
    let client = |base_url: String, key: &str| {
        Api::new(ApiConfig {
            api_key: Some(Secret::new(key)),
            base_url,
            ..ApiConfig::default()
        })
        .unwrap()
    };
    let shouted = server.to_uppercase();
    (
        client(format!("https://{server}.example"), KEY),
        client(format!("HTTPS://{shouted}.EXAMPLE:443/"), KEY),
    )
}

fn bought_by(api: &Api, account: &Value) -> Script {
    let order = CreateVps::new("prime", "monthly", "london").unwrap();
    let options = ProvisionOptions::default();
    let machine = Provisioning::buy(api, order, options, 1, clocks(START)).unwrap();
    Script {
        machine,
        ..Script::begin(account)
    }
}

fn resume_in(script: &mut Script, api: &Api, token: &str) {
    let now = clocks(script.now);
    script.machine = Provisioning::resume(api, token, KeyCheck::Same, None, 3, now).unwrap();
}

#[test]
fn a_token_from_before_the_order_orders_once_in_a_process_however_often_it_is_resumed() {
    let (api, other) = clients_of_a_process("twice");
    assert_eq!(api.account_key(), other.account_key());
    let mut script = bought_by(&api, &json!({}));
    let token = script.token();
    for api in [&api, &api, &other] {
        assert_eq!(script.end(), ("ok".to_owned(), 1, 1));
        resume_in(&mut script, api, &token);
    }
    assert_eq!(script.end(), ("ok".to_owned(), 1, 1));
    assert_eq!(script.outcome().unwrap().orders_sent, 1);
}

#[test]
fn a_token_that_is_resumed_while_its_order_is_under_way_finds_that_order() {
    let (api, other) = clients_of_a_process("meanwhile");
    let mut script = bought_by(&api, &json!({ "balance": 100 }));
    let token = script.token();
    while !script.sends_the_order() {
        script.step();
    }
    let Step::Send(order) = script.machine.next_step(at(script.now)) else {
        panic!("it sends the order");
    };
    resume_in(&mut script, &other, &token);
    // Its own wallet and list come before the order's effect, and its end after.
    script.step();
    script.step();
    let _ = carry(&mut script.simulator, &order, FailureKind::Io, script.now);
    assert_eq!(script.end(), ("ok".to_owned(), 1, 1));
}

#[test]
fn a_token_from_before_the_order_does_not_order_while_a_later_one_looks_for_that_order() {
    let mut script = Script::begin(&json!({}));
    let before = script.token();
    while !script.sends_the_order() {
        script.step();
    }
    let since = script.token();
    // The next process has both tokens, and resumes the later one first.
    let (api, other) = clients_of_a_process("both");
    let here = |token: &str| token.replace("https://stablevps.com", "https://both.example");
    resume_in(&mut script, &api, &here(&since));
    resume_in(&mut script, &other, &here(&before));
    // It does not know what the wallet held.
    assert_eq!(script.end(), ("unresolved".to_owned(), 0, 0));
}

#[test]
fn a_token_whose_order_was_refused_or_never_placed_may_order_again() {
    let refused = json!([{ "on": { "method": "POST", "path": "/vps" }, "do": { "status": { "code": 400 } } }]);
    let lost = json!([{ "on": { "method": "POST", "path": "/vps" }, "do": "lose_before" }]);
    for (server, faults, word) in [
        ("refused", refused, "bad_request"),
        ("lost", lost, "not_placed"),
    ] {
        let (api, _) = clients_of_a_process(server);
        let mut script = bought_by(&api, &json!({ "faults": faults }));
        let token = script.token();
        assert_eq!(script.end(), (word.to_owned(), 0, 0));
        resume_in(&mut script, &api, &token);
        assert_eq!(script.end(), ("ok".to_owned(), 1, 1));
    }
}

#[test]
fn what_one_client_received_another_of_the_same_server_does_not_take_for_its_own() {
    let (api, other) = clients_of_a_process("claims");
    let mut first = bought_by(&api, &json!({}));
    let lost = json!([{ "on": { "method": "POST", "path": "/vps" }, "do": "lose_before" }]);
    let mut second = bought_by(&other, &json!({ "faults": lost }));
    while !second.sends_the_order() {
        second.step();
    }
    second.step();
    // Its host gives it up for a while.
    second.machine.end_turn();
    while !matches!(first.machine.phase(), Phase::Polling) {
        first.step();
    }
    first.machine.end_turn();
    // The second one's list now shows the first one's VPS.
    std::mem::swap(&mut first.simulator, &mut second.simulator);
    let (word, _, _) = second.end();
    assert_eq!(
        word, "unresolved",
        "the wallet was charged, but no VPS is its own"
    );
}

#[test]
fn purchases_that_begin_alike_are_two() {
    let (api, _) = clients_of_a_process("alike");
    let purchase = |machine: &Provisioning| {
        let token: Value = serde_json::from_str(&machine.snapshot(at(START)).unwrap()).unwrap();
        token["facts"]["purchase"].as_str().unwrap().to_owned()
    };
    let first = bought_by(&api, &json!({})).machine;
    let second = bought_by(&api, &json!({})).machine;
    assert_ne!(purchase(&first), purchase(&second));
}

/// The computer sleeps while a lost order is looked for, longer than it is looked for at most.
fn asleep_while_looking() -> Script {
    let mut script = Script::begin(&order_fault(&json!("lose_after")));
    while script.machine.phase() != Phase::Reconciling {
        assert!(script.step());
    }
    script.now += 300_000;
    script
}

#[test]
fn whose_looks_fail_when_the_computer_wakes_looks_again() {
    let mut script = asleep_while_looking();
    let mut failed = 0;
    while failed < 2 {
        failed += usize::from(matches!(
            script.machine.next_step(at(script.now)),
            Step::Send(_)
        ));
        assert!(
            script.step_failing(),
            "given up after {failed} failed looks"
        );
    }
    assert_eq!(script.end(), ("ok".to_owned(), 1, 1));
}

#[test]
fn whose_looks_go_on_to_fail_after_the_computer_woke_is_told_that_it_is_unresolved() {
    let mut script = asleep_while_looking();
    while script.step_failing() {}
    let error = script.outcome().unwrap_err();
    assert_eq!(error.code(), "unresolved");
}
