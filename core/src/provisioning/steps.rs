//! The transitions: what each finished call leads to. The rules in words stand in the module above.

use alloc::sync::Arc;

use super::{AnyEndpoint, Asks, Call, CallOptions, Endpoint, Error, ErrorKind, Facts, Job};
use super::{CreateVps, GetVps, GetWallet, ListVps, Output, Preflight, Step, WaitReason};
use super::{Provisioned, Provisioning, Timestamp, Work};
use crate::catalogue;
use crate::models::{Order, Vps, VpsDetails, VpsStatus, Wallet};
use crate::prelude::*;
use crate::retry::between;
use crate::words::words;

/// What pauses between looks begin with at least: a first look at once is no reason to hurry on.
const LEAST_PAUSE_MS: u64 = 1_000;
/// The first pause between two looks for a lost order, in milliseconds.
const FIRST_SETTLING_PAUSE_MS: u64 = 2_000;
/// How many settle windows are waited for a look that succeeds.
const LAST_LOOK_WINDOWS: u64 = 2;

type Outcome<T> = Result<T, Error>;

impl Provisioning {
    /// Begins the job at hand.
    pub(super) fn start(&mut self, now: Timestamp) {
        match &self.job {
            Job::Preflight(order) => match self.options.preflight {
                Preflight::Check => {
                    self.ask(Asks::Wallet, GetWallet, self.within_deadline(now), now);
                }
                Preflight::Skip => {
                    if let Err(error) = self.check_budget(order) {
                        return self.end(error);
                    }
                    self.job = Job::Baseline(order.clone());
                    self.start(now);
                }
            },
            Job::Baseline(_) => self.ask(Asks::List, ListVps, self.within_deadline(now), now),
            Job::Ordering { order, .. } => {
                self.ask(Asks::Order, order.clone(), CallOptions::default(), now);
            }
            Job::Reconciling { .. } => self.ask(Asks::List, ListVps, single_attempt(), now),
            Job::Polling(id) => {
                self.ask(Asks::Look, GetVps::from(id.clone()), single_attempt(), now);
            }
        }
    }

    /// Makes a call of an endpoint the work at hand.
    fn ask<E>(&mut self, asks: Asks, endpoint: E, options: CallOptions, now: Timestamp)
    where
        E: Endpoint + Send + 'static,
    {
        self.make(asks, AnyEndpoint::new(endpoint), options, now);
    }

    fn make(&mut self, asks: Asks, endpoint: AnyEndpoint, options: CallOptions, now: Timestamp) {
        let seed = self
            .rng
            .clone()
            .u64(..)
            .wrapping_add(u64::from(self.requests));
        match self.api.call(endpoint, options, seed, now).map(Box::new) {
            Ok(call) => self.work = Work::Call { asks, call },
            Err(error) => self.end(error),
        }
    }

    fn within_deadline(&self, now: Timestamp) -> CallOptions {
        let left = self.deadline.since_ms(now).max(1);
        CallOptions {
            deadline_ms: Some(left),
            ..CallOptions::default()
        }
    }

    /// Takes up what the call at hand came to, if it has come to an end.
    pub(super) fn go_on(&mut self, now: Timestamp) {
        let placeholder = Work::Ended(Box::new(Err(no_outcome())));
        let mut work = core::mem::replace(&mut self.work, placeholder);
        if let Work::Rest { next, .. } = work {
            work = *next;
        }
        let Work::Call { asks, call } = work else {
            self.work = work;
            return;
        };
        if !call.is_done() {
            match asks {
                Asks::Order => self.go_on_ordering(call, now),
                Asks::Wallet | Asks::List | Asks::Look => self.work = Work::Call { asks, call },
            }
            return;
        }
        self.count(&call, asks);
        match (asks, call.into_outcome()) {
            (Asks::Wallet, Some(Ok(Output::Wallet(wallet)))) => self.after_wallet(Ok(wallet), now),
            (Asks::List, Some(Ok(Output::VpsList(listed)))) => self.after_list(Ok(listed), now),
            (Asks::Order, Some(Ok(Output::Order(order)))) => self.after_order(Ok(order), now),
            (Asks::Look, Some(Ok(Output::VpsDetails(vps)))) => self.after_look(Ok(vps), now),
            (_, outcome) => {
                let error = outcome.and_then(Result::err).unwrap_or_else(no_outcome);
                match asks {
                    Asks::Wallet => self.after_wallet(Err(error), now),
                    Asks::List => self.after_list(Err(error), now),
                    Asks::Order => self.after_order(Err(error), now),
                    Asks::Look => self.after_look(Err(error), now),
                }
            }
        }
    }

