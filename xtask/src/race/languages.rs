//! The programs that race, one for each language.

use anyhow::Result;
use clap::ValueEnum;

use crate::crossing::Program;
use crate::js::{project, tarball};
use crate::kotlin;
use crate::python::{Venv, wheel};
use crate::servers::race;
use crate::shell::root;

/// The language whose program can do more than buy.
pub const RUST: &str = "rust";

/// A language in which processes buy, beside Rust.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Language {
    /// From its wheel.
    Python,
    /// On Node, from its tarball.
    Js,
    /// From its jars.
    Kotlin,
}

impl Language {
    fn program(self) -> Result<Program> {
        let folder = root().join("tests/race");
        let (language, command) = match self {
            Self::Python => {
                let venv = Venv::with_tools()?;
                let wheel = wheel()?;
                venv.pip(&["--force-reinstall", "--no-deps", &wheel.to_string_lossy()])?;
                let command = vec![venv.program("python"), folder.join("worker.py")];
                ("python", command)
            }
            Self::Js => {
                let installed = project(&folder, "race", &tarball()?)?;
                ("js", vec!["node".into(), installed.join("worker.mjs")])
            }
            Self::Kotlin => ("kotlin", kotlin::race()?),
        };
        let language = language.to_owned();
        Ok(Program { language, command })
    }
}

/// Builds the programs. The first one is Rust's.
pub fn programs(languages: &[Language]) -> Result<Vec<Program>> {
    let rust = Program {
        language: RUST.to_owned(),
        command: vec![race()?],
    };
    let others = languages.iter().map(|language| language.program());
    std::iter::once(Ok(rust)).chain(others).collect()
}
