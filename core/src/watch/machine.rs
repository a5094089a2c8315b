//! The machine: what is to be done next, and what each answer leads to.

use std::collections::VecDeque;

use super::events::{WatchEvent, WatchEventKind};
use super::fleet::Fleet;
use super::member::{Rebooted, is_paid_and_active};
use super::options::{RebootPolicy, Terms, WatchOptions};
use super::renewals::Renewals;
use crate::call::Call;
use crate::clock::{Instant, Now};
use crate::config::{Api, CallLimits};
use crate::endpoint::Endpoint;
use crate::endpoints::{ControlVps, GetVps, GetWallet, ListAllVps, ListedVps};
use crate::error::{Error, ErrorKind};
use crate::http::{Delivery, Reply, RequestId};
use crate::ids::VpsId;
use crate::models::{ActionReceipt, VpsDetails, Wallet};
use crate::probe::{ProbeOutcome, ProbeRequest, ProbeTarget};
use crate::step::{StaleReply, Step, WaitReason};
use crate::time::Timestamp;

/// The watch over an account's VPS.
#[derive(Debug)]
pub struct Watch {
    api: Api,
    terms: Terms,
    rng: fastrand::Rng,
    activity: Activity,
    events: VecDeque<WatchEvent>,
    fleet: Fleet,
    renewals: Renewals,
    /// Requests and probes that have ended: what the ids of the present one are counted from.
    requests: u32,
    /// The service's time of day, and when that was.
    time: Now,
    /// When the present look began.
    looked: Instant,
    /// Whether its list was read.
    is_listed: bool,
    failing: Option<Failing>,
    /// Since when many are silent at once.
    many_silent: Option<Instant>,
}

/// Looks that fail.
#[derive(Clone, Copy, Debug)]
struct Failing {
    looks: u32,
    since: Instant,
    /// Whether the last one said that the key can't be used.
    is_refused: bool,
}

#[derive(Debug)]
enum Activity {
    Resting {
        until: Instant,
        reason: WaitReason,
    },
    Listing(Box<Call<ListAllVps>>),
    Probing {
        ids: Vec<VpsId>,
        targets: Vec<ProbeTarget>,
        /// The service asks that no request is made before.
        not_before: Option<Instant>,
    },
    Confirming {
        call: Box<Call<GetVps>>,
        id: VpsId,
        due: VecDeque<VpsId>,
    },
    Rebooting {
        call: Box<Call<ControlVps<false>>>,
        id: VpsId,
        due: VecDeque<VpsId>,
    },
    ReadingWallet(Box<Call<GetWallet>>),
    Ended(Error),
}

type Outcome<T> = Result<T, Error>;

impl Watch {
    /// Begins a watch. `seed` is for its requests.
    ///
    /// # Errors
    /// `InvalidInput` for options that can't be met, or no key.
    pub fn new(api: &Api, options: &WatchOptions, seed: u64, begun: Now) -> Result<Self, Error> {
        let terms = options.check()?;
        api.check_key()?;
        Ok(Self {
            api: api.clone(),
            terms,
            rng: fastrand::Rng::with_seed(seed),
            activity: Activity::Resting {
                until: begun.instant,
                reason: WaitReason::Poll,
            },
            events: VecDeque::new(),
            fleet: Fleet::default(),
            renewals: Renewals::default(),
            requests: 0,
            time: begun,
            looked: begun.instant,
            is_listed: false,
            failing: None,
            many_silent: None,
        })
    }

    /// An event that the user was not told yet, to be asked for before each step. It is given once.
    pub fn take_event(&mut self) -> Option<WatchEvent> {
        self.events.pop_front()
    }

    /// How it ended, if it did.
    pub(crate) fn outcome(&self) -> Option<&Error> {
        match &self.activity {
            Activity::Ended(error) => Some(error),
            Activity::Resting { .. }
            | Activity::Listing(_)
            | Activity::Probing { .. }
            | Activity::Confirming { .. }
            | Activity::Rebooting { .. }
            | Activity::ReadingWallet(_) => None,
        }
    }

