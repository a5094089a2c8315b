//! API keys.

use serde::{Deserialize, Serialize};

use super::optional;
use crate::ids::KeyId;
use crate::open_enum::open_enum;
use crate::secret::Secret;
use crate::time::Timestamp;

open_enum! {
    /// What a key may do.
    Scope {
        /// Read and write: buy, delete and control VPS.
        Full = "full",
        /// Read only.
        Read = "read",
    }
}

/// A new API key (`POST /auth`). The key itself is in this reply and nowhere else, ever.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct CreatedKey {
    /// The key, shown this one time.
    pub api_key: Secret,
    /// The key's first characters, by which listings name it.
    pub key_prefix: String,
    /// The label given to the key.
    pub name: String,
    /// What the key may do.
    pub scope: Scope,
    /// When the key stops working; none means never.
    #[serde(default, deserialize_with = "optional")]
    pub expires_at: Option<Timestamp>,
    /// The service's own words.
    #[serde(default, deserialize_with = "optional")]
    pub message: Option<String>,
}

/// What is known of an API key (`GET /auth`); never the key itself.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ApiKeyInfo {
    /// The key's id: what revoking it takes.
    #[serde(rename(deserialize = "_id"))]
    pub id: KeyId,
    /// The label given to the key.
    pub name: String,
    /// The key's first characters.
    pub key_prefix: String,
    /// What the key may do.
    pub scope: Scope,
    /// When the key was last used; none means never.
    #[serde(default, deserialize_with = "optional")]
    pub last_used_at: Option<Timestamp>,
    /// When the key stops working; none means never.
    #[serde(default, deserialize_with = "optional")]
    pub expires_at: Option<Timestamp>,
    /// When the key was made.
    pub created_at: Timestamp,
}

/// The end of a key (`DELETE /auth`).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct RevokedKey {
    /// The service's own words.
    #[serde(default, deserialize_with = "optional")]
    pub message: Option<String>,
    /// True when the service answered "not found" to a repeated request whose first reply was lost.
    #[serde(skip_deserializing)]
    pub already_gone: bool,
}
