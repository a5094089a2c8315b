//! How a purchase is made and waited for.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::models::VpsDetails;
use crate::money::{self, Money};

/// How a purchase is made and waited for. Every field has a default.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ProvisionOptions {
    /// Whether the wallet is looked at before ordering. Default: yes.
    pub preflight: Preflight,
    /// The most that may be spent. A higher catalogue price ends in `OverBudget`. Default: no limit.
    #[serde(with = "money::exact_text")]
    pub max_spend: Option<Money>,
    /// When the VPS counts as usable.
    pub wait_for: WaitLevel,
    /// How long the whole may take before it ends in `DeadlineExceeded`. Default 30 min.
    pub timeout_ms: u64,
    /// When to look at a new VPS for the first time. Default 5 s.
    pub first_look_ms: u64,
    /// The longest pause between two looks. Default 15 s.
    pub longest_pause_ms: u64,
    /// How long an order whose reply was lost is looked for. Default 90 s.
    pub settle_ms: u64,
    /// How long after the order "not found" is forgiven. Default 60 s.
    pub not_found_grace_ms: u64,
}

impl Default for ProvisionOptions {
    fn default() -> Self {
        Self {
            preflight: Preflight::default(),
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

impl ProvisionOptions {
    pub(crate) fn check(&self) -> Result<(), Error> {
        if self.timeout_ms == 0 {
            return Err(Error::invalid_input("timeout", "must be more than zero"));
        }
        if self.longest_pause_ms == 0 {
            return Err(Error::invalid_input(
                "longest_pause",
                "must be more than zero",
            ));
        }
        if self.max_spend.is_some_and(Money::is_negative) {
            return Err(Error::invalid_input("max_spend", "must not be negative"));
        }
        Ok(())
    }
}

/// Whether the wallet is looked at before ordering.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Preflight {
    /// Yes: too little money ends in `InsufficientFunds` before anything is ordered, and a lost
    /// order can be told from one that was never placed.
    #[default]
    Check,
    /// No.
    Skip,
}

/// When a VPS counts as usable.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WaitLevel {
    /// Active, with address, user and password.
    #[default]
    Ready,
    /// Active, whatever else is there.
    Active,
}

impl FromStr for WaitLevel {
    type Err = &'static str;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        match name {
            "ready" => Ok(Self::Ready),
            "active" => Ok(Self::Active),
            _ => Err("must be \"ready\" or \"active\""),
        }
    }
}

impl WaitLevel {
    pub(crate) fn is_reached(self, vps: &VpsDetails) -> bool {
        match self {
            Self::Ready => vps.has_credentials(),
            Self::Active => true,
        }
    }
}
