//! The attempts at one request, whatever it asks for: what each reply means, and what comes next.
//!
//! | class | after "not sent" | after a lost reply or a passing fault | after the service's own 429 |
//! |---|---|---|---|
//! | `Read`, `Repeatable` | again | again | again |
//! | `Once` | again | never: `OutcomeUnknown` | again, but `POST /auth`: the key limit |
//!
//! A refusal that is not the service's own JSON comes from something in between: it is a passing fault. A 429 or
//! 503 with `Retry-After` is followed by no request before that. "Again" ends with the error of the last
//! attempt once none is left, and with `DeadlineExceeded` at once where there is no time for the next.

use serde::Deserialize;

use crate::clock::{Instant, Now};
use crate::config::{Api, Auth, CallLimits};
use crate::decode::{DecodeError, if_it_fits};
use crate::endpoint::{Access, EndpointInfo};
use crate::error::{Error, ErrorKind};
use crate::http::{
    Delivery, Header, HttpRequest, HttpResponse, Reply, RequestId, RetryClass, TransportFailure,
};
use crate::json;
use crate::money::Money;
use crate::pace::Lane;
use crate::power::PowerEnd;
use crate::retry::{delay_ms, is_passing, is_refusal, may_have_effect, retry_after_ms};
use crate::secret::{Secret, scrub};
use crate::step::WaitReason;
use crate::time::Timestamp;

const SHOWN_CHARS: usize = 300;
const EXCERPT_CHARS: usize = 120;

