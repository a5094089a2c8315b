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

use std::convert::Infallible;

use crate::attempts::{Attempts, Verdict};
use crate::clock::{Instant, Now};
use crate::config::{Api, CallLimits, CallOptions};
use crate::endpoint::{Access, Endpoint};
use crate::error::Error;
use crate::http::{Reply, RequestId};
use crate::power::PowerEnd;
use crate::step::{StaleReply, Step};
use crate::time::Timestamp;

/// One call of an endpoint.
#[derive(Debug)]
pub struct Call<E: Endpoint> {
    endpoint: E,
    attempts: Attempts,
    outcome: Option<Result<E::Output, Error>>,
}

impl Api {
    /// One call of an endpoint. `seed` spreads its retries in time.
    ///
    /// # Errors
    /// `InvalidInput` where the endpoint takes a key and there is none, or for options out of range.
    pub fn call<E: Endpoint>(
        &self,
        endpoint: E,
        options: CallOptions,
        seed: u64,
        begun: Now,
    ) -> Result<Call<E>, Error> {
        if endpoint.info().access != Access::Open {
            self.check_key()?;
        }
        Ok(Call::new(self, endpoint, options.check()?, seed, begun))
    }

    /// Whether there is a key at all.
    pub(crate) fn check_key(&self) -> Result<(), Error> {
        let missing = || Error::invalid_input("api_key", "is missing: this call needs one");
        self.key().map(drop).ok_or_else(missing)
    }
}

impl<E: Endpoint> Call<E> {
    /// A call whose key and limits were checked.
    pub(crate) fn new(api: &Api, endpoint: E, limits: CallLimits, seed: u64, begun: Now) -> Self {
        if let Some((vps, action)) = endpoint.power() {
            api.powers().begin(vps, action, begun.instant);
        }
        Self {
            attempts: Attempts::new(api.clone(), endpoint.info(), limits, seed, begun),
            endpoint,
            outcome: None,
        }
    }

    /// What to do now. Asking twice changes nothing.
    pub fn next_step(&self, now: Instant) -> Step<Result<&E::Output, &Error>> {
        match &self.outcome {
            Some(outcome) => Step::Done(outcome.as_ref()),
            None => self.unfinished_step(now).map(|never| match never {}),
        }
    }

    /// What to do now, while there is no result.
    pub(crate) fn unfinished_step(&self, now: Instant) -> Step<Infallible> {
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
        now: Instant,
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
                Some(output.map_err(|error| self.attempts.unusable(&response, error, &secrets)))
            }
        };
        self.note_power();
        Ok(())
    }

    /// Notes for the process what a request that has ended did to a VPS's power.
    fn note_power(&self) {
        if let (Some((vps, action)), Some(outcome)) = (self.endpoint.power(), &self.outcome) {
            let end = match outcome {
                Ok(_) => PowerEnd::Done,
                Err(error) => self.attempts.power_end(error),
            };
            self.attempts.api().powers().end(vps, action, end);
        }
    }

    /// The result, once there is one.
    #[must_use]
    pub fn outcome(&self) -> Option<Result<&E::Output, &Error>> {
        self.outcome.as_ref().map(Result::as_ref)
    }

    /// The result, once there is one.
    pub fn into_outcome(self) -> Option<Result<E::Output, Error>> {
        self.outcome
    }

    /// Takes the result out of a call that is then thrown away.
    pub(crate) fn take_outcome(&mut self) -> Option<Result<E::Output, Error>> {
        self.outcome.take()
    }

    /// Gives a good result away, without copying it. From then on the call ends in the error that it did.
    pub(crate) fn give_output(&mut self) -> Option<E::Output> {
        let (given, rest) = match self.outcome.take()? {
            Ok(output) => {
                let reason = "has ended, and its result was handed out";
                (Some(output), Error::invalid_input("machine", reason))
            }
            Err(error) => (None, error),
        };
        self.outcome = Some(Err(rest));
        given
    }

    /// When the service sent its last reply, by its own clock.
    pub(crate) fn replied_at(&self) -> Option<Timestamp> {
        self.attempts.replied_at()
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
    pub fn is_sending(&self, now: Instant) -> bool {
        self.outcome.is_none() && self.attempts.pause(now).is_none()
    }

    /// Milliseconds until the next attempt.
    pub(crate) fn pause_ms(&self, now: Instant) -> u64 {
        self.attempts.pause(now).map_or(0, |(delay_ms, _)| delay_ms)
    }
}
