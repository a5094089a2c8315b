//! Everything that can go wrong, in the same words in every language.
//!
//! An error says what happened, whose fault it is, whether trying again is safe, and where. It
//! never holds a key, a password or a body.

use alloc::sync::Arc;
use core::fmt;
use core::ops::{Deref, DerefMut};

use crate::http::{Delivery, FailureKind};
use crate::json::{Json, Writer, written};
use crate::models::{Vps, VpsDetails, VpsStatus};
use crate::money::Money;
use crate::prelude::*;
use crate::words::words;

/// What went wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// An argument was refused before anything was sent.
    InvalidInput {
        /// The argument.
        field: String,
        /// What it must be.
        reason: String,
    },
    /// The service refused a parameter (400 and the other refusals of its kind).
    BadRequest,
    /// The key is missing, invalid or expired (401).
    Unauthorized,
    /// The wallet does not hold enough (402), or was seen not to before ordering.
    InsufficientFunds {
        /// What is needed.
        required: Option<Money>,
        /// What there is.
        available: Option<Money>,
        /// The currency of both.
        currency: Option<String>,
    },
    /// A read-only key was used for a change (403).
    ReadOnlyKey,
    /// There is no such resource, or it is another account's (404).
    NotFound,
    /// The account has all the API keys it may have (429 when creating one).
    KeyLimitReached,
    /// Too many requests (429).
    RateLimited {
        /// How long the service asks to wait, in milliseconds.
        retry_after_ms: Option<u64>,
    },
    /// The service failed (5xx).
    Server,
    /// The VPS provider behind the service failed (502).
    Provider,
    /// The service answered something that the documentation does not allow.
    UnexpectedResponse {
        /// The reply's content type.
        content_type: Option<String>,
        /// Where in the body, such as `vps[3].createdAt`.
        place: String,
        /// What is wrong there.
        reason: String,
        /// The beginning of a body that is not JSON, without secrets.
        excerpt: Option<String>,
    },
    /// No response arrived, and nothing was changed by the request.
    Transport {
        /// Where it broke.
        kind: FailureKind,
        /// Whether the request may have reached the service.
        delivery: Delivery,
        /// The HTTP stack's words.
        detail: String,
    },
    /// A request that must not be repeated may or may not have taken effect.
    OutcomeUnknown {
        /// What happened to its reply.
        reason: String,
        /// How to find out what became of it.
        advice: &'static str,
    },
    /// The time allowed for the whole was over.
    DeadlineExceeded {
        /// What was being waited for.
        waiting_for: String,
    },
    /// The price is above the limit that the caller set. Nothing was ordered.
    OverBudget {
        /// The catalogue's price.
        price: Money,
        /// The caller's limit.
        max_spend: Money,
    },
    /// The VPS was bought but can't become usable.
    ProvisioningFailed {
        /// The status that ended the wait.
        status: VpsStatus,
    },
    /// The order's reply was lost, and the order was seen not to have been placed.
    NotPlaced,
    /// The order's reply was lost, and what became of the order could not be told.
    Unresolved {
        /// Why not.
        reason: String,
        /// VPS that may be the one ordered.
        candidates: Vec<Vps>,
    },
    /// A token can't be resumed.
    StaleToken {
        /// Why not.
        reason: String,
    },
}

/// Whose fault an error is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fault {
    /// The caller's: other arguments, another key or more money would help.
    Caller,
    /// The service's, or its provider's.
    Server,
    /// The network's, or a proxy's.
    Network,
}

impl Fault {
    /// `caller`, `server` or `network`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Caller => "caller",
            Self::Server => "server",
            Self::Network => "network",
        }
    }
}

/// Whether the same call may be made again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TryAgain {
    /// Making the same call again is safe and may succeed.
    Safe,
    /// Safe, but useless until something was changed.
    Useless,
    /// Dangerous: it may do the same thing twice.
    Unsafe,
}

impl TryAgain {
    /// `safe`, `useless` or `unsafe`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Safe => "safe",
            Self::Useless => "useless",
            Self::Unsafe => "unsafe",
        }
    }
}

/// An error with the place and the circumstances. In a box, as it is passed on more often than made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error(Box<Report>);

