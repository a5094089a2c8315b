//! One call of an endpoint, with its retries.
//!
//! ```text
//! Sending -> Done
//!    |  ^
//!    v  |
//!   Waiting
//! ```
//!
//! What a reply means does not depend on what was asked for: those rules stand in `attempts`, once
//! for all endpoints. Here is what differs: the request, and what a good reply is read into.

use crate::attempts::{Attempts, Verdict};
use crate::config::{Api, CallOptions};
use crate::endpoint::Endpoint;
use crate::endpoints::AnyEndpoint;
use crate::error::Error;
use crate::http::{Reply, RequestId};
use crate::machine::{Machine, StaleReply, Step};
use crate::output::Output;
use crate::prelude::*;
use crate::time::Timestamp;

/// One call of an endpoint.
#[derive(Debug)]
pub struct Call<E: Endpoint> {
    endpoint: E,
    attempts: Attempts,
    outcome: Option<Result<E::Output, Error>>,
}

impl<E: Endpoint> Call<E> {
    pub(crate) fn new(
        api: Api,
        endpoint: E,
        options: CallOptions,
        seed: u64,
        now: Timestamp,
    ) -> Self {
        Self {
            attempts: Attempts::new(api, endpoint.info(), options, seed, now),
            endpoint,
            outcome: None,
        }
    }

    /// What to do now. Asking twice changes nothing.
    pub fn next_step(&self, now: Timestamp) -> Step<Result<&E::Output, &Error>> {
        if let Some(outcome) = &self.outcome {
            return Step::Done(outcome.as_ref());
        }
        if let Some((delay_ms, reason)) = self.attempts.pause(now) {
            return Step::Wait { delay_ms, reason };
        }
        let (path, body) = (self.endpoint.path(), self.endpoint.body());
        Step::Send(Box::new(self.attempts.request(&path, body, now)))
    }

    /// Tells what became of the request that was to be sent.
    ///
    /// # Errors
    /// [`StaleReply`] where that request is not outstanding; nothing has changed then.
    pub fn handle_reply(
        &mut self,
        id: RequestId,
        reply: Reply,
        now: Timestamp,
    ) -> Result<(), StaleReply> {
        if id != self.attempts.outstanding() || self.outcome.is_some() {
            return Err(StaleReply(id));
        }
        let secrets = self.endpoint.secrets();
        self.outcome = match self.attempts.judge(reply, &secrets, now) {
            Verdict::Again => None,
            Verdict::Failed(error) => Some(Err(error)),
            Verdict::NotFoundAgain(error) => Some(self.endpoint.already_done().ok_or(error)),
            Verdict::Good(mut response) => {
                let output = self.endpoint.parse(&mut response.body);
                Some(output.map_err(|misfit| self.attempts.unusable(&response, misfit, &secrets)))
            }
        };
        Ok(())
    }

    /// The result, once there is one.
    pub fn into_outcome(self) -> Option<Result<E::Output, Error>> {
        self.outcome
    }

    /// Whether there is a result.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.outcome.is_some()
    }

    /// How many requests were made.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.attempts.made()
    }

    /// How often the request was handed over in a way that it may have been received.
    #[must_use]
    pub fn delivered(&self) -> u32 {
        self.attempts.delivered()
    }

    /// Whether the request may be under way at this moment.
    #[must_use]
    pub fn is_sending(&self, now: Timestamp) -> bool {
        self.outcome.is_none() && self.attempts.pause(now).is_none()
    }
}

impl Machine for Call<AnyEndpoint> {
    fn next_step(&self, now: Timestamp) -> Step<()> {
        match Call::next_step(self, now) {
            Step::Send(request) => Step::Send(request),
            Step::Wait { delay_ms, reason } => Step::Wait { delay_ms, reason },
            Step::Done(_) => Step::Done(()),
        }
    }

    fn handle_reply(
        &mut self,
        id: RequestId,
        reply: Reply,
        now: Timestamp,
    ) -> Result<(), StaleReply> {
        Call::handle_reply(self, id, reply, now)
    }

    fn outcome(&self) -> Option<Result<&Output, &Error>> {
        self.outcome.as_ref().map(Result::as_ref)
    }
}
