//! The demonstration: every package, installed as a user would, buys a VPS on the simulator.

use std::process::Command;

use anyhow::Result;

use crate::js::{npm, tarball};
use crate::python::{Venv, wheel};
use crate::shell::{cache, elsewhere, finish, headline, root};
use crate::{kotlin, swift};

/// Shows it.
pub fn run() -> Result<()> {
    python()?;
    javascript()?;
    kotlin::demo()?;
    swift::demo()
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
