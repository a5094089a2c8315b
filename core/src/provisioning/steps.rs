//! The transitions: what each finished call leads to. The rules in words stand in the module above.

use std::collections::HashSet;
use std::sync::Arc;

use super::matching::{Finding, find};
use super::options::{Preflight, WaitLevel};
use super::run::Run;
use super::state::{Sleep, State, Window};
use super::token::{Bought, Placed, Stage};
use crate::budget::Budget;
use crate::call::Call;
use crate::catalogue;
use crate::claims::{Baseline, Reached};
use crate::clock::Instant;
use crate::endpoints::{
    CreateVps, GetVps, GetWallet, ListAllVps, ListedVps, PlaceOrder, Placement,
};
use crate::error::{Error, ErrorKind};
use crate::ids::VpsId;
use crate::looks::Look;
use crate::models::{Order, Phase, Provisioned, Vps, VpsDetails, VpsStatus, Wallet};
use crate::money::Money;
use crate::pace::Lane;
use crate::probe::{ProbeOutcome, ProbeRequest, ProbeTarget, RDP_PORT};
use crate::step::WaitReason;
use crate::time::Timestamp;

/// What pauses between looks begin with at least, even after a first look at once.
const LEAST_PAUSE_MS: u64 = 1_000;
/// The first pause between two looks for a lost order, in milliseconds.
const FIRST_SETTLING_PAUSE_MS: u64 = 2_000;
/// How many looks must succeed before a settle window is over.
const LEAST_LOOKS: u32 = 3;
/// How many settle windows are waited for looks that succeed.
const LAST_LOOK_WINDOWS: u64 = 2;
/// How many looks in a row must fail by then: a program that was stopped, or a computer that slept, finds
/// the windows over before it looked at all.
const LEAST_FAILED_LOOKS: u32 = 3;

/// How long a VPS that is ready has to accept a connection.
const PROBE_MS: u64 = 5_000;

type Outcome<T> = Result<T, Error>;

impl Run {
    /// Begins with an order that was not sent, as far as its token knows.
    pub fn begin(&mut self, order: CreateVps, now: Instant) -> State {
        if let Some(reached) = self.api.claims().reached(&self.facts.purchase) {
            return self.follow(reached, order, now);
        }
        match self.options.preflight {
            Preflight::Check => State::Preflight {
                call: self.call_within_deadline(GetWallet, now),
                order,
            },
            Preflight::Skip => match self.check_budget(&order) {
                Ok(()) => self.list(order, now),
                Err(error) => self.fail(error),
            },
        }
    }

    /// Goes on from where this purchase came to in this process, under another token.
    pub fn follow(&mut self, reached: Reached, order: CreateVps, now: Instant) -> State {
        self.facts.orders_sent = self.facts.orders_sent.max(1);
        self.note_order(now);
        self.count_price(&order);
        match reached {
            Reached::Bought(id) => self.look(id, now),
            Reached::Ordered(baseline) => self.reconcile(Placed::new(order, baseline), now),
        }
    }

    /// Looks for an order that may have been sent.
    pub fn reconcile(&self, placed: Placed, now: Instant) -> State {
        State::Reconciling {
            placed,
            window: Window {
                since: now,
                looks: 0,
                failed_looks: 0,
            },
            sleep: None,
            call: self.single_attempt(ListAllVps, Lane::Ordering, now),
        }
    }

    /// Looks at a VPS that is bought.
    pub fn look(&self, id: VpsId, now: Instant) -> State {
        State::Polling {
            call: self.single_attempt(GetVps::from(id.clone()), Lane::Common, now),
            id,
        }
    }

    /// It is time for a look: of its own, or one for all that wait, or none where another has it.
    pub fn after_waiting(&mut self, id: VpsId, fresh_ms: u64, now: Instant) -> State {
        let place = self.place.as_mut();
        match place.map_or(Look::Own, |place| place.look(&id, fresh_ms, now)) {
            Look::Own => self.look(id, now),
            Look::Shared => State::Listing {
                call: self.single_attempt(ListAllVps, Lane::Common, now),
                id,
            },
            Look::Seen => self.go_on_waiting(id, now),
            Look::Later(pause_ms) => self.sleep_or_expire(id, pause_ms, fresh_ms, now),
        }
    }

