//! What each answer leads to.

use std::collections::VecDeque;

use super::ends;
use super::entry::Entry;
use super::machine::{Ask, Outage, RecordedPurchase, Stage, WhenHeld, Work};
use super::table::{Turnout, turnout};
use crate::clock::Instant;
use crate::error::{Error, ErrorKind};
use crate::ids::VpsId;
use crate::models::Provisioned;
use crate::provisioning::{KeyCheck, ProvisionOptions, Provisioning};
use crate::store::{
    HeldBy, PurchaseState, ReceiptSource, Record, StoreFailure, StoreOp, StoreReply,
};

/// The first and the longest pause before a window or a purchase that another holds is tried again.
const HELD_PAUSE_MS: (u64, u64) = (100, 2_000);
/// The first and the longest pause before a store that failed is tried again.
const OUTAGE_PAUSE_MS: (u64, u64) = (500, 15_000);

impl RecordedPurchase {
    pub(super) fn identified(&mut self, account: &str, now: Instant) {
        self.account = self.api.account_in_store(account);
        self.stage = Stage::Opening { not_before: now };
    }

    pub(super) fn stored(
        &mut self,
        op: StoreOp,
        reply: StoreReply,
        asked_at: Instant,
        now: Instant,
    ) {
        if let Stage::LettingGo { error, .. } = &self.stage {
            // Whatever the answer: a lease that is not let go ends by itself.
            let error = (**error).clone();
            self.finish(Err(error));
            return;
        }
        let parts = op.ends_lease();
        match (op, reply) {
            (StoreOp::Open { lease_ms, .. }, StoreReply::Opened { record, held }) => {
                if held == HeldBy::Us {
                    self.lease = asked_at.plus_ms(lease_ms);
                }
                self.opened(record.map(|record| *record), &held, now);
            }
            (
                StoreOp::Save {
                    id,
                    saved,
                    lease_ms,
                },
                StoreReply::Held {
                    vps_id,
                    others,
                    in_window,
                },
            ) => {
                self.note_vps(&id, vps_id.iter().chain(&others));
                self.lease = lease_ms.map_or(self.lease, |ms| asked_at.plus_ms(ms));
                let order_until = asked_at.plus_ms(self.order_ms());
                self.with_entry(&id, |entry| {
                    if saved.state == PurchaseState::Ordered {
                        entry.order_until = Some(order_until);
                    }
                    entry.is_let_go = lease_ms.is_none();
                    entry.record.saved = saved;
                });
                self.settled_other(&id);
                self.still_held(&id, vps_id, in_window, now);
            }
            (
                StoreOp::Renew { id, lease_ms },
                StoreReply::Held {
                    vps_id,
                    others,
                    in_window,
                },
            ) => {
                self.note_vps(&id, vps_id.iter().chain(&others));
                self.lease = asked_at.plus_ms(lease_ms);
                self.still_held(&id, vps_id, in_window, now);
            }
            (StoreOp::Enter { lease_ms, .. }, StoreReply::Entered { unfinished }) => {
                self.lease = asked_at.plus_ms(lease_ms);
                self.in_window = true;
                self.refusals = 0;
                if let Stage::Working(work) = &mut self.stage {
                    work.unfinished = unfinished.into();
                }
            }
            (StoreOp::Enter { .. }, StoreReply::Busy { left_ms }) => {
                let pause_ms = self.held_pause_ms().min(left_ms);
                if let Stage::Working(work) = &mut self.stage {
                    work.enter_at = now.plus_ms(pause_ms);
                }
            }
            (StoreOp::Receipt { id, vps_id, source }, StoreReply::Owner { id: owner, others }) => {
                if owner == id {
                    self.note_vps(&id, others.iter().chain([&vps_id]));
                }
                self.owned(&id, vps_id, source, &owner, now);
            }
            (StoreOp::Leave, StoreReply::Left) => {
                self.in_window = false;
                self.end_turn();
            }
            (StoreOp::Save { .. }, StoreReply::OutOfWindow) => self.window_lost(now),
            (
                StoreOp::Save { id, .. }
                | StoreOp::Renew { id, .. }
                | StoreOp::Enter { id, .. }
                | StoreOp::Receipt { id, .. },
                StoreReply::Lost,
            ) => self.lost(&id, now),
            _ => {
                let detail = "the store's answer is to something else".to_owned();
                self.store_failed(StoreFailure { detail }, now);
            }
        }
        if parts {
            self.parted(now);
        }
    }

