//! Every fault, seen from the other end of a socket.
#![allow(clippy::unwrap_used)]

mod support;

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use support::Laboratory;

/// Sends an order over a kept connection, in two parts.
fn order((url, key): &(String, String), chunked: bool) -> TcpStream {
    let mut stream = TcpStream::connect(url.trim_start_matches("http://")).unwrap();
    let head = format!("HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {key}\r\n");
    write!(stream, "GET /api/v1/wallet {head}\r\n").unwrap();
    let mut first = [0; 4096];
    assert!(stream.read(&mut first).unwrap() > 0);
    let body = r#"{"planId":"basic","billingCycle":"monthly","location":"london"}"#;
    let (coding, body) = if chunked {
        let text = format!(
            "5\r\n{}\r\n{:x}\r\n{}\r\n0\r\n\r\n",
            &body[..5],
            body.len() - 5,
            &body[5..]
        );
        ("transfer-encoding: chunked".to_owned(), text)
    } else {
        (format!("content-length: {}", body.len()), body.to_owned())
    };
    write!(
        stream,
        "POST /api/v1/vps {head}content-type: application/json\r\n{coding}\r\n\r\n"
    )
    .unwrap();
    let (begin, end) = body.split_at(body.len() / 2);
    stream.write_all(begin.as_bytes()).unwrap();
    stream.write_all(end.as_bytes()).unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    stream
}

/// What comes back, and how the connection ended.
fn reply(mut stream: TcpStream) -> (String, Result<usize, ErrorKind>) {
    let mut reply = Vec::new();
    let ended = stream.read_to_end(&mut reply).map_err(|error| error.kind());
    (String::from_utf8(reply).unwrap(), ended)
}

#[test]
fn each_fault_carries_out_the_order_once_and_ends_as_its_name_says() {
    let laboratory = Laboratory::start();
    let faults = laboratory.faults();
    for fault in faults.iter().filter(|fault| !fault.starts_with("route")) {
        for chunked in [false, true] {
            let (reply, ended) = reply(order(&laboratory.arm(fault), chunked));
            let is_reset = fault.starts_with("rst") || fault == "refuse";
            assert_eq!(
                ended.err(),
                is_reset.then_some(ErrorKind::ConnectionReset),
                "{fault}"
            );
            let state = laboratory.get("state");
            assert_eq!(state["orders"], 1, "{fault}");
            assert_eq!(state["vps"], 1, "{fault}");
            assert!(state["balance"].as_f64().unwrap() < 100.0, "{fault}");
            assert_eq!(
                reply.starts_with("HTTP/1.1 201") && reply.ends_with('}'),
                fault == "none",
                "{fault}: {reply}"
            );
        }
    }
}

#[test]
fn a_route_that_is_taken_away_lets_nobody_connect_until_it_is_back() {
    let laboratory = Laboratory::start();
    let faults = laboratory.faults();
    for fault in faults.iter().filter(|fault| fault.starts_with("route")) {
        let armed = laboratory.arm(fault);
        let stream = order(&armed, false);
        let address = armed.0.trim_start_matches("http://").parse().unwrap();
        let connect = || TcpStream::connect_timeout(&address, Duration::from_millis(200));
        let error = std::iter::repeat_with(connect)
            .find_map(Result::err)
            .unwrap();
        let kinds = [ErrorKind::TimedOut, ErrorKind::HostUnreachable];
        assert!(kinds.contains(&error.kind()), "{fault}: {error}");
        if fault == "route_lost" {
            laboratory.get("restore");
        }
        assert!(std::iter::repeat_with(connect).any(|connected| connected.is_ok()));
        assert_eq!(reply(stream), (String::new(), Ok(0)), "{fault}");
        let state = laboratory.get("state");
        assert_eq!(
            (&state["orders"], &state["vps"]),
            (&1.into(), &1.into()),
            "{fault}"
        );
    }
}

#[test]
fn a_fault_is_armed_over_a_kept_connection_once_new_ones_are_accepted_again() {
    let laboratory = Laboratory::start();
    let mut kept = TcpStream::connect(&laboratory.address).unwrap();
    let (_, ended) = reply(order(&laboratory.arm("refuse"), false));
    assert_eq!(ended.err(), Some(ErrorKind::ConnectionReset));
    write!(
        kept,
        "GET /_laboratory/arm/none HTTP/1.1\r\nhost: x\r\n\r\n"
    )
    .unwrap();
    assert!(kept.read(&mut [0; 4096]).unwrap() > 0);
    assert!(TcpStream::connect(&laboratory.address).is_ok());
}