    /// A list was made for all that wait, or could not be.
    pub fn after_list(
        &mut self,
        id: VpsId,
        outcome: Outcome<Vec<ListedVps>>,
        now: Instant,
    ) -> State {
        let Some(place) = &self.place else {
            return self.look(id, now);
        };
        match outcome {
            Ok(listed) => {
                let rows = listed.into_iter().filter_map(|row| row.vps);
                let rows = rows.filter(|vps| vps.vps_status == VpsStatus::Provisioning);
                let provisioning: HashSet<_> = rows.map(|vps| vps.id).collect();
                let is_seen = provisioning.contains(&id);
                place.hand_out(provisioning, now);
                if is_seen {
                    self.go_on_waiting(id, now)
                } else {
                    self.look(id, now)
                }
            }
            Err(error) => {
                let asked_ms = error.retry_after_ms();
                place.no_list(asked_ms.unwrap_or(LEAST_PAUSE_MS), now);
                self.observed.last_error = Some(error.code());
                self.observed.looks = self.observed.looks.saturating_add(1);
                match error.kind() {
                    // The end of a purchase is decided by a look of its own.
                    ErrorKind::Unauthorized | ErrorKind::ReadOnlyKey => self.look(id, now),
                    _ => {
                        let pause = self.polling_pause(asked_ms);
                        self.sleep_polling(id, pause, now)
                    }
                }
            }
        }
    }

    /// The list shows it as provisioning.
    fn go_on_waiting(&mut self, id: VpsId, now: Instant) -> State {
        if let Some(place) = &mut self.place {
            place.saw(now);
        }
        self.observed.status = Some(VpsStatus::Provisioning);
        self.observed.looks = self.observed.looks.saturating_add(1);
        let pause = self.polling_pause(None);
        self.sleep_polling(id, pause, now)
    }

    pub fn after_preflight(
        &mut self,
        order: CreateVps,
        outcome: Outcome<Wallet>,
        now: Instant,
    ) -> State {
        match outcome.and_then(|wallet| self.check_funds(&order, wallet)) {
            Ok(()) => self.list(order, now),
            Err(error) => self.fail(error),
        }
    }

    fn check_funds(&mut self, order: &CreateVps, wallet: Wallet) -> Outcome<()> {
        self.check_budget(order)?;
        self.facts.balance_before = Some(wallet.balance);
        let currency = wallet.currency;
        self.facts.currency = Some(currency.clone());
        let price = catalogue::price(&order.plan_id, &order.billing_cycle);
        let is_short = price.is_some_and(|price| wallet.balance.rounded() < price);
        if is_short && self.options.check_funds {
            let available = Some(wallet.balance);
            return Err(Error::new(ErrorKind::insufficient_funds(
                price,
                available,
                Some(currency),
            )));
        }
        Ok(())
    }

    /// A limit can be kept only for a plan whose price is known.
    pub fn check_limit(&self, order: &CreateVps) -> Outcome<()> {
        let price = catalogue::price(&order.plan_id, &order.billing_cycle);
        let has_limit =
            self.terms.max_spend.is_some() || self.api.budget().is_some_and(Budget::has_limit);
        if has_limit && price.is_none() {
            let reason = "can't be kept: this version does not know the price of that plan";
            return Err(Error::invalid_input("max_spend", reason));
        }
        Ok(())
    }

    fn check_budget(&self, order: &CreateVps) -> Outcome<()> {
        let price = catalogue::price(&order.plan_id, &order.billing_cycle);
        let left = self.api.budget();
        let left = left.and_then(|budget| budget.left_for(&self.facts.purchase));
        let limit = self.terms.max_spend.into_iter().chain(left).min();
        match (price, limit) {
            (Some(price), Some(max_spend)) if price > max_spend => {
                Err(Error::new(ErrorKind::OverBudget { price, max_spend }))
            }
            _ => Ok(()),
        }
    }

    /// Counts an order that may be sent into what its batch has spent.
    pub fn count_price(&self, order: &CreateVps) {
        let price = catalogue::price(&order.plan_id, &order.billing_cycle);
        if let (Some(budget), Some(price)) = (self.api.budget(), price) {
            budget.count(&self.facts.purchase, price);
        }
    }

    /// Counts what was charged in place of the price.
    pub fn count_charge(&self) {
        if let (Some(budget), Some(charged)) = (self.api.budget(), self.facts.charged) {
            budget.count(&self.facts.purchase, charged);
        }
    }

