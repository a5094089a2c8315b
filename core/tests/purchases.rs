//! Thousands of purchases against a service and a network that misbehave in every way they can.
//!
//! Each seed is one purchase in virtual time: its options, its account, its faults, and the moments
//! at which the process dies and another one takes the purchase up from the last token. Whatever
//! happens, at most one VPS is bought, and the end tells the truth about it.
//!
//! A seed that fails prints the line that replays it alone.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod support;

#[path = "support/faults.rs"]
mod faults;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use faults::{draw_account, draw_key, draw_options, draw_order};
use stablevps_core::clock::{Instant, Now};
use stablevps_core::config::Api;
use stablevps_core::endpoints::CreateVps;
use stablevps_core::error::{Error, ErrorKind, Next};
use stablevps_core::http::{Delivery, FailureKind, HttpRequest, Reply};
use stablevps_core::models::Provisioned;
use stablevps_core::probe::ProbeOutcome;
use stablevps_core::provisioning::{KeyCheck, ProvisionOptions, Provisioning, WaitLevel};
use stablevps_core::step::Step;
use stablevps_core::time::Timestamp;
use stablevps_simulator::{Command, Simulator, State};
use support::{START, api, carry, failed, seeds};

const PURCHASES: u64 = 15_000;
/// More steps than one process takes: 30 minutes of looks at least every 8 s, with their waits and probes.
const MOST_STEPS: u32 = 900;

const CODES: [&str; 19] = [
    "insufficient_funds",
    "over_budget",
    "price_above_limit",
    "bad_request",
    "unauthorized",
    "read_only_key",
    "not_found",
    "rate_limited",
    "transport",
    "server",
    "provider",
    "unexpected_response",
    "deadline_exceeded",
    "provisioning_failed",
    "not_placed",
    "unresolved",
    // The ends of a run that nothing went wrong in are named, too, so that the census can count them.
    "ok",
    "ok_recovered",
    "ok_resumed",
];

#[test]
fn no_purchase_buys_twice_or_ends_unreported() {
    std::panic::set_hook(Box::new(|_| {}));
    let all = seeds(PURCHASES);
    let single = all.end - all.start == 1;
    let workers = if single { 1 } else { 2 };
    let mut census = BTreeMap::<&'static str, u64>::new();
    let counts = std::thread::scope(|scope| {
        let run = |offset| {
            let seeds = all.clone().skip(offset).step_by(workers);
            scope.spawn(move || seeds.map(run_reported).collect::<Vec<_>>())
        };
        let started = (0..workers).map(run).collect::<Vec<_>>();
        let joined = started
            .into_iter()
            .flat_map(|worker| worker.join().unwrap());
        joined.collect::<Result<Vec<_>, String>>()
    });
    drop(std::panic::take_hook());
    for code in counts.unwrap_or_else(|failure| panic!("{failure}")) {
        *census.entry(code).or_default() += 1;
    }
    println!("{census:?}");
    if !single {
        for code in CODES {
            assert!(
                census.contains_key(code),
                "no run ended in {code}: {census:?}"
            );
        }
    }
}

/// Runs a seed; what went wrong comes back with the line that replays it.
fn run_reported(seed: u64) -> Result<&'static str, String> {
    catch_unwind(AssertUnwindSafe(|| Run::new(seed).run())).map_err(|panic| {
        let said = panic
            .downcast_ref::<String>()
            .map(String::as_str)
            .or_else(|| panic.downcast_ref::<&str>().copied())
            .unwrap_or("it panicked");
        format!("{said}\nSTABLEVPS_SEED={seed} cargo test -p stablevps-core --test purchases")
    })
}

/// One purchase with everything around it.
struct Run {
    rng: fastrand::Rng,
    simulator: Simulator,
    api: Api,
    key: String,
    order: CreateVps,
    options: ProvisionOptions,
    /// Ids of the VPS that were there before.
    before: Vec<String>,
    now: i64,
    /// Where this process's monotonic clock stood at 0.
    monotonic_zero: i64,
    /// Of a hundred requests, how many the network swallows.
    has_answered: bool,
    bad_network: u8,
    /// Of a hundred steps, how many the process does not survive.
    mortality: u8,
    deaths: u32,
    steps: u32,
    /// Orders that the host may have sent, as far as it knows, but that never arrived.
    orders_gone: u64,
    trace: Vec<String>,
}

