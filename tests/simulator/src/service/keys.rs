//! API keys: making, checking and revoking them.

use serde::{Deserialize, Serialize};

use super::moment::Moment;
use crate::Secret;

/// How many keys an account can have. Expired ones count until they are revoked.
pub(crate) const MAX_KEYS: usize = 10;

/// What a key may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// Reading and writing.
    #[default]
    Full,
    /// Reading only.
    Read,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ApiKey {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) raw: Secret,
    pub(crate) scope: Scope,
    pub(crate) created_at: Moment,
    pub(crate) expires_at: Option<Moment>,
    pub(crate) last_used_at: Option<Moment>,
}

impl ApiKey {
    /// What identifies the key in lists: its first 14 characters, or half of a key that is too short for
    /// them to be only a part of it.
    pub(crate) fn prefix(&self) -> String {
        let length = self.raw.expose().chars().count();
        self.raw
            .expose()
            .chars()
            .take(if length < 20 { length / 2 } else { 14 })
            .collect()
    }

    pub(crate) fn is_expired(&self, now: Moment) -> bool {
        self.expires_at.is_some_and(|end| end <= now)
    }
}

/// The account's keys, in the order of their making.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct KeyRing {
    keys: Vec<ApiKey>,
}

/// Why a key was not revoked.
pub(crate) enum RevokeError {
    InUse,
    Unknown,
}

impl KeyRing {
    pub(crate) fn keys(&self) -> &[ApiKey] {
        &self.keys
    }

    pub(crate) fn is_full(&self) -> bool {
        self.keys.len() >= MAX_KEYS
    }

    pub(crate) fn add(&mut self, key: ApiKey) {
        self.keys.push(key);
    }

    /// The key with exactly this text, unless it has expired; notes that it was used.
    pub(crate) fn authenticate(&mut self, raw: &str, now: Moment) -> Option<&ApiKey> {
        let key = self
            .keys
            .iter_mut()
            .find(|key| key.raw.expose() == raw && !key.is_expired(now))?;
        key.last_used_at = Some(now);
        Some(key)
    }

    pub(crate) fn revoke(&mut self, id: &str, caller: &str) -> Result<(), RevokeError> {
        if id == caller {
            return Err(RevokeError::InUse);
        }
        let position = self
            .keys
            .iter()
            .position(|key| key.id == id)
            .ok_or(RevokeError::Unknown)?;
        self.keys.remove(position);
        Ok(())
    }

    /// Ends the validity of the key with this id or text; says whether there is one.
    pub(crate) fn expire(&mut self, id_or_raw: &str, now: Moment) -> bool {
        let found = self
            .keys
            .iter_mut()
            .find(|key| key.id == id_or_raw || key.raw.expose() == id_or_raw);
        found.map(|key| key.expires_at = Some(now)).is_some()
    }
}
