//! Control commands: what a test tells the simulator behind the client's back.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::json;

pub(crate) mod carry_out;
pub(crate) mod state;

pub use state::{EndpointCounts, FaultState, KeyState, State, VpsState};

use crate::config::VpsSeed;
use crate::journal::LoggedRequest;
use crate::service::keys::Scope;
use crate::{Euros, Fault, Secret};

/// A control command. In JSON `"state"`, `{"set_balance": {"amount": 5}}` and so on; the crate page has one
/// example of each.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Command {
    /// Puts a fault at the end of the queue.
    Fault(Box<Fault>),
    /// Empties the queue.
    ClearFaults,
    /// Sets the wallet's balance.
    SetBalance {
        /// In EUR.
        amount: Euros,
    },
    /// Changes a VPS.
    SetVps(VpsChange),
    /// Adds a VPS to the account.
    AddVps(VpsSeed),
    /// Adds a VPS of another account.
    AddForeignVps(VpsSeed),
    /// Makes a key, within the limit of ten.
    CreateKey(NewKey),
    /// Ends a key's validity.
    ExpireKey {
        /// The key's `_id`, or the key itself.
        key: Secret,
    },
    /// Asks for a report.
    State,
    /// Asks for the log of requests.
    Requests,
}

/// A change to a VPS, of either account; what is left out stays.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct VpsChange {
    /// Its service id.
    pub id: String,
    /// Any `vpsStatus`, which then stays. `active` ends provisioning.
    pub vps_status: Option<String>,
    /// Any billing `status`.
    pub status: Option<String>,
    /// Back to `provisioning`, and `active` after that many milliseconds.
    pub active_in_ms: Option<u64>,
    /// No address, host name and password for that many milliseconds.
    pub details_in_ms: Option<u64>,
    /// 404 to `GET`, `DELETE` and actions by id for that many milliseconds, though the list shows it.
    pub appear_404_ms: Option<u64>,
    /// `true`: it hangs, and does not answer at its address until it is rebooted or stopped.
    pub hangs: Option<bool>,
}

/// A key to be made.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NewKey {
    /// Its label. Default: empty.
    pub name: String,
    /// Default `full`.
    pub scope: Scope,
    /// Validity in days, above 0 and at most 36,500. Default: without end.
    pub expires_in_days: Option<f64>,
}

/// What a command answers.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Answer {
    /// It is done: `{}`.
    Done {},
    /// A VPS was added.
    Added {
        /// Its service id.
        id: String,
    },
    /// A key was made.
    Key {
        /// Its `_id`.
        id: String,
        /// The key itself.
        key: Secret,
    },
    /// The report asked for.
    State(Box<State>),
    /// The log asked for, oldest first, the last 10,000 at most.
    Requests {
        /// The requests.
        requests: Vec<LoggedRequest>,
    },
}

/// Why a command or a configuration was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ControlError(String);

impl Command {
    /// Reads a command.
    ///
    /// # Errors
    /// When the text is not JSON, not a known command, or a field is unknown or of a wrong type.
    pub fn from_json(json: &[u8]) -> Result<Self, ControlError> {
        serde_json::from_slice(json).map_err(|error| ControlError::new(error.to_string()))
    }
}

impl Answer {
    /// The answer as JSON.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }
}

impl ControlError {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// `{"error": "..."}`.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        json!({ "error": self.0 }).to_string().into_bytes()
    }
}

impl fmt::Display for ControlError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for ControlError {}
