//! `kill -9` at every moment of a purchase, and then `svps resume --all`: never two orders, nothing lost, and what was not
//! placed is said to be so.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod support;

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, Stdio};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};

use stablevps_simulator::{Config, Span};
use support::{Home, Moment, Printed, Seen, Service, Verdict, run};

const BUY: [&str; 12] = [
    "buy",
    "basic",
    "tokyo",
    "--yes",
    "--settle",
    "1s",
    "--first-look",
    "0s",
    "--longest-pause",
    "50ms",
    "-o",
    "json",
];
const RESUME: [&str; 4] = ["resume", "--all", "-o", "json"];

fn service() -> Service {
    Service::new(Config {
        provisioning_ms: Span::from(0),
        ..Config::default()
    })
}

/// Runs a command, and kills it as soon as a request is seen that fits. Gives whether it was.
fn killed_at(
    home: &Home,
    service: &Service,
    arguments: &[&str],
    fits: impl Fn(&Seen) -> bool + Send + 'static,
) -> bool {
    let running: Arc<Mutex<Option<Child>>> = Arc::default();
    let victim = Arc::clone(&running);
    let begun = service.calls().len();
    // It is not seen before it can be killed.
    let mut slot = running.lock().unwrap();
    service.watch(move |seen| {
        let seen = Seen {
            number: seen.number - begun,
            ..seen.clone()
        };
        if !fits(&seen) {
            return Verdict::Pass;
        }
        let mut child = victim.lock().unwrap();
        if let Some(child) = child.as_mut() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
        Verdict::Break
    });
    let mut command = home.customer(service, arguments);
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut out = child.stdout.take().unwrap();
    *slot = Some(child);
    drop(slot);
    // Its end closes its standard output. The watcher needs the child until then.
    out.read_to_end(&mut Vec::new()).unwrap();
    let status = running.lock().unwrap().as_mut().unwrap().wait().unwrap();
    service.watch(|_| Verdict::Pass);
    status.code().is_none()
}

fn resumed(home: &Home, service: &Service) -> Printed {
    run(&mut home.customer(service, &RESUME))
}

#[test]
fn killed_before_the_order_nothing_is_bought_and_that_is_said() {
    for call in ["GET /api/v1/wallet", "GET /api/v1/vps"] {
        let (home, service) = (Home::new(), service());
        assert!(
            killed_at(&home, &service, &BUY, move |seen| seen.call == call),
            "{call}"
        );
        assert_eq!(home.open_purchases().len(), 1, "{call}");
        let printed = resumed(&home, &service);
        assert_eq!(printed.code, Some(1), "{call}: {}", printed.err);
        assert!(
            printed
                .err
                .contains("ended before its order; nothing was bought"),
            "{}",
            printed.err
        );
        assert!(
            printed.err.contains("svps buy basic tokyo --cycle monthly"),
            "{}",
            printed.err
        );
        assert_eq!(service.state().orders_received, 0, "{call}");
        assert_eq!(home.open_purchases().len(), 0, "{call}");
    }
}

#[test]
fn killed_while_the_order_arrives_it_is_looked_for_and_said_not_to_be_placed() {
    let (home, service) = (Home::new(), service());
    let arrives = |seen: &Seen| seen.call == "POST /api/v1/vps" && seen.moment == Moment::Before;
    assert!(killed_at(&home, &service, &BUY, arrives));
    let printed = resumed(&home, &service);
    assert_eq!(printed.code, Some(1), "{}", printed.err);
    assert!(
        printed.err.contains("nothing was bought"),
        "{}",
        printed.err
    );
    assert!(
        printed.err.contains("It is safe to buy again."),
        "{}",
        printed.err
    );
    assert_eq!(service.state().orders_received, 0);
    assert_eq!(home.open_purchases().len(), 0);
}

#[test]
fn killed_after_the_order_was_carried_out_its_vps_is_found() {
    let (home, service) = (Home::new(), service());
    let is_done = |seen: &Seen| seen.call == "POST /api/v1/vps" && seen.moment == Moment::After;
    assert!(killed_at(&home, &service, &BUY, is_done));
    must_be_found(&home, &service);
}

