//! The machine: what is to be done next, and what each answer leads to.

use std::collections::{BTreeSet, VecDeque};
use std::convert::Infallible;

use super::entry::Entry;
use crate::call::Call;
use crate::clock::{Instant, Now};
use crate::config::{Api, CallOptions};
use crate::endpoints::{CreateVps, GetAccount};
use crate::error::{Error, ErrorKind};
use crate::holders::AtWork;
use crate::http::{HttpRequest, Reply, RequestId};
use crate::ids::VpsId;
use crate::models::{Phase, Progress, Provisioned};
use crate::open_enum::closed_enum;
use crate::probe::{ProbeOutcome, ProbeRequest};
use crate::provisioning::{ProvisionOptions, Provisioning};
use crate::step::{StaleReply, Step, WaitReason};
use crate::store::{
    Find, NewPurchase, Record, RecordedOrder, StoreFailure, StoreOp, StoreReply, StoreRequest,
};

/// Longer than any key that a database indexes well.
const LONGEST_KEY: usize = 255;

/// What a machine with a store wants of its host.
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecordedStep<T, P = Infallible> {
    /// Carry this operation out, and hand its answer back.
    Store(Box<StoreRequest>),
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
    /// Find out who answers, and hand that back.
    Probe(P),
    /// The end.
    Done(T),
}

impl<T, P> RecordedStep<T, P> {
    /// The same step with another end.
    pub fn map<U>(self, end: impl FnOnce(T) -> U) -> RecordedStep<U, P> {
        match self {
            Self::Store(request) => RecordedStep::Store(request),
            Self::Send {
                request,
                send_within_ms,
            } => RecordedStep::Send {
                request,
                send_within_ms,
            },
            Self::Wait { delay_ms, reason } => RecordedStep::Wait { delay_ms, reason },
            Self::Probe(probe) => RecordedStep::Probe(probe),
            Self::Done(done) => RecordedStep::Done(end(done)),
        }
    }
}

impl<T> RecordedStep<T> {
    /// The same step of a machine that may want probes.
    pub(crate) fn of_prober(self) -> RecordedStep<T, Box<ProbeRequest>> {
        match self {
            Self::Store(request) => RecordedStep::Store(request),
            Self::Send {
                request,
                send_within_ms,
            } => RecordedStep::Send {
                request,
                send_within_ms,
            },
            Self::Wait { delay_ms, reason } => RecordedStep::Wait { delay_ms, reason },
            Self::Done(done) => RecordedStep::Done(done),
        }
    }
}

impl<T, P> From<Step<T, P>> for RecordedStep<T, P> {
    fn from(step: Step<T, P>) -> Self {
        match step {
            Step::Send(request) => Self::Send {
                request,
                send_within_ms: None,
            },
            Step::Wait { delay_ms, reason } => Self::Wait { delay_ms, reason },
            Step::Probe(probe) => Self::Probe(probe),
            Step::Done(done) => Self::Done(done),
        }
    }
}

/// What a recorded purchase wants.
type Wanted<'a> = RecordedStep<Result<&'a Provisioned, &'a Error>, Box<ProbeRequest>>;

closed_enum! {
    /// What to do about a purchase that goes on elsewhere.
    #[derive(Default)]
    WhenHeld, "\"refuse\" or \"wait\"" {
        /// End with `PurchaseInProgress`.
        #[default]
        Refuse = "refuse",
        /// Wait for its end, as long as the time allowed.
        Wait = "wait",
    }
}

/// A purchase that a store records.
#[derive(Debug)]
pub struct RecordedPurchase {
    pub(super) api: Api,
    pub(super) ask: Ask,
    pub(super) when_held: WhenHeld,
    pub(super) begun: Now,
    pub(super) deadline: Instant,
    pub(super) rng: fastrand::Rng,
    pub(super) holder: String,
    /// While it is at work, others in this process wait for its end.
    pub(super) at_work: Option<AtWork>,
    /// The holder in this process for whose end it waits.
    pub(super) joined: Option<String>,
    pub(super) account: String,
    pub(super) operations: u32,
    pub(super) outstanding: Option<(StoreRequest, Instant)>,
    /// The last request handed out, and the number by which the machine in hand knows it.
    pub(super) sent: Option<(RequestId, RequestId)>,
    pub(super) requests: u32,
    /// The order that was handed out and has no reply, and until when it may be on its way.
    pub(super) on_its_way: Option<(RequestId, Instant)>,
    /// Until when the lease is sure.
    pub(super) lease: Instant,
    pub(super) in_window: bool,
    pub(super) is_overtaken: bool,
    /// Every VPS that the store has of this purchase.
    pub(super) vps_ids: BTreeSet<VpsId>,
    pub(super) outage: Option<Outage>,
    /// How often in a row another held what was wanted.
    pub(super) refusals: u32,
    pub(super) stage: Stage,
}

