//! Everything that can go wrong, in the same words in every language.
//!
//! An error says what happened, whose fault it is, what to do next, and where. It never holds a key, a password or a body.

use std::fmt;
use std::sync::Arc;

use serde::Serialize;

use crate::http::{Delivery, FailureKind};
use crate::models::{Vps, VpsDetails, VpsStatus};
use crate::money::Money;

/// What went wrong. Each kind's name in snake case is its code, the same in every language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(tag = "code", content = "details")]
#[serde(rename_all = "snake_case", rename_all_fields = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
#[non_exhaustive]
pub enum ErrorKind {
    /// An argument was refused before anything was sent.
    #[error("{field} {reason}")]
    InvalidInput {
        /// The argument.
        field: String,
        /// What it must be.
        reason: String,
    },
    /// The service refused a parameter (400 and the other refusals of its kind).
    #[error("the service refused the request")]
    BadRequest,
    /// The key is missing, invalid or expired (401).
    #[error("the API key is missing, invalid or expired")]
    Unauthorized,
    /// The wallet does not hold enough (402), or was seen not to before ordering.
    #[error("the wallet does not hold enough{}", amounts(*required, *available, currency.as_deref()))]
    InsufficientFunds {
        /// What is needed.
        required: Option<Money>,
        /// What there is.
        available: Option<Money>,
        /// How much is missing.
        shortfall: Option<Money>,
        /// The currency of all three.
        currency: Option<String>,
    },
    /// A read-only key was used for a change (403).
    #[error("the API key may not do this: it is read-only")]
    ReadOnlyKey,
    /// There is no such resource in this account (404).
    #[error("there is no such resource in this account")]
    NotFound,
    /// The account has as many API keys as it may have (429 when creating one).
    #[error("the account has as many API keys as it may have; revoke one first")]
    KeyLimitReached,
    /// Too many requests (429).
    #[error("too many requests{}", next_attempt(*retry_after_ms))]
    RateLimited {
        /// Milliseconds that the service asks to wait.
        retry_after_ms: Option<u64>,
    },
    /// The service failed (5xx).
    #[error("the service failed")]
    Server,
    /// The VPS provider behind the service failed (502).
    #[error("the VPS provider behind the service failed")]
    Provider,
    /// The service answered something that the documentation does not allow.
    #[error("the service's reply can't be used: {place}: {reason}")]
    UnexpectedResponse {
        /// Where in the body, such as `vps[3].createdAt`.
        place: String,
        /// What is wrong there.
        reason: String,
        /// The reply's content type.
        content_type: Option<String>,
        /// The beginning of a body that is not JSON, without secrets.
        excerpt: Option<String>,
    },
    /// No response arrived, and nothing was changed by the request.
    #[error("{}", transport(*kind, *delivery, detail))]
    Transport {
        /// Where it broke.
        kind: FailureKind,
        /// Whether the request may have reached the service.
        delivery: Delivery,
        /// The HTTP stack's words.
        detail: String,
    },
    /// A request that must not be repeated may or may not have taken effect.
    #[error(
        "the request may or may not have taken effect and was not repeated: {reason}; {advice}"
    )]
    OutcomeUnknown {
        /// What happened to its reply.
        reason: String,
        /// How to find out what became of it.
        advice: String,
    },
    /// The time allowed for the whole was over.
    #[error("the time allowed was over while waiting for {waiting_for}")]
    DeadlineExceeded {
        /// What was being waited for.
        waiting_for: String,
    },
    /// The price is above the limit that the caller set. Nothing was ordered.
    #[error("the price of {price} is above the limit of {max_spend}; nothing was ordered")]
    OverBudget {
        /// The catalogue's price.
        price: Money,
        /// The caller's limit.
        max_spend: Money,
    },
    /// The VPS was bought, and its receipt shows a higher price than the limit that the caller set.
    #[error(
        "the VPS was bought for {charged}, which is above the limit of {max_spend}: the service's price is \
         not the one that this version knows"
    )]
    PriceAboveLimit {
        /// What the receipt says.
        charged: Money,
        /// The caller's limit.
        max_spend: Money,
    },
    /// The VPS was bought but can't become usable.
    #[error("the VPS was bought but is {vps_status}, so it can't become usable")]
    ProvisioningFailed {
        /// The status that ended the wait.
        vps_status: VpsStatus,
    },
    /// The order's reply was lost, and the order was seen not to have been placed.
    #[error(
        "the order's reply was lost; the account shows neither a new VPS nor a charge, so nothing \
         was bought"
    )]
    NotPlaced,
    /// The order's reply was lost, and what became of the order could not be told.
    #[error(
        "the order's reply was lost and it is not clear what became of it: {reason} ({} candidates); \
         look at the account before ordering again",
        candidates.len()
    )]
    Unresolved {
        /// Why not.
        reason: String,
        /// VPS that may be the one ordered.
        candidates: Vec<Vps>,
    },
    /// The purchase of that idempotency key goes on elsewhere.
    #[error(
        "the purchase of this idempotency key goes on elsewhere; calling again with the key joins it"
    )]
    PurchaseInProgress,
    /// The idempotency key was used for another order.
    #[error("the idempotency key was used for an order with another {field}")]
    IdempotencyMismatch {
        /// What differs.
        field: String,
    },
    /// The store of purchases failed.
    #[error("the store failed: {detail}")]
    Store {
        /// The database's words.
        detail: String,
    },
    /// A token can't be resumed.
    #[error("the token can't be resumed: {reason}")]
    StaleToken {
        /// Why not.
        reason: String,
    },
}

