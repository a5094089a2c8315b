//! The source distributions of the Python packages.

use std::process::Command;

use anyhow::Result;

use super::folder;
use crate::cli;
use crate::python::{Venv, maturin};
use crate::shell::{cache, elsewhere, finish, headline, root, target};

/// Builds the source distributions, and installs that of the package where there is nothing but Rust.
pub fn run() -> Result<()> {
    let maturin = maturin()?;
    headline("building the Python source distributions");
    let folder = folder().join("sdist");
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    cli::shared()?;
    for package in ["bindings/python", "bindings/cli"] {
        let mut build = Command::new(&maturin);
        build
            .args(["sdist", "--out"])
            .arg(&folder)
            .current_dir(root().join(package));
        finish(&mut build)?;
    }
    let made = std::fs::read_dir(&folder)?.flatten();
    for source in made.map(|entry| entry.path()) {
        headline(&format!("installing {}", source.display()));
        let venv = Venv::fresh(&cache()?.join("sdist-python"))?;
        let elsewhere = elsewhere()?;
        // The files of the distribution have one age, by which cargo takes what it built before for new.
        let products = target().join("sdist");
        if products.exists() {
            std::fs::remove_dir_all(&products)?;
        }
        let mut install = venv.python();
        install
            .args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
            ])
            .arg(&source)
            // Built as for working on it: as published, it is in the wheels.
            .env("MATURIN_PEP517_ARGS", "--profile dev")
            .env("CARGO_TARGET_DIR", &products)
            .current_dir(&elsewhere);
        finish(&mut install)?;
        if source.to_string_lossy().contains("stablevps-") {
            let demo = root().join("xtask/demo/demo.py");
            finish(venv.python().arg(demo).current_dir(&elsewhere))?;
        } else {
            finish(
                Command::new(venv.program("svps"))
                    .arg("--version")
                    .current_dir(&elsewhere),
            )?;
        }
    }
    Ok(())
}
