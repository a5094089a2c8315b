//! The core as a native library, and what other languages need to call it.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use anyhow::{Context as _, Result, bail};

use crate::shell::{finish, root, run, target};

/// Builds a package's shared library as it ships.
pub fn cdylib(package: &str, features: &[&str]) -> Result<PathBuf> {
    let name = package.replace('-', "_");
    let file = if cfg!(target_os = "windows") {
        format!("{name}.dll")
    } else if cfg!(target_os = "macos") {
        format!("lib{name}.dylib")
    } else {
        format!("lib{name}.so")
    };
    library(package, features, "cdylib", &file)
}

/// A copy of a shared library without the symbols that only tools need. Bindings are generated from
/// what it is a copy of.
pub fn stripped(library: &Path) -> Result<PathBuf> {
    let folder = library.with_extension("stripped");
    std::fs::create_dir_all(&folder)?;
    let copy = folder.join(library.file_name().context("a library has a name")?);
    std::fs::copy(library, &copy)?;
    if cfg!(unix) {
        let what = if cfg!(target_os = "macos") {
            "-x"
        } else {
            "--strip-unneeded"
        };
        finish(Command::new("strip").arg(what).arg(&copy))?;
    }
    Ok(copy)
}

/// Builds a package's static library as it ships.
pub fn staticlib(package: &str, features: &[&str]) -> Result<PathBuf> {
    let file = format!("lib{}.a", package.replace('-', "_"));
    library(package, features, "staticlib", &file)
}

/// What cargo leaves in its folder is of whatever features were asked for last: it is kept apart, before another
/// thread builds.
fn library(package: &str, features: &[&str], kind: &str, file: &str) -> Result<PathBuf> {
    static TURN: Mutex<()> = Mutex::new(());
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let features = features.join(",");
    let arguments = ["rustc", "--quiet", "--locked", "--profile", "app", "--lib"];
    let chosen = [
        "--package",
        package,
        "--features",
        &features,
        "--crate-type",
        kind,
    ];
    // Devices with pages of 16 KiB load no library that is aligned to less.
    let aligned = ["--", "-Clink-arg=-Wl,-z,max-page-size=16384"];
    let linked = if kind == "cdylib" && cfg!(target_os = "linux") {
        &aligned[..]
    } else {
        &[]
    };
    run("cargo", &[&arguments[..], &chosen, linked].concat())?;
    let folder = target().join("native").join(features.replace(',', "-"));
    std::fs::create_dir_all(&folder)?;
    let built = target().join("app").join(file);
    let kept = folder.join(file);
    std::fs::copy(&built, &kept).with_context(|| built.display().to_string())?;
    Ok(kept)
}

/// Builds the program that writes the code that calls a library. Most of that is one crate's, on one processor.
pub fn generator() -> Result<()> {
    finish(&mut generator_by("build"))
}

/// Cargo, with what builds and runs that program.
fn generator_by(command: &str) -> Command {
    let mut cargo = Command::new("cargo");
    cargo
        .args([command, "--quiet", "--locked", "-p", "stablevps-ffi"])
        .args(["--features", "bindgen", "--bin", "uniffi-bindgen"])
        .current_dir(root());
    cargo
}

/// Writes the code that calls a library, for every namespace in it, into a folder.
pub fn bindings(library: &Path, language: &str, config: &Path, out: &Path) -> Result<()> {
    if !config.exists() {
        bail!("{} is missing", config.display());
    }
    let mut generate = generator_by("run");
    generate
        .args([
            "--",
            "generate",
            "--no-format",
            "--language",
            language,
            "--config",
        ])
        .arg(config)
        .arg("--out-dir")
        .arg(out)
        .arg(library);
    finish(&mut generate)
}