    /// Has no part in a batch.
    pub fn leave_batch(&mut self) {
        if let Some(budget) = self.api.budget() {
            budget.release(&self.facts.purchase);
        }
        self.api = self.api.alone();
    }

    /// Lists the VPS there are before ordering.
    fn list(&self, order: CreateVps, now: Instant) -> State {
        State::Baseline {
            call: self.call_within_deadline(ListAllVps, now),
            order,
        }
    }

    pub fn after_baseline(
        &mut self,
        order: CreateVps,
        outcome: Outcome<Vec<ListedVps>>,
        listed_at: Option<Timestamp>,
        now: Instant,
    ) -> State {
        match outcome {
            Ok(listed) if now < self.deadline => {
                let ids = listed.into_iter().map(|vps| vps.id).collect();
                let baseline = Baseline { ids, listed_at };
                if let Some(reached) = self.order_begins(&baseline) {
                    return self.follow(reached, order, now);
                }
                self.count_price(&order);
                let call = self.call(PlaceOrder(order.clone()), now);
                let placed = Placed::new(order, baseline);
                State::Ordering { placed, call }
            }
            Ok(_) => self.fail(self.too_late("the account; nothing was ordered")),
            Err(error) => self.fail(error),
        }
    }

    /// An order that was not sent or was refused is sent again, but not after the time allowed.
    pub fn after_attempt(&mut self, call: &Call<PlaceOrder>, now: Instant) -> Option<State> {
        if now.plus_ms(call.pause_ms(now)) < self.deadline {
            return None;
        }
        self.requests = self.requests.saturating_add(call.attempts());
        self.count_orders(call);
        Some(self.not_ordered(self.too_late("the order to be taken; nothing was ordered")))
    }

    pub fn after_order(
        &mut self,
        placed: Placed,
        outcome: Outcome<Placement>,
        now: Instant,
    ) -> State {
        self.note_order(now);
        match outcome {
            Ok(Placement::Receipt(receipt)) => self.after_receipt(placed, *receipt, now),
            Ok(Placement::Id(id)) => {
                self.claim(&id);
                self.charge(id, now)
            }
            Err(error) => match error.kind() {
                ErrorKind::OutcomeUnknown { .. } => {
                    self.observed.last_error = Some(error.code());
                    self.reconcile(placed, now)
                }
                _ => self.not_ordered(error),
            },
        }
    }

    fn after_receipt(&mut self, placed: Placed, receipt: Order, now: Instant) -> State {
        self.facts.charged = Some(receipt.cost);
        self.facts.balance_after = Some(receipt.new_balance);
        self.facts.currency = Some(receipt.currency);
        self.count_charge();
        self.observed.status = Some(receipt.vps_status);
        self.claim(&receipt.id);
        let before = self.facts.balance_before;
        let rest = before.map(|before| before.minus(receipt.cost).minus(receipt.new_balance));
        let rest = rest.map(Money::rounded);
        self.facts.unexplained = rest.filter(|rest| *rest > Money::from_cents(0));
        let id = receipt.id;
        match self.terms.max_spend {
            Some(max_spend) if receipt.cost > max_spend => {
                let charged = receipt.cost;
                let error = Error::new(ErrorKind::PriceAboveLimit { charged, max_spend });
                self.fail_bought(id, error, now)
            }
            _ if self.facts.unexplained.is_some() => State::Auditing {
                placed,
                call: self.single_attempt(ListAllVps, Lane::Ordering, now),
                id,
            },
            _ => self.sleep_polling(id, self.terms.first_look_ms, now),
        }
    }

    /// Notes the VPS that may be what else was charged.
    pub fn after_auditing(
        &mut self,
        placed: &Placed,
        id: VpsId,
        outcome: Outcome<Vec<ListedVps>>,
        now: Instant,
    ) -> State {
        let purchase = &self.facts.purchase;
        let claims = self.api.claims();
        let is_foreign = |other: &VpsId| {
            let is_known = placed.baseline.contains(other) || *other == id;
            !is_known && claims.of_other(other, purchase).is_none()
        };
        match outcome {
            Ok(listed) => {
                let others = listed.into_iter().map(|row| row.id);
                self.facts.unclaimed = others.filter(is_foreign).collect();
            }
            Err(error) => self.observed.last_error = Some(error.code()),
        }
        self.sleep_polling(id, self.terms.first_look_ms, now)
    }