    /// An order that was not sent or was refused is sent again, but not after the time allowed.
    fn go_on_ordering(&mut self, call: Box<Call<AnyEndpoint>>, now: Timestamp) {
        let next_ms = match call.next_step(now) {
            Step::Wait { delay_ms, .. } => delay_ms,
            Step::Send(_) | Step::Done(_) => 0,
        };
        let asks = Asks::Order;
        if now.plus_ms(next_ms) < self.deadline {
            self.work = Work::Call { asks, call };
            return;
        }
        self.count(&call, asks);
        self.end(self.too_late());
    }

    /// Counts what a call has sent.
    fn count(&mut self, call: &Call<AnyEndpoint>, asks: Asks) {
        self.requests = self.requests.saturating_add(call.attempts());
        if asks == Asks::Order {
            self.facts.orders_sent = self.facts.orders_sent.saturating_add(call.delivered());
        }
    }

    fn after_wallet(&mut self, outcome: Outcome<Wallet>, now: Timestamp) {
        match &self.job {
            Job::Preflight(order) => {
                let order = order.clone();
                match outcome.and_then(|wallet| self.check_funds(&order, wallet)) {
                    Ok(()) => {
                        self.job = Job::Baseline(order);
                        self.start(now);
                    }
                    Err(error) => self.end(error),
                }
            }
            Job::Reconciling { .. } => self.after_last_wallet(outcome, now),
            Job::Polling(_) => {
                if let Ok(wallet) = outcome {
                    self.note_charge(&wallet);
                }
                self.start(now);
            }
            Job::Baseline(_) | Job::Ordering { .. } => self.start(now),
        }
    }

    fn check_funds(&mut self, order: &CreateVps, wallet: Wallet) -> Outcome<()> {
        self.check_budget(order)?;
        self.facts.balance_before = Some(wallet.balance);
        let price = catalogue::price(&order.plan_id, &order.billing_cycle);
        let missing = price.is_some_and(|price| wallet.balance.rounded() < price);
        let currency = wallet.currency;
        self.facts.currency = Some(currency.clone());
        if missing {
            return Err(Error::new(ErrorKind::InsufficientFunds {
                required: price,
                available: Some(wallet.balance),
                currency: Some(currency),
            }));
        }
        Ok(())
    }

    fn check_budget(&self, order: &CreateVps) -> Outcome<()> {
        let price = catalogue::price(&order.plan_id, &order.billing_cycle);
        match (price, self.options.max_spend) {
            (Some(price), Some(max_spend)) if price > max_spend => {
                Err(Error::new(ErrorKind::OverBudget { price, max_spend }))
            }
            _ => Ok(()),
        }
    }

    fn after_list(&mut self, outcome: Outcome<Vec<Vps>>, now: Timestamp) {
        match &self.job {
            Job::Baseline(order) => match outcome {
                Ok(listed) if now < self.deadline => {
                    let baseline = listed.into_iter().map(|vps| vps.id).collect();
                    self.job = Job::Ordering {
                        order: order.clone(),
                        baseline,
                    };
                    self.start(now);
                }
                Ok(_) => self.end(self.too_late()),
                Err(error) => self.end(error),
            },
            Job::Reconciling {
                order, baseline, ..
            } => match outcome {
                Ok(listed) => {
                    let found = listed
                        .into_iter()
                        .filter(|vps| order.matches(vps) && !baseline.contains(&vps.id))
                        .filter(|vps| !self.api.claims().is_anothers(&vps.id, &self.facts.purchase))
                        .collect();
                    self.after_settling_look(found, now);
                }
                Err(error) => self.after_failed_look(&error, now),
            },
            Job::Preflight(_) | Job::Ordering { .. } | Job::Polling(_) => self.start(now),
        }
    }

    fn after_order(&mut self, outcome: Outcome<Order>, now: Timestamp) {
        self.facts.ordered_at = Some(now);
        match outcome {
            Ok(order) => {
                self.facts.charged = Some(order.cost);
                self.facts.balance_after = Some(order.new_balance);
                self.facts.currency = Some(order.currency);
                self.seen.status = Some(order.vps_status);
                self.api.claims().claim(&order.id, &self.facts.purchase);
                self.job = Job::Polling(order.id);
                self.rest(self.options.first_look_ms, WaitReason::Poll, now);
            }
            Err(error) => match (&error.kind, &self.job) {
                (ErrorKind::OutcomeUnknown { .. }, Job::Ordering { order, baseline }) => {
                    self.seen.last_error = Some(error.code());
                    self.job = Job::Reconciling {
                        order: order.clone(),
                        baseline: baseline.clone(),
                        since: now,
                    };
                    self.start(now);
                }
                _ => self.end(error),
            },
        }
    }

