//! Every test, part by part.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, ensure};
use clap::ValueEnum;

use crate::ahead::{Build, built};
use crate::crossing::{VARIABLE, others, with_rust};
use crate::js::tarball;
use crate::postgres::Postgres;
use crate::python::{Venv, WHEEL_LIMIT, wheel};
use crate::servers::{laboratory, simulator};
use crate::shell::{cache, elsewhere, finish, headline, is_ci, root, run as sh, target};
use crate::{
    cli, generate, interface, kotlin, kotlin_bot, packaging, race, swift, test_js, workflows,
};

const FEATURES: &str = "stablevps-core/schema,stablevps-ffi/ureq,stablevps-ffi/simulator,\
     stablevps/async,stablevps/host,stablevps/postgres,stablevps/sqlite,stablevps/system-roots,stablevps/testing,stablevps/tracing,\
     stablevps-simulator/server,stablevps-simulator/foreign,\
     stablevps-wasm/simulator";

/// What Kotlin and Swift are built with, which takes the place of what Python is.
const RECORDS: &str = "stablevps-ffi/records,stablevps-ffi/foreign-simulator";

/// The fuzz targets, which are a workspace of their own.
const FUZZ: &str = "tests/fuzz/Cargo.toml";

/// The crates that are published, each after those that it needs.
const PUBLISHED: [&str; 4] = ["stablevps-core", "stablevps-simulator", "stablevps", "svps"];

/// A part of the tests.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Part {
    /// Format, lints, licences, and that what is generated is up to date.
    Lint,
    /// The Rust crates.
    Rust,
    /// The command `svps`, from its packages too.
    Cli,
    /// The Python package, from its wheel.
    Python,
    /// The JavaScript package, from its tarball.
    Js,
    /// The Kotlin package, from its jars.
    Kotlin,
    /// The Swift package.
    Swift,
    /// The packages for 64-bit ARM and for Windows, run by emulators: on Debian on x86-64.
    Platforms,
    /// Processes of several languages that buy the same keys and are killed.
    Race,
}

/// Runs one part, or all of them.
pub fn run(part: Option<Part>, race: &race::Options) -> Result<()> {
    if let Some(part) = part {
        test(part, race)?;
    } else {
        let later: &[Build] = &[
            || wheel().map(drop),
            || cli::build().map(drop),
            || tarball().map(drop),
            swift::find,
            kotlin::installed,
            swift::build,
            packaging::build_tested,
        ];
        let every = Part::value_variants().iter();
        built(later, || {
            every.copied().try_for_each(|part| test(part, race))
        })?;
    }
    headline("every test passed");
    Ok(())
}

fn test(part: Part, race: &race::Options) -> Result<()> {
    match part {
        Part::Lint => lint(),
        Part::Rust => rust(),
        Part::Cli => cli::test(),
        Part::Python => python(),
        Part::Js => {
            test_js::run()?;
            with_rust("js")
        }
        Part::Kotlin => {
            let others = others(&["rust", "python", "js"])?;
            kotlin::test((VARIABLE, &others))?;
            kotlin_bot::test()
        }
        Part::Swift => swift::test(),
        Part::Platforms => packaging::test(),
        Part::Race => race::run(race),
    }
}

fn lint() -> Result<()> {
    headline("format and lints");
    for manifest in ["Cargo.toml", FUZZ] {
        let words = ["fmt", "--all", "--check", "--manifest-path", manifest];
        sh("cargo", &words)?;
    }
    for (packages, features) in [
        (&["--workspace"][..], FEATURES),
        (&["-p", "stablevps-core", "-p", "stablevps-ffi"], RECORDS),
    ] {
        let begin = [
            "clippy",
            "--all-targets",
            "--locked",
            "--features",
            features,
        ];
        let end = ["--", "--deny", "warnings"];
        sh("cargo", &[&begin, packages, &end].concat())?;
    }
    generate::run(true)?;
    workflows::check()?;
    licences()
}

/// Licences and sources of every dependency.
fn licences() -> Result<()> {
    headline("licences and sources of the dependencies");
    let tools = cache()?.join("cargo-tools");
    let program = tools.join("bin/cargo-deny");
    if !program.exists() {
        if !is_ci() {
            println!("NOTICE: skipped here; CI=true installs cargo-deny and checks them");
            return Ok(());
        }
        let mut install = Command::new("cargo");
        install
            .args([
                "install",
                "--quiet",
                "--locked",
                "--debug",
                "--version",
                "^0.20",
                "cargo-deny",
                "--root",
            ])
            .arg(&tools)
            .env("CARGO_TARGET_DIR", target().join("tools"))
            .current_dir(root());
        finish(&mut install)?;
    }
    sh(
        program,
        &[
            "--all-features",
            "--locked",
            "check",
            "bans",
            "licenses",
            "sources",
        ],
    )
}

