//! The command `svps`: its packages, their tests and its figures.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use crate::debian;
use crate::figures::{Row, read};
use crate::once::Once;
use crate::python::{Venv, maturin};
use crate::servers::{program, simulator};
use crate::shell::{cache, elsewhere, finish, headline, is_ci, output, root, run as sh, target};

/// How the command is built for its packages.
const PROFILE: &str = "command";
/// The largest program on Linux x86-64, in bytes.
const SIZE_LIMIT: u64 = 6_000_000;
/// What packages install beside the program, as it lies below `/usr` or a virtual environment.
const SHARED: &str = "bindings/cli/svps.data/data/share";
/// The shells, and where each looks for a script.
const COMPLETIONS: [(&str, &str); 3] = [
    ("bash", "bash-completion/completions/svps"),
    ("zsh", "zsh/site-functions/_svps"),
    ("fish", "fish/vendor_completions.d/svps.fish"),
];

/// What a release of the command consists of.
#[derive(Clone)]
pub struct Packages {
    /// The program.
    pub program: PathBuf,
    /// The wheel.
    pub wheel: PathBuf,
    /// The Debian package; none where there is no Debian.
    pub deb: Option<PathBuf>,
}

/// Builds the manual pages, the completions and the packages.
pub fn build() -> Result<Packages> {
    static PACKAGES: Once<Packages> = Once::new();
    PACKAGES.get(packages)
}

fn packages() -> Result<Packages> {
    headline("building the command");
    let program = program("svps", &[], PROFILE)?;
    pages(|| Ok(program.clone()))?;
    let packages = Packages {
        wheel: wheel()?,
        deb: deb()?,
        program,
    };
    println!("{}", packages.wheel.display());
    if let Some(deb) = &packages.deb {
        println!("{}", deb.display());
    }
    Ok(packages)
}

/// Writes what the wheels for other platforms have beside the program.
pub fn shared() -> Result<()> {
    pages(|| program("svps", &[], "dev"))
}

/// The manual page of every command, and the completions of every shell. They are the same of every build.
fn pages(build: impl FnOnce() -> Result<PathBuf>) -> Result<()> {
    static PAGES: Once<()> = Once::new();
    PAGES.get(|| write_pages(&build()?))
}

fn write_pages(program: &Path) -> Result<()> {
    let shared = root().join(SHARED);
    if shared.exists() {
        std::fs::remove_dir_all(&shared)?;
    }
    let mut man = Command::new(program);
    finish(man.args(["man", "--folder"]).arg(shared.join("man/man1")))?;
    for (shell, place) in COMPLETIONS {
        let script = output(Command::new(program).args(["completions", shell]))?;
        let file = shared.join(place);
        std::fs::create_dir_all(file.parent().context("a script has a folder")?)?;
        std::fs::write(&file, script)?;
    }
    Ok(())
}

fn wheel() -> Result<PathBuf> {
    let folder = target().join("wheels-svps");
    let mut build = Command::new(maturin()?);
    build
        .args([
            "build",
            "--quiet",
            "--locked",
            "--profile",
            PROFILE,
            "--out",
        ])
        .arg(&folder)
        .current_dir(root().join("bindings/cli"));
    built(&mut build, &folder, "whl")
}

fn deb() -> Result<Option<PathBuf>> {
    if output(Command::new("dpkg-deb").arg("--version")).is_err() {
        println!("NOTICE: there is no dpkg-deb here, and so no Debian package");
        return Ok(None);
    }
    let folder = target().join("debian-svps");
    let mut build = Command::new(cargo_deb()?);
    build
        .args(["--no-build", "--no-strip", "--locked", "--quiet"])
        .args(["--package", "svps", "--profile", PROFILE, "--output"])
        .arg(&folder)
        .current_dir(root());
    built(&mut build, &folder, "deb").map(Some)
}

/// Runs what builds a package into a folder, and finds the package there.
fn built(build: &mut Command, folder: &Path, end: &str) -> Result<PathBuf> {
    if folder.exists() {
        std::fs::remove_dir_all(folder)?;
    }
    std::fs::create_dir_all(folder)?;
    finish(build)?;
    let entries = std::fs::read_dir(folder)?
        .flatten()
        .map(|entry| entry.path());
    let mut found = entries.filter(|path| path.extension().is_some_and(|one| one == end));
    found.next().with_context(|| format!("no .{end} was built"))
}

/// The tool that makes Debian packages; it is installed where it is missing.
fn cargo_deb() -> Result<PathBuf> {
    let tools = cache()?.join("cargo-tools");
    let program = tools.join("bin/cargo-deb");
    if !program.exists() {
        headline("installing cargo-deb");
        let mut install = Command::new("cargo");
        install
            .args([
                "install",
                "--quiet",
                "--locked",
                "--debug",
                "--no-default-features",
            ])
            .args(["--version", "^3", "cargo-deb", "--root"])
            .arg(&tools)
            .env("CARGO_TARGET_DIR", target().join("tools"))
            .current_dir(root());
        finish(&mut install)?;
    }
    Ok(program)
}

