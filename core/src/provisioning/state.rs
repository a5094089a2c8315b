//! Where a purchase is. A state has the call of its own endpoint, so that no reply can be taken for one
//! to something else.

use std::convert::Infallible;

use super::run::Run;
use super::token::{Bought, Placed, Stage, Unordered};
use crate::call::Call;
use crate::clock::Instant;
use crate::endpoints::{CreateVps, GetVps, GetWallet, ListAllVps, PlaceOrder};
use crate::error::Error;
use crate::http::{Reply, RequestId};
use crate::ids::VpsId;
use crate::models::{Phase, Provisioned, VpsDetails};
use crate::probe::{ProbeOutcome, ProbeRequest};
use crate::step::{StaleReply, Step, WaitReason};

/// Where a purchase is, with what it needs there.
#[derive(Debug)]
pub(super) enum State {
    /// Looking at the wallet.
    Preflight {
        order: CreateVps,
        call: Call<GetWallet>,
    },
    /// Remembering the VPS there are.
    Baseline {
        order: CreateVps,
        call: Call<ListAllVps>,
    },
    /// Placing the one order.
    Ordering {
        placed: Placed,
        call: Call<PlaceOrder>,
    },
    /// The order's reply was lost: looking for what became of it.
    Reconciling {
        placed: Placed,
        window: Window,
        sleep: Option<Sleep>,
        call: Call<ListAllVps>,
    },
    /// No new VPS is listed: looking whether the wallet was charged.
    Comparing {
        placed: Placed,
        call: Call<GetWallet>,
    },
    /// Bought without a readable receipt: looking what it cost.
    Charging { id: VpsId, call: Call<GetWallet> },
    /// Bought, but more was charged than that: looking for VPS that nobody asked for.
    Auditing {
        placed: Placed,
        id: VpsId,
        call: Call<ListAllVps>,
    },
    /// Bought: waiting for the next look.
    Waiting {
        id: VpsId,
        sleep: Sleep,
        /// How old a list may be that takes the place of the look.
        fresh_ms: u64,
    },
    /// Bought: looking at it.
    Polling { id: VpsId, call: Call<GetVps> },
    /// Bought: making a list for all that wait.
    Listing { id: VpsId, call: Call<ListAllVps> },
    /// Ready: finding out whether it answers.
    Probing { id: VpsId, vps: Box<VpsDetails> },
    /// Waiting for the end of the time allowed.
    Expiring {
        phase: Phase,
        stage: Stage,
        sleep: Sleep,
        error: Error,
    },
    /// Usable.
    Ready {
        id: VpsId,
        provisioned: Box<Provisioned>,
    },
    /// Over; with the VPS, where one is bought.
    Failed { error: Error, vps_id: Option<VpsId> },
}

/// For how long a lost order has been looked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window {
    pub since: Instant,
    /// How many looks succeeded.
    pub looks: u32,
    /// How many failed since the last one that succeeded.
    pub failed_looks: u32,
}

/// A pause.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sleep {
    pub until: Instant,
    pub reason: WaitReason,
}

/// What a purchase wants.
pub(super) type Wanted<'a> = Step<Result<&'a Provisioned, &'a Error>, Box<ProbeRequest>>;

