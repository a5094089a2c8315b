//! Steps as JSON documents: `{"do": "send" | "wait" | "done", ...}`.

use serde::Serialize;
use stablevps_core::endpoint::RetryClass;
use stablevps_core::http::HttpRequest;
use stablevps_core::machine::{Machine, Step, WaitReason};
use stablevps_core::provisioning::Progress;
use stablevps_core::time::Timestamp;

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
pub(crate) fn step(machine: &dyn Machine, now: Timestamp) -> Vec<u8> {
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

fn send(request: &HttpRequest, progress: Option<Progress>) -> Vec<u8> {
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

fn written(document: &StepDocument<'_>) -> Vec<u8> {
    serde_json::to_vec(document).unwrap_or_default()
}

/// The result goes in as the bytes it is, without being read again.
fn done(machine: &dyn Machine) -> Vec<u8> {
    let (name, document) = match machine.document() {
        Some(Ok(document)) => ("ok", document),
        Some(Err(error)) => ("error", error.document().to_string().into_bytes()),
        None => ("ok", b"null".to_vec()),
    };
    let mut step = format!("{{\"do\":\"done\",\"{name}\":").into_bytes();
    step.extend(document);
    step.push(b'}');
    step
}
