//! A few processes, one store and one service, whose steps are interleaved as a schedule says.
//!
//! Everything that can go differently is a choice: which process goes on, and what becomes of its step. The first
//! option is the smooth one. A schedule is a list of choices; the same schedule gives the same run.

use std::collections::{BTreeMap, BTreeSet};

use stablevps_core::clock::{Instant, Now};
use stablevps_core::endpoints::CreateVps;
use stablevps_core::error::{Error, ErrorKind, Next};
use stablevps_core::http::{Delivery, FailureKind, HttpRequest, Reply, RequestId};
use stablevps_core::models::Provisioned;
use stablevps_core::provisioning::ProvisionOptions;
use stablevps_core::recorded::{RecordedPurchase, RecordedStep, WhenHeld};
use stablevps_core::store::{
    MemoryStore, ReceiptSource, Record, StoreFailure, StoreOp, StoreReply, StoreRequest,
};
use stablevps_core::time::Timestamp;
use stablevps_simulator::{Config, Simulator};

use crate::support::{START, api, carry, failed};

/// Shorter than an order may take to begin.
const SHORT_SETTLE_MS: i64 = 3_000;
const STORE_MS: i64 = 5;
const REQUEST_MS: i64 = 100;
const RESTART_MS: i64 = 1_000;
/// More than the longest run takes.
const MOST_POINTS: usize = 4_000;
/// How much of a long run is shown, at its beginning and at its end.
const SHOWN_LINES: usize = 60;
/// An operation that was under way, a receipt, and the parting itself.
const MOST_PARTING_OPERATIONS: usize = 4;
const MOST_CRASHES: u32 = 3;
const RETRIES: u32 = 2;

/// A way in which the rules could be broken: a checker that does not notice is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mutant {
    /// None: the rules as they are.
    Sound,
    /// None, and processes may end in an orderly way, too. They look for lost orders for a short time only.
    Stopping,
    /// A transport that sends an order whenever it comes to it.
    NoTimeLimit,
    /// A store that takes receipts from the holder alone.
    GuardedReceipt,
    /// A store whose window has a lease of its own, which nothing prolongs, beside that of the purchase.
    TwoLeases,
    /// A host that lets go whatever it holds when it stops, while its order may be on its way.
    HastyParting,
}

impl Mutant {
    fn may_stop(self) -> bool {
        matches!(self, Self::Stopping | Self::HastyParting)
    }
}

/// Chooses among options.
pub trait Chooser {
    /// One of `options` many; 0 is the smooth one.
    fn choose(&mut self, options: usize) -> usize;
}

pub struct World<'a> {
    chooser: &'a mut dyn Chooser,
    mutant: Mutant,
    simulator: Simulator,
    key: String,
    store: MemoryStore,
    account: String,
    /// Who entered the window last, in whose account, and when.
    entered: Option<(StoreRequest, i64)>,
    now: i64,
    slots: Vec<Slot>,
    current: usize,
    crashes: u32,
    /// Orders that a transport still has in its hands, though nobody waits for them, and when it sends them.
    ghosts: Vec<(HttpRequest, i64)>,
    is_stuck: bool,
    seeds: fastrand::Rng,
    pub trace: Vec<String>,
}

struct Slot {
    key: String,
    machine: RecordedPurchase,
    /// Who it is in the store.
    holder: String,
    /// How often it still tries again.
    retries: u32,
    /// Whether the process is stopped.
    stopped: Option<Frost>,
    activity: Activity,
}

enum Activity {
    Ready,
    Waiting(i64),
    /// The service carried it out, and the reply is on its way.
    Replied(RequestId, Box<Reply>),
    /// Handed out, and before the first byte, which may leave until then.
    Sending(Box<HttpRequest>, Option<i64>),
    Ended(Box<Result<Provisioned, Error>>),
}

/// How long a process stays stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Frost {
    /// Until the schedule says otherwise.
    Short,
    /// Until nobody else has anything to do.
    Long,
}