    pub fn after_settling_look(
        &mut self,
        placed: Placed,
        mut window: Window,
        outcome: Outcome<Vec<ListedVps>>,
        now: Instant,
    ) -> State {
        let elapsed_ms = now.since_ms(window.since);
        let is_over = |windows| elapsed_ms >= self.terms.settle_ms.saturating_mul(windows);
        let listed = match outcome {
            Ok(listed) => listed,
            Err(error) => {
                window.failed_looks = window.failed_looks.saturating_add(1);
                let is_last =
                    is_over(LAST_LOOK_WINDOWS) && window.failed_looks >= LEAST_FAILED_LOOKS;
                self.observed.last_error = Some(error.code());
                let is_final = |kind: &ErrorKind| {
                    matches!(kind, ErrorKind::Unauthorized | ErrorKind::ReadOnlyKey)
                };
                if is_last || is_final(error.kind()) {
                    let reason = format!("the account's VPS can't be listed, {}", error.kind());
                    return self.unresolved(&placed, reason, Vec::new(), error.status(), now);
                }
                return self.sleep_settling(placed, window, error.retry_after_ms(), now);
            }
        };
        window.looks = window.looks.saturating_add(1);
        window.failed_looks = 0;
        let is_last = is_over(1) && window.looks >= LEAST_LOOKS;
        match find(&placed, listed, self.api.claims(), &self.facts.purchase) {
            Finding::Ours(vps) => self.adopt(*vps, now),
            Finding::Unclear(candidates) if is_last => {
                let reason = "new VPS are listed that may be the one ordered".to_owned();
                self.unresolved(&placed, reason, candidates, None, now)
            }
            Finding::Nothing if is_last => self.compare(placed, now),
            Finding::Unclear(_) | Finding::Nothing => {
                self.sleep_settling(placed, window, None, now)
            }
        }
    }

    fn adopt(&mut self, vps: Vps, now: Instant) -> State {
        self.facts.recovered = true;
        self.note_order(now);
        self.observed.status = Some(vps.vps_status);
        self.claim(&vps.id);
        self.charge(vps.id, now)
    }

    /// Looks what a VPS without a receipt cost.
    fn charge(&self, id: VpsId, now: Instant) -> State {
        if self.facts.balance_before.is_some() {
            let call = self.single_attempt(GetWallet, Lane::Ordering, now);
            State::Charging { id, call }
        } else {
            self.look(id, now)
        }
    }

    pub fn after_charging(&mut self, id: VpsId, outcome: Outcome<Wallet>, now: Instant) -> State {
        if let Ok(wallet) = outcome {
            self.note_charge(&wallet);
        }
        self.look(id, now)
    }

    fn note_charge(&mut self, wallet: &Wallet) {
        self.facts.balance_after = Some(wallet.balance);
        self.facts.currency = Some(wallet.currency.clone());
        if let Some(before) = self.facts.balance_before {
            self.facts.charged = Some(before.minus(wallet.balance).rounded());
            self.count_charge();
        }
    }

    /// No new VPS was listed within the settle window: whether the wallet was charged decides.
    fn compare(&self, placed: Placed, now: Instant) -> State {
        if self.facts.balance_before.is_none() {
            let reason = "no new VPS is listed, and what the wallet held before is not known";
            return self.unresolved(&placed, reason.to_owned(), Vec::new(), None, now);
        }
        let call = self.call_within_deadline(GetWallet, now);
        State::Comparing { placed, call }
    }

    pub fn after_comparing(
        &mut self,
        placed: &Placed,
        outcome: Outcome<Wallet>,
        now: Instant,
    ) -> State {
        match outcome {
            Ok(wallet) if Some(wallet.balance) == self.facts.balance_before => {
                // Nothing is left to resume.
                self.not_ordered(Error::new(ErrorKind::NotPlaced))
            }
            Ok(wallet) => {
                self.note_charge(&wallet);
                let reason = "no new VPS is listed, but the wallet has changed".to_owned();
                self.unresolved(placed, reason, Vec::new(), None, now)
            }
            Err(error) if matches!(error.kind(), ErrorKind::DeadlineExceeded { .. }) => {
                self.observed.last_error = Some(error.code());
                let late = self.too_late("the wallet; resume from the token to go on");
                self.fail(self.resumable(late, Stage::Ordered(placed.clone()), now))
            }
            Err(error) => {
                let kind = error.kind();
                let reason = format!("no new VPS is listed, and the wallet can't be read, {kind}");
                self.unresolved(placed, reason, Vec::new(), error.status(), now)
            }
        }
    }

