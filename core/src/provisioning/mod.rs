//! Buying one VPS, exactly one, and waiting until it can be used.
//!
//! ```text
//! Preflight -> Baseline -> Ordering -> Polling -> Ready
//!                              |          |-> ProvisioningFailed | DeadlineExceeded
//!                              '-> Reconciling -> Polling | NotPlaced | Unresolved
//! ```
//!
//! The rules:
//! 1. *Preflight*: a price above the limit or the balance ends it before anything is ordered.
//! 2. *Baseline*: without a list of the VPS there are, nothing is ordered.
//! 3. *Ordering*: one order. What certainly was not sent may be sent again; a refusal ends it;
//!    whatever else is not a readable receipt is ambiguous.
//! 4. *Reconciling*: the list is looked at until the settle window is over. One new VPS of the same
//!    plan, cycle and location is adopted; several are for a person to tell apart; none, with the
//!    wallet unchanged, means that nothing was bought. A failed look says nothing. No second order.
//! 5. *Polling*: until the VPS is usable. Only 401, 403, a late 404, and a status that can't become
//!    usable end it; every other failure is waited out.
//!
//! What one purchase has got, no other of the same [`Api`] adopts. Beyond that, two purchases at
//! once on one account can't be told apart by listing: a host runs the steps for
//! which [`Progress::exclusive`] holds one purchase at a time.

mod options;
mod progress;
mod steps;
mod token;

pub use options::{Preflight, ProvisionOptions, WaitLevel};
pub use progress::{Phase, Progress, Provisioned};
pub use token::KeyCheck;

use alloc::sync::Arc;

use crate::call::Call;
use crate::config::{Api, CallOptions};
use crate::endpoint::Endpoint;
use crate::endpoints::{AnyEndpoint, CreateVps, GetVps, GetWallet, ListVps};
use crate::error::{Error, ErrorKind};
use crate::http::{HttpRequest, Reply, RequestId};
use crate::ids::VpsId;
use crate::machine::{Machine, StaleReply, Step, WaitReason};
use crate::models::{VpsDetails, VpsStatus};
use crate::output::Output;
use crate::prelude::*;
use crate::time::Timestamp;
use token::{Facts, Stage, Token};

/// The purchase of one VPS.
#[derive(Debug)]
pub struct Provisioning {
    api: Api,
    options: ProvisionOptions,
    rng: fastrand::Rng,
    deadline: Timestamp,
    facts: Facts,
    job: Job,
    work: Work,
    /// Requests of finished calls: what the ids of the present one are counted from.
    requests: u32,
    seen: Seen,
}

/// What was seen on the way, for progress and errors.
#[derive(Debug, Default)]
struct Seen {
    looks: u32,
    status: Option<VpsStatus>,
    vps: Option<Arc<VpsDetails>>,
    last_error: Option<&'static str>,
}

/// How far the purchase is: what the token keeps.
#[derive(Debug)]
enum Job {
    Preflight(CreateVps),
    Baseline(CreateVps),
    Ordering {
        order: CreateVps,
        baseline: Vec<VpsId>,
    },
    Reconciling {
        order: CreateVps,
        baseline: Vec<VpsId>,
        since: Timestamp,
    },
    Polling(VpsId),
}

/// What is being done at this moment.
#[derive(Debug)]
enum Work {
    Call {
        asks: Asks,
        call: Box<Call<AnyEndpoint>>,
    },
    Rest {
        until: Timestamp,
        reason: WaitReason,
        next: Box<Work>,
    },
    /// Waiting for the end of the time allowed.
    Expiring {
        at: Timestamp,
        reason: WaitReason,
        error: Box<Error>,
    },
    Ended(Box<Result<Output, Error>>),
}

/// What a call is made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asks {
    /// What the wallet holds.
    Wallet,
    /// Which VPS there are.
    List,
    /// The one order.
    Order,
    /// How the VPS is.
    Look,
}

impl Provisioning {
    /// Begins a purchase. `seed` spreads its requests in time.
    ///
    /// # Errors
    /// `InvalidInput` for options that can't be met: no key, a limit for a plan whose price this
    /// version does not know, a time limit of zero.
    pub fn buy(
        api: &Api,
        order: CreateVps,
        options: ProvisionOptions,
        seed: u64,
        now: Timestamp,
    ) -> Result<Self, Error> {
        options.check()?;
        let unknown_price = crate::catalogue::price(&order.plan_id, &order.billing_cycle).is_none();
        if options.max_spend.is_some() && unknown_price {
            let reason = "can't be kept: this version does not know the price of that plan";
            return Err(Error::invalid_input("max_spend", reason));
        }
        let job = Job::Preflight(order);
        Self::begin(api, options, Facts::begun(seed, now), job, seed, now)
    }