/// Whose fault an error is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum Fault {
    /// The caller's: other arguments, another key or more money would help.
    Caller,
    /// The service's, or its provider's.
    Server,
    /// The network's, or a proxy's.
    Network,
}

/// What to do after an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum Next {
    /// Make the same call again: that is safe, and may succeed.
    Retry,
    /// Resume the purchase from the error's token: it is bought, or may be. The same call would buy again.
    Resume,
    /// Change the call, the key or the wallet first. Nothing was done.
    Fix,
    /// Let a person look at the account: it can't be told from here what is right.
    Ask,
}

impl ErrorKind {
    /// The wallet does not hold enough.
    pub(crate) fn insufficient_funds(
        required: Option<Money>,
        available: Option<Money>,
        currency: Option<String>,
    ) -> Self {
        let shortfall = required.zip(available);
        Self::InsufficientFunds {
            required,
            available,
            shortfall: shortfall.map(|(required, available)| required.minus(available)),
            currency,
        }
    }

    /// The kind's name, the same in every language.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::InvalidInput { .. } => "invalid_input",
            Self::BadRequest => "bad_request",
            Self::Unauthorized => "unauthorized",
            Self::InsufficientFunds { .. } => "insufficient_funds",
            Self::ReadOnlyKey => "read_only_key",
            Self::NotFound => "not_found",
            Self::KeyLimitReached => "key_limit_reached",
            Self::RateLimited { .. } => "rate_limited",
            Self::Server => "server",
            Self::Provider => "provider",
            Self::UnexpectedResponse { .. } => "unexpected_response",
            Self::Transport { .. } => "transport",
            Self::OutcomeUnknown { .. } => "outcome_unknown",
            Self::DeadlineExceeded { .. } => "deadline_exceeded",
            Self::OverBudget { .. } => "over_budget",
            Self::PriceAboveLimit { .. } => "price_above_limit",
            Self::ProvisioningFailed { .. } => "provisioning_failed",
            Self::NotPlaced => "not_placed",
            Self::Unresolved { .. } => "unresolved",
            Self::PurchaseInProgress => "purchase_in_progress",
            Self::IdempotencyMismatch { .. } => "idempotency_mismatch",
            Self::Store { .. } => "store",
            Self::StaleToken { .. } => "stale_token",
        }
    }

    /// Whose fault it is; `status` is that of the last reply.
    fn fault(&self, status: Option<u16>) -> Fault {
        match self {
            Self::InvalidInput { .. }
            | Self::BadRequest
            | Self::Unauthorized
            | Self::InsufficientFunds { .. }
            | Self::ReadOnlyKey
            | Self::NotFound
            | Self::KeyLimitReached
            | Self::RateLimited { .. }
            | Self::OverBudget { .. }
            | Self::PurchaseInProgress
            | Self::IdempotencyMismatch { .. }
            | Self::Store { .. }
            | Self::StaleToken { .. } => Fault::Caller,
            Self::Server
            | Self::Provider
            | Self::UnexpectedResponse { .. }
            | Self::DeadlineExceeded { .. }
            | Self::PriceAboveLimit { .. }
            | Self::ProvisioningFailed { .. } => Fault::Server,
            Self::Transport { .. } | Self::NotPlaced => Fault::Network,
            Self::OutcomeUnknown { .. } | Self::Unresolved { .. } => match status {
                Some(_) => Fault::Server,
                None => Fault::Network,
            },
        }
    }

    /// What to do next, where there is nothing to resume.
    fn next(&self) -> Next {
        match self {
            Self::RateLimited { .. }
            | Self::Server
            | Self::Provider
            | Self::Transport { .. }
            | Self::DeadlineExceeded { .. }
            | Self::PurchaseInProgress
            | Self::Store { .. }
            | Self::NotPlaced => Next::Retry,
            Self::InvalidInput { .. }
            | Self::BadRequest
            | Self::Unauthorized
            | Self::InsufficientFunds { .. }
            | Self::ReadOnlyKey
            | Self::NotFound
            | Self::KeyLimitReached
            | Self::IdempotencyMismatch { .. }
            | Self::OverBudget { .. } => Next::Fix,
            // What a token stands for may be bought, whether or not it can be read.
            Self::StaleToken { .. }
            | Self::UnexpectedResponse { .. }
            | Self::OutcomeUnknown { .. }
            | Self::PriceAboveLimit { .. }
            | Self::ProvisioningFailed { .. }
            | Self::Unresolved { .. } => Next::Ask,
        }
    }

    /// Whether resuming a purchase that ended so would only find the same again, or a VPS that is gone.
    fn ends_a_purchase(&self) -> bool {
        matches!(
            self,
            Self::NotFound | Self::ProvisioningFailed { .. } | Self::Unresolved { .. }
        )
    }
}

