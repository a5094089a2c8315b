//! The attempts at one request, whatever it asks for: what each reply means, and what comes next.
//!
//! | class | after "not sent" | after a lost reply or a passing fault | after 429 |
//! |---|---|---|---|
//! | `Read`, `Repeatable` | again | again | again, not before `Retry-After` |
//! | `Once` | again | never: `OutcomeUnknown` | again, but `POST /auth`: the key limit |
//!
//! "Again" ends with the error of the last attempt once none is left, and with `DeadlineExceeded`
//! once no time is.

use crate::config::{Api, CallOptions};
use crate::endpoint::{EndpointInfo, RetryClass};
use crate::error::{Error, ErrorKind};
use crate::http::{Delivery, HttpRequest, HttpResponse, Reply, RequestId, TransportFailure};
use crate::json::{Fields, Misfit, Told};
use crate::machine::WaitReason;
use crate::money::Money;
use crate::prelude::*;
use crate::retry::{is_passing, is_refusal, retry_after_ms};
use crate::secret::scrub;
use crate::time::Timestamp;
use crate::words::words;

const SHOWN_CHARS: usize = 300;
const EXCERPT_CHARS: usize = 120;

/// The attempts at one request.
#[derive(Debug)]
pub(crate) struct Attempts {
    api: Api,
    endpoint: EndpointInfo,
    timeout_ms: u64,
    deadline: Option<Timestamp>,
    max_retries: u32,
    rng: fastrand::Rng,
    made: u32,
    delivered: u32,
    reply_was_lost: bool,
    /// Until when the next attempt waits, and why.
    resting: Option<(Timestamp, WaitReason)>,
}

/// What a reply means.
pub(crate) enum Verdict {
    /// The body is to be read.
    Good(HttpResponse),
    /// The end, unless the endpoint takes "not found" after a lost reply for success.
    NotFoundAgain(Error),
    /// The end.
    Failed(Error),
    /// There is another attempt.
    Again,
}

/// What one reply means by itself.
enum Finding {
    Final(Verdict),
    /// Repeating is allowed: the error stands if no attempt is left.
    Passing {
        error: Error,
        after_ms: Option<u64>,
    },
}

impl Attempts {
    pub fn new(
        api: Api,
        endpoint: EndpointInfo,
        options: CallOptions,
        seed: u64,
        now: Timestamp,
    ) -> Self {
        Self {
            timeout_ms: options.timeout_ms.unwrap_or(api.timeout_ms()),
            deadline: options.deadline_ms.map(|ms| now.plus_ms(ms)),
            max_retries: options.max_retries.unwrap_or(api.retry().max_retries),
            rng: fastrand::Rng::with_seed(seed),
            made: 0,
            delivered: 0,
            reply_was_lost: false,
            resting: None,
            api,
            endpoint,
        }
    }

    /// How many were made.
    pub fn made(&self) -> u32 {
        self.made
    }

    /// How many may have been received.
    pub fn delivered(&self) -> u32 {
        self.delivered
    }

    /// The id of the next one.
    pub fn outstanding(&self) -> RequestId {
        RequestId(self.made.saturating_add(1))
    }

    /// How long the next one still waits, and why.
    pub fn pause(&self, now: Timestamp) -> Option<(u64, WaitReason)> {
        let (until, reason) = self.resting.filter(|(until, _)| *until > now)?;
        Some((until.since_ms(now), reason))
    }

    /// The next one.
    pub fn request(&self, path: &str, body: Option<Vec<u8>>, now: Timestamp) -> HttpRequest {
        let timeout_ms = self.deadline.map_or(self.timeout_ms, |deadline| {
            self.timeout_ms.min(deadline.since_ms(now)).max(1)
        });
        let id = self.outstanding();
        self.api.request(&self.endpoint, path, body, id, timeout_ms)
    }

