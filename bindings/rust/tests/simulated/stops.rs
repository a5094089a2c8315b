//! Runs that are stopped, and go on.

use std::sync::mpsc;
use std::thread;
use std::time::{Duration, SystemTime};

use stablevps::http::{FailureKind, HttpRequest, Reply};
use stablevps::testing::{Misbehaviour, Simulator};
use stablevps::{Clock, ErrorKind, Next, Phase, Stopper, Transport};

use crate::{fault, rich};

fn is_stop(kind: &ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::Transport {
            kind: FailureKind::Cancelled,
            ..
        }
    )
}

#[test]
fn a_stop_in_any_phase_leaves_a_token_and_the_purchase_goes_on() {
    for phase in [
        Phase::Preflight,
        Phase::Baseline,
        Phase::Ordering,
        Phase::Reconciling,
        Phase::Polling,
    ] {
        let simulator = Simulator::new();
        if phase == Phase::Reconciling {
            fault(&simulator, "POST", "/vps", Misbehaviour::LoseAfter);
        }
        let client = simulator.client();
        let mut purchase = client
            .vps()
            .provision("pro", "monthly", "london")
            .begin()
            .unwrap();
        let stopper = purchase.stopper();
        let error = purchase
            .run(|progress| {
                if progress.phase == phase {
                    stopper.stop();
                }
            })
            .unwrap_err();
        assert!(is_stop(error.kind()), "{phase:?}: {error}");
        assert_eq!(error.next(), Next::Resume, "{phase:?}");
        assert_eq!(error.token(), purchase.token().as_deref(), "{phase:?}");
        assert_eq!(purchase.progress().phase, phase);
        let is_ordered = matches!(phase, Phase::Reconciling | Phase::Polling);
        assert_eq!(
            simulator.state().orders_placed,
            u64::from(is_ordered),
            "{phase:?}"
        );
        assert!(!purchase.stopper().is_stopped());
        // Nobody else is held up meanwhile.
        if !is_ordered {
            client
                .vps()
                .provision("basic", "monthly", "tokyo")
                .run()
                .unwrap();
        }
        purchase.run(|_| {}).unwrap();
        assert_eq!(
            simulator.state().orders_placed,
            1 + u64::from(!is_ordered),
            "{phase:?}"
        );
    }
}

#[test]
fn a_stop_before_the_run_counts_and_one_at_the_end_does_not_hide_it() {
    let simulator = Simulator::new();
    let client = simulator.client();
    let mut purchase = client
        .vps()
        .provision("pro", "monthly", "london")
        .begin()
        .unwrap();
    purchase.stopper().stop();
    assert!(is_stop(purchase.run(|_| {}).unwrap_err().kind()));
    assert!(simulator.requests().is_empty());
    purchase.run(|_| {}).unwrap();
}

/// A service that stops the purchase while it carries the order out.
struct StopsDuringOrder {
    simulator: Simulator,
    stopper: mpsc::Receiver<Stopper>,
}

// The receiver is used by one purchase.
struct Guarded(std::sync::Mutex<StopsDuringOrder>);

impl Transport for Guarded {
    fn send(&self, request: &HttpRequest) -> Reply {
        let inner = self.0.lock().unwrap();
        if request.endpoint == "POST /vps" {
            inner.stopper.recv().unwrap().stop();
        }
        inner.simulator.send(request)
    }
}

#[test]
fn an_order_on_its_way_is_waited_for_and_its_end_is_told() {
    for (balance, is_bought) in [(100.0, true), (1.0, false)] {
        let simulator = Simulator::with_config(stablevps::testing::Config {
            balance: f64::into(balance),
            ..Default::default()
        });
        let (give, stopper) = mpsc::channel();
        let transport = StopsDuringOrder {
            simulator: simulator.clone(),
            stopper,
        };
        let client = simulator
            .client_builder()
            .transport(Guarded(std::sync::Mutex::new(transport)))
            .build()
            .unwrap();
        let purchase = client.vps().provision("pro", "monthly", "london");
        let mut purchase = purchase
            .preflight(stablevps::Preflight::Skip)
            .begin()
            .unwrap();
        give.send(purchase.stopper()).unwrap();
        let error = purchase.run(|_| {}).unwrap_err();
        assert_eq!(is_stop(error.kind()), is_bought, "{error}");
        assert_eq!(
            error.next(),
            if is_bought { Next::Resume } else { Next::Fix }
        );
        assert_eq!(purchase.progress().vps_id.is_some(), is_bought);
        assert_eq!(simulator.state().orders_placed, u64::from(is_bought));
    }
}

/// A clock whose sleep says that it has begun, and ends by a stop alone.
struct Endless(std::sync::Mutex<mpsc::Sender<()>>);

impl Clock for Endless {
    fn monotonic(&self) -> Duration {
        Duration::ZERO
    }

    fn now(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH
    }

    fn sleep(&self, _: Duration, stopper: &Stopper) {
        self.0.lock().unwrap().send(()).unwrap();
        while !stopper.wait(Duration::from_mins(1)) {}
    }
}

#[test]
fn a_sleep_ends_at_once() {
    let simulator = rich();
    let (sleeping, asleep) = mpsc::channel();
    let client = stablevps::Client::builder()
        .api_key(simulator.api_key())
        .transport(simulator.clone())
        .clock(Endless(std::sync::Mutex::new(sleeping)))
        .build()
        .unwrap();
    let mut purchase = client
        .vps()
        .provision("pro", "monthly", "london")
        .begin()
        .unwrap();
    let stopper = purchase.stopper();
    thread::scope(|scope| {
        let run = scope.spawn(|| purchase.run(|_| {}));
        asleep.recv().unwrap();
        stopper.stop();
        assert!(is_stop(run.join().unwrap().unwrap_err().kind()));
    });
}

/// A transport that fails unexpectedly once it has sent an order.
struct Breaks(Simulator);

impl Transport for Breaks {
    fn send(&self, request: &HttpRequest) -> Reply {
        let reply = self.0.send(request);
        assert_ne!(request.endpoint, "POST /vps", "the transport broke");
        reply
    }
}

#[test]
fn an_order_over_which_the_transport_panicked_is_never_sent_again() {
    let simulator = rich();
    let builder = simulator.client_builder();
    let client = builder
        .transport(Breaks(simulator.clone()))
        .build()
        .unwrap();
    let purchase = client.vps().provision("pro", "monthly", "london");
    let mut purchase = purchase.begin().unwrap();
    let run = std::panic::AssertUnwindSafe(|| purchase.run(|_| {}));
    assert!(std::panic::catch_unwind(run).is_err());
    // Nobody else is held up.
    simulator
        .client()
        .vps()
        .provision("basic", "monthly", "tokyo")
        .run()
        .unwrap();
    let bought = purchase.run(|_| {}).unwrap();
    assert!(bought.recovered);
    assert_eq!(simulator.state().orders_placed, 2);
}
