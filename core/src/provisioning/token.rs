//! From where a purchase can be taken up again: in another process, on another machine, in another
//! language.
//!
//! A token is one JSON object with its version in `v`. It holds no key, no password and no reply.

use serde::{Deserialize, Serialize};

use super::options::ProvisionOptions;
use crate::endpoints::CreateVps;
use crate::error::{Error, ErrorKind};
use crate::ids::VpsId;
use crate::money::{self, Money};
use crate::time::Timestamp;

const VERSION: u32 = 1;
const LONGEST: usize = 1 << 20;

/// Whether a token may be resumed with another key than the one it began with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum KeyCheck {
    /// The key must begin as the one did: another account's key is refused.
    #[default]
    Same,
    /// Any key, for one that was replaced. It must be of the same account.
    Any,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Token {
    pub v: u32,
    pub key: String,
    pub base_url: String,
    pub stage: Stage,
    pub facts: Facts,
    #[serde(default)]
    pub options: ProvisionOptions,
}

/// How far it had come, with what is needed to go on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Stage {
    /// Nothing was ordered: begin again.
    Unordered { order: CreateVps },
    /// The order may have been sent: find out.
    Ordered {
        order: CreateVps,
        baseline: Vec<VpsId>,
    },
    /// Bought.
    Bought { id: VpsId },
}

/// What is known, whatever the stage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Facts {
    /// Tells this purchase from every other.
    #[serde(default)]
    pub purchase: String,
    pub started_at: Timestamp,
    pub ordered_at: Option<Timestamp>,
    #[serde(default)]
    pub orders_sent: u32,
    #[serde(default)]
    pub recovered: bool,
    #[serde(default, with = "money::exact_text")]
    pub balance_before: Option<Money>,
    #[serde(default, with = "money::exact_text")]
    pub balance_after: Option<Money>,
    #[serde(default, with = "money::exact_text")]
    pub charged: Option<Money>,
    pub currency: Option<String>,
}

impl Facts {
    pub(crate) fn begun(seed: u64, now: Timestamp) -> Self {
        Self {
            purchase: format!("{seed:016x}-{:x}", now.millis()),
            started_at: now,
            ordered_at: None,
            orders_sent: 0,
            recovered: false,
            balance_before: None,
            balance_after: None,
            charged: None,
            currency: None,
        }
    }
}

impl Token {
    pub(crate) fn new(
        key: String,
        base_url: &str,
        stage: Stage,
        facts: Facts,
        options: ProvisionOptions,
    ) -> Self {
        Self {
            v: VERSION,
            key,
            base_url: base_url.to_owned(),
            stage,
            facts,
            options,
        }
    }

    pub(crate) fn written(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads a token and sees that it belongs here.
    pub(crate) fn read(
        text: &str,
        key: &str,
        base_url: &str,
        check: KeyCheck,
    ) -> Result<Self, Error> {
        #[derive(Deserialize)]
        struct Versioned {
            v: u32,
        }
        if text.len() > LONGEST {
            return Err(stale("it is larger than 1 MiB"));
        }
        let Versioned { v } = serde_json::from_str(text).map_err(|_| stale("it is not a token"))?;
        if v != VERSION {
            return Err(stale(&format!(
                "this package does not read its version {v}"
            )));
        }
        let token: Self = serde_json::from_str(text).map_err(|_| stale("it is damaged"))?;
        token.options.check().map_err(|_| stale("it is damaged"))?;
        if token.base_url != base_url {
            return Err(stale("it belongs to another server"));
        }
        if check == KeyCheck::Same && token.key != key {
            return Err(stale("it was begun with another API key"));
        }
        Ok(token)
    }
}

fn stale(reason: &str) -> Error {
    Error::new(ErrorKind::StaleToken {
        reason: reason.to_owned(),
    })
}
