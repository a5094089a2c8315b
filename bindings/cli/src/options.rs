//! Options that several commands share.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};
use serde::{Deserialize, Serialize};

use crate::output::{AnsiWhen, Form};

/// Options of every command.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Options of every command")]
pub struct Global {
    /// The form of what is printed: table, json, jsonl, csv or yaml
    #[arg(
        short,
        long,
        global = true,
        value_enum,
        default_value_t,
        value_name = "FORM",
        hide_possible_values = true,
        hide_default_value = true
    )]
    pub output: Form,
    /// The columns, in this order: `id,vpsStatus`
    #[arg(long, global = true, value_delimiter = ',', value_name = "NAMES")]
    pub columns: Option<Vec<String>>,
    /// Print ids only, and no progress
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// Colour: auto, always or never
    #[arg(
        long,
        global = true,
        value_enum,
        default_value_t,
        value_name = "WHEN",
        hide_possible_values = true,
        hide_default_value = true
    )]
    pub color: AnsiWhen,
    /// The profile whose key is used
    #[arg(
        long,
        global = true,
        env = "SVPS_PROFILE",
        value_name = "NAME",
        hide_env = true
    )]
    pub profile: Option<String>,
    /// Another server than the service's own
    #[arg(
        long,
        global = true,
        env = "STABLEVPS_BASE_URL",
        value_name = "URL",
        hide_env = true
    )]
    pub base_url: Option<String>,
    /// Use a simulated account, kept in a file: no network, no money, no waiting
    #[arg(long, global = true)]
    pub simulate: bool,
    /// The folder of the simulated account
    #[arg(
        long,
        global = true,
        env = "SVPS_WORLD",
        value_name = "FOLDER",
        hide_env = true
    )]
    pub world: Option<PathBuf>,
    /// Decides everything that looks random in a new simulated account
    #[arg(
        long,
        global = true,
        value_name = "NUMBER",
        default_value_t = 0,
        hide = true
    )]
    pub seed: u64,
}

/// When a VPS counts as usable.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum WaitFor {
    /// The service says active
    Active,
    /// Active, with address, user and password
    #[default]
    Ready,
    /// Ready, and its desktop answers on port 3389
    Reachable,
}

/// How long to wait, and for what.
#[derive(Clone, Debug, Args)]
pub struct Waiting {
    /// What to wait for: `active`; `ready`, with address, user and password; or `reachable`, until the desktop answers
    #[arg(
        long = "wait",
        value_enum,
        default_value_t,
        value_name = "LEVEL",
        hide_possible_values = true
    )]
    pub level: WaitFor,
    /// The longest wait, such as 90s, 30m or 2h
    #[arg(long, default_value = "30m", value_parser = duration, value_name = "TIME")]
    pub timeout: Duration,
    /// When to look at the VPS for the first time
    #[arg(long, default_value = "5s", value_parser = duration, value_name = "TIME", hide = true)]
    pub first_look: Duration,
    /// The port that the desktop answers on
    #[arg(long, default_value_t = 3389, value_name = "PORT", hide = true)]
    pub desktop_port: u16,
    /// The longest pause between two looks
    #[arg(long, default_value = "15s", value_parser = duration, value_name = "TIME", hide = true)]
    pub longest_pause: Duration,
}

/// A span of time: a number with `ms`, `s`, `m` or `h`, or seconds without.
pub fn duration(text: &str) -> Result<Duration, String> {
    let digits = text.trim_end_matches(|one: char| one.is_ascii_alphabetic());
    let unit_ms = match text.get(digits.len()..).unwrap_or_default() {
        "ms" => 1,
        "" | "s" => 1_000,
        "m" | "min" => 60_000,
        "h" => 3_600_000,
        other => return Err(format!("`{other}` is no unit: use ms, s, m or h")),
    };
    let number: u64 = digits
        .parse()
        .map_err(|_| "must be a number with a unit, such as 90s, 30m or 2h".to_owned())?;
    number
        .checked_mul(unit_ms)
        .map(Duration::from_millis)
        .ok_or_else(|| "is too long".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_a_number_with_a_unit() {
        for (text, ms) in [
            ("90", 90_000),
            ("90s", 90_000),
            ("30m", 1_800_000),
            ("2h", 7_200_000),
            ("5ms", 5),
        ] {
            assert_eq!(duration(text), Ok(Duration::from_millis(ms)), "{text}");
        }
        for wrong in [
            "",
            "s",
            "-1s",
            "1.5h",
            "1d",
            "99999999999999999999h",
            "18446744073709551615h",
        ] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }
}
