//! How a purchase is made and waited for.

use serde::{Deserialize, Serialize};

use crate::config::{check_amount, check_span};
use crate::error::Error;
use crate::json;
use crate::models::VpsDetails;
use crate::money::Money;
use crate::open_enum::closed_enum;

/// How a purchase is made and waited for. Every field has a default.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct ProvisionOptions {
    /// Whether the wallet is looked at before ordering. Default: yes.
    pub preflight: Preflight,
    /// Whether a wallet that holds less than the built-in price ends in `InsufficientFunds` before anything is
    /// ordered. Default: no, since that price may be out of date; the service itself refuses what can't be paid.
    #[serde(deserialize_with = "json::required", skip_serializing_if = "is_off")]
    pub check_funds: bool,
    /// The most that may be spent, as decimal text, which is rounded to the cent. A higher catalogue price ends in `OverBudget`.
    /// Default: no limit.
    #[serde(deserialize_with = "json::given_or_null")]
    pub max_spend: Option<String>,
    /// When the VPS counts as usable.
    pub wait_for: WaitLevel,
    /// How long the whole may take before it ends in `DeadlineExceeded`, in milliseconds. Default 30 min.
    #[serde(deserialize_with = "json::required")]
    pub timeout_ms: i64,
    /// When to look at a new VPS for the first time, in milliseconds. Default 5 s.
    #[serde(deserialize_with = "json::required")]
    pub first_look_ms: i64,
    /// The longest pause between two looks, in milliseconds. Default 15 s.
    #[serde(deserialize_with = "json::required")]
    pub longest_pause_ms: i64,
    /// How long an order whose reply was lost is looked for, in milliseconds. Default 90 s.
    #[serde(deserialize_with = "json::required")]
    pub settle_ms: i64,
    /// How long after the order "not found" is forgiven, in milliseconds. From then on, two looks in a row must say so.
    /// Default 60 s.
    #[serde(deserialize_with = "json::required")]
    pub not_found_grace_ms: i64,
}

impl Default for ProvisionOptions {
    fn default() -> Self {
        Self {
            preflight: Preflight::default(),
            check_funds: false,
            max_spend: None,
            wait_for: WaitLevel::default(),
            timeout_ms: 30 * 60_000,
            first_look_ms: 5_000,
            longest_pause_ms: 15_000,
            settle_ms: 90_000,
            not_found_grace_ms: 60_000,
        }
    }
}

/// What [`ProvisionOptions`] say in numbers, checked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Terms {
    pub max_spend: Option<Money>,
    pub timeout_ms: u64,
    pub first_look_ms: u64,
    pub longest_pause_ms: u64,
    pub settle_ms: u64,
    pub not_found_grace_ms: u64,
}

impl ProvisionOptions {
    pub(super) fn check(&self) -> Result<Terms, Error> {
        if self.check_funds && self.preflight == Preflight::Skip {
            let reason = "needs the preflight, which reads the wallet";
            return Err(Error::invalid_input("check_funds", reason));
        }
        let max_spend = self.max_spend.as_deref();
        let max_spend = max_spend.map(|text| check_amount("max_spend", text));
        Ok(Terms {
            max_spend: max_spend.transpose()?,
            timeout_ms: check_span("timeout", self.timeout_ms, 1)?,
            first_look_ms: check_span("first_look", self.first_look_ms, 0)?,
            longest_pause_ms: check_span("longest_pause", self.longest_pause_ms, 1)?,
            settle_ms: check_span("settle", self.settle_ms, 0)?,
            not_found_grace_ms: check_span("not_found_grace", self.not_found_grace_ms, 0)?,
        })
    }
}

/// Older versions read tokens of purchases that don't use what they don't know.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_off(flag: &bool) -> bool {
    !*flag
}

closed_enum! {
    /// Whether the wallet is looked at before ordering.
    #[derive(Default)]
    Preflight, "\"check\" or \"skip\"" {
        /// Yes: a lost order can be told from one that was never placed.
        #[default]
        Check = "check",
        /// No.
        Skip = "skip",
    }
}

closed_enum! {
    /// When a VPS counts as usable.
    #[derive(Default)]
    WaitLevel, "\"ready\", \"active\" or \"reachable\"" {
        /// Active, with address, user and password.
        #[default]
        Ready = "ready",
        /// Active, whatever else is there.
        Active = "active",
        /// Ready, and it accepts a TCP connection on port 3389, which is RDP's.
        Reachable = "reachable",
    }
}

impl WaitLevel {
    pub(super) fn is_reached(self, vps: &VpsDetails) -> bool {
        match self {
            Self::Ready | Self::Reachable => vps.has_credentials(),
            Self::Active => true,
        }
    }
}
