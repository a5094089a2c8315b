//! What is waited for, and what is said when it does not come.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod support;

use std::net::TcpListener;
use std::process::Command;

use stablevps_simulator::{Config, Span, VpsSeed};
use support::{Home, Printed, Service, run};

/// A VPS whose desktop is on this machine.
fn with_desktop_here() -> (Service, String) {
    let service = Service::new(Config {
        vps: vec![VpsSeed::default()],
        ..Config::default()
    });
    service.control(
        r#"{"fault": {"on": {"path": "/vps/:id"}, "times": 100, "do": {"patch": {"merge": {"ipAddress": "localhost"}}}}}"#,
    );
    let id = service.state().vps[0].id.clone();
    (service, id)
}

fn wait(home: &Home, service: &Service, id: &str, port: u16) -> Printed {
    let mut wait = home.customer(service, &["wait", id, "--wait", "reachable"]);
    wait.args(["--first-look", "0s", "--timeout", "1s", "-q"])
        .args(["--desktop-port", &port.to_string()]);
    run(&mut wait)
}

#[test]
fn a_desktop_that_answers_ends_the_wait() {
    let (home, (service, id)) = (Home::new(), with_desktop_here());
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let printed = wait(&home, &service, &id, listener.local_addr().unwrap().port());
    assert_eq!(printed.code, Some(0), "{}", printed.err);
    assert_eq!(printed.out.trim_end(), id);
}

#[test]
fn a_desktop_that_does_not_answer_in_time_is_told_and_the_vps_is_ready() {
    let (home, (service, id)) = (Home::new(), with_desktop_here());
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let printed = wait(&home, &service, &id, port);
    assert_eq!(printed.code, Some(6), "{}", printed.err);
    let told = "ready, but its desktop does not answer";
    assert!(printed.err.contains(told), "{}", printed.err);
    let next = format!("svps wait {id} --wait reachable");
    assert!(printed.err.contains(&next), "{}", printed.err);
}

#[test]
fn a_vps_that_is_not_ready_in_time_is_bought_and_stays_open() {
    let home = Home::new();
    let service = Service::new(Config {
        provisioning_ms: Span::from(3_600_000),
        ..Config::default()
    });
    let mut buy = home.customer(&service, &["buy", "basic", "tokyo", "--yes"]);
    let printed = run(buy.args(["--first-look", "0s", "--timeout", "1s"]));
    assert_eq!(printed.code, Some(6), "{}", printed.err);
    let next = "Do not buy again. Go on: svps resume";
    assert!(printed.err.contains(next), "{}", printed.err);
    let files = home.open_purchases();
    assert_eq!(files.len(), 1);
    let written = std::fs::read_to_string(&files[0]).unwrap();
    assert!(!written.contains(&service.key()), "{written}");
    assert!(!written.contains("rdpPassword"), "{written}");

    let id = service.state().vps[0].id.clone();
    service.control(&format!(
        r#"{{"set_vps": {{"id": "{id}", "vps_status": "active"}}}}"#
    ));
    let printed = run(&mut home.customer(&service, &["resume", "-q"]));
    assert_eq!(printed.code, Some(0), "{}", printed.err);
    assert_eq!(printed.out.trim_end(), id);
    assert_eq!(service.state().orders_received, 1);
    assert_eq!(home.open_purchases().len(), 0);
}

#[test]
fn without_a_server_nothing_is_ordered_and_nothing_is_left_open() {
    let home = Home::new();
    let nowhere = |arguments: &[&str]| {
        let mut command: Command = home.svps(arguments);
        command
            .env("STABLEVPS_BASE_URL", "http://127.0.0.1:9")
            .env("STABLEVPS_API_KEY", "svps_live_0123456789abcdef");
        run(&mut command)
    };
    let printed = nowhere(&["buy", "basic", "tokyo", "--yes", "--timeout", "1s"]);
    assert_ne!(printed.code, Some(0));
    let told = "Nothing was ordered. It is safe to run the same command again.";
    assert!(printed.err.contains(told), "{}", printed.err);
    assert_eq!(home.open_purchases().len(), 0);
    assert_eq!(nowhere(&["list"]).code, Some(5));
}

#[test]
fn a_purchase_that_cannot_be_read_holds_new_ones_back() {
    let home = Home::new();
    let service = Service::new(Config::default());
    let folder = home.path().join(".local/state/svps/purchases");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("damaged.json"), "{").unwrap();
    for arguments in [
        &["resume", "--all"][..],
        &["buy", "basic", "tokyo", "--yes"],
    ] {
        let printed = run(&mut home.customer(&service, arguments));
        assert_eq!(printed.code, Some(7), "{}", printed.err);
        let told = "damaged.json: this purchase can't be read";
        assert!(printed.err.contains(told), "{}", printed.err);
    }
    assert_eq!(service.state().orders_received, 0);
}

#[test]
fn a_token_of_another_language_is_taken_up() {
    let home = Home::new();
    let service = Service::new(Config {
        provisioning_ms: Span::from(3_600_000),
        ..Config::default()
    });
    let mut buy = home.customer(&service, &["buy", "basic", "tokyo", "--yes"]);
    run(buy.args(["--first-look", "0s", "--timeout", "1s"]));
    let file = home.open_purchases().remove(0);
    let record: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let id = service.state().vps[0].id.clone();
    service.control(&format!(
        r#"{{"set_vps": {{"id": "{id}", "vps_status": "active"}}}}"#
    ));

    let elsewhere = Home::new();
    let token = record["token"].as_str().unwrap();
    let printed = run(&mut elsewhere.customer(&service, &["resume", token, "-q"]));
    assert_eq!(printed.code, Some(0), "{}", printed.err);
    assert_eq!(printed.out.trim_end(), id);
    let mut stranger = elsewhere.customer(&service, &["resume", token]);
    let printed = run(stranger.env("STABLEVPS_API_KEY", "svps_live_fedcba9876543210"));
    assert_eq!(printed.code, Some(2), "{}", printed.err);
    assert_eq!(elsewhere.open_purchases().len(), 0);
}
