//! The command line.

use std::path::{Path, PathBuf};

use clap::Parser;
use stablevps_simulator::{Config, Euros, Fault, Secret, Span, VpsSeed};

use crate::Failure;

/// A simulator of the STABLEVPS API on 127.0.0.1.
#[derive(Debug, Parser)]
#[command(version)]
pub(crate) struct Args {
    /// The port; 0 takes any that is free
    #[arg(long, default_value_t = 0)]
    pub(crate) port: u16,
    /// How many virtual seconds pass in a second
    #[arg(long, default_value_t = 1.0)]
    pub(crate) speed: f64,
    /// End when standard input closes
    #[arg(long)]
    pub(crate) until_stdin_closes: bool,
    /// A configuration in JSON; the options below win over it
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The account's first key
    #[arg(long)]
    key: Option<Secret>,
    /// The wallet, in EUR
    #[arg(long, value_name = "EUR")]
    balance: Option<f64>,
    /// How long an order stays provisioning, in virtual milliseconds
    #[arg(long, value_name = "MS")]
    provisioning_ms: Option<u64>,
    /// Decides everything that looks random
    #[arg(long)]
    seed: Option<u64>,
    /// How many VPS the account has from the beginning
    #[arg(long, value_name = "COUNT", default_value_t = 0)]
    vps: usize,
    /// The port at which VPS of loopback addresses accept connections while they answer
    #[arg(long, value_name = "PORT")]
    pub(crate) desktops: Option<u16>,
    /// Faults to begin with, a JSON list
    #[arg(long, value_name = "FILE")]
    faults: Option<PathBuf>,
}

impl Args {
    /// The configuration that the files and options make up.
    pub(crate) fn config(&self, now_ms: i64) -> Result<Config, Failure> {
        let mut config = match &self.config {
            Some(path) => read(path, Config::from_json)?,
            None => Config::default(),
        };
        if let Some(path) = &self.faults {
            config.faults.extend(read(path, |json| {
                serde_json::from_slice::<Vec<Fault>>(json)
            })?);
        }
        config.key = self.key.clone().or(config.key);
        config.balance = self.balance.map_or(config.balance, Euros::from);
        config.provisioning_ms = self
            .provisioning_ms
            .map_or(config.provisioning_ms, Span::from);
        config.seed = self.seed.unwrap_or(config.seed);
        config.vps.extend(fleet(self.vps, now_ms));
        Ok(config)
    }
}

fn read<T, E: std::fmt::Display>(
    path: &Path,
    parse: impl Fn(&[u8]) -> Result<T, E>,
) -> Result<T, Failure> {
    let text = std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    parse(&text).map_err(|error| format!("{}: {error}", path.display()).into())
}

/// Active VPS of all plans in all places.
fn fleet(count: usize, now_ms: i64) -> impl Iterator<Item = VpsSeed> {
    let plans = ["basic", "prime", "pro"].into_iter().cycle();
    let places = [
        "amsterdam",
        "london",
        "frankfurt",
        "newYork",
        "singapore",
        "tokyo",
    ]
    .into_iter()
    .cycle();
    plans
        .zip(places)
        .take(count)
        .map(move |(plan, place)| VpsSeed {
            plan_id: plan.to_owned(),
            location: place.to_owned(),
            created_at_ms: Some(now_ms),
            ..VpsSeed::default()
        })
}