/// What can be done at a point.
#[derive(Clone, Copy, Debug)]
enum Act {
    Go(usize),
    Crash(usize),
    /// It ends in an orderly way, and is started again.
    Stop(usize),
    Lose(usize, Loss),
    Freeze(usize, Frost),
    TimePasses,
}

#[derive(Clone, Copy, Debug)]
enum Loss {
    /// Certainly not sent.
    NotSent,
    /// Not carried out, which nobody knows.
    Before,
    /// Carried out, and the answer is lost.
    After,
}

fn order() -> CreateVps {
    CreateVps::new("basic", "monthly", "amsterdam").unwrap()
}

impl<'a> World<'a> {
    /// One process for each key named.
    pub fn new(keys: &[&str], mutant: Mutant, seed: u64, chooser: &'a mut dyn Chooser) -> Self {
        let simulator = Simulator::new(Config {
            balance: 500.0.into(),
            provisioning_ms: 20_000.into(),
            ..Config::default()
        });
        let mut world = Self {
            chooser,
            mutant,
            key: simulator.initial_key().to_owned(),
            simulator,
            store: MemoryStore::new(),
            account: String::new(),
            entered: None,
            now: START,
            slots: Vec::new(),
            current: 0,
            crashes: 0,
            ghosts: Vec::new(),
            is_stuck: false,
            seeds: fastrand::Rng::with_seed(seed),
            trace: Vec::new(),
        };
        for key in keys {
            let slot = world.started(key);
            world.slots.push(slot);
        }
        world
    }

    /// A new process, which knows nothing but the key and the store.
    fn started(&mut self, key: &str) -> Slot {
        let api = api(&self.key);
        let mut options = ProvisionOptions::default();
        if self.mutant.may_stop() {
            options.settle_ms = SHORT_SETTLE_MS;
        }
        let seed = self.seeds.u64(..);
        let machine = RecordedPurchase::buy(
            &api,
            Some(key.to_owned()),
            order(),
            options,
            WhenHeld::Wait,
            seed,
            Now {
                instant: self.instant(),
                time: Timestamp::from_millis(self.now),
            },
        );
        Slot {
            key: key.to_owned(),
            machine: machine.unwrap(),
            holder: String::new(),
            retries: RETRIES,
            stopped: None,
            activity: Activity::Ready,
        }
    }

    fn instant(&self) -> Instant {
        Instant::from_millis(u64::try_from(self.now - START).unwrap())
    }

    /// Runs to the end, and judges it.
    pub fn run(&mut self) -> Result<(), String> {
        for _ in 0..MOST_POINTS {
            if self.is_stuck {
                break;
            }
            if self.slots.iter().all(Slot::has_ended) {
                let last = self.ghosts.iter().map(|(_, at)| *at).max();
                self.now = self.now.max(last.unwrap_or(self.now));
                self.send_ghosts();
                return self.judge();
            }
            let acts = self.acts();
            let chosen = self.chooser.choose(acts.len());
            self.act(acts[chosen]);
        }
        Err("it does not come to an end".to_owned())
    }

    /// What can be done now; first what a smooth run does.
    fn acts(&mut self) -> Vec<Act> {
        let now = self.now;
        let count = self.slots.len();
        let turn = (0..count).map(|offset| (self.current + offset) % count);
        let runnable: Vec<usize> = turn
            .filter(|slot| self.slots[*slot].is_runnable(now))
            .collect();
        let mut acts: Vec<Act> = runnable.iter().copied().map(Act::Go).collect();
        let waits = self.slots.iter().any(Slot::is_waiting);
        if acts.is_empty() && waits {
            acts.push(Act::TimePasses);
        }
        let is_alone = acts.is_empty();
        let thaws = |slot: &usize| match self.slots[*slot].stopped {
            Some(frost) => is_alone || frost == Frost::Short,
            None => false,
        };
        acts.extend((0..count).filter(thaws).map(Act::Go));
        if let Some(&slot) = runnable.first() {
            self.disturb(slot, &mut acts);
        }
        acts
    }

