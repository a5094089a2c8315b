//! One call of an endpoint, with its retries.
//!
//! ```text
//! Sending -> Done
//!    |  ^
//!    v  |
//!   Waiting
//! ```

use serde::Deserialize;

use crate::config::{Api, CallOptions};
use crate::endpoint::{Endpoint, RetryClass};
use crate::error::{Error, ErrorKind};
use crate::http::{Delivery, HttpResponse, Reply, RequestId, TransportFailure};
use crate::machine::{Document, Machine, StaleReply, Step, ToDocument, WaitReason};
use crate::money::Money;
use crate::parse::Misfit;
use crate::retry::{is_passing, is_refusal, retry_after_ms};
use crate::secret::scrub;
use crate::time::Timestamp;

const SHOWN_CHARS: usize = 300;
const EXCERPT_CHARS: usize = 120;

/// One call of an endpoint.
#[derive(Debug)]
pub struct Call<E: Endpoint> {
    api: Api,
    endpoint: E,
    timeout_ms: u64,
    deadline: Option<Timestamp>,
    max_retries: u32,
    rng: fastrand::Rng,
    attempts: u32,
    delivered: u32,
    reply_was_lost: bool,
    state: State<E::Output>,
}

#[derive(Debug)]
enum State<T> {
    Sending,
    Waiting {
        until: Timestamp,
        reason: WaitReason,
    },
    Done(Result<T, Error>),
}