#[test]
fn killed_while_it_waits_it_goes_on() {
    let (home, service) = (Home::new(), service());
    let waits = |seen: &Seen| seen.number > 2 && seen.call.starts_with("GET /api/v1/vps/");
    assert!(killed_at(&home, &service, &BUY, waits));
    must_be_found(&home, &service);
}

#[test]
fn killed_again_and_again_it_comes_to_its_end_with_one_order() {
    for moment in [Moment::Before, Moment::After] {
        let (home, service) = (Home::new(), service());
        let order =
            move |seen: &Seen| seen.call == "POST /api/v1/vps" && seen.moment == Moment::After;
        assert!(killed_at(&home, &service, &BUY, order));
        let mut kills = 0;
        while killed_at(&home, &service, &RESUME, move |seen| {
            seen.number == kills && seen.moment == moment
        }) {
            kills += 1;
        }
        assert!(kills > 0, "{moment:?}");
        assert_eq!(home.open_purchases().len(), 0, "{moment:?}");
        assert_eq!(service.state().orders_received, 1, "{moment:?}");
        assert_eq!(service.state().vps.len(), 1, "{moment:?}");
    }
}

fn must_be_found(home: &Home, service: &Service) {
    let printed = resumed(home, service);
    assert_eq!(printed.code, Some(0), "{}", printed.err);
    let bought: serde_json::Value = serde_json::from_str(&printed.out).unwrap();
    assert_eq!(
        bought["id"].as_str(),
        Some(service.state().vps[0].id.as_str())
    );
    assert_eq!(bought["vpsStatus"], "active");
    assert_eq!(service.state().orders_received, 1);
    assert_eq!(service.state().balance, (100.0 - 12.49).into());
    assert_eq!(home.open_purchases().len(), 0);
}

/// The leases of processes that died end, as they do after two minutes at most.
fn leases_end(home: &Home) {
    let database = home.path().join(".local/state/svps/purchases.db");
    let database = rusqlite::Connection::open(database).unwrap();
    let ended = database.execute("UPDATE stablevps_holders SET lease_until = 0", []);
    ended.unwrap();
}

#[test]
fn with_a_key_the_same_command_run_again_goes_on_wherever_it_was_killed() {
    let keyed: Vec<&str> = BUY.into_iter().chain(["--key", "order-4711"]).collect();
    for moment in [Moment::Before, Moment::After] {
        let (home, service) = (Home::new(), service());
        let mut kills = 0;
        while killed_at(&home, &service, &keyed, move |seen| {
            seen.number == kills && seen.moment == moment
        }) {
            kills += 1;
            leases_end(&home);
        }
        assert!(kills > 3, "{moment:?}: {kills}");
        let printed = run(&mut home.customer(&service, &keyed));
        assert_eq!(printed.code, Some(0), "{}", printed.err);
        let bought: serde_json::Value = serde_json::from_str(&printed.out).unwrap();
        assert_eq!(bought["id"], service.state().vps[0].id.as_str());
        assert_eq!(service.state().orders_received, 1, "{moment:?}");
        assert_eq!(home.open_purchases().len(), 0, "{moment:?}");
    }
}

#[test]
fn while_an_order_with_a_key_is_unclear_nothing_else_is_ordered() {
    let keyed: Vec<&str> = BUY.into_iter().chain(["--key", "order-4711"]).collect();
    let (home, service) = (Home::new(), service());
    let is_done = |seen: &Seen| seen.call == "POST /api/v1/vps" && seen.moment == Moment::After;
    assert!(killed_at(&home, &service, &keyed, is_done));
    let printed = run(&mut home.customer(&service, &BUY));
    assert_eq!(printed.code, Some(7), "{}", printed.err);
    let told = "Find out first: svps resume order-4711";
    assert!(printed.err.contains(told), "{}", printed.err);
    leases_end(&home);
    must_be_found(&home, &service);
    let printed = run(&mut home.customer(&service, &BUY));
    assert_eq!(printed.code, Some(0), "{}", printed.err);
    assert_eq!(service.state().orders_received, 2);
}