    /// A purchase was read: the one asked for, or one of a dead holder.
    fn opened(&mut self, record: Option<Record>, held: &HeldBy, now: Instant) {
        match &mut self.stage {
            Stage::Opening { .. } => {
                let kept = record.clone().filter(|_| *held == HeldBy::Us);
                match (self.turned_out(record, held, now), kept) {
                    (Ok(stage), _) => self.stage = stage,
                    (Err(error), Some(record)) => {
                        self.stage = Stage::LettingGo {
                            record: Box::new(record),
                            error: Box::new(error),
                        };
                    }
                    (Err(error), None) => self.finish(Err(error)),
                }
            }
            Stage::Working(work) => {
                work.unfinished.pop_front();
                let record = record.filter(|_| *held == HeldBy::Us);
                let taken = record.filter(|record| record.saved.state == PurchaseState::Ordered);
                // A token that can't be read stays for a version that can.
                let entry = taken.map(|record| self.taken_up(&record, None, now));
                if let (Some(Ok(mut entry)), Stage::Working(work)) = (entry, &mut self.stage) {
                    work.own.purchase.lend_turn(&mut entry.purchase);
                    entry.purchase.leave_batch();
                    work.other = Some(entry);
                }
            }
            Stage::Identifying(_) | Stage::LettingGo { .. } | Stage::Ended(_) => {}
        }
    }

    fn turned_out(
        &mut self,
        record: Option<Record>,
        held: &HeldBy,
        now: Instant,
    ) -> Result<Stage, Error> {
        let unknown = || Error::invalid_input("purchase", "is not known to the store");
        let record = record.ok_or_else(unknown)?;
        let left_ms = i64::try_from(self.deadline.since_ms(now).max(1)).ok();
        let (wanted, timeout_ms) = match &self.ask {
            Ask::Buy { insert, .. } => (Some(&insert.order), left_ms),
            Ask::Resume { timeout_ms, .. } => (None, *timeout_ms),
        };
        self.vps_ids = record
            .vps_id
            .iter()
            .chain(&record.others)
            .cloned()
            .collect();
        let joined = self.joined.take();
        let holders = self.api.holders();
        let is_here = |holder: &str| {
            let has_joined = joined.as_deref() == Some(holder);
            holders.may_be_joined(holder) || has_joined && holders.has(holder)
        };
        let entry = match turnout(&record, held, is_here, wanted) {
            Turnout::Mismatch(field) => {
                let field = field.to_owned();
                return Err(Error::new(ErrorKind::IdempotencyMismatch { field }));
            }
            Turnout::Forgotten => {
                let reason = "belongs to a purchase that was forgotten";
                return Err(Error::invalid_input("idempotency_key", reason));
            }
            Turnout::SameEnd => {
                let saved = &record.saved;
                return Err(ends::read(saved.error.as_deref(), &saved.token));
            }
            Turnout::Held { left_ms } => {
                let may_wait = self.when_held == WhenHeld::Wait;
                return self.waits(may_wait, left_ms, now);
            }
            Turnout::Join { left_ms, holder } => {
                self.joined = Some(holder);
                return self.waits(true, left_ms, now);
            }
            Turnout::Begin { attempt } => self.begun(record, attempt, timeout_ms, now)?,
            Turnout::Settle => self.taken_up(&record, timeout_ms, now)?,
            Turnout::Wait(vps_id) => self.bought(&record, &vps_id, timeout_ms, now)?,
            Turnout::Look(vps_id) => {
                self.is_overtaken = true;
                self.bought(&record, &vps_id, timeout_ms, now)?
            }
        };
        Ok(Stage::Working(Box::new(Work {
            own: entry,
            unfinished: VecDeque::new(),
            other: None,
            enter_at: now,
        })))
    }

    /// Another holds the purchase, for so long at least.
    fn waits(&mut self, may_wait: bool, left_ms: u64, now: Instant) -> Result<Stage, Error> {
        if !may_wait || now >= self.deadline {
            return Err(Error::new(ErrorKind::PurchaseInProgress));
        }
        let pause_ms = self.held_pause_ms().min(left_ms);
        let not_before = now.plus_ms(pause_ms.min(self.deadline.since_ms(now)));
        Ok(Stage::Opening { not_before })
    }

