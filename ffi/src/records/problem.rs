//! Errors as records.

use stablevps_core::error::{Error, ErrorKind, Fault, TryAgain};
use stablevps_core::http::{Delivery, FailureKind};
use stablevps_core::models::{Vps, VpsDetails, VpsStatus};
use stablevps_core::money::Money;

/// An error of the product, with all that is known of it.
#[derive(Clone, Debug, uniffi::Record)]
pub struct Problem {
    /// What went wrong.
    pub kind: ProblemKind,
    /// The error's name, the same in every language.
    pub code: String,
    /// The error in words.
    pub message: String,
    /// Whose fault it is.
    pub fault: Fault,
    /// Whether the same call may be made again.
    pub try_again: TryAgain,
    /// How many requests were made for the call.
    pub attempts: u32,
    /// The endpoint as the documentation writes it.
    pub endpoint: Option<String>,
    /// The HTTP status of the last reply.
    pub status: Option<u16>,
    /// The service's own words, without secrets.
    pub server_message: Option<String>,
    /// From where a purchase can be taken up again.
    pub token: Option<String>,
    /// The VPS as it was last seen.
    pub vps: Option<VpsDetails>,
}

/// What went wrong, as in the core's `ErrorKind`.
#[derive(Clone, Debug, uniffi::Enum)]
#[allow(missing_docs)]
pub enum ProblemKind {
    InvalidInput {
        field: String,
        reason: String,
    },
    BadRequest,
    Unauthorized,
    InsufficientFunds {
        required: Option<Money>,
        available: Option<Money>,
        shortfall: Option<Money>,
        currency: Option<String>,
    },
    ReadOnlyKey,
    NotFound,
    KeyLimitReached,
    RateLimited {
        retry_after_ms: Option<u64>,
    },
    Server,
    Provider,
    UnexpectedResponse {
        content_type: Option<String>,
        place: String,
        reason: String,
        excerpt: Option<String>,
    },
    Transport {
        kind: FailureKind,
        delivery: Delivery,
        detail: String,
    },
    OutcomeUnknown {
        reason: String,
        advice: String,
    },
    DeadlineExceeded {
        waiting_for: String,
    },
    OverBudget {
        price: Money,
        max_spend: Money,
    },
    ProvisioningFailed {
        vps_status: VpsStatus,
    },
    NotPlaced,
    Unresolved {
        reason: String,
        candidates: Vec<Vps>,
    },
    StaleToken {
        reason: String,
    },
    /// Newer than this surface.
    Other,
}

impl From<&Error> for Problem {
    fn from(error: &Error) -> Self {
        Self {
            kind: error.kind.clone().into(),
            code: error.code().to_owned(),
            message: error.to_string(),
            fault: error.fault(),
            try_again: error.try_again(),
            attempts: error.attempts,
            endpoint: error.endpoint.map(str::to_owned),
            status: error.status,
            server_message: error.server_message.clone(),
            token: error.token.clone(),
            vps: error.vps.as_deref().cloned(),
        }
    }
}

impl From<ErrorKind> for ProblemKind {
    fn from(kind: ErrorKind) -> Self {
        match kind {
            ErrorKind::InvalidInput { field, reason } => Self::InvalidInput { field, reason },
            ErrorKind::BadRequest => Self::BadRequest,
            ErrorKind::Unauthorized => Self::Unauthorized,
            ErrorKind::InsufficientFunds {
                required,
                available,
                currency,
            } => Self::InsufficientFunds {
                required,
                available,
                shortfall: required
                    .zip(available)
                    .map(|(needed, there)| needed.minus(there)),
                currency,
            },
            ErrorKind::ReadOnlyKey => Self::ReadOnlyKey,
            ErrorKind::NotFound => Self::NotFound,
            ErrorKind::KeyLimitReached => Self::KeyLimitReached,
            ErrorKind::RateLimited { retry_after_ms } => Self::RateLimited { retry_after_ms },
            ErrorKind::Server => Self::Server,
            ErrorKind::Provider => Self::Provider,
            ErrorKind::UnexpectedResponse {
                content_type,
                place,
                reason,
                excerpt,
            } => Self::UnexpectedResponse {
                content_type,
                place,
                reason,
                excerpt,
            },
            ErrorKind::Transport {
                kind,
                delivery,
                detail,
            } => Self::Transport {
                kind,
                delivery,
                detail,
            },
            ErrorKind::OutcomeUnknown { reason, advice } => Self::OutcomeUnknown {
                reason,
                advice: advice.to_owned(),
            },
            ErrorKind::DeadlineExceeded { waiting_for } => Self::DeadlineExceeded { waiting_for },
            ErrorKind::OverBudget { price, max_spend } => Self::OverBudget { price, max_spend },
            ErrorKind::ProvisioningFailed { status } => {
                Self::ProvisioningFailed { vps_status: status }
            }
            ErrorKind::NotPlaced => Self::NotPlaced,
            ErrorKind::Unresolved { reason, candidates } => Self::Unresolved { reason, candidates },
            ErrorKind::StaleToken { reason } => Self::StaleToken { reason },
            _ => Self::Other,
        }
    }
}