    fn after_settling_look(&mut self, mut found: Vec<Vps>, now: Timestamp) {
        match (found.pop(), found.is_empty()) {
            (Some(only), true) => self.adopt(only, now),
            (Some(last), false) => {
                found.push(last);
                let reason = "several new VPS look like the one ordered".to_owned();
                self.end_unresolved(reason, found, None);
            }
            (None, _) if self.window_is_over(1, now) => self.read_wallet_after_window(now),
            (None, _) => self.rest_settling(None, now),
        }
    }

    fn adopt(&mut self, vps: Vps, now: Timestamp) {
        self.facts.recovered = true;
        self.facts.ordered_at = Some(now);
        self.seen.status = Some(vps.vps_status);
        self.api.claims().claim(&vps.id, &self.facts.purchase);
        self.job = Job::Polling(vps.id);
        if self.facts.balance_before.is_some() {
            self.ask(Asks::Wallet, GetWallet, single_attempt(), now);
        } else {
            self.start(now);
        }
    }

    fn note_charge(&mut self, wallet: &Wallet) {
        self.facts.balance_after = Some(wallet.balance);
        self.facts.currency = Some(wallet.currency.clone());
        if let Some(before) = self.facts.balance_before {
            self.facts.charged = Some(before.minus(wallet.balance).rounded());
        }
    }

    fn after_failed_look(&mut self, error: &Error, now: Timestamp) {
        self.seen.last_error = Some(error.code());
        let refused = matches!(error.kind, ErrorKind::Unauthorized | ErrorKind::ReadOnlyKey);
        if refused || self.window_is_over(LAST_LOOK_WINDOWS, now) {
            let reason = words!("the account's VPS can't be listed, ", error.kind.words());
            self.end_unresolved(reason, Vec::new(), error.status);
        } else {
            self.rest_settling(asked_pause(error), now);
        }
    }

    fn window_is_over(&self, windows: u64, now: Timestamp) -> bool {
        match &self.job {
            Job::Reconciling { since, .. } => {
                now.since_ms(*since) >= self.options.settle_ms.saturating_mul(windows)
            }
            Job::Preflight(_) | Job::Baseline(_) | Job::Ordering { .. } | Job::Polling(_) => true,
        }
    }

    fn read_wallet_after_window(&mut self, now: Timestamp) {
        if self.facts.balance_before.is_none() {
            let reason = "no new VPS is listed, and what the wallet held before is not known";
            return self.end_unresolved(reason.to_owned(), Vec::new(), None);
        }
        self.ask(Asks::Wallet, GetWallet, CallOptions::default(), now);
    }

    fn after_last_wallet(&mut self, outcome: Outcome<Wallet>, now: Timestamp) {
        match outcome {
            Ok(wallet) if Some(wallet.balance) == self.facts.balance_before => {
                self.end(self.resumable(Error::new(ErrorKind::NotPlaced), now));
            }
            Ok(wallet) => {
                self.note_charge(&wallet);
                let reason = "no new VPS is listed, but the wallet has changed".to_owned();
                self.end_unresolved(reason, Vec::new(), None);
            }
            Err(error) => {
                let reason = words!(
                    "no new VPS is listed, and the wallet can't be read, ",
                    error.kind.words()
                );
                self.end_unresolved(reason, Vec::new(), error.status);
            }
        }
    }

    fn after_look(&mut self, outcome: Outcome<VpsDetails>, now: Timestamp) {
        self.seen.looks = self.seen.looks.saturating_add(1);
        let error = match outcome {
            Ok(vps) => return self.after_seeing(vps, now),
            Err(error) => error,
        };
        self.seen.last_error = Some(error.code());
        let final_word = match error.kind {
            ErrorKind::Unauthorized | ErrorKind::ReadOnlyKey => true,
            ErrorKind::NotFound => self
                .facts
                .ordered_at
                .is_none_or(|ordered| now.since_ms(ordered) >= self.options.not_found_grace_ms),
            _ => false,
        };
        if final_word {
            self.end(self.resumable(error, now));
        } else {
            self.rest_polling(asked_pause(&error), now);
        }
    }

    fn after_seeing(&mut self, vps: VpsDetails, now: Timestamp) {
        self.seen.status = Some(vps.vps_status.clone());
        match &vps.vps_status {
            VpsStatus::Active if self.options.wait_for.is_reached(&vps) => self.ready(vps, now),
            status @ (VpsStatus::Suspended | VpsStatus::Terminated) => {
                let kind = ErrorKind::ProvisioningFailed {
                    status: status.clone(),
                };
                self.seen.vps = Some(Arc::new(vps));
                self.end(self.resumable(Error::new(kind), now));
            }
            VpsStatus::Active | VpsStatus::Provisioning | VpsStatus::Unknown(_) => {
                self.seen.vps = Some(Arc::new(vps));
                self.rest_polling(None, now);
            }
        }
    }

