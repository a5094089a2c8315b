//! `POST`, `GET` and `DELETE /auth`.

use serde::Serialize;
use serde_json::{Map, Value};

use super::Service;
use super::keys::{ApiKey, MAX_KEYS, RevokeError, Scope};
use super::moment::Moment;
use super::reply::{choice, error, json_reply, object, text};
use super::route::query_value;
use super::views::Field;
use crate::Response;

const DAY_MS: f64 = 86_400_000.0;
const LONGEST_DAYS: f64 = 36_500.0;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CreatedKey<'a> {
    api_key: &'a str,
    key_prefix: String,
    name: &'a str,
    scope: Scope,
    expires_at: Option<Moment>,
    message: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ListedKey<'a> {
    #[serde(rename = "_id")]
    id: &'a str,
    name: &'a str,
    key_prefix: String,
    scope: Scope,
    #[serde(skip_serializing_if = "Field::is_left_out")]
    last_used_at: Field<Moment>,
    expires_at: Option<Moment>,
    created_at: Moment,
}

#[derive(Serialize)]
struct KeyList<'a> {
    keys: Vec<ListedKey<'a>>,
}

#[derive(Serialize)]
struct Revoked<'a> {
    success: bool,
    message: &'a str,
}

impl Service {
    pub(crate) fn create_key(&mut self, body: &[u8], now: Moment) -> Result<Response, Response> {
        let fields = object(body)?;
        let (email, password) = (text(&fields, "email")?, text(&fields, "password")?);
        let name = text(&fields, "name")?;
        let scope = requested_scope(&fields)?;
        let expires_at = requested_expiry(&fields, now)?;
        if !self.profile.signs_in_with(email, password) {
            return Err(error(401, "Invalid email or password"));
        }
        if self.keys.is_full() {
            return Err(error(
                429,
                &format!("Maximum of {MAX_KEYS} API keys per account reached"),
            ));
        }
        let key = self.issue_key(name, scope, expires_at, now);
        let created = CreatedKey {
            api_key: key.raw.expose(),
            key_prefix: key.prefix(),
            name,
            scope,
            expires_at,
            message: "Store this key safely — it will not be shown again.",
        };
        Ok(json_reply(201, &created))
    }

    /// Makes a key whatever the limit says.
    pub(crate) fn issue_key(
        &mut self,
        name: &str,
        scope: Scope,
        expires_at: Option<Moment>,
        now: Moment,
    ) -> ApiKey {
        let key = ApiKey {
            id: self.generator.object_id(now),
            name: name.to_owned(),
            raw: self.generator.api_key(),
            scope,
            created_at: now,
            expires_at,
            last_used_at: None,
        };
        self.keys.add(key.clone());
        key
    }

    pub(crate) fn list_keys(&self) -> Response {
        let keys = self.keys.keys().iter().map(|key| ListedKey {
            id: &key.id,
            name: &key.name,
            key_prefix: key.prefix(),
            scope: key.scope,
            last_used_at: Field::new(key.last_used_at, self.unset),
            expires_at: key.expires_at,
            created_at: key.created_at,
        });
        json_reply(
            200,
            &KeyList {
                keys: keys.collect(),
            },
        )
    }

    pub(crate) fn revoke_key(&mut self, query: &str, caller: &str) -> Result<Response, Response> {
        let id = query_value(query, "keyId").filter(|id| !id.is_empty());
        let id = id.ok_or_else(|| error(400, "keyId is required"))?;
        self.keys.revoke(&id, caller).map_err(|why| match why {
            RevokeError::InUse => error(400, "You cannot revoke the API key currently in use"),
            RevokeError::Unknown => error(404, "API key not found"),
        })?;
        Ok(json_reply(
            200,
            &Revoked {
                success: true,
                message: "API key revoked",
            },
        ))
    }
}

fn requested_scope(fields: &Map<String, Value>) -> Result<Scope, Response> {
    match fields.get("scope") {
        None | Some(Value::Null) => Ok(Scope::Full),
        Some(_) if choice(fields, "scope", &["full", "read"])? == "read" => Ok(Scope::Read),
        Some(_) => Ok(Scope::Full),
    }
}

fn requested_expiry(fields: &Map<String, Value>, now: Moment) -> Result<Option<Moment>, Response> {
    let Some(value) = fields.get("expiresInDays").filter(|value| !value.is_null()) else {
        return Ok(None);
    };
    let expiry = value.as_f64().and_then(|days| expiry(days, now));
    expiry.map(Some).ok_or_else(|| {
        error(
            400,
            "expiresInDays must be a number of days above 0 and at most 36500",
        )
    })
}

/// The end of a validity in days, of which fractions count; `None` for lengths that are refused.
pub(crate) fn expiry(days: f64, now: Moment) -> Option<Moment> {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let length = (days * DAY_MS) as u64;
    (days > 0.0 && days <= LONGEST_DAYS).then(|| now.plus_ms(length))
}