    pub fn after_look(&mut self, id: VpsId, outcome: Outcome<VpsDetails>, now: Instant) -> State {
        self.observed.looks = self.observed.looks.saturating_add(1);
        if let Some(place) = &mut self.place {
            place.looked(now);
        }
        let was_missing = std::mem::take(&mut self.observed.is_missing);
        self.observed.is_silent = false;
        let error = match outcome {
            Ok(vps) => return self.after_observing(id, vps, now),
            Err(error) => error,
        };
        self.observed.last_error = Some(error.code());
        let is_final = match error.kind() {
            ErrorKind::Unauthorized | ErrorKind::ReadOnlyKey => true,
            ErrorKind::NotFound => {
                self.observed.is_missing = now >= self.not_found_until;
                was_missing && self.observed.is_missing
            }
            _ => false,
        };
        if is_final {
            return self.fail_bought(id, error, now);
        }
        let pause = self.polling_pause(error.retry_after_ms());
        self.sleep_polling(id, pause, now)
    }

    fn after_observing(&mut self, id: VpsId, vps: VpsDetails, now: Instant) -> State {
        self.observed.status = Some(vps.vps_status.clone());
        match &vps.vps_status {
            VpsStatus::Active if self.options.wait_for.is_reached(&vps) => {
                match self.options.wait_for {
                    WaitLevel::Reachable => State::Probing {
                        id,
                        vps: Box::new(vps),
                    },
                    WaitLevel::Ready | WaitLevel::Active => self.ready(id, vps, now),
                }
            }
            status if status.is_failed() => {
                let vps_status = vps.vps_status.clone();
                self.observed.vps = Some(Arc::new(vps));
                let error = Error::new(ErrorKind::ProvisioningFailed { vps_status });
                self.fail_bought(id, error, now)
            }
            _ => {
                self.observed.vps = Some(Arc::new(vps));
                let pause = self.polling_pause(None);
                self.sleep_polling(id, pause, now)
            }
        }
    }

    /// What to probe of a VPS that is ready.
    pub fn probe(&self, vps: &VpsDetails) -> ProbeRequest {
        let target = ProbeTarget {
            address: vps.ip_address.clone().unwrap_or_default(),
            port: RDP_PORT,
        };
        ProbeRequest {
            id: self.next_id(),
            targets: vec![target],
            within_ms: PROBE_MS,
        }
    }

    pub fn after_probing(
        &mut self,
        id: VpsId,
        vps: VpsDetails,
        outcome: ProbeOutcome,
        now: Instant,
    ) -> State {
        self.probes = self.probes.saturating_add(1);
        match outcome {
            ProbeOutcome::Answered => self.ready(id, vps, now),
            ProbeOutcome::Silent | ProbeOutcome::NotTried => {
                self.observed.vps = Some(Arc::new(vps));
                self.observed.is_silent = true;
                let pause = self.polling_pause(None);
                self.sleep_polling(id, pause, now)
            }
        }
    }

    fn ready(&self, id: VpsId, vps: VpsDetails, now: Instant) -> State {
        let facts = &self.facts;
        let provisioned = Box::new(Provisioned {
            vps,
            recovered: facts.recovered,
            orders_sent: facts.orders_sent,
            charged: facts.charged,
            balance_before: facts.balance_before,
            balance_after: facts.balance_after,
            currency: facts.currency.clone(),
            unexplained: self.unexplained(),
            other_vps_ids: Vec::new(),
            elapsed_ms: self.elapsed_ms(now),
            requests: self.requests,
        });
        State::Ready { id, provisioned }
    }

    fn polling_pause(&mut self, asked_ms: Option<u64>) -> u64 {
        let first = self.terms.first_look_ms.max(LEAST_PAUSE_MS);
        let pause = grown(first, self.observed.looks).min(self.terms.longest_pause_ms);
        jittered(pause, &mut self.rng).max(asked_ms.unwrap_or(0))
    }

