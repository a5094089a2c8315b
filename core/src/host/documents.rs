//! JSON documents, for hosts that read them faster than records.
//!
//! An account is an [`ApiConfig`](crate::config::ApiConfig). A call is `{"request":...,"options":...}`: a
//! [`Request`] and [`CallOptions`]. What is absent has its default; nothing is
//! `null` but a configuration's `userAgent`, which then is not sent. A step is a
//! [`HostStep`](super::HostStep):
//!
//! | document | meaning |
//! |---|---|
//! | `{"do":"send","request":{"id":1,...},"progress":...}` | send this, and hand its reply back under that id |
//! | `{"do":"store","id":1,"op":"open","document":"..."}` | have the store carry this out, and hand its answer back under that id |
//! | `{"do":"wait","delayMs":500,"reason":"retry",...}` | ask again in so long |
//! | `{"do":"probe","id":2,"targets":[{"address":"203.0.113.7","port":3389}],"withinMs":5000,"progress":...}` | connect to each, and hand the outcomes back under that id |
//! | `{"do":"event","event":{"at":"2026-05-10T14:32:00.000Z","event":"added","vps":{...}}}` | hand this to the user, and ask again |
//! | `{"do":"done","output":...}` | the end, and its result |
//! | `{"do":"done","within":"vps","output":{"vps":[...],...}}` | the end; its result is a field of what was sent |
//! | `{"do":"failed","error":{"code":...}}` | the end, and the error |
//!
//! The names stand in this order, so that a host can tell an end by how its document begins.

use std::borrow::Cow;
use std::sync::Arc;

use serde::Deserialize;

use super::{HostStep, ListingForm, Machine, Origin, Seeds, StoreSql, begin, end};
use crate::batch::Batch;
use crate::catalogue;
use crate::clock::{Instant, Now};
use crate::config::{Api, ApiConfig, CallOptions};
use crate::decode::{DecodeError, document};
use crate::error::Error;
use crate::http::RequestId;
use crate::json;
use crate::probe::ProbeOutcome;
use crate::request::{Answer, Request};
use crate::step::StaleReply;
use crate::store::{StoreFailure, StoreReply};
use crate::turns::Places;

/// An account, configured as a document says.
///
/// # Errors
/// `InvalidInput` for what can't be used.
pub fn api(config: &str) -> Result<Api, Error> {
    Api::new(api_config(config)?)
}

/// The same, with another register of the purchases that wait for their turn than this library's own.
///
/// # Errors
/// As of [`api`].
pub fn api_with_places(config: &str, places: Arc<dyn Places>) -> Result<Api, Error> {
    Api::with_places(api_config(config)?, places)
}

/// Orders that are bought together, as a document of [`BatchOptions`](crate::batch::BatchOptions) says.
///
/// # Errors
/// `InvalidInput` for what can't be used.
pub fn batch(api: &Api, options: &str) -> Result<Batch, Error> {
    let options = document(options.as_bytes()).map_err(invalid_input)?;
    Batch::new(api, &options)
}

/// How far the orders of a batch are.
#[must_use]
pub fn batch_progress(batch: &Batch, now: Instant) -> String {
    json::written(&batch.progress(now))
}

fn api_config(config: &str) -> Result<ApiConfig, Error> {
    document(config.as_bytes()).map_err(invalid_input)
}

