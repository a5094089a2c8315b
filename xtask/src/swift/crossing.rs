//! Tokens that cross between Swift and the other languages, in both directions: `tests/crossing/README.md`.
//! xtask runs them in turn, because Swift's program may run in a root of its own.

use anyhow::Result;

use super::package::Packages;
use crate::crossing::{Program, hand_over_each, programs};
use crate::kotlin;

const PACKAGE: &str = "tests/crossing/swift-side";

/// Runs every pair of programs.
pub fn test(packages: &Packages) -> Result<()> {
    let ours = || packages.built(PACKAGE, "crossing", "debug", &[]);
    packages.program(PACKAGE, "crossing", &[])?;
    let mut others = programs(&["rust", "python", "js"])?;
    others.push(Program {
        language: "kotlin".to_owned(),
        command: kotlin::crossing()?,
    });
    hand_over_each("Swift", ours, &others)
}
