//! Purchases of one account that are driven side by side: they order one at a time, in the order in which they came,
//! and each of them comes to its turn, whoever vanishes meanwhile.
//!
//! A seed that fails prints the line that replays it alone.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod support;

use std::time::Duration;

use serde_json::{Value, json};
use stablevps_core::batch::{Batch, BatchOptions};
use stablevps_core::config::{Api, ApiConfig, CallOptions};
use stablevps_core::endpoints::CreateVps;
use stablevps_core::error::{Error, Next};
use stablevps_core::host::{HostStep, ListingForm, Machine, Origin, Seeds, begin};
use stablevps_core::http::FailureKind;
use stablevps_core::ids::VpsId;
use stablevps_core::models::Provisioned;
use stablevps_core::provisioning::{ProvisionOptions, Provisioning};
use stablevps_core::request::Request;
use stablevps_core::secret::Secret;
use stablevps_core::step::{Step, WaitReason};
use stablevps_simulator::{Config, Simulator};
use support::{START, at, carry, clocks, seeds};

const LINES: u64 = 200;

fn simulator(config: &Value) -> Simulator {
    Simulator::new(Config::from_json(config.to_string().as_bytes()).unwrap())
}

/// A client of an account in a world of that name.
fn client(world: &str, key: &str, account: Option<&str>) -> Api {
    Api::new(ApiConfig {
        api_key: Some(Secret::new(key)),
        world: Some(world.to_owned()),
        account: account.map(str::to_owned),
        ..ApiConfig::default()
    })
    .unwrap()
}

fn purchase(api: &Api, options: ProvisionOptions, seed: u64, now: i64) -> Provisioning {
    let order = CreateVps::new("basic", "monthly", "tokyo").unwrap();
    Provisioning::buy(api, order, options, seed, clocks(now)).unwrap()
}

fn waits_for_turn(machine: &mut Provisioning, now: i64) -> Option<u64> {
    match machine.next_step(at(now)) {
        Step::Wait {
            delay_ms,
            reason: WaitReason::Turn,
        } => Some(delay_ms),
        _ => None,
    }
}

/// A purchase in the hands of a host.
struct Buyer {
    number: usize,
    machine: Provisioning,
    /// When its host asks it next.
    due: i64,
    /// Whether it stands in line or has the turn.
    has_joined: bool,
    has_turn: bool,
}

/// One account, its buyers, and who of them may order.
struct Line {
    rng: fastrand::Rng,
    simulator: Simulator,
    buyers: Vec<Buyer>,
    /// The buyers in the order in which they joined.
    joined: Vec<usize>,
    now: i64,
    /// Of a hundred steps, how many a buyer does not survive, and at how many its host gives its turn up.
    mortality: u8,
    fickleness: u8,
    ended: usize,
}

impl Line {
    fn new(seed: u64) -> Self {
        let mut rng = fastrand::Rng::with_seed(seed);
        let faults = (0..rng.usize(0..3)).map(|_| {
            let what = if rng.bool() {
                "lose_after"
            } else {
                "lose_before"
            };
            json!({ "on": { "method": "POST", "path": "/vps", "skip": rng.u8(0..4) }, "do": what })
        });
        let faults: Vec<Value> = faults.collect();
        let simulator = simulator(&json!({ "balance": 10_000, "faults": faults }));
        let api = client(&format!("line {seed}"), simulator.initial_key(), None);
        let count = rng.usize(2..9);
        let buyers = (0..count).map(|number| {
            let begins = START + rng.i64(0..2_000);
            let settle_ms = 20_000;
            let options = ProvisionOptions {
                settle_ms,
                ..ProvisionOptions::default()
            };
            Buyer {
                machine: purchase(&api, options, rng.u64(..), begins),
                number,
                due: begins,
                has_joined: false,
                has_turn: false,
            }
        });
        Self {
            buyers: buyers.collect(),
            joined: Vec::new(),
            now: START,
            mortality: if rng.bool() { rng.u8(1..10) } else { 0 },
            fickleness: if rng.bool() { rng.u8(1..10) } else { 0 },
            ended: 0,
            simulator,
            rng,
        }
    }

    fn run(mut self, seed: u64) {
        let mut survivors = self.buyers.len();
        let mut steps = 0;
        while let Some(index) = (0..self.buyers.len()).min_by_key(|index| self.buyers[*index].due) {
            self.now = self.now.max(self.buyers[index].due);
            let goes_on = self.step(index);
            if !goes_on {
                let gone = self.buyers.swap_remove(index);
                self.joined.retain(|number| *number != gone.number);
            } else if self.rng.u8(0..100) < self.mortality {
                let gone = self.buyers.swap_remove(index);
                self.joined.retain(|number| *number != gone.number);
                survivors -= 1;
            }
            steps += 1;
            assert!(steps < 100_000, "somebody never comes to their turn");
        }
        assert_eq!(self.ended, survivors, "seed {seed}");
    }