    /// Sleeps before the next look at the VPS, or until the time allowed is over.
    fn sleep_polling(&self, id: VpsId, pause_ms: u64, now: Instant) -> State {
        self.sleep_or_expire(id, pause_ms, pause_ms.div_euclid(2), now)
    }

    fn sleep_or_expire(&self, id: VpsId, pause_ms: u64, fresh_ms: u64, now: Instant) -> State {
        let until = match &self.place {
            Some(place) => place.due(pause_ms, now),
            None => now.plus_ms(pause_ms),
        };
        let reason = WaitReason::Poll;
        if until < self.deadline {
            let sleep = Sleep { until, reason };
            return State::Waiting {
                id,
                sleep,
                fresh_ms,
            };
        }
        let waited_for = if self.observed.is_silent {
            "the VPS to answer on port 3389"
        } else {
            "the VPS to become usable"
        };
        let hint = "it is bought, resume from the token to go on";
        let error = self.too_late(&format!("{waited_for}; {hint}"));
        self.expire(
            Phase::Polling,
            Stage::Bought(Bought { id }),
            reason,
            error,
            now,
        )
    }

    /// Sleeps before the next look for a lost order, or until the time allowed is over.
    fn sleep_settling(
        &mut self,
        placed: Placed,
        window: Window,
        asked_ms: Option<u64>,
        now: Instant,
    ) -> State {
        let pause = grown(FIRST_SETTLING_PAUSE_MS, self.observed.looks);
        self.observed.looks = self.observed.looks.saturating_add(1);
        let pause = jittered(pause.min(self.terms.longest_pause_ms), &mut self.rng);
        let until = now.plus_ms(pause.max(asked_ms.unwrap_or(0)));
        let reason = WaitReason::Settling;
        if until < self.deadline {
            return State::Reconciling {
                placed,
                window,
                sleep: Some(Sleep { until, reason }),
                call: self.single_attempt(ListAllVps, Lane::Ordering, now),
            };
        }
        let error = self.too_late("a lost order to show; resume from the token to go on");
        self.expire(
            Phase::Reconciling,
            Stage::Ordered(placed.clone()),
            reason,
            error,
            now,
        )
    }

    /// Sleeps until the time allowed is over, and ends.
    fn expire(
        &self,
        phase: Phase,
        stage: Stage,
        reason: WaitReason,
        error: Error,
        now: Instant,
    ) -> State {
        let error = self.counted(self.resumable(error, stage.clone(), now));
        let until = self.deadline;
        let sleep = Sleep { until, reason };
        State::Expiring {
            phase,
            stage,
            sleep,
            error,
        }
    }

    fn unresolved(
        &self,
        placed: &Placed,
        reason: String,
        candidates: Vec<Vps>,
        status: Option<u16>,
        now: Instant,
    ) -> State {
        let error = Error::new(ErrorKind::Unresolved { reason, candidates }).with_status(status);
        self.fail(self.resumable(error, Stage::Ordered(placed.clone()), now))
    }

    /// Ends with an error that says that nothing was bought.
    fn not_ordered(&self, error: Error) -> State {
        self.api.claims().not_ordered(&self.facts.purchase);
        if let Some(budget) = self.api.budget() {
            budget.release(&self.facts.purchase);
        }
        self.fail(error)
    }

    /// Ends with an error. It carries a token only where it was made resumable.
    fn fail(&self, error: Error) -> State {
        let vps_id = None;
        let error = self.counted(error);
        State::Failed { error, vps_id }
    }

    /// Ends with an error of a VPS that is bought.
    fn fail_bought(&self, id: VpsId, error: Error, now: Instant) -> State {
        let vps_id = Some(id.clone());
        let stage = Stage::Bought(Bought { id });
        let error = self.counted(self.resumable(error, stage, now));
        State::Failed { error, vps_id }
    }
}

/// `first`, grown by half for every look before.
fn grown(first: u64, looks: u32) -> u64 {
    (0..looks.min(32)).fold(first, |pause, _| pause.saturating_add(pause.div_euclid(2)))
}

/// Between four fifths of the pause and the whole of it.
fn jittered(pause_ms: u64, rng: &mut fastrand::Rng) -> u64 {
    let least = pause_ms.saturating_mul(4).div_euclid(5);
    rng.u64(least..=pause_ms)
}