    /// Waits for a VPS that was bought elsewhere.
    ///
    /// # Errors
    /// `InvalidInput` for no key or a time limit of zero.
    pub fn watch(
        api: &Api,
        id: VpsId,
        options: ProvisionOptions,
        seed: u64,
        now: Timestamp,
    ) -> Result<Self, Error> {
        options.check()?;
        Self::begin(
            api,
            options,
            Facts::begun(seed, now),
            Job::Polling(id),
            seed,
            now,
        )
    }

    /// Takes a purchase up where a token left it. The time allowed begins anew.
    ///
    /// # Errors
    /// `StaleToken` for text that is not a token of this account and server.
    pub fn resume(
        api: &Api,
        token: &str,
        check: KeyCheck,
        seed: u64,
        now: Timestamp,
    ) -> Result<Self, Error> {
        let token = Token::read(token, &api.key_fingerprint(), api.base_url(), check)?;
        let job = match token.stage {
            Stage::Unordered { order } => Job::Preflight(order),
            Stage::Ordered { order, baseline } => Job::Reconciling {
                order,
                baseline,
                since: now,
            },
            Stage::Bought { id } => Job::Polling(id),
        };
        Self::begin(api, token.options, token.facts, job, seed, now)
    }

    /// The same purchase with another limit to the whole, counted from `now`.
    ///
    /// # Errors
    /// `InvalidInput` for a time limit of zero.
    pub fn within(mut self, timeout_ms: u64, now: Timestamp) -> Result<Self, Error> {
        self.options.timeout_ms = timeout_ms;
        self.options.check()?;
        self.deadline = now.plus_ms(timeout_ms);
        self.start(now);
        Ok(self)
    }

    fn begin(
        api: &Api,
        options: ProvisionOptions,
        facts: Facts,
        job: Job,
        seed: u64,
        now: Timestamp,
    ) -> Result<Self, Error> {
        let mut rng = fastrand::Rng::with_seed(seed);
        let wallet = AnyEndpoint::new(GetWallet);
        let call = api.call(wallet, CallOptions::default(), rng.u64(..), now)?;
        let mut new = Self {
            api: api.clone(),
            deadline: now.plus_ms(options.timeout_ms),
            options,
            rng,
            facts,
            job,
            work: Work::Call {
                asks: Asks::Wallet,
                call: Box::new(call),
            },
            requests: 0,
            seen: Seen::default(),
        };
        if let Job::Polling(id) = &new.job {
            api.claims().claim(id, &new.facts.purchase);
        }
        new.start(now);
        Ok(new)
    }

    /// What to do now. Asking twice changes nothing.
    pub fn next_step(&self, now: Timestamp) -> Step<Result<&Output, &Error>> {
        self.step_of(&self.work, now)
    }