    fn disturb(&mut self, slot: usize, acts: &mut Vec<Act>) {
        if self.crashes < MOST_CRASHES {
            acts.push(Act::Crash(slot));
            if self.mutant.may_stop() {
                acts.push(Act::Stop(slot));
            }
        }
        let stops = [Frost::Short, Frost::Long].map(|frost| Act::Freeze(slot, frost));
        let losses = [Loss::Before, Loss::After].map(|loss| Act::Lose(slot, loss));
        let instant = self.instant();
        let Slot {
            machine, activity, ..
        } = &mut self.slots[slot];
        match activity {
            Activity::Replied(..) => {
                acts.push(losses[1]);
                acts.extend(stops);
            }
            Activity::Ready | Activity::Waiting(_) => match machine.next_step(instant) {
                RecordedStep::Store(_) => acts.extend(losses),
                RecordedStep::Send { request, .. } => {
                    acts.extend(losses);
                    acts.push(Act::Lose(slot, Loss::NotSent));
                    if request.endpoint == "POST /vps" {
                        acts.extend(
                            [Frost::Short, Frost::Long].map(|frost| Act::Freeze(slot, frost)),
                        );
                    }
                }
                RecordedStep::Wait { .. } | RecordedStep::Probe(_) | RecordedStep::Done(_) => {}
            },
            Activity::Sending(..) | Activity::Ended(_) => {}
        }
    }

    fn act(&mut self, act: Act) {
        if !matches!(act, Act::Go(_) | Act::TimePasses) {
            self.trace.push(format!("{:>7} {act:?}", self.now - START));
        }
        match act {
            Act::TimePasses => {
                let wakes = self.slots.iter().filter_map(Slot::wakes_at);
                let sends = self.ghosts.iter().map(|(_, at)| *at);
                self.now = wakes.chain(sends).min().unwrap().max(self.now);
            }
            Act::Crash(slot) => self.restart(slot),
            Act::Stop(slot) => {
                self.let_go(slot);
                self.restart(slot);
            }
            Act::Go(slot) => self.go(slot, None, None),
            Act::Lose(slot, loss) => self.go(slot, Some(loss), None),
            Act::Freeze(slot, frost) => self.go(slot, None, Some(frost)),
        }
        self.send_ghosts();
    }

    fn restart(&mut self, slot: usize) {
        self.crashes += 1;
        let key = self.slots[slot].key.clone();
        let mut started = self.started(&key);
        started.activity = Activity::Waiting(self.now + RESTART_MS);
        self.slots[slot] = started;
    }

    /// Nobody waits for the process's request any more, which its transport sends all the same, as late as it may.
    fn let_go(&mut self, slot: usize) {
        let instant = self.instant();
        if matches!(self.slots[slot].activity, Activity::Ready)
            && let RecordedStep::Send {
                request,
                send_within_ms: Some(within_ms),
            } = self.slots[slot].machine.next_step(instant)
        {
            let until = self.now + i64::try_from(within_ms).unwrap();
            self.ghosts.push((*request, until));
        }
        if self.mutant == Mutant::HastyParting {
            self.part_hastily(slot);
        }
        for _ in 0..MOST_PARTING_OPERATIONS {
            let instant = self.instant();
            match self.slots[slot].machine.letting_go(instant) {
                Some(request) => self.store(slot, &request, None),
                None => return,
            }
        }
        self.trace.push("it does not come to letting go".to_owned());
        self.is_stuck = true;
    }

    fn part_hastily(&mut self, slot: usize) {
        let list = self.list();
        let StoreReply::Listed { records } = self.store.carry_out(&list, self.instant()) else {
            unreachable!("a list was asked for")
        };
        for Record { id, .. } in records {
            let op = StoreOp::Renew { id, lease_ms: 0 };
            let holder = self.slots[slot].holder.clone();
            let renew = StoreRequest {
                op,
                holder,
                ..list.clone()
            };
            let _ = self.store.carry_out(&renew, self.instant());
        }
    }

    fn send_ghosts(&mut self) {
        let now = self.now;
        let (due, later) = std::mem::take(&mut self.ghosts)
            .into_iter()
            .partition(|(_, at)| *at <= now);
        self.ghosts = later;
        for (request, _) in due {
            let _ = carry(&mut self.simulator, &request, FailureKind::Io, now);
            self.trace.push(format!("{:>7} a lost order", now - START));
        }
    }