/// What an [`Error`] tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// What went wrong.
    pub kind: ErrorKind,
    /// The endpoint as the documentation writes it, such as `POST /vps`.
    pub endpoint: Option<&'static str>,
    /// The HTTP status of the last reply.
    pub status: Option<u16>,
    /// How many requests were made for this call.
    pub attempts: u32,
    /// The service's own words, without secrets.
    pub server_message: Option<String>,
    /// From where a purchase can be taken up again.
    pub token: Option<String>,
    /// The VPS as it was last seen.
    pub vps: Option<Arc<VpsDetails>>,
}

impl Error {
    /// An error of that kind, not yet placed anywhere.
    #[must_use]
    pub fn new(kind: ErrorKind) -> Self {
        Self(Box::new(Report {
            kind,
            endpoint: None,
            status: None,
            attempts: 0,
            server_message: None,
            token: None,
            vps: None,
        }))
    }

    /// An argument that was refused before anything was sent.
    #[must_use]
    pub fn invalid_input(field: &str, reason: impl Into<String>) -> Self {
        Self::new(ErrorKind::InvalidInput {
            field: field.to_owned(),
            reason: reason.into(),
        })
    }

    /// The error's name, the same in every language.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self.kind {
            ErrorKind::InvalidInput { .. } => "invalid_input",
            ErrorKind::BadRequest => "bad_request",
            ErrorKind::Unauthorized => "unauthorized",
            ErrorKind::InsufficientFunds { .. } => "insufficient_funds",
            ErrorKind::ReadOnlyKey => "read_only_key",
            ErrorKind::NotFound => "not_found",
            ErrorKind::KeyLimitReached => "key_limit_reached",
            ErrorKind::RateLimited { .. } => "rate_limited",
            ErrorKind::Server => "server",
            ErrorKind::Provider => "provider",
            ErrorKind::UnexpectedResponse { .. } => "unexpected_response",
            ErrorKind::Transport { .. } => "transport",
            ErrorKind::OutcomeUnknown { .. } => "outcome_unknown",
            ErrorKind::DeadlineExceeded { .. } => "deadline_exceeded",
            ErrorKind::OverBudget { .. } => "over_budget",
            ErrorKind::ProvisioningFailed { .. } => "provisioning_failed",
            ErrorKind::NotPlaced => "not_placed",
            ErrorKind::Unresolved { .. } => "unresolved",
            ErrorKind::StaleToken { .. } => "stale_token",
        }
    }

    /// Whose fault it is.
    #[must_use]
    pub fn fault(&self) -> Fault {
        match self.kind {
            ErrorKind::InvalidInput { .. }
            | ErrorKind::BadRequest
            | ErrorKind::Unauthorized
            | ErrorKind::InsufficientFunds { .. }
            | ErrorKind::ReadOnlyKey
            | ErrorKind::NotFound
            | ErrorKind::KeyLimitReached
            | ErrorKind::RateLimited { .. }
            | ErrorKind::OverBudget { .. }
            | ErrorKind::StaleToken { .. } => Fault::Caller,
            ErrorKind::Server
            | ErrorKind::Provider
            | ErrorKind::UnexpectedResponse { .. }
            | ErrorKind::DeadlineExceeded { .. }
            | ErrorKind::ProvisioningFailed { .. } => Fault::Server,
            ErrorKind::Transport { .. } | ErrorKind::NotPlaced => Fault::Network,
            ErrorKind::OutcomeUnknown { .. } | ErrorKind::Unresolved { .. } => {
                if self.status.is_some() {
                    Fault::Server
                } else {
                    Fault::Network
                }
            }
        }
    }

    /// Whether the same call may be made again. With a token, that means resuming from it.
    #[must_use]
    pub fn try_again(&self) -> TryAgain {
        match self.kind {
            ErrorKind::RateLimited { .. }
            | ErrorKind::Server
            | ErrorKind::Provider
            | ErrorKind::Transport { .. }
            | ErrorKind::DeadlineExceeded { .. }
            | ErrorKind::NotPlaced => TryAgain::Safe,
            ErrorKind::OutcomeUnknown { .. } | ErrorKind::Unresolved { .. } => TryAgain::Unsafe,
            ErrorKind::InvalidInput { .. }
            | ErrorKind::BadRequest
            | ErrorKind::Unauthorized
            | ErrorKind::InsufficientFunds { .. }
            | ErrorKind::ReadOnlyKey
            | ErrorKind::NotFound
            | ErrorKind::KeyLimitReached
            | ErrorKind::UnexpectedResponse { .. }
            | ErrorKind::OverBudget { .. }
            | ErrorKind::ProvisioningFailed { .. }
            | ErrorKind::StaleToken { .. } => TryAgain::Useless,
        }
    }

    /// What the packages make their error of: one JSON object.
    #[must_use]
    pub fn document(&self) -> String {
        written(self)
    }
}

