//! What lasts from one state of a purchase to the next, and what the transitions are made with.

use std::sync::Arc;

use super::options::{ProvisionOptions, Terms};
use super::token::{Facts, Stage, Token};
use crate::call::Call;
use crate::claims::{Baseline, Reached, Source};
use crate::clock::{Instant, Now};
use crate::config::{Api, CallLimits};
use crate::endpoint::Endpoint;
use crate::endpoints::PlaceOrder;
use crate::error::{Error, ErrorKind};
use crate::http::{Reply, RequestId};
use crate::ids::VpsId;
use crate::looks::Place;
use crate::models::{Phase, Progress, UnexplainedCharge, VpsDetails, VpsStatus};
use crate::pace::Lane;
use crate::step::StaleReply;

#[derive(Debug)]
pub(super) struct Run {
    pub api: Api,
    pub options: ProvisionOptions,
    pub terms: Terms,
    pub begun: Now,
    pub deadline: Instant,
    /// Until when "not found" is forgiven. From then on, two looks in a row must say so.
    pub not_found_until: Instant,
    pub facts: Facts,
    pub rng: fastrand::Rng,
    /// Requests of finished calls.
    pub requests: u32,
    /// Probes, which take numbers of their own.
    pub probes: u32,
    /// Its place among those that wait, while it does.
    pub place: Option<Place>,
    pub observed: Observed,
}

/// What was seen on the way, for progress and errors.
#[derive(Debug, Default)]
pub(super) struct Observed {
    pub looks: u32,
    /// Whether the last look found no VPS, at a time when that is not forgiven.
    pub is_missing: bool,
    /// Whether it was ready at the last look, and did not answer.
    pub is_silent: bool,
    pub status: Option<VpsStatus>,
    pub vps: Option<Arc<VpsDetails>>,
    pub last_error: Option<&'static str>,
}

impl Run {
    /// Checks the options.
    pub fn new(
        api: &Api,
        options: ProvisionOptions,
        facts: Facts,
        seed: u64,
        begun: Now,
    ) -> Result<Self, Error> {
        let terms = options.check()?;
        api.check_key()?;
        let mut rng = fastrand::Rng::with_seed(seed);
        // Seeds that differ little part with the second draw.
        rng.u64(..);
        // An order of another process: by the time of day, as that process had it.
        let forgiven_ms = facts.ordered_at.map_or(0, |ordered| {
            let grace_ms = terms.not_found_grace_ms;
            grace_ms.saturating_sub(begun.time.since_ms(ordered))
        });
        Ok(Self {
            api: api.clone(),
            begun,
            deadline: begun.instant.plus_ms(terms.timeout_ms),
            not_found_until: begun.instant.plus_ms(forgiven_ms),
            options,
            terms,
            facts,
            rng,
            requests: 0,
            probes: 0,
            place: None,
            observed: Observed::default(),
        })
    }

    /// Waits beside others, or does no more.
    pub fn note_waiting(&mut self, is_waiting: bool, now: Instant) {
        match (&self.place, is_waiting) {
            (None, true) => self.place = Some(self.api.looks().place(now)),
            (Some(_), false) => self.place = None,
            (None, false) | (Some(_), true) => {}
        }
    }

    /// Notes that a VPS is this purchase's.
    pub fn claim(&self, id: &VpsId) {
        let source = if self.facts.recovered {
            Source::Adopted
        } else {
            Source::Receipt
        };
        self.api.claims().claim(id, &self.facts.purchase, source);
    }

    /// Notes for all of the process that this purchase orders; or says how far it has come, where it has before.
    pub fn order_begins(&self, baseline: &Baseline) -> Option<Reached> {
        let claims = self.api.claims();
        claims.begin_order(&self.facts.purchase, baseline)
    }

    /// Notes that the order is or may be placed.
    pub fn note_order(&mut self, now: Instant) {
        self.facts.ordered_at = Some(self.begun.later(now).time);
        self.not_found_until = now.plus_ms(self.terms.not_found_grace_ms);
    }

    /// Milliseconds since the purchase began, in whatever process.
    pub fn elapsed_ms(&self, now: Instant) -> u64 {
        let before = self.begun.time.since_ms(self.facts.started_at);
        before.saturating_add(now.since_ms(self.begun.instant))
    }

    /// What else was charged while the order was placed.
    pub fn unexplained(&self) -> Option<UnexplainedCharge> {
        let Facts {
            unexplained,
            unclaimed,
            ..
        } = &self.facts;
        unexplained.map(|amount| UnexplainedCharge {
            amount,
            vps_ids: unclaimed.clone(),
        })
    }