    /// An attempt that begins. One that is only resumed goes by its token, and never begins another.
    fn begun(
        &mut self,
        mut record: Record,
        attempt: u32,
        timeout_ms: Option<i64>,
        now: Instant,
    ) -> Result<Entry, Error> {
        let (order, options) = match &self.ask {
            Ask::Buy { order, options, .. } => ((**order).clone(), (**options).clone()),
            Ask::Resume { .. } if record.saved.state == PurchaseState::NotOrdered => {
                let reason = "was not ordered: ask for it again by its key";
                return Err(Error::invalid_input("purchase", reason));
            }
            Ask::Resume { .. } => return self.taken_up(&record, timeout_ms, now),
        };
        let left_ms = self.deadline.since_ms(now).max(1);
        let timeout_ms = i64::try_from(left_ms).unwrap_or(options.timeout_ms);
        let options = ProvisionOptions {
            timeout_ms,
            ..options
        };
        let (seed, begun) = (self.rng.u64(..), self.begun.later(now));
        let purchase = Provisioning::buy(&self.api, order, options, seed, begun)?;
        record.saved.attempt = attempt;
        record.saved.token = purchase.snapshot(now).unwrap_or_default();
        Ok(Entry::new(record, purchase))
    }

    /// A purchase of an earlier holder, from its token.
    fn taken_up(
        &mut self,
        record: &Record,
        timeout_ms: Option<i64>,
        now: Instant,
    ) -> Result<Entry, Error> {
        let seed = self.rng.u64(..);
        let (token, begun) = (&record.saved.token, self.begun.later(now));
        let purchase =
            Provisioning::resume(&self.api, token, KeyCheck::Any, timeout_ms, seed, begun)?;
        Ok(Entry::new(record.clone(), purchase))
    }

    /// A purchase whose VPS is known, from its token.
    fn bought(
        &mut self,
        record: &Record,
        vps_id: &VpsId,
        timeout_ms: Option<i64>,
        now: Instant,
    ) -> Result<Entry, Error> {
        let seed = self.rng.u64(..);
        let (token, begun) = (&record.saved.token, self.begun.later(now));
        let purchase =
            Provisioning::resume_bought(&self.api, token, vps_id, timeout_ms, seed, begun)?;
        Ok(Entry::new(record.clone(), purchase))
    }

    /// The store still knows this machine as the holder.
    fn still_held(&mut self, id: &str, vps_id: Option<VpsId>, in_window: bool, now: Instant) {
        if self.in_window && !in_window {
            self.window_lost(now);
        }
        let Stage::Working(work) = &mut self.stage else {
            return;
        };
        let is_news = work.own.record.id == id && work.own.purchase.vps_id().is_none();
        let Some(vps_id) = vps_id.filter(|_| is_news) else {
            return;
        };
        // Who held it earlier got the receipt after all.
        let record = work.own.record.clone();
        if let Ok(entry) = self.bought(&record, &vps_id, None, now) {
            self.replace_own(entry);
        }
    }

    /// Another entered since: what was seen before an order counts no more.
    pub(super) fn window_lost(&mut self, now: Instant) {
        self.in_window = false;
        let Stage::Working(work) = &mut self.stage else {
            return;
        };
        work.unfinished.clear();
        work.other = None;
        if work.own.may_be_ordered() {
            return;
        }
        work.own.purchase.withdraw_order();
        let record = work.own.record.clone();
        match self.taken_up(&record, None, now) {
            Ok(entry) => self.replace_own(entry),
            Err(error) => self.finish(Err(error)),
        }
    }

    /// Goes on with another machine for the same purchase, which keeps its turn.
    fn replace_own(&mut self, mut entry: Entry) {
        self.sent = None;
        if let Stage::Working(work) = &mut self.stage {
            entry.purchase.inherit_turn(&mut work.own.purchase);
            work.own = entry;
        }
    }