impl Json for Error {
    fn write(&self, to: &mut Writer) {
        let mut fields: Vec<(&str, &dyn Json)> = Vec::with_capacity(11);
        let (code, message) = (self.code(), self.words());
        let (fault, try_again) = (self.fault().as_str(), self.try_again().as_str());
        fields.extend::<[(&str, &dyn Json); 6]>([
            ("code", &code),
            ("message", &message),
            ("fault", &fault),
            ("tryAgain", &try_again),
            ("attempts", &self.attempts),
            ("details", &self.kind),
        ]);
        let optional: [(&str, Option<&dyn Json>); 5] = [
            (
                "endpoint",
                self.endpoint.as_ref().map(|known| known as &dyn Json),
            ),
            (
                "status",
                self.status.as_ref().map(|known| known as &dyn Json),
            ),
            (
                "serverMessage",
                self.server_message.as_ref().map(|known| known as &dyn Json),
            ),
            ("token", self.token.as_ref().map(|known| known as &dyn Json)),
            ("vps", self.vps.as_deref().map(|known| known as &dyn Json)),
        ];
        for (name, value) in optional {
            fields.extend(value.map(|value| (name, value)));
        }
        to.object(&fields);
    }
}

impl Deref for Error {
    type Target = Report;

    fn deref(&self) -> &Report {
        &self.0
    }
}

impl DerefMut for Error {
    fn deref_mut(&mut self) -> &mut Report {
        &mut self.0
    }
}

impl core::error::Error for Error {}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words())
    }
}

impl Error {
    fn words(&self) -> String {
        let is_sign_in = self.endpoint == Some("POST /auth");
        let mut words = if is_sign_in && matches!(self.kind, ErrorKind::Unauthorized) {
            "the e-mail address or the password is wrong".to_owned()
        } else {
            self.kind.words()
        };
        if let Some(message) = &self.server_message {
            words.push_str(&words!(": \"", message, "\""));
        }
        if let Some(endpoint) = self.endpoint {
            let status = self.status.map(|status| u64::from(status).to_string());
            let answered = if status.is_some() { " answered " } else { "" };
            let status = status.unwrap_or_default();
            words.push_str(&words!(" (", endpoint, answered, status, ")"));
        }
        words
    }
}

impl Json for ErrorKind {
    /// What there is to say of it beside its code.
    fn write(&self, to: &mut Writer) {
        match self {
            Self::InvalidInput { field, reason } => {
                to.object(&[("field", field), ("reason", reason)]);
            }
            Self::InsufficientFunds {
                required,
                available,
                currency,
            } => to.object(&[
                ("required", required),
                ("available", available),
                ("shortfall", &shortfall(*required, *available)),
                ("currency", currency),
            ]),
            Self::RateLimited { retry_after_ms } => {
                to.object(&[("retryAfterMs", retry_after_ms)]);
            }
            Self::UnexpectedResponse {
                content_type,
                place,
                reason,
                excerpt,
            } => to.object(&[
                ("contentType", content_type),
                ("place", place),
                ("reason", reason),
                ("excerpt", excerpt),
            ]),
            Self::Transport {
                kind,
                delivery,
                detail,
            } => to.object(&[
                ("kind", &kind.as_str()),
                ("delivery", &delivery.as_str()),
                ("detail", detail),
            ]),
            Self::OutcomeUnknown { reason, advice } => {
                to.object(&[("reason", reason), ("advice", advice)]);
            }
            Self::DeadlineExceeded { waiting_for } => to.object(&[("waitingFor", waiting_for)]),
            Self::OverBudget { price, max_spend } => {
                to.object(&[("price", price), ("maxSpend", max_spend)]);
            }
            Self::ProvisioningFailed { status } => to.object(&[("vpsStatus", status)]),
            Self::Unresolved { reason, candidates } => {
                to.object(&[("reason", reason), ("candidates", candidates)]);
            }
            Self::StaleToken { reason } => to.object(&[("reason", reason)]),
            Self::BadRequest
            | Self::Unauthorized
            | Self::ReadOnlyKey
            | Self::NotFound
            | Self::KeyLimitReached
            | Self::Server
            | Self::Provider
            | Self::NotPlaced => to.object(&[]),
        }
    }
}