/// The machine of the call that a document asks for.
///
/// # Errors
/// `InvalidInput` for arguments that can't be used, `StaleToken` for a token that can't.
pub fn machine<'a>(
    origin: impl Into<Origin<'a>>,
    call: &str,
    seeds: Seeds,
    begun: Now,
) -> Result<Machine, Error> {
    let Call { request, options } = read(call)?;
    begin(
        origin,
        request,
        options,
        ListingForm::Verbatim,
        seeds,
        begun,
    )
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Call {
    request: Request,
    #[serde(default, deserialize_with = "json::object")]
    options: CallOptions,
}

fn read(call: &str) -> Result<Call, Error> {
    document::<json::Given>(call.as_bytes()).map_err(invalid_input)?;
    document(call.as_bytes()).map_err(invalid_input)
}

/// The machine's next step.
#[must_use]
pub fn step(machine: &mut Machine, now: Instant) -> String {
    step_with(machine, now, |answer| Some(answer.document()))
}

/// The machine's next step, for a host that keeps the last reply: what is a field of that is not repeated.
#[must_use]
pub fn step_or_reference(machine: &mut Machine, now: Instant) -> String {
    step_with(machine, now, |answer| match answer.within() {
        Some(_) => None,
        None => Some(answer.document()),
    })
}

/// A step by which a host that gives the machine up lets go what it holds; none where nothing is left to do. See
/// [`HostStep::letting_go`].
#[must_use]
pub fn letting_go(machine: &mut Machine, now: Instant) -> Option<String> {
    HostStep::letting_go(machine, now).map(|step| json::written(&step))
}

fn step_with(
    machine: &mut Machine,
    now: Instant,
    document: impl Fn(&dyn Answer) -> Option<Cow<'_, str>>,
) -> String {
    if let Some(step) = HostStep::unless_over(machine, now) {
        return json::written(&step);
    }
    match end(machine, now) {
        Ok(answer) => done(answer.within(), document(answer).as_deref()),
        Err(error) => failed(error),
    }
}

/// The end. An answer's document goes in as it is, without being read again.
fn done(within: Option<&str>, output: Option<&str>) -> String {
    let within = within.map(|field| format!(r#","within":"{field}""#));
    let (key, output) = match output {
        Some(output) => (r#","output":"#, output),
        None => ("", ""),
    };
    let within = within.as_deref().unwrap_or_default();
    [r#"{"do":"done""#, within, key, output, "}"].concat()
}

/// The end of what can't even begin.
#[must_use]
pub fn failed(error: &Error) -> String {
    failed_with(&self::error(error))
}

/// The same, of an error that is a document already.
#[must_use]
pub fn failed_with(error: &str) -> String {
    [r#"{"do":"failed","error":"#, error, "}"].concat()
}

/// An error by itself.
#[must_use]
pub fn error(error: &Error) -> String {
    json::written(&error.report())
}

/// The SQL of the stores.
#[must_use]
pub fn store_sql() -> String {
    json::written(&StoreSql::get())
}

/// What the database answered to an operation, or its words where it failed.
///
/// # Errors
/// [`StaleReply`] where that operation is not outstanding; nothing has changed then.
pub fn stored(
    machine: &mut Machine,
    id: u32,
    answer: Result<&str, String>,
    now: Instant,
) -> Result<(), StaleReply> {
    let answer = match answer {
        Ok(text) => StoreReply::from_document(text),
        Err(detail) => Err(StoreFailure { detail }),
    };
    machine.handle_stored(id, answer, now)
}

/// How the probes went: `outcomes` is a JSON array of `"answered"`, `"silent"` and `"not_tried"`, in the order of the
/// targets.
///
/// # Errors
/// [`StaleReply`] where those probes are not outstanding, or for what is no such array; nothing has changed then.
pub fn probed(
    machine: &mut Machine,
    id: u32,
    outcomes: &str,
    now: Instant,
) -> Result<(), StaleReply> {
    let id = RequestId(id);
    let outcomes: Vec<ProbeOutcome> = serde_json::from_str(outcomes).map_err(|_| StaleReply(id))?;
    machine.handle_probes(id, &outcomes, now)
}

/// Every plan, as an array.
#[must_use]
pub fn plans() -> String {
    json::written(&catalogue::plans())
}

/// What a document does not say as it must.
fn invalid_input(error: DecodeError) -> Error {
    let name = error.place.rsplit('.').next().unwrap_or_default();
    let mut field = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() {
            field.push('_');
        }
        field.push(letter.to_ascii_lowercase());
    }
    Error::invalid_input(&field, error.reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEEDS: Seeds = Seeds {
        jitter: 1,
        names: Some(2),
    };

    fn begun(call: &str) -> Result<(), String> {
        let account = api(r#"{"apiKey":"svps_live_a3f7","baseUrl":"https://stablevps.com"}"#);
        let begun = Now::from_millis(0, 0);
        let begun = account.and_then(|account| machine(&account, call, SEEDS, begun));
        begun.map(drop).map_err(|error| error.to_string())
    }

    fn provision(option: &str) -> String {
        format!(
            r#"{{"request":{{"provision":{{"planId":"pro","billingCycle":"monthly","location":"tokyo",
            "options":{{{option}}}}}}}}}"#
        )
    }

    #[test]
    fn a_limit_that_is_misspelled_or_no_limit_is_refused() {
        for (option, said) in [
            (
                r#""maxSpend":"""#,
                "max_spend must be a decimal number of at most 16 digits before the point",
            ),
            (r#""maxSpend":null"#, "max_spend must not be null"),
            (
                r#""maxSpend":20"#,
                "max_spend must be a string, not a number",
            ),
            (r#""timeoutMs":null"#, "timeout_ms must not be null"),
            (
                r#""timeoutMs":"""#,
                "timeout_ms must be a whole number, not a string",
            ),
            (r#""timeoutMs":1.5"#, "timeout_ms must be a whole number"),
            (
                r#""preflight":"no""#,
                "preflight must be \"check\" or \"skip\"",
            ),
            (
                r#""preflight":"skip","checkFunds":true"#,
                "check_funds needs the preflight, which reads the wallet",
            ),
            (
                r#""waitFor":"""#,
                "wait_for must be \"ready\", \"active\" or \"reachable\"",
            ),
            (
                r#""timeoutMs":5,"timeoutMs":6"#,
                "options duplicate field `timeoutMs`",
            ),
        ] {
            assert_eq!(begun(&provision(option)), Err(said.to_owned()), "{option}");
        }
        let said = begun(&provision(r#""maxSpent":"20""#)).unwrap_err();
        assert!(said.contains("unknown field `maxSpent`"), "{said}");
        assert_eq!(begun(&provision(r#""maxSpend":"40""#)), Ok(()));
        assert_eq!(begun(&provision("")), Ok(()));
    }

    #[test]
    fn a_watch_may_exclude_vps_and_nothing_else_is_a_list() {
        let watch =
            |options: &str| format!(r#"{{"request":{{"watchVps":{{"options":{options}}}}}}}"#);
        assert_eq!(begun(&watch(r#"{"exclude":["a","b"]}"#)), Ok(()));
        assert_eq!(begun(&watch(r#"{"exclude":[]}"#)), Ok(()));
        for options in [
            r#"{"exclude":[1]}"#,
            r#"{"exclude":[["a"]]}"#,
            r#"{"exclude":null}"#,
            r#"{"exclude":"a"}"#,
            r#"{"intervalMs":[1]}"#,
            "[]",
        ] {
            assert!(begun(&watch(options)).is_err(), "{options}");
        }
    }

    #[test]
    fn only_the_user_agent_of_an_account_may_be_null() {
        assert!(api(r#"{"userAgent":null}"#).is_ok());
        for field in ["apiKey", "baseUrl", "auth", "maxRetries", "timeoutMs"] {
            let said = api(&format!(r#"{{"{field}":null}}"#))
                .unwrap_err()
                .to_string();
            assert!(said.contains("null"), "{field}: {said}");
        }
    }

    #[test]
    fn limits_of_a_call_are_refused_alike() {
        for (options, said) in [
            (r#"{"timeoutMs":null}"#, "timeout_ms must not be null"),
            (r#"{"deadlineMs":""}"#, "deadline_ms must be"),
            (r#"{"deadlineMs":0}"#, "deadline must be more than zero"),
            (r#"{"deadlinems":5}"#, "unknown field `deadlinems`"),
            (r"[]", "options must not be an array"),
        ] {
            let call = format!(r#"{{"request":"listVps","options":{options}}}"#);
            let refused = begun(&call).unwrap_err();
            assert!(refused.contains(said), "{options}: {refused}");
        }
    }

    #[test]
    fn a_call_that_is_unknown_or_no_document_is_refused() {
        for call in [
            r#"{"request":{"destroyVps":{"id":"1"}}}"#,
            r#"{"request":{"getVps":["1"]}}"#,
            r#"{"request":{"getVps":{"id":"1","id":"2"}}}"#,
            r#"{"request":{"getVps":{"id":"1"},"deleteVps":{"id":"1"}}}"#,
            r#"{"request":"getVps"}"#,
            "{}",
            "[]",
        ] {
            assert!(begun(call).is_err(), "{call}");
        }
        assert_eq!(begun("{"), Err("body ends too early".to_owned()));
    }
}
