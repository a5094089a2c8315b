//! The demonstration: every package, installed as a user would, buys a VPS on the simulator.

use std::process::Command;

use anyhow::Result;
use clap::ValueEnum;

use crate::ahead::{Build, built};
use crate::js::{npm, tarball};
use crate::native::generator;
use crate::python::{Venv, wheel};
use crate::shell::{cache, elsewhere, finish, headline, root};
use crate::{cli, kotlin, swift};

/// What can be shown.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Name {
    /// The Rust client and the command `svps`.
    Rust,
    /// The Python package.
    Python,
    /// The JavaScript package.
    Js,
    /// The Kotlin package.
    Kotlin,
    /// The Swift package.
    Swift,
}

/// Shows one, or all of them.
pub fn run(name: Option<Name>) -> Result<()> {
    if let Some(name) = name {
        return show(name);
    }
    let later: &[Build] = &[swift::find, generator, kotlin::installed, swift::build];
    built(later, || {
        Name::value_variants().iter().copied().try_for_each(show)
    })
}

fn show(name: Name) -> Result<()> {
    match name {
        Name::Rust => cli::demo(),
        Name::Python => python(),
        Name::Js => javascript(),
        Name::Kotlin => kotlin::demo(),
        Name::Swift => swift::demo(),
    }
}

fn python() -> Result<()> {
    let wheel = wheel()?;
    headline("Python");
    let venv = Venv::fresh(&cache()?.join("demo-python"))?;
    venv.pip(&[&wheel.to_string_lossy()])?;
    let mut demo = venv.python();
    demo.arg(root().join("xtask/demo/demo.py"))
        .current_dir(elsewhere()?);
    finish(&mut demo)
}

fn javascript() -> Result<()> {
    let tarball = tarball()?;
    headline("JavaScript");
    let folder = elsewhere()?;
    std::fs::write(folder.join("package.json"), "{ \"private\": true }\n")?;
    let mut install = npm();
    install
        .args(["install", "--silent", "--no-audit", "--no-fund"])
        .arg(tarball)
        .current_dir(&folder);
    finish(&mut install)?;
    std::fs::copy(root().join("xtask/demo/demo.mjs"), folder.join("demo.mjs"))?;
    finish(Command::new("node").arg("demo.mjs").current_dir(folder))
}
