//! Buying one VPS, exactly one, and waiting until it can be used.
//!
//! ```text
//! Preflight -> Baseline -> Ordering -> Polling -> Ready
//!                              |          |-> ProvisioningFailed | DeadlineExceeded
//!                              '-> Reconciling -> Polling | NotPlaced | Unresolved
//! ```
//!
//! The rules:
//! 1. *Preflight*: a price above the limit ends it before anything is ordered, and one above the balance where that is
//!    asked for.
//! 2. *Baseline*: without a list of the VPS there are, nothing is ordered.
//! 3. *Ordering*: one order. What certainly was not sent may be sent again; a refusal in the service's own
//!    words ends it; whatever else is not a readable receipt is ambiguous.
//! 4. *Reconciling*: the list is looked at until the settle window is over, which takes its time and three
//!    looks that succeed. The one VPS that can be ours is adopted (`matching` says which can); several, or
//!    ones that are unclear, are for a person to tell apart; none, with the wallet unchanged, means that nothing was
//!    bought. A failed look says nothing. No second order.
//! 5. *Polling*: until the VPS is usable, and answers where that is asked for. Only the service's own 401 and 403, a late 404 twice in a row, and a status that
//!    can't become usable end it; every other failure is waited out.
//!
//! What one purchase received, no other of the same [`Api`] takes for its own. Beyond that, two purchases at
//! once on one account can't be told apart by listing. So the states up to the end of ordering and reconciling, for
//! which [`Progress::exclusive`] holds, need the turn: one purchase of the account has it at a time, and the others
//! say to wait ([`WaitReason::Turn`]) in the order in which they came. The time allowed passes meanwhile. The turn
//! lasts until the host has handed out the token that names the VPS, which it tells by
//! [`end_turn`](Provisioning::end_turn), and no longer than until the purchase ends, is dropped, or gets the next reply.

mod matching;
mod options;
mod run;
mod state;
mod steps;
mod token;

pub use options::{Preflight, ProvisionOptions, WaitLevel};
pub use token::KeyCheck;

use std::sync::OnceLock;

use crate::claims::Reached;
use crate::clock::{Instant, Now};
use crate::config::Api;
use crate::endpoints::CreateVps;
use crate::error::{Error, ErrorKind};
use crate::http::{Reply, RequestId};
use crate::ids::VpsId;
use crate::models::{Phase, Progress, Provisioned};
use crate::probe::ProbeOutcome;
use crate::step::{StaleReply, Step, WaitReason};
use crate::turns::Turn;
use run::Run;
use state::{State, Wanted};
use token::{Bought, Facts, Stage, Token, Unordered};

/// The purchase of one VPS.
#[derive(Debug)]
pub struct Provisioning {
    run: Run,
    state: State,
    turn: Turn,
    /// How it ended while it waited for its turn.
    late: OnceLock<Error>,
}

impl Provisioning {
    /// Begins a purchase. `seed` spreads its requests in time.
    ///
    /// # Errors
    /// `InvalidInput` for options that can't be met: no key, a limit that is no amount or for a plan
    /// whose price this version does not know, a time limit of zero.
    pub fn buy(
        api: &Api,
        order: CreateVps,
        options: ProvisionOptions,
        seed: u64,
        begun: Now,
    ) -> Result<Self, Error> {
        let facts = Facts::begun(api.claims(), seed, begun.time);
        let mut run = Run::new(api, options, facts, seed, begun)?;
        run.check_limit(&order)?;
        let state = run.begin(order, begun.instant);
        Ok(Self::of(run, state))
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
        begun: Now,
    ) -> Result<Self, Error> {
        let facts = Facts::begun(api.claims(), seed, begun.time);
        let run = Run::new(api, options, facts, seed, begun)?;
        let state = run.look(id, begun.instant);
        Ok(Self::of(run, state))
    }

    /// Takes a purchase up where a token left it. The time allowed begins anew: with `timeout_ms`, or
    /// as long as it began with.
    ///
    /// # Errors
    /// `StaleToken` for text that is not a token of this account and server, `InvalidInput` for no key
    /// or a time limit of zero.
    pub fn resume(
        api: &Api,
        token: &str,
        check: KeyCheck,
        timeout_ms: Option<i64>,
        seed: u64,
        begun: Now,
    ) -> Result<Self, Error> {
        let token = Token::read(token, &api.key_fingerprint(), api.base_url(), check)?;
        let mut options = token.options;
        options.timeout_ms = timeout_ms.unwrap_or(options.timeout_ms);
        let mut run = Run::new(api, options, token.facts, seed, begun)?;
        let now = begun.instant;
        let state = match token.stage {
            Stage::Unordered(Unordered { order }) => {
                run.check_limit(&order)?;
                run.begin(order, now)
            }
            Stage::Ordered(placed) => {
                run.count_price(&placed.order);
                match run.order_begins(&placed.baseline()) {
                    Some(Reached::Bought(id)) => run.look(id, now),
                    Some(Reached::Ordered(_)) | None => run.reconcile(placed, now),
                }
            }
            Stage::Bought(Bought { id }) => {
                run.claim(&id);
                run.count_charge();
                run.look(id, now)
            }
        };
        Ok(Self::of(run, state))
    }

