//! The rules of a watch, one row each: what happens to an account, and what is told.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod support;
#[path = "support/watched.rs"]
mod watched;

use proptest::prelude::*;
use stablevps_core::clock::Now;
use stablevps_core::error::ErrorKind;
use stablevps_core::host::{Seeds, documents};
use stablevps_core::http::{Delivery, FailureKind, RequestId};
use stablevps_core::probe::ProbeRequest;
use stablevps_core::step::Step;
use stablevps_core::watch::{
    ProbeOutcome, RebootPolicy, Watch, WatchEvent, WatchEventKind, WatchOptions,
};
use stablevps_simulator::Command;
use support::{START, api, failed, response};
use watched::{Act, DAY, HOUR, MINUTE, Trouble, World};

fn rebooting() -> WatchOptions {
    WatchOptions {
        reboot: RebootPolicy::WhenSilent,
        ..WatchOptions::default()
    }
}

/// `1:02 unreachable 0`: the hour and minute, the event, and the VPS's number.
fn line(event: &WatchEvent) -> String {
    let minutes = (event.at.millis() - START) / MINUTE;
    let (hours, minutes) = (minutes / 60, minutes % 60);
    let vps = event.kind.vps().map(|vps| vps.id.as_str());
    let number: Option<u32> = vps.map(|id| id.strip_prefix("vps-").unwrap().parse().unwrap());
    let number = number.map_or_else(String::new, |number| format!(" {number}"));
    format!("{hours}:{minutes:02} {}{number}", event.kind.name())
}

fn told(world: &mut World, until: i64) -> Vec<WatchEvent> {
    let mut events = Vec::new();
    world.run(until, |event| events.push(event.clone()));
    events
}

/// What a plan leads to within a few hours, without the first event.
fn lines(places: &[&'static str], options: WatchOptions, plan: &[(i64, Act)]) -> Vec<String> {
    let plan = plan.iter().map(|(at, act)| (*at * MINUTE + 1_000, *act));
    let mut world = World::new(places, options, plan.collect(), 3);
    let lines: Vec<_> = told(&mut world, 6 * HOUR).iter().map(line).collect();
    assert_eq!(lines.first().unwrap(), "0:00 started");
    lines[1..].to_vec()
}

/// A plan, and what it leads to.
type Row<'a> = (&'a [(i64, Act)], &'a [&'a str]);

fn check(places: &[&'static str], options: &WatchOptions, rows: &[Row<'_>]) {
    for (plan, expected) in rows {
        assert_eq!(lines(places, options.clone(), plan), *expected, "{plan:?}");
    }
}

const THREE: [&str; 3] = ["london", "london", "tokyo"];

#[test]
fn what_the_list_shows_is_told() {
    let rows: &[Row<'_>] = &[
        (&[], &[]),
        (
            &[
                (5, Act::Machine(1, "suspended")),
                (9, Act::Machine(1, "active")),
            ],
            &["0:06 status_changed 1", "0:10 status_changed 1"],
        ),
        (
            &[(5, Act::Billing(0, "past_due"))],
            &["0:06 billing_changed 0"],
        ),
        // A list may lack a VPS for once.
        (&[(5, Act::Unlisted(0, MINUTE))], &[]),
        (
            &[(5, Act::Unlisted(0, 2 * MINUTE))],
            &["0:07 removed 0", "0:08 added 0"],
        ),
        (&[(5, Act::Delete(2))], &["0:07 removed 2"]),
        (
            &[(5, Act::NoList(Trouble::Broken, 3 * MINUTE))],
            &["0:06 listing_failed", "0:09 listing_recovered"],
        ),
        // A list that shows less than it says changes nothing.
        (
            &[(5, Act::NoList(Trouble::Short, 3 * MINUTE))],
            &["0:06 listing_failed", "0:09 listing_recovered"],
        ),
        // A refusal for once may be a mistake; twice it is the end.
        (
            &[(5, Act::NoList(Trouble::Refused, MINUTE))],
            &["0:06 listing_failed", "0:07 listing_recovered"],
        ),
        (&[(5, Act::EndKey)], &["0:06 listing_failed"]),
    ];
    check(&THREE, &WatchOptions::default(), rows);
}

