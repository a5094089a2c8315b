//! Several purchases together: Ctrl-C leaves each of them resumable, and no key buys twice.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod support;

use std::collections::BTreeSet;
use std::process::{Command, Stdio};
use std::sync::mpsc::channel;

use serde_json::Value;
use stablevps_simulator::{Config, Span};
use support::{Home, Moment, Printed, Service, Verdict, run};

const BUY: [&str; 13] = [
    "buy",
    "basic",
    "tokyo",
    "--yes",
    "--count",
    "3",
    "--key",
    "order-4711",
    "--first-look",
    "50ms",
    "-o",
    "jsonl",
    "--longest-pause=50ms",
];

fn service(provisioning_ms: u64) -> Service {
    Service::new(Config {
        provisioning_ms: Span::from(provisioning_ms),
        ..Config::default()
    })
}

fn lines(printed: &Printed) -> Vec<Value> {
    let lines = printed.out.lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn texts<'a>(lines: &'a [Value], name: &str) -> BTreeSet<&'a str> {
    lines
        .iter()
        .filter_map(|line| line[name].as_str())
        .collect()
}

/// Runs the command, and interrupts it as soon as that call was seen so often.
fn interrupted(home: &Home, service: &Service, call: &'static str, times: usize) -> Printed {
    let (tell, told) = channel();
    let mut seen = 0;
    service.watch(move |one| {
        if one.moment == Moment::After && one.call == call {
            seen += 1;
            if seen == times {
                tell.send(()).unwrap();
            }
        }
        Verdict::Pass
    });
    let mut command = home.customer(service, &BUY);
    command.stdin(Stdio::null());
    let child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    told.recv().unwrap();
    let id = child.id().to_string();
    let killed = Command::new("kill").args(["-INT", &id]).status().unwrap();
    assert!(killed.success());
    let output = child.wait_with_output().unwrap();
    service.watch(|_| Verdict::Pass);
    Printed {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

fn all_are_active(service: &Service) {
    for vps in service.state().vps {
        let id = vps.id;
        service.control(&format!(
            r#"{{"set_vps": {{"id": "{id}", "vps_status": "active"}}}}"#
        ));
    }
}

#[test]
fn several_are_bought_side_by_side_and_each_is_told_in_a_line() {
    let (home, service) = (Home::new(), service(0));
    let printed = run(&mut home.customer(&service, &BUY));
    assert_eq!(printed.code, Some(0), "{}", printed.err);
    let lines = lines(&printed);
    assert_eq!(texts(&lines, "id").len(), 3);
    let keys = BTreeSet::from(["order-4711-1", "order-4711-2", "order-4711-3"]);
    assert_eq!(texts(&lines, "idempotencyKey"), keys);
    assert_eq!(service.state().orders_received, 3);
    assert_eq!(home.open_purchases().len(), 0);
}

#[test]
fn keys_of_the_commands_own_begin_with_16_random_digits() {
    let (home, service) = (Home::new(), service(0));
    let stems: BTreeSet<String> = (0..2)
        .map(|_| {
            let buy = ["buy", "basic", "tokyo", "--yes", "--count=2", "-o=jsonl"];
            let printed = run(&mut home.customer(&service, &buy));
            assert_eq!(printed.code, Some(0), "{}", printed.err);
            let said = printed.err.lines().find_map(|line| {
                let stem = line.strip_prefix("The idempotency keys begin with ")?;
                stem.strip_suffix("-.")
            });
            let stem = said.unwrap().to_owned();
            assert_eq!(stem.len(), 16, "{stem}");
            assert!(stem.bytes().all(|digit| digit.is_ascii_hexdigit()));
            let keys = [1, 2].map(|number| format!("{stem}-{number}"));
            let lines = lines(&printed);
            let expected = keys.iter().map(String::as_str).collect();
            assert_eq!(texts(&lines, "idempotencyKey"), expected);
            stem
        })
        .collect();
    assert_eq!(stems.len(), 2);
}

#[test]
fn an_interrupt_leaves_each_resumable_and_says_how() {
    let (home, service) = (Home::new(), service(3_600_000));
    let printed = interrupted(&home, &service, "POST /api/v1/vps", 3);
    assert_eq!(printed.code, Some(130), "{}", printed.err);
    let ends = lines(&printed);
    assert_eq!(texts(&ends, "next"), BTreeSet::from(["resume"]));
    assert!(
        !printed.err.contains("nothing was ordered"),
        "{}",
        printed.err
    );
    let again = "svps buy basic tokyo --count 3 --key order-4711\n";
    assert!(printed.err.contains(again), "{}", printed.err);
    assert!(printed.err.contains("svps resume --all"), "{}", printed.err);

    all_are_active(&service);
    let printed = run(&mut home.customer(&service, &["resume", "--all", "-q"]));
    assert_eq!(printed.code, Some(0), "{}", printed.err);
    let resumed: BTreeSet<&str> = printed.out.lines().collect();
    assert_eq!(resumed.len(), 3, "{}", printed.out);
    let printed = run(&mut home.customer(&service, &BUY));
    assert_eq!(printed.code, Some(0), "{}", printed.err);
    assert_eq!(texts(&lines(&printed), "id"), resumed);
    assert_eq!(service.state().orders_received, 3);
}

#[test]
fn an_interrupt_between_two_orders_says_what_is_bought_and_the_same_command_buys_the_rest() {
    let (home, service) = (Home::new(), service(2_000));
    let printed = interrupted(&home, &service, "POST /api/v1/vps", 1);
    assert_eq!(printed.code, Some(130), "{}", printed.err);
    let ordered = service.state().orders_received;
    assert!((1..=2).contains(&ordered), "{ordered}");
    // The order that was on its way is not said to be none.
    let bought = printed.err.matches("bought").count() as u64;
    assert!(bought >= ordered, "{}", printed.err);

    let printed = run(&mut home.customer(&service, &BUY));
    assert_eq!(printed.code, Some(0), "{}", printed.err);
    assert_eq!(texts(&lines(&printed), "id").len(), 3);
    assert_eq!(service.state().orders_received, 3);
}
