//! The Swift that is used: the one on the `PATH`, else one in a root of its own.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use super::root;
use crate::once::Once;
use crate::shell::{cache, is_ci, output, root as repository};

/// The paths of the repository and of the kept folder in a root. They are the same for every checkout, so that
/// they can share what is built.
const REPOSITORY: &str = "/stablevps/repository";
const KEPT: &str = "/stablevps/kept";

/// A usable Swift.
#[derive(Clone)]
pub struct Toolchain {
    root: Option<PathBuf>,
}

impl Toolchain {
    /// Finds Swift 6. None on a machine without it, which is an error in CI.
    pub fn find() -> Result<Option<Self>> {
        static FOUND: Once<Option<Toolchain>> = Once::new();
        FOUND.get(Self::find_now)
    }

    fn find_now() -> Result<Option<Self>> {
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
        let advice = "Swift 6 is needed: https://www.swift.org/install (on Debian, xtask installs it when run as root)";
        if is_ci() {
            bail!(advice);
        }
        println!("NOTICE: the Swift package is left out. {advice}");
        Ok(None)
    }

    /// The folder outside of the repository that is kept: for what `SwiftPM` builds, and its inputs.
    pub fn kept() -> Result<PathBuf> {
        let folder = cache()?.join("swift");
        std::fs::create_dir_all(&folder)?;
        Ok(folder)
    }

    /// A path in the repository or in the kept folder, as Swift's programs see it.
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

    /// The command that runs a program in a folder, with environment variables.
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

    /// The folder in which `SwiftPM` builds a package. Each checkout has its own where Swift sees its real path.
    pub fn scratch(&self, name: &str) -> Result<PathBuf> {
        let name = name.replace('/', "-");
        let place = match self.root {
            Some(_) => name,
            None => format!(
                "{name}-{:016x}",
                super::files::hash(&repository().to_string_lossy())
            ),
        };
        Ok(Self::kept()?.join("build").join(place))
    }
}
