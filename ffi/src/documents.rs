//! The surface for a language that reads one JSON document faster than a record's fields: Python.

use std::collections::HashMap;
use std::sync::Arc;

use stablevps_core::catalogue;
use stablevps_core::documents;
use stablevps_core::endpoints::ListVpsAsSent;
use stablevps_core::http::{Delivery, FailureKind, HttpResponse, Reply, TransportFailure};
use stablevps_core::time::Timestamp;

use crate::api::{Api, Limits};
use crate::failure::Failure;
use crate::machine::Machine;

/// Every plan, as a JSON array.
#[must_use]
#[uniffi::export]
pub fn plans() -> String {
    catalogue::document()
}

#[uniffi::export]
impl Api {
    /// `GET /vps`, handed on as it was sent where it can be.
    pub fn list_vps(&self, limits: &Limits) -> Result<Arc<Machine>, Failure> {
        self.call(Ok(ListVpsAsSent), limits)
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
}