/// An error with the place and the circumstances.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error(Box<Circumstances>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Circumstances {
    kind: ErrorKind,
    endpoint: Option<&'static str>,
    status: Option<u16>,
    attempts: u32,
    server_message: Option<String>,
    token: Option<String>,
    vps: Option<Arc<VpsDetails>>,
    retry_after_ms: Option<u64>,
}

impl Error {
    /// An error of that kind, not yet placed anywhere.
    #[must_use]
    pub fn new(kind: ErrorKind) -> Self {
        Self(Box::new(Circumstances {
            kind,
            endpoint: None,
            status: None,
            attempts: 0,
            server_message: None,
            token: None,
            vps: None,
            retry_after_ms: None,
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

    /// What went wrong.
    #[must_use]
    pub fn kind(&self) -> &ErrorKind {
        &self.0.kind
    }

    /// The error's name, the same in every language.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.0.kind.code()
    }

    /// Whose fault it is.
    #[must_use]
    pub fn fault(&self) -> Fault {
        self.0.kind.fault(self.0.status)
    }

    /// What to do next. Never [`Next::Retry`] where a purchase was paid, or may have been.
    #[must_use]
    pub fn next(&self) -> Next {
        let Circumstances { kind, token, .. } = &*self.0;
        match token {
            Some(_) if kind.ends_a_purchase() => Next::Ask,
            Some(_) => Next::Resume,
            None => kind.next(),
        }
    }

    /// The endpoint as the documentation writes it, such as `POST /vps`.
    #[must_use]
    pub fn endpoint(&self) -> Option<&'static str> {
        self.0.endpoint
    }

    /// The HTTP status of the last reply.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// How many requests were made for this call.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// The service's own words, without secrets.
    #[must_use]
    pub fn server_message(&self) -> Option<&str> {
        self.0.server_message.as_deref()
    }

    /// From where a purchase can be taken up again.
    #[must_use]
    pub fn token(&self) -> Option<&str> {
        self.0.token.as_deref()
    }

    /// The VPS as it was last seen.
    #[must_use]
    pub fn vps(&self) -> Option<&VpsDetails> {
        self.0.vps.as_deref()
    }

    /// The error as plain data: what crosses to other languages.
    #[must_use]
    pub fn report(&self) -> Report {
        Report {
            kind: self.0.kind.clone(),
            message: self.to_string(),
            fault: self.fault(),
            next: self.next(),
            attempts: self.0.attempts,
            endpoint: self.0.endpoint.map(str::to_owned),
            status: self.0.status,
            server_message: self.0.server_message.clone(),
            token: self.0.token.clone(),
            vps: self.0.vps.as_deref().cloned(),
        }
    }

    pub(crate) fn with_status(mut self, status: Option<u16>) -> Self {
        self.0.status = status;
        self
    }

    /// How long the service asks to wait before any other request.
    pub(crate) fn retry_after_ms(&self) -> Option<u64> {
        self.0.retry_after_ms
    }

    pub(crate) fn with_retry_after(mut self, retry_after_ms: Option<u64>) -> Self {
        self.0.retry_after_ms = retry_after_ms;
        self
    }

    pub(crate) fn with_server_message(mut self, message: Option<String>) -> Self {
        self.0.server_message = message;
        self
    }

    pub(crate) fn with_endpoint(mut self, endpoint: &'static str) -> Self {
        self.0.endpoint = Some(endpoint);
        self
    }

    pub(crate) fn with_attempts(mut self, attempts: u32) -> Self {
        self.0.attempts = attempts;
        self
    }

    /// The same error, with what the purchase can be taken up from, if there is something to take up. It never takes a
    /// token away.
    #[must_use]
    pub fn with_token(mut self, token: Option<String>) -> Self {
        if token.is_some() {
            self.0.token = token;
        }
        self
    }

    pub(crate) fn with_vps(mut self, vps: Option<Arc<VpsDetails>>) -> Self {
        self.0.vps = vps;
        self
    }
}

impl std::error::Error for Error {}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.0.kind, self.0.endpoint) {
            (ErrorKind::Unauthorized, Some("POST /auth")) => {
                f.write_str("the e-mail address or the password is wrong")
            }
            (kind, _) => kind.fmt(f),
        }?;
        if let Some(message) = &self.0.server_message {
            write!(f, ": \"{message}\"")?;
        }
        match (self.0.endpoint, self.0.status) {
            (Some(endpoint), Some(status)) => write!(f, " ({endpoint} answered {status})"),
            (Some(endpoint), None) => write!(f, " ({endpoint})"),
            (None, _) => Ok(()),
        }
    }
}