    /// What to do now, beside telling its events. Asking twice changes nothing. A watch never ends well: a host that has
    /// seen enough drops it.
    pub fn next_step(&mut self, now: Instant) -> Step<Error, Box<ProbeRequest>> {
        self.begin_look(now);
        let step = match &self.activity {
            Activity::Resting { until, reason } => {
                return Step::Wait {
                    delay_ms: until.since_ms(now),
                    reason: *reason,
                };
            }
            Activity::Probing { targets, .. } => {
                return Step::Probe(Box::new(ProbeRequest {
                    id: self.next_id(),
                    targets: targets.clone(),
                    within_ms: self.terms.probe_timeout_ms,
                }));
            }
            Activity::Ended(error) => {
                return Step::Done(error.clone());
            }
            Activity::Listing(call) => call.unfinished_step(now),
            Activity::Confirming { call, .. } => call.unfinished_step(now),
            Activity::Rebooting { call, .. } => call.unfinished_step(now),
            Activity::ReadingWallet(call) => call.unfinished_step(now),
        };
        step.numbered_after(self.requests)
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
        let own = id.0.checked_sub(self.requests).map(RequestId);
        let own = own.ok_or(StaleReply(id))?;
        let stale = |_| StaleReply(id);
        match &mut self.activity {
            Activity::Listing(call) => {
                call.handle_reply(own, reply, now).map_err(stale)?;
                let replied_at = call.replied_at();
                if let Some(outcome) = call.take_outcome() {
                    self.end_request();
                    self.after_listing(outcome, replied_at, now);
                }
            }
            Activity::Confirming { call, id, due } => {
                call.handle_reply(own, reply, now).map_err(stale)?;
                if let Some(outcome) = call.take_outcome() {
                    let (id, due) = (id.clone(), std::mem::take(due));
                    self.end_request();
                    self.after_confirming(id, due, outcome, now);
                }
            }
            Activity::Rebooting { call, id, due } => {
                call.handle_reply(own, reply, now).map_err(stale)?;
                if let Some(outcome) = call.take_outcome() {
                    let (id, due) = (id.clone(), std::mem::take(due));
                    self.end_request();
                    self.after_rebooting(&id, outcome, due, now);
                }
            }
            Activity::ReadingWallet(call) => {
                call.handle_reply(own, reply, now).map_err(stale)?;
                if let Some(outcome) = call.take_outcome() {
                    self.end_request();
                    self.after_wallet(outcome, now);
                }
            }
            Activity::Resting { .. } | Activity::Probing { .. } | Activity::Ended(_) => {
                return Err(StaleReply(id));
            }
        }
        Ok(())
    }

    /// Tells how the probes went, in the order of their targets.
    ///
    /// # Errors
    /// [`StaleReply`] where those probes are not outstanding, or for another number of outcomes than of targets;
    /// nothing has changed then.
    pub fn handle_probes(
        &mut self,
        id: RequestId,
        outcomes: &[ProbeOutcome],
        now: Instant,
    ) -> Result<(), StaleReply> {
        let is_next = id == self.next_id();
        match &mut self.activity {
            Activity::Probing {
                ids, not_before, ..
            } if is_next && ids.len() == outcomes.len() => {
                let (ids, not_before) = (std::mem::take(ids), *not_before);
                self.end_request();
                self.after_probing(&ids, outcomes, not_before, now);
                Ok(())
            }
            Activity::Probing { .. }
            | Activity::Resting { .. }
            | Activity::Listing(_)
            | Activity::Confirming { .. }
            | Activity::Rebooting { .. }
            | Activity::ReadingWallet(_)
            | Activity::Ended(_) => Err(StaleReply(id)),
        }
    }

    /// Begins the next look where it is time.
    fn begin_look(&mut self, now: Instant) {
        match self.activity {
            Activity::Resting { until, .. } if until <= now => {
                self.looked = now;
                self.activity = Activity::Listing(Box::new(self.call(ListAllVps, now)));
            }
            _ => {}
        }
    }

    fn after_listing(
        &mut self,
        outcome: Outcome<Vec<ListedVps>>,
        replied_at: Option<Timestamp>,
        now: Instant,
    ) {
        if let Some(time) = replied_at {
            self.time = Now { instant: now, time };
        }
        self.is_listed = outcome.is_ok();
        let mut not_before = None;
        match outcome {
            Ok(rows) => {
                self.tell_recovery(now);
                let told = self.fleet.take_list(rows);
                self.tell_all(told, now);
            }
            Err(error) => {
                not_before = error.retry_after_ms().map(|ms| now.plus_ms(ms));
                if self.note_failure(&error, not_before, now) {
                    self.activity = Activity::Ended(error);
                    return;
                }
            }
        }
        let targets = self.fleet.targets(&self.terms, self.api.powers());
        let (ids, targets): (Vec<_>, Vec<_>) = targets.into_iter().unzip();
        if ids.is_empty() {
            self.after_probing(&[], &[], not_before, now);
        } else {
            self.activity = Activity::Probing {
                ids,
                targets,
                not_before,
            };
        }
    }

    fn tell_recovery(&mut self, now: Instant) {
        if let Some(failing) = self.failing.take() {
            let kind = WatchEventKind::ListingRecovered {
                failed_looks: failing.looks,
                lasted_ms: now.since_ms(failing.since),
            };
            self.tell_all([kind], now);
        }
    }

