//! Every command that a person or CI runs on this repository: `cargo xtask --help`.

mod python_models;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(about = "Builds, tests, shows and measures the SDK")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Write the files that are made from the core's models.
    Generate {
        /// Only see whether they are what the models say.
        #[arg(long)]
        check: bool,
    },
}

fn main() -> Result<()> {
    match Arguments::parse().command {
        Command::Generate { check } => generate(check),
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .map(Path::to_owned)
        .unwrap_or_default()
}

fn generate(check: bool) -> Result<()> {
    let path = root().join("bindings/python/src/stablevps/_models.py");
    let text = python_models::module(&stablevps_core::schema::models());
    if check {
        let present = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        ensure!(
            present == text,
            "{} is out of date: run cargo xtask generate",
            path.display()
        );
        return Ok(());
    }
    std::fs::write(&path, text).with_context(|| path.display().to_string())
}
