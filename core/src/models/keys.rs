//! API keys.

use serde::{Deserialize, Serialize};

use crate::ids::KeyId;
use crate::json;
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
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct CreatedKey {
    /// The key, shown this one time.
    pub api_key: Secret,
    /// The key's first characters, by which listings name it.
    #[serde(deserialize_with = "json::required")]
    pub key_prefix: String,
    /// The label given to the key.
    #[serde(deserialize_with = "json::required")]
    pub name: String,
    /// What the key may do.
    pub scope: Scope,
    /// When the key stops working; none means never.
    #[serde(default, deserialize_with = "json::optional")]
    pub expires_at: Option<Timestamp>,
    /// The service's own words.
    #[serde(default, deserialize_with = "json::optional")]
    pub message: Option<String>,
}

/// What is known of an API key (`GET /auth`); never the key itself.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct ApiKeyInfo {
    /// The key's id: what revoking it takes.
    #[serde(rename(deserialize = "_id"))]
    pub id: KeyId,
    /// The label given to the key.
    #[serde(deserialize_with = "json::required")]
    pub name: String,
    /// The key's first characters.
    #[serde(deserialize_with = "json::required")]
    pub key_prefix: String,
    /// What the key may do.
    pub scope: Scope,
    /// When the key was last used; none means never.
    #[serde(default, deserialize_with = "json::optional")]
    pub last_used_at: Option<Timestamp>,
    /// When the key stops working; none means never.
    #[serde(default, deserialize_with = "json::optional")]
    pub expires_at: Option<Timestamp>,
    /// When the key was made.
    #[serde(default, deserialize_with = "json::optional")]
    pub created_at: Option<Timestamp>,
}

/// The end of a key (`DELETE /auth`).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct RevokedKey {
    /// The service's own words.
    #[serde(default, deserialize_with = "json::optional")]
    pub message: Option<String>,
    /// True when the service answered "not found" to a repeated request whose first reply was lost.
    #[serde(skip_deserializing)]
    pub already_gone: bool,
}