    fn list(&self) -> StoreRequest {
        StoreRequest {
            id: 0,
            account: self.account.clone(),
            holder: String::new(),
            op: StoreOp::List {
                open_only: false,
                find: None,
            },
            now: None,
        }
    }

    fn go(&mut self, slot: usize, loss: Option<Loss>, frost: Option<Frost>) {
        self.current = slot;
        self.slots[slot].stopped = None;
        let instant = self.instant();
        match std::mem::replace(&mut self.slots[slot].activity, Activity::Ready) {
            Activity::Replied(id, reply) if frost.is_some() => {
                self.slots[slot].activity = Activity::Replied(id, reply);
                self.slots[slot].stopped = frost;
            }
            Activity::Replied(id, reply) => {
                let nothing = failed(FailureKind::Io, Delivery::Unknown);
                let reply = loss.map_or(*reply, |_| nothing);
                self.hand_in(slot, id, reply);
            }
            Activity::Sending(request, until) => {
                let is_late = until.is_some_and(|until| self.now > until);
                let loss = (is_late && self.mutant != Mutant::NoTimeLimit).then_some(Loss::NotSent);
                self.send(slot, &request, loss);
            }
            Activity::Ready | Activity::Waiting(_) => {
                match self.slots[slot].machine.next_step(instant) {
                    RecordedStep::Store(request) => self.store(slot, &request, loss),
                    RecordedStep::Send {
                        request,
                        send_within_ms,
                    } => {
                        let within = send_within_ms.map(|ms| i64::try_from(ms).unwrap());
                        if let Some(frost) = frost {
                            let until = within.map(|within| self.now + within);
                            self.slots[slot].activity = Activity::Sending(request, until);
                            self.slots[slot].stopped = Some(frost);
                        } else {
                            self.send(slot, &request, loss);
                        }
                    }
                    RecordedStep::Wait { delay_ms, .. } => {
                        let until = self.now + i64::try_from(delay_ms).unwrap();
                        self.slots[slot].activity = Activity::Waiting(until);
                    }
                    RecordedStep::Probe(_) => unreachable!("nobody waits for an answer"),
                    RecordedStep::Done(outcome) => {
                        let outcome = outcome.cloned().map_err(Error::clone);
                        self.note(slot, &format!("ends {outcome:?}"));
                        self.ended(slot, outcome);
                    }
                }
            }
            Activity::Ended(_) => unreachable!("it has ended"),
        }
    }

    /// Who is told to try again does so, within reason.
    fn ended(&mut self, slot: usize, outcome: Result<Provisioned, Error>) {
        let is_retried =
            |error: &Error| error.next() == Next::Retry && self.slots[slot].retries > 0;
        if outcome.as_ref().is_err_and(is_retried) {
            let key = self.slots[slot].key.clone();
            let retries = self.slots[slot].retries - 1;
            self.slots[slot] = self.started(&key);
            self.slots[slot].retries = retries;
            return;
        }
        self.slots[slot].activity = Activity::Ended(Box::new(outcome));
    }

    fn send(&mut self, slot: usize, request: &HttpRequest, loss: Option<Loss>) {
        self.note(slot, &request.endpoint);
        self.now += REQUEST_MS;
        match loss {
            Some(Loss::NotSent) => {
                let reply = failed(FailureKind::Connect, Delivery::NotSent);
                self.hand_in(slot, request.id, reply);
            }
            Some(Loss::Before) => {
                let reply = failed(FailureKind::Io, Delivery::Unknown);
                self.hand_in(slot, request.id, reply);
            }
            Some(Loss::After) | None => {
                let carried = carry(&mut self.simulator, request, FailureKind::Io, self.now);
                let nothing = failed(FailureKind::Io, Delivery::Unknown);
                let reply = loss.map_or(carried.reply, |_| nothing);
                self.slots[slot].activity = Activity::Replied(request.id, Box::new(reply));
            }
        }
    }

