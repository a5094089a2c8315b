//! From where a purchase can be taken up again: in another process, on another machine, in another
//! language.
//!
//! A token is one JSON object with its version in `v`. It holds no key, no password and no reply.

use serde::{Deserialize, Serialize};

use super::options::ProvisionOptions;
use crate::claims::{Baseline, Claims};
use crate::config::check_base_url;
use crate::decode::if_it_fits;
use crate::endpoints::CreateVps;
use crate::error::{Error, ErrorKind};
use crate::ids::VpsId;
use crate::json;
use crate::money::{Money, exact};
use crate::time::Timestamp;

const VERSION: u32 = 1;
/// More than the token of an account with half a million VPS.
const LONGEST: usize = 16 << 20;

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
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Token {
    #[serde(rename = "v", deserialize_with = "json::required")]
    pub version: u32,
    #[serde(deserialize_with = "json::required")]
    pub key: String,
    #[serde(deserialize_with = "json::required")]
    pub base_url: String,
    pub stage: Stage,
    #[serde(deserialize_with = "json::object")]
    pub facts: Facts,
    #[serde(default, deserialize_with = "json::object")]
    pub options: ProvisionOptions,
}

/// How far it had come, with what is needed to go on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Stage {
    /// Nothing was ordered: begin again.
    Unordered(#[serde(deserialize_with = "json::object")] Unordered),
    /// The order may have been sent: find out.
    Ordered(#[serde(deserialize_with = "json::object")] Placed),
    /// Bought.
    Bought(#[serde(deserialize_with = "json::object")] Bought),
}

/// An order that was not sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Unordered {
    #[serde(deserialize_with = "json::object")]
    pub order: CreateVps,
}

/// An order that may have been sent, and the VPS there were before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Placed {
    #[serde(deserialize_with = "json::object")]
    pub order: CreateVps,
    pub baseline: Vec<VpsId>,
    /// When the service listed them, by its own clock.
    #[serde(
        default,
        deserialize_with = "json::optional",
        skip_serializing_if = "Option::is_none"
    )]
    pub listed_at: Option<Timestamp>,
}

impl Placed {
    pub fn new(order: CreateVps, Baseline { ids, listed_at }: Baseline) -> Self {
        Self {
            order,
            baseline: ids,
            listed_at,
        }
    }

    /// The VPS there were before.
    pub fn baseline(&self) -> Baseline {
        Baseline {
            ids: self.baseline.clone(),
            listed_at: self.listed_at,
        }
    }
}

/// A VPS that was bought.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Bought {
    pub id: VpsId,
}

/// What is known, whatever the stage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Facts {
    /// Tells this purchase from every other.
    #[serde(default, deserialize_with = "json::required")]
    pub purchase: String,
    pub started_at: Timestamp,
    #[serde(default, deserialize_with = "json::optional")]
    pub ordered_at: Option<Timestamp>,
    #[serde(default, deserialize_with = "json::required")]
    pub orders_sent: u32,
    #[serde(default, deserialize_with = "json::required")]
    pub recovered: bool,
    #[serde(default, with = "exact")]
    pub balance_before: Option<Money>,
    #[serde(default, with = "exact")]
    pub balance_after: Option<Money>,
    #[serde(default, with = "exact")]
    pub charged: Option<Money>,
    #[serde(default, deserialize_with = "json::optional")]
    pub currency: Option<String>,
    /// What was charged beyond the receipt.
    #[serde(default, with = "exact", skip_serializing_if = "Option::is_none")]
    pub unexplained: Option<Money>,
    /// VPS that may be what it was charged for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unclaimed: Vec<VpsId>,
}

impl Facts {
    pub fn begun(claims: &Claims, seed: u64, started_at: Timestamp) -> Self {
        let millis = started_at.millis().unsigned_abs();
        Self {
            purchase: claims.name(&format!("{seed:016x}-{millis:x}")),
            started_at,
            ordered_at: None,
            orders_sent: 0,
            recovered: false,
            balance_before: None,
            balance_after: None,
            charged: None,
            currency: None,
            unexplained: None,
            unclaimed: Vec::new(),
        }
    }
}

impl Token {
    pub fn new(
        key: String,
        base_url: &str,
        stage: Stage,
        facts: Facts,
        options: ProvisionOptions,
    ) -> Self {
        Self {
            version: VERSION,
            key,
            base_url: base_url.to_owned(),
            stage,
            facts,
            options,
        }
    }

    pub fn written(&self) -> String {
        json::written(self)
    }

    /// Reads a token and sees that it belongs here.
    pub fn read(text: &str, key: &str, base_url: &str, check: KeyCheck) -> Result<Self, Error> {
        #[derive(Deserialize)]
        struct Version {
            #[serde(deserialize_with = "json::required")]
            v: u32,
        }
        if text.len() > LONGEST {
            return Err(stale("it is larger than 16 MiB"));
        }
        let Version { v } =
            if_it_fits(text.as_bytes()).ok_or_else(|| stale("it is not a token"))?;
        if v != VERSION {
            let reason = format!("this package does not read its version {v}");
            return Err(stale(&reason));
        }
        let token: Self = if_it_fits(text.as_bytes()).ok_or_else(|| stale("it is damaged"))?;
        token.options.check().map_err(|_| stale("it is damaged"))?;
        if check_base_url(&token.base_url).as_deref() != Ok(base_url) {
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
