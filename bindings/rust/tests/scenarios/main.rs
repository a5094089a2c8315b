//! The corpus that every language replays, `tests/scenarios/*.json`, through the public interface of both clients.

#![cfg(feature = "blocking")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

#[cfg(feature = "async")]
mod asynchronous;
mod blocking;
mod script;

use std::path::PathBuf;
use std::time::Duration;

use serde::Serialize;
use serde_json::{Map, Value, json};
use stablevps::{Auth, ClientBuilder, ClientKind, Error, NewKey};

use script::Script;

/// The scenarios with the file that each is in.
fn corpus() -> Vec<(String, Value)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/scenarios");
    let files = std::fs::read_dir(folder).unwrap();
    let mut paths: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|kind| kind == "json"));
    paths.sort();
    let read = |path: &PathBuf| {
        let scenarios: Vec<Value> =
            serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        scenarios
            .into_iter()
            .map(move |scenario| (name.clone(), scenario))
    };
    paths.iter().flat_map(read).collect()
}

/// Plays every scenario in a way, and compares.
fn replay(played: impl Fn(&Value, &Script) -> Result<Value, Error>) {
    let corpus = corpus();
    assert!(corpus.len() >= 265, "there are only {}", corpus.len());
    for (file, scenario) in corpus {
        let script = Script::new(&scenario);
        let result = match played(&scenario, &script) {
            Ok(document) => json!({ "ok": document }),
            Err(error) => refused(&error),
        };
        let name = &scenario["name"];
        assert_eq!(result, scenario["result"], "{file}: {name}");
        script.assert_is_over(&format!("{file}: {name}"));
    }
}

/// An error as scenarios write it: with its details, even where there are none.
fn refused(error: &Error) -> Value {
    let mut document = json!({ "error": error.report() });
    let details = document["error"].as_object_mut().unwrap().entry("details");
    details.or_insert_with(|| json!({}));
    document
}

/// The client of a scenario.
fn configured<C: ClientKind>(builder: ClientBuilder<C>, scenario: &Value) -> ClientBuilder<C> {
    let options = &scenario["client"];
    let mut builder = builder.random_seed(scenario["seed"].as_u64().unwrap());
    if let Some(key) = options["apiKey"].as_str() {
        builder = builder.api_key(key);
    }
    if let Some(url) = options["baseUrl"].as_str() {
        builder = builder.base_url(url);
    }
    if options["auth"] == "x-api-key" {
        builder = builder.auth(Auth::ApiKeyHeader);
    }
    if let Some(retries) = options["maxRetries"].as_u64() {
        builder = builder.max_retries(u32::try_from(retries).unwrap());
    }
    if let Some(ms) = options["timeoutMs"].as_u64() {
        builder = builder.timeout(Duration::from_millis(ms));
    }
    builder
}

/// A scenario's arguments.
struct Args<'a>(&'a Map<String, Value>);

impl<'a> Args<'a> {
    fn of(scenario: &'a Value) -> Self {
        Self(scenario["call"]["args"].as_object().unwrap())
    }

    fn text(&self, name: &str) -> &'a str {
        self.0[name].as_str().unwrap()
    }

    fn span(&self, name: &str) -> Option<Duration> {
        let ms = self.0.get(name)?.as_u64().unwrap();
        Some(Duration::from_millis(ms))
    }

    fn new_key(&self) -> NewKey {
        let mut key = NewKey::new(self.text("name"));
        if let Some(scope) = self.0.get("scope") {
            key = key.scope(scope.as_str().unwrap());
        }
        if let Some(days) = self.0.get("expiresInDays") {
            key = key.expires_in_days(u32::try_from(days.as_u64().unwrap()).unwrap());
        }
        key
    }
}

/// A result as its canonical document.
fn document(result: Result<impl Serialize, Error>) -> Result<Value, Error> {
    result.map(|model| serde_json::to_value(model).unwrap())
}

/// What a scenario calls, with its arguments, of either client: an expression that ends in the results of its
/// calls and purchases, which `$end` makes documents of.
macro_rules! called {
    ($client:expr, $scenario:expr, $end:ident) => {{
        let (client, args) = ($client, crate::Args::of($scenario));
        let mut limits = stablevps::CallLimits::default();
        limits.timeout = args.span("timeoutMs");
        limits.deadline = args.span("deadlineMs");
        let limited = client.with_limits(limits);
        let (vps, keys) = (limited.vps(), limited.keys());
        match $scenario["call"]["method"].as_str().unwrap() {
            "keys.create" => {
                $end!(keys.create(args.text("email"), args.text("password"), args.new_key()))
            }
            "keys.list" => $end!(keys.list()),
            "keys.revoke" => $end!(keys.revoke(args.text("keyId"))),
            "vps.list" => $end!(vps.list()),
            "vps.create" => $end!(vps.create(
                args.text("planId"),
                args.text("billingCycle"),
                args.text("location")
            )),
            "vps.get" => $end!(vps.get(args.text("id"))),
            "vps.delete" => $end!(vps.delete(args.text("id"))),
            "vps.start" => $end!(vps.start(args.text("id"))),
            "vps.stop" => $end!(vps.stop(args.text("id"))),
            "vps.reboot" => $end!(vps.reboot(args.text("id"))),
            "account.get" => $end!(limited.account().get()),
            "wallet.get" => $end!(limited.wallet().get()),
            "vps.provision" => {
                let mut provision = vps.provision(
                    args.text("planId"),
                    args.text("billingCycle"),
                    args.text("location"),
                );
                provision = crate::waits!(provision, args);
                if args.0.get("preflight") == Some(&serde_json::json!(false)) {
                    provision = provision.preflight(stablevps::Preflight::Skip);
                }
                if args.0.get("checkFunds") == Some(&serde_json::json!(true)) {
                    provision = provision.check_funds();
                }
                if let Some(most) = args.0.get("maxSpend") {
                    provision = provision.max_spend(most.as_str().unwrap());
                }
                if let Some(window) = args.span("settleMs") {
                    provision = provision.settle(window);
                }
                $end!(provision.run())
            }
            "vps.wait_until_ready" => {
                let wait = vps.wait_until_ready(args.text("id"));
                $end!(crate::waits!(wait, args).run())
            }
            "vps.resume" => {
                let mut resume = vps.resume(args.text("token"));
                if args.0.get("anyKey") == Some(&serde_json::json!(true)) {
                    resume = resume.key_check(stablevps::KeyCheck::Any);
                }
                if let Some(timeout) = args.span("timeoutMs") {
                    resume = resume.timeout(timeout);
                }
                $end!(resume.run())
            }
            other => panic!("there is no method {other}"),
        }
    }};
}

/// A purchase with the settings of its wait.
macro_rules! waits {
    ($builder:expr, $args:expr) => {{
        let (mut builder, args) = ($builder, &$args);
        if let Some(timeout) = args.span("timeoutMs") {
            builder = builder.timeout(timeout);
        }
        if let Some(level) = args.0.get("waitFor") {
            builder = builder.wait_for(level.as_str().unwrap().parse().unwrap());
        }
        if let Some(after) = args.span("firstLookMs") {
            builder = builder.first_look(after);
        }
        if let Some(pause) = args.span("longestPauseMs") {
            builder = builder.longest_pause(pause);
        }
        builder
    }};
}

use {called, waits};
