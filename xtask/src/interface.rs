//! What the Rust client makes public, kept as a file: a change of it is seen in review.

use std::process::Command;

use anyhow::{Result, ensure};

use crate::shell::{finish, headline, output, root, target};

const FILE: &str = "bindings/rust/public-api.txt";

/// Compares the file with what the crate makes public. `STABLEVPS_RECORD=1` writes it anew.
pub fn check() -> Result<()> {
    headline("Rust: the client's public interface");
    let built = target().join("interface");
    let mut document = Command::new("cargo");
    document
        .args([
            "rustdoc",
            "--quiet",
            "--locked",
            "--package",
            "stablevps",
            "--lib",
        ])
        .args([
            "--features",
            "async,postgres,sqlite,system-roots,testing,tracing",
        ])
        .args(["--", "-Zunstable-options", "--output-format", "json"])
        .args(["--cap-lints", "allow"])
        // The JSON is for nightly alone; its form is that which the tool below reads.
        .env("RUSTC_BOOTSTRAP", "stablevps")
        .env("CARGO_TARGET_DIR", &built)
        .current_dir(root());
    finish(&mut document)?;
    let mut list = Command::new("cargo");
    list.args(["run", "--quiet", "--locked", "--package", "xtask"])
        .args(["--features", "public-api", "--bin", "public-api", "--"])
        .arg(built.join("doc/stablevps.json"))
        .env("CARGO_TARGET_DIR", &built)
        .current_dir(root());
    let listed = output(&mut list)?;
    let path = root().join(FILE);
    if std::env::var_os("STABLEVPS_RECORD").is_some() {
        return Ok(std::fs::write(path, listed)?);
    }
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    let gone = kept
        .lines()
        .filter(|line| !listed.lines().any(|now| now == *line));
    let new = listed
        .lines()
        .filter(|line| !kept.lines().any(|was| was == *line));
    let gone: Vec<_> = gone.map(|line| format!("- {line}")).collect();
    let new: Vec<_> = new.map(|line| format!("+ {line}")).collect();
    ensure!(
        kept == listed,
        "{FILE} is not what the crate makes public; STABLEVPS_RECORD=1 writes it anew:\n{}",
        [gone, new].concat().join("\n")
    );
    Ok(())
}
