//! A machine's steps as records.

use std::collections::HashMap;

use stablevps_core::endpoint::RetryClass;
use stablevps_core::http::{
    Delivery, FailureKind, HttpRequest, HttpResponse, Reply, TransportFailure,
};
use stablevps_core::machine::{Step as CoreStep, WaitReason};
use stablevps_core::output::Output;
use stablevps_core::provisioning::Progress;
use stablevps_core::time::Timestamp;

use super::Problem;
use crate::failure::Failure;
use crate::machine::Machine;

/// What a machine wants of its host.
#[derive(uniffi::Enum)]
#[allow(clippy::large_enum_variant)]
pub enum Step {
    /// Send this, and hand its reply back.
    Send {
        /// What to send.
        request: Request,
        /// How far a purchase is.
        progress: Option<Progress>,
    },
    /// Ask again in so long.
    Wait {
        /// How long, in milliseconds.
        delay_ms: u64,
        /// Why.
        reason: WaitReason,
        /// How far a purchase is.
        progress: Option<Progress>,
    },
    /// The end, and what came of it.
    Done {
        /// The result.
        output: Output,
    },
    /// The end, and what went wrong.
    Failed {
        /// The error.
        error: Problem,
    },
}

/// One request, complete.
#[derive(uniffi::Record)]
pub struct Request {
    /// Names this request when its reply is handed back.
    pub id: u32,
    /// `GET`, `POST` or `DELETE`.
    pub method: String,
    /// The absolute URL.
    pub url: String,
    /// The headers. One of them carries the key.
    pub headers: Vec<Header>,
    /// The JSON body, if there is one.
    pub body: Option<String>,
    /// How long the exchange may take in all.
    pub timeout_ms: u64,
    /// How long it may take to connect.
    pub connect_timeout_ms: u64,
    /// Whether it must go out on a connection that carried nothing before, and never twice.
    pub fresh_connection: bool,
    /// The endpoint as the documentation writes it.
    pub endpoint: String,
}

/// One header of a request.
#[derive(uniffi::Record)]
pub struct Header {
    /// In lower case.
    pub name: String,
    /// Its value.
    pub value: String,
}

impl From<HttpRequest> for Request {
    fn from(request: HttpRequest) -> Self {
        let headers = request.headers.into_iter().map(|(name, value)| Header {
            name: name.to_owned(),
            value,
        });
        Self {
            id: request.id.0,
            method: request.method.to_owned(),
            url: request.url,
            headers: headers.collect(),
            body: request.body.and_then(|body| String::from_utf8(body).ok()),
            timeout_ms: request.timeout_ms,
            connect_timeout_ms: request.connect_timeout_ms,
            fresh_connection: request.retry_class == RetryClass::Once,
            endpoint: request.endpoint.to_owned(),
        }
    }
}

#[uniffi::export]
impl Machine {
    /// What to do now. Asking twice changes nothing.
    #[must_use]
    pub fn next(&self, now_ms: i64) -> Step {
        let machine = self.lock();
        let now = Timestamp::from_millis(now_ms);
        match (machine.next_step(now), machine.outcome()) {
            (CoreStep::Send(request), _) => Step::Send {
                request: (*request).into(),
                progress: machine.progress(now),
            },
            (CoreStep::Wait { delay_ms, reason }, _) => Step::Wait {
                delay_ms,
                reason,
                progress: machine.progress(now),
            },
            (CoreStep::Done(()), Some(Ok(output))) => Step::Done {
                output: output.clone(),
            },
            (CoreStep::Done(()), Some(Err(error))) => Step::Failed {
                error: error.into(),
            },
            (CoreStep::Done(()), None) => unreachable!("what is done has an outcome"),
        }
    }

    /// Hands in the response to a request, and gives the next step.
    pub fn answer(
        &self,
        id: u32,
        status: u16,
        headers: HashMap<String, String>,
        body: &[u8],
        now_ms: i64,
    ) -> Result<Step, Failure> {
        let response = HttpResponse {
            status,
            headers: headers.into_iter().collect(),
            body: body.to_vec(),
        };
        self.reply(id, Reply::Response(response), now_ms)?;
        Ok(self.next(now_ms))
    }

    /// Tells that a request has no response, and gives the next step. `delivery` is `NotSent` only
    /// where that is certain.
    pub fn missed(
        &self,
        id: u32,
        kind: FailureKind,
        delivery: Delivery,
        detail: String,
        now_ms: i64,
    ) -> Result<Step, Failure> {
        let failure = TransportFailure {
            kind,
            delivery,
            detail,
        };
        self.reply(id, Reply::Failed(failure), now_ms)?;
        Ok(self.next(now_ms))
    }
}
