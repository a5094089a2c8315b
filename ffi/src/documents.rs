//! The surface for a language that reads one JSON document faster than a record's fields: Python.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use stablevps_core::clock::{Instant, Now};
use stablevps_core::error::Error;
use stablevps_core::host::documents;
use stablevps_core::http::{Delivery, FailureKind, Reply, TransportFailure};
use stablevps_core::step::Step as CoreStep;

use crate::api::Api;
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

/// The error, as a JSON document, of an argument that the host itself refuses.
#[must_use]
#[uniffi::export]
pub fn invalid_input(field: &str, reason: String) -> String {
    documents::error(&Error::invalid_input(field, reason))
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
        let begun = Now::from_millis(now_ms, time_ms);
        let machine = documents::machine(&self.0, text(call)?, seed, begun)?;
        Ok(Machine::new(machine))
    }
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
        let machine = self.lock();
        let now = Instant::from_millis(now_ms);
        if let CoreStep::Done(Ok(answer)) = machine.next_step(now)
            && let (Some(within), Cow::Borrowed(text)) = (answer.within(), answer.document())
        {
            let (address, length) = (text.as_ptr().addr(), text.len());
            return format!(
                r#"{{"do":"done","within":"{within}","address":{address},"length":{length}}}"#
            );
        }
        documents::step(machine.as_ref(), now)
    }

    /// Hands in the response to a request.
    pub fn response(
        &self,
        id: u32,
        status: u16,
        headers: HashMap<String, String>,
        body: Vec<u8>,
        now_ms: u64,
    ) -> Result<(), Failure> {
        self.reply(id, response(status, headers, body), now_ms)
    }

    /// Reports that a request has no response. `delivery` is `not_sent` only where that is certain.
    pub fn failed(
        &self,
        id: u32,
        kind: &str,
        delivery: &str,
        detail: String,
        now_ms: u64,
    ) -> Result<(), Failure> {
        let failure = TransportFailure {
            kind: FailureKind::named(kind),
            delivery: Delivery::named(delivery),
            detail,
        };
        self.reply(id, Reply::Failed(failure), now_ms)
    }

    /// The error, as a JSON document, of a purchase whose turn did not come in time.
    #[must_use]
    pub fn late(&self, now_ms: u64) -> Option<String> {
        let error = self.lock().late(Instant::from_millis(now_ms))?;
        Some(documents::error(&error))
    }
}