/// What is asked for.
#[derive(Debug)]
pub(super) enum Ask {
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
pub(super) struct Outage {
    pub(super) tries: u32,
    pub(super) until: Instant,
    pub(super) detail: String,
}

#[derive(Debug)]
pub(super) enum Stage {
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
pub(super) struct Work {
    pub(super) own: Entry,
    /// Orders of dead holders, to be settled first.
    pub(super) unfinished: VecDeque<Record>,
    /// The one of them that is in hand.
    pub(super) other: Option<Entry>,
    /// When the window may be tried again.
    pub(super) enter_at: Instant,
}

/// What is to be done, apart from the numbers of requests.
pub(super) enum Want {
    Store(StoreOp),
    Send(Box<HttpRequest>, Option<u64>),
    Wait(u64, WaitReason),
    Probe(Box<ProbeRequest>),
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
    /// `InvalidInput` for a key that is empty, longer than 255 bytes or holds a zero byte, and as [`Provisioning::buy`].
    pub fn buy(
        api: &Api,
        key: Option<String>,
        order: CreateVps,
        options: ProvisionOptions,
        when_held: WhenHeld,
        seed: u64,
        begun: Now,
    ) -> Result<Self, Error> {
        let is_usable =
            |key: &String| !key.is_empty() && key.len() <= LONGEST_KEY && !key.contains('\0');
        if !key.as_ref().is_none_or(is_usable) {
            let reason = "must have from 1 to 255 bytes, none of them zero";
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
            at_work: None,
            joined: None,
            holder,
            account: String::new(),
            operations: 0,
            outstanding: None,
            sent: None,
            requests: 0,
            on_its_way: None,
            lease: begun.instant,
            in_window: false,
            is_overtaken: false,
            vps_ids: BTreeSet::new(),
            outage: None,
            refusals: 0,
            stage: Stage::Identifying(call),
        })
    }

    /// What to do now. Asking twice changes nothing.
    pub fn next_step(&mut self, now: Instant) -> Wanted<'_> {
        self.go_to_work();
        if let Some((request, _)) = &self.outstanding {
            return RecordedStep::Store(Box::new(request.clone()));
        }
        if let Stage::Working(work) = &mut self.stage {
            work.in_hand().purchase.arrive(now);
        }
        match self.want(now) {
            Some(Want::Store(op)) => {
                let request = self.operation(op, now);
                self.outstanding = Some((request.clone(), now));
                RecordedStep::Store(Box::new(request))
            }
            Some(Want::Send(mut request, send_within_ms)) => {
                request.id = self.outer_id(request.id);
                if let Some(within_ms) = send_within_ms {
                    let until = now.plus_ms(within_ms.saturating_add(self.request_ms()));
                    self.on_its_way = Some((request.id, until));
                }
                RecordedStep::Send {
                    request,
                    send_within_ms,
                }
            }
            Some(Want::Wait(delay_ms, reason)) => RecordedStep::Wait { delay_ms, reason },
            Some(Want::Probe(mut probe)) => {
                probe.id = self.outer_id(probe.id);
                RecordedStep::Probe(probe)
            }
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
        let is_abandoned = reply.is_abandoned();
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
        if !is_abandoned {
            self.on_its_way.take_if(|(order, _)| *order == id);
        }
        match identified {
            Some(Ok(account)) => self.identified(&account.id, now),
            Some(Err(error)) => self.finish(Err(error)),
            None => {}
        }
        Ok(())
    }

    /// Tells how the probes went, in the order of their targets.
    ///
    /// # Errors
    /// [`StaleReply`] where those probes are not outstanding; nothing has changed then.
    pub fn handle_probes(
        &mut self,
        id: RequestId,
        outcomes: &[ProbeOutcome],
        now: Instant,
    ) -> Result<(), StaleReply> {
        match (self.sent, &mut self.stage) {
            (Some((outer, inner)), Stage::Working(work)) if outer == id => {
                let purchase = &mut work.in_hand().purchase;
                purchase.handle_probes(inner, outcomes, now)?;
                self.sent = None;
                Ok(())
            }
            _ => Err(StaleReply(id)),
        }
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
            // A lease that is not let go ends by itself.
            Err(_) if request.op.ends_lease() => self.parted(now),
            Err(failure) => self.store_failed(failure, now),
        }
        Ok(())
    }

