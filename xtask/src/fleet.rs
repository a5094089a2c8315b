//! What fleets cost: in virtual time, and then for a minute in each language's driver.

use std::path::Path;
use std::process::Command;
use std::thread;

use anyhow::{Result, anyhow};
use clap::ValueEnum;

use crate::figures::{Row, read};
use crate::js::{package, project, tarball};
use crate::python::Venv;
use crate::servers::simulator;
use crate::service::Service;
use crate::shell::{elsewhere, finish, headline, output, root};
use crate::{kotlin, swift};

/// What drives purchases that wait.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Driver {
    /// The asynchronous Rust client, after what is measured in virtual time.
    Rust,
    /// Both clients of the Python package.
    Python,
    /// The JavaScript package in Node.
    Js,
    /// The Kotlin package on the JVM.
    Kotlin,
    /// The Swift package.
    Swift,
}

/// A program that prints its figures.
struct Program {
    command: Command,
    /// Its service, where it starts none by itself.
    _service: Option<Service>,
}

impl From<Command> for Program {
    fn from(command: Command) -> Self {
        Self {
            command,
            _service: None,
        }
    }
}

/// Measures those drivers; all of them where none is named.
///
/// Everything is built before anything is measured. Then all programs run at the same time: each measures its own CPU
/// time, and all of them together leave the machine nearly idle.
pub fn bench(chosen: &[Driver]) -> Result<Vec<Row>> {
    let service = simulator("release")?;
    let chosen = match chosen {
        [] => Driver::value_variants(),
        some => some,
    };
    let mut programs = Vec::new();
    for driver in chosen {
        programs.extend(programs_of(*driver, &service)?);
    }
    headline("measuring");
    let printed: Vec<Result<String>> = thread::scope(|scope| {
        let running: Vec<_> = programs
            .iter_mut()
            .map(|program| scope.spawn(|| output(&mut program.command)))
            .collect();
        let ends = running.into_iter().map(thread::ScopedJoinHandle::join);
        ends.map(|end| end.unwrap_or_else(|_| Err(anyhow!("a measurement panicked"))))
            .collect()
    });
    let mut rows = Vec::new();
    for printed in printed {
        rows.extend(read(&printed?)?);
    }
    Ok(rows)
}

fn programs_of(driver: Driver, service: &Path) -> Result<Vec<Program>> {
    Ok(match driver {
        Driver::Rust => vec![
            rust("stablevps-core", &[], service)?.into(),
            rust("stablevps", &["--features", "async"], service)?.into(),
        ],
        Driver::Python => vec![python(service)?.into()],
        Driver::Js => vec![js(service)?.into()],
        Driver::Kotlin => vec![kotlin::fleet(service)?.into()],
        Driver::Swift => swift::fleet(service)?
            .into_iter()
            .map(|(command, service)| Program {
                command,
                _service: Some(service),
            })
            .collect(),
    })
}

fn rust(package: &str, features: &[&str], service: &Path) -> Result<Command> {
    let bench = || {
        let mut bench = Command::new("cargo");
        bench.args([
            "bench", "--quiet", "--locked", "-p", package, "--bench", "fleet",
        ]);
        bench.args(features).current_dir(root());
        bench
    };
    finish(bench().arg("--no-run"))?;
    let mut run = bench();
    run.env("STABLEVPS_SIMULATOR_BIN", service);
    Ok(run)
}

fn python(service: &Path) -> Result<Command> {
    let mut run = Venv::with_package()?.python();
    run.arg(root().join("bindings/python/benches/fleet.py"))
        .arg(service)
        .current_dir(elsewhere()?);
    Ok(run)
}

fn js(service: &Path) -> Result<Command> {
    let folder = project(&package().join("benches"), "benches", &tarball()?)?;
    let mut run = Command::new("node");
    run.arg("fleet.mjs").arg(service).current_dir(folder);
    Ok(run)
}