    /// Notes a look that failed. Says whether that is the end.
    fn note_failure(&mut self, error: &Error, not_before: Option<Instant>, now: Instant) -> bool {
        let is_refused = matches!(
            error.kind(),
            ErrorKind::Unauthorized | ErrorKind::ReadOnlyKey
        );
        let before = self.failing;
        self.failing = Some(Failing {
            looks: before.map_or(0, |failing| failing.looks).saturating_add(1),
            since: before.map_or(self.looked, |failing| failing.since),
            is_refused,
        });
        if before.is_none() {
            let kind = WatchEventKind::ListingFailed {
                error: error.report(),
                next_look_ms: self.next_look(not_before).since_ms(now),
            };
            self.tell_all([kind], now);
        }
        is_refused && before.is_some_and(|failing| failing.is_refused)
    }

    fn after_probing(
        &mut self,
        ids: &[VpsId],
        outcomes: &[ProbeOutcome],
        not_before: Option<Instant>,
        now: Instant,
    ) {
        let (is_listed, terms) = (self.is_listed, &self.terms);
        let round = self.fleet.take_round(ids, outcomes, is_listed, terms, now);
        self.note_many_silent(round.unclear, round.tried, now);
        self.tell_all(round.told, now);
        if !is_listed {
            return self.rest(not_before, now);
        }
        let due = match self.terms.reboot {
            RebootPolicy::Never => Vec::new(),
            RebootPolicy::WhenSilent => {
                let powers = self.api.powers();
                self.fleet.due(ids, &self.terms, powers, now)
            }
        };
        self.go_on(due.into(), now);
    }

    fn note_many_silent(&mut self, unclear: usize, tried: usize, now: Instant) {
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        match self.many_silent {
            None if unclear > 0 => {
                self.many_silent = Some(now);
                let kind = WatchEventKind::ManySilent {
                    silent: number(unclear),
                    probed: number(tried),
                };
                self.tell_all([kind], now);
            }
            Some(since) if unclear == 0 && tried > 0 => {
                self.many_silent = None;
                let lasted_ms = now.since_ms(since);
                self.tell_all([WatchEventKind::ManySilentEnded { lasted_ms }], now);
            }
            Some(_) | None => {}
        }
    }

    /// Goes on to the next VPS that is to be rebooted, or to the end of the look.
    fn go_on(&mut self, mut due: VecDeque<VpsId>, now: Instant) {
        let Some(id) = due.pop_front() else {
            return self.look_at_renewals(now);
        };
        let call = Box::new(self.call(GetVps::from(id.clone()), now));
        self.activity = Activity::Confirming { call, id, due };
    }

    fn after_confirming(
        &mut self,
        id: VpsId,
        due: VecDeque<VpsId>,
        outcome: Outcome<VpsDetails>,
        now: Instant,
    ) {
        let vps = match outcome {
            Ok(vps) => vps,
            Err(error) => {
                self.tell_refusal(&id, &error, None, now);
                return self.go_on_after(&error, due, now);
            }
        };
        if !is_paid_and_active(&vps.status, &vps.vps_status) {
            self.withhold(&id, vps, now);
            return self.go_on(due, now);
        }
        match ControlVps::reboot(id.as_str()) {
            // Another client of the process may have stopped or rebooted it since.
            Ok(reboot) if self.is_still_due(&id, now) => {
                let call = Box::new(self.call(reboot, now));
                self.activity = Activity::Rebooting { call, id, due };
            }
            Ok(_) | Err(_) => self.go_on(due, now),
        }
    }

    /// Leaves a VPS alone that shows another status than the list.
    fn withhold(&mut self, id: &VpsId, shown: VpsDetails, now: Instant) {
        if let Some(member) = self.fleet.member(id) {
            let kind = WatchEventKind::RebootWithheld {
                again_in_ms: member.health.refused(&self.terms, now),
                vps: member.vps.clone(),
                status: shown.status,
                vps_status: shown.vps_status,
            };
            self.tell_all([kind], now);
        }
    }

    fn is_still_due(&mut self, id: &VpsId, now: Instant) -> bool {
        let powers = self.api.powers();
        let (is_stopped, started) = (powers.is_stopped(id), powers.started(id));
        let member = self.fleet.member(id);
        !is_stopped && member.is_some_and(|member| member.health.is_due(&self.terms, started, now))
    }