    /// Asks a buyer for its step, and carries it out.
    fn step(&mut self, index: usize) -> bool {
        let now = at(self.now);
        let buyer = &mut self.buyers[index];
        let owned = |end: Result<&Provisioned, &Error>| end.cloned().map_err(Error::clone);
        let step = buyer.machine.next_step(now).map(owned);
        let again = buyer.machine.next_step(now).map(owned);
        assert_eq!(step, again, "asking twice");
        if !buyer.has_joined && buyer.machine.progress(now).exclusive {
            buyer.has_joined = true;
            self.joined.push(buyer.number);
        }
        let step = match step {
            Step::Done(outcome) => {
                let error = outcome.as_ref().err().map(Error::code);
                // An order of a buyer that vanished, or gave its turn up, is another's to see.
                let is_calm = self.mortality == 0 && self.fickleness == 0;
                let is_known = matches!(error, None | Some("not_placed"));
                assert!(is_known || !is_calm, "{error:?}");
                self.ended += 1;
                return false;
            }
            Step::Wait { delay_ms, reason } => Step::Wait { delay_ms, reason },
            Step::Send(request) => Step::Send::<()>(request),
            Step::Probe(_) => panic!("nobody waits for an answer"),
        };
        let is_waiting = matches!(
            step,
            Step::Wait {
                reason: WaitReason::Turn,
                ..
            }
        );
        if buyer.machine.progress(now).exclusive && !is_waiting {
            buyer.has_turn = true;
            assert_eq!(
                self.joined.first(),
                Some(&buyer.number),
                "it had the turn before those who came first"
            );
        } else if !is_waiting && self.rng.u8(0..4) > 0 {
            // Most hosts say that the token was handed out; for the others the next reply says so.
            self.end_turn(index);
        }
        let with_turn = self.buyers.iter().filter(|buyer| buyer.has_turn).count();
        assert!(with_turn <= 1, "{with_turn} at once");
        self.carry_out(index, step);
        true
    }

    fn carry_out(&mut self, index: usize, step: Step<()>) {
        let buyer = &mut self.buyers[index];
        match step {
            Step::Wait { delay_ms, .. } => {
                let overslept = self.rng.i64(0..20);
                buyer.due = self.now + i64::try_from(delay_ms).unwrap() + overslept;
                if self.rng.u8(0..100) < self.fickleness {
                    self.end_turn(index);
                }
            }
            Step::Send(request) => {
                let carried = carry(&mut self.simulator, &request, FailureKind::Io, self.now);
                let was_exclusive = buyer.machine.progress(at(self.now)).exclusive;
                // The others act before the reply arrives: it is only handed in by then.
                let arrives = self.now + self.rng.i64(1..120);
                let reply = carried.reply;
                buyer
                    .machine
                    .handle_reply(request.id, reply, at(arrives))
                    .unwrap();
                buyer.due = arrives;
                if !was_exclusive {
                    self.end_turn(index);
                }
            }
            Step::Done(()) => unreachable!("answered by the caller"),
        }
    }

    fn end_turn(&mut self, index: usize) {
        let buyer = &mut self.buyers[index];
        buyer.machine.end_turn();
        buyer.has_turn = false;
        buyer.has_joined = false;
        self.joined.retain(|number| *number != buyer.number);
    }
}

#[test]
fn purchases_order_one_at_a_time_in_their_order_whoever_vanishes() {
    for seed in seeds(LINES) {
        let line = std::panic::AssertUnwindSafe(|| Line::new(seed).run(seed));
        if let Err(panic) = std::panic::catch_unwind(line) {
            eprintln!("STABLEVPS_SEED={seed} cargo test -p stablevps-core --test turns");
            std::panic::resume_unwind(panic);
        }
    }
}

