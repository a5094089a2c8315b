//! A purchase as its client drives it: what is to be done next, and what is under way.

use std::time::Duration;

use stablevps_core::clock::Instant;
use stablevps_core::error::{Error, ErrorKind};
use stablevps_core::http::{
    Delivery, FailureKind, HttpRequest, Reply, RequestId, RetryClass, TransportFailure,
};
use stablevps_core::models::{Progress, Provisioned};
use stablevps_core::provisioning::Provisioning;
use stablevps_core::step::Step;

use crate::client::queue::{LOOK_AGAIN, Place};
use crate::client::session::two_drivers;
use crate::client::stop::Stopper;

/// How long a purchase waits for its turn where only its token knows its timeout.
const LONGEST_TURN: Duration = Duration::from_secs(1_800);

/// A purchase, and what is under way for it.
#[derive(Debug)]
pub(crate) struct Driver {
    machine: Provisioning,
    pub stopper: Stopper,
    account: String,
    patience: Duration,
    place: Option<(Place, Instant)>,
    under_way: Option<(RequestId, RetryClass)>,
}

/// What to do before the next step.
pub(crate) enum Look {
    /// The end.
    Ended(Box<Result<Provisioned, Error>>),
    /// Another purchase of the account has the turn.
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
    pub(crate) fn new(machine: Provisioning, account: &str, patience: Option<Duration>) -> Self {
        Self {
            machine,
            stopper: Stopper::default(),
            account: account.to_owned(),
            patience: patience.unwrap_or(LONGEST_TURN),
            place: None,
            under_way: None,
        }
    }

    pub(crate) fn progress(&self, now: Instant) -> Progress {
        self.machine.progress(now)
    }

    pub(crate) fn token(&self, now: Instant) -> Option<String> {
        self.machine.snapshot(now)
    }

    /// A run begins. An order that an earlier run gave up may have been sent: it is not sent again.
    pub(crate) fn begin(&mut self, now: Instant) -> Result<(), Error> {
        match self.under_way.take() {
            Some((id, RetryClass::Once)) => {
                let failure = given_up("the wait for its reply was ended");
                let reply = Reply::Failed(failure);
                self.machine
                    .handle_reply(id, reply, now)
                    .map_err(two_drivers)
            }
            Some((_, RetryClass::Read | RetryClass::Repeatable)) | None => Ok(()),
        }
    }

    pub(crate) fn look(&mut self, now: Instant) -> Look {
        let progress = match self.machine.next_step(now) {
            Step::Done(outcome) => {
                let outcome = outcome.cloned().map_err(Clone::clone);
                self.place = None;
                return Look::Ended(Box::new(outcome));
            }
            Step::Send(_) | Step::Wait { .. } => Box::new(self.machine.progress(now)),
        };
        if !progress.exclusive {
            return Look::Report(progress);
        }
        let place = || (Place::join(&self.account), now);
        let (place, since) = self.place.get_or_insert_with(place);
        if place.is_first() {
            return Look::Report(progress);
        }
        if u128::from(now.since_ms(*since)) >= self.patience.as_millis() {
            self.place = None;
            return Look::Ended(Box::new(Err(self.machine.late(now))));
        }
        Look::Queue(LOOK_AGAIN)
    }

    /// The progress was told: what it was told before is done now, if that is still wanted.
    pub(crate) fn act(&mut self, told: &Progress, now: Instant) -> Act {
        if !told.exclusive {
            // Not before the token that names the VPS was passed on.
            self.place = None;
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

    /// The end of a run that was stopped: the purchase's own, where it has come. Other purchases of the account
    /// may go on.
    pub(crate) fn stopped(&mut self, now: Instant) -> Result<Provisioned, Error> {
        self.place = None;
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

fn given_up(detail: &str) -> TransportFailure {
    TransportFailure {
        kind: FailureKind::Cancelled,
        delivery: Delivery::Unknown,
        detail: detail.to_owned(),
    }
}