/// Tests the command, and its packages where nothing else is.
pub fn test() -> Result<()> {
    headline("the command");
    sh("cargo", &["test", "--locked", "-p", "svps"])?;
    let packages = build()?;
    let size = std::fs::metadata(&packages.program)?.len();
    println!("svps {size} bytes");
    ensure!(
        size <= SIZE_LIMIT,
        "the command is larger than {SIZE_LIMIT} bytes"
    );
    completions()?;
    let service = simulator("dev")?;
    stranger_with_wheel(&packages.wheel, &service)?;
    if let Some(deb) = &packages.deb {
        stranger_with_deb(deb)?;
    }
    headline("the command: the shell examples");
    let mut example = Command::new("bash");
    example
        .arg(root().join("examples/shell/test.sh"))
        .arg(&packages.program)
        .current_dir(elsewhere()?);
    finish(&mut example)
}

/// Each shell that is here reads its script.
fn completions() -> Result<()> {
    headline("the command: completions");
    for (shell, place) in COMPLETIONS {
        let is_here = || Command::new(shell).arg("--version").output().is_ok();
        if !is_here() && is_ci() {
            debian::install(&[shell])?;
        }
        if !is_here() {
            println!("NOTICE: {shell} is not here, and its completions are not tried");
            continue;
        }
        finish(
            Command::new(shell)
                .arg("-n")
                .arg(root().join(SHARED).join(place)),
        )?;
    }
    Ok(())
}

/// A user's machine with nothing but the wheel: it buys over HTTP, and at a simulated account.
fn stranger_with_wheel(wheel: &Path, service: &Path) -> Result<()> {
    headline("the command: a stranger buys with the wheel");
    let venv = Venv::fresh(&cache()?.join("newcomer-svps"))?;
    venv.pip(&["--no-index", &wheel.to_string_lossy()])?;
    let home = elsewhere()?;
    let mut buy = venv.python();
    buy.arg("-I")
        .arg(root().join("xtask/demo/newcomer_svps.py"))
        .arg(venv.program("svps"))
        .arg(service)
        .env_clear()
        .env("HOME", &home)
        .env("PATH", "/usr/bin:/bin")
        .current_dir(&home);
    finish(&mut buy)
}

/// A root folder with nothing but the Debian package and what it says that it needs.
fn stranger_with_deb(deb: &Path) -> Result<()> {
    headline("the command: a stranger buys with the Debian package");
    let mut script = Command::new("sh");
    script
        .arg(root().join("xtask/demo/stranger_deb.sh"))
        .arg(deb)
        .current_dir(elsewhere()?);
    finish(&mut script)
}

/// Measures the command.
pub fn bench() -> Result<Vec<Row>> {
    let program = program("svps", &[], PROFILE)?;
    let service = simulator("release")?;
    headline("measuring");
    let mut list = Venv::with_tools()?.python();
    list.arg(root().join("bindings/cli/benches/list.py"))
        .arg(&program)
        .arg(service)
        .current_dir(elsewhere()?);
    let mut rows = read(&output(&mut list)?)?;
    let size = std::fs::metadata(&program)?.len();
    #[allow(clippy::cast_precision_loss)]
    rows.push(Row {
        what: "svps, stripped".to_owned(),
        ours: format!("{size} B"),
        against: "limit".to_owned(),
        theirs: format!("{SIZE_LIMIT} B"),
        ratio: size as f64 / SIZE_LIMIT as f64,
        limit: Some(1.0),
    });
    Ok(rows)
}

/// Buys on the simulator: with the Rust client, and then with the command.
pub fn demo() -> Result<()> {
    headline("building the Rust client, the simulator and the command");
    let packages = ["-p", "stablevps", "-p", "svps"];
    // The keyring is half of what there is to build, and a simulated account does without it.
    let features = [
        "--no-default-features",
        "--features",
        "stablevps/blocking,stablevps/testing",
    ];
    let chosen = ["--example", "demo", "--bin", "svps"];
    let build = ["build", "--quiet", "--locked"];
    sh(
        "cargo",
        &[&build[..], &packages, &features, &chosen].concat(),
    )?;
    headline("Rust");
    let folder = elsewhere()?;
    let programs_folder = target().join("debug");
    finish(Command::new(programs_folder.join("examples/demo")).current_dir(&folder))?;
    headline("the command");
    let svps = programs_folder.join("svps");
    for arguments in [
        &["buy", "prime", "amsterdam", "--yes", "--max-spend", "20"][..],
        &["list"],
        &["wallet"],
    ] {
        println!("$ svps {} --simulate", arguments.join(" "));
        let mut command = Command::new(&svps);
        command
            .args(arguments)
            .args(["--simulate", "--world"])
            .arg(folder.join("world"))
            .current_dir(&folder);
        finish(&mut command)?;
    }
    Ok(())
}