    /// Takes in what became of the last one. `secrets` are the request's own.
    pub fn judge(&mut self, reply: Reply, secrets: &[&str], now: Timestamp) -> Verdict {
        self.made = self.made.saturating_add(1);
        self.resting = None;
        let finding = match reply {
            Reply::Response(response) => self.judge_response(response, secrets, now),
            Reply::Failed(failure) => self.judge_failure(&failure, secrets),
        };
        match finding {
            Finding::Passing { error, after_ms } => self.again(error, after_ms, now),
            Finding::Final(Verdict::Failed(error)) => Verdict::Failed(self.placed(error)),
            Finding::Final(Verdict::NotFoundAgain(error)) => {
                Verdict::NotFoundAgain(self.placed(error))
            }
            Finding::Final(verdict @ (Verdict::Good(_) | Verdict::Again)) => verdict,
        }
    }

    /// The error that a good reply is whose body is not what was promised.
    pub fn unusable(&self, response: &HttpResponse, misfit: Misfit, secrets: &[&str]) -> Error {
        let mut error = match self.endpoint.retry_class {
            RetryClass::Once => {
                let Told { place, reason } = misfit.told();
                let told = words!("the reply can't be used: ", place, " ", reason);
                self.outcome_unknown(told)
            }
            RetryClass::Read | RetryClass::Repeatable => {
                Error::new(self.unexpected(response, misfit, secrets))
            }
        };
        error.status = Some(response.status);
        self.placed(error)
    }

    fn judge_failure(&mut self, failure: &TransportFailure, secrets: &[&str]) -> Finding {
        let detail = self.scrub(&failure.detail, secrets);
        let TransportFailure { kind, delivery, .. } = *failure;
        if delivery == Delivery::Unknown {
            self.delivered = self.delivered.saturating_add(1);
            self.reply_was_lost = true;
            if self.endpoint.retry_class == RetryClass::Once {
                let reason = ErrorKind::Transport {
                    kind,
                    delivery,
                    detail,
                }
                .words();
                return failed(self.outcome_unknown(reason));
            }
        }
        Finding::Passing {
            error: Error::new(ErrorKind::Transport {
                kind,
                delivery,
                detail,
            }),
            after_ms: None,
        }
    }

    fn judge_response(
        &mut self,
        response: HttpResponse,
        secrets: &[&str],
        now: Timestamp,
    ) -> Finding {
        self.delivered = self.delivered.saturating_add(1);
        let status = response.status;
        let once = self.endpoint.retry_class == RetryClass::Once;
        let refused = |this: &Self| this.refused(&response, secrets, now);
        match status {
            200..=299 => Finding::Final(Verdict::Good(response)),
            404 if self.reply_was_lost => Finding::Final(Verdict::NotFoundAgain(refused(self))),
            429 if self.is_for_a_key() => failed(refused(self)),
            429 => Finding::Passing {
                error: refused(self),
                after_ms: retry_after_ms(&response, now),
            },
            _ if once && !is_refusal(status) => {
                let mut error = self.outcome_unknown(words!(
                    "the service answered ",
                    u64::from(status).to_string()
                ));
                error.status = Some(status);
                error.server_message = self.server_message(&response, secrets);
                failed(error)
            }
            _ if is_passing(status) => {
                self.reply_was_lost = true;
                Finding::Passing {
                    error: refused(self),
                    after_ms: retry_after_ms(&response, now),
                }
            }
            _ => failed(refused(self)),
        }
    }

    /// The error that a reply of that status is.
    fn refused(&self, response: &HttpResponse, secrets: &[&str], now: Timestamp) -> Error {
        let kind = match response.status {
            300..=399 => {
                let reason = "the reply is a redirect, which is not followed with a key";
                self.unexpected(response, Misfit::at("status", reason), secrets)
            }
            401 => ErrorKind::Unauthorized,
            402 => insufficient_funds(&response.body),
            403 => ErrorKind::ReadOnlyKey,
            404 => ErrorKind::NotFound,
            429 if self.is_for_a_key() => ErrorKind::KeyLimitReached,
            429 => ErrorKind::RateLimited {
                retry_after_ms: retry_after_ms(response, now),
            },
            400..=499 => ErrorKind::BadRequest,
            502 => ErrorKind::Provider,
            500..=599 => ErrorKind::Server,
            _ => {
                let misfit = Misfit::at("status", "is none that HTTP has");
                self.unexpected(response, misfit, secrets)
            }
        };
        let mut error = Error::new(kind);
        error.status = Some(response.status);
        error.server_message = self.server_message(response, secrets);
        error
    }

