//! Watches over the account's VPS, with both clients.

use std::sync::Mutex;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use stablevps::http::{HttpRequest, Reply};
use stablevps::testing::{Command, Config, Misbehaviour, Simulator, VpsSeed};
use stablevps::{
    Client, ErrorKind, ProbeOutcome, ProbeTarget, Prober, RebootPolicy, Transport, VpsWatch,
    WatchEvent, WatchEventKind,
};

use crate::fault;

fn three() -> Simulator {
    let vps = ["a", "b", "c"].map(|id| VpsSeed {
        id: Some(id.to_owned()),
        ..VpsSeed::default()
    });
    Simulator::with_config(Config {
        vps: vps.to_vec(),
        ..Config::default()
    })
}

/// A watch that reboots VPS that hang.
fn rebooting(client: &Client) -> VpsWatch {
    let watch = client.vps().watch().reboot(RebootPolicy::WhenSilent);
    watch.begin().unwrap()
}

fn line(event: &WatchEvent) -> String {
    let vps = event.kind.vps().map_or("", |vps| vps.id.as_str());
    format!("{} {vps}", event.kind.name()).trim_end().to_owned()
}

fn reboots(simulator: &Simulator) -> u32 {
    simulator.state().vps.iter().map(|vps| vps.reboots).sum()
}

#[test]
fn a_vps_that_hangs_is_rebooted_and_what_happens_is_told() {
    let simulator = three();
    let client = simulator.client();
    let begun = simulator.now();
    let mut watch = rebooting(&client);
    let mut next = || line(&watch.next().unwrap().unwrap());
    assert_eq!(next(), "started");
    // What this program has stopped is not expected to answer.
    client.vps().stop("c").unwrap();
    simulator.hang("b");
    assert_eq!(next(), "unreachable b");
    assert_eq!(next(), "reboot_sent b");
    assert_eq!(next(), "reachable b");
    client.vps().delete("a").unwrap();
    assert_eq!(next(), "removed a");
    assert_eq!(reboots(&simulator), 1);
    assert!(simulator.now() < begun + Duration::from_mins(12));
}

#[test]
fn a_lost_reboot_is_told_and_a_key_that_is_refused_ends_the_watch_once() {
    let simulator = three();
    let client = simulator.client();
    let mut watch = rebooting(&client);
    let mut events = Vec::new();
    fault(
        &simulator,
        "POST",
        "/vps/b/actions",
        Misbehaviour::LoseBefore,
    );
    let error = loop {
        match watch.next().unwrap() {
            Ok(event) => events.push(line(&event)),
            Err(error) => break error,
        }
        match events.last().unwrap().as_str() {
            "started" => simulator.hang("b"),
            "still_silent b" => {
                let key = simulator.api_key().reveal().to_owned().into();
                simulator.control(Command::ExpireKey { key }).unwrap();
            }
            _ => {}
        }
    };
    assert_eq!(*error.kind(), ErrorKind::Unauthorized);
    assert!(watch.next().is_none());
    let expected = [
        "started",
        "unreachable b",
        "reboot_unknown b",
        "still_silent b",
        "reboot_refused b",
        "listing_failed",
    ];
    assert_eq!(events, expected);
    assert_eq!(reboots(&simulator), 0);
}

#[test]
fn a_watch_ends_after_the_time_it_is_given() {
    let simulator = three();
    let begun = simulator.now();
    let watch = simulator.client().vps().watch();
    let watch = watch.at_most(Duration::from_mins(90)).begin().unwrap();
    let lines: Vec<_> = watch.map(|event| line(&event.unwrap())).collect();
    assert_eq!(lines, ["started"]);
    assert_eq!(simulator.now(), begun + Duration::from_mins(90));
}

/// VPS of which one answers only once the test allows it.
struct Slow(Mutex<mpsc::Sender<()>>);

impl Prober for Slow {
    fn probe(&self, _: &ProbeTarget, _: Duration) -> ProbeOutcome {
        self.0.lock().unwrap().send(()).unwrap();
        thread::park();
        ProbeOutcome::Answered
    }
}

#[test]
fn a_stop_ends_the_iteration_at_once_whatever_is_under_way() {
    let simulator = three();
    let (probing, probed) = mpsc::channel();
    let builder = simulator.client_builder();
    let client = builder.prober(Slow(Mutex::new(probing))).build().unwrap();
    let mut watch = client.vps().watch().begin().unwrap();
    assert_eq!(line(&watch.next().unwrap().unwrap()), "started");
    let stopper = watch.stopper();
    thread::scope(|scope| {
        let next = scope.spawn(|| watch.next());
        probed.recv().unwrap();
        stopper.stop();
        assert!(next.join().unwrap().is_none());
    });
    // A stop before it counts, too, and afterwards the watch goes on.
    stopper.stop();
    assert!(watch.next().is_none());
    assert!(!stopper.is_stopped());
    thread::scope(|scope| {
        let next = scope.spawn(|| watch.next());
        probed.recv().unwrap();
        stopper.stop();
        assert!(next.join().unwrap().is_none());
    });
}

