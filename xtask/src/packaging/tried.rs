//! What was built, tried on the platform that it is for.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, ensure};

use super::emulators::{arm_python, emulator, windows_users};
use super::platform::{Platform, System};
use super::zig::{compile, cross, executable};
use super::{Product, folder};
use crate::python::Venv;
use crate::servers::simulator;
use crate::shell::{elsewhere, finish, headline, output, root};

/// How far a package got on a platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reached {
    /// It was built, and its file was read.
    Built,
    /// It ran, and did this.
    Ran(&'static str),
}

impl fmt::Display for Reached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Built => f.write_str("built"),
            Self::Ran(what) => write!(f, "ran: {what}"),
        }
    }
}

/// A line of the table.
pub struct Line {
    /// The platform.
    pub platform: Platform,
    /// The package.
    pub product: Product,
    /// How far it got.
    pub reached: Reached,
}

/// Prints what was tried.
pub fn print(lines: &[Line]) {
    headline("what was built, and what ran");
    println!("| platform | package | reached |\n|---|---|---|");
    for line in lines {
        let (platform, product) = (line.platform.name(), line.product.name());
        println!("| {platform} | {product} | {} |", line.reached);
    }
}

/// Whether something here runs programs of a platform.
fn is_run_here(platform: Platform) -> bool {
    let is_never = platform.system() == System::Macos || platform == Platform::WindowsAarch64;
    !is_never || emulator(platform).is_ok()
}

/// Loads the library of a wheel, and buys with the wheel where there is a Python of the platform.
pub fn wheel(platform: Platform, library: &Path, wheel: &Path) -> Result<Reached> {
    if !is_run_here(platform) {
        return Ok(Reached::Built);
    }
    if emulator(platform)?.is_none() {
        return bought_in_python(platform, wheel, Venv::with_tools()?.python());
    }
    let reached = self::library(platform, library)?;
    if platform != Platform::LinuxAarch64 {
        return Ok(reached);
    }
    let mut python = started(platform, &arm_python()?)?;
    python.env("PYTHONDONTWRITEBYTECODE", "1");
    bought_in_python(platform, wheel, python)
}

/// Loads a library, where something here runs programs of its platform.
pub fn library(platform: Platform, library: &Path) -> Result<Reached> {
    if !is_run_here(platform) {
        return Ok(Reached::Built);
    }
    load(platform, library)?;
    Ok(Reached::Ran("loaded, and gave the plans"))
}

/// A program of the platform's own loads the library and calls it.
fn load(platform: Platform, library: &Path) -> Result<()> {
    headline(&format!("{}: the library is loaded", platform.name()));
    let program = cross()?.join("bin").join(platform.target());
    let program = program.join(platform.program("load"));
    let words: &[&str] = match platform.system() {
        System::Linux => &["-ldl"],
        // Zig links all of musl into a program unless told otherwise, and that loads no library.
        System::Musl => &["-dynamic"],
        System::Windows | System::Macos => &[],
    };
    let source = root().join("xtask/platforms/load.c");
    compile(platform, &source, &program, words)?;
    let printed = output(started(platform, &program)?.arg(library))?;
    print!("{printed}");
    ensure!(printed.starts_with("contract "), "it printed {printed}");
    Ok(())
}

/// The command that runs a program of a platform.
fn started(platform: Platform, program: &Path) -> Result<Command> {
    let Some(emulator) = emulator(platform)? else {
        return Ok(Command::new(program));
    };
    let mut command = Command::new(emulator);
    command.arg(program);
    Ok(command)
}

/// Installs a wheel as pip does on the platform, and buys with it over HTTP.
fn bought_in_python(platform: Platform, wheel: &Path, mut python: Command) -> Result<Reached> {
    headline(&format!("{}: Python buys with the wheel", platform.name()));
    let version = "import sys; print('.'.join(map(str, sys.version_info[:2])))";
    let mut ask = clone(&python);
    let version = output(ask.args(["-I", "-c", version]))?;
    let folder = folder().join("installed").join(platform.name());
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    Venv::with_tools()?.pip(&[
        "--only-binary=:all:",
        "--python-version",
        version.trim(),
        "--platform",
        platform.wheel_tag(),
        "--target",
        &folder.to_string_lossy(),
        &wheel.to_string_lossy(),
    ])?;
    let service = simulator("dev")?;
    python
        .arg(root().join("xtask/demo/newcomer.py"))
        .arg(service)
        .env("PYTHONPATH", &folder)
        .current_dir(elsewhere()?);
    if cfg!(unix) {
        python.env("PATH", "/usr/bin:/bin");
    }
    finish(&mut python)?;
    Ok(Reached::Ran("bought over HTTP in CPython"))
}

fn clone(command: &Command) -> Command {
    let mut clone = Command::new(command.get_program());
    clone.args(command.get_args());
    clone
}

/// The command buys over HTTP, is killed after the order, goes on; and buys at a simulated account.
pub fn svps(platform: Platform, program: &Path) -> Result<Reached> {
    if !is_run_here(platform) {
        return Ok(Reached::Built);
    }
    headline(&format!("{}: svps buys", platform.name()));
    let home = elsewhere()?;
    let program = script(platform, program, &home)?;
    if platform.system() == System::Windows && cfg!(unix) {
        forget()?;
    }
    let service = simulator("dev")?;
    let mut buy = Venv::with_tools()?.python();
    buy.arg("-I")
        .arg(root().join("xtask/demo/newcomer_svps.py"))
        .arg(program)
        .arg(service)
        .current_dir(&home);
    if cfg!(unix) {
        buy.env_clear()
            .env("HOME", &home)
            .env("PATH", "/usr/bin:/bin");
    }
    finish(&mut buy)?;
    if platform.system() == System::Windows && cfg!(unix) {
        let is_there = |folder: &PathBuf| folder.join("AppData/Local/svps/simulated").exists();
        ensure!(
            people()?.iter().any(is_there),
            "the simulated account is not in %LOCALAPPDATA%"
        );
    }
    Ok(Reached::Ran("bought over HTTP, killed, resumed"))
}

/// Removes what the command kept in Wine before.
fn forget() -> Result<()> {
    for folder in people()? {
        for kept in ["Local/svps", "Roaming/svps"] {
            let kept = folder.join("AppData").join(kept);
            if kept.exists() {
                std::fs::remove_dir_all(kept)?;
            }
        }
    }
    Ok(())
}

/// The folders of Wine's people.
fn people() -> Result<Vec<PathBuf>> {
    let users = std::fs::read_dir(windows_users()?).into_iter().flatten();
    Ok(users.flatten().map(|entry| entry.path()).collect())
}

/// A program of a platform as one that this machine runs.
fn script(platform: Platform, program: &Path, folder: &Path) -> Result<PathBuf> {
    let emulator = match platform {
        // It has all of musl in it.
        Platform::MuslX86_64 => None,
        _ => emulator(platform)?,
    };
    let Some(emulator) = emulator else {
        return Ok(program.to_owned());
    };
    let (emulator, program) = (emulator.display(), program.display());
    let path = folder.join("svps");
    executable(
        &path,
        &format!("#!/bin/sh\nexec \"{emulator}\" \"{program}\" \"$@\"\n"),
    )?;
    Ok(path)
}