#[test]
fn a_purchase_whose_turn_does_not_come_in_time_ends_by_itself_with_its_token() {
    let api = client("in time", "svps_live_a3f7", None);
    let mut first = purchase(&api, ProvisionOptions::default(), 1, START);
    assert_eq!(waits_for_turn(&mut first, START), None);
    let options = ProvisionOptions {
        timeout_ms: 1_004,
        ..ProvisionOptions::default()
    };
    let mut second = purchase(&api, options, 2, START);
    let mut third = purchase(&api, ProvisionOptions::default(), 3, START);
    let mut now = START;
    while let Some(delay_ms) = waits_for_turn(&mut second, now) {
        assert!(waits_for_turn(&mut third, now).is_some());
        now += i64::try_from(delay_ms).unwrap();
    }
    assert_eq!(now, START + 1_004, "it sleeps no longer than it may take");
    for later in [0, 0, 100_000] {
        let Step::Done(Err(error)) = second.next_step(at(now + later)) else {
            panic!("its time is over");
        };
        assert_eq!(
            error.to_string(),
            "the time allowed was over while waiting for the other purchases of this account"
        );
        assert_eq!(error.next(), Next::Resume);
        assert!(error.token().unwrap().contains("unordered"));
    }
    let progress = second.progress(at(now));
    assert!(!progress.exclusive);
    assert!(progress.token.is_some());
    // It holds nobody up, and does not come back.
    first.end_turn();
    assert_eq!(waits_for_turn(&mut third, now), None);
    assert!(matches!(second.next_step(at(now)), Step::Done(Err(_))));
    let Step::Send(request) = third.next_step(at(now)) else {
        panic!("it begins")
    };
    let lost = support::failed(FailureKind::Io, stablevps_core::http::Delivery::Unknown);
    assert!(second.handle_reply(request.id, lost, at(now)).is_err());
}

#[test]
fn a_turn_lasts_until_the_token_that_names_the_vps_was_handed_out() {
    let mut service = simulator(&json!({ "balance": 100 }));
    let api = client("handed out", service.initial_key(), None);
    let mut first = purchase(&api, ProvisionOptions::default(), 1, START);
    let mut second = purchase(&api, ProvisionOptions::default(), 2, START);
    while first.progress(at(START)).exclusive {
        let Step::Send(request) = first.next_step(at(START)) else {
            panic!("it sends until it has ordered");
        };
        assert!(waits_for_turn(&mut second, START).is_some());
        let reply = carry(&mut service, &request, FailureKind::Io, START).reply;
        first.handle_reply(request.id, reply, at(START)).unwrap();
    }
    assert!(first.progress(at(START)).token.unwrap().contains("bought"));
    assert!(waits_for_turn(&mut second, START).is_some(), "not yet");
    first.end_turn();
    assert_eq!(waits_for_turn(&mut second, START), None);
    assert_eq!(
        waits_for_turn(&mut first, START),
        None,
        "it needs none any more"
    );
}

#[test]
fn a_host_that_does_not_say_that_the_token_was_handed_out_holds_the_others_up_until_the_next_reply()
{
    let mut service = simulator(&json!({ "balance": 100 }));
    let api = client("unsaid", service.initial_key(), None);
    let mut first = purchase(&api, ProvisionOptions::default(), 1, START);
    let mut second = purchase(&api, ProvisionOptions::default(), 2, START);
    let mut now = START;
    assert_eq!(waits_for_turn(&mut first, now), None);
    while waits_for_turn(&mut second, now).is_some() || first.progress(at(now)).vps_id.is_none() {
        match first.next_step(at(now)) {
            Step::Send(request) => {
                let reply = carry(&mut service, &request, FailureKind::Io, now).reply;
                first.handle_reply(request.id, reply, at(now)).unwrap();
            }
            Step::Wait { delay_ms, .. } => now += i64::try_from(delay_ms).unwrap(),
            Step::Probe(_) => panic!("nobody waits for an answer"),
            Step::Done(_) => panic!("the VPS takes two minutes"),
        }
    }
    let first_look = ProvisionOptions::default().first_look_ms;
    assert_eq!(now - START, first_look);
}

#[test]
fn a_purchase_that_gave_its_turn_up_waits_for_it_again_at_the_end_of_the_line() {
    let api = client("again", "svps_live_a3f7", None);
    let [mut first, mut second, mut third, mut fourth] =
        [1, 2, 3, 4].map(|seed| purchase(&api, ProvisionOptions::default(), seed, START));
    for machine in [&mut first, &mut second, &mut third] {
        let _ = machine.next_step(at(START));
    }
    first.end_turn();
    // Whoever only asks how far it is does not make it wait again.
    let progress = first.progress(at(START));
    assert!(progress.exclusive && progress.token.is_some());
    assert!(first.outcome(at(START)).is_none());
    let waits = [&mut second, &mut third, &mut fourth, &mut first]
        .map(|machine| waits_for_turn(machine, START));
    assert_eq!(waits, [None, Some(10), Some(200), Some(300)]);
    drop(second);
    assert_eq!(waits_for_turn(&mut third, START), None);
    drop(third);
    drop(fourth);
    assert_eq!(waits_for_turn(&mut first, START), None);
}

