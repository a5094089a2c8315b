//! The files that are made from the core's models.

use anyhow::{Context as _, Result, ensure};

use crate::python_models;
use crate::shell::root;

/// Writes them, or sees whether they are up to date.
pub fn run(check: bool) -> Result<()> {
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
