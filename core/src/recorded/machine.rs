//! The machine: what is to be done next, and what each answer leads to.

use std::collections::VecDeque;

use super::ends;
use super::entry::Entry;
use super::table::{Turnout, turnout};
use crate::call::Call;
use crate::clock::{Instant, Now};
use crate::config::{Api, CallOptions};
use crate::endpoints::{CreateVps, GetAccount};
use crate::error::{Error, ErrorKind};
use crate::http::{HttpRequest, Reply, RequestId};
use crate::ids::VpsId;
use crate::models::{Progress, Provisioned};
use crate::provisioning::{KeyCheck, ProvisionOptions, Provisioning};
use crate::step::{StaleReply, Step, WaitReason};
use crate::store::{
    Find, HeldBy, NewPurchase, PurchaseState, ReceiptSource, Record, RecordedOrder, StoreFailure,
    StoreOp, StoreReply, StoreRequest,
};

/// How much longer than a request a lease must still run when the request begins.
const LEASE_MARGIN_MS: u64 = 5_000;
/// How long after its announcement an order may begin, beyond the time that connecting takes.
const ORDER_MARGIN_MS: u64 = 10_000;
/// How much longer a lease of the window is than its margin and a request.
const LEASE_REST_MS: u64 = 30_000;
/// The lease of a purchase that is outside the window: it waits to enter, or for its VPS.
const WAITING_LEASE_MS: u64 = 120_000;
/// When such a lease is prolonged: with less than this left.
const WAITING_RENEWAL_MS: u64 = 45_000;
/// The first and the longest pause before a window or a purchase that another holds is tried again.
const HELD_PAUSE_MS: (u64, u64) = (100, 2_000);
/// The first and the longest pause before a store that failed is tried again.
const OUTAGE_PAUSE_MS: (u64, u64) = (500, 15_000);
/// Longer than any key that a database indexes well.
const LONGEST_KEY: usize = 255;

/// What a recorded purchase wants of its host.
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecordedStep<'a> {
    /// Carry this operation out, and hand its answer back.
    Store(StoreRequest),
    /// Send this, and hand its reply back.
    Send {
        /// What to send.
        request: Box<HttpRequest>,
        /// Within how long its first byte must leave, in milliseconds from now on, by a clock that counts the
        /// machine's sleep; after that it must not leave any more, and was not sent.
        send_within_ms: Option<u64>,
    },
    /// Ask again in so long.
    Wait {
        /// How long, in milliseconds.
        delay_ms: u64,
        /// Why.
        reason: WaitReason,
    },
    /// The end.
    Done(Result<&'a Provisioned, &'a Error>),
}

/// What to do about a purchase that goes on elsewhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WhenHeld {
    /// End with `PurchaseInProgress`.
    #[default]
    Refuse,
    /// Wait for its end, as long as the time allowed.
    Wait,
}

/// A purchase that a store records.
#[derive(Debug)]
pub struct RecordedPurchase {
    api: Api,
    ask: Ask,
    when_held: WhenHeld,
    begun: Now,
    deadline: Instant,
    rng: fastrand::Rng,
    holder: String,
    account: String,
    operations: u32,
    outstanding: Option<(StoreRequest, Instant)>,
    /// The last request handed out, and the number by which the machine in hand knows it.
    sent: Option<(RequestId, RequestId)>,
    requests: u32,
    /// Until when the lease is sure.
    lease: Instant,
    in_window: bool,
    is_overtaken: bool,
    outage: Option<Outage>,
    /// How often in a row another held what was wanted.
    refusals: u32,
    stage: Stage,
}

/// What is asked for.
#[derive(Debug)]
enum Ask {
    Buy {
        find: Find,
        insert: Box<NewPurchase>,
        order: Box<CreateVps>,
        options: Box<ProvisionOptions>,
    },
    Resume {
        find: Find,
        timeout_ms: Option<i64>,
    },
}