#[test]
fn a_vps_is_unreachable_after_so_many_silences_that_count() {
    let rows: &[Row<'_>] = &[
        (&[(5, Act::Blip(0, 115_000))], &[]),
        (
            &[(5, Act::Blip(0, 235_000))],
            &["0:08 unreachable 0", "0:09 reachable 0"],
        ),
        // Those that are not expected up are not probed.
        (
            &[
                (5, Act::Machine(0, "suspended")),
                (9, Act::Machine(0, "active")),
            ],
            &["0:06 status_changed 0", "0:10 status_changed 0"],
        ),
        (&[(5, Act::Stop(0))], &[]),
        // All of a place at once.
        (
            &[(5, Act::NoPlace("london", 5 * MINUTE))],
            &["0:06 many_silent", "0:11 many_silent_ended"],
        ),
        // The only one of its place.
        (
            &[(5, Act::NoPlace("tokyo", 5 * MINUTE))],
            &["0:08 unreachable 2", "0:11 reachable 2"],
        ),
        (
            &[(5, Act::NoProbes(5 * MINUTE))],
            &["0:06 many_silent", "0:11 many_silent_ended"],
        ),
        (
            &[(5, Act::NoNetwork(5 * MINUTE))],
            &[
                "0:06 listing_failed",
                "0:06 many_silent",
                "0:11 listing_recovered",
                "0:11 many_silent_ended",
            ],
        ),
        // What the host can't try says nothing.
        (&[(5, Act::NoSockets(9 * MINUTE))], &[]),
        // Without the list, who answers is told all the same.
        (
            &[
                (5, Act::NoList(Trouble::Broken, 9 * MINUTE)),
                (6, Act::Blip(0, 4 * MINUTE)),
            ],
            &[
                "0:06 listing_failed",
                "0:09 unreachable 0",
                "0:11 reachable 0",
                "0:15 listing_recovered",
            ],
        ),
    ];
    check(&THREE, &WatchOptions::default(), rows);
}