    fn after_rebooting(
        &mut self,
        id: &VpsId,
        outcome: Outcome<ActionReceipt>,
        due: VecDeque<VpsId>,
        now: Instant,
    ) {
        let Err(error) = outcome else {
            self.tell_reboot(id, Rebooted::Surely, None, now);
            return self.go_on(due, now);
        };
        match error.kind() {
            ErrorKind::OutcomeUnknown { .. } => {
                self.tell_reboot(id, Rebooted::Perhaps, Some(&error), now);
            }
            ErrorKind::RateLimited { .. }
            | ErrorKind::Transport {
                delivery: Delivery::NotSent,
                ..
            } => self.tell_refusal(id, &error, None, now),
            _ => {
                let terms = &self.terms;
                let member = self.fleet.member(id);
                let patience = member.map(|member| member.health.refused(terms, now));
                self.tell_refusal(id, &error, patience, now);
            }
        }
        self.go_on_after(&error, due, now);
    }

    /// The same after an error. Where the service asks for a pause, the look ends.
    fn go_on_after(&mut self, error: &Error, due: VecDeque<VpsId>, now: Instant) {
        match error.retry_after_ms() {
            Some(pause_ms) => self.rest(Some(now.plus_ms(pause_ms)), now),
            None => self.go_on(due, now),
        }
    }

    fn tell_reboot(&mut self, id: &VpsId, how: Rebooted, error: Option<&Error>, now: Instant) {
        let Some(member) = self.fleet.member(id) else {
            return;
        };
        let patience_ms = member.health.rebooted(how, &self.terms, now);
        let (vps, reboots) = (member.vps.clone(), member.health.reboots());
        let kind = match error {
            None => WatchEventKind::RebootSent {
                vps,
                reboots,
                silent_ms: member.health.silent_ms(now),
                patience_ms,
            },
            Some(error) => WatchEventKind::RebootUnknown {
                vps,
                reboots,
                patience_ms,
                error: error.report(),
            },
        };
        self.tell_all([kind], now);
    }

    /// Tells that a reboot was not done. Without a patience it may be tried at the next look.
    fn tell_refusal(&mut self, id: &VpsId, error: &Error, patience_ms: Option<u64>, now: Instant) {
        let next_look_ms = self.next_look(None).since_ms(now);
        if let Some(member) = self.fleet.member(id) {
            let kind = WatchEventKind::RebootRefused {
                vps: member.vps.clone(),
                error: error.report(),
                again_in_ms: patience_ms.unwrap_or(next_look_ms),
            };
            self.tell_all([kind], now);
        }
    }

    fn look_at_renewals(&mut self, now: Instant) {
        let (time, alarm_ms) = (self.time.later(now).time, self.terms.alarm_ms);
        let renewals = &mut self.renewals;
        if renewals.want_wallet(&self.fleet, alarm_ms, time, now) {
            self.activity = Activity::ReadingWallet(Box::new(self.call(GetWallet, now)));
        } else {
            self.rest(None, now);
        }
    }

    fn after_wallet(&mut self, outcome: Outcome<Wallet>, now: Instant) {
        let (time, alarm_ms) = (self.time.later(now).time, self.terms.alarm_ms);
        let (fleet, wallet) = (&mut self.fleet, outcome.as_ref().ok());
        let told = self.renewals.tell(fleet, wallet, alarm_ms, time, now);
        self.tell_all(told, now);
        let not_before = outcome.err().and_then(|error| error.retry_after_ms());
        self.rest(not_before.map(|ms| now.plus_ms(ms)), now);
    }

    /// When the next look is.
    fn next_look(&self, not_before: Option<Instant>) -> Instant {
        let next = self.looked.plus_ms(self.terms.interval_ms);
        not_before.map_or(next, |not_before| next.max(not_before))
    }

    fn rest(&mut self, not_before: Option<Instant>, now: Instant) {
        let until = self.next_look(not_before).max(now);
        let reason = match not_before {
            Some(not_before) if not_before == until => WaitReason::RetryAfter,
            Some(_) | None => WaitReason::Poll,
        };
        self.activity = Activity::Resting { until, reason };
    }

    fn tell_all(&mut self, kinds: impl IntoIterator<Item = WatchEventKind>, now: Instant) {
        let at = self.time.later(now).time;
        let events = kinds.into_iter().map(|kind| WatchEvent { at, kind });
        self.events.extend(events);
    }

    /// A call of one request: the watch itself decides when to look again.
    fn call<E: Endpoint>(&mut self, endpoint: E, now: Instant) -> Call<E> {
        let limits = CallLimits {
            max_retries: Some(0),
            ..CallLimits::default()
        };
        let seed = self.rng.u64(..);
        Call::new(&self.api, endpoint, limits, seed, self.time.later(now))
    }

    fn next_id(&self) -> RequestId {
        RequestId(self.requests.saturating_add(1))
    }

    /// Each call makes one request, and each round of probes takes a number of its own.
    fn end_request(&mut self) {
        self.requests = self.requests.saturating_add(1);
    }
}