    /// The store has these VPS of a purchase.
    fn note_vps<'a>(&mut self, id: &str, vps_ids: impl Iterator<Item = &'a VpsId>) {
        if let Stage::Working(work) = &self.stage
            && work.own.record.id == id
        {
            self.vps_ids.extend(vps_ids.cloned());
        }
    }

    fn owned(&mut self, id: &str, vps_id: VpsId, source: ReceiptSource, owner: &str, now: Instant) {
        if owner == id || source == ReceiptSource::Receipt {
            self.with_entry(id, |entry| entry.record.vps_id = Some(vps_id));
            return;
        }
        // Another purchase has it: ours is to be looked for again.
        let Stage::Working(work) = &mut self.stage else {
            return;
        };
        self.api.claims().belongs_to(&vps_id, owner);
        let is_own = work.other.is_none();
        let record = work.in_hand().record.clone();
        match self.taken_up(&record, None, now) {
            Ok(entry) if is_own => self.replace_own(entry),
            Ok(mut entry) => {
                self.sent = None;
                if let Stage::Working(work) = &mut self.stage {
                    work.own.purchase.lend_turn(&mut entry.purchase);
                    work.other = Some(entry);
                }
            }
            Err(error) => self.finish(Err(error)),
        }
    }

    /// Another holds a purchase that this machine held.
    fn lost(&mut self, id: &str, now: Instant) {
        let Stage::Working(work) = &mut self.stage else {
            return;
        };
        if work.own.record.id != id {
            work.other = None;
            self.sent = None;
            return;
        }
        self.in_window = false;
        work.unfinished.clear();
        work.other = None;
        let purchase = &work.own.purchase;
        let has_receipt = purchase.vps_id().is_some() && !purchase.is_recovered();
        if has_receipt || work.own.record.vps_id.is_some() {
            self.is_overtaken = true;
            return;
        }
        self.sent = None;
        // Who holds it is asked anew.
        let pause_ms = self.held_pause_ms().min(self.deadline.since_ms(now));
        let not_before = now.plus_ms(pause_ms);
        self.stage = Stage::Opening { not_before };
    }

    /// A dead holder's order is settled, and what became of it written.
    fn settled_other(&mut self, id: &str) {
        if let Stage::Working(work) = &mut self.stage
            && work.own.record.id != id
        {
            work.other = None;
            self.sent = None;
        }
    }

    pub(super) fn store_failed(&mut self, failure: StoreFailure, now: Instant) {
        let StoreFailure { detail } = failure;
        match &mut self.stage {
            Stage::LettingGo { error, .. } => {
                let error = (**error).clone();
                self.finish(Err(error));
            }
            Stage::Working(work) => {
                work.unfinished.clear();
                work.other = None;
                let own = &work.own;
                if self.is_overtaken || own.may_be_ordered() {
                    let tries = self.outage.take().map_or(0, |outage| outage.tries);
                    let until = now.plus_ms(grown(OUTAGE_PAUSE_MS, tries));
                    let tries = tries.saturating_add(1);
                    self.outage = Some(Outage {
                        tries,
                        until,
                        detail,
                    });
                    return;
                }
                let over = own.outcome(now).is_some();
                let error = (!over).then(|| Error::new(ErrorKind::Store { detail }));
                self.end(error, now);
            }
            Stage::Identifying(_) | Stage::Opening { .. } => {
                self.finish(Err(Error::new(ErrorKind::Store { detail })));
            }
            Stage::Ended(_) => {}
        }
    }

    fn held_pause_ms(&mut self) -> u64 {
        let pause_ms = grown(HELD_PAUSE_MS, self.refusals);
        self.refusals = self.refusals.saturating_add(1);
        self.rng.u64(pause_ms.div_euclid(2)..=pause_ms)
    }

    fn with_entry(&mut self, id: &str, change: impl FnOnce(&mut Entry)) {
        if let Stage::Working(work) = &mut self.stage {
            let entry = work.in_hand();
            if entry.record.id == id {
                change(entry);
            }
        }
    }

    fn with_others(&self, provisioned: &Provisioned) -> Provisioned {
        let own = &provisioned.vps.id;
        let others = self.vps_ids.iter().filter(|other| *other != own);
        Provisioned {
            other_vps_ids: others.cloned().collect(),
            ..provisioned.clone()
        }
    }

    pub(super) fn end(&mut self, error: Option<Error>, now: Instant) {
        let outcome = match (error, &self.stage) {
            (Some(error), _) => Err(error),
            (None, Stage::Working(work)) => match work.own.outcome(now) {
                Some(Ok(provisioned)) => Ok(self.with_others(provisioned)),
                Some(Err(error)) => Err(error.clone()),
                None => return,
            },
            (None, _) => return,
        };
        self.finish(outcome);
    }
}

/// The first pause, doubled for every try before, up to the longest.
fn grown((first, longest): (u64, u64), tries: u32) -> u64 {
    let factor = 1_u64.checked_shl(tries).unwrap_or(u64::MAX);
    first.saturating_mul(factor).min(longest)
}
