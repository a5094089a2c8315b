//! The simulator as a process, and the state that it reports.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result};
use serde_json::Value;

/// A running simulator, which ends when this is dropped.
pub struct Service {
    child: Child,
    /// Its URL.
    pub url: String,
    /// The account's key.
    pub key: String,
}

impl Service {
    /// Starts the simulator with options.
    pub fn start(program: &Path, options: &[&str]) -> Result<Self> {
        let mut child = Command::new(program)
            .args(["--port", "0", "--until-stdin-closes"])
            .args(options)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let printed = child.stdout.take().context("the simulator has no output")?;
        let mut lines = BufReader::new(printed).lines();
        let mut word = || -> Result<String> {
            let line = lines.next().context("the simulator printed nothing")??;
            Ok(line.rsplit(' ').next().unwrap_or_default().to_owned())
        };
        let (url, key) = (word()?, word()?);
        Ok(Self { child, url, key })
    }

    /// A value of its state, by its JSON pointer.
    pub fn field(&self, pointer: &str) -> Result<Value> {
        Ok(self.state()?.pointer(pointer).cloned().unwrap_or_default())
    }

    /// Its whole state.
    pub fn state(&self) -> Result<Value> {
        self.ask("GET", "state", "")
    }

    /// The requests that it saw, the last 10,000 at most.
    pub fn requests(&self) -> Result<Value> {
        self.ask("POST", "control", r#""requests""#)
    }

    fn ask(&self, method: &str, path: &str, body: &str) -> Result<Value> {
        let address = self.url.trim_start_matches("http://");
        let mut stream = TcpStream::connect(address)?;
        write!(
            stream,
            "{method} /_simulator/{path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        )?;
        let mut reply = String::new();
        stream.read_to_string(&mut reply)?;
        let (_, body) = reply
            .split_once("\r\n\r\n")
            .context("the simulator's reply has no body")?;
        serde_json::from_str(body).context("the simulator's reply is not JSON")
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ended = self.child.wait();
    }
}