#[derive(Debug)]
struct Outage {
    tries: u32,
    until: Instant,
    detail: String,
}

#[derive(Debug)]
enum Stage {
    Identifying(Box<Call<GetAccount>>),
    Opening {
        not_before: Instant,
    },
    Working(Box<Work>),
    /// It was held for nothing, which the store is told.
    LettingGo {
        record: Box<Record>,
        error: Box<Error>,
    },
    Ended(Box<Result<Provisioned, Error>>),
}

#[derive(Debug)]
struct Work {
    own: Entry,
    /// Orders of dead holders, to be settled first.
    unfinished: VecDeque<Record>,
    /// The one of them that is in hand.
    other: Option<Entry>,
    /// When the window may be tried again.
    enter_at: Instant,
}

/// What is to be done, apart from the numbers of requests.
enum Want {
    Store(StoreOp),
    Send(Box<HttpRequest>, Option<u64>),
    Wait(u64, WaitReason),
    /// The purchase is given up, which the store is told.
    GiveUp(Error),
    /// The purchase's own end, or this error.
    End(Option<Error>),
}

impl RecordedPurchase {
    /// Begins a purchase under a key of the caller's, or under an id of its own. `seed` must differ from machine to
    /// machine: it names the holder.
    ///
    /// # Errors
    /// `InvalidInput` for a key that is empty or longer than 255 bytes, and as [`Provisioning::buy`].
    pub fn buy(
        api: &Api,
        key: Option<String>,
        order: CreateVps,
        options: ProvisionOptions,
        when_held: WhenHeld,
        seed: u64,
        begun: Now,
    ) -> Result<Self, Error> {
        let is_usable = |key: &String| !key.is_empty() && key.len() <= LONGEST_KEY;
        if !key.as_ref().is_none_or(is_usable) {
            let reason = "must have from 1 to 255 bytes";
            return Err(Error::invalid_input("idempotency_key", reason));
        }
        let timeout_ms = u64::try_from(options.timeout_ms).unwrap_or(0);
        let recorded = RecordedOrder {
            plan_id: order.plan_id.clone(),
            billing_cycle: order.billing_cycle.clone(),
            location: order.location.clone(),
        };
        let mut rng = fastrand::Rng::with_seed(seed);
        // What can't be bought is refused before anything is asked.
        let (order, options) = (Box::new(order), Box::new(options));
        let first = Provisioning::buy(
            api,
            (*order).clone(),
            (*options).clone(),
            rng.u64(..),
            begun,
        )?;
        let id = format!("{:032x}", rng.u128(..));
        let insert = Box::new(NewPurchase {
            id: id.clone(),
            key: key.clone(),
            order: recorded,
            token: first.snapshot(begun.instant).unwrap_or_default(),
        });
        let find = key.map_or(Find::Id(id), Find::Key);
        let ask = Ask::Buy {
            find,
            insert,
            order,
            options,
        };
        Self::new(api, ask, when_held, timeout_ms, rng, begun)
    }

    /// Takes a recorded purchase up.
    ///
    /// # Errors
    /// `InvalidInput` for no key of the service, or a time limit of zero.
    pub fn resume(
        api: &Api,
        find: Find,
        timeout_ms: Option<i64>,
        when_held: WhenHeld,
        seed: u64,
        begun: Now,
    ) -> Result<Self, Error> {
        let defaults = ProvisionOptions::default();
        let timeout = timeout_ms.unwrap_or(defaults.timeout_ms);
        let timeout = crate::config::check_span("timeout", timeout, 1)?;
        let rng = fastrand::Rng::with_seed(seed);
        let ask = Ask::Resume { find, timeout_ms };
        Self::new(api, ask, when_held, timeout, rng, begun)
    }

