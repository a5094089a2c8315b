//! What benchmarks print: one figure a line, as a JSON object.

use anyhow::{Context as _, Result};
use serde::Deserialize;

/// One figure.
#[derive(Deserialize)]
pub struct Row {
    /// What is measured.
    pub what: String,
    /// Our figure, with its unit.
    pub ours: String,
    /// What it is held against.
    pub against: String,
    /// The other figure, with its unit.
    pub theirs: String,
    /// Ours, divided by theirs.
    pub ratio: f64,
    /// The most that the ratio may be.
    pub limit: Option<f64>,
}

impl Row {
    /// Whether the ratio is above its limit.
    pub fn is_missed(&self) -> bool {
        self.limit.is_some_and(|limit| self.ratio > limit)
    }
}

/// The figures among what a benchmark prints: its lines that are JSON objects.
pub fn read(printed: &str) -> Result<Vec<Row>> {
    let lines = printed.lines().filter(|line| line.starts_with('{'));
    lines
        .map(|line| serde_json::from_str(line).with_context(|| line.to_owned()))
        .collect()
}
