//! Steps as JSON documents, for hosts in other languages.
//!
//! | document | meaning |
//! |---|---|
//! | `{"do":"send","id":1,"method":"GET","url":...}` | send this, and hand its reply back under that id |
//! | `{"do":"wait","delayMs":500,"reason":"retry"}` | ask again in so long |
//! | `{"do":"done","ok":...}` | the end, and its result |
//! | `{"do":"done","within":"vps","ok":{"vps":[...],...}}` | the end; its result is a field of what was sent |
//! | `{"do":"done","error":{"code":...}}` | the end, and the error |
//!
//! The names stand in this order, so that a host can tell an end by how its document begins.

use serde::Serialize;

use crate::endpoint::RetryClass;
use crate::http::HttpRequest;
use crate::machine::{Machine, Step, WaitReason};
use crate::output::Output;
use crate::provisioning::Progress;
use crate::time::Timestamp;

#[derive(Serialize)]
#[serde(tag = "do", rename_all = "snake_case", rename_all_fields = "camelCase")]
enum StepDocument<'a> {
    Send {
        id: u32,
        method: &'a str,
        url: &'a str,
        headers: &'a [(&'static str, String)],
        body: Option<&'a str>,
        timeout_ms: u64,
        connect_timeout_ms: u64,
        fresh_connection: bool,
        endpoint: &'a str,
        progress: Option<Progress>,
    },
    Wait {
        delay_ms: u64,
        reason: WaitReason,
        progress: Option<Progress>,
    },
}

/// The machine's next step.
#[must_use]
pub fn step(machine: &dyn Machine, now: Timestamp) -> String {
    match machine.next_step(now) {
        Step::Send(request) => send(&request, machine.progress(now)),
        Step::Wait { delay_ms, reason } => {
            let progress = machine.progress(now);
            written(&StepDocument::Wait {
                delay_ms,
                reason,
                progress,
            })
        }
        Step::Done(()) => done(machine),
    }
}

fn send(request: &HttpRequest, progress: Option<Progress>) -> String {
    written(&StepDocument::Send {
        id: request.id.0,
        method: request.method,
        url: &request.url,
        headers: &request.headers,
        body: request
            .body
            .as_deref()
            .and_then(|body| std::str::from_utf8(body).ok()),
        timeout_ms: request.timeout_ms,
        connect_timeout_ms: request.connect_timeout_ms,
        fresh_connection: request.retry_class == RetryClass::Once,
        endpoint: request.endpoint,
        progress,
    })
}

fn written(document: &StepDocument<'_>) -> String {
    serde_json::to_string(document).unwrap_or_default()
}

/// A listing as it was sent goes in as the bytes it is, without being read again.
fn done(machine: &dyn Machine) -> String {
    match machine.outcome() {
        Some(Ok(output)) => match output.as_ref() {
            Output::VpsAsSent(body) => {
                ended(&format!(r#""within":"{}","ok":"#, Output::LISTING), body)
            }
            read => {
                let document = serde_json::to_string(read).unwrap_or_default();
                ended(r#""ok":"#, &document)
            }
        },
        Some(Err(error)) => ended(r#""error":"#, &error.document().to_string()),
        None => ended(r#""ok":"#, "null"),
    }
}

fn ended(name: &str, document: &str) -> String {
    [r#"{"do":"done","#, name, document, "}"].concat()
}