    /// The end, where it has come.
    #[must_use]
    pub fn outcome(&self) -> Option<Result<&Provisioned, &Error>> {
        match &self.stage {
            Stage::Ended(outcome) => Some((**outcome).as_ref()),
            Stage::Identifying(_)
            | Stage::Opening { .. }
            | Stage::LettingGo { .. }
            | Stage::Working(_) => None,
        }
    }

    /// The purchase that is asked for, once it is opened and until its end.
    fn purchase(&self) -> Option<&Provisioning> {
        match &self.stage {
            Stage::Working(work) => Some(&work.own.purchase),
            Stage::Identifying(_)
            | Stage::Opening { .. }
            | Stage::LettingGo { .. }
            | Stage::Ended(_) => None,
        }
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
        if let Some(purchase) = self.purchase() {
            purchase.end_turn();
        }
    }

    /// Who this machine is in the store, while it is at work.
    #[must_use]
    pub fn holder(&self) -> Option<&str> {
        self.at_work.as_ref().map(AtWork::name)
    }

    /// Ends this purchase where it waits for the end of a holder that is its own caller: it would wait for ever. Says
    /// whether it does.
    pub fn refuse_joining(&mut self, is_caller: impl FnOnce(&str) -> bool) -> bool {
        let waits = self.joined.as_deref().is_some_and(is_caller);
        if waits {
            self.finish(Err(Error::new(ErrorKind::PurchaseInProgress)));
        }
        waits
    }

    fn go_to_work(&mut self) {
        if self.outcome().is_some() {
            return;
        }
        let begin = || self.api.holders().begin(&self.holder);
        self.at_work.get_or_insert_with(begin).let_join(true);
    }

    /// The host waits for its caller now, who may wait for a call with the same key. Until the next step is asked for,
    /// nobody else in this process begins to wait for this purchase. For hosts that do not know who calls whom.
    pub fn in_callback(&mut self) {
        if let Some(at_work) = &self.at_work {
            at_work.let_join(false);
        }
    }

    /// The end.
    pub(super) fn finish(&mut self, outcome: Result<Provisioned, Error>) {
        self.stage = Stage::Ended(Box::new(outcome));
        self.at_work = None;
        self.joined = None;
    }

    /// The queue whose turn this purchase has.
    pub(crate) fn has_turn_of(&self) -> Option<&str> {
        self.purchase()?.has_turn_of()
    }

    /// Ends this purchase where it waits for the turn of that queue, which its own caller has.
    pub(crate) fn refuse_waiting_for(&self, queue: &str, now: Instant) {
        if let Some(purchase) = self.purchase() {
            purchase.refuse_waiting_for(queue, now);
        }
    }

    /// How far the purchase is; none before it is opened, and at its end.
    #[must_use]
    pub fn progress(&self, now: Instant) -> Option<Progress> {
        Some(self.purchase()?.progress(now))
    }

    /// Where the purchase is. One that is not opened yet has nothing ordered.
    #[must_use]
    pub fn phase(&self) -> Phase {
        match &self.stage {
            Stage::Working(work) => work.own.purchase.phase(),
            Stage::Identifying(_) | Stage::Opening { .. } | Stage::LettingGo { .. } => {
                Phase::Preflight
            }
            Stage::Ended(_) => Phase::Ended,
        }
    }

    /// The number of the account at its server, once it is known.
    #[must_use]
    pub fn account(&self) -> Option<&str> {
        (!self.account.is_empty()).then_some(self.account.as_str())
    }

    fn done(&self) -> Wanted<'_> {
        match &self.stage {
            Stage::Ended(outcome) => RecordedStep::Done((**outcome).as_ref()),
            // Not reached: everything else wants something.
            Stage::Identifying(_)
            | Stage::Opening { .. }
            | Stage::LettingGo { .. }
            | Stage::Working(_) => RecordedStep::Wait {
                delay_ms: 1_000,
                reason: WaitReason::Retry,
            },
        }
    }

    pub(super) fn operation(&mut self, op: StoreOp, now: Instant) -> StoreRequest {
        self.operations = self.operations.saturating_add(1);
        StoreRequest {
            id: self.operations,
            account: self.account.clone(),
            holder: self.holder.clone(),
            op,
            now: self.api.time_of_store(self.begun.later(now)),
        }
    }

    /// Machines count their requests and probes from 1; here they are counted through.
    fn outer_id(&mut self, inner: RequestId) -> RequestId {
        match self.sent {
            Some((outer, known)) if known == inner => outer,
            Some(_) | None => {
                self.requests = self.requests.saturating_add(1);
                let outer = RequestId(self.requests);
                self.sent = Some((outer, inner));
                outer
            }
        }
    }
}

impl Work {
    pub(super) fn in_hand(&mut self) -> &mut Entry {
        self.other.as_mut().unwrap_or(&mut self.own)
    }
}
