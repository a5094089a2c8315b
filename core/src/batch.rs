//! Orders that are bought together: what may be spent on all of them, and how far they are.
//!
//! A batch sends nothing. Its host begins a purchase for each order, has as many under way as [`at_once`](Batch::at_once)
//! says, and drives each like any other. Orders of an account go one at a time; only the waiting is done together.
//!
//! An order that does not fit into what is left of the limit ends in `OverBudget` before it is sent, and the others go
//! on. An order counts with the price that this version knows, from before it is sent; then with what it was charged;
//! and no more once it was certainly not placed. A purchase that is taken up again counts once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Deserialize;

use crate::budget::Budget;
use crate::clock::Instant;
use crate::config::{Api, check_amount, check_number};
use crate::error::Error;
use crate::json;
use crate::models::{BatchProgress, Phase, Progress};
use crate::money::Money;

const MOST_AT_ONCE: i64 = 10_000;

/// How orders are bought together. Every field has a default.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct BatchOptions {
    /// The most that may be spent on all of them, as decimal text, which is rounded to the cent. Default: no limit.
    #[serde(deserialize_with = "json::given")]
    pub max_spend: Option<String>,
    /// How many are under way at once: from 1 to 10,000. Default 100.
    #[serde(deserialize_with = "json::required")]
    pub at_once: i64,
}

impl Default for BatchOptions {
    fn default() -> Self {
        Self {
            max_spend: None,
            at_once: 100,
        }
    }
}

/// Orders that are bought together.
#[derive(Clone, Debug)]
pub struct Batch {
    api: Api,
    at_once: u32,
    members: Arc<Mutex<Members>>,
}

#[derive(Debug, Default)]
struct Members {
    begun: u32,
    ready: u32,
    failed: u32,
    currency: Option<String>,
    under_way: HashMap<u32, Member>,
}

#[derive(Debug)]
struct Member {
    phase: Phase,
    elapsed_ms: u64,
    noted: Instant,
}

impl Batch {
    /// Checks the options.
    ///
    /// # Errors
    /// `InvalidInput` for a limit that is no amount or negative, or a number out of range.
    pub fn new(api: &Api, options: &BatchOptions) -> Result<Self, Error> {
        let limit = options.max_spend.as_deref();
        let limit = limit.map(|text| check_amount("max_spend", text));
        let budget = Arc::new(Budget::new(limit.transpose()?));
        Ok(Self {
            at_once: check_number("at_once", options.at_once, 1, MOST_AT_ONCE)?,
            api: api.within(budget),
            members: Arc::default(),
        })
    }

    /// With what the purchases of this batch are begun.
    #[must_use]
    pub fn api(&self) -> &Api {
        &self.api
    }

    /// How many may be under way at once.
    #[must_use]
    pub fn at_once(&self) -> u32 {
        self.at_once
    }

    /// A seat for a purchase that begins.
    #[must_use]
    pub fn seat(&self, now: Instant) -> Seat {
        let mut members = self.lock();
        members.begun = members.begun.saturating_add(1);
        let number = members.begun;
        let member = Member {
            phase: Phase::Preflight,
            elapsed_ms: 0,
            noted: now,
        };
        members.under_way.insert(number, member);
        Seat {
            batch: self.clone(),
            number,
        }
    }

    /// How far all of them are.
    #[must_use]
    pub fn progress(&self, now: Instant) -> BatchProgress {
        let members = self.lock();
        let under_way = || members.under_way.values();
        let count = |phase: Phase| {
            let there = under_way().filter(|member| member.phase == phase).count();
            u32::try_from(there).unwrap_or(u32::MAX)
        };
        let elapsed_ms = |member: &Member| {
            let since_ms = now.since_ms(member.noted);
            member.elapsed_ms.saturating_add(since_ms)
        };
        BatchProgress {
            begun: members.begun,
            preflight: count(Phase::Preflight),
            baseline: count(Phase::Baseline),
            ordering: count(Phase::Ordering),
            reconciling: count(Phase::Reconciling),
            polling: count(Phase::Polling),
            ready: members.ready,
            failed: members.failed,
            spent: self.spent(),
            currency: members.currency.clone(),
            longest_ms: under_way().map(elapsed_ms).max().unwrap_or(0),
        }
    }

    fn spent(&self) -> Money {
        let nothing = Money::from_cents(0);
        self.api.budget().map_or(nothing, Budget::spent)
    }

    fn lock(&self) -> MutexGuard<'_, Members> {
        self.members.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The place of a purchase in its batch. Dropping it ends its part in the count of those under way.
#[derive(Debug)]
pub struct Seat {
    batch: Batch,
    number: u32,
}

impl Seat {
    /// Notes how far the purchase is.
    pub fn note(&self, progress: &Progress, now: Instant) {
        let mut members = self.batch.lock();
        if progress.currency.is_some() {
            members.currency.clone_from(&progress.currency);
        }
        if let Some(member) = members.under_way.get_mut(&self.number) {
            *member = Member {
                phase: progress.phase,
                elapsed_ms: progress.elapsed_ms,
                noted: now,
            };
        }
    }

    /// Notes that the purchase has ended, once.
    pub fn end(&self, is_ready: bool) {
        let mut members = self.batch.lock();
        if members.under_way.remove(&self.number).is_none() {
            return;
        }
        let counter = if is_ready {
            &mut members.ready
        } else {
            &mut members.failed
        };
        *counter = counter.saturating_add(1);
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.batch.lock().under_way.remove(&self.number);
    }
}
