//! The servers that tests talk to.

use std::path::PathBuf;

use anyhow::Result;

use crate::shell::{run, target};

/// The simulator's program.
pub fn simulator(profile: &str) -> Result<PathBuf> {
    let features = ["--features", "server"];
    program("stablevps-simulator", &features, profile)
}

/// The resend laboratory's program.
pub fn laboratory() -> Result<PathBuf> {
    program("stablevps-laboratory", &[], "dev")
}

/// The program with which Rust takes part where purchases cross between languages.
pub fn crossing() -> Result<PathBuf> {
    program("stablevps-crossing", &[], "dev")
}

/// The program of which several processes buy the same keys.
pub fn race() -> Result<PathBuf> {
    program("stablevps-race", &[], "dev")
}

/// A program of this repository, built with a profile.
pub fn program(name: &str, features: &[&str], profile: &str) -> Result<PathBuf> {
    let arguments = ["build", "--locked", "-p", name, "--profile", profile];
    run("cargo", &[&arguments[..], features].concat())?;
    let folder = if profile == "dev" { "debug" } else { profile };
    Ok(target().join(folder).join(name))
}