    /// What happened, up to a length that can be read.
    pub fn shown(&self) -> String {
        let lines: Vec<String> = self
            .trace
            .iter()
            .map(|line| line.chars().take(300).collect())
            .collect();
        if lines.len() <= 2 * SHOWN_LINES {
            return lines.join("\n");
        }
        let (first, last) = (&lines[..SHOWN_LINES], &lines[lines.len() - SHOWN_LINES..]);
        format!("{}\n...\n{}", first.join("\n"), last.join("\n"))
    }

    fn note(&mut self, slot: usize, what: &str) {
        self.trace
            .push(format!("{:>7} {slot} {what}", self.now - START));
    }

    fn hand_in(&mut self, slot: usize, id: RequestId, reply: Reply) {
        let instant = self.instant();
        let machine = &mut self.slots[slot].machine;
        machine.handle_reply(id, reply, instant).unwrap();
    }

    fn store(&mut self, slot: usize, request: &StoreRequest, loss: Option<Loss>) {
        self.now += STORE_MS;
        self.account.clone_from(&request.account);
        self.slots[slot].holder.clone_from(&request.holder);
        let reply = match loss {
            Some(Loss::Before | Loss::NotSent) => None,
            Some(Loss::After) | None => Some(self.carry_out(request)),
        };
        self.note(
            slot,
            &format!("{} -> {}", named(&request.op), named(&reply)),
        );
        let answer = match (reply, loss) {
            (Some(reply), None) => Ok(reply),
            _ => Err(StoreFailure {
                detail: "the database is down".to_owned(),
            }),
        };
        let instant = self.instant();
        let machine = &mut self.slots[slot].machine;
        machine.handle_stored(request.id, answer, instant).unwrap();
    }

    fn carry_out(&mut self, request: &StoreRequest) -> StoreReply {
        let instant = self.instant();
        match (self.mutant, &request.op) {
            (Mutant::GuardedReceipt, StoreOp::Receipt { id, vps_id, .. }) => {
                // As an adoption is: from the holder alone.
                let op = StoreOp::Receipt {
                    id: id.clone(),
                    vps_id: vps_id.clone(),
                    source: ReceiptSource::Adopted,
                };
                let guarded = StoreRequest {
                    op,
                    ..request.clone()
                };
                return self.store.carry_out(&guarded, instant);
            }
            (Mutant::TwoLeases, StoreOp::Enter { lease_ms, .. }) => {
                let lease_ms = i64::try_from(*lease_ms).unwrap();
                if let Some((other, at)) = &self.entered
                    && at + lease_ms <= self.now
                    && other.holder != request.holder
                {
                    let op = StoreOp::Leave;
                    let leave = StoreRequest {
                        op,
                        ..other.clone()
                    };
                    let _ = self.store.carry_out(&leave, instant);
                }
                let reply = self.store.carry_out(request, instant);
                let StoreReply::Entered { mut unfinished } = reply else {
                    return reply;
                };
                self.entered = Some((request.clone(), self.now));
                // The purchases of the living have leases that run.
                unfinished.retain(|record| !self.is_at_work(record));
                return StoreReply::Entered { unfinished };
            }
            // The window's own lease is not looked at when an order is announced.
            (Mutant::TwoLeases, StoreOp::Save { .. } | StoreOp::Renew { .. }) => {
                let reply = self.store.carry_out(request, instant);
                return match reply {
                    StoreReply::Held { vps_id, others, .. } => StoreReply::Held {
                        vps_id,
                        others,
                        in_window: true,
                    },
                    reply => reply,
                };
            }
            _ => {}
        }
        self.store.carry_out(request, instant)
    }

    /// Whether a process that lives has a purchase in hand.
    fn is_at_work(&self, record: &Record) -> bool {
        let mut slots = self.slots.iter();
        slots.any(|slot| record.key.as_ref() == Some(&slot.key) && !slot.has_ended())
    }

