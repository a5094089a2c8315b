//! How a purchase is made and waited for.

use core::str::FromStr;

use crate::error::Error;
use crate::json::{Fields, Json, Model, Writer, model_field, text_field};
use crate::models::VpsDetails;
use crate::money::{Exact, Money};
/// How a purchase is made and waited for. Every field has a default.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProvisionOptions {
    /// Whether the wallet is looked at before ordering. Default: yes.
    pub preflight: Preflight,
    /// The most that may be spent. A higher catalogue price ends in `OverBudget`. Default: no limit.
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

impl Json for ProvisionOptions {
    fn write(&self, to: &mut Writer) {
        to.record(
            Self::NAMES,
            &[
                &self.preflight.as_str(),
                &self.max_spend.map(Exact),
                &self.wait_for.as_str(),
                &self.timeout_ms,
                &self.first_look_ms,
                &self.longest_pause_ms,
                &self.settle_ms,
                &self.not_found_grace_ms,
            ],
        );
    }
}

impl Model for ProvisionOptions {
    const NAMES: &'static [&'static str] = &[
        "preflight",
        "maxSpend",
        "waitFor",
        "timeoutMs",
        "firstLookMs",
        "longestPauseMs",
        "settleMs",
        "notFoundGraceMs",
    ];

    fn read(fields: &mut Fields<'_>) -> Self {
        let default = Self::default();
        Self {
            preflight: fields.take_or(default.preflight),
            max_spend: fields.take::<Option<Exact>>().map(|exact| exact.0),
            wait_for: fields.take_or(default.wait_for),
            timeout_ms: fields.take_or(default.timeout_ms),
            first_look_ms: fields.take_or(default.first_look_ms),
            longest_pause_ms: fields.take_or(default.longest_pause_ms),
            settle_ms: fields.take_or(default.settle_ms),
            not_found_grace_ms: fields.take_or(default.not_found_grace_ms),
        }
    }
}

model_field!(ProvisionOptions);

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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Preflight {
    /// Yes: too little money ends in `InsufficientFunds` before anything is ordered, and a lost
    /// order can be told from one that was never placed.
    #[default]
    Check,
    /// No.
    Skip,
}

impl Preflight {
    fn as_str(self) -> &'static str {
        match self {
            Self::Check => "check",
            Self::Skip => "skip",
        }
    }
}

impl FromStr for Preflight {
    type Err = &'static str;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        match name {
            "check" => Ok(Self::Check),
            "skip" => Ok(Self::Skip),
            _ => Err("must be \"check\" or \"skip\""),
        }
    }
}

text_field!(Preflight, "a way to begin", Self::default());

/// When a VPS counts as usable.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
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

text_field!(WaitLevel, "a level to wait for", Self::default());

impl WaitLevel {
    fn as_str(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Active => "active",
        }
    }

    pub(crate) fn is_reached(self, vps: &VpsDetails) -> bool {
        match self {
            Self::Ready => vps.has_credentials(),
            Self::Active => true,
        }
    }
}
