//! `svps watch` against real sockets: a desktop that goes away, and comes back after a reboot.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::process::{Command, Stdio};

use stablevps_simulator::{Config, VpsSeed};
use support::{Home, Service};

#[test]
fn a_desktop_that_is_gone_has_its_vps_rebooted_and_ctrl_c_ends_the_watch() {
    let service = Service::new(Config {
        vps: vec![VpsSeed {
            id: Some("hanging".to_owned()),
            ip_address: Some("127.0.0.1".to_owned()),
            ..VpsSeed::default()
        }],
        ..Config::default()
    });
    let desktop = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = desktop.local_addr().unwrap();
    let port = address.port().to_string();
    let home = Home::new();
    let arguments = [
        "watch",
        "--reboot",
        "--interval",
        "20ms",
        "--alarm-days",
        "0",
        "-q",
        "--desktop-port",
        &port,
    ];
    let mut watching = home
        .customer(&service, &arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(watching.stdout.take().unwrap()).lines();
    let mut next = || lines.next().unwrap().unwrap();
    assert_eq!(next(), "started");
    // It has answered once.
    drop(desktop.accept().unwrap());
    drop(desktop);
    assert_eq!(next(), "unreachable hanging");
    assert_eq!(next(), "reboot_sent hanging");
    assert_eq!(service.state().vps[0].reboots, 1);
    let back = TcpListener::bind(address).unwrap();
    assert_eq!(next(), "reachable hanging");
    drop(back);
    // It is left alone now, however often it is silent.
    assert_eq!(next(), "unreachable hanging");
    let id = watching.id().to_string();
    let interrupted = Command::new("kill").args(["-INT", &id]).status().unwrap();
    assert!(interrupted.success());
    assert_eq!(watching.wait().unwrap().code(), Some(130));
    assert_eq!(service.state().vps[0].reboots, 1);
}
