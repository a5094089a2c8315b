//! How an account is watched.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use crate::config::{check_number, check_span};
use crate::error::Error;
use crate::ids::VpsId;
use crate::json;
use crate::open_enum::closed_enum;
use crate::probe::RDP_PORT;

const DAY_MS: u64 = 24 * 60 * 60 * 1_000;
/// Ten years.
const MOST_ALARM_DAYS: i64 = 3_650;
const MOST_SILENCES: i64 = 1_000;

closed_enum! {
    /// Whether the watch probes VPS.
    #[derive(Default)]
    Probing, "\"on\" or \"off\"" {
        /// Each VPS that should be up gets one TCP connection a look.
        #[default]
        On = "on",
        /// No VPS is probed: the watch tells what the list shows, and reboots nothing.
        Off = "off",
    }
}

closed_enum! {
    /// Which VPS a watch reboots.
    #[derive(Default)]
    RebootPolicy, "\"never\" or \"when_silent\"" {
        /// None.
        #[default]
        Never = "never",
        /// Those that are paid and active and do not answer, while others do.
        WhenSilent = "when_silent",
    }
}

/// How an account is watched. Every field has a default.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct WatchOptions {
    /// The time from one look to the next, in milliseconds. Default 60 s.
    #[serde(deserialize_with = "json::required")]
    pub interval_ms: i64,
    /// Whether VPS are probed. Default: yes.
    pub probing: Probing,
    /// The TCP port that is probed. Default 3389, which is RDP's.
    #[serde(deserialize_with = "json::required")]
    pub probe_port: i64,
    /// How long a VPS has to accept the connection, in milliseconds. Default 5 s.
    #[serde(deserialize_with = "json::required")]
    pub probe_timeout_ms: i64,
    /// How many silences in a row make a VPS unreachable: from 1 to 1,000. Default 3.
    #[serde(deserialize_with = "json::required")]
    pub silent_probes: i64,
    /// Which VPS are rebooted. Default: none.
    pub reboot: RebootPolicy,
    /// How long a VPS is left alone after the first reboot, in milliseconds. Each further reboot doubles it. Default 5 min.
    #[serde(deserialize_with = "json::required")]
    pub first_patience_ms: i64,
    /// The longest that a VPS is left alone after a reboot, in milliseconds. Default 1 h.
    #[serde(deserialize_with = "json::required")]
    pub longest_patience_ms: i64,
    /// VPS that are neither probed nor rebooted, by their ids. What the list shows of them is told all the same.
    pub exclude: Vec<String>,
    /// How many days before the end of a period the renewal is told: from 0, which is never, to 3,650. Default 7.
    #[serde(deserialize_with = "json::required")]
    pub alarm_days: i64,
}

impl Default for WatchOptions {
    fn default() -> Self {
        Self {
            interval_ms: 60_000,
            probing: Probing::default(),
            probe_port: RDP_PORT.into(),
            probe_timeout_ms: 5_000,
            silent_probes: 3,
            reboot: RebootPolicy::default(),
            first_patience_ms: 5 * 60_000,
            longest_patience_ms: 60 * 60_000,
            exclude: Vec::new(),
            alarm_days: 7,
        }
    }
}

/// What [`WatchOptions`] say, checked.
#[derive(Clone, Debug)]
pub(super) struct Terms {
    pub interval_ms: u64,
    pub probing: Probing,
    pub probe_port: u16,
    pub probe_timeout_ms: u64,
    pub silent_probes: u32,
    pub reboot: RebootPolicy,
    pub first_patience_ms: u64,
    pub longest_patience_ms: u64,
    pub exclude: HashSet<VpsId>,
    pub alarm_ms: u64,
}

impl WatchOptions {
    pub(super) fn check(&self) -> Result<Terms, Error> {
        if self.probing == Probing::Off && self.reboot == RebootPolicy::WhenSilent {
            let reason = "needs probes, which are off";
            return Err(Error::invalid_input("reboot", reason));
        }
        let first_patience_ms = check_span("first_patience", self.first_patience_ms, 1)?;
        let longest_patience_ms = check_span("longest_patience", self.longest_patience_ms, 1)?;
        if longest_patience_ms < first_patience_ms {
            let reason = "must not be shorter than the first patience";
            return Err(Error::invalid_input("longest_patience", reason));
        }
        let exclude = self.exclude.iter().map(|id| {
            id.parse()
                .map_err(|reason: &str| Error::invalid_input("exclude", reason))
        });
        Ok(Terms {
            interval_ms: check_span("interval", self.interval_ms, 1)?,
            probing: self.probing,
            probe_port: check_number("probe_port", self.probe_port, 1, i64::from(u16::MAX))?,
            probe_timeout_ms: check_span("probe_timeout", self.probe_timeout_ms, 1)?,
            silent_probes: check_number("silent_probes", self.silent_probes, 1, MOST_SILENCES)?,
            reboot: self.reboot,
            first_patience_ms,
            longest_patience_ms,
            exclude: exclude.collect::<Result<_, _>>()?,
            alarm_ms: check_number::<u64>("alarm_days", self.alarm_days, 0, MOST_ALARM_DAYS)?
                .saturating_mul(DAY_MS),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_of_options_has_every_default() {
        let read: WatchOptions = serde_json::from_str("{}").unwrap();
        assert_eq!(read, WatchOptions::default());
        let written = serde_json::to_string(&read).unwrap();
        assert_eq!(
            written,
            r#"{"intervalMs":60000,"probing":"on","probePort":3389,"probeTimeoutMs":5000,"silentProbes":3,"reboot":"never","firstPatienceMs":300000,"longestPatienceMs":3600000,"exclude":[],"alarmDays":7}"#
        );
        assert_eq!(
            serde_json::from_str::<WatchOptions>(&written).unwrap(),
            read
        );
    }

    /// A change to the defaults, and what is said of it.
    type Case = (fn(&mut WatchOptions), &'static str);

    #[test]
    fn options_that_can_not_be_met_are_refused_by_name() {
        let cases: [Case; 9] = [
            (|o| o.interval_ms = 0, "interval must be more than zero"),
            (
                |o| o.probe_port = 65_536,
                "probe_port must be a whole number from 1 to 65535",
            ),
            (
                |o| o.probe_port = 0,
                "probe_port must be a whole number from 1 to 65535",
            ),
            (
                |o| o.silent_probes = 0,
                "silent_probes must be a whole number from 1 to 1000",
            ),
            (
                |o| o.alarm_days = -1,
                "alarm_days must be a whole number from 0 to 3650",
            ),
            (
                |o| o.first_patience_ms = -1,
                "first_patience must be more than zero",
            ),
            (
                |o| o.longest_patience_ms = 1,
                "longest_patience must not be shorter than the first patience",
            ),
            (
                |o| o.exclude = vec!["a/b".to_owned()],
                "exclude must not contain spaces, control characters or any of / \\ ? # %",
            ),
            (
                |o| {
                    o.probing = Probing::Off;
                    o.reboot = RebootPolicy::WhenSilent;
                },
                "reboot needs probes, which are off",
            ),
        ];
        for (change, expected) in cases {
            let mut options = WatchOptions::default();
            change(&mut options);
            assert_eq!(options.check().unwrap_err().to_string(), expected);
        }
    }
}
