//! Every fault, seen from the other end of a socket.
#![allow(clippy::unwrap_used)]

mod support;

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};

use support::Laboratory;

/// Sends an order over a kept connection, in two parts; what comes back, and how the connection ended.
fn order(laboratory: &Laboratory, key: &str, chunked: bool) -> (String, Result<usize, ErrorKind>) {
    let mut stream = TcpStream::connect(&laboratory.address).unwrap();
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
    let mut reply = Vec::new();
    let ended = stream.read_to_end(&mut reply).map_err(|error| error.kind());
    (String::from_utf8(reply).unwrap(), ended)
}

#[test]
fn each_fault_carries_out_the_order_once_and_ends_as_its_name_says() {
    let laboratory = Laboratory::start();
    let faults = laboratory.get("faults");
    for fault in faults.as_array().unwrap() {
        let fault = fault.as_str().unwrap();
        for chunked in [false, true] {
            let key = laboratory.get(&format!("arm/{fault}"))["key"].clone();
            let (reply, ended) = order(&laboratory, key.as_str().unwrap(), chunked);
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