/// What one reply means.
enum Verdict<T> {
    Done(Result<T, Error>),
    /// Repeating is allowed: the error stands if no attempt is left.
    Again {
        error: Error,
        after_ms: Option<u64>,
    },
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
            timeout_ms: options.timeout_ms.unwrap_or(api.timeout_ms()),
            deadline: options.deadline_ms.map(|ms| now.plus_ms(ms)),
            max_retries: options.max_retries.unwrap_or(api.retry().max_retries),
            rng: fastrand::Rng::with_seed(seed),
            attempts: 0,
            delivered: 0,
            reply_was_lost: false,
            state: State::Sending,
            api,
            endpoint,
        }
    }

    /// What to do now. Asking twice changes nothing.
    pub fn next_step(&self, now: Timestamp) -> Step<Result<&E::Output, &Error>> {
        match &self.state {
            State::Waiting { until, reason } if *until > now => Step::Wait {
                delay_ms: until.since_ms(now),
                reason: *reason,
            },
            State::Sending | State::Waiting { .. } => {
                let timeout_ms = self.deadline.map_or(self.timeout_ms, |deadline| {
                    self.timeout_ms.min(deadline.since_ms(now)).max(1)
                });
                Step::Send(Box::new(self.api.request(
                    &self.endpoint,
                    self.outstanding(),
                    timeout_ms,
                )))
            }
            State::Done(outcome) => Step::Done(outcome.as_ref()),
        }
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
        if id != self.outstanding() || matches!(self.state, State::Done(_)) {
            return Err(StaleReply(id));
        }
        self.attempts = self.attempts.saturating_add(1);
        let verdict = match reply {
            Reply::Response(mut response) => self.judge_response(&mut response, now),
            Reply::Failed(failure) => self.judge_failure(&failure),
        };
        self.state = match verdict {
            Verdict::Done(outcome) => State::Done(outcome.map_err(|error| self.placed(error))),
            Verdict::Again { error, after_ms } => self.again(error, after_ms, now),
        };
        Ok(())
    }

    /// The result, once there is one.
    pub fn into_outcome(self) -> Option<Result<E::Output, Error>> {
        match self.state {
            State::Done(outcome) => Some(outcome),
            State::Sending | State::Waiting { .. } => None,
        }
    }

    /// Whether there is a result.
    #[must_use]
    pub fn is_done(&self) -> bool {
        matches!(self.state, State::Done(_))
    }

    /// How many requests were made.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// How often the request was handed over in a way that it may have been received.
    #[must_use]
    pub fn delivered(&self) -> u32 {
        self.delivered
    }

    /// Whether the request may be under way at this moment.
    #[must_use]
    pub fn is_sending(&self, now: Timestamp) -> bool {
        matches!(self.next_step(now), Step::Send(_))
    }

    fn outstanding(&self) -> RequestId {
        RequestId(self.attempts.saturating_add(1))
    }

    fn judge_failure(&mut self, failure: &TransportFailure) -> Verdict<E::Output> {
        let once = E::INFO.retry_class == RetryClass::Once;
        let detail = self.scrub(&failure.detail);
        let TransportFailure { kind, delivery, .. } = *failure;
        let error = Error::new(ErrorKind::Transport {
            kind,
            delivery,
            detail,
        });
        match delivery {
            Delivery::NotSent => Verdict::Again {
                error,
                after_ms: None,
            },
            Delivery::Unknown => {
                self.delivered = self.delivered.saturating_add(1);
                self.reply_was_lost = true;
                if once {
                    return Verdict::Done(Err(outcome_unknown::<E>(error.kind.to_string())));
                }
                Verdict::Again {
                    error,
                    after_ms: None,
                }
            }
        }
    }

    fn judge_response(
        &mut self,
        response: &mut HttpResponse,
        now: Timestamp,
    ) -> Verdict<E::Output> {
        self.delivered = self.delivered.saturating_add(1);
        let status = response.status;
        let once = E::INFO.retry_class == RetryClass::Once;
        match status {
            200..=299 => Verdict::Done(self.read(response)),
            404 if self.reply_was_lost && self.endpoint.already_done().is_some() => Verdict::Done(
                self.endpoint
                    .already_done()
                    .ok_or_else(|| self.refused(response, now)),
            ),
            429 if E::INFO.route == "POST /auth" => Verdict::Done(Err(self.refused(response, now))),
            429 => Verdict::Again {
                error: self.refused(response, now),
                after_ms: retry_after_ms(response, now),
            },
            _ if once && !is_refusal(status) => {
                let reason = format!("the service answered {status}");
                let mut error = outcome_unknown::<E>(reason);
                error.status = Some(status);
                error.server_message = self.server_message(response);
                Verdict::Done(Err(error))
            }
            _ if is_passing(status) => {
                self.reply_was_lost = true;
                Verdict::Again {
                    error: self.refused(response, now),
                    after_ms: retry_after_ms(response, now),
                }
            }
            _ => Verdict::Done(Err(self.refused(response, now))),
        }
    }

    fn read(&self, response: &mut HttpResponse) -> Result<E::Output, Error> {
        self.endpoint.parse(&mut response.body).map_err(|misfit| {
            let mut error = match E::INFO.retry_class {
                RetryClass::Once => outcome_unknown::<E>(format!(
                    "the reply can't be used: {} {}",
                    misfit.place, misfit.reason
                )),
                RetryClass::Read | RetryClass::Repeatable => {
                    Error::new(self.unexpected(response, misfit))
                }
            };
            error.status = Some(response.status);
            error
        })
    }

    /// The error that a reply of that status is.
    fn refused(&self, response: &HttpResponse, now: Timestamp) -> Error {
        let kind = match response.status {
            300..=399 => {
                let reason = "the reply is a redirect, which is not followed with a key";
                self.unexpected(response, Misfit::at("status", reason))
            }
            401 => ErrorKind::Unauthorized,
            402 => insufficient_funds(&response.body),
            403 => ErrorKind::ReadOnlyKey,
            404 => ErrorKind::NotFound,
            429 if E::INFO.route == "POST /auth" => ErrorKind::KeyLimitReached,
            429 => ErrorKind::RateLimited {
                retry_after_ms: retry_after_ms(response, now),
            },
            400..=499 => ErrorKind::BadRequest,
            502 => ErrorKind::Provider,
            500..=599 => ErrorKind::Server,
            _ => self.unexpected(response, Misfit::at("status", "is none that HTTP has")),
        };
        let mut error = Error::new(kind);
        error.status = Some(response.status);
        error.server_message = self.server_message(response);
        error
    }

    fn unexpected(&self, response: &HttpResponse, misfit: Misfit) -> ErrorKind {
        let text = String::from_utf8_lossy(&response.body);
        let text = text.trim_start();
        let is_json = text.starts_with(['{', '[', '"']);
        let excerpt =
            (!text.is_empty() && !is_json).then(|| scrub(text, &self.secrets(), EXCERPT_CHARS));
        ErrorKind::UnexpectedResponse {
            content_type: response
                .header("content-type")
                .map(|value| self.scrub(value)),
            place: misfit.place,
            reason: misfit.reason,
            excerpt,
        }
    }

    fn server_message(&self, response: &HttpResponse) -> Option<String> {
        #[derive(Deserialize)]
        struct Complaint {
            error: String,
        }
        let complaint: Complaint = serde_json::from_slice(&response.body).ok()?;
        Some(self.scrub(&complaint.error)).filter(|words| !words.is_empty())
    }

    fn scrub(&self, text: &str) -> String {
        scrub(text, &self.secrets(), SHOWN_CHARS)
    }

    fn secrets(&self) -> Vec<&str> {
        let mut secrets = self.api.secrets();
        secrets.extend(self.endpoint.secrets());
        secrets
    }

    /// Waits before the next attempt, or ends with the error where none is left or no time is.
    fn again(&mut self, error: Error, after_ms: Option<u64>, now: Timestamp) -> State<E::Output> {
        if self.attempts > self.max_retries {
            return State::Done(Err(self.placed(error)));
        }
        let jitter_ms = self
            .api
            .retry()
            .delay_ms(self.attempts.saturating_sub(1), &mut self.rng);
        let until = now.plus_ms(after_ms.map_or(jitter_ms, |asked| asked.max(jitter_ms)));
        if self.deadline.is_some_and(|deadline| until >= deadline) {
            let mut late = Error::new(ErrorKind::DeadlineExceeded {
                waiting_for: format!("another attempt, after {}", error.kind),
            });
            (late.status, late.server_message) = (error.status, error.server_message);
            return State::Done(Err(self.placed(late)));
        }
        let reason = if after_ms.is_some() {
            WaitReason::RetryAfter
        } else {
            WaitReason::Retry
        };
        State::Waiting { until, reason }
    }

    fn placed(&self, mut error: Error) -> Error {
        error.endpoint = Some(E::INFO.route);
        error.attempts = self.attempts;
        error
    }
}

fn outcome_unknown<E: Endpoint>(reason: String) -> Error {
    Error::new(ErrorKind::OutcomeUnknown {
        reason,
        advice: E::INFO.advice,
    })
}

fn insufficient_funds(body: &[u8]) -> ErrorKind {
    #[derive(Deserialize, Default)]
    struct Shortage {
        required: Option<Money>,
        available: Option<Money>,
        currency: Option<String>,
    }
    let shortage: Shortage = serde_json::from_slice(body).unwrap_or_default();
    ErrorKind::InsufficientFunds {
        required: shortage.required,
        available: shortage.available,
        currency: shortage.currency.filter(|currency| currency.len() <= 8),
    }
}

impl<E: Endpoint + Send> Machine for Call<E>
where
    E::Output: Send,
{
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

    fn outcome(&self) -> Option<Result<Document<'_>, &Error>> {
        match &self.state {
            State::Done(Ok(output)) => Some(Ok(output.document())),
            State::Done(Err(error)) => Some(Err(error)),
            State::Sending | State::Waiting { .. } => None,
        }
    }
}