    fn ready(&mut self, vps: VpsDetails, now: Timestamp) {
        let Facts {
            started_at,
            orders_sent,
            recovered,
            ..
        } = self.facts;
        let provisioned = Provisioned {
            vps,
            recovered,
            orders_sent,
            charged: self.facts.charged,
            balance_before: self.facts.balance_before,
            balance_after: self.facts.balance_after,
            currency: self.facts.currency.clone(),
            elapsed_ms: now.since_ms(started_at),
            requests: self.requests,
        };
        self.work = Work::Ended(Box::new(Ok(provisioned.into())));
    }

    fn rest_polling(&mut self, asked_ms: Option<u64>, now: Timestamp) {
        let first = self.options.first_look_ms.max(LEAST_PAUSE_MS);
        let pause = grown(first, self.seen.looks).min(self.options.longest_pause_ms);
        let pause = jittered(pause, &mut self.rng).max(asked_ms.unwrap_or(0));
        self.rest(pause, WaitReason::Poll, now);
    }

    fn rest_settling(&mut self, asked_ms: Option<u64>, now: Timestamp) {
        self.seen.looks = self.seen.looks.saturating_add(1);
        let pause = grown(FIRST_SETTLING_PAUSE_MS, self.seen.looks.saturating_sub(1));
        let pause = jittered(pause.min(self.options.longest_pause_ms), &mut self.rng);
        self.rest(pause.max(asked_ms.unwrap_or(0)), WaitReason::Settling, now);
    }

    /// Rests before the job's next request, or until the time allowed is over.
    fn rest(&mut self, pause_ms: u64, reason: WaitReason, now: Timestamp) {
        let until = now.plus_ms(pause_ms);
        if until < self.deadline {
            self.start(now);
            if !matches!(self.work, Work::Ended(_)) {
                let placeholder = Work::Ended(Box::new(Err(no_outcome())));
                let next = Box::new(core::mem::replace(&mut self.work, placeholder));
                self.work = Work::Rest {
                    until,
                    reason,
                    next,
                };
            }
            return;
        }
        let error = Box::new(self.counted(self.resumable(self.too_late(), now)));
        self.work = Work::Expiring {
            at: self.deadline,
            reason,
            error,
        };
    }

    fn too_late(&self) -> Error {
        let waiting_for = match &self.job {
            Job::Preflight(_) | Job::Baseline(_) => "the account; nothing was ordered",
            Job::Ordering { .. } => "the order to be taken; nothing was ordered",
            Job::Reconciling { .. } => "a lost order to show; resume from the token to go on",
            Job::Polling(_) => {
                "the VPS to become usable; it is bought, resume from the token to go on"
            }
        };
        Error::new(ErrorKind::DeadlineExceeded {
            waiting_for: waiting_for.to_owned(),
        })
    }

    fn end_unresolved(&mut self, reason: String, candidates: Vec<Vps>, status: Option<u16>) {
        let mut error = Error::new(ErrorKind::Unresolved { reason, candidates });
        error.status = status;
        let now = self.facts.ordered_at.unwrap_or(self.facts.started_at);
        self.end(self.resumable(error, now));
    }

    /// An error with all that is needed to go on after it.
    fn resumable(&self, mut error: Error, now: Timestamp) -> Error {
        error.token = Some(self.token(now));
        error.vps.clone_from(&self.seen.vps);
        error
    }

    /// Ends with an error. It carries a token only where it was made resumable.
    fn end(&mut self, error: Error) {
        self.work = Work::Ended(Box::new(Err(self.counted(error))));
    }

    /// An error of a call has its own count; one of the purchase counts all requests.
    fn counted(&self, mut error: Error) -> Error {
        if error.endpoint.is_none() {
            error.attempts = self.requests;
        }
        error
    }
}

/// One request: the purchase itself decides when to look again.
fn single_attempt() -> CallOptions {
    CallOptions {
        max_retries: Some(0),
        ..CallOptions::default()
    }
}

/// Stands where no outcome can be missing. If one ever is, it must not read as "nothing was bought".
fn no_outcome() -> Error {
    Error::new(ErrorKind::Unresolved {
        reason: "its outcome is missing".to_owned(),
        candidates: Vec::new(),
    })
}

fn asked_pause(error: &Error) -> Option<u64> {
    match error.kind {
        ErrorKind::RateLimited { retry_after_ms } => retry_after_ms,
        _ => None,
    }
}

/// `first`, grown by half for every look before.
fn grown(first: u64, looks: u32) -> u64 {
    (0..looks.min(32)).fold(first, |pause, _| pause.saturating_add(pause.div_euclid(2)))
}

/// Between four fifths of the pause and the whole of it.
fn jittered(pause_ms: u64, rng: &mut fastrand::Rng) -> u64 {
    let least = pause_ms.saturating_mul(4).div_euclid(5);
    between(least, pause_ms, rng)
}
