//! Maven, found or installed.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use crate::debian;
use crate::shell::{cache, headline, is_ci};

/// Maven, with a local repository that outlives a checkout and has the package in it once
/// [`installed`] has run.
pub fn mvn() -> Result<Command> {
    let there = |program| Command::new(program).arg("-version").output().is_ok();
    if !(there("mvn") && there("javac")) {
        install_maven()?;
    }
    let mut mvn = Command::new("mvn");
    mvn.args(["-q", "-B", "-ntp"])
        .arg(format!("-Dmaven.repo.local={}", repository()?.display()));
    Ok(mvn)
}

fn repository() -> Result<PathBuf> {
    Ok(cache()?.join("kotlin/repository"))
}

fn install_maven() -> Result<()> {
    if !is_ci() || !Path::new("/etc/debian_version").exists() {
        bail!("Maven and a JDK from 17 are needed: https://maven.apache.org/install.html");
    }
    headline("installing Maven");
    debian::install(&["maven", "default-jdk-headless"])
}
