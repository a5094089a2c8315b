//! The Kotlin package: its build, its tests, its demonstration and its measurements.

use anyhow::{Result, bail};

use crate::bench::Row;

/// Runs every test of it.
pub fn test() -> Result<()> {
    bail!("not yet")
}

/// Buys a VPS with it.
pub fn demo() -> Result<()> {
    bail!("not yet")
}

/// Measures it.
pub fn bench() -> Result<Vec<Row>> {
    bail!("not yet")
}
