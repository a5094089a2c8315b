//! The programs that hand purchases from one language to another: `tests/crossing/README.md`.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use serde::Serialize;

use crate::js::{project, tarball};
use crate::kotlin;
use crate::python::Venv;
use crate::servers::{crossing, simulator};
use crate::service::Service;
use crate::shell::{headline, output, root};

/// Where tests find the programs of the other languages.
pub const VARIABLE: &str = "STABLEVPS_CROSSING";

/// The phases in which purchases are handed over: before the order, and after it.
const PHASES: [&str; 2] = ["baseline", "polling"];

/// The program of a language, as its command line.
#[derive(Clone, Serialize)]
pub struct Program {
    pub language: String,
    pub command: Vec<PathBuf>,
}

impl Program {
    /// It, to be given its arguments.
    pub fn command(&self) -> Result<Command> {
        let (first, rest) = self
            .command
            .split_first()
            .context("a command line is empty")?;
        let mut command = Command::new(first);
        command.args(rest);
        Ok(command)
    }
}

/// The programs of those languages, ready to run, as the tests take them.
pub fn others(languages: &[&str]) -> Result<String> {
    Ok(serde_json::to_string(&programs(languages)?)?)
}

/// The programs of those languages, ready to run.
pub fn programs(languages: &[&str]) -> Result<Vec<Program>> {
    let folder = root().join("tests/crossing");
    let mut programs = Vec::new();
    for language in languages {
        let command = match *language {
            "rust" => vec![crossing()?],
            "python" => {
                let python = Venv::with_package()?.program("python");
                vec![python, folder.join("crossing.py")]
            }
            "js" => {
                let installed = project(&folder, "crossing", &tarball()?)?;
                vec!["node".into(), installed.join("crossing.mjs")]
            }
            "kotlin" => kotlin::crossing()?,
            other => anyhow::bail!("there is no program in {other}"),
        };
        let language = (*language).to_owned();
        programs.push(Program { language, command });
    }
    Ok(programs)
}

/// Hands purchases over between Rust and another language.
pub fn with_rust(language: &str) -> Result<()> {
    headline(&format!("tokens cross between Rust and {language}"));
    let [rust] = &programs(&["rust"])?[..] else {
        anyhow::bail!("Rust has one program");
    };
    hand_over_each("rust", || rust.command(), &programs(&[language])?)
}

/// Hands purchases over between a program and each of the others, in both directions.
pub fn hand_over_each(
    language: &str,
    ours: impl Fn() -> Result<Command>,
    others: &[Program],
) -> Result<()> {
    let service = simulator("dev")?;
    for other in others {
        let theirs = &other.language;
        for phase in PHASES {
            hand_over(&service, phase, other.command()?, ours()?)
                .with_context(|| format!("from {theirs} to {language} at {phase}"))?;
            hand_over(&service, phase, ours()?, other.command()?)
                .with_context(|| format!("from {language} to {theirs} at {phase}"))?;
        }
    }
    Ok(())
}

fn hand_over(service: &Path, phase: &str, mut first: Command, mut second: Command) -> Result<()> {
    let service = Service::start(service, &["--provisioning-ms", "0"])?;
    let token = output(first.args(["begin", &service.url, &service.key, phase]))?;
    let finish = ["finish", &service.url, &service.key, token.trim()];
    let printed = output(second.args(finish))?;
    let id = service.field("/vps/0/id")?;
    let id = id.as_str().unwrap_or_default();
    ensure!(
        printed.trim() == format!("{id} 19.49 false"),
        "the second program printed {printed}"
    );
    let orders = service.field("/orders_received")?;
    ensure!(orders == 1, "the service received {orders} orders");
    Ok(())
}