    fn new(
        api: &Api,
        ask: Ask,
        when_held: WhenHeld,
        timeout_ms: u64,
        mut rng: fastrand::Rng,
        begun: Now,
    ) -> Result<Self, Error> {
        let holder = format!("{:032x}", rng.u128(..));
        let limits = CallOptions::default();
        let call = Box::new(api.call(GetAccount, limits, rng.u64(..), begun)?);
        Ok(Self {
            api: api.clone(),
            ask,
            when_held,
            begun,
            deadline: begun.instant.plus_ms(timeout_ms),
            rng,
            holder,
            account: String::new(),
            operations: 0,
            outstanding: None,
            sent: None,
            requests: 0,
            lease: begun.instant,
            in_window: false,
            is_overtaken: false,
            outage: None,
            refusals: 0,
            stage: Stage::Identifying(call),
        })
    }

    /// What to do now. Asking twice changes nothing.
    pub fn next_step(&mut self, now: Instant) -> RecordedStep<'_> {
        if let Some((request, _)) = &self.outstanding {
            return RecordedStep::Store(request.clone());
        }
        match self.want(now) {
            Some(Want::Store(op)) => {
                let request = self.operation(op);
                self.outstanding = Some((request.clone(), now));
                RecordedStep::Store(request)
            }
            Some(Want::Send(request, send_within_ms)) => {
                let request = self.numbered(request);
                RecordedStep::Send {
                    request,
                    send_within_ms,
                }
            }
            Some(Want::Wait(delay_ms, reason)) => RecordedStep::Wait { delay_ms, reason },
            Some(Want::GiveUp(error)) => {
                if let Stage::Working(work) = &mut self.stage {
                    work.own.given_up = Some(error);
                }
                self.next_step(now)
            }
            Some(Want::End(error)) => {
                self.end(error, now);
                self.done()
            }
            None => self.done(),
        }
    }

    /// Tells what became of the request that was to be sent.
    ///
    /// # Errors
    /// [`StaleReply`] where that request is not outstanding; nothing has changed then.
    pub fn handle_reply(
        &mut self,
        id: RequestId,
        reply: Reply,
        now: Instant,
    ) -> Result<(), StaleReply> {
        let inner = match self.sent {
            Some((outer, inner)) if outer == id => inner,
            Some(_) | None => return Err(StaleReply(id)),
        };
        let identified = match &mut self.stage {
            Stage::Identifying(call) => {
                call.handle_reply(inner, reply, now)?;
                call.take_outcome()
            }
            Stage::Working(work) => {
                let purchase = &mut work.in_hand().purchase;
                purchase.handle_reply(inner, reply, now)?;
                None
            }
            Stage::Opening { .. } | Stage::LettingGo { .. } | Stage::Ended(_) => {
                return Err(StaleReply(id));
            }
        };
        self.sent = None;
        match identified {
            Some(Ok(account)) => self.identified(&account.id, now),
            Some(Err(error)) => self.stage = Stage::Ended(Box::new(Err(error))),
            None => {}
        }
        Ok(())
    }

    /// Tells what the store answered to the operation of that number.
    ///
    /// # Errors
    /// [`StaleReply`] where that operation is not outstanding; nothing has changed then.
    pub fn handle_stored(
        &mut self,
        id: u32,
        answer: Result<StoreReply, StoreFailure>,
        now: Instant,
    ) -> Result<(), StaleReply> {
        let is_it = |(request, _): &mut (StoreRequest, Instant)| request.id == id;
        let Some((request, asked_at)) = self.outstanding.take_if(is_it) else {
            return Err(StaleReply(RequestId(id)));
        };
        match answer {
            Ok(reply) => {
                self.outage = None;
                self.stored(request.op, reply, asked_at, now);
            }
            Err(failure) => self.store_failed(failure, now),
        }
        Ok(())
    }

    /// From where the purchase can be taken up again without the store.
    #[must_use]
    pub fn snapshot(&self, now: Instant) -> Option<String> {
        match &self.stage {
            Stage::Working(work) => work.own.purchase.snapshot(now),
            Stage::Ended(outcome) => {
                let error = outcome.as_ref().as_ref().err();
                error.and_then(Error::token).map(str::to_owned)
            }
            Stage::Identifying(_) | Stage::Opening { .. } | Stage::LettingGo { .. } => None,
        }
    }

    /// Gives the turn to the next purchase of the account in this process, where nobody drives this one any more.
    pub fn end_turn(&self) {
        if let Stage::Working(work) = &self.stage {
            work.own.purchase.end_turn();
        }
    }

    /// How far the purchase is; none before it is opened, and at its end.
    #[must_use]
    pub fn progress(&self, now: Instant) -> Option<Progress> {
        match &self.stage {
            Stage::Working(work) => Some(work.own.purchase.progress(now)),
            Stage::Identifying(_)
            | Stage::Opening { .. }
            | Stage::LettingGo { .. }
            | Stage::Ended(_) => None,
        }
    }

    /// The number of the account at its server, once it is known.
    #[must_use]
    pub fn account(&self) -> Option<&str> {
        (!self.account.is_empty()).then_some(self.account.as_str())
    }

    fn done(&self) -> RecordedStep<'_> {
        match &self.stage {
            Stage::Ended(outcome) => RecordedStep::Done((**outcome).as_ref()),
            // Not reached: everything else wants something.
            Stage::Identifying(_)
            | Stage::Opening { .. }
            | Stage::LettingGo { .. }
            | Stage::Working(_) => RecordedStep::Wait {
                delay_ms: LEASE_MARGIN_MS,
                reason: WaitReason::Retry,
            },
        }
    }

    fn operation(&mut self, op: StoreOp) -> StoreRequest {
        self.operations = self.operations.saturating_add(1);
        StoreRequest {
            id: self.operations,
            account: self.account.clone(),
            holder: self.holder.clone(),
            op,
            now: None,
        }
    }

    /// Machines count their requests from 1; here they are counted through.
    fn numbered(&mut self, mut request: Box<HttpRequest>) -> Box<HttpRequest> {
        let outer = match self.sent {
            Some((outer, inner)) if inner == request.id => outer,
            Some(_) | None => {
                self.requests = self.requests.saturating_add(1);
                let outer = RequestId(self.requests);
                self.sent = Some((outer, request.id));
                outer
            }
        };
        request.id = outer;
        request
    }
}

