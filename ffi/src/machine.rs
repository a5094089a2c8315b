//! A state machine in the host's hands.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use stablevps_core::documents;
use stablevps_core::http::{
    Delivery, FailureKind, HttpResponse, Reply, RequestId, TransportFailure,
};
use stablevps_core::machine::Machine as CoreMachine;
use stablevps_core::time::Timestamp;

use crate::failure::Failure;

/// A call or a purchase under way.
#[derive(uniffi::Object)]
pub struct Machine {
    machine: Mutex<Box<dyn CoreMachine>>,
    /// The request that the built-in transport carries out for it at this moment.
    #[cfg(feature = "ureq")]
    pub(crate) under_way: Mutex<Option<crate::http_host::UnderWay>>,
}

impl Machine {
    pub(crate) fn new(machine: impl CoreMachine + 'static) -> Arc<Self> {
        Arc::new(Self {
            machine: Mutex::new(Box::new(machine)),
            #[cfg(feature = "ureq")]
            under_way: Mutex::new(None),
        })
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, Box<dyn CoreMachine>> {
        self.machine.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn reply(&self, id: u32, reply: Reply, now: i64) -> Result<(), Failure> {
        self.lock()
            .handle_reply(RequestId(id), reply, Timestamp::from_millis(now))
            .map_err(|_| Failure::StaleReply { id })
    }
}

#[uniffi::export]
impl Machine {
    /// What to do now, as a JSON document. Asking twice changes nothing.
    #[must_use]
    pub fn step(&self, now_ms: i64) -> String {
        documents::step(self.lock().as_ref(), Timestamp::from_millis(now_ms))
    }

    /// Hands in the response to a request.
    pub fn response(
        &self,
        id: u32,
        status: u16,
        headers: HashMap<String, String>,
        body: Vec<u8>,
        now_ms: i64,
    ) -> Result<(), Failure> {
        let headers = headers.into_iter().collect();
        self.reply(
            id,
            Reply::Response(HttpResponse {
                status,
                headers,
                body,
            }),
            now_ms,
        )
    }

    /// Tells that a request has no response. `delivery` is `not_sent` only where that is certain.
    pub fn failed(
        &self,
        id: u32,
        kind: &str,
        delivery: &str,
        detail: String,
        now_ms: i64,
    ) -> Result<(), Failure> {
        let failure = TransportFailure {
            kind: FailureKind::named(kind),
            delivery: Delivery::named(delivery),
            detail,
        };
        self.reply(id, Reply::Failed(failure), now_ms)
    }

    /// From where a purchase can be taken up again, if there is something to take up.
    #[must_use]
    pub fn snapshot(&self, now_ms: i64) -> Option<String> {
        self.lock().snapshot(Timestamp::from_millis(now_ms))
    }
}