enum End {
    Done(Box<Result<Provisioned, Error>>),
    Died { token: String },
}

impl Run {
    fn new(seed: u64) -> Self {
        let mut rng = fastrand::Rng::with_seed(seed);
        let order = draw_order(&mut rng);
        let options = draw_options(&mut rng);
        let mut simulator = Simulator::new(draw_account(&mut rng, &order, &options));
        let key = draw_key(&mut rng, &mut simulator);
        let before = simulator.state(START).vps.into_iter().map(|vps| vps.id);
        Self {
            api: api(&key),
            key,
            order,
            options,
            before: before.collect(),
            now: START + i64::from(rng.u16(..)),
            monotonic_zero: 0,
            has_answered: false,
            bad_network: if rng.u8(0..3) == 0 { rng.u8(1..20) } else { 0 },
            mortality: if rng.bool() { rng.u8(1..25) } else { 0 },
            deaths: 0,
            steps: 0,
            orders_gone: 0,
            trace: Vec::new(),
            simulator,
            rng,
        }
    }

    fn run(mut self) -> &'static str {
        let seed = self.rng.u64(..);
        let now = self.process_starts();
        let options = self.options.clone();
        let first = Provisioning::buy(&self.api, self.order.clone(), options, seed, now);
        let mut machine = first.expect("every drawn purchase can begin");
        let mut resumptions = 0;
        loop {
            let token = match self.drive(machine) {
                End::Died { token } => token,
                End::Done(outcome) => {
                    let state = self.simulator.state(self.now);
                    let code = self.judge(&outcome, &state);
                    // Half of the ends that can be taken up are, once the faults are over.
                    match outcome
                        .err()
                        .and_then(|error| error.token().map(str::to_owned))
                    {
                        Some(token) if resumptions < 3 && self.rng.bool() => {
                            resumptions += 1;
                            self.calm_down();
                            token
                        }
                        _ => return code,
                    }
                }
            };
            self.deaths += 1;
            self.now += i64::from(self.rng.u32(0..120_000));
            self.trace
                .push(format!("{} resume {token}", self.now - START));
            self.check_token(&token);
            let (seed, now) = (self.rng.u64(..), self.process_starts());
            let resumed = Provisioning::resume(&self.api, &token, KeyCheck::Same, None, seed, now);
            machine = resumed.unwrap_or_else(|error| self.fail(&format!("resume: {error}")));
        }
    }

    /// The clocks of a new process: the monotonic one begins anywhere, and the time of day may be wrong.
    fn process_starts(&mut self) -> Now {
        self.monotonic_zero = self.rng.i64(0..=self.now);
        let error = *self
            .rng
            .choice(&[
                0,
                0,
                120_000,
                -120_000,
                3_600_000,
                -3_600_000,
                31_536_000_000,
            ])
            .unwrap();
        Now {
            instant: self.instant(),
            time: Timestamp::from_millis(self.now + error),
        }
    }

    fn instant(&self) -> Instant {
        Instant::from_millis(u64::try_from(self.now - self.monotonic_zero).unwrap())
    }

    fn calm_down(&mut self) {
        (self.bad_network, self.mortality) = (0, 0);
        self.simulator
            .control(Command::ClearFaults, self.now)
            .unwrap();
    }

    /// Drives a machine as a careful host does: the token is kept before a request goes out.
    fn drive(&mut self, mut machine: Provisioning) -> End {
        self.steps = 0;
        loop {
            self.steps += 1;
            if self.steps > MOST_STEPS {
                self.fail("the purchase does not come to an end");
            }
            let now = self.instant();
            let owned = |end: Result<&Provisioned, &Error>| end.cloned().map_err(Error::clone);
            let step = machine.next_step(now).map(owned);
            if step != machine.next_step(now).map(owned) {
                self.fail("asking twice gave two answers");
            }
            if let Step::Done(outcome) = step {
                self.check_progress(&machine, &outcome);
                return End::Done(Box::new(outcome));
            }
            let token = machine.snapshot(now).expect("what goes on has a token");
            let dies = self.deaths < 5 && self.rng.u8(0..100) < self.mortality;
            match step {
                Step::Wait { delay_ms, reason } => {
                    self.trace
                        .push(format!("{} wait {delay_ms} {reason:?}", self.now - START));
                    if dies {
                        self.now += self.rng.i64(0..=i64::try_from(delay_ms).unwrap());
                        return End::Died { token };
                    }
                    self.now += i64::try_from(delay_ms).unwrap();
                }
                Step::Send(request) => {
                    if dies && self.rng.bool() {
                        self.trace.push(format!("died before {request:?}"));
                        return End::Died { token };
                    }
                    let reply = self.send(&request);
                    if dies {
                        self.trace.push("died before the reply".to_owned());
                        return End::Died { token };
                    }
                    machine
                        .handle_reply(request.id, reply, self.instant())
                        .unwrap();
                }
                Step::Probe(probe) => {
                    self.trace.push(format!("{} probe", self.now - START));
                    self.now += self.rng.i64(0..=i64::try_from(probe.within_ms).unwrap());
                    if dies {
                        return End::Died { token };
                    }
                    let outcome = *self.rng.choice(ProbeOutcome::ALL).unwrap();
                    self.has_answered |= outcome == ProbeOutcome::Answered;
                    let now = self.instant();
                    machine.handle_probes(probe.id, &[outcome], now).unwrap();
                }
                Step::Done(_) => unreachable!("answered above"),
            }
        }
    }

    fn send(&mut self, request: &HttpRequest) -> Reply {
        let kind = *self.rng.choice(FailureKind::ALL).unwrap();
        self.now += i64::from(self.rng.u16(0..400));
        let reply = if self.rng.u8(0..100) < self.bad_network {
            self.swallow(request, kind)
        } else {
            let carried = carry(&mut self.simulator, request, kind, self.now);
            self.now += i64::try_from(carried.took_ms).unwrap();
            carried.reply
        };
        let what = match &reply {
            Reply::Response(response) => format!("{}", response.status),
            Reply::Failed(failure) => format!("{:?} {:?}", failure.kind, failure.delivery),
        };
        let (elapsed, endpoint) = (self.now - START, &request.endpoint);
        self.trace.push(format!("{elapsed} {endpoint} {what}"));
        reply
    }

    /// The host's own network fails: certainly unsent, perhaps sent, or sent without a reply.
    fn swallow(&mut self, request: &HttpRequest, kind: FailureKind) -> Reply {
        let delivery = if self.rng.bool() {
            Delivery::NotSent
        } else {
            Delivery::Unknown
        };
        if delivery == Delivery::Unknown {
            let received = self.simulator.state(self.now).orders_received;
            if self.rng.bool() {
                let _ = carry(&mut self.simulator, request, kind, self.now);
            }
            let arrived = self.simulator.state(self.now).orders_received > received;
            self.orders_gone += u64::from(request.endpoint == "POST /vps" && !arrived);
        }
        failed(kind, delivery)
    }

    fn check_token(&self, token: &str) {
        if token.contains(&self.key) || token.to_ascii_lowercase().contains("password") {
            self.fail("the token holds a secret");
        }
    }

    /// The count of orders that the machine reports is the service's own.
    fn check_progress(&mut self, machine: &Provisioning, outcome: &Result<Provisioned, Error>) {
        let sent = u64::from(machine.progress(self.instant()).orders_sent);
        let received = self.simulator.state(self.now).orders_received + self.orders_gone;
        if self.deaths == 0 && received != sent {
            self.fail(&format!("{sent} orders reported, {received} sent"));
        }
        if received > sent {
            self.fail(&format!("only {sent} of {received} orders are reported"));
        }
        if let Ok(provisioned) = outcome
            && u64::from(provisioned.orders_sent) != sent
        {
            self.fail("the result and the progress count different orders");
        }
    }

    /// Compares an end with what the service knows, and names it.
    fn judge(&self, outcome: &Result<Provisioned, Error>, state: &State) -> &'static str {
        let ours = || {
            state
                .vps
                .iter()
                .filter(|vps| !self.before.contains(&vps.id))
        };
        let (placed, charges, made) = (state.orders_placed, state.charges.len(), ours().count());
        let truth = format!("{placed} placed, {charges} charges, {made} VPS, but {outcome:?}");
        let check = |holds: bool, what: &str| {
            if !holds {
                self.fail(&format!("{what}: {truth}"));
            }
        };
        check(placed <= 1 && charges <= 1 && made <= 1, "bought twice");
        let error = match outcome {
            Ok(provisioned) => {
                check(made == 1, "ended well without a VPS");
                check(
                    ours().all(|vps| vps.id == provisioned.vps.id.as_str()),
                    "another VPS",
                );
                let usable = match self.options.wait_for {
                    WaitLevel::Ready => provisioned.vps.has_credentials(),
                    WaitLevel::Active => true,
                    WaitLevel::Reachable => provisioned.vps.has_credentials() && self.has_answered,
                };
                check(
                    usable && ours().all(|vps| vps.vps_status == "active"),
                    "not usable",
                );
                let paid = format!("{:.2}", state.total_charged.value());
                let said = provisioned.charged.map(|charged| charged.to_string());
                check(said.is_none_or(|said| said == paid), "a wrong charge");
                check(
                    provisioned.unexplained.is_none(),
                    "nothing else was charged",
                );
                return match (self.deaths, provisioned.recovered) {
                    (1.., _) => "ok_resumed",
                    (0, true) => "ok_recovered",
                    (0, false) => "ok",
                };
            }
            Err(error) => error,
        };
        let nothing = placed == 0 && charges == 0 && made == 0;
        check(
            nothing || error.token().is_some(),
            "a purchase ended unreported",
        );
        if let Some(token) = error.token() {
            self.check_token(token);
        }
        let (advice, resumable) = (error.next(), error.token().is_some());
        check(
            match advice {
                Next::Retry | Next::Fix => nothing && !resumable,
                Next::Resume => resumable,
                Next::Ask => true,
            },
            "wrong advice",
        );
        match error.kind() {
            ErrorKind::PriceAboveLimit { charged, max_spend } => {
                check(made == 1 && charged > max_spend, "within the limit");
            }
            ErrorKind::NotPlaced => check(nothing && error.token().is_none(), "it was placed"),
            ErrorKind::ProvisioningFailed { .. } => {
                check(made == 1 && error.vps().is_some(), "no VPS that failed");
            }
            ErrorKind::DeadlineExceeded { waiting_for } => {
                let bought = waiting_for.contains("it is bought");
                check(!bought || made == 1, "it says that it is bought");
                let unordered = waiting_for.contains("nothing was ordered");
                check(!unordered || nothing, "it says that nothing was ordered");
                check(
                    bought || unordered || error.token().is_some() || nothing,
                    "it says nothing",
                );
            }
            ErrorKind::OverBudget { price, max_spend } => check(price > max_spend, "in budget"),
            ErrorKind::InsufficientFunds { .. } => check(nothing, "it was paid for"),
            ErrorKind::InvalidInput { .. }
            | ErrorKind::KeyLimitReached
            | ErrorKind::OutcomeUnknown { .. }
            | ErrorKind::StaleToken { .. } => check(false, "no end of a purchase"),
            _ => {}
        }
        check(CODES.contains(&error.code()), "an end without a name");
        error.code()
    }

    fn fail(&self, what: &str) -> ! {
        let options = &self.options;
        panic!("{what}\n{options:?}\n{}", self.trace.join("\n"))
    }
}