/// A prober that fails unexpectedly.
struct Breaks;

impl Prober for Breaks {
    fn probe(&self, target: &ProbeTarget, _: Duration) -> ProbeOutcome {
        assert_eq!(target.port, 0, "the prober broke");
        ProbeOutcome::Silent
    }
}

#[test]
fn a_prober_that_panics_says_nothing_about_any_vps() {
    let simulator = three();
    let client = simulator.client_builder().prober(Breaks).build().unwrap();
    let mut watch = rebooting(&client);
    assert_eq!(line(&watch.next().unwrap().unwrap()), "started");
    let vps = VpsSeed::default();
    simulator.control(Command::AddVps(vps)).unwrap();
    let added = watch.next().unwrap().unwrap();
    assert!(
        matches!(added.kind, WatchEventKind::Added { .. }),
        "{added:?}"
    );
}

/// A transport that fails unexpectedly once it has sent a reboot.
struct Panics(Simulator);

impl Transport for Panics {
    fn send(&self, request: &HttpRequest) -> Reply {
        let reply = self.0.send(request);
        assert_ne!(
            request.endpoint, "POST /vps/:id/actions",
            "the transport broke"
        );
        reply
    }
}

#[test]
fn a_reboot_over_which_the_transport_panicked_is_not_sent_again() {
    let simulator = three();
    let builder = simulator.client_builder();
    let client = builder
        .transport(Panics(simulator.clone()))
        .build()
        .unwrap();
    let mut watch = rebooting(&client);
    watch.next().unwrap().unwrap();
    simulator.hang("b");
    let unreachable = watch.next().unwrap().unwrap();
    assert_eq!(line(&unreachable), "unreachable b");
    let next = std::panic::AssertUnwindSafe(|| watch.next());
    assert!(std::panic::catch_unwind(next).is_err());
    assert_eq!(line(&watch.next().unwrap().unwrap()), "reboot_unknown b");
    assert_eq!(reboots(&simulator), 1);
}

#[cfg(feature = "async")]
mod asynchronous {
    use futures_util::future::poll_immediate;
    use futures_util::{FutureExt as _, StreamExt as _};

    use stablevps::{AsyncClient, AsyncVpsWatch};

    use super::*;

    fn rebooting(client: &AsyncClient) -> AsyncVpsWatch {
        let watch = client.vps().watch().reboot(RebootPolicy::WhenSilent);
        watch.begin().unwrap()
    }

    #[tokio::test]
    async fn a_stream_tells_the_same() {
        let simulator = three();
        let client = simulator.async_client();
        let watch = rebooting(&client);
        let hang = |event: &Result<WatchEvent, stablevps::Error>| {
            if line(event.as_ref().unwrap()) == "started" {
                simulator.hang("b");
            }
        };
        let events: Vec<_> = watch.inspect(hang).take(4).collect().await;
        let lines: Vec<_> = events
            .iter()
            .map(|event| line(event.as_ref().unwrap()))
            .collect();
        assert_eq!(
            lines,
            ["started", "unreachable b", "reboot_sent b", "reachable b"]
        );
    }

    #[tokio::test]
    async fn a_future_that_is_dropped_at_any_point_loses_no_event_and_repeats_no_reboot() {
        let simulator = three();
        let client = simulator.async_client();
        let mut watch = rebooting(&client);
        let mut lines = Vec::new();
        for _ in 0..10_000 {
            match poll_immediate(watch.next()).await {
                Some(event) => lines.push(line(&event.unwrap().unwrap())),
                None => tokio::task::yield_now().await,
            }
            match lines.last().map(String::as_str) {
                Some("started") => simulator.hang("b"),
                Some("reachable b") => break,
                Some(_) | None => {}
            }
        }
        assert_eq!(
            lines,
            ["started", "unreachable b", "reboot_sent b", "reachable b"]
        );
        assert_eq!(reboots(&simulator), 1);
    }

    #[tokio::test]
    async fn an_error_is_the_last_item() {
        let simulator = three();
        let client = simulator.async_client();
        let mut watch = client.vps().watch().begin().unwrap();
        watch.next().await.unwrap().unwrap();
        let key = simulator.api_key().reveal().to_owned().into();
        simulator.control(Command::ExpireKey { key }).unwrap();
        let failed = watch.next().await.unwrap().unwrap();
        assert_eq!(line(&failed), "listing_failed");
        let error = watch.next().await.unwrap().unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::Unauthorized);
        assert!(watch.next().now_or_never().unwrap().is_none());
    }
}