#[test]
fn an_end_gives_the_turn_back_even_if_its_machine_is_kept() {
    let mut service = simulator(&json!({ "balance": 1 }));
    let api = client("ended", service.initial_key(), None);
    let options = ProvisionOptions::default();
    let mut first = purchase(&api, options.clone(), 1, START);
    let mut second = purchase(&api, options, 2, START);
    while let Step::Send(request) = first.next_step(at(START)) {
        assert!(waits_for_turn(&mut second, START).is_some());
        let reply = carry(&mut service, &request, FailureKind::Io, START).reply;
        first.handle_reply(request.id, reply, at(START)).unwrap();
    }
    assert!(matches!(first.next_step(at(START)), Step::Done(Err(_))));
    assert_eq!(waits_for_turn(&mut second, START), None);
}

#[test]
fn keys_of_one_account_wait_for_each_other_where_it_has_a_name() {
    let keys = ["svps_live_aaaa_0123456789", "svps_live_bbbb_0123456789"];
    for (world, name, waits) in [("nameless", None, false), ("named", Some("acme"), true)] {
        let [mut first, mut second] = keys.map(|key| {
            let api = client(world, key, name);
            purchase(&api, ProvisionOptions::default(), 1, START)
        });
        assert_eq!(waits_for_turn(&mut first, START), None);
        assert_eq!(
            waits_for_turn(&mut second, START).is_some(),
            waits,
            "{world}"
        );
    }
    let nameless = Api::new(ApiConfig {
        account: Some(String::new()),
        ..ApiConfig::default()
    });
    assert_eq!(
        nameless.unwrap_err().to_string(),
        "account must not be empty"
    );
}

#[test]
fn what_only_waits_for_a_vps_needs_no_turn() {
    let api = client("watched", "svps_live_a3f7", None);
    let mut first = purchase(&api, ProvisionOptions::default(), 1, START);
    assert_eq!(waits_for_turn(&mut first, START), None);
    let (id, options) = (
        "65a1".parse::<VpsId>().unwrap(),
        ProvisionOptions::default(),
    );
    let mut watch = Provisioning::watch(&api, id, options, 1, clocks(START)).unwrap();
    assert!(matches!(watch.next_step(at(START)), Step::Send(_)));
}

/// A purchase in its host's hands.
fn begun(api: &Api) -> Machine {
    let request = Request::Provision {
        plan_id: "basic".into(),
        billing_cycle: "monthly".into(),
        location: "tokyo".into(),
        options: ProvisionOptions::default(),
        recording: None,
    };
    in_hands(api, request)
}

fn in_hands<'a>(origin: impl Into<Origin<'a>>, request: Request) -> Machine {
    let seeds = Seeds {
        jitter: 1,
        names: Some(2),
    };
    let (options, form) = (CallOptions::default(), ListingForm::Rows);
    begin(origin, request, options, form, seeds, clocks(START)).unwrap()
}

#[test]
fn a_host_gets_no_progress_while_a_purchase_waits_for_its_turn() {
    let api = client("silent", "svps_live_a3f7", None);
    let (mut first, mut second) = (begun(&api), begun(&api));
    let step = HostStep::of(&mut first, at(START));
    assert!(matches!(
        step,
        HostStep::Send {
            progress: Some(_),
            ..
        }
    ));
    let step = HostStep::of(&mut second, at(START));
    let waits = HostStep::Wait {
        delay_ms: 10,
        reason: WaitReason::Turn,
        progress: None,
    };
    assert_eq!(step, waits);
    first.end_turn();
    assert!(matches!(
        HostStep::of(&mut second, at(START)),
        HostStep::Send { .. }
    ));
}

#[test]
fn a_batch_knows_that_a_member_may_have_ordered_while_it_waits_for_its_turn() {
    let mut service = simulator(&json!({ "balance": 100 }));
    let api = client("taken up", service.initial_key(), None);
    let mut lost = purchase(&api, ProvisionOptions::default(), 1, START);
    let token = loop {
        let Step::Send(request) = lost.next_step(at(START)) else {
            unreachable!("it asks until it has ordered")
        };
        if request.method == "POST" {
            break lost.snapshot(at(START)).unwrap();
        }
        let reply = carry(&mut service, &request, FailureKind::Io, START).reply;
        lost.handle_reply(request.id, reply, at(START)).unwrap();
    };
    drop(lost);
    let mut first = begun(&api);
    let step = HostStep::of(&mut first, at(START));
    assert!(matches!(step, HostStep::Send { .. }));

    let batch = Batch::new(&api, &BatchOptions::default()).unwrap();
    let request = Request::Resume {
        token,
        any_key: false,
        timeout_ms: None,
    };
    let mut member = in_hands(&batch, request);
    let HostStep::Wait { reason, .. } = HostStep::of(&mut member, at(START)) else {
        unreachable!("another purchase has the turn")
    };
    assert_eq!(reason, WaitReason::Turn);
    let progress = batch.progress(at(START));
    assert_eq!((progress.preflight, progress.reconciling), (0, 1));
}

