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

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use stablevps_core::config::{Api, ApiConfig, CallOptions};
use stablevps_core::error::{Error, Report};
use stablevps_core::host::{self, HostStep, ListingForm, Machine, Seeds};
use stablevps_core::http::{
    Delivery, FailureKind, HttpRequest, HttpResponse, Reply, TransportFailure,
};
use support::{at, clocks};

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
        (15, 20),
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
        Ok(mut machine) => converse(scenario, &mut machine, &mut played.script)?,
        Err(error) => refused(&error.report()),
    };
    Ok(played)
}

/// An error as scenarios write it: with its details, even where there are none.
fn refused(error: &Report) -> Value {
    let mut error = json!({ "error": error });
    let details = error["error"].as_object_mut().unwrap().entry("details");
    details.or_insert_with(|| json!({}));
    error
}

fn converse(
    scenario: &Scenario,
    machine: &mut Machine,
    script: &mut Vec<Turn>,
) -> Result<Value, String> {
    let mut now = scenario.now;
    let mut replies = scenario.script.iter().filter_map(|turn| match turn {
        Turn::Exchange { reply, failed, .. } => Some((reply, failed)),
        Turn::Wait { .. } => None,
    });
    let result = loop {
        match HostStep::of(machine, at(now)) {
            HostStep::Done { output } => break json!({ "ok": output }),
            HostStep::Failed { error } => break refused(&error),
            HostStep::Store { .. } | HostStep::Probe { .. } | HostStep::Event { .. } => {
                panic!("{:?}: no store, no probes, no watch", scenario.name)
            }
            HostStep::Wait {
                delay_ms, reason, ..
            } => {
                now += i64::try_from(delay_ms).unwrap();
                let reason = reason.as_str().to_owned();
                let wait = Pause { delay_ms, reason };
                script.push(Turn::Wait { wait });
            }
            HostStep::Send { request, .. } => {
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
    };
    match replies.count() {
        0 => Ok(result),
        left => Err(format!("{:?}: {left} replies are left over", scenario.name)),
    }
}

/// A request as scenarios write it: null stands for a header that must not be there.
fn shown(request: &HttpRequest) -> Value {
    let header = |name: &str| {
        let found = request.headers.iter().find(|header| header.name == name);
        found.map(|header| &header.value)
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
        "body": body.map(|body| serde_json::from_str::<Value>(body).unwrap()),
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

fn machine(scenario: &Scenario) -> Result<Machine, Error> {
    let (options, args) = options_and_args(scenario);
    let request = match scenario.call.method.as_str() {
        "keys.create" => json!({ "createKey": args }),
        "keys.list" => json!("listKeys"),
        "keys.revoke" => json!({ "revokeKey": args }),
        "vps.list" => json!("listVps"),
        "vps.create" => json!({ "createVps": args }),
        "vps.get" => json!({ "getVps": args }),
        "vps.delete" => json!({ "deleteVps": args }),
        "vps.start" => json!({ "startVps": args }),
        "vps.stop" => json!({ "stopVps": args }),
        "vps.reboot" => json!({ "rebootVps": args }),
        "account.get" => json!("getAccount"),
        "wallet.get" => json!("getWallet"),
        "vps.provision" => json!({ "provision": args }),
        "vps.wait_until_ready" => json!({ "waitUntilReady": args }),
        "vps.resume" => json!({ "resume": args }),
        other => panic!("there is no method {other}"),
    };
    let request = serde_json::from_value(request)
        .unwrap_or_else(|error| panic!("{:?}: {error}", scenario.name));
    let (jitter, now) = (scenario.seed, clocks(scenario.now));
    let seeds = Seeds {
        jitter,
        names: None,
    };
    let api = api(&scenario.client)?;
    host::begin(&api, request, options, ListingForm::Rows, seeds, now)
}

/// A call's limits and its other arguments, with those of a purchase in an object of their own.
fn options_and_args(scenario: &Scenario) -> (CallOptions, Map<String, Value>) {
    let mut args = scenario.call.args.clone();
    let method = scenario.call.method.as_str();
    if matches!(method, "vps.provision" | "vps.wait_until_ready") {
        let mut options = taken(
            &mut args,
            &[
                "preflight",
                "checkFunds",
                "maxSpend",
                "waitFor",
                "timeoutMs",
                "firstLookMs",
                "longestPauseMs",
                "settleMs",
            ],
        );
        if let Some(preflight) = options.get_mut("preflight") {
            let check = preflight.as_bool().expect("preflight is a boolean");
            *preflight = json!(if check { "check" } else { "skip" });
        }
        args.insert("options".to_owned(), Value::Object(options));
        return (CallOptions::default(), args);
    }
    if method == "keys.create" {
        args.entry("scope").or_insert(json!("full"));
    }
    if method == "vps.resume" {
        return (CallOptions::default(), args);
    }
    let limits = taken(&mut args, &["timeoutMs", "deadlineMs"]);
    let limits = serde_json::from_value(Value::Object(limits)).expect("limits are numbers");
    (limits, args)
}

fn taken(args: &mut Map<String, Value>, names: &[&str]) -> Map<String, Value> {
    let take = |name: &&str| Some(((*name).to_owned(), args.remove(*name)?));
    names.iter().filter_map(take).collect()
}

fn api(client: &Client) -> Result<Api, Error> {
    let config: ApiConfig = serde_json::to_value(client)
        .and_then(serde_json::from_value)
        .expect("a client of the corpus is a configuration");
    Api::new(ApiConfig {
        world: Some(String::new()),
        ..config
    })
}
