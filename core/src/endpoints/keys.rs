//! API keys.

use core::str::FromStr;

use super::{receipt, segment};
use crate::endpoint::{Access, Endpoint, EndpointInfo, RetryClass};
use crate::error::Error;
use crate::ids::KeyId;
use crate::json::{self, Json, Misfit, Model as _, object};
use crate::models::{ApiKeyInfo, CreatedKey, RevokedKey, Scope};
use crate::prelude::*;
use crate::secret::Secret;
use crate::words::words;

/// The longest label of a key, in characters. The service names no limit; this one is generous.
const NAME_CHARS: usize = 200;
/// The most days a key may be asked to last: a century.
const MOST_DAYS: i64 = 36_500;

/// `POST /auth`: signs in with the account's password, for a new key.
#[derive(Clone, Debug)]
pub struct CreateKey {
    email: String,
    password: Secret,
    name: String,
    scope: Scope,
    expires_in_days: Option<u64>,
}

impl CreateKey {
    /// Checks the arguments.
    ///
    /// # Errors
    /// `InvalidInput` for a bad e-mail address, an empty password, an empty or overlong name, or
    /// an expiry that is not between 1 and 36,500 days.
    pub fn new(
        email: &str,
        password: Secret,
        name: &str,
        scope: Scope,
        expires_in_days: Option<i64>,
    ) -> Result<Self, Error> {
        let email = email.trim();
        if !is_email_address(email) {
            return Err(Error::invalid_input("email", "must be an e-mail address"));
        }
        if password.reveal().is_empty() {
            return Err(Error::invalid_input("password", "must not be empty"));
        }
        let name = name.trim();
        if name.is_empty() {
            return Err(Error::invalid_input("name", "must not be empty"));
        }
        if name.chars().nth(NAME_CHARS).is_some() || name.chars().any(char::is_control) {
            let reason = "must be at most 200 characters long, without control characters";
            return Err(Error::invalid_input("name", reason));
        }
        if scope.as_str().is_empty() || !scope.as_str().bytes().all(|byte| byte.is_ascii_graphic())
        {
            return Err(Error::invalid_input(
                "scope",
                "must be \"full\" or \"read\"",
            ));
        }
        if expires_in_days.is_some_and(|days| !(1..=MOST_DAYS).contains(&days)) {
            let reason = "must be a whole number of days from 1 to 36500";
            return Err(Error::invalid_input("expires_in_days", reason));
        }
        Ok(Self {
            email: email.to_owned(),
            password,
            name: name.to_owned(),
            scope,
            expires_in_days: expires_in_days.and_then(|days| u64::try_from(days).ok()),
        })
    }
}

/// Whether a text has the form of an address. Whether there is one of that name the service knows.
fn is_email_address(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else {
        return false;
    };
    let is_odd =
        |c: char| c.is_whitespace() || c.is_control() || matches!(c, '@' | '<' | '>' | ',');
    let mut labels = domain.split('.');
    (1..=64).contains(&local.len())
        && domain.len() <= 255
        && domain.contains('.')
        && labels.all(|label| (1..=63).contains(&label.len()))
        && !local.contains(is_odd)
        && !domain.contains(is_odd)
}

impl Endpoint for CreateKey {
    type Output = CreatedKey;

    fn info(&self) -> EndpointInfo {
        EndpointInfo {
            route: "POST /auth",
            method: "POST",
            access: Access::Open,
            retry_class: RetryClass::Once,
            advice: "list the keys, and revoke the one you did not receive",
        }
    }

    fn path(&self) -> String {
        "/auth".to_owned()
    }

    fn body(&self) -> Option<Vec<u8>> {
        let mut fields: Vec<(&str, &dyn Json)> = vec![
            ("email", &self.email),
            ("password", &self.password),
            ("name", &self.name),
            ("scope", &self.scope),
        ];
        if let Some(days) = &self.expires_in_days {
            fields.push(("expiresInDays", days));
        }
        Some(object(&fields).into_bytes())
    }

    fn secrets(&self) -> Vec<&str> {
        vec![self.password.reveal()]
    }

    #[allow(private_interfaces)]
    fn parse(&self, body: &mut Vec<u8>) -> Result<CreatedKey, Misfit> {
        let key: CreatedKey = json::document(body)?;
        if key.api_key.reveal().is_empty() {
            return Err(Misfit::at("apiKey", "is empty"));
        }
        Ok(key)
    }
}

/// `GET /auth`
#[derive(Clone, Copy, Debug)]
pub struct ListKeys;

impl Endpoint for ListKeys {
    type Output = Vec<ApiKeyInfo>;

    fn info(&self) -> EndpointInfo {
        EndpointInfo {
            route: "GET /auth",
            method: "GET",
            access: Access::AnyKey,
            retry_class: RetryClass::Read,
            advice: "",
        }
    }

    fn path(&self) -> String {
        "/auth".to_owned()
    }

    #[allow(private_interfaces)]
    fn parse(&self, body: &mut Vec<u8>) -> Result<Self::Output, Misfit> {
        let mut keys = Vec::new();
        json::rows(body, "keys", ApiKeyInfo::NAMES, &mut |fields| {
            fields.model().map(|key| keys.push(key))
        })?;
        Ok(keys)
    }
}

/// `DELETE /auth?keyId=`
#[derive(Clone, Debug)]
pub struct RevokeKey {
    key_id: KeyId,
}

impl RevokeKey {
    /// Checks the id.
    ///
    /// # Errors
    /// `InvalidInput` for an id that can't be one.
    pub fn new(key_id: &str) -> Result<Self, Error> {
        KeyId::from_str(key_id)
            .map(|key_id| Self { key_id })
            .map_err(|reason| Error::invalid_input("key_id", reason))
    }
}

impl Endpoint for RevokeKey {
    type Output = RevokedKey;

    fn info(&self) -> EndpointInfo {
        EndpointInfo {
            route: "DELETE /auth",
            method: "DELETE",
            access: Access::AnyKey,
            retry_class: RetryClass::Repeatable,
            advice: "",
        }
    }

    fn path(&self) -> String {
        words!("/auth?keyId=", segment(self.key_id.as_str()))
    }

    #[allow(private_interfaces)]
    fn parse(&self, body: &mut Vec<u8>) -> Result<RevokedKey, Misfit> {
        receipt(body)
    }

    fn already_done(&self) -> Option<RevokedKey> {
        Some(RevokedKey {
            message: None,
            already_gone: true,
        })
    }
}
