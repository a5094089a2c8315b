//! The surface for a language that reads one JSON document faster than a record's fields: Python.
//!
//! Every argument is a number, an object or borrowed bytes. For anything else the generated Python writes into
//! a buffer that it owns together with Rust, and a signal handler that raises between two of its
//! instructions makes both free it: the process aborts. Borrowed bytes have one owner at every moment.

use std::borrow::Cow;
use std::sync::{Arc, PoisonError};

use serde::Serialize;
use serde::de::DeserializeOwned;
use stablevps_core::catalogue;
use stablevps_core::clock::{Instant, Now};
use stablevps_core::error::{Error, ErrorKind};
use stablevps_core::host::{Origin, documents};
use stablevps_core::http::{Delivery, FailureKind, Reply, TransportFailure};
use stablevps_core::recorded::RecordedStep;

use crate::api::{Api, seeds};
use crate::batch::Batch;
use crate::error::Failure;
use crate::machine::{Machine, response};

/// A machine's next step, as a document.
pub type Step = String;

/// Every plan, as a JSON array.
#[must_use]
#[uniffi::export]
pub fn plans() -> String {
    documents::plans()
}

/// The SQL of the stores, as a JSON document.
#[must_use]
#[uniffi::export]
pub fn store_sql() -> String {
    documents::store_sql()
}

/// The error, as a JSON document, of an argument that the host itself refuses. `refusal` is `[field, reason]`.
#[uniffi::export]
pub fn invalid_input(refusal: &[u8]) -> Result<String, Failure> {
    let (field, reason): (String, String) = json(refusal)?;
    Ok(documents::error(&Error::invalid_input(&field, reason)))
}

/// The error, as a JSON document, of a store that can't be used. The detail is shown, and must hold no secret.
#[must_use]
#[uniffi::export]
pub fn store_error(detail: &[u8]) -> String {
    let detail = String::from_utf8_lossy(detail).into_owned();
    documents::error(&Error::new(ErrorKind::Store { detail }))
}

/// The price of one period as decimal text; none for what this version does not know. `purchase` is
/// `[plan id, billing cycle]`.
#[uniffi::export]
pub fn price(purchase: &[u8]) -> Result<Option<String>, Failure> {
    let (plan_id, billing_cycle): (String, String) = json(purchase)?;
    let price = catalogue::price(&plan_id.as_str().into(), &billing_cycle.as_str().into());
    Ok(price.map(|price| price.to_string()))
}

#[uniffi::export]
impl Api {
    /// Checks a configuration, which is a JSON document.
    #[uniffi::constructor]
    pub fn new(config: &[u8]) -> Result<Arc<Self>, Failure> {
        Ok(Arc::new(Self(documents::api(text(config)?)?)))
    }

    /// Begins the call or the purchase that a JSON document asks for. `seed` spreads its requests in time.
    pub fn begin(
        &self,
        call: &[u8],
        seed: u64,
        now_ms: u64,
        time_ms: i64,
    ) -> Result<Arc<Machine>, Failure> {
        begin(&self.0, call, seed, now_ms, time_ms)
    }
}

#[uniffi::export]
impl Api {
    /// Orders that are bought together. `options` is a JSON document.
    pub fn batch(&self, options: &[u8]) -> Result<Arc<Batch>, Failure> {
        let batch = documents::batch(&self.0, text(options)?)?;
        Ok(Arc::new(Batch(batch)))
    }
}

#[uniffi::export]
impl Batch {
    /// Begins a purchase, as [`Api::begin`] does.
    pub fn begin(
        &self,
        call: &[u8],
        seed: u64,
        now_ms: u64,
        time_ms: i64,
    ) -> Result<Arc<Machine>, Failure> {
        begin(&self.0, call, seed, now_ms, time_ms)
    }

    /// How far all of them are, as a JSON document.
    #[must_use]
    pub fn progress(&self, now_ms: u64) -> String {
        documents::batch_progress(&self.0, Instant::from_millis(now_ms))
    }
}

fn begin<'a>(
    origin: impl Into<Origin<'a>>,
    call: &[u8],
    seed: u64,
    now_ms: u64,
    time_ms: i64,
) -> Result<Arc<Machine>, Failure> {
    let begun = Now::from_millis(now_ms, time_ms);
    let machine = documents::machine(origin, text(call)?, seeds(seed)?, begun)?;
    Ok(Machine::new(machine))
}

/// A value that a document holds.
pub(crate) fn json<T: DeserializeOwned>(document: &[u8]) -> Result<T, Failure> {
    // Not in words of the parser: they may quote the document.
    serde_json::from_slice(document)
        .map_err(|_| Error::invalid_input("document", "has another form").into())
}

