//! What is to be done next.

use super::entry::Entry;
use super::machine::{Ask, RecordedPurchase, Stage, Want, Work};
use crate::clock::Instant;
use crate::error::{Error, ErrorKind};
use crate::http::HttpRequest;
use crate::step::{Step, WaitReason};
use crate::store::{Find, StoreOp};

/// How much longer than a request a lease must still run when the request begins.
const LEASE_MARGIN_MS: u64 = 5_000;
/// How much longer a lease of the window is than its margin and a request.
const LEASE_REST_MS: u64 = 10_000;
/// How long after its announcement an order may begin, beyond the time that connecting takes.
const ORDER_MARGIN_MS: u64 = 10_000;
/// The lease of a purchase that waits for its VPS.
const WAITING_LEASE_MS: u64 = 120_000;
/// When such a lease is prolonged: with less than this left.
const WAITING_RENEWAL_MS: u64 = 45_000;

impl RecordedPurchase {
    pub(super) fn want(&self, now: Instant) -> Option<Want> {
        match &self.stage {
            Stage::Identifying(call) => match call.unfinished_step(now) {
                Step::Send(request) => Some(Want::Send(request, None)),
                Step::Wait { delay_ms, reason } => Some(Want::Wait(delay_ms, reason)),
                Step::Done(never) => match never {},
            },
            Stage::Opening { not_before } => Some(match not_before.since_ms(now) {
                0 => Want::Store(self.opening()),
                left_ms => Want::Wait(left_ms, WaitReason::Turn),
            }),
            Stage::Working(work) => Some(self.want_working(work, now)),
            Stage::LettingGo { .. } => self.letting_go_for_nothing().map(Want::Store),
            Stage::Ended(_) => None,
        }
    }

    /// Lets go what was held for nothing.
    pub(super) fn letting_go_for_nothing(&self) -> Option<StoreOp> {
        let Stage::LettingGo { record, .. } = &self.stage else {
            return None;
        };
        Some(StoreOp::Save {
            id: record.id.clone(),
            saved: record.saved.clone(),
            lease_ms: None,
        })
    }

    fn opening(&self) -> StoreOp {
        let (find, insert) = match &self.ask {
            Ask::Buy { find, insert, .. } => (find, Some((**insert).clone())),
            Ask::Resume { find, .. } => (find, None),
        };
        StoreOp::Open {
            find: find.clone(),
            insert,
            lease_ms: self.window_lease_ms(),
        }
    }

    fn want_working(&self, work: &Work, now: Instant) -> Want {
        if self.is_overtaken {
            return self.want_alone(&work.own, now);
        }
        if let Some(other) = &work.other {
            return self.want_recorded(other, work, now);
        }
        match work.unfinished.front() {
            Some(record) => Want::Store(StoreOp::Open {
                find: Find::Id(record.id.clone()),
                insert: None,
                lease_ms: self.window_lease_ms(),
            }),
            None => self.want_recorded(&work.own, work, now),
        }
    }

    /// Without the store, which others write now; but a receipt is for everybody.
    fn want_alone(&self, own: &Entry, now: Instant) -> Want {
        let outage_ms = self.outage_ms(now);
        match (own.receipt(), own.purchase.wanted(now)) {
            (Some(receipt), _) if outage_ms.is_none() => Want::Store(receipt),
            (Some(_), Step::Done(_)) => self.want_patience(outage_ms.unwrap_or(0), now),
            (_, Step::Send(request)) => Want::Send(request, None),
            (_, Step::Wait { delay_ms, reason }) => Want::Wait(delay_ms, reason),
            (_, Step::Probe(probe)) => Want::Probe(probe),
            (None, Step::Done(_)) => Want::End(None),
        }
    }

    fn want_recorded(&self, entry: &Entry, work: &Work, now: Instant) -> Want {
        if let Some(receipt) = entry.receipt() {
            match self.outage_ms(now) {
                None => return Want::Store(receipt),
                // Found by looking: not ours before the store says so.
                Some(left_ms) if entry.purchase.is_recovered() => {
                    return self.want_patience(left_ms, now);
                }
                Some(_) => {}
            }
        }
        let is_own = work.other.is_none();
        let is_over = entry.outcome(now).is_some();
        if let Some(saved) = entry.unwritten(now) {
            match self.outage_ms(now) {
                None => {
                    return Want::Store(StoreOp::Save {
                        id: entry.record.id.clone(),
                        saved,
                        lease_ms: (is_own && !is_over).then_some(WAITING_LEASE_MS),
                    });
                }
                Some(left_ms) if is_over => return self.want_patience(left_ms, now),
                Some(_) => {}
            }
        }
        let is_exclusive = entry.purchase.is_exclusive() && !is_over;
        if is_own && !is_exclusive && self.in_window && self.outage_ms(now).is_none() {
            return Want::Store(StoreOp::Leave);
        }
        match entry.purchase.wanted(now) {
            _ if is_over => Want::End(None),
            Step::Done(_) => Want::End(None),
            Step::Wait { delay_ms, reason } => self.want_wait(&work.own, delay_ms, reason, now),
            Step::Send(request) if is_exclusive => self.want_inside(entry, work, request, now),
            Step::Send(request) => self
                .want_renewal(&work.own, now)
                .unwrap_or(Want::Send(request, None)),
            Step::Probe(probe) => self
                .want_renewal(&work.own, now)
                .unwrap_or(Want::Probe(probe)),
        }
    }

