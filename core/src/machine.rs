//! The interface between a state machine and its host.

use crate::error::Error;
use crate::http::{HttpRequest, Reply, RequestId};
use crate::output::Output;
use crate::prelude::*;
use crate::provisioning::Progress;
use crate::time::Timestamp;

/// What a machine wants of its host.
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step<T> {
    /// Send this, and hand its reply back.
    Send(Box<HttpRequest>),
    /// Ask again in so long.
    Wait {
        /// How long, in milliseconds.
        delay_ms: u64,
        /// Why.
        reason: WaitReason,
    },
    /// The end.
    Done(T),
}

/// Why a machine waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WaitReason {
    /// A request failed and will be repeated.
    Retry,
    /// The service asked for a pause.
    RetryAfter,
    /// The order's reply was lost: the next look at the account's VPS.
    Settling,
    /// The next look at the VPS.
    Poll,
}

impl WaitReason {
    /// The reason's name in every language.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Retry => "retry",
            Self::RetryAfter => "retry_after",
            Self::Settling => "settling",
            Self::Poll => "poll",
        }
    }
}

/// A reply was handed in that nobody waits for: a mistake of the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this machine is not waiting for a reply to request {}", .0.0)]
pub struct StaleReply(pub RequestId);

/// A state machine of whatever kind. What the packages' hosts drive.
pub trait Machine: Send {
    /// What to do now. Asking twice changes nothing.
    fn next_step(&self, now: Timestamp) -> Step<()>;

    /// Tells what became of the request that was to be sent.
    ///
    /// # Errors
    /// [`StaleReply`] where that request is not outstanding; nothing has changed then.
    fn handle_reply(
        &mut self,
        id: RequestId,
        reply: Reply,
        now: Timestamp,
    ) -> Result<(), StaleReply>;

    /// The result, once the machine is done.
    fn outcome(&self) -> Option<Result<&Output, &Error>>;

    /// How far a purchase is; none for a plain call.
    fn progress(&self, now: Timestamp) -> Option<Progress> {
        let _ = now;
        None
    }

    /// From where a purchase can be taken up again, if there is something to take up.
    fn snapshot(&self, now: Timestamp) -> Option<String> {
        let _ = now;
        None
    }
}