    /// Takes a purchase up whose VPS became known after its token was written.
    pub(crate) fn resume_bought(
        api: &Api,
        token: &str,
        id: &VpsId,
        timeout_ms: Option<i64>,
        seed: u64,
        begun: Now,
    ) -> Result<Self, Error> {
        let token = Token::read(token, &api.key_fingerprint(), api.base_url(), KeyCheck::Any)?;
        let stage = Stage::Bought(Bought { id: id.clone() });
        let token = Token { stage, ..token }.written();
        Self::resume(api, &token, KeyCheck::Any, timeout_ms, seed, begun)
    }

    /// Notes for all of the process that no order of this purchase was sent.
    pub(crate) fn withdraw_order(&self) {
        self.run.api.claims().not_ordered(&self.run.facts.purchase);
    }

    /// The VPS, once it is known.
    pub(crate) fn vps_id(&self) -> Option<&VpsId> {
        self.state.vps_id()
    }

    /// Whether the VPS was found by looking.
    pub(crate) fn is_recovered(&self) -> bool {
        self.run.facts.recovered
    }

    /// Whether no other purchase of the account may be where this one is.
    pub(crate) fn is_exclusive(&self) -> bool {
        self.state.is_exclusive()
    }

    /// Has no part in the batch of the purchase that settles it.
    pub(crate) fn leave_batch(&mut self) {
        self.run.leave_batch();
    }

    /// Runs another purchase of the account within this one's turn.
    pub(crate) fn lend_turn(&self, other: &mut Self) {
        other.turn = self.turn.lent();
    }

    /// Takes the place of another machine of the same purchase.
    pub(crate) fn inherit_turn(&mut self, other: &mut Self) {
        std::mem::swap(&mut self.turn, &mut other.turn);
    }

    fn of(mut run: Run, state: State) -> Self {
        run.note_waiting(state.is_waiting(), run.begun.instant);
        Self {
            turn: run.api.turns().turn(),
            late: OnceLock::new(),
            run,
            state,
        }
    }

    fn enter(&mut self, state: State, now: Instant) {
        self.run.note_waiting(state.is_waiting(), now);
        self.state = state;
    }

    /// Goes on where a time has come.
    pub(crate) fn arrive(&mut self, now: Instant) {
        if self.late.get().is_some() {
            return;
        }
        if let Some(next) = self.state.arrive(&mut self.run, now) {
            self.enter(next, now);
        }
    }

