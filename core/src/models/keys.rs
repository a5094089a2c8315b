//! API keys.

use crate::ids::KeyId;
use crate::json::model;
use crate::open_enum::open_enum;
use crate::prelude::*;
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

model! {
    /// A new API key (`POST /auth`). The key itself is in this reply and nowhere else, ever.
    CreatedKey {
        /// The key, shown this one time.
        api_key: Secret = "apiKey",
        /// The key's first characters, by which listings name it.
        key_prefix: String = "keyPrefix",
        /// The label given to the key.
        name: String = "name",
        /// What the key may do.
        scope: Scope = "scope",
        /// When the key stops working; none means never.
        expires_at: Option<Timestamp> = "expiresAt",
        /// The service's own words.
        message: Option<String> = "message",
    }
}

model! {
    /// What is known of an API key (`GET /auth`); never the key itself.
    ApiKeyInfo {
        /// The key's id: what revoking it takes.
        id: KeyId = "id" from "_id",
        /// The label given to the key.
        name: String = "name",
        /// The key's first characters.
        key_prefix: String = "keyPrefix",
        /// What the key may do.
        scope: Scope = "scope",
        /// When the key was last used; none means never.
        last_used_at: Option<Timestamp> = "lastUsedAt",
        /// When the key stops working; none means never.
        expires_at: Option<Timestamp> = "expiresAt",
        /// When the key was made.
        created_at: Timestamp = "createdAt",
    }
}

model! {
    /// The end of a key (`DELETE /auth`).
    RevokedKey {
        /// The service's own words.
        message: Option<String> = "message",
        ;
        /// True when the service answered "not found" to a repeated request whose first reply was lost.
        already_gone: bool = "alreadyGone",
    }
}
