//! Tokens that cross between Swift and the other languages, in both directions: `tests/crossing/README.md`.
//! The programs take turns here, as Swift's may run where the others are not.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;
use serde_json::Value;

use super::package::Packages;
use crate::crossing::others;
use crate::kotlin;
use crate::python::simulator;
use crate::shell::output;

/// Where purchases are handed over: before the order, and after it.
const PHASES: [&str; 2] = ["baseline", "polling"];

const PACKAGE: &str = "tests/crossing/swift-side";

/// Runs every pair of programs.
pub fn test(packages: &Packages) -> Result<()> {
    let ours = || packages.built(PACKAGE, "crossing", "debug", &[]);
    packages.program(PACKAGE, "crossing", &[])?;
    let service = simulator("dev")?;
    for (language, words) in programs()? {
        let theirs = || -> Result<Command> {
            let (first, rest) = words.split_first().context("a program without words")?;
            let mut command = Command::new(first);
            command.args(rest);
            Ok(command)
        };
        for phase in PHASES {
            hand_over(&service, phase, theirs()?, ours()?)
                .with_context(|| format!("from {language} to Swift at {phase}"))?;
            hand_over(&service, phase, ours()?, theirs()?)
                .with_context(|| format!("from Swift to {language} at {phase}"))?;
        }
    }
    Ok(())
}

/// The programs of the other languages, as words.
fn programs() -> Result<Vec<(String, Vec<PathBuf>)>> {
    #[derive(Deserialize)]
    struct Program {
        language: String,
        command: Vec<PathBuf>,
    }
    let listed: Vec<Program> = serde_json::from_str(&others(&["python", "js"])?)?;
    let listed = listed.into_iter().map(|one| (one.language, one.command));
    let kotlin = ("kotlin".to_owned(), kotlin::crossing()?);
    Ok(listed.chain([kotlin]).collect())
}

fn hand_over(service: &Path, phase: &str, mut first: Command, mut second: Command) -> Result<()> {
    let service = Service::start(service)?;
    let token = output(first.args(["begin", &service.url, &service.key, phase]))?;
    let finish = ["finish", &service.url, &service.key, token.trim()];
    let printed = output(second.args(finish))?;
    let id = service.field("/vps/0/id")?;
    let id = id.as_str().unwrap_or_default();
    ensure!(
        printed.trim() == format!("{id} 19.49 false"),
        "it printed {printed}"
    );
    let orders = service.field("/orders_received")?;
    ensure!(orders == 1, "{orders} orders came");
    Ok(())
}

/// The simulator's program, for as long as this lives.
pub struct Service {
    child: Child,
    /// Where it listens.
    pub url: String,
    /// The account's key.
    pub key: String,
}

impl Service {
    /// Starts it; VPS are active at once.
    pub fn start(program: &Path) -> Result<Self> {
        let mut child = Command::new(program)
            .args([
                "--port",
                "0",
                "--until-stdin-closes",
                "--provisioning-ms",
                "0",
            ])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let printed = child.stdout.take().context("the simulator has no output")?;
        let mut lines = BufReader::new(printed).lines();
        let mut word = || -> Result<String> {
            let line = lines.next().context("the simulator said nothing")??;
            Ok(line.rsplit(' ').next().unwrap_or_default().to_owned())
        };
        let (url, key) = (word()?, word()?);
        Ok(Self { child, url, key })
    }

    /// A part of what it saw and holds, by its JSON pointer.
    pub fn field(&self, pointer: &str) -> Result<Value> {
        Ok(self.state()?.pointer(pointer).cloned().unwrap_or_default())
    }

    fn state(&self) -> Result<Value> {
        let address = self.url.trim_start_matches("http://");
        let mut stream = TcpStream::connect(address)?;
        write!(
            stream,
            "GET /_simulator/state HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n"
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
