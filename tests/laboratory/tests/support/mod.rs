//! The laboratory's program, for as long as a test needs it.

use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::process::{Child, ChildStdout, Command, Stdio};

/// The program.
pub struct Laboratory {
    child: Child,
    pub address: String,
    _out: BufReader<ChildStdout>,
}

impl Laboratory {
    pub fn start() -> Self {
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

    /// The names of the faults that this machine can have.
    pub fn faults(&self) -> Vec<String> {
        serde_json::from_value(self.get("faults")).unwrap()
    }

    /// Begins anew with a fault; where the API is served, and the key.
    pub fn arm(&self, fault: &str) -> (String, String) {
        let armed = self.get(&format!("arm/{fault}"));
        let text = |name| armed.get(name).unwrap().as_str().unwrap().to_owned();
        (text("url"), text("key"))
    }

    /// One of the server's own paths, over a connection of its own, as soon as the server accepts one.
    pub fn get(&self, path: &str) -> serde_json::Value {
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
}

impl Drop for Laboratory {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        self.child.wait().unwrap();
    }
}