    /// A request of the window.
    fn want_inside(
        &self,
        entry: &Entry,
        work: &Work,
        request: Box<HttpRequest>,
        now: Instant,
    ) -> Want {
        if !self.in_window {
            let enter_ms = work.enter_at.since_ms(now);
            let pause_ms = self.outage_ms(now).unwrap_or(0).max(enter_ms);
            return if now >= self.deadline {
                Want::GiveUp(late(entry, now))
            } else if pause_ms > 0 {
                Want::Wait(pause_ms.min(self.deadline.since_ms(now)), WaitReason::Retry)
            } else {
                Want::Store(StoreOp::Enter {
                    id: work.own.record.id.clone(),
                    lease_ms: self.window_lease_ms(),
                })
            };
        }
        if !entry.orders_next(now) {
            return self
                .want_renewal(&work.own, now)
                .unwrap_or(Want::Send(request, None));
        }
        let left_ms = entry.order_until.map_or(0, |until| until.since_ms(now));
        if left_ms > self.api.connect_timeout_ms() {
            return Want::Send(request, Some(left_ms));
        }
        match self.outage_ms(now) {
            Some(left_ms) => self.want_patience(left_ms, now),
            None => Want::Store(StoreOp::Save {
                id: entry.record.id.clone(),
                saved: entry.announced(now),
                lease_ms: Some(self.window_lease_ms()),
            }),
        }
    }

    /// A pause, which the lease may interrupt.
    fn want_wait(&self, own: &Entry, delay_ms: u64, reason: WaitReason, now: Instant) -> Want {
        if let Some(renewal) = self.want_renewal(own, now) {
            return renewal;
        }
        let left_ms = self.lease.since_ms(now);
        let (floor_ms, _) = self.lease_terms(own);
        let until_renewal = left_ms.saturating_sub(floor_ms);
        let until_renewal = self.outage_ms(now).unwrap_or(0).max(until_renewal).max(1);
        Want::Wait(delay_ms.min(until_renewal), reason)
    }

    /// Prolongs the lease where it ends soon.
    fn want_renewal(&self, own: &Entry, now: Instant) -> Option<Want> {
        let (floor_ms, lease_ms) = self.lease_terms(own);
        let is_long_enough = self.lease.since_ms(now) > floor_ms;
        if is_long_enough || self.outage_ms(now).is_some() {
            return None;
        }
        let id = own.record.id.clone();
        Some(Want::Store(StoreOp::Renew { id, lease_ms }))
    }

    /// Waits for a store that failed; at the deadline it ends, with all that is needed to go on.
    fn want_patience(&self, left_ms: u64, now: Instant) -> Want {
        let rest_ms = self.deadline.since_ms(now);
        match (rest_ms, &self.outage, &self.stage) {
            (0, Some(outage), Stage::Working(work)) => {
                let detail = outage.detail.clone();
                let error = Error::new(ErrorKind::Store { detail });
                Want::End(Some(error.with_token(work.own.purchase.snapshot(now))))
            }
            _ => Want::Wait(left_ms.min(rest_ms.max(1)), WaitReason::Retry),
        }
    }

    /// For how long a store that failed is left alone.
    pub(super) fn outage_ms(&self, now: Instant) -> Option<u64> {
        let left_ms = self.outage.as_ref()?.until.since_ms(now);
        (left_ms > 0).then_some(left_ms)
    }

    pub(super) fn request_ms(&self) -> u64 {
        let connect_ms = self.api.connect_timeout_ms();
        connect_ms.saturating_add(self.api.timeout_ms())
    }

    pub(super) fn window_lease_ms(&self) -> u64 {
        self.request_ms()
            .saturating_add(LEASE_MARGIN_MS + LEASE_REST_MS)
    }

    /// What a lease must have left, and how long it is from then on: for a request of the window inside it, half of
    /// that for who waits to enter, and long for who only waits for a VPS.
    fn lease_terms(&self, own: &Entry) -> (u64, u64) {
        let window_ms = self.window_lease_ms();
        if self.in_window {
            let least_ms = self.request_ms().saturating_add(LEASE_MARGIN_MS);
            (least_ms, window_ms)
        } else if own.purchase.is_exclusive() {
            (window_ms.div_euclid(2), window_ms)
        } else {
            (WAITING_RENEWAL_MS, WAITING_LEASE_MS)
        }
    }

    /// How long after its announcement an order may begin. With the request's own time, that is less than the lease.
    pub(super) fn order_ms(&self) -> u64 {
        let connect_ms = self.api.connect_timeout_ms();
        connect_ms.saturating_add(ORDER_MARGIN_MS)
    }
}

/// The time allowed was over before the window came free.
fn late(entry: &Entry, now: Instant) -> Error {
    let waiting_for = "the other purchases of this account".to_owned();
    let error = Error::new(ErrorKind::DeadlineExceeded { waiting_for });
    error.with_token(entry.purchase.snapshot(now))
}
