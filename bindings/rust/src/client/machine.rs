//! The machine of a purchase: with a store, or without.

use stablevps_core::clock::Instant;
use stablevps_core::error::Error;
use stablevps_core::http::{HttpRequest, Reply, RequestId};
use stablevps_core::models::{Phase, Progress, Provisioned};
use stablevps_core::probe::{ProbeOutcome, ProbeRequest};
use stablevps_core::provisioning::Provisioning;
use stablevps_core::recorded::{RecordedPurchase, RecordedStep};
use stablevps_core::step::{StaleReply, Step, WaitReason};
use stablevps_core::store::{StoreFailure, StoreReply, StoreRequest};

/// A purchase's machine.
#[derive(Debug)]
pub enum Machine {
    /// Nobody but the caller keeps its token.
    Plain(Box<Provisioning>),
    /// A store records it.
    Recorded(Box<RecordedPurchase>),
}

/// What it wants.
pub(crate) enum Want {
    Store(Box<StoreRequest>),
    /// Send this, within so many milliseconds where that is said.
    Send(Box<HttpRequest>, Option<u64>),
    Wait(u64, WaitReason),
    Probe(Box<ProbeRequest>),
    Done(Box<Result<Provisioned, Error>>),
}

impl Machine {
    pub(crate) fn want(&mut self, now: Instant) -> Want {
        let outcome = match self {
            Self::Plain(machine) => match machine.next_step(now) {
                Step::Send(request) => return Want::Send(request, None),
                Step::Wait { delay_ms, reason } => return Want::Wait(delay_ms, reason),
                Step::Probe(probe) => return Want::Probe(probe),
                Step::Done(outcome) => outcome.cloned(),
            },
            Self::Recorded(machine) => match machine.next_step(now) {
                RecordedStep::Store(request) => return Want::Store(request),
                RecordedStep::Send {
                    request,
                    send_within_ms,
                } => return Want::Send(request, send_within_ms),
                RecordedStep::Wait { delay_ms, reason } => return Want::Wait(delay_ms, reason),
                RecordedStep::Probe(probe) => return Want::Probe(probe),
                RecordedStep::Done(outcome) => outcome.cloned(),
            },
        };
        Want::Done(Box::new(outcome.map_err(Clone::clone)))
    }

    pub(crate) fn handle_reply(
        &mut self,
        id: RequestId,
        reply: Reply,
        now: Instant,
    ) -> Result<(), StaleReply> {
        match self {
            Self::Plain(machine) => machine.handle_reply(id, reply, now),
            Self::Recorded(machine) => machine.handle_reply(id, reply, now),
        }
    }

    pub(crate) fn handle_stored(
        &mut self,
        id: u32,
        answer: Result<StoreReply, StoreFailure>,
        now: Instant,
    ) -> Result<(), StaleReply> {
        match self {
            Self::Plain(_) => Err(StaleReply(RequestId(id))),
            Self::Recorded(machine) => machine.handle_stored(id, answer, now),
        }
    }

    pub(crate) fn handle_probes(
        &mut self,
        id: RequestId,
        outcomes: &[ProbeOutcome],
        now: Instant,
    ) -> Result<(), StaleReply> {
        match self {
            Self::Plain(machine) => machine.handle_probes(id, outcomes, now),
            Self::Recorded(machine) => machine.handle_probes(id, outcomes, now),
        }
    }

    pub(crate) fn progress(&self, now: Instant) -> Option<Progress> {
        match self {
            Self::Plain(machine) => Some(machine.progress(now)),
            Self::Recorded(machine) => machine.progress(now),
        }
    }

    /// Where the purchase is; a recorded one that was not opened yet has nothing ordered.
    pub(crate) fn phase(&self) -> Phase {
        match self {
            Self::Plain(machine) => machine.phase(),
            Self::Recorded(machine) => machine.phase(),
        }
    }

    pub(crate) fn snapshot(&self, now: Instant) -> Option<String> {
        match self {
            Self::Plain(machine) => machine.snapshot(now),
            Self::Recorded(machine) => machine.snapshot(now),
        }
    }

    /// Who it is in its store, while it is at work.
    pub(crate) fn holder(&self) -> Option<&str> {
        match self {
            Self::Plain(_) => None,
            Self::Recorded(machine) => machine.holder(),
        }
    }

    /// Ends it where it waits for the end of a purchase that runs it; says whether it does.
    pub(crate) fn refuse_within(&mut self, is_within: impl FnOnce(&str) -> bool) -> bool {
        match self {
            Self::Plain(_) => false,
            Self::Recorded(machine) => machine.refuse_joining(is_within),
        }
    }

    /// What the store is to be told where nobody drives it any more.
    pub(crate) fn letting_go(&mut self, now: Instant) -> Option<StoreRequest> {
        match self {
            Self::Plain(_) => None,
            Self::Recorded(machine) => machine.letting_go(now),
        }
    }

    pub(crate) fn end_turn(&self) {
        match self {
            Self::Plain(machine) => machine.end_turn(),
            Self::Recorded(machine) => machine.end_turn(),
        }
    }
}