fn shortfall(required: Option<Money>, available: Option<Money>) -> Option<Money> {
    Some(required?.minus(available?))
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words())
    }
}

impl ErrorKind {
    /// What happened, in words.
    pub(crate) fn words(&self) -> String {
        match self {
            Self::InvalidInput { field, reason } => words!(field, " ", reason),
            Self::BadRequest => "the service refused the request".to_owned(),
            Self::Unauthorized => "the API key is missing, invalid or expired".to_owned(),
            Self::InsufficientFunds {
                required,
                available,
                currency,
            } => {
                let lead = "the wallet does not hold enough";
                let (Some(required), Some(available)) = (required, available) else {
                    return lead.to_owned();
                };
                let (required, available) = (required.shown(), available.shown());
                let currency = currency.as_deref().unwrap_or("EUR");
                words!(
                    lead,
                    ": ",
                    required,
                    " ",
                    currency,
                    " needed, ",
                    available,
                    " ",
                    currency,
                    " there"
                )
            }
            Self::ReadOnlyKey => "the API key may not do this: it is read-only".to_owned(),
            Self::NotFound => "there is no such resource in this account".to_owned(),
            Self::KeyLimitReached => {
                "the account has as many API keys as it may have; revoke one first".to_owned()
            }
            Self::RateLimited { retry_after_ms } => match retry_after_ms {
                Some(ms) => {
                    let seconds = ms.div_ceil(1000).to_string();
                    words!("too many requests; try again in ", seconds, " s")
                }
                None => "too many requests".to_owned(),
            },
            Self::Server => "the service failed".to_owned(),
            Self::Provider => "the VPS provider behind the service failed".to_owned(),
            Self::UnexpectedResponse { place, reason, .. } => {
                words!("the service's reply can't be used: ", place, " ", reason)
            }
            Self::Transport {
                kind,
                delivery,
                detail,
            } => transport_words(*kind, *delivery, detail),
            Self::OutcomeUnknown { reason, advice } => words!(
                "the request may or may not have taken effect and was not repeated: ",
                reason,
                "; ",
                advice,
            ),
            Self::DeadlineExceeded { waiting_for } => {
                words!("the time allowed was over while waiting for ", waiting_for)
            }
            Self::OverBudget { price, max_spend } => {
                let (price, limit) = (price.shown(), max_spend.shown());
                words!(
                    "the price of ",
                    price,
                    " is above the limit of ",
                    limit,
                    "; nothing was ordered"
                )
            }
            Self::ProvisioningFailed { status } => words!(
                "the VPS was bought but is ",
                status.as_str(),
                ", so it can't become usable",
            ),
            Self::NotPlaced => {
                "the order's reply was lost; the account shows neither a new VPS nor a \
                 charge, so nothing was bought"
                    .to_owned()
            }
            Self::Unresolved { reason, candidates } => words!(
                "the order's reply was lost and it is not clear what became of it: ",
                reason,
                " (",
                candidates.len().to_string(),
                " candidates); look at the account before ordering again",
            ),
            Self::StaleToken { reason } => words!("the token can't be resumed: ", reason),
        }
    }
}

fn transport_words(kind: FailureKind, delivery: Delivery, detail: &str) -> String {
    let what = match kind {
        FailureKind::Dns => "the service's name could not be resolved",
        FailureKind::Connect => "no connection could be made",
        FailureKind::Tls => "no secure connection could be made",
        FailureKind::Proxy => "the proxy failed",
        FailureKind::Timeout => "no reply came in time",
        FailureKind::Io => "the connection broke",
        FailureKind::TooLarge => "the reply was too large",
        FailureKind::Cancelled => "the request was given up",
    };
    let between = if detail.is_empty() { "" } else { ": " };
    let end = match delivery {
        Delivery::NotSent => "; nothing was sent",
        Delivery::Unknown => "",
    };
    words!(what, between, detail, end)
}
