//! A purchase as its client drives it: what is to be done next, and what is under way.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::time::Duration;

use stablevps_core::clock::{Instant, Now};
use stablevps_core::error::{Error, ErrorKind};
use stablevps_core::http::{
    Delivery, FailureKind, HttpRequest, Reply, RequestId, RetryClass, TransportFailure,
};
use stablevps_core::models::{Phase, Progress, Provisioned};
use stablevps_core::provisioning::Provisioning;
use stablevps_core::step::{Step, WaitReason};

use crate::client::nested;
use crate::client::provision::PurchaseKind;
use crate::client::session::{Session, two_drivers};
use crate::client::stop::Stopper;

/// A purchase, and what is under way for it.
#[derive(Debug)]
pub(crate) struct Driver {
    machine: Provisioning,
    account: Arc<str>,
    /// Whether the turn is this purchase's, as far as it was told.
    has_turn: bool,
    pub stopper: Stopper,
    under_way: Option<(RequestId, RetryClass)>,
}

/// What to do before the next step.
pub(crate) enum Look {
    /// The end.
    Ended(Box<Result<Provisioned, Error>>),
    /// Another purchase of the account has the turn: look again in so long.
    Queue(Duration),
    /// Tell how far the purchase is, then [`act`](Driver::act).
    Report(Box<Progress>),
}

/// What to do after the progress was told.
pub(crate) enum Act {
    /// Send this, and hand its reply back.
    Send(Box<HttpRequest>),
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
            machine: kind.begin(&session.api, session.seed(), begun)?,
            account: Arc::clone(&session.account),
            has_turn: false,
            stopper: Stopper::default(),
            under_way: None,
        })
    }

    /// How far the purchase is, between two runs. Who asks does not stand in line.
    pub(crate) fn progress(&self, now: Instant) -> Progress {
        let progress = self.machine.progress(now);
        self.machine.end_turn();
        progress
    }

    pub(crate) fn token(&self, now: Instant) -> Option<String> {
        self.machine.snapshot(now)
    }

    /// A run begins. An order that an earlier run gave up may have been sent: it is not sent again.
    pub(crate) fn begin(&mut self, now: Instant) -> Result<Running<'_>, Error> {
        if let Some((id, RetryClass::Once)) = self.under_way.take() {
            let reply = Reply::Failed(given_up("the wait for its reply was ended"));
            self.machine
                .handle_reply(id, reply, now)
                .map_err(two_drivers)?;
        }
        Ok(Running(self))
    }

    pub(crate) fn look(&mut self, now: Instant) -> Look {
        match self.machine.next_step(now) {
            Step::Done(outcome) => {
                let outcome = outcome.cloned().map_err(Clone::clone);
                Look::Ended(Box::new(outcome))
            }
            Step::Wait {
                delay_ms,
                reason: WaitReason::Turn,
            } if !nested::is_within(&self.account) => Look::Queue(Duration::from_millis(delay_ms)),
            Step::Wait {
                reason: WaitReason::Turn,
                ..
            } => Look::Ended(Box::new(Err(self.nested(now)))),
            Step::Send(_) | Step::Wait { .. } => {
                let progress = self.machine.progress(now);
                self.has_turn |= progress.exclusive;
                Look::Report(Box::new(progress))
            }
        }
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
        match (self.machine.phase(), self.token(now)) {
            (Phase::Preflight | Phase::Baseline, _) | (_, None) => error,
            (_, Some(token)) => error.with_token(token),
        }
    }

    /// Calls a function of the user's with the progress.
    pub(crate) fn tell<T>(&self, function: impl FnOnce() -> T) -> T {
        if self.has_turn {
            nested::within(&self.account, function)
        } else {
            function()
        }
    }

    /// The progress was told: what it was told before is done now, if that is still wanted.
    pub(crate) fn act(&mut self, told: &Progress, now: Instant) -> Act {
        if !told.exclusive {
            // Not before the token that names the VPS was passed on.
            self.end_turn();
        }
        match self.machine.next_step(now) {
            Step::Send(request) if told.next_look_ms == 0 => {
                self.under_way = Some((request.id, request.retry_class));
                Act::Send(request)
            }
            Step::Wait { delay_ms, .. } if told.next_look_ms > 0 => {
                Act::Sleep(Duration::from_millis(delay_ms))
            }
            Step::Send(_) | Step::Wait { .. } | Step::Done(_) => Act::Again,
        }
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

    /// The end of a run that was stopped: the purchase's own, where it has come.
    pub(crate) fn stopped(&mut self, now: Instant) -> Result<Provisioned, Error> {
        self.stopper.reset();
        if let Step::Done(outcome) = self.machine.next_step(now) {
            return outcome.cloned().map_err(Clone::clone);
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
        Err(match self.token(now) {
            Some(token) => error.with_token(token),
            None => error,
        })
    }
}

/// A run of a purchase. However it ends, even by a panic or by being dropped, other purchases of the account may
/// go on then.
pub(crate) struct Running<'a>(&'a mut Driver);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.end_turn();
    }
}

impl Deref for Running<'_> {
    type Target = Driver;

    fn deref(&self) -> &Driver {
        self.0
    }
}

impl DerefMut for Running<'_> {
    fn deref_mut(&mut self) -> &mut Driver {
        self.0
    }
}

fn given_up(detail: &str) -> TransportFailure {
    TransportFailure {
        kind: FailureKind::Cancelled,
        delivery: Delivery::Unknown,
        detail: detail.to_owned(),
    }
}