impl State {
    pub fn next_step(&self, run: &Run, now: Instant) -> Wanted<'_> {
        if let Some(Sleep { until, reason }) = self.sleep().filter(|sleep| sleep.until > now) {
            let delay_ms = until.since_ms(now);
            return Step::Wait { delay_ms, reason };
        }
        let step: Step<Infallible> = match self {
            Self::Preflight { call, .. }
            | Self::Comparing { call, .. }
            | Self::Charging { call, .. } => call.unfinished_step(now),
            Self::Baseline { call, .. }
            | Self::Reconciling { call, .. }
            | Self::Auditing { call, .. }
            | Self::Listing { call, .. } => call.unfinished_step(now),
            // Not reached: its end is a look.
            Self::Waiting { sleep, .. } => Step::Wait {
                delay_ms: 1,
                reason: sleep.reason,
            },
            Self::Ordering { call, .. } => call.unfinished_step(now),
            Self::Polling { call, .. } => call.unfinished_step(now),
            Self::Probing { vps, .. } => return Step::Probe(Box::new(run.probe(vps))),
            Self::Expiring { error, .. } | Self::Failed { error, .. } => {
                return Step::Done(Err(error));
            }
            Self::Ready { provisioned, .. } => return Step::Done(Ok(provisioned)),
        };
        step.numbered_after(run.numbers())
    }

    fn sleep(&self) -> Option<Sleep> {
        match self {
            Self::Reconciling { sleep, .. } => *sleep,
            Self::Waiting { sleep, .. } | Self::Expiring { sleep, .. } => Some(*sleep),
            Self::Preflight { .. }
            | Self::Baseline { .. }
            | Self::Ordering { .. }
            | Self::Comparing { .. }
            | Self::Charging { .. }
            | Self::Auditing { .. }
            | Self::Polling { .. }
            | Self::Listing { .. }
            | Self::Probing { .. }
            | Self::Ready { .. }
            | Self::Failed { .. } => None,
        }
    }

    /// The state that comes by itself at that time, if one does.
    pub fn arrive(&self, run: &mut Run, now: Instant) -> Option<Self> {
        match self {
            Self::Waiting {
                id,
                sleep,
                fresh_ms,
            } if sleep.until <= now => Some(run.after_waiting(id.clone(), *fresh_ms, now)),
            _ => None,
        }
    }

    /// Whether it waits for its VPS, beside others that do.
    pub fn is_waiting(&self) -> bool {
        match self {
            Self::Waiting { .. }
            | Self::Polling { .. }
            | Self::Listing { .. }
            | Self::Probing { .. } => true,
            Self::Preflight { .. }
            | Self::Baseline { .. }
            | Self::Ordering { .. }
            | Self::Reconciling { .. }
            | Self::Comparing { .. }
            | Self::Charging { .. }
            | Self::Auditing { .. }
            | Self::Expiring { .. }
            | Self::Ready { .. }
            | Self::Failed { .. } => false,
        }
    }

    /// Takes in how the probe went.
    pub fn advance_probed(
        &self,
        run: &mut Run,
        id: RequestId,
        outcomes: &[ProbeOutcome],
        now: Instant,
    ) -> Result<Self, StaleReply> {
        match (self, outcomes) {
            (Self::Probing { id: vps_id, vps }, [outcome]) if id == run.next_id() => {
                Ok(run.after_probing(vps_id.clone(), (**vps).clone(), *outcome, now))
            }
            _ => Err(StaleReply(id)),
        }
    }

    /// Takes in a reply to the call at hand. Once that has its result, there is another state.
    pub fn advance(
        &mut self,
        run: &mut Run,
        id: RequestId,
        reply: Reply,
        now: Instant,
    ) -> Result<Option<Self>, StaleReply> {
        let next = match self {
            Self::Preflight { order, call } => run
                .finish(call, id, reply, now)?
                .map(|wallet| run.after_preflight(order.clone(), wallet, now)),
            Self::Baseline { order, call } => {
                let listed = run.finish(call, id, reply, now)?;
                let listed_at = call.replied_at();
                listed.map(|listed| run.after_baseline(order.clone(), listed, listed_at, now))
            }
            Self::Ordering { placed, call } => match run.finish(call, id, reply, now)? {
                Some(receipt) => {
                    run.count_orders(call);
                    Some(run.after_order(placed.clone(), receipt, now))
                }
                None => run.after_attempt(call, now),
            },
            Self::Reconciling {
                placed,
                window,
                sleep,
                call,
            } => {
                let listed = run.finish(call, id, reply, now)?;
                *sleep = None;
                listed.map(|listed| run.after_settling_look(placed.clone(), *window, listed, now))
            }
            Self::Comparing { placed, call } => run
                .finish(call, id, reply, now)?
                .map(|wallet| run.after_comparing(placed, wallet, now)),
            Self::Charging { id: vps, call } => run
                .finish(call, id, reply, now)?
                .map(|wallet| run.after_charging(vps.clone(), wallet, now)),
            Self::Auditing {
                placed,
                id: vps,
                call,
            } => run
                .finish(call, id, reply, now)?
                .map(|listed| run.after_auditing(placed, vps.clone(), listed, now)),
            Self::Polling { id: vps, call } => run
                .finish(call, id, reply, now)?
                .map(|looked| run.after_look(vps.clone(), looked, now)),
            Self::Listing { id: vps, call } => run
                .finish(call, id, reply, now)?
                .map(|listed| run.after_list(vps.clone(), listed, now)),
            Self::Waiting { .. }
            | Self::Probing { .. }
            | Self::Expiring { .. }
            | Self::Ready { .. }
            | Self::Failed { .. } => return Err(StaleReply(id)),
        };
        Ok(next)
    }

    pub fn phase(&self) -> Phase {
        match self {
            Self::Preflight { .. } => Phase::Preflight,
            Self::Baseline { .. } => Phase::Baseline,
            Self::Ordering { .. } => Phase::Ordering,
            Self::Reconciling { .. } | Self::Comparing { .. } => Phase::Reconciling,
            Self::Charging { .. }
            | Self::Auditing { .. }
            | Self::Waiting { .. }
            | Self::Polling { .. }
            | Self::Listing { .. }
            | Self::Probing { .. } => Phase::Polling,
            Self::Expiring { phase, .. } => *phase,
            Self::Ready { .. } | Self::Failed { .. } => Phase::Ended,
        }
    }

    /// Whether another purchase of the account would change what this one sees. The wallet is read once
    /// more after a lost order was found.
    pub fn is_exclusive(&self) -> bool {
        match self {
            Self::Preflight { .. }
            | Self::Baseline { .. }
            | Self::Ordering { .. }
            | Self::Reconciling { .. }
            | Self::Comparing { .. }
            | Self::Charging { .. }
            | Self::Auditing { .. } => true,
            Self::Expiring { phase, .. } => *phase != Phase::Polling,
            Self::Waiting { .. }
            | Self::Polling { .. }
            | Self::Listing { .. }
            | Self::Probing { .. }
            | Self::Ready { .. }
            | Self::Failed { .. } => false,
        }
    }

    /// What a token keeps of it; the error, where it ended with one.
    pub fn stage(&self) -> Result<Stage, &Error> {
        match self {
            Self::Preflight { order, .. } | Self::Baseline { order, .. } => {
                Ok(Stage::Unordered(Unordered {
                    order: order.clone(),
                }))
            }
            // Between two attempts too: were the clock set back, a host could not tell them apart.
            Self::Ordering { placed, .. }
            | Self::Reconciling { placed, .. }
            | Self::Comparing { placed, .. } => Ok(Stage::Ordered(placed.clone())),
            Self::Charging { id, .. }
            | Self::Auditing { id, .. }
            | Self::Waiting { id, .. }
            | Self::Polling { id, .. }
            | Self::Listing { id, .. }
            | Self::Probing { id, .. }
            | Self::Ready { id, .. } => Ok(Stage::Bought(Bought { id: id.clone() })),
            Self::Expiring { stage, .. } => Ok(stage.clone()),
            Self::Failed { error, .. } => Err(error),
        }
    }

    pub fn vps_id(&self) -> Option<&VpsId> {
        match self {
            Self::Charging { id, .. }
            | Self::Auditing { id, .. }
            | Self::Waiting { id, .. }
            | Self::Polling { id, .. }
            | Self::Listing { id, .. }
            | Self::Probing { id, .. }
            | Self::Ready { id, .. }
            | Self::Expiring {
                stage: Stage::Bought(Bought { id }),
                ..
            } => Some(id),
            Self::Failed { vps_id, .. } => vps_id.as_ref(),
            Self::Preflight { .. }
            | Self::Baseline { .. }
            | Self::Ordering { .. }
            | Self::Reconciling { .. }
            | Self::Comparing { .. }
            | Self::Expiring { .. } => None,
        }
    }

    /// Orders of the call at hand that the service may have received.
    pub fn orders_under_way(&self, now: Instant) -> u32 {
        match self {
            Self::Ordering { call, .. } => {
                call.delivered().saturating_add(call.is_sending(now).into())
            }
            Self::Preflight { .. }
            | Self::Baseline { .. }
            | Self::Reconciling { .. }
            | Self::Comparing { .. }
            | Self::Charging { .. }
            | Self::Auditing { .. }
            | Self::Waiting { .. }
            | Self::Polling { .. }
            | Self::Listing { .. }
            | Self::Probing { .. }
            | Self::Expiring { .. }
            | Self::Ready { .. }
            | Self::Failed { .. } => 0,
        }
    }
}
