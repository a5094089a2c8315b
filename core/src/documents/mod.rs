//! JSON documents, for hosts in other languages: [what they ask for](calls), and the steps to it.
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

pub mod calls;

use crate::endpoint::RetryClass;
use crate::http::HttpRequest;
use crate::json::{Json, Writer, object};
use crate::machine::{Machine, Step};
use crate::output::Output;
use crate::prelude::*;
use crate::provisioning::Progress;
use crate::time::Timestamp;

/// The machine's next step.
#[must_use]
pub fn step(machine: &dyn Machine, now: Timestamp) -> String {
    match machine.next_step(now) {
        Step::Send(request) => send(&request, machine.progress(now).as_ref()),
        Step::Wait { delay_ms, reason } => object(&[
            ("do", &"wait"),
            ("delayMs", &delay_ms),
            ("reason", &reason.as_str()),
            ("progress", &machine.progress(now)),
        ]),
        Step::Done(()) => done(machine),
    }
}

fn send(request: &HttpRequest, progress: Option<&Progress>) -> String {
    let body = request.body.as_deref();
    object(&[
        ("do", &"send"),
        ("id", &request.id.0),
        ("method", &request.method),
        ("url", &request.url),
        ("headers", &Headers(&request.headers)),
        ("body", &body.and_then(|body| str::from_utf8(body).ok())),
        ("timeoutMs", &request.timeout_ms),
        ("connectTimeoutMs", &request.connect_timeout_ms),
        (
            "freshConnection",
            &(request.retry_class == RetryClass::Once),
        ),
        ("endpoint", &request.endpoint),
        ("progress", &progress),
    ])
}

/// Header fields as pairs.
struct Headers<'a>(&'a [(&'static str, String)]);

impl Json for Headers<'_> {
    fn write(&self, to: &mut Writer) {
        let pairs: Vec<_> = self
            .0
            .iter()
            .map(|(name, value)| Pair(name, value))
            .collect();
        pairs.write(to);
    }
}

struct Pair<'a>(&'a str, &'a str);

impl Json for Pair<'_> {
    fn write(&self, to: &mut Writer) {
        vec![self.0, self.1].write(to);
    }
}

/// The end of what can't even begin, with an error's document.
#[must_use]
pub fn refused(error: &str) -> String {
    [r#"{"do":"done","error":"#, error, "}"].concat()
}

/// A listing as it was sent goes in as the bytes it is, without being read again.
fn done(machine: &dyn Machine) -> String {
    match machine.outcome() {
        Some(Ok(output)) => match output {
            Output::VpsAsSent(_) => object(&[
                ("do", &"done"),
                ("within", &Output::LISTING),
                ("ok", output),
            ]),
            read => object(&[("do", &"done"), ("ok", read)]),
        },
        Some(Err(error)) => object(&[("do", &"done"), ("error", error)]),
        None => object(&[("do", &"done"), ("ok", &None::<&str>)]),
    }
}