    /// Whatever happened, every key has at most one VPS, and no end says otherwise than the service.
    fn judge(&mut self) -> Result<(), String> {
        let mut of_key = BTreeMap::<String, BTreeSet<String>>::new();
        let mut unplaced = BTreeSet::new();
        let mut doubtful = BTreeSet::new();
        for slot in &self.slots {
            let Activity::Ended(outcome) = &slot.activity else {
                continue;
            };
            match outcome.as_ref() {
                Ok(provisioned) => {
                    let id = provisioned.vps.id.as_str().to_owned();
                    of_key.entry(slot.key.clone()).or_default().insert(id);
                }
                Err(error) if error.next() == Next::Ask || error.next() == Next::Resume => {
                    doubtful.insert(slot.key.clone());
                }
                // It did not come as far as the purchase.
                Err(error) if error.endpoint() == Some("GET /account") => {
                    doubtful.insert(slot.key.clone());
                }
                Err(error) => match error.kind() {
                    // What became of the purchase is for the next call to tell.
                    ErrorKind::PurchaseInProgress | ErrorKind::Store { .. } => {
                        doubtful.insert(slot.key.clone());
                    }
                    _ => {
                        unplaced.insert(slot.key.clone());
                    }
                },
            }
        }
        self.judge_store(&of_key)?;
        let bought = self.simulator.state(self.now).vps.len();
        let keys: BTreeSet<&String> = self.slots.iter().map(|slot| &slot.key).collect();
        if bought > keys.len() {
            return Err(format!("{bought} VPS for {} keys", keys.len()));
        }
        let ids: Vec<&String> = of_key.values().flatten().collect();
        let distinct: BTreeSet<&&String> = ids.iter().collect();
        if of_key.values().any(|ids| ids.len() > 1) || distinct.len() < ids.len() {
            return Err(format!("keys and their VPS: {of_key:?}"));
        }
        let explained = of_key.len()
            + doubtful
                .iter()
                .filter(|key| !of_key.contains_key(*key))
                .count();
        if bought > explained {
            return Err(format!(
                "{bought} VPS, but {unplaced:?} were told that nothing was bought"
            ));
        }
        Ok(())
    }
}

impl World<'_> {
    /// A VPS that somebody was given is in the store, under its key.
    fn judge_store(&mut self, of_key: &BTreeMap<String, BTreeSet<String>>) -> Result<(), String> {
        let list = self.list();
        let StoreReply::Listed { records } = self.store.carry_out(&list, self.instant()) else {
            unreachable!("a list was asked for")
        };
        for (key, ids) in of_key {
            let of_it = |record: &&Record| record.key.as_ref() == Some(key);
            let recorded = records
                .iter()
                .find(of_it)
                .and_then(|record| record.vps_id.as_ref());
            let recorded = recorded.map(|id| id.as_str().to_owned());
            if !recorded.as_ref().is_some_and(|id| ids.contains(id)) {
                return Err(format!(
                    "{key} was given {ids:?}, the store has {recorded:?}"
                ));
            }
        }
        Ok(())
    }
}

/// What something is, without the length of its tokens.
fn named(what: &impl std::fmt::Debug) -> String {
    let text = format!("{what:?}");
    let parts: Vec<&str> = text.split("token: ").collect();
    let short = parts
        .iter()
        .map(|part| part.rsplit("}\", ").next().unwrap_or(part));
    short.collect::<Vec<_>>().join("token, ")
}

impl Slot {
    fn has_ended(&self) -> bool {
        matches!(self.activity, Activity::Ended(_))
    }

    fn is_waiting(&self) -> bool {
        matches!(self.activity, Activity::Waiting(_))
    }

    fn is_runnable(&self, now: i64) -> bool {
        if self.stopped.is_some() {
            return false;
        }
        match self.activity {
            Activity::Ready | Activity::Replied(..) => true,
            Activity::Waiting(until) => until <= now,
            Activity::Sending(..) | Activity::Ended(_) => false,
        }
    }

    fn wakes_at(&self) -> Option<i64> {
        match self.activity {
            Activity::Waiting(until) => Some(until),
            Activity::Ready
            | Activity::Replied(..)
            | Activity::Sending(..)
            | Activity::Ended(_) => None,
        }
    }
}