    /// Only creating a key is limited in number.
    fn is_for_a_key(&self) -> bool {
        self.endpoint.route == "POST /auth"
    }

    fn unexpected(&self, response: &HttpResponse, misfit: Misfit, secrets: &[&str]) -> ErrorKind {
        let text = readable(&response.body).trim_start();
        let is_json = text.starts_with(['{', '[', '"']);
        let excerpt = (!text.is_empty() && !is_json)
            .then(|| scrub(text, &self.never_shown(secrets), EXCERPT_CHARS));
        let Told { place, reason } = misfit.told();
        ErrorKind::UnexpectedResponse {
            content_type: response
                .header("content-type")
                .map(|value| self.scrub(value, secrets)),
            place,
            reason,
            excerpt,
        }
    }

    fn server_message(&self, response: &HttpResponse, secrets: &[&str]) -> Option<String> {
        let mut fields = Fields::of(&response.body, &["error"]).ok()?;
        let complaint = fields.take_or(String::new());
        Some(self.scrub(&complaint, secrets)).filter(|words| !words.is_empty())
    }

    fn scrub(&self, text: &str, secrets: &[&str]) -> String {
        scrub(text, &self.never_shown(secrets), SHOWN_CHARS)
    }

    fn never_shown<'a>(&'a self, secrets: &[&'a str]) -> Vec<&'a str> {
        let mut all = self.api.secrets();
        all.extend(secrets);
        all
    }

    /// Waits before the next attempt, or ends with the error where none is left or no time is.
    fn again(&mut self, error: Error, after_ms: Option<u64>, now: Timestamp) -> Verdict {
        if self.made > self.max_retries {
            return Verdict::Failed(self.placed(error));
        }
        let jitter_ms = self
            .api
            .retry()
            .delay_ms(self.made.saturating_sub(1), &mut self.rng);
        let until = now.plus_ms(after_ms.map_or(jitter_ms, |asked| asked.max(jitter_ms)));
        if self.deadline.is_some_and(|deadline| until >= deadline) {
            let mut late = Error::new(ErrorKind::DeadlineExceeded {
                waiting_for: words!("another attempt, after ", error.kind.words()),
            });
            late.status = error.status;
            late.server_message.clone_from(&error.server_message);
            return Verdict::Failed(self.placed(late));
        }
        let reason = if after_ms.is_some() {
            WaitReason::RetryAfter
        } else {
            WaitReason::Retry
        };
        self.resting = Some((until, reason));
        Verdict::Again
    }

    fn outcome_unknown(&self, reason: String) -> Error {
        Error::new(ErrorKind::OutcomeUnknown {
            reason,
            advice: self.endpoint.advice,
        })
    }

    fn placed(&self, mut error: Error) -> Error {
        error.endpoint = Some(self.endpoint.route);
        error.attempts = self.made;
        error
    }
}

/// The text that bytes begin with.
fn readable(bytes: &[u8]) -> &str {
    let valid = str::from_utf8(bytes).map_or_else(|error| error.valid_up_to(), str::len);
    str::from_utf8(bytes.get(..valid).unwrap_or_default()).unwrap_or_default()
}

fn failed(error: Error) -> Finding {
    Finding::Final(Verdict::Failed(error))
}

fn insufficient_funds(body: &[u8]) -> ErrorKind {
    type Shortage = (Option<Money>, Option<Money>, Option<String>);
    let read = || -> Result<Shortage, Misfit> {
        let mut fields = Fields::of(body, &["required", "available", "currency"])?;
        let shortage = (fields.take(), fields.take(), fields.take());
        fields.checked(shortage)
    };
    let (required, available, currency) = read().unwrap_or_default();
    ErrorKind::InsufficientFunds {
        required,
        available,
        currency: currency.filter(|currency| currency.len() <= 8),
    }
}
