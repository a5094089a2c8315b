//! The interface between a state machine and its host.

use std::convert::Infallible;

use crate::http::{HttpRequest, RequestId};
use crate::open_enum::closed_enum;
use crate::probe::ProbeRequest;

/// What a machine wants of its host. Only machines that wait for a VPS's answer want [probes](ProbeRequest).
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step<T, P = Infallible> {
    /// Send this, and hand its reply back.
    Send(Box<HttpRequest>),
    /// Ask again in so long.
    Wait {
        /// How long, in milliseconds.
        delay_ms: u64,
        /// Why.
        reason: WaitReason,
    },
    /// Find out who answers, and hand that back.
    Probe(P),
    /// The end.
    Done(T),
}

impl<T, P> Step<T, P> {
    /// The same step with another end.
    pub fn map<U>(self, end: impl FnOnce(T) -> U) -> Step<U, P> {
        match self {
            Self::Send(request) => Step::Send(request),
            Self::Wait { delay_ms, reason } => Step::Wait { delay_ms, reason },
            Self::Probe(probe) => Step::Probe(probe),
            Self::Done(done) => Step::Done(end(done)),
        }
    }
}

impl<T> Step<T> {
    /// The same step of a machine that may want probes.
    pub(crate) fn of_prober(self) -> Step<T, Box<ProbeRequest>> {
        match self {
            Self::Send(request) => Step::Send(request),
            Self::Wait { delay_ms, reason } => Step::Wait { delay_ms, reason },
            Self::Done(done) => Step::Done(done),
        }
    }
}

impl Step<Infallible> {
    /// The same step of a call within a longer machine. A call counts its requests from 1; the machine counts them
    /// through, after so many.
    pub(crate) fn numbered_after<T>(self, earlier: u32) -> Step<T, Box<ProbeRequest>> {
        match self {
            Self::Send(request) => {
                let id = RequestId(earlier.saturating_add(request.id.0));
                Step::Send(Box::new(HttpRequest { id, ..*request }))
            }
            Self::Wait { delay_ms, reason } => Step::Wait { delay_ms, reason },
        }
    }
}

closed_enum! {
    /// Why a machine waits.
    WaitReason, "a reason to wait" {
        /// A request failed and will be repeated.
        Retry = "retry",
        /// The service asked for a pause.
        RetryAfter = "retry_after",
        /// The order's reply was lost: the next look at the account's VPS.
        Settling = "settling",
        /// The next look at the VPS.
        Poll = "poll",
        /// Another purchase of the account is before the end of its order.
        Turn = "turn",
        /// The service said that there are too many requests: this one waits for its place behind others.
        Pace = "pace",
    }
}

/// A reply was handed in that nobody waits for: a mistake of the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this machine is not waiting for a reply to request {}", .0.0)]
pub struct StaleReply(pub RequestId);