/// What is to be done next.
impl RecordedPurchase {
    fn want(&self, now: Instant) -> Option<Want> {
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
            Stage::LettingGo { record, .. } => Some(Want::Store(StoreOp::Save {
                id: record.id.clone(),
                saved: record.saved.clone(),
                lease_ms: None,
            })),
            Stage::Ended(_) => None,
        }
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
        let receipt = own.receipt();
        match (receipt, self.outage_ms(now), own.purchase.next_step(now)) {
            (Some(receipt), None, _) => return Want::Store(receipt),
            (Some(_), Some(left_ms), Step::Done(_)) => return self.want_patience(left_ms, now),
            _ => {}
        }
        match own.purchase.next_step(now) {
            Step::Send(request) => Want::Send(request, None),
            Step::Wait { delay_ms, reason } => Want::Wait(delay_ms, reason),
            Step::Done(_) => Want::End(None),
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
        match entry.purchase.next_step(now) {
            _ if is_over => Want::End(None),
            Step::Done(_) => Want::End(None),
            Step::Wait { delay_ms, reason } => self.want_wait(&work.own, delay_ms, reason, now),
            Step::Send(request) if is_exclusive => self.want_inside(entry, work, request, now),
            Step::Send(request) => self
                .want_renewal(&work.own, now)
                .unwrap_or(Want::Send(request, None)),
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
        let until_renewal = left_ms.saturating_sub(self.least_lease_ms());
        let until_renewal = self.outage_ms(now).unwrap_or(0).max(until_renewal).max(1);
        Want::Wait(delay_ms.min(until_renewal), reason)
    }

    /// Prolongs the lease where it ends soon.
    fn want_renewal(&self, own: &Entry, now: Instant) -> Option<Want> {
        let is_long_enough = self.lease.since_ms(now) > self.least_lease_ms();
        if is_long_enough || self.outage_ms(now).is_some() {
            return None;
        }
        let lease_ms = if self.in_window {
            self.window_lease_ms()
        } else {
            WAITING_LEASE_MS
        };
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
                Want::End(Some(with_token(error, &work.own, now)))
            }
            _ => Want::Wait(left_ms.min(rest_ms.max(1)), WaitReason::Retry),
        }
    }

    /// For how long a store that failed is left alone.
    fn outage_ms(&self, now: Instant) -> Option<u64> {
        let left_ms = self.outage.as_ref()?.until.since_ms(now);
        (left_ms > 0).then_some(left_ms)
    }

    fn request_ms(&self) -> u64 {
        let connect_ms = self.api.connect_timeout_ms();
        connect_ms.saturating_add(self.api.timeout_ms())
    }

    fn window_lease_ms(&self) -> u64 {
        self.request_ms()
            .saturating_add(LEASE_MARGIN_MS + LEASE_REST_MS)
    }

    /// What a lease must have left.
    fn least_lease_ms(&self) -> u64 {
        if self.in_window {
            self.request_ms().saturating_add(LEASE_MARGIN_MS)
        } else {
            WAITING_RENEWAL_MS
        }
    }

    /// How long after its announcement an order may begin. With the request's own time, that is less than the lease.
    fn order_ms(&self) -> u64 {
        let connect_ms = self.api.connect_timeout_ms();
        connect_ms.saturating_add(ORDER_MARGIN_MS)
    }
}