#[test]
fn a_purchase_within_the_call_of_one_that_has_the_turn_ends_and_any_other_goes_on_waiting() {
    let (api, other) = (
        client("within", "svps_live_aaaa_0123456789", None),
        client("within", "svps_live_bbbb_0123456789", None),
    );
    let turn_of = |machine: &Machine| machine.has_turn_of().map(str::to_owned);
    let step = |machine: &mut Machine| HostStep::of(machine, at(START));
    let refused = |machine: &mut Machine, queue: Option<String>| {
        if let Some(queue) = queue {
            machine.refuse_waiting_for(&queue, at(START));
        }
        match step(machine) {
            HostStep::Failed { error } => Some(error),
            _ => None,
        }
    };
    let (mut caller, mut waiting, mut elsewhere) = (begun(&api), begun(&api), begun(&other));
    for one in [&mut caller, &mut waiting, &mut elsewhere] {
        step(one);
    }
    let of_caller = turn_of(&caller);
    let of_waiting = turn_of(&waiting);
    let of_elsewhere = turn_of(&elsewhere);
    assert!(
        refused(&mut caller, of_caller.clone()).is_none(),
        "it does not wait"
    );
    assert!(refused(&mut elsewhere, of_caller.clone()).is_none());
    assert!(refused(&mut waiting, of_elsewhere).is_none());
    assert!(refused(&mut caller, of_waiting).is_none(), "it has no turn");

    let error = refused(&mut waiting, of_caller).unwrap();
    assert_eq!(
        error.message,
        "on_progress must not buy on the account of the purchase that calls it"
    );
    assert_eq!((error.next, error.token), (Next::Fix, None));
    assert_eq!(waiting.snapshot(at(START)), None, "nothing was ordered");

    let mut again = begun(&api);
    step(&mut again);
    caller.end_turn();
    assert!(
        {
            let queue = turn_of(&caller);
            refused(&mut again, queue)
        }
        .is_none(),
        "its turn has come"
    );
}

/// How fast a line of purchases goes on against a service that answers in 50 ms, and what waiting costs: printed.
#[test]
#[allow(clippy::disallowed_methods)] // What is measured is the machine's own time.
fn figures_of_a_line_of_500() {
    let mut service = simulator(&json!({ "balance": 1_000_000 }));
    let api = client("figures", service.initial_key(), None);
    let mut buyers: Vec<(i64, Provisioning)> = (0..500)
        .map(|seed| {
            (
                START,
                purchase(&api, ProvisionOptions::default(), seed, START),
            )
        })
        .collect();
    let mut looks = 0_u32;
    let mut now = START;
    let mut spent = Duration::ZERO;
    let mut turns = 0_u32;
    while let Some(index) = (0..buyers.len()).min_by_key(|index| buyers[*index].0) {
        now = now.max(buyers[index].0);
        let (due, machine) = &mut buyers[index];
        let began = std::time::Instant::now();
        let step = Provisioning::next_step(machine, at(now));
        match step {
            Step::Wait { delay_ms, .. } => {
                spent += began.elapsed();
                looks += 1;
                *due = now + i64::try_from(delay_ms).unwrap();
                if !machine.progress(at(now)).exclusive {
                    buyers.swap_remove(index);
                    turns += 1;
                }
            }
            Step::Send(request) => {
                let reply = carry(&mut service, &request, FailureKind::Io, now).reply;
                *due = now + 50;
                Provisioning::handle_reply(machine, request.id, reply, at(now + 50)).unwrap();
            }
            Step::Probe(_) => panic!("nobody waits for an answer"),
            Step::Done(outcome) => panic!("{outcome:?}"),
        }
    }
    assert_eq!(turns, 500);
    let seconds = f64::from(u32::try_from(now - START).unwrap()) / 1_000.0;
    println!(
        "500 purchases, each with 3 requests of 50 ms: {:.2} orders a second, {:.0} looks a second, {:.2} us a look",
        f64::from(turns) / seconds,
        f64::from(looks) / seconds,
        spent.as_secs_f64() * 1e6 / f64::from(looks)
    );
}
