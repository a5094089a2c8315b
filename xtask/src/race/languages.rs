//! The programs that race, one for each language.

use std::path::PathBuf;

use anyhow::Result;
use clap::ValueEnum;

use crate::crossing::Program;
use crate::js::{project, tarball};
use crate::kotlin;
use crate::python::Venv;
use crate::servers::race;
use crate::shell::root;
use crate::swift;

/// The language whose program can do more than buy.
pub const RUST: &str = "rust";

/// The language that has no store in PostgreSQL.
pub const SWIFT: &str = "swift";

/// A folder, and where Swift's program sees it.
#[derive(Clone)]
pub struct Seen {
    pub here: PathBuf,
    pub there: String,
}

/// A language in which processes buy, beside Rust.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Language {
    /// From its wheel.
    Python,
    /// On Node, from its tarball.
    Js,
    /// From its jars.
    Kotlin,
    /// On SQLite alone.
    Swift,
}

impl Language {
    /// None of a language that is not there. What is given beside is the folder that Swift sees.
    fn program(self) -> Result<Option<(Program, Option<Seen>)>> {
        let folder = root().join("tests/race");
        let mut seen = None;
        let (language, command) = match self {
            Self::Python => {
                let python = Venv::with_package()?.program("python");
                ("python", vec![python, folder.join("worker.py")])
            }
            Self::Js => {
                let installed = project(&folder, "race", &tarball()?)?;
                ("js", vec!["node".into(), installed.join("worker.mjs")])
            }
            Self::Kotlin => ("kotlin", kotlin::race()?),
            Self::Swift => match swift::race()? {
                Some(shared) => {
                    let (here, there) = (shared.folder, shared.seen);
                    seen = Some(Seen { here, there });
                    (SWIFT, shared.command)
                }
                None => return Ok(None),
            },
        };
        let language = language.to_owned();
        Ok(Some((Program { language, command }, seen)))
    }
}

/// Builds the programs. The first one is Rust's. With Swift's, gives the folder in which it can race.
pub fn programs(languages: &[Language]) -> Result<(Vec<Program>, Option<Seen>)> {
    let rust = Program {
        language: RUST.to_owned(),
        command: vec![race()?],
    };
    let (mut programs, mut folder) = (vec![rust], None);
    for language in languages {
        if let Some((program, seen)) = language.program()? {
            programs.push(program);
            folder = folder.or(seen);
        }
    }
    Ok((programs, folder))
}
