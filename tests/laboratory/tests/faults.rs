//! Every fault, seen from the other end of a socket.
#![allow(clippy::unwrap_used)]

use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::process::{Child, ChildStdout, Command, Stdio};

struct Laboratory {
    child: Child,
    address: String,
    _out: BufReader<ChildStdout>,
}

impl Laboratory {
    fn start() -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_stablevps-laboratory"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening on http://").unwrap();
        Self {
            child,
            address: address.to_owned(),
            _out: out,
        }
    }

    /// One of the server's own paths, over a connection of its own, as soon as the server accepts one.
    fn get(&self, path: &str) -> serde_json::Value {
        let mut stream = loop {
            match TcpStream::connect(&self.address) {
                Ok(stream) => break stream,
                Err(error) => assert_eq!(error.kind(), ErrorKind::ConnectionRefused),
            }
        };
        let request = format!("GET /_laboratory/{path} HTTP/1.1\r\nhost: x\r\n\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        let mut reply = String::new();
        stream.read_to_string(&mut reply).unwrap();
        serde_json::from_str(reply.split_once("\r\n\r\n").unwrap().1).unwrap()
    }

    /// Sends an order over a kept connection, in two parts; what comes back, and how the connection ended.
    fn order(&self, key: &str, chunked: bool) -> (String, Result<usize, ErrorKind>) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
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
}

impl Drop for Laboratory {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        self.child.wait().unwrap();
    }
}

#[test]
fn each_fault_carries_out_the_order_once_and_ends_as_its_name_says() {
    let laboratory = Laboratory::start();
    let faults = laboratory.get("faults");
    for fault in faults.as_array().unwrap() {
        let fault = fault.as_str().unwrap();
        for chunked in [false, true] {
            let key = laboratory.get(&format!("arm/{fault}"))["key"].clone();
            let (reply, ended) = laboratory.order(key.as_str().unwrap(), chunked);
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
