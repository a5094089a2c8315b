//! The programs that hand purchases from one language to another: `tests/crossing/README.md`.

use anyhow::Result;
use serde_json::json;

use crate::js::{project, tarball};
use crate::kotlin;
use crate::python::{Venv, wheel};
use crate::shell::root;

/// Where tests find the programs of the other languages.
pub const VARIABLE: &str = "STABLEVPS_CROSSING";

/// The programs of those languages, ready to run, as the tests take them.
pub fn others(languages: &[&str]) -> Result<String> {
    let folder = root().join("tests/crossing");
    let mut programs = Vec::new();
    for language in languages {
        let command = match *language {
            "python" => {
                let venv = Venv::with_tools()?;
                let wheel = wheel()?;
                venv.pip(&["--force-reinstall", "--no-deps", &wheel.to_string_lossy()])?;
                vec![venv.program("python"), folder.join("crossing.py")]
            }
            "js" => {
                let installed = project(&folder, "crossing", &tarball()?)?;
                vec!["node".into(), installed.join("crossing.mjs")]
            }
            "kotlin" => kotlin::crossing()?,
            other => anyhow::bail!("there is no program in {other}"),
        };
        programs.push(json!({ "language": language, "command": command }));
    }
    Ok(serde_json::Value::from(programs).to_string())
}