/// An [`Error`] as plain data, with everything that follows from its kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct Report {
    /// What went wrong.
    #[serde(flatten)]
    pub kind: ErrorKind,
    /// The error in words.
    pub message: String,
    /// Whose fault it is.
    pub fault: Fault,
    /// What to do next.
    pub next: Next,
    /// How many requests were made for the call.
    pub attempts: u32,
    /// The endpoint as the documentation writes it, such as `POST /vps`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
    /// The HTTP status of the last reply.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The service's own words, without secrets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server_message: Option<String>,
    /// From where a purchase can be taken up again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// The VPS as it was last seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vps: Option<VpsDetails>,
}

fn amounts(required: Option<Money>, available: Option<Money>, currency: Option<&str>) -> String {
    let currency = currency.unwrap_or("EUR");
    match (required, available) {
        (Some(required), Some(available)) => {
            format!(": {required} {currency} needed, {available} {currency} there")
        }
        _ => String::new(),
    }
}

fn next_attempt(retry_after_ms: Option<u64>) -> String {
    retry_after_ms.map_or_else(String::new, |ms| {
        format!("; try again in {} s", ms.div_ceil(1000))
    })
}

fn transport(kind: FailureKind, delivery: Delivery, detail: &str) -> String {
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
    let separator = if detail.is_empty() { "" } else { ": " };
    let end = match delivery {
        Delivery::NotSent => "; nothing was sent",
        Delivery::Unknown => "",
    };
    format!("{what}{separator}{detail}{end}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_that_is_written_is_the_code_that_is_told() {
        for kind in [
            ErrorKind::NotPlaced,
            ErrorKind::insufficient_funds(None, None, None),
            ErrorKind::StaleToken {
                reason: "it is old".to_owned(),
            },
        ] {
            let error = Error::new(kind);
            let report = serde_json::to_value(error.report()).unwrap();
            assert_eq!(report["code"], error.code());
        }
    }
}