/// The attempts at one request.
#[derive(Debug)]
pub(crate) struct Attempts {
    api: Api,
    endpoint: EndpointInfo,
    timeout_ms: u64,
    begun: Now,
    deadline: Option<Instant>,
    lane: Lane,
    max_retries: u32,
    rng: fastrand::Rng,
    made: u32,
    delivered: u32,
    reply_was_lost: bool,
    /// The date of the last reply.
    replied_at: Option<Timestamp>,
    /// Until when the next attempt waits, and why.
    paused: Option<(Instant, WaitReason)>,
    /// The code of the error that the last attempt ended with.
    retry_of: Option<&'static str>,
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
        limits: CallLimits,
        seed: u64,
        begun: Now,
    ) -> Self {
        let mut attempts = Self {
            timeout_ms: limits.timeout_ms.unwrap_or(api.timeout_ms()),
            lane: limits.lane,
            begun,
            deadline: limits.deadline_ms.map(|ms| begun.instant.plus_ms(ms)),
            max_retries: limits.max_retries.unwrap_or(api.max_retries()),
            rng: fastrand::Rng::with_seed(seed),
            made: 0,
            delivered: 0,
            reply_was_lost: false,
            replied_at: None,
            paused: None,
            retry_of: None,
            api,
            endpoint,
        };
        let place = attempts.place(begun.instant, begun.instant);
        attempts.paused = (place > begun.instant).then_some((place, WaitReason::Pace));
        attempts
    }

    /// When the next one may begin that is ready then, by the pace of the client's calls.
    fn place(&self, ready: Instant, now: Instant) -> Instant {
        let left_ms = self.deadline.map(|deadline| deadline.since_ms(ready));
        let pace = self.api.pace();
        pace.map_or(ready, |pace| pace.place(self.lane, left_ms, ready, now))
    }

    pub fn api(&self) -> &Api {
        &self.api
    }

    /// Whether a request that ended in an error may have changed a VPS's power: not where no attempt arrived, and not
    /// where the service refused the only one.
    pub fn power_end(&self, error: &Error) -> PowerEnd {
        let is_refused = matches!(
            error.kind(),
            ErrorKind::BadRequest
                | ErrorKind::Unauthorized
                | ErrorKind::ReadOnlyKey
                | ErrorKind::NotFound
                | ErrorKind::RateLimited { .. }
        );
        if self.delivered == 0 || (is_refused && self.delivered == 1) {
            PowerEnd::NotDone
        } else {
            PowerEnd::Unknown
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

    /// When the service sent its last reply, by its own clock.
    pub fn replied_at(&self) -> Option<Timestamp> {
        self.replied_at
    }

    /// The id of the next one.
    pub fn outstanding(&self) -> RequestId {
        RequestId(self.made.saturating_add(1))
    }

    /// How long the next one still waits, and why.
    pub fn pause(&self, now: Instant) -> Option<(u64, WaitReason)> {
        let (until, reason) = self.paused.filter(|(until, _)| *until > now)?;
        Some((until.since_ms(now), reason))
    }

    /// The next one.
    pub fn request(&self, path: &str, body: Option<String>, now: Instant) -> HttpRequest {
        let timeout_ms = self.deadline.map_or(self.timeout_ms, |deadline| {
            self.timeout_ms.min(deadline.since_ms(now)).max(1)
        });
        let mut headers = vec![Header::new("accept", "application/json")];
        if body.is_some() {
            headers.push(Header::new("content-type", "application/json"));
        }
        if let Some(agent) = self.api.user_agent() {
            headers.push(Header::new("user-agent", agent));
        }
        if let (Some(key), true) = (self.api.key(), self.endpoint.access != Access::Open) {
            headers.push(match self.api.auth() {
                Auth::Bearer => Header::new("authorization", format!("Bearer {}", key.reveal())),
                Auth::ApiKeyHeader => Header::new("x-api-key", key.reveal()),
            });
        }
        HttpRequest {
            id: self.outstanding(),
            method: self.endpoint.method.to_owned(),
            url: self.api.url(path),
            headers,
            body,
            timeout_ms,
            connect_timeout_ms: self.api.connect_timeout_ms().min(timeout_ms),
            retry_class: self.endpoint.retry_class,
            endpoint: self.endpoint.route.to_owned(),
            attempt: self.outstanding().0,
            retry_of: self.retry_of.map(str::to_owned),
        }
    }

    /// Takes in what became of the last one. `secrets` are the request's own.
    pub fn judge(&mut self, reply: Reply, secrets: &[&str], now: Instant) -> Verdict {
        self.made = self.made.saturating_add(1);
        self.paused = None;
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
    pub fn unusable(&self, response: &HttpResponse, error: DecodeError, secrets: &[&str]) -> Error {
        let kind = match self.endpoint.retry_class {
            RetryClass::Once => self.outcome_unknown(format!("the reply can't be used: {error}")),
            RetryClass::Read | RetryClass::Repeatable => self.unexpected(response, error, secrets),
        };
        self.placed(Error::new(kind).with_status(Some(response.status)))
    }

    fn judge_failure(&mut self, failure: &TransportFailure, secrets: &[&str]) -> Finding {
        let TransportFailure { kind, delivery, .. } = *failure;
        let lost = ErrorKind::Transport {
            kind,
            delivery,
            detail: self.scrub(&failure.detail, secrets),
        };
        if delivery == Delivery::Unknown {
            self.delivered = self.delivered.saturating_add(1);
            self.reply_was_lost = true;
            if self.endpoint.retry_class == RetryClass::Once {
                return failed(Error::new(self.outcome_unknown(lost.to_string())));
            }
        }
        Finding::Passing {
            error: Error::new(lost),
            after_ms: None,
        }
    }

    fn judge_response(
        &mut self,
        response: HttpResponse,
        secrets: &[&str],
        now: Instant,
    ) -> Finding {
        self.delivered = self.delivered.saturating_add(1);
        self.replied_at = response.header("date").and_then(Timestamp::from_http_date);
        match response.status {
            200..=299 => Finding::Final(Verdict::Good(response)),
            status => self.judge_refusal(&response, status, secrets, now),
        }
    }

    /// What a reply means whose status is not of success. Only here is a body looked through for a complaint:
    /// that of a good reply may be long, and it is read by its endpoint.
    fn judge_refusal(
        &mut self,
        response: &HttpResponse,
        status: u16,
        secrets: &[&str],
        now: Instant,
    ) -> Finding {
        let once = self.endpoint.retry_class == RetryClass::Once;
        let complaint = complaint(&response.body);
        let is_own = complaint.is_some();
        if let (429, false, Some(pace)) = (status, self.is_for_a_key(), self.api.pace()) {
            pace.slow_down(now);
        }
        let time = self.begun.later(now).time;
        let after_ms = retry_after_ms(response, time);
        let error = |this: &Self| this.refused(response, complaint.as_deref(), secrets, after_ms);
        match status {
            404 if is_own && self.reply_was_lost => {
                Finding::Final(Verdict::NotFoundAgain(error(self)))
            }
            429 if is_own && self.is_for_a_key() => failed(error(self)),
            429 if is_own => Finding::Passing {
                error: error(self),
                after_ms,
            },
            _ if once && !(is_own && is_refusal(status)) => {
                let unknown = self.outcome_unknown(format!("the service answered {status}"));
                let error = Error::new(unknown).with_status(Some(status));
                failed(error.with_server_message(self.shown(complaint.as_deref(), secrets)))
            }
            400..=499 if !is_own => Finding::Passing {
                error: error(self),
                after_ms,
            },
            _ if is_passing(status) => {
                self.reply_was_lost |= may_have_effect(status);
                Finding::Passing {
                    error: error(self),
                    after_ms,
                }
            }
            _ => failed(error(self)),
        }
    }

    /// The error that a reply of that status is, with the service's own words where there are any.
    fn refused(
        &self,
        response: &HttpResponse,
        complaint: Option<&str>,
        secrets: &[&str],
        retry_after_ms: Option<u64>,
    ) -> Error {
        let unexpected = |place: &str, reason: &str| {
            self.unexpected(response, DecodeError::at(place, reason), secrets)
        };
        let kind = match response.status {
            300..=399 => unexpected("status", "is a redirect, which is not followed with a key"),
            400..=499 if complaint.is_none() => unexpected(
                "body",
                "is not the service's own: something in between answered",
            ),
            401 => ErrorKind::Unauthorized,
            402 => insufficient_funds(&response.body),
            403 => ErrorKind::ReadOnlyKey,
            404 => ErrorKind::NotFound,
            429 if self.is_for_a_key() => ErrorKind::KeyLimitReached,
            429 => ErrorKind::RateLimited { retry_after_ms },
            400..=499 => ErrorKind::BadRequest,
            502 => ErrorKind::Provider,
            500..=599 => ErrorKind::Server,
            _ => unexpected("status", "is not an HTTP status"),
        };
        Error::new(kind)
            .with_status(Some(response.status))
            .with_retry_after(retry_after_ms)
            .with_server_message(self.shown(complaint, secrets))
    }

    /// Only creating a key is limited in number.
    fn is_for_a_key(&self) -> bool {
        self.endpoint.route == "POST /auth"
    }

    fn unexpected(
        &self,
        response: &HttpResponse,
        error: DecodeError,
        secrets: &[&str],
    ) -> ErrorKind {
        let text = readable(&response.body).trim_start();
        // What holds JSON may hold a password.
        let is_page = text.starts_with('<');
        let is_text = !text.contains(['{', '[', '"']) && text.contains(char::is_alphabetic);
        let excerpt =
            (is_page || is_text).then(|| scrub(text, &self.never_shown(secrets), EXCERPT_CHARS));
        ErrorKind::UnexpectedResponse {
            content_type: response
                .header("content-type")
                .map(|value| self.scrub(value, secrets)),
            place: error.place,
            reason: error.reason,
            excerpt,
        }
    }

    /// The service's own words, without secrets.
    fn shown(&self, complaint: Option<&str>, secrets: &[&str]) -> Option<String> {
        complaint.map(|complaint| self.scrub(complaint, secrets))
    }

    fn scrub(&self, text: &str, secrets: &[&str]) -> String {
        scrub(text, &self.never_shown(secrets), SHOWN_CHARS)
    }

    fn never_shown<'a>(&'a self, secrets: &[&'a str]) -> Vec<&'a str> {
        let key = self.api.key().map(Secret::reveal);
        key.into_iter().chain(secrets.iter().copied()).collect()
    }

    /// Waits before the next attempt, or ends with the error where none is left or no time is.
    fn again(&mut self, error: Error, after_ms: Option<u64>, now: Instant) -> Verdict {
        if self.made > self.max_retries {
            return Verdict::Failed(self.placed(error));
        }
        let jitter_ms = delay_ms(self.made.saturating_sub(1), &mut self.rng);
        let until = now.plus_ms(after_ms.map_or(jitter_ms, |asked| asked.max(jitter_ms)));
        if self.deadline.is_some_and(|deadline| until >= deadline) {
            let until = after_ms.map_or_else(String::new, |ms| {
                format!(" not before {} s from now", ms.div_ceil(1000))
            });
            let late = Error::new(ErrorKind::DeadlineExceeded {
                waiting_for: format!("another attempt{until}, after {}", error.kind()),
            });
            let message = error.server_message().map(str::to_owned);
            let late = late
                .with_status(error.status())
                .with_server_message(message);
            return Verdict::Failed(self.placed(late.with_retry_after(after_ms)));
        }
        let place = self.place(until, now);
        let reason = match after_ms {
            _ if place > until => WaitReason::Pace,
            Some(_) => WaitReason::RetryAfter,
            None => WaitReason::Retry,
        };
        self.paused = Some((place, reason));
        self.retry_of = Some(error.code());
        Verdict::Again
    }

    fn outcome_unknown(&self, reason: String) -> ErrorKind {
        ErrorKind::OutcomeUnknown {
            reason,
            advice: self.endpoint.advice.to_owned(),
        }
    }

    fn placed(&self, error: Error) -> Error {
        error
            .with_endpoint(self.endpoint.route)
            .with_attempts(self.made)
    }
}

/// What the service says of a request that it did not carry out: JSON with an `error` in words.
fn complaint(body: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Complaint {
        #[serde(deserialize_with = "json::optional")]
        error: Option<String>,
    }
    if_it_fits::<Complaint>(body)?.error
}

/// The text that bytes begin with.
fn readable(bytes: &[u8]) -> &str {
    let valid = str::from_utf8(bytes).map_or_else(|error| error.valid_up_to(), str::len);
    str::from_utf8(bytes.get(..valid).unwrap_or_default()).unwrap_or_default()
}

fn failed(error: Error) -> Finding {
    Finding::Final(Verdict::Failed(error))
}

/// What a reply 402 says of money; nothing of it has to be there.
fn insufficient_funds(body: &[u8]) -> ErrorKind {
    #[derive(Default, Deserialize)]
    struct Shortage {
        required: Option<Money>,
        available: Option<Money>,
        #[serde(default, deserialize_with = "json::optional")]
        currency: Option<String>,
    }
    let Shortage {
        required,
        available,
        currency,
    } = if_it_fits(body).unwrap_or_default();
    let currency = currency.filter(|currency| currency.len() <= 8);
    ErrorKind::insufficient_funds(required, available, currency)
}
