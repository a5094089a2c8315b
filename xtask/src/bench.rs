//! Measurements, ours and theirs side by side in one run.

use std::process::Command;

use anyhow::{Result, bail};
use clap::ValueEnum;

use crate::figures::{Row, read};
use crate::fleet::{self, Driver};
use crate::js::{package, project, tarball};
use crate::python::WHEEL_LIMIT;
use crate::python::{Venv, wheel};
use crate::servers::simulator;
use crate::shell::{elsewhere, headline, output, root};
use crate::{cli, kotlin, swift};

/// What can be measured.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Name {
    /// The Rust client.
    Rust,
    /// The Python package and the core's parser.
    Python,
    /// The JavaScript package.
    Js,
    /// The Kotlin package.
    Kotlin,
    /// The Swift package.
    Swift,
    /// The command `svps`.
    Cli,
    /// Many purchases together: requests, order throughput, and what five hundred cost that wait.
    Fleet,
}

/// Measures, and prints one row a figure.
pub fn run(name: Name, drivers: &[Driver], check: bool) -> Result<()> {
    let rows = match name {
        Name::Rust => rust()?,
        Name::Python => python()?,
        Name::Js => js()?,
        Name::Kotlin => kotlin::bench()?,
        Name::Swift => swift::bench()?,
        Name::Cli => cli::bench()?,
        Name::Fleet => fleet::bench(drivers)?,
    };
    print_table(&rows);
    let missed = rows.iter().filter(|row| row.is_missed()).count();
    if check && missed > 0 {
        bail!("{missed} limits are missed");
    }
    Ok(())
}

fn rust() -> Result<Vec<Row>> {
    let service = simulator("release")?;
    headline("measuring");
    let mut calls = Command::new("cargo");
    calls
        .args(["bench", "--quiet", "--locked", "-p", "stablevps"])
        .args(["--bench", "calls"])
        .env("STABLEVPS_SIMULATOR_BIN", service)
        .current_dir(root());
    let mut rows = read(&output(&mut calls)?)?;
    let mut stores = Command::new("cargo");
    stores
        .args(["bench", "--quiet", "--locked", "-p", "stablevps"])
        .args(["--features", "sqlite,testing", "--bench", "stores"])
        .current_dir(root());
    rows.extend(read(&output(&mut stores)?)?);
    Ok(rows)
}

fn python() -> Result<Vec<Row>> {
    let wheel = wheel()?;
    let tools = Venv::with_package()?;
    let service = simulator("release")?;
    headline("measuring");
    let mut calls = tools.python();
    calls
        .arg(root().join("bindings/python/benches/calls.py"))
        .arg(service);
    let mut rows = read(&output(calls.current_dir(elsewhere()?))?)?;
    let mut parse = Command::new("cargo");
    parse.args([
        "bench",
        "--quiet",
        "--locked",
        "-p",
        "stablevps-core",
        "--bench",
        "parse",
    ]);
    rows.extend(read(&output(parse.current_dir(root()))?)?);
    let size = std::fs::metadata(&wheel)?.len();
    #[allow(clippy::cast_precision_loss)]
    rows.push(Row {
        what: "wheel".to_owned(),
        ours: format!("{size} B"),
        against: "limit".to_owned(),
        theirs: format!("{WHEEL_LIMIT} B"),
        ratio: size as f64 / WHEEL_LIMIT as f64,
        limit: Some(1.0),
    });
    Ok(rows)
}

fn js() -> Result<Vec<Row>> {
    let tarball = tarball()?;
    let service = simulator("release")?;
    let folder = project(&package().join("benches"), "benches", &tarball)?;
    headline("measuring");
    let mut calls = Command::new("node");
    calls
        .args(["--expose-gc", "calls.mjs"])
        .arg(service)
        .current_dir(folder);
    read(&output(&mut calls)?)
}

fn print_table(rows: &[Row]) {
    println!(
        "{:<34} {:>12}   {:<22} {:>12} {:>7} {:>7}",
        "what", "ours", "against", "theirs", "ratio", "limit"
    );
    for row in rows {
        let limit = row
            .limit
            .map_or_else(String::new, |limit| format!("{limit:.2}"));
        let missed = if row.is_missed() { "  missed" } else { "" };
        println!(
            "{:<34} {:>12}   {:<22} {:>12} {:>7.2} {:>7}{missed}",
            row.what, row.ours, row.against, row.theirs, row.ratio, limit
        );
    }
}
