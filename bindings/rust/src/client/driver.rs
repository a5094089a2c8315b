//! A purchase as its client drives it: what is to be done next, and what is under way.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::time::Duration;

use stablevps_core::batch::Seat;
use stablevps_core::clock::{Instant, Now};
use stablevps_core::error::{Error, ErrorKind};
use stablevps_core::http::{
    Delivery, FailureKind, HttpRequest, Reply, RequestId, RetryClass, TransportFailure,
};
use stablevps_core::models::{Phase, Progress, Provisioned};
use stablevps_core::probe::{ProbeOutcome, ProbeRequest};
use stablevps_core::step::WaitReason;
use stablevps_core::store::{StoreFailure, StoreReply, StoreRequest};

use crate::client::machine::{Machine, Want};
use crate::client::nested;
use crate::client::provision::PurchaseKind;
use crate::client::session::{Session, two_drivers};
use crate::client::stop::Stopper;
use crate::moment::{Asked, Moment};

/// For how long each operation is waited for by which a purchase lets go what it holds.
const PARTING: Duration = Duration::from_secs(2);

/// A purchase, and what is under way for it.
#[derive(Debug)]
pub(crate) struct Driver {
    machine: Machine,
    account: Arc<str>,
    /// Whether the turn is this purchase's, as far as it was told.
    has_turn: bool,
    pub stopper: Stopper,
    under_way: Option<(RequestId, RetryClass)>,
    asked: Asked,
    /// Its place among purchases that are made together.
    seat: Option<Seat>,
}

/// What to do before the next step.
pub(crate) enum Look {
    /// The end.
    Ended(Box<Result<Provisioned, Error>>),
    /// Another purchase of the account has the turn: look again in so long.
    Queue(Duration),
    /// Have the store carry this out, and hand its answer in.
    Store(Box<StoreRequest>),
    /// There is nothing to tell yet: [`act`](Driver::act).
    Quiet,
    /// Tell how far the purchase is, then [`act`](Driver::act).
    Report(Box<Progress>),
}

/// What to do after the progress was told.
pub(crate) enum Act {
    /// Send this, before that moment where there is one, and hand its reply back.
    Send(Box<HttpRequest>, Option<Moment>),
    /// Find out who answers, and hand that in.
    Probe(Box<ProbeRequest>),
    /// Look again in so long.
    Sleep(Duration),
    /// Look again.
    Again,
}

impl Driver {
    /// Checks what is to be done, and begins.
    pub(crate) fn of(
        kind: &impl PurchaseKind,
        session: &Session,
        begun: Now,
    ) -> Result<Self, Error> {
        Ok(Self {
            machine: kind.begin(session, begun)?,
            account: Arc::clone(&session.account),
            has_turn: false,
            stopper: Stopper::default(),
            under_way: None,
            asked: Asked::default(),
            seat: None,
        })
    }

    /// The same, with a place among purchases that are made together.
    pub(crate) fn with_seat(self, seat: Seat) -> Self {
        Self {
            seat: Some(seat),
            ..self
        }
    }

    /// How far the purchase is, between two runs. Who asks does not stand in line.
    pub(crate) fn progress(&self, now: Instant) -> Progress {
        let progress = self.machine.progress(now);
        self.machine.end_turn();
        progress.unwrap_or_else(not_opened)
    }

    pub(crate) fn token(&self, now: Instant) -> Option<String> {
        self.machine.snapshot(now)
    }

    /// A run begins. An order that an earlier run gave up may have been sent: it is not sent again.
    pub(crate) fn begin<'a>(&'a mut self, host: &'a dyn Host) -> Result<Running<'a>, Error> {
        let now = host.instant();
        if let Some((id, RetryClass::Once)) = self.under_way.take() {
            let reply = abandoned();
            self.machine
                .handle_reply(id, reply, now)
                .map_err(two_drivers)?;
        }
        Ok(Running { driver: self, host })
    }

    pub(crate) fn look(&mut self, now: Instant) -> Look {
        let next_look_ms = match self.machine.want(now) {
            Want::Done(outcome) => {
                if let Some(seat) = &self.seat {
                    seat.end(outcome.is_ok());
                }
                return Look::Ended(outcome);
            }
            Want::Store(request) => {
                self.asked.note(request.id, now);
                return Look::Store(request);
            }
            Want::Wait(_, WaitReason::Turn) if self.machine.refuse_within(nested::is_within) => {
                return self.look(now);
            }
            Want::Wait(_, WaitReason::Turn) if nested::is_within(&self.account) => {
                return Look::Ended(Box::new(Err(self.nested(now))));
            }
            Want::Wait(delay_ms, WaitReason::Turn) => {
                self.progress_in_batch(now);
                return Look::Queue(Duration::from_millis(delay_ms));
            }
            Want::Wait(delay_ms, _) => delay_ms,
            Want::Send(..) | Want::Probe(_) => 0,
        };
        match self.progress_in_batch(now) {
            Some(progress) => {
                self.has_turn |= progress.exclusive;
                Look::Report(Box::new(Progress {
                    next_look_ms,
                    ..progress
                }))
            }
            None => Look::Quiet,
        }
    }

    /// How far the purchase is, which its batch is told.
    fn progress_in_batch(&self, now: Instant) -> Option<Progress> {
        let progress = self.machine.progress(now)?;
        if let Some(seat) = &self.seat {
            seat.note(&progress, now);
        }
        Some(progress)
    }

    fn end_turn(&mut self) {
        self.machine.end_turn();
        self.has_turn = false;
    }

