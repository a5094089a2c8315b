//! Tokens that cross between Swift and the other languages, in both directions: `tests/crossing/README.md`.
//! xtask runs them in turn, because Swift's program may run in a root of its own.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;

use super::package::Packages;
use super::service::Service;
use crate::crossing::others;
use crate::kotlin;
use crate::servers::simulator;
use crate::shell::output;

/// The phases in which purchases are handed over: before the order, and after it.
const PHASES: [&str; 2] = ["baseline", "polling"];

const PACKAGE: &str = "tests/crossing/swift-side";

/// Runs every pair of programs.
pub fn test(packages: &Packages) -> Result<()> {
    let ours = || packages.built(PACKAGE, "crossing", "debug", &[]);
    packages.program(PACKAGE, "crossing", &[])?;
    let service = simulator("dev")?;
    for (language, words) in programs()? {
        let theirs = || -> Result<Command> {
            let (first, rest) = words.split_first().context("a command line is empty")?;
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

/// The programs of the other languages, each as its command line.
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
