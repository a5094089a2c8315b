//! The program as a client meets it: real sockets, real processes.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

struct Server {
    process: Child,
    address: String,
    key: String,
}

struct Raw(String);

impl Server {
    fn start(args: &[&str]) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_stablevps-simulator"))
            .args(args)
            .arg("--until-stdin-closes")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap())
            .lines()
            .map(Result::unwrap);
        let address = lines
            .next()
            .unwrap()
            .strip_prefix("listening on http://")
            .unwrap()
            .to_owned();
        let key = lines
            .next()
            .unwrap()
            .strip_prefix("key ")
            .unwrap()
            .to_owned();
        Self {
            process,
            address,
            key,
        }
    }

    /// Sends one request on a connection of its own; gives all bytes that come back.
    fn send(&self, method: &str, target: &str, body: &str) -> Raw {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let head = format!(
            "{method} {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-API-Key: {}\r\n",
            self.key
        );
        stream
            .write_all(format!("{head}Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes())
            .unwrap();
        let mut reply = Vec::new();
        let _ = stream.read_to_end(&mut reply);
        Raw(String::from_utf8(reply).unwrap())
    }

    fn control(&self, command: &Value) -> Value {
        self.send("POST", "/_simulator/control", &command.to_string())
            .json()
    }

    fn state(&self) -> Value {
        self.send("GET", "/_simulator/state", "").json()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Raw {
    fn status(&self) -> u16 {
        self.0.split(' ').nth(1).unwrap().parse().unwrap()
    }

    fn body(&self) -> &str {
        self.0.split_once("\r\n\r\n").unwrap().1
    }

    fn json(&self) -> Value {
        serde_json::from_str(self.body()).unwrap()
    }
}

const ORDER: &str = r#"{"planId":"basic","billingCycle":"monthly","location":"tokyo"}"#;

#[test]
fn it_serves_the_api_with_the_options_given() {
    let server = Server::start(&[
        "--key",
        "svps_live_chosen_by_the_test",
        "--balance",
        "20",
        "--vps",
        "3",
    ]);
    assert_eq!(server.key, "svps_live_chosen_by_the_test");
    let list = server.send("GET", "/api/v1/vps", "");
    assert_eq!((list.status(), &list.json()["total"]), (200, &json!(3)));
    let order = server.send("POST", "/api/v1/vps", ORDER);
    assert_eq!(
        (order.status(), &order.json()["cost"]),
        (201, &json!(12.49))
    );
    assert_eq!(server.state()["orders_placed"], 1);
}

#[test]
fn a_connection_is_kept_for_many_requests() {
    let server = Server::start(&[]);
    let mut stream = BufReader::new(TcpStream::connect(&server.address).unwrap());
    for _ in 0..3 {
        let request = format!(
            "GET /api/v1/wallet HTTP/1.1\r\nHost: x\r\nX-API-Key: {}\r\n\r\n",
            server.key
        );
        stream.get_mut().write_all(request.as_bytes()).unwrap();
        let mut line = String::new();
        while !line.ends_with("\r\n\r\n") {
            stream.read_line(&mut line).unwrap();
        }
        assert!(line.starts_with("HTTP/1.1 200 OK"), "{line}");
        let mut body = vec![0; br#"{"balance":100,"currency":"EUR"}"#.len()];
        stream.read_exact(&mut body).unwrap();
        assert_eq!(body, br#"{"balance":100,"currency":"EUR"}"#);
    }
}

#[test]
fn a_lost_request_ends_the_connection_without_a_byte() {
    let server = Server::start(&[]);
    for (action, placed) in [("not_delivered", 0), ("lose_before", 0), ("lose_after", 1)] {
        server.control(&json!({"fault": {"do": action}}));
        assert_eq!(server.send("POST", "/api/v1/vps", ORDER).0, "", "{action}");
        assert_eq!(server.state()["orders_placed"], placed, "{action}");
    }
}

#[test]
fn a_cut_reply_promises_more_than_it_brings() {
    let server = Server::start(&["--vps", "100"]);
    let whole = server.send("GET", "/api/v1/vps", "").body().len();
    for keep in [0, 10, whole - 1] {
        server.control(&json!({"fault": {"do": {"cut": {"keep": keep}}}}));
        let reply = server.send("GET", "/api/v1/vps", "");
        assert_eq!((reply.status(), reply.body().len()), (200, keep));
        assert!(
            reply
                .0
                .to_lowercase()
                .contains(&format!("content-length: {whole}\r\n")),
            "{keep}"
        );
    }
}

#[test]
fn a_status_and_its_headers_reach_the_client() {
    let server = Server::start(&[]);
    let status = json!({"code": 503, "body": "<p>", "content_type": "text/html", "headers": {"Retry-After": "3"}});
    server.control(&json!({"fault": {"do": {"status": status}}}));
    let reply = server.send("GET", "/api/v1/vps", "");
    assert_eq!((reply.status(), reply.body()), (503, "<p>"));
    assert!(
        reply.0.contains("retry-after: 3\r\n") && reply.0.contains("content-type: text/html\r\n"),
        "{}",
        reply.0
    );
}

#[test]
fn a_delayed_reply_comes_late() {
    let server = Server::start(&[]);
    server.control(&json!({"fault": {"do": {"delay": {"ms": 80}}}}));
    let sent = std::time::Instant::now();
    assert_eq!(server.send("GET", "/api/v1/wallet", "").status(), 200);
    assert!(sent.elapsed().as_millis() >= 80);
}

#[test]
fn virtual_time_can_be_turned_on() {
    let server = Server::start(&["--provisioning-ms", "600000"]);
    let id = server.send("POST", "/api/v1/vps", ORDER).json()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let status =
        || server.send("GET", &format!("/api/v1/vps/{id}"), "").json()["vpsStatus"].clone();
    assert_eq!(status(), "provisioning");
    let before = server.state()["now_ms"].as_i64().unwrap();
    let after = server.control(&json!({"advance_ms": 600_000}))["now_ms"]
        .as_i64()
        .unwrap();
    assert!(after - before >= 600_000);
    assert_eq!(status(), "active");
}

#[test]
fn a_wrong_command_is_400_and_says_why() {
    let server = Server::start(&[]);
    let reply = server.send("POST", "/_simulator/control", r#"{"set_vps":{"id":"x"}}"#);
    assert_eq!(
        (reply.status(), reply.json()),
        (400, json!({"error": "id: there is no VPS x"}))
    );
    assert_eq!(server.send("GET", "/_simulator/nothing", "").status(), 404);
}

#[test]
fn it_ends_when_its_standard_input_closes() {
    let mut server = Server::start(&[]);
    drop(server.process.stdin.take());
    assert!(server.process.wait().unwrap().success());
}

#[cfg(unix)]
#[test]
fn it_ends_cleanly_on_a_signal() {
    for signal in ["-TERM", "-INT"] {
        let mut server = Server::start(&[]);
        assert!(
            Command::new("kill")
                .args([signal, &server.process.id().to_string()])
                .status()
                .unwrap()
                .success()
        );
        assert!(server.process.wait().unwrap().success(), "{signal}");
    }
}

#[test]
fn a_file_that_is_wrong_is_named() {
    let run = |args: &[&str]| {
        Command::new(env!("CARGO_BIN_EXE_stablevps-simulator"))
            .args(args)
            .output()
            .unwrap()
    };
    let output = run(&["--config", "/nowhere.json"]);
    assert!(!output.status.success());
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(
        text.starts_with("stablevps-simulator: /nowhere.json: "),
        "{text}"
    );
}

/// A port that nobody has just now.
fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    listener.local_addr().unwrap().port()
}

/// Asks until it is so: a desktop follows its VPS within a moment.
fn until_desktop_answers(port: u16, expected: bool) {
    while TcpStream::connect(("127.0.0.1", port)).is_ok() != expected {
        std::thread::yield_now();
    }
}

#[test]
fn a_desktop_on_loopback_answers_while_its_vps_does() {
    let port = free_port();
    let server = Server::start(&["--desktops", &port.to_string()]);
    let added = json!({"add_vps": {"id": "a", "ip_address": "127.0.0.1"}});
    assert_eq!(server.control(&added)["id"], "a");
    until_desktop_answers(port, true);
    server.control(&json!({"set_vps": {"id": "a", "hangs": true}}));
    until_desktop_answers(port, false);
    let reboot = r#"{"action":"reboot"}"#;
    server.send("POST", "/api/v1/vps/a/actions", reboot);
    until_desktop_answers(port, true);
    assert_eq!(server.state()["vps"][0]["answers"], true);
}
