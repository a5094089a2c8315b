//! What builds for a platform: a standard library, a linker and a C compiler.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};

use super::compiler;
use super::platform::{Platform, System};
use super::zig::Zig;
use crate::debian::holds_core;
use crate::shell::{output, root, target};

/// What builds for a platform.
pub struct Toolchain {
    /// The platform.
    pub platform: Platform,
    variables: Vec<(String, OsString)>,
    folder: PathBuf,
}

impl Toolchain {
    /// The compiler at hand if it has the platform's standard library or rustup can add it; else one made of
    /// Debian's packages. The platform's own linker where it is that of this machine; else Zig.
    pub fn find(platform: Platform) -> Result<Self> {
        let (rustc, folder) = rustc(platform.target())?;
        let mut variables: Vec<(String, OsString)> = Vec::new();
        variables.extend(rustc.map(|rustc| ("RUSTC".to_owned(), rustc.into())));
        if !platform.is_linked_natively() {
            variables.extend(Zig::ready()?.variables(platform)?);
        }
        let flags = flags(platform);
        if !flags.is_empty() {
            variables.push((cargo_variable(platform, "RUSTFLAGS"), flags.into()));
        }
        if platform.system() == System::Macos {
            let oldest = platform.zig_target().rsplit("macos.").next();
            variables.push((
                "MACOSX_DEPLOYMENT_TARGET".to_owned(),
                oldest.unwrap_or_default().into(),
            ));
        }
        Ok(Self {
            platform,
            variables,
            folder,
        })
    }

    /// A program that builds for the platform, in the repository. It must be told the target by `--target`.
    pub fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = Command::new(program.as_ref());
        command
            .envs(self.variables.iter().cloned())
            .env("CARGO_TARGET_DIR", &self.folder)
            .current_dir(root());
        command
    }

    /// Where cargo puts what it builds with a profile.
    pub fn products(&self, profile: &str) -> PathBuf {
        let folder = if profile == "dev" { "debug" } else { profile };
        self.folder.join(self.platform.target()).join(folder)
    }
}

/// A cargo that builds for a target in the repository, and where it puts what it builds.
pub fn cargo(triple: &str) -> Result<(Command, PathBuf)> {
    let (rustc, folder) = rustc(triple)?;
    let mut command = Command::new("cargo");
    command
        .envs(rustc.map(|rustc| ("RUSTC", rustc)))
        .env("CARGO_TARGET_DIR", &folder)
        .current_dir(root());
    Ok((command, folder))
}

/// The compiler that has a target's standard library, if it is not the one at hand, and the folder of what it builds.
fn rustc(triple: &str) -> Result<(Option<PathBuf>, PathBuf)> {
    if has_library(triple) || added_by_rustup(triple) {
        return Ok((None, target()));
    }
    let rustc = compiler::rustc(triple).with_context(|| missing(triple))?;
    // What runs on this machine is built by that compiler too.
    Ok((Some(rustc), target().join("debian")))
}

/// A variable of cargo's that is about a target.
pub fn cargo_variable(platform: Platform, what: &str) -> String {
    let name = platform.target().replace('-', "_").to_uppercase();
    format!("CARGO_TARGET_{name}_{what}")
}

fn flags(platform: Platform) -> &'static str {
    match platform.system() {
        System::Linux | System::Windows => "",
        // Rust links all of musl into what it builds unless told otherwise, and then makes no shared library.
        System::Musl => "-Ctarget-feature=-crt-static",
        // Without, a library names libiconv, which it does not use.
        System::Macos => "-Clink-arg=-Wl,-dead_strip_dylibs",
    }
}

fn missing(target: &str) -> String {
    format!(
        "there is no standard library for {target}: `rustup target add {target}` brings it where rustup can fetch it"
    )
}

fn has_library(target: &str) -> bool {
    let mut ask = Command::new("rustc");
    ask.args(["--print", "target-libdir", "--target", target]);
    output(&mut ask).is_ok_and(|folder| holds_core(Path::new(folder.trim())))
}

fn added_by_rustup(target: &str) -> bool {
    if compiler::is_ready(target) {
        return false;
    }
    println!("adding {target} to the Rust toolchain");
    let added = Command::new("rustup")
        .args(["target", "add", target])
        .status();
    added.is_ok_and(|status| status.success()) && has_library(target)
}