    /// The time allowed was over.
    pub fn too_late(&self, waiting_for: &str) -> Error {
        let last = self.observed.last_error;
        let last = last.map(|code| format!("; the last attempt failed: {code}"));
        let last = last.unwrap_or_default();
        Error::new(ErrorKind::DeadlineExceeded {
            waiting_for: format!("{waiting_for}{last}"),
        })
    }

    /// A call of the ordering window.
    pub fn call<E: Endpoint>(&self, endpoint: E, now: Instant) -> Call<E> {
        let limits = CallLimits {
            lane: Lane::Ordering,
            ..CallLimits::default()
        };
        self.call_with(endpoint, limits, now)
    }

    /// A call, with a seed of its own.
    fn call_with<E: Endpoint>(&self, endpoint: E, limits: CallLimits, now: Instant) -> Call<E> {
        let seed = self.rng.clone().u64(..);
        let seed = seed.wrapping_add(u64::from(self.requests));
        Call::new(&self.api, endpoint, limits, seed, self.begun.later(now))
    }

    /// A call of one request: the purchase itself decides when to look again.
    pub fn single_attempt<E: Endpoint>(&self, endpoint: E, lane: Lane, now: Instant) -> Call<E> {
        let limits = CallLimits {
            max_retries: Some(0),
            lane,
            ..CallLimits::default()
        };
        self.call_with(endpoint, limits, now)
    }

    /// A call that is given up with the purchase.
    pub fn call_within_deadline<E: Endpoint>(&self, endpoint: E, now: Instant) -> Call<E> {
        let limits = CallLimits {
            deadline_ms: Some(self.deadline.since_ms(now).max(1)),
            lane: Lane::Ordering,
            ..CallLimits::default()
        };
        self.call_with(endpoint, limits, now)
    }

    /// Takes in a reply to a call; once that has its result, counts its requests.
    pub fn finish<E: Endpoint>(
        &mut self,
        call: &mut Call<E>,
        id: RequestId,
        reply: Reply,
        now: Instant,
    ) -> Result<Option<Result<E::Output, Error>>, StaleReply> {
        call.handle_reply(id, reply, now)?;
        let outcome = call.take_outcome();
        if outcome.is_some() {
            self.requests = self.requests.saturating_add(call.attempts());
        }
        Ok(outcome)
    }

    /// Counts the orders that a finished call has sent.
    pub fn count_orders(&mut self, call: &Call<PlaceOrder>) {
        self.facts.orders_sent = self.facts.orders_sent.saturating_add(call.delivered());
    }

    /// The id by which the call at hand knows a request.
    pub fn id_of_call(&self, id: RequestId) -> Option<RequestId> {
        id.0.checked_sub(self.numbers()).map(RequestId)
    }

    /// The numbers that were used: what the ids of the call at hand are counted from.
    pub fn numbers(&self) -> u32 {
        self.requests.saturating_add(self.probes)
    }

    /// The id of the next request or probe.
    pub fn next_id(&self) -> RequestId {
        RequestId(self.numbers().saturating_add(1))
    }

    /// What is known whatever the state, with `orders_under_way` of the call at hand.
    pub fn progress(&self, orders_under_way: u32, now: Instant) -> Progress {
        Progress {
            phase: Phase::Ended,
            exclusive: false,
            requests: self.requests,
            orders_sent: self.facts.orders_sent.saturating_add(orders_under_way),
            elapsed_ms: self.elapsed_ms(now),
            next_look_ms: 0,
            vps_id: None,
            last_status: self.observed.status.clone(),
            recovered: self.facts.recovered,
            last_error: self.observed.last_error.map(str::to_owned),
            balance_before: self.facts.balance_before,
            charged: self.facts.charged,
            currency: self.facts.currency.clone(),
            unexplained: self.unexplained(),
            token: None,
        }
    }

    /// The token of a stage, with `orders_under_way` of the call at hand.
    pub fn token(&self, stage: Stage, orders_under_way: u32, now: Instant) -> String {
        let mut facts = self.facts.clone();
        facts.orders_sent = facts.orders_sent.saturating_add(orders_under_way);
        if matches!(stage, Stage::Ordered(_)) {
            facts.ordered_at = facts.ordered_at.or(Some(self.begun.later(now).time));
        }
        let key = self.api.key_fingerprint();
        Token::new(key, self.api.base_url(), stage, facts, self.options.clone()).written()
    }

    /// An error with all that is needed to go on after it.
    pub fn resumable(&self, error: Error, stage: Stage, now: Instant) -> Error {
        error
            .with_token(Some(self.token(stage, 0, now)))
            .with_vps(self.observed.vps.clone())
    }

    /// An error of a call has its own count; one of the purchase counts all requests.
    pub fn counted(&self, error: Error) -> Error {
        if error.endpoint().is_none() {
            return error.with_attempts(self.requests);
        }
        error
    }
}