fn rust() -> Result<()> {
    headline("Rust");
    let mut test = Command::new("cargo");
    test.args(["test", "--workspace", "--exclude", "svps", "--locked"]);
    test.args(["--features", FEATURES]).current_dir(root());
    let database = Postgres::start_for(&mut test)?;
    finish(&mut test)?;
    drop(database);
    interface::check()?;
    headline("Rust: the crates can be packaged");
    let mut package = Command::new("cargo");
    package.args([
        "package",
        "--quiet",
        "--locked",
        "--no-verify",
        "--allow-dirty",
    ]);
    for published in PUBLISHED {
        package.args(["--package", published]);
    }
    finish(package.current_dir(root()))?;
    headline("the fuzz targets build");
    let mut build = Command::new("cargo");
    build
        .args(["build", "--quiet", "--locked", "--manifest-path", FUZZ])
        .env("CARGO_TARGET_DIR", target().join("fuzz"))
        .current_dir(root());
    finish(&mut build)
}

fn python() -> Result<()> {
    let wheel = wheel()?;
    let size = std::fs::metadata(&wheel)?.len();
    println!(
        "{} {size} bytes",
        wheel.file_name().unwrap_or_default().to_string_lossy()
    );
    ensure!(
        size <= WHEEL_LIMIT,
        "the wheel is larger than {WHEEL_LIMIT} bytes"
    );
    let service = simulator("dev")?;
    let laboratory = laboratory()?;

    let tools = Venv::with_package()?;
    headline("Python: style and types");
    let package = root().join("bindings/python");
    for arguments in [&["check", "."][..], &["format", "--check", "."][..]] {
        finish(
            Command::new(tools.program("ruff"))
                .args(arguments)
                .current_dir(&package),
        )?;
    }
    types(&tools)?;

    headline("Python: the suite, against the installed wheel");
    let mut suite = tools.python();
    suite
        .args(["-m", "pytest", "-q", "-p", "no:cacheprovider", "-c"])
        .arg(package.join("pyproject.toml"))
        .arg("--rootdir")
        .arg(&package)
        .arg(package.join("tests"))
        .env("STABLEVPS_SIMULATOR_BIN", &service)
        .env("STABLEVPS_LABORATORY_BIN", &laboratory)
        .env("STABLEVPS_SCENARIOS", root().join("tests/scenarios"))
        .env("STABLEVPS_STORES", root().join("tests/stores"))
        .current_dir(elsewhere()?);
    let database = Postgres::start_for(&mut suite)?;
    finish(&mut suite)?;
    drop(database);

    headline("Python: the examples and the README");
    let mut examples = tools.python();
    examples
        .args(["-m", "pytest", "-q", "-p", "no:cacheprovider"])
        .arg(root().join("examples"))
        .env("STABLEVPS_SIMULATOR_BIN", &service)
        .current_dir(elsewhere()?);
    finish(&mut examples)?;
    with_rust("python")?;
    newcomer(&wheel, &service)
}

fn types(tools: &Venv) -> Result<()> {
    let neutral = elsewhere()?;
    let strict = [
        "-m",
        "mypy",
        "--strict",
        "--no-incremental",
        "-p",
        "stablevps",
    ];
    finish(
        tools
            .python()
            .args(strict)
            .args(["--config-file"])
            .arg(root().join("bindings/python/pyproject.toml"))
            .current_dir(&neutral),
    )?;
    let mut mains: Vec<_> = std::fs::read_dir(root().join("examples"))?
        .flatten()
        .map(|folder| folder.path().join("main.py"))
        .filter(|main| main.exists())
        .collect();
    mains.sort();
    for main in &mains {
        let strict = ["-m", "mypy", "--strict", "--no-incremental"];
        finish(tools.python().args(strict).arg(main).current_dir(&neutral))?;
    }
    let installed = tools.site_package("stablevps")?;
    let sources = [installed.clone(), installed.join("testing")].map(modules);
    let mut strict = tools.activated("pyright")?;
    strict
        .args(sources.into_iter().flatten())
        .args(&mains)
        .current_dir(&neutral);
    finish(&mut strict)?;
    let mut complete = tools.activated("pyright")?;
    complete
        .args(["--ignoreexternal", "--verifytypes", "stablevps"])
        .current_dir(&neutral);
    finish(&mut complete)
}

/// The Python modules of a folder.
fn modules(folder: PathBuf) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut modules: Vec<_> = entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|end| end == "py"))
        .collect();
    modules.sort();
    modules
}

/// A user's machine: no Rust, no repository, just the wheel and a server to speak to.
fn newcomer(wheel: &Path, service: &Path) -> Result<()> {
    headline("Python: a newcomer buys over HTTP");
    let venv = Venv::fresh(&cache()?.join("newcomer-python"))?;
    venv.pip(&[&wheel.to_string_lossy()])?;
    let mut buy = venv.python();
    buy.arg("-I")
        .arg(root().join("xtask/demo/newcomer.py"))
        .arg(service)
        .env("PATH", "/usr/bin:/bin")
        .current_dir(elsewhere()?);
    finish(&mut buy)
}