/// A document of what can be written as one.
fn json_text(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// A document as text. Bytes cross without being copied.
fn text(document: &[u8]) -> Result<&str, Error> {
    str::from_utf8(document).map_err(|_| Error::invalid_input("document", "must be UTF-8"))
}

#[uniffi::export]
impl Machine {
    /// What to do now, as a JSON document. Asking twice changes nothing.
    ///
    /// A result that is a field of the reply's own text is not copied. Its step is
    /// `{"do":"done","within":"vps","address":...,"length":...}`: the text stays where it is, unchanged, for as
    /// long as this machine is referenced.
    #[must_use]
    pub fn step(&self, now_ms: u64) -> Step {
        let now = Instant::from_millis(now_ms);
        let mut machine = self.lock();
        self.note_times(&mut machine, now);
        if let Some(Ok(answer)) = machine.outcome(now)
            && let (Some(within), Cow::Borrowed(text)) = (answer.within(), answer.document())
        {
            let (address, length) = (text.as_ptr().addr(), text.len());
            return format!(
                r#"{{"do":"done","within":"{within}","address":{address},"length":{length}}}"#
            );
        }
        documents::step(&mut machine, now)
    }

    /// A step by which a host that gives the machine up lets go what it holds: it has the store carry it out, hands
    /// the answer in and asks again, until there is none.
    #[must_use]
    pub fn letting_go(&self, now_ms: u64) -> Option<String> {
        let now = Instant::from_millis(now_ms);
        documents::letting_go(&mut self.lock(), now)
    }

    /// Hands in what the store answered to an operation.
    pub fn stored(&self, id: u32, answer: &[u8], now_ms: u64) -> Result<(), Failure> {
        self.answered(id, Ok(text(answer)?), now_ms)
    }

    /// Tells that the store could not carry an operation out, or may have. The detail is shown in errors, and must
    /// hold no secret.
    pub fn store_failed(&self, id: u32, detail: &[u8], now_ms: u64) -> Result<(), Failure> {
        let detail = String::from_utf8_lossy(detail).into_owned();
        self.answered(id, Err(detail), now_ms)
    }

    /// Hands in how the probes went: `outcomes` is a JSON array of `"answered"`, `"silent"` and `"not_tried"`, in the
    /// order of the targets.
    pub fn probed(&self, id: u32, outcomes: &[u8], now_ms: u64) -> Result<(), Failure> {
        let now = Instant::from_millis(now_ms);
        documents::probed(&mut self.lock(), id, text(outcomes)?, now)
            .map_err(|_| Failure::StaleReply { id })
    }

    /// What became of the last request, as a JSON document: `{"id":1,"status":200,"received":512,"requestId":...}`, where
    /// `received` counts the body's bytes, or `{"id":1,"failure":"timeout","delivery":"unknown"}`. None before the first.
    #[must_use]
    pub fn exchanged(&self) -> Option<String> {
        let exchanged = self
            .exchanged
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        exchanged.as_ref().map(json_text)
    }

    /// Hands in the response to a request. `headers` is a JSON object.
    pub fn response(
        &self,
        id: u32,
        status: u16,
        headers: &[u8],
        body: &[u8],
        now_ms: u64,
    ) -> Result<(), Failure> {
        let headers = json(headers)?;
        self.reply(id, response(status, headers, body.to_vec()), now_ms)
    }

    /// Reports that a request has no response. `failure` is `[kind, delivery, detail]`; the delivery is
    /// `not_sent` only where that is certain.
    pub fn failed(&self, id: u32, failure: &[u8], now_ms: u64) -> Result<(), Failure> {
        let (kind, delivery, detail): (String, String, String) = json(failure)?;
        let failure = TransportFailure {
            kind: FailureKind::named(&kind),
            delivery: Delivery::named(&delivery),
            detail,
        };
        self.reply(id, Reply::Failed(failure), now_ms)
    }

    /// Gives the call or the purchase up, and says with which error, as a JSON document. A request that is
    /// outstanding may have taken effect.
    pub fn close(&self, now_ms: u64) -> Result<String, Failure> {
        let failure = || TransportFailure {
            kind: FailureKind::Cancelled,
            delivery: Delivery::Unknown,
            detail: "the client was closed".to_owned(),
        };
        let now = Instant::from_millis(now_ms);
        let outstanding = match self.lock().next_step(now) {
            RecordedStep::Send { request, .. } => Some(request.id.0),
            RecordedStep::Store(_)
            | RecordedStep::Wait { .. }
            | RecordedStep::Probe(_)
            | RecordedStep::Done(()) => None,
        };
        if let Some(id) = outstanding {
            self.reply(id, Reply::Failed(failure()), now_ms)?;
        }
        if let Some(Err(error)) = self.lock().outcome(now) {
            return Ok(documents::error(error));
        }
        let TransportFailure {
            kind,
            delivery,
            detail,
        } = failure();
        Ok(documents::error(&Error::new(ErrorKind::Transport {
            kind,
            delivery,
            detail,
        })))
    }
}
