//! Where Swift comes from: the `PATH`, else a root made for it.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use super::root;
use crate::shell::{cache, is_ci, output, root as repository};

/// Where a root sees the repository and what is kept outside of it. Always the same, whatever the
/// checkout: what was built for one is good for the next.
const REPOSITORY: &str = "/stablevps/repository";
const KEPT: &str = "/stablevps/kept";

/// A Swift that is new enough.
pub struct Toolchain {
    root: Option<PathBuf>,
}

impl Toolchain {
    /// None on a machine that has none and can't get one, which is a failure in CI.
    pub fn find() -> Result<Option<Self>> {
        if let Ok(version) = output(Command::new("swift").arg("--version")) {
            if !version.contains("Swift version 6.") {
                bail!("Swift 6 is needed, and `swift --version` says: {version}");
            }
            return Ok(Some(Self { root: None }));
        }
        if root::is_possible() {
            let root = Some(root::ready()?);
            return Ok(Some(Self { root }));
        }
        let advice =
            "Swift 6 is needed: https://www.swift.org/install (on Debian, root gets it by itself)";
        if is_ci() {
            bail!(advice);
        }
        println!("NOTICE: the Swift package is left out. {advice}");
        Ok(None)
    }

    /// What is kept outside of the repository: what `SwiftPM` builds, and what it is built with.
    pub fn kept() -> Result<PathBuf> {
        let folder = cache()?.join("swift");
        std::fs::create_dir_all(&folder)?;
        Ok(folder)
    }

    /// A path of the repository or of what is kept, as Swift's programs see it.
    pub fn path(&self, here: &Path) -> Result<String> {
        if self.root.is_none() {
            return Ok(here.to_string_lossy().into_owned());
        }
        let there = |folder: &Path, seen: &str| {
            let below = here.strip_prefix(folder).ok()?;
            Some(format!("{seen}/{}", below.display()))
        };
        there(&Self::kept()?, KEPT)
            .or_else(|| there(&repository(), REPOSITORY))
            .with_context(|| format!("Swift can't see {}", here.display()))
    }

    /// A program with variables of its environment, run in a folder.
    pub fn command(
        &self,
        folder: &Path,
        variables: &[(&str, &str)],
        program: &str,
    ) -> Result<Command> {
        let Some(root) = &self.root else {
            let mut command = Command::new(program);
            command.current_dir(folder).envs(variables.iter().copied());
            return Ok(command);
        };
        let mounts = [(repository(), REPOSITORY), (Self::kept()?, KEPT)];
        let mut command = root::command(root, &mounts, &self.path(folder)?)?;
        for (name, value) in variables {
            command.arg(format!("{name}={value}"));
        }
        command.arg(program);
        Ok(command)
    }

    /// Where `SwiftPM` builds a package. A checkout's own where Swift sees the checkout's own path.
    pub fn scratch(&self, name: &str) -> Result<PathBuf> {
        let name = name.replace('/', "-");
        let place = match self.root {
            Some(_) => name,
            None => format!(
                "{name}-{:016x}",
                super::package::hash(&repository().to_string_lossy())
            ),
        };
        Ok(Self::kept()?.join("build").join(place))
    }
}