    /// The error of a purchase that waits for the one that called it. Where nothing was ordered, there is nothing to
    /// resume.
    fn nested(&self, now: Instant) -> Error {
        let reason = "must not buy on the account of the purchase that calls it";
        let error = Error::invalid_input("on_progress", reason);
        match self.machine.phase() {
            Phase::Preflight | Phase::Baseline => error,
            Phase::Ordering | Phase::Reconciling | Phase::Polling | Phase::Ended => {
                error.with_token(self.token(now))
            }
        }
    }

    /// Calls a function of the user's with the progress.
    pub(crate) fn tell<T>(&self, function: impl FnOnce() -> T) -> T {
        let account = self.has_turn.then(|| Arc::clone(&self.account));
        let holder = self.machine.holder().map(Arc::from);
        nested::within(account.into_iter().chain(holder), function)
    }

    /// The progress was told, if there was any: what it was told before is done now, if that is still wanted.
    pub(crate) fn act(&mut self, told: Option<&Progress>, now: Instant) -> Act {
        if told.is_some_and(|told| !told.exclusive) {
            // Not before the token that names the VPS was passed on.
            self.end_turn();
        }
        let told_of_wait = told.map(|told| told.next_look_ms > 0);
        match self.machine.want(now) {
            Want::Send(request, within) if told_of_wait != Some(true) => {
                self.under_way = Some((request.id, request.retry_class));
                Act::Send(
                    request,
                    within.map(|within_ms| self.asked.limit(within_ms, now)),
                )
            }
            Want::Probe(probe) if told_of_wait != Some(true) => Act::Probe(probe),
            Want::Wait(delay_ms, _) if told_of_wait != Some(false) => {
                Act::Sleep(Duration::from_millis(delay_ms))
            }
            Want::Send(..) | Want::Probe(_) | Want::Wait(..) | Want::Store(_) | Want::Done(_) => {
                Act::Again
            }
        }
    }

    /// The store answered, or failed.
    pub(crate) fn stored(
        &mut self,
        id: u32,
        answer: Result<StoreReply, StoreFailure>,
        now: Instant,
    ) -> Result<(), Error> {
        self.machine
            .handle_stored(id, answer, now)
            .map_err(two_drivers)
    }

    pub(crate) fn probed(
        &mut self,
        id: RequestId,
        outcomes: &[ProbeOutcome],
        now: Instant,
    ) -> Result<(), Error> {
        self.machine
            .handle_probes(id, outcomes, now)
            .map_err(two_drivers)
    }

    pub(crate) fn answered(&mut self, reply: Reply, now: Instant) -> Result<(), Error> {
        match self.under_way.take() {
            Some((id, _)) => self
                .machine
                .handle_reply(id, reply, now)
                .map_err(two_drivers),
            None => Ok(()),
        }
    }

    /// Nobody drives the purchase any more: the store is told, as far as it answers soon.
    fn let_go(&mut self, host: &dyn Host) {
        while let Some(request) = self.machine.letting_go(host.instant()) {
            let id = request.id;
            let Some(answer) = host.session().carry_out_within(request, PARTING) else {
                return;
            };
            if self.stored(id, answer, host.instant()).is_err() {
                return;
            }
        }
    }

    /// The end of a run that was stopped: the purchase's own, where it has come.
    pub(crate) fn stopped(&mut self, now: Instant) -> Result<Provisioned, Error> {
        self.stopper.reset();
        if let Want::Done(outcome) = self.machine.want(now) {
            return *outcome;
        }
        let TransportFailure {
            kind,
            delivery,
            detail,
        } = given_up("the wait was stopped");
        let error = Error::new(ErrorKind::Transport {
            kind,
            delivery,
            detail,
        });
        Err(error.with_token(self.token(now)))
    }
}

/// The client that a purchase runs with.
pub(crate) trait Host: Sync {
    fn session(&self) -> &Session;

    fn instant(&self) -> Instant;
}

/// A run of a purchase. However it ends, even by a panic or by being dropped, other purchases of the account may
/// go on then, and nobody has to wait for its lease.
pub(crate) struct Running<'a> {
    driver: &'a mut Driver,
    host: &'a dyn Host,
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.driver.end_turn();
        self.driver.let_go(self.host);
    }
}

impl Deref for Running<'_> {
    type Target = Driver;

    fn deref(&self) -> &Driver {
        self.driver
    }
}

impl DerefMut for Running<'_> {
    fn deref_mut(&mut self) -> &mut Driver {
        self.driver
    }
}

/// Of a purchase that the store was not asked for yet.
fn not_opened() -> Progress {
    Progress {
        phase: Phase::Preflight,
        exclusive: false,
        requests: 0,
        orders_sent: 0,
        elapsed_ms: 0,
        next_look_ms: 0,
        vps_id: None,
        last_status: None,
        recovered: false,
        last_error: None,
        balance_before: None,
        charged: None,
        currency: None,
        unexplained: None,
        token: None,
    }
}

/// What becomes of a request whose moment was over before it was sent.
pub(crate) fn too_late(limit: Option<Moment>) -> Option<Reply> {
    limit.filter(Moment::has_come).map(|_| {
        Reply::Failed(TransportFailure {
            kind: FailureKind::Timeout,
            delivery: Delivery::NotSent,
            detail: "its time to begin was over".to_owned(),
        })
    })
}

/// What becomes of a request whose reply nobody waited for.
pub(crate) fn abandoned() -> Reply {
    Reply::Failed(given_up("the wait for its reply was ended"))
}

fn given_up(detail: &str) -> TransportFailure {
    TransportFailure {
        kind: FailureKind::Cancelled,
        delivery: Delivery::Unknown,
        detail: detail.to_owned(),
    }
}