#[test]
fn an_order_whose_reply_is_lost_is_found_and_not_sent_again() {
    for (moment, code, orders) in [(Moment::After, Some(0), 1), (Moment::Before, Some(1), 0)] {
        let (home, service) = (Home::new(), service());
        service.watch(move |seen| {
            if seen.call == "POST /api/v1/vps" && seen.moment == moment {
                Verdict::Break
            } else {
                Verdict::Pass
            }
        });
        let printed = run(&mut home.customer(&service, &BUY));
        assert_eq!(printed.code, code, "{moment:?}: {}", printed.err);
        let told = "the order's reply was lost: looking for what became of it";
        assert!(printed.err.contains(told), "{}", printed.err);
        let sent = service.calls().into_iter();
        assert_eq!(sent.filter(|call| call.starts_with("POST")).count(), 1);
        assert_eq!(service.state().orders_received, orders, "{moment:?}");
        assert_eq!(home.open_purchases().len(), 0, "{moment:?}");
    }
}

#[test]
fn while_an_order_is_unclear_nothing_else_is_ordered() {
    let (home, service) = (Home::new(), service());
    let arrives = |seen: &Seen| seen.call == "POST /api/v1/vps" && seen.moment == Moment::Before;
    assert!(killed_at(&home, &service, &BUY, arrives));
    let printed = run(&mut home.customer(&service, &BUY));
    assert_eq!(printed.code, Some(7), "{}", printed.err);
    assert!(
        printed.err.contains("Find out first: svps resume"),
        "{}",
        printed.err
    );
    assert_eq!(service.state().orders_received, 0);
}

#[test]
fn what_nobody_can_tell_stays_until_a_person_forgets_it() {
    let (home, service) = (Home::new(), service());
    service.control(r#"{"fault": {"on": {"method": "POST", "path": "/vps"}, "do": {"partial_order": {"half": "charged_not_created"}}}}"#);
    let printed = run(&mut home.customer(&service, &BUY));
    assert_eq!(printed.code, Some(7), "{}", printed.err);
    assert_eq!(home.open_purchases().len(), 1);
    let printed = run(&mut home.customer(&service, &BUY));
    assert_eq!(printed.code, Some(7), "{}", printed.err);
    assert_eq!(service.state().orders_received, 1);

    let name = home.open_purchases()[0]
        .file_stem()
        .unwrap()
        .to_str()
        .unwrap()
        .to_owned();
    let printed = run(&mut home.customer(&service, &["resume", &name, "--forget", "--yes"]));
    assert_eq!(printed.code, Some(0), "{}", printed.err);
    let printed = run(&mut home.customer(&service, &BUY));
    assert_eq!(printed.code, Some(0), "{}", printed.err);
    assert_eq!(service.state().orders_received, 2);
}

#[test]
fn while_one_orders_another_waits_for_its_turn() {
    let (home, service) = (Home::new(), service());
    let (arrived, arrival) = channel();
    let (release, released) = channel::<()>();
    service.watch(move |seen| {
        if seen.call == "POST /api/v1/vps"
            && seen.moment == Moment::Before
            && arrived.send(()).is_ok()
        {
            let _ = released.recv();
        }
        Verdict::Pass
    });
    let begin = || {
        home.customer(&service, &BUY)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    };
    let first = begin();
    arrival.recv().unwrap();
    drop(arrival);
    let mut second = begin();
    let mut told = BufReader::new(second.stderr.take().unwrap());
    let mut line = String::new();
    told.read_line(&mut line).unwrap();
    assert_eq!(line, "waiting for another svps to end its order\n");
    drop(release);
    let mut ids: Vec<String> = Vec::new();
    for child in [first, second] {
        let output = child.wait_with_output().unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let bought: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(bought["recovered"], false);
        ids.push(bought["id"].as_str().unwrap().to_owned());
    }
    assert_ne!(ids[0], ids[1]);
    assert_eq!(service.state().orders_received, 2);
}

#[test]
fn a_folder_that_cannot_be_written_to_buys_nothing() {
    let (home, service) = (Home::new(), service());
    std::fs::create_dir_all(home.path().join(".local/state/svps")).unwrap();
    std::fs::write(home.path().join(".local/state/svps/purchases"), "").unwrap();
    let printed = run(&mut home.customer(&service, &BUY));
    assert_eq!(printed.code, Some(1), "{}", printed.err);
    assert_eq!(service.state().orders_received, 0);
}