    fn step_of<'a>(&self, work: &'a Work, now: Timestamp) -> Step<Result<&'a Output, &'a Error>> {
        match work {
            Work::Call { call, .. } => self.numbered(call.next_step(now)),
            Work::Rest {
                until,
                reason,
                next,
            } => {
                if *until > now {
                    Step::Wait {
                        delay_ms: until.since_ms(now),
                        reason: *reason,
                    }
                } else {
                    self.step_of(next, now)
                }
            }
            Work::Expiring { at, reason, error } => {
                if *at > now {
                    Step::Wait {
                        delay_ms: at.since_ms(now),
                        reason: *reason,
                    }
                } else {
                    Step::Done(Err(error.as_ref()))
                }
            }
            Work::Ended(outcome) => Step::Done(outcome.as_ref().as_ref()),
        }
    }

    /// A call counts its requests from 1; the purchase counts them through.
    fn numbered<'a, T>(&self, step: Step<T>) -> Step<Result<&'a Output, &'a Error>> {
        match step {
            Step::Send(request) => {
                let id = RequestId(self.requests.saturating_add(request.id.0));
                Step::Send(Box::new(HttpRequest { id, ..*request }))
            }
            Step::Wait { delay_ms, reason } => Step::Wait { delay_ms, reason },
            // A finished call is replaced in the same breath, so this is never seen.
            Step::Done(_) => Step::Wait {
                delay_ms: 0,
                reason: WaitReason::Retry,
            },
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
        now: Timestamp,
    ) -> Result<(), StaleReply> {
        let inner = RequestId(id.0.checked_sub(self.requests).ok_or(StaleReply(id))?);
        let work = match &mut self.work {
            Work::Rest { next, .. } => next.as_mut(),
            work => work,
        };
        match work {
            Work::Call { call, .. } => call.handle_reply(inner, reply, now),
            Work::Rest { .. } | Work::Expiring { .. } | Work::Ended(_) => Err(StaleReply(inner)),
        }
        .map_err(|_| StaleReply(id))?;
        self.go_on(now);
        Ok(())
    }

    /// Where the purchase is.
    #[must_use]
    pub fn phase(&self) -> Phase {
        match (&self.work, &self.job) {
            (Work::Ended(_), _) => Phase::Ended,
            (_, Job::Preflight(_)) => Phase::Preflight,
            (_, Job::Baseline(_)) => Phase::Baseline,
            (_, Job::Ordering { .. }) => Phase::Ordering,
            (_, Job::Reconciling { .. }) => Phase::Reconciling,
            (_, Job::Polling(_)) => Phase::Polling,
        }
    }

    /// How far the purchase is.
    #[must_use]
    pub fn progress(&self, now: Timestamp) -> Progress {
        let phase = self.phase();
        let next_look_ms = match self.next_step(now) {
            Step::Wait { delay_ms, .. } => delay_ms,
            Step::Send(_) | Step::Done(_) => 0,
        };
        Progress {
            phase,
            // The wallet is read once more after a lost order was found, to tell its charge.
            exclusive: !matches!(phase, Phase::Polling | Phase::Ended)
                || matches!(
                    self.work,
                    Work::Call {
                        asks: Asks::Wallet,
                        ..
                    }
                ),
            requests: self.requests,
            orders_sent: self.orders_sent(now),
            elapsed_ms: now.since_ms(self.facts.started_at),
            next_look_ms,
            vps_id: match &self.job {
                Job::Polling(id) => Some(id.clone()),
                Job::Preflight(_)
                | Job::Baseline(_)
                | Job::Ordering { .. }
                | Job::Reconciling { .. } => None,
            },
            last_status: self.seen.status.clone(),
            recovered: self.facts.recovered,
            last_error: self.seen.last_error.map(str::to_owned),
            balance_before: self.facts.balance_before,
            charged: self.facts.charged,
            currency: self.facts.currency.clone(),
            token: self.snapshot(now),
        }
    }

    /// From where the purchase can be taken up again; none once nothing is left to take up.
    ///
    /// From the phase `Ordering` on, the token says that the order may have been sent, whether or
    /// not it was already: keep it *before* sending.
    #[must_use]
    pub fn snapshot(&self, now: Timestamp) -> Option<String> {
        if let Work::Ended(outcome) = &self.work {
            return match outcome.as_ref() {
                Ok(_) => Some(self.token(now)),
                Err(error) => error.token.clone(),
            };
        }
        Some(self.token(now))
    }

    fn token(&self, now: Timestamp) -> String {
        let stage = match &self.job {
            Job::Preflight(order) | Job::Baseline(order) => Stage::Unordered {
                order: order.clone(),
            },
            // Between two attempts too: were the clock set back, a host could not tell them apart.
            Job::Ordering { order, baseline }
            | Job::Reconciling {
                order, baseline, ..
            } => Stage::Ordered {
                order: order.clone(),
                baseline: baseline.clone(),
            },
            Job::Polling(id) => Stage::Bought { id: id.clone() },
        };
        let mut facts = self.facts.clone();
        facts.orders_sent = self.orders_sent(now);
        if matches!(stage, Stage::Ordered { .. }) {
            facts.ordered_at = facts.ordered_at.or(Some(now));
        }
        let key = self.api.key_fingerprint();
        Token::new(key, self.api.base_url(), stage, facts, self.options.clone()).written()
    }

    fn orders_sent(&self, now: Timestamp) -> u32 {
        let of_this_call = match &self.work {
            Work::Call {
                asks: Asks::Order,
                call,
            } => call.delivered().saturating_add(call.is_sending(now).into()),
            Work::Call { .. } | Work::Rest { .. } | Work::Expiring { .. } | Work::Ended(_) => 0,
        };
        self.facts.orders_sent.saturating_add(of_this_call)
    }
}

impl Machine for Provisioning {
    fn next_step(&self, now: Timestamp) -> Step<()> {
        match Provisioning::next_step(self, now) {
            Step::Send(request) => Step::Send(request),
            Step::Wait { delay_ms, reason } => Step::Wait { delay_ms, reason },
            Step::Done(_) => Step::Done(()),
        }
    }

    fn handle_reply(
        &mut self,
        id: RequestId,
        reply: Reply,
        now: Timestamp,
    ) -> Result<(), StaleReply> {
        Provisioning::handle_reply(self, id, reply, now)
    }

    fn outcome(&self) -> Option<Result<&Output, &Error>> {
        match &self.work {
            Work::Ended(outcome) => Some(outcome.as_ref().as_ref()),
            Work::Expiring { error, .. } => Some(Err(error)),
            Work::Call { .. } | Work::Rest { .. } => None,
        }
    }

    fn progress(&self, now: Timestamp) -> Option<Progress> {
        Some(Provisioning::progress(self, now))
    }

    fn snapshot(&self, now: Timestamp) -> Option<String> {
        Provisioning::snapshot(self, now)
    }
}
