//! The corpus that every language replays: `tests/scenarios/*.json`, described in the README there.
//!
//! With `STABLEVPS_RECORD=1` the requests, the waits and the results are written anew from what the
//! core does with the replies; whoever records reads every change before keeping it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use stablevps_core::config::{Api, ApiConfig, Auth, CallOptions};
use stablevps_core::endpoint::Endpoint;
use stablevps_core::endpoints::{
    AnyEndpoint, ControlVps, CreateKey, CreateVps, DeleteVps, GetAccount, GetVps, GetWallet,
    ListKeys, ListVps, RevokeKey,
};
use stablevps_core::error::Error;
use stablevps_core::http::{
    Delivery, FailureKind, HttpRequest, HttpResponse, Reply, TransportFailure,
};
use stablevps_core::ids::VpsId;
use stablevps_core::machine::{Machine, Step};
use stablevps_core::models::Scope;
use stablevps_core::money::Money;
use stablevps_core::provisioning::{
    KeyCheck, Preflight, ProvisionOptions, Provisioning, WaitLevel,
};
use stablevps_core::secret::Secret;
use support::at;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Scenario {
    name: String,
    client: Client,
    call: Invocation,
    seed: u64,
    now: i64,
    #[serde(default)]
    script: Vec<Turn>,
    #[serde(default)]
    result: Value,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Client {
    #[serde(skip_serializing_if = "Option::is_none")]
    api_key: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    base_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    auth: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_retries: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    timeout_ms: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Invocation {
    method: String,
    args: Map<String, Value>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
enum Turn {
    Wait {
        wait: Pause,
    },
    Exchange {
        #[serde(default)]
        request: Value,
        reply: Option<Answer>,
        failed: Option<Failure>,
    },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Pause {
    delay_ms: u64,
    reason: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Answer {
    status: u16,
    headers: BTreeMap<String, String>,
    body: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Failure {
    kind: String,
    delivery: String,
    detail: String,
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/scenarios")
}

fn corpus() -> Vec<(PathBuf, Vec<Scenario>)> {
    let files = std::fs::read_dir(folder()).expect("the corpus is there");
    let mut paths: Vec<_> = files
        .map(|file| file.unwrap().path())
        .filter(|path| path.extension().is_some_and(|kind| kind == "json"))
        .collect();
    paths.sort();
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).unwrap();
        let scenarios = serde_json::from_str(&text)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        (path, scenarios)
    };
    paths.into_iter().map(read).collect()
}

#[test]
fn every_scenario_goes_as_written() {
    let recording = std::env::var_os("STABLEVPS_RECORD").is_some();
    let mut failures = Vec::new();
    for (path, scenarios) in corpus() {
        let (played, wrong): (Vec<_>, Vec<_>) =
            scenarios.iter().map(played).partition(Result::is_ok);
        let wrong: Vec<_> = wrong.into_iter().filter_map(Result::err).collect();
        if !wrong.is_empty() {
            failures.push(format!("{}:\n{}", path.display(), wrong.join("\n")));
            continue;
        }
        let played: Vec<_> = played.into_iter().filter_map(Result::ok).collect();
        if recording {
            let written = serde_json::to_string_pretty(&written(&played)).unwrap();
            std::fs::write(&path, written + "\n").unwrap();
            continue;
        }
        for (scenario, played) in scenarios.iter().zip(&played) {
            let (file, name) = (path.display(), &scenario.name);
            for (index, (expected, actual)) in
                scenario.script.iter().zip(&played.script).enumerate()
            {
                assert_eq!(actual, expected, "{file}, {name:?}, turn {index}");
            }
            assert_eq!(
                played.script.len(),
                scenario.script.len(),
                "{file}, {name:?}"
            );
            assert_eq!(played.result, scenario.result, "{file}, {name:?}");
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn the_corpus_is_large_and_every_scenario_has_a_name_of_its_own() {
    let mut names = BTreeSet::new();
    for (path, scenarios) in corpus() {
        for scenario in scenarios {
            let name = scenario.name;
            assert!(
                names.insert(name.clone()),
                "{}: {name:?} twice",
                path.display()
            );
        }
    }
    assert!(
        names.len() >= 80,
        "there are only {} scenarios",
        names.len()
    );
}

#[test]
fn the_corpus_calls_every_method_and_ends_in_every_error() {
    let (mut methods, mut codes) = (BTreeSet::new(), BTreeSet::new());
    for scenario in corpus().into_iter().flat_map(|(_, scenarios)| scenarios) {
        methods.insert(scenario.call.method);
        codes.extend(scenario.result["error"]["code"].as_str().map(str::to_owned));
    }
    assert_eq!(
        (methods.len(), codes.len()),
        (15, 19),
        "{methods:?} {codes:?}"
    );
}

/// Absent members are left out, so that a turn has either a reply or a failure.
fn written(scenarios: &[Scenario]) -> Value {
    let mut value = serde_json::to_value(scenarios).unwrap();
    for scenario in value.as_array_mut().unwrap() {
        for turn in scenario["script"].as_array_mut().unwrap() {
            let turn = turn.as_object_mut().unwrap();
            turn.retain(|name, value| name == "request" || !value.is_null());
        }
    }
    value
}

/// The scenario as the core plays it with the replies that are written in it.
fn played(scenario: &Scenario) -> Result<Scenario, String> {
    let mut played = Scenario {
        script: Vec::new(),
        ..scenario.clone()
    };
    played.result = match machine(scenario) {
        Ok(mut machine) => {
            converse(scenario, machine.as_mut(), &mut played.script)?;
            match machine.outcome().expect("the machine is done").as_deref() {
                Ok(output) => json!({ "ok": read(&output.document()) }),
                Err(error) => json!({ "error": read(&error.document()) }),
            }
        }
        Err(error) => json!({ "error": read(&error.document()) }),
    };
    Ok(played)
}

fn read(document: &str) -> Value {
    serde_json::from_str(document).unwrap()
}

fn converse(
    scenario: &Scenario,
    machine: &mut dyn Machine,
    script: &mut Vec<Turn>,
) -> Result<(), String> {
    let mut now = scenario.now;
    let mut replies = scenario.script.iter().filter_map(|turn| match turn {
        Turn::Exchange { reply, failed, .. } => Some((reply, failed)),
        Turn::Wait { .. } => None,
    });
    loop {
        match machine.next_step(at(now)) {
            Step::Done(()) => break,
            Step::Wait { delay_ms, reason } => {
                now += i64::try_from(delay_ms).unwrap();
                let reason = reason.as_str().to_owned();
                let wait = Pause { delay_ms, reason };
                script.push(Turn::Wait { wait });
            }
            Step::Send(request) => {
                let (name, sent) = (&scenario.name, shown(&request));
                let (reply, failed) = replies
                    .next()
                    .ok_or_else(|| format!("{name:?}: no reply is left for {}", sent["url"]))?;
                let handed = match (reply, failed) {
                    (Some(reply), None) => Reply::Response(reply.response()),
                    (None, Some(failed)) => Reply::Failed(failed.failure()),
                    _ => panic!("{name:?}: a turn has either a reply or a failure"),
                };
                machine.handle_reply(request.id, handed, at(now)).unwrap();
                script.push(Turn::Exchange {
                    request: sent,
                    reply: reply.clone(),
                    failed: failed.clone(),
                });
            }
        }
    }
    match replies.count() {
        0 => Ok(()),
        left => Err(format!("{:?}: {left} replies are left over", scenario.name)),
    }
}

/// A request as scenarios write it: null stands for a header that must not be there.
fn shown(request: &HttpRequest) -> Value {
    let header = |name: &str| {
        let found = request.headers.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| value)
    };
    let body = request.body.as_ref();
    json!({
        "method": request.method,
        "url": request.url,
        "headers": {
            "accept": header("accept"),
            "content-type": header("content-type"),
            "authorization": header("authorization"),
            "x-api-key": header("x-api-key"),
        },
        "body": body.map(|body| serde_json::from_slice::<Value>(body).unwrap()),
    })
}

impl Answer {
    fn response(&self) -> HttpResponse {
        HttpResponse {
            status: self.status,
            headers: self.headers.clone().into_iter().collect(),
            body: self.body.clone().into_bytes(),
        }
    }
}

impl Failure {
    fn failure(&self) -> TransportFailure {
        TransportFailure {
            kind: FailureKind::named(&self.kind),
            delivery: Delivery::named(&self.delivery),
            detail: self.detail.clone(),
        }
    }
}

fn machine(scenario: &Scenario) -> Result<Box<dyn Machine>, Error> {
    let api = api(&scenario.client)?;
    let args = Args(&scenario.call.args);
    let (seed, now) = (scenario.seed, at(scenario.now));
    let order = || {
        CreateVps::new(
            args.text("planId"),
            args.text("billingCycle"),
            args.text("location"),
        )
    };
    let begin = Begin {
        api: &api,
        args,
        scenario,
    };
    match scenario.call.method.as_str() {
        "keys.create" => begin.call(args.key()),
        "keys.list" => begin.call(Ok(ListKeys)),
        "keys.revoke" => begin.call(RevokeKey::new(args.text("keyId"))),
        "vps.list" => begin.call(Ok(ListVps)),
        "vps.create" => begin.call(order()),
        "vps.get" => begin.call(GetVps::new(args.text("id"))),
        "vps.delete" => begin.call(DeleteVps::new(args.text("id"))),
        "vps.start" => begin.call(ControlVps::start(args.text("id"))),
        "vps.stop" => begin.call(ControlVps::stop(args.text("id"))),
        "vps.reboot" => begin.call(ControlVps::reboot(args.text("id"))),
        "account.get" => begin.call(Ok(GetAccount)),
        "wallet.get" => begin.call(Ok(GetWallet)),
        "vps.provision" => {
            let bought = Provisioning::buy(&api, order()?, args.options()?, seed, now)?;
            Ok(Box::new(bought))
        }
        "vps.wait_until_ready" => {
            let id = VpsId::from_str(args.text("id"));
            let id = id.map_err(|reason| Error::invalid_input("id", reason))?;
            Ok(Box::new(Provisioning::watch(
                &api,
                id,
                args.options()?,
                seed,
                now,
            )?))
        }
        "vps.resume" => {
            let check = match args.0.get("anyKey").and_then(Value::as_bool) {
                Some(true) => KeyCheck::Any,
                Some(false) | None => KeyCheck::Same,
            };
            let resumed = Provisioning::resume(&api, args.text("token"), check, seed, now)?;
            Ok(Box::new(resumed))
        }
        other => panic!("there is no method {other}"),
    }
}

fn api(client: &Client) -> Result<Api, Error> {
    let mut config = ApiConfig {
        api_key: client.api_key.clone().map(Secret::new),
        auth: match client.auth.as_deref() {
            None | Some("bearer") => Auth::Bearer,
            Some("x-api-key") => Auth::ApiKeyHeader,
            Some(other) => panic!("there is no authentication {other}"),
        },
        ..ApiConfig::default()
    };
    config.base_url = client.base_url.clone().unwrap_or(config.base_url);
    config.timeout_ms = client.timeout_ms.unwrap_or(config.timeout_ms);
    config.retry.max_retries = client.max_retries.unwrap_or(config.retry.max_retries);
    Api::new(config)
}

struct Begin<'a> {
    api: &'a Api,
    args: Args<'a>,
    scenario: &'a Scenario,
}

impl Begin<'_> {
    fn call<E>(&self, endpoint: Result<E, Error>) -> Result<Box<dyn Machine>, Error>
    where
        E: Endpoint + Send + 'static,
    {
        let options = CallOptions {
            timeout_ms: self.args.whole("timeoutMs"),
            deadline_ms: self.args.whole("deadlineMs"),
            max_retries: None,
        };
        let now = at(self.scenario.now);
        let call = self.api.call(
            AnyEndpoint::new(endpoint?),
            options,
            self.scenario.seed,
            now,
        )?;
        Ok(Box::new(call))
    }
}

#[derive(Clone, Copy)]
struct Args<'a>(&'a Map<String, Value>);

impl<'a> Args<'a> {
    fn text(self, name: &str) -> &'a str {
        let value = self.0.get(name).and_then(Value::as_str);
        value.unwrap_or_else(|| panic!("the argument {name} is a text"))
    }

    fn optional_text(self, name: &str) -> Option<&'a str> {
        self.0.get(name).and_then(Value::as_str)
    }

    fn whole(self, name: &str) -> Option<u64> {
        self.0.get(name).and_then(Value::as_u64)
    }

    fn key(self) -> Result<CreateKey, Error> {
        CreateKey::new(
            self.text("email"),
            Secret::new(self.text("password")),
            self.text("name"),
            Scope::from(self.optional_text("scope").unwrap_or("full")),
            self.0.get("expiresInDays").and_then(Value::as_i64),
        )
    }

    fn options(self) -> Result<ProvisionOptions, Error> {
        let defaults = ProvisionOptions::default();
        let max_spend = self
            .optional_text("maxSpend")
            .map(Money::from_str)
            .transpose();
        Ok(ProvisionOptions {
            preflight: match self.0.get("preflight").and_then(Value::as_bool) {
                Some(false) => Preflight::Skip,
                Some(true) | None => Preflight::Check,
            },
            max_spend: max_spend
                .map_err(|reason| Error::invalid_input("max_spend", format!("must be {reason}")))?,
            wait_for: match self.optional_text("waitFor") {
                None | Some("ready") => WaitLevel::Ready,
                Some("active") => WaitLevel::Active,
                Some(other) => panic!("there is no wait level {other}"),
            },
            timeout_ms: self.whole("timeoutMs").unwrap_or(defaults.timeout_ms),
            first_look_ms: self.whole("firstLookMs").unwrap_or(defaults.first_look_ms),
            longest_pause_ms: self
                .whole("longestPauseMs")
                .unwrap_or(defaults.longest_pause_ms),
            settle_ms: self.whole("settleMs").unwrap_or(defaults.settle_ms),
            ..defaults
        })
    }
}