/// What each answer leads to.
impl RecordedPurchase {
    fn identified(&mut self, account: &str, now: Instant) {
        self.account = self.api.account_in_store(account);
        self.stage = Stage::Opening { not_before: now };
    }

    fn stored(&mut self, op: StoreOp, reply: StoreReply, asked_at: Instant, now: Instant) {
        if let Stage::LettingGo { error, .. } = &self.stage {
            // Whatever the answer: a lease that is not let go ends by itself.
            let error = (**error).clone();
            self.stage = Stage::Ended(Box::new(Err(error)));
            return;
        }
        match (op, reply) {
            (StoreOp::Open { lease_ms, .. }, StoreReply::Opened { record, held }) => {
                if held == HeldBy::Us {
                    self.lease = asked_at.plus_ms(lease_ms);
                }
                self.opened(record, held, now);
            }
            (
                StoreOp::Save {
                    id,
                    saved,
                    lease_ms,
                },
                StoreReply::Held { vps_id, in_window },
            ) => {
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
            (StoreOp::Renew { id, lease_ms }, StoreReply::Held { vps_id, in_window }) => {
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
            (StoreOp::Receipt { id, vps_id, source }, StoreReply::Owner { id: owner }) => {
                self.owned(&id, vps_id, source, &owner, now);
            }
            (StoreOp::Leave, StoreReply::Left) => {
                self.in_window = false;
                if let Stage::Working(work) = &self.stage {
                    work.own.purchase.end_turn();
                }
            }
            (StoreOp::Save { .. }, StoreReply::OutOfWindow) => self.window_lost(now),
            (
                StoreOp::Save { id, .. } | StoreOp::Renew { id, .. } | StoreOp::Enter { id, .. },
                StoreReply::Lost,
            )
            | (StoreOp::Receipt { id, .. }, StoreReply::Lost) => self.lost(&id, now),
            _ => {
                let detail = "the store's answer is to something else".to_owned();
                self.store_failed(StoreFailure { detail }, now);
            }
        }
    }

    /// A purchase was read: the one asked for, or one of a dead holder.
    fn opened(&mut self, record: Option<Record>, held: HeldBy, now: Instant) {
        match &mut self.stage {
            Stage::Opening { .. } => {
                let kept = record.clone().filter(|_| held == HeldBy::Us);
                self.stage = match (self.turned_out(record, held, now), kept) {
                    (Ok(stage), _) => stage,
                    (Err(error), Some(record)) => Stage::LettingGo {
                        record: Box::new(record),
                        error: Box::new(error),
                    },
                    (Err(error), None) => Stage::Ended(Box::new(Err(error))),
                };
            }
            Stage::Working(work) => {
                work.unfinished.pop_front();
                let record = record.filter(|_| held == HeldBy::Us);
                let taken = record.filter(|record| record.saved.state == PurchaseState::Ordered);
                // A token that can't be read stays for a version that can.
                let entry = taken.map(|record| self.taken_up(&record, None, now));
                if let (Some(Ok(mut entry)), Stage::Working(work)) = (entry, &mut self.stage) {
                    work.own.purchase.lend_turn(&mut entry.purchase);
                    work.other = Some(entry);
                }
            }
            Stage::Identifying(_) | Stage::LettingGo { .. } | Stage::Ended(_) => {}
        }
    }

    fn turned_out(
        &mut self,
        record: Option<Record>,
        held: HeldBy,
        now: Instant,
    ) -> Result<Stage, Error> {
        let unknown = || Error::invalid_input("purchase", "is not known to the store");
        let record = record.ok_or_else(unknown)?;
        let (wanted, timeout_ms) = match &self.ask {
            Ask::Buy { insert, .. } => (Some(&insert.order), None),
            Ask::Resume { timeout_ms, .. } => (None, *timeout_ms),
        };
        let entry = match turnout(&record, held, wanted) {
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
            Turnout::Held { left_ms } => return self.held_elsewhere(left_ms, now),
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

    fn held_elsewhere(&mut self, left_ms: u64, now: Instant) -> Result<Stage, Error> {
        let may_wait = self.when_held == WhenHeld::Wait && now < self.deadline;
        if !may_wait {
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
    fn window_lost(&mut self, now: Instant) {
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
            Err(error) => self.stage = Stage::Ended(Box::new(Err(error))),
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
            Err(error) => self.stage = Stage::Ended(Box::new(Err(error))),
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
        match self.held_elsewhere(HELD_PAUSE_MS.1, now) {
            Ok(stage) => self.stage = stage,
            Err(error) => self.end(Some(error), now),
        }
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

    fn store_failed(&mut self, failure: StoreFailure, now: Instant) {
        let StoreFailure { detail } = failure;
        match &mut self.stage {
            Stage::LettingGo { error, .. } => {
                let error = (**error).clone();
                self.stage = Stage::Ended(Box::new(Err(error)));
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
                let error = Error::new(ErrorKind::Store { detail });
                self.stage = Stage::Ended(Box::new(Err(error)));
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

    fn end(&mut self, error: Option<Error>, now: Instant) {
        let outcome = match (error, &self.stage) {
            (Some(error), _) => Err(error),
            (None, Stage::Working(work)) => match work.own.outcome(now) {
                Some(outcome) => outcome.cloned().map_err(Error::clone),
                None => return,
            },
            (None, _) => return,
        };
        self.stage = Stage::Ended(Box::new(outcome));
    }
}

impl Work {
    fn in_hand(&mut self) -> &mut Entry {
        self.other.as_mut().unwrap_or(&mut self.own)
    }
}

/// The time allowed was over before the window came free.
fn late(entry: &Entry, now: Instant) -> Error {
    let waiting_for = "the other purchases of this account".to_owned();
    let error = Error::new(ErrorKind::DeadlineExceeded { waiting_for });
    with_token(error, entry, now)
}

fn with_token(error: Error, entry: &Entry, now: Instant) -> Error {
    match entry.purchase.snapshot(now) {
        Some(token) => error.with_token(token),
        None => error,
    }
}

/// The first pause, doubled for every try before, up to the longest.
fn grown((first, longest): (u64, u64), tries: u32) -> u64 {
    let factor = 1_u64.checked_shl(tries).unwrap_or(u64::MAX);
    first.saturating_mul(factor).min(longest)
}