    /// What to do now. Asking twice changes nothing, but that a purchase that needs the turn joins its queue, and
    /// one that waits for it has it when it has come.
    pub fn next_step(&mut self, now: Instant) -> Wanted<'_> {
        self.arrive(now);
        self.wanted(now)
    }

    /// What to do now, after it has [arrived](Self::arrive) there.
    pub(crate) fn wanted(&self, now: Instant) -> Wanted<'_> {
        let step = self.step_with_turn(now);
        let acts_at = match step {
            Step::Done(_) => {
                self.turn.end();
                return step;
            }
            Step::Wait { delay_ms, .. } => now.plus_ms(delay_ms),
            Step::Send(_) | Step::Probe(_) => now,
        };
        if !self.state.is_exclusive() {
            return step;
        }
        match self.turn.wait_ms(now) {
            None => {
                self.turn.note(acts_at);
                step
            }
            Some(wait_ms) => self.wait_for_turn(wait_ms, now),
        }
    }

    /// What to do if the turn has come. It is not waited for.
    fn step_with_turn(&self, now: Instant) -> Wanted<'_> {
        match self.late.get() {
            Some(error) => Step::Done(Err(error)),
            None => self.state.next_step(&self.run, now),
        }
    }

    /// Waits for the turn, and no longer than the purchase may take.
    fn wait_for_turn(&self, wait_ms: u64, now: Instant) -> Wanted<'_> {
        let left_ms = self.run.deadline.since_ms(now);
        if left_ms == 0 {
            self.turn.end();
            let late = self.late.get_or_init(|| self.too_late(now));
            return Step::Done(Err(late));
        }
        let delay_ms = wait_ms.min(left_ms);
        let reason = WaitReason::Turn;
        Step::Wait { delay_ms, reason }
    }

    fn too_late(&self, now: Instant) -> Error {
        let error = Error::new(ErrorKind::DeadlineExceeded {
            waiting_for: "the other purchases of this account".to_owned(),
        });
        error.with_token(self.snapshot(now))
    }

    /// Gives the turn to the next purchase of the account: once the first [`Progress`] that is not exclusive was
    /// handed out, or where nobody drives this purchase any more. Doing so twice changes nothing. A purchase that
    /// still needs the turn waits for it again when it is asked for its step.
    pub fn end_turn(&self) {
        self.turn.end();
    }

    /// The queue whose turn this purchase has.
    pub(crate) fn has_turn_of(&self) -> Option<&str> {
        self.turn.leads()
    }

    /// Ends this purchase where it waits for the turn of that queue, which its own caller has: it would wait for ever.
    /// Where nothing was ordered, there is nothing to resume.
    pub(crate) fn refuse_waiting_for(&self, queue: &str, now: Instant) {
        let waits = self.state.is_exclusive() && self.turn.leads().is_none();
        if !waits || !self.turn.is_of(queue) {
            return;
        }
        self.turn.end();
        self.late.get_or_init(|| {
            let reason = "must not buy on the account of the purchase that calls it";
            let error = Error::invalid_input("on_progress", reason);
            match self.state.phase() {
                Phase::Preflight | Phase::Baseline => error,
                Phase::Ordering | Phase::Reconciling | Phase::Polling | Phase::Ended => {
                    error.with_token(self.snapshot(now))
                }
            }
        });
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
        if self.late.get().is_some() {
            return Err(StaleReply(id));
        }
        if !self.state.is_exclusive() {
            self.turn.end();
        }
        let of_call = self.run.id_of_call(id).ok_or(StaleReply(id))?;
        let next = self.state.advance(&mut self.run, of_call, reply, now);
        if let Some(next) = next.map_err(|_| StaleReply(id))? {
            self.enter(next, now);
        }
        Ok(())
    }

    /// Tells how the probe went.
    ///
    /// # Errors
    /// [`StaleReply`] where that probe is not outstanding; nothing has changed then.
    pub fn handle_probes(
        &mut self,
        id: RequestId,
        outcomes: &[ProbeOutcome],
        now: Instant,
    ) -> Result<(), StaleReply> {
        if self.late.get().is_some() {
            return Err(StaleReply(id));
        }
        self.turn.end();
        let next = self
            .state
            .advance_probed(&mut self.run, id, outcomes, now)?;
        self.enter(next, now);
        Ok(())
    }

    /// The result, once there is one.
    #[must_use]
    pub fn outcome(&self, now: Instant) -> Option<Result<&Provisioned, &Error>> {
        match self.step_with_turn(now) {
            Step::Done(outcome) => Some(outcome),
            Step::Send(_) | Step::Wait { .. } | Step::Probe(_) => None,
        }
    }

    /// Where the purchase is.
    #[must_use]
    pub fn phase(&self) -> Phase {
        match self.late.get() {
            Some(_) => Phase::Ended,
            None => self.state.phase(),
        }
    }

    /// How far the purchase is.
    #[must_use]
    pub fn progress(&self, now: Instant) -> Progress {
        let next_look_ms = match self.step_with_turn(now) {
            Step::Wait { delay_ms, .. } => delay_ms,
            Step::Send(_) | Step::Probe(_) | Step::Done(_) => 0,
        };
        let orders_under_way = self.state.orders_under_way(now);
        Progress {
            phase: self.phase(),
            exclusive: self.late.get().is_none() && self.state.is_exclusive(),
            next_look_ms,
            vps_id: self.state.vps_id().cloned(),
            token: self.snapshot(now),
            ..self.run.progress(orders_under_way, now)
        }
    }

    /// From where the purchase can be taken up again; none once nothing is left to take up.
    ///
    /// From the phase `Ordering` on, the token says that the order may have been sent, whether or
    /// not it was already: keep it *before* sending.
    #[must_use]
    pub fn snapshot(&self, now: Instant) -> Option<String> {
        if let Some(error) = self.late.get() {
            return error.token().map(str::to_owned);
        }
        match self.state.stage() {
            Ok(stage) => Some(self.run.token(stage, self.state.orders_under_way(now), now)),
            Err(error) => error.token().map(str::to_owned),
        }
    }
}