#[test]
fn a_hung_vps_is_rebooted_and_one_for_which_that_is_not_due_is_not() {
    let rows: &[Row<'_>] = &[
        (
            &[(5, Act::Hang(0))],
            &[
                "0:08 unreachable 0",
                "0:08 reboot_sent 0",
                "0:10 reachable 0",
            ],
        ),
        // Halted, unpaid, stopped, or booting by this program's own doing.
        (
            &[(5, Act::Hang(0)), (6, Act::Machine(0, "suspended"))],
            &["0:07 status_changed 0"],
        ),
        (
            &[(5, Act::Hang(0)), (6, Act::Billing(0, "past_due"))],
            &["0:07 billing_changed 0"],
        ),
        (&[(5, Act::Hang(0)), (6, Act::Stop(0))], &[]),
        // What was stopped stays so, though the list lacks it for a while.
        (
            &[(5, Act::Stop(0)), (6, Act::Unlisted(0, 3 * MINUTE))],
            &["0:08 removed 0", "0:10 added 0"],
        ),
        (
            &[(5, Act::Stop(0)), (9, Act::Start(0)), (10, Act::Hang(0))],
            &[
                "0:12 unreachable 0",
                "0:14 reboot_sent 0",
                "0:16 reachable 0",
            ],
        ),
        (
            &[(5, Act::Reboot(0)), (6, Act::Blip(0, 170_000))],
            &["0:08 unreachable 0", "0:09 reachable 0"],
        ),
        // Without the list, nothing is known of what is paid.
        (
            &[
                (5, Act::NoList(Trouble::Html, 9 * MINUTE)),
                (6, Act::Hang(0)),
            ],
            &[
                "0:06 listing_failed",
                "0:09 unreachable 0",
                "0:15 listing_recovered",
                "0:15 reboot_sent 0",
                "0:17 reachable 0",
            ],
        ),
        // A silence that does not count begins the counting anew.
        (
            &[(5, Act::Hang(0)), (7, Act::NoProbes(100_000))],
            &[
                "0:08 many_silent",
                "0:09 many_silent_ended",
                "0:11 unreachable 0",
                "0:11 reboot_sent 0",
                "0:13 reachable 0",
            ],
        ),
    ];
    check(&THREE, &rebooting(), rows);
    let never: &[Row<'_>] = &[(&[(5, Act::Hang(0))], &["0:08 unreachable 0"])];
    check(&THREE, &WatchOptions::default(), never);
    let excluded = WatchOptions {
        exclude: vec!["vps-000".to_owned()],
        ..rebooting()
    };
    check(&THREE, &excluded, &[(&[(5, Act::Hang(0))], &[])]);
}

#[test]
fn one_vps_alone_is_measured_by_the_service() {
    let rows: &[Row<'_>] = &[
        (
            &[(5, Act::Hang(0))],
            &[
                "0:08 unreachable 0",
                "0:08 reboot_sent 0",
                "0:10 reachable 0",
            ],
        ),
        (
            &[(5, Act::Hang(0)), (5, Act::NoNetwork(20 * MINUTE))],
            &[
                "0:06 listing_failed",
                "0:06 many_silent",
                "0:26 listing_recovered",
                "0:26 many_silent_ended",
                "0:28 unreachable 0",
                "0:28 reboot_sent 0",
                "0:30 reachable 0",
            ],
        ),
        // Nobody has answered yet: it may be that no probe gets out.
        (&[(-1, Act::Hang(0))], &["0:02 unreachable 0"]),
    ];
    check(&["tokyo"], &rebooting(), rows);
}

/// When reboots were sent, in minutes, of a VPS that no reboot brings back.
fn reboots(world: &mut World, until: i64) -> Vec<i64> {
    let mut minutes = Vec::new();
    world.run(until, |event| match &event.kind {
        WatchEventKind::RebootSent { reboots, .. }
        | WatchEventKind::RebootUnknown { reboots, .. } => {
            minutes.push((event.at.millis() - START) / MINUTE);
            assert_eq!(usize::try_from(*reboots).unwrap(), minutes.len());
        }
        _ => {}
    });
    minutes
}

fn in_vain(plan: &[(i64, Act)]) -> World {
    let plan = plan.iter().map(|(at, act)| (*at * MINUTE + 1_000, *act));
    let mut world = World::new(&THREE, rebooting(), plan.collect(), 3);
    world.is_beyond_help = true;
    world
}

#[test]
fn patience_doubles_up_to_an_hour() {
    let mut world = in_vain(&[(5, Act::Hang(0))]);
    // With the first look after 5, 10, 20 and 40 minutes, and then after each hour.
    assert_eq!(reboots(&mut world, 4 * HOUR), [8, 14, 25, 46, 87, 148, 209]);
}

#[test]
fn a_reboot_whose_reply_was_lost_counts_as_done_and_is_waited_for_twice_as_long() {
    let mut world = in_vain(&[(5, Act::Hang(0)), (5, Act::NoReplies(10 * MINUTE))]);
    assert_eq!(reboots(&mut world, 2 * HOUR), [8, 19, 40, 81]);
}

#[test]
fn a_look_reboots_a_tenth_of_what_it_probed() {
    let places: Vec<_> = ["london", "tokyo"].into_iter().cycle().take(40).collect();
    let hang = |number| (5 * MINUTE, Act::Hang(number));
    let mut world = World::new(&places, rebooting(), (0..10).map(hang).collect(), 3);
    let mut sent = std::collections::BTreeMap::<i64, u32>::new();
    world.run(12 * MINUTE, |event| {
        if event.kind.name() == "reboot_sent" {
            *sent
                .entry((event.at.millis() - START) / MINUTE)
                .or_default() += 1;
        }
    });
    assert_eq!(
        sent.into_iter().collect::<Vec<_>>(),
        [(7, 4), (8, 4), (9, 2)]
    );
}

#[test]
fn a_refused_reboot_is_told_and_is_not_repeated_at_once() {
    let mut world = World::new(&THREE, rebooting(), vec![(5 * MINUTE, Act::Hang(0))], 3);
    world.refusal = Some((403, r#"{"error":"read-only key"}"#));
    let events = told(&mut world, 20 * MINUTE);
    let refused: Vec<_> = events
        .iter()
        .filter_map(|event| match &event.kind {
            WatchEventKind::RebootRefused {
                error, again_in_ms, ..
            } => Some((line(event), error.kind.code(), *again_in_ms)),
            _ => None,
        })
        .collect();
    let expected = [
        ("0:07 reboot_refused 0".to_owned(), "read_only_key", 300_000),
        ("0:13 reboot_refused 0".to_owned(), "read_only_key", 600_000),
    ];
    assert_eq!(refused, expected);
    assert_eq!(world.servers[0].reboots, 2);
}

#[test]
fn a_status_that_only_the_vps_itself_shows_keeps_it_from_being_rebooted() {
    let mut world = World::new(&THREE, rebooting(), vec![(5 * MINUTE, Act::Hang(0))], 3);
    world.status_by_id = Some("suspended");
    let lines: Vec<_> = told(&mut world, 9 * MINUTE).iter().map(line).collect();
    assert_eq!(
        lines,
        [
            "0:00 started",
            "0:07 unreachable 0",
            "0:07 reboot_withheld 0"
        ]
    );
    assert_eq!(world.servers[0].reboots, 0);
}

#[test]
fn two_watches_of_one_process_reboot_once() {
    let mut world = World::new(&THREE, rebooting(), vec![(5 * MINUTE, Act::Hang(0))], 3);
    world.is_beyond_help = true;
    let now = Now::from_millis(0, START);
    let mut second = Watch::new(&world.api, &rebooting(), 9, now).unwrap();
    // Both see the same, the one after the other.
    for minute in 1..=10 {
        world.run(minute * MINUTE, |_| {});
        std::mem::swap(&mut world.watch, &mut second);
        world.run(minute * MINUTE + 30_000, |_| {});
        std::mem::swap(&mut world.watch, &mut second);
    }
    assert_eq!(world.servers[0].reboots, 1);
}

#[test]
fn renewals_are_told_once_with_all_that_the_wallet_lacks_for_them() {
    // The simulator's periods end after a month: all three on the same day.
    let plan = vec![
        (26 * DAY, Act::Balance(25.0)),
        (27 * DAY, Act::Balance(100.0)),
        (28 * DAY, Act::Balance(1.0)),
    ];
    let options = WatchOptions {
        interval_ms: HOUR,
        ..WatchOptions::default()
    };
    let mut world = World::new(&THREE, options, plan, 3);
    world.command(Command::SetVps(stablevps_simulator::VpsChange {
        id: "vps-002".to_owned(),
        status: Some("canceled".to_owned()),
        ..Default::default()
    }));
    let events = told(&mut world, 30 * DAY);
    let shown: Vec<_> = events
        .iter()
        .filter_map(|event| match &event.kind {
            WatchEventKind::PeriodEnding {
                vps,
                ends_in_ms,
                renewal,
                renewals,
                balance,
                missing,
                ..
            } => {
                let money = |money: &Option<stablevps_core::money::Money>| {
                    money.map_or("-".to_owned(), |money| money.to_string())
                };
                let days = ends_in_ms / u64::try_from(DAY).unwrap();
                Some(format!(
                    "{} {days} days: {} of {renewals}, {} there, {} missing",
                    vps.id,
                    money(renewal),
                    money(balance),
                    money(missing)
                ))
            }
            _ => None,
        })
        .collect();
    assert_eq!(
        shown,
        [
            "vps-000 6 days: 19.49 of 19.49, 100.00 there, - missing",
            "vps-001 6 days: 19.49 of 38.98, 100.00 there, - missing",
            "vps-002 6 days: - of 38.98, 100.00 there, - missing",
            "vps-001 4 days: 19.49 of 38.98, 25.00 there, 13.98 missing",
            "vps-000 2 days: 19.49 of 19.49, 1.00 there, 18.49 missing",
        ]
    );
}

#[test]
fn a_key_that_is_refused_twice_ends_the_watch() {
    let plan = vec![(5 * MINUTE, Act::EndKey)];
    let mut world = World::new(&THREE, rebooting(), plan, 3);
    told(&mut world, HOUR);
    assert!(world.is_over);
    let Step::Done(error) = world.watch.next_step(world.instant()) else {
        panic!("it has ended")
    };
    assert_eq!(*error.kind(), ErrorKind::Unauthorized);
    assert_eq!(world.looks, 7);
}

#[test]
fn steps_are_documents_without_secrets() {
    let api = api("svps_live_watched");
    let now = Now::from_millis(0, START);
    let (jitter, names) = (1, None);
    let call = r#"{"request":{"watchVps":{}}}"#;
    let watch = documents::machine(&api, call, Seeds { jitter, names }, now);
    let mut watch = watch.unwrap();
    let mut step = || documents::step(&mut watch, now.instant);
    let sent = step();
    assert_eq!(step(), sent, "asking twice changes nothing");
    let sent: serde_json::Value = serde_json::from_str(&sent).unwrap();
    assert_eq!(sent["do"], "send");
    assert_eq!(sent["request"]["endpoint"], "GET /vps");
    let row = r#"{"id":"a","planId":"pro","billingCycle":"monthly","status":"active","vpsStatus":"active",
        "ipAddress":"198.18.0.1","location":"tokyo","rdpPassword":"hunter2"}"#;
    let reply = response(200, &format!(r#"{{"vps":[{row}]}}"#));
    watch
        .handle_reply(RequestId(1), reply, now.instant)
        .unwrap();
    let mut step = || documents::step(&mut watch, now.instant);
    let started = step();
    let vps = r#"{"id":"a","planId":"pro","billingCycle":"monthly","status":"active","vpsStatus":"active","ipAddress":"198.18.0.1","location":"tokyo","rdpUsername":null,"serverId":null,"currentPeriodEnd":null,"createdAt":null}"#;
    assert_eq!(
        started,
        format!(
            r#"{{"do":"event","event":{{"at":"2026-05-11T09:00:00.000Z","event":"started","vps":[{vps}]}}}}"#
        )
    );
    let probe = r#"{"do":"probe","id":2,"targets":[{"address":"198.18.0.1","port":3389}],"withinMs":5000,"progress":null}"#;
    assert_eq!(step(), probe);
    // Outcomes of other probes, or of another number of them, are refused.
    let silent = [ProbeOutcome::Silent];
    for (id, outcomes) in [(1, &silent[..]), (3, &silent), (2, &[])] {
        let refused = watch.handle_probes(RequestId(id), outcomes, now.instant);
        assert!(refused.is_err());
    }
    let late = failed(FailureKind::Io, Delivery::Unknown);
    assert!(watch.handle_reply(RequestId(2), late, now.instant).is_err());
    watch
        .handle_probes(RequestId(2), &silent, now.instant)
        .unwrap();
    let wait = r#"{"do":"wait","delayMs":60000,"reason":"poll","progress":null}"#;
    assert_eq!(documents::step(&mut watch, now.instant), wait);
    let outcome: ProbeOutcome = serde_json::from_str(r#""not_tried""#).unwrap();
    assert_eq!(outcome, ProbeOutcome::NotTried);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever a host hands in, and whenever, no step is lost, nothing is sent twice, and a reboot follows nothing but
    /// silences while another VPS answers.
    #[test]
    fn replies_and_outcomes_in_any_order_reboot_nothing_without_reason(
        acts in prop::collection::vec((0_u8..12, 0_u64..90_000), 1..400)
    ) {
        let api = api("svps_live_watched");
        let mut watch = Watch::new(&api, &rebooting(), 1, Now::from_millis(0, START)).unwrap();
        let mut now = stablevps_core::clock::Instant::default();
        let row = |id: &str| format!(
            r#"{{"id":"{id}","planId":"pro","billingCycle":"monthly","status":"active","vpsStatus":"active",
            "ipAddress":"198.18.0.1","location":"tokyo"}}"#
        );
        let list = format!(r#"{{"vps":[{},{}]}}"#, row("a"), row("b"));
        let mut silences = 0;
        let mut ids = std::collections::BTreeSet::new();
        for (act, ms) in acts {
            if watch.take_event().is_some() {
                continue;
            }
            match watch.next_step(now) {
                Step::Wait { delay_ms, .. } => {
                    prop_assert!(delay_ms > 0);
                    now = now.plus_ms(ms);
                }
                Step::Probe(request) => {
                    let ProbeRequest { id, targets, .. } = *request;
                    let mut outcomes = vec![ProbeOutcome::Answered; targets.len()];
                    outcomes[0] = if act < 10 { ProbeOutcome::Silent } else { ProbeOutcome::Answered };
                    silences = if act < 10 { silences + 1 } else { 0 };
                    watch.handle_probes(id, &outcomes, now).unwrap();
                }
                Step::Send(request) => {
                    prop_assert!(ids.insert(request.id) || request.endpoint == "GET /vps" || act > 9);
                    let body = match request.endpoint.as_str() {
                        "GET /vps" => list.clone(),
                        "GET /vps/:id" => row(if request.url.ends_with('a') { "a" } else { "b" }),
                        _ => {
                            prop_assert!(request.url.contains("/vps/a/"), "the one that answers is left alone");
                            prop_assert!(silences >= 3, "after {silences} silences");
                            // One that was not sent is sent again.
                            silences = if act == 1 { silences } else { 0 };
                            r#"{"action":"reboot"}"#.to_owned()
                        }
                    };
                    let reply = match act {
                        0 => failed(FailureKind::Io, Delivery::Unknown),
                        1 => failed(FailureKind::Connect, Delivery::NotSent),
                        2 => response(503, r#"{"error":"down"}"#),
                        _ => response(200, &body),
                    };
                    // Another's reply is refused and changes nothing.
                    let other = RequestId(request.id.0 + 1);
                    prop_assert!(watch.handle_reply(other, reply.clone(), now).is_err());
                    watch.handle_reply(request.id, reply.clone(), now).unwrap();
                    prop_assert!(watch.handle_reply(request.id, reply, now).is_err());
                }
                Step::Done(error) => prop_assert!(false, "it ended: {error}"),
            }
        }
    }
}
