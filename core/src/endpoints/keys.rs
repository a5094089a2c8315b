//! API keys.

use std::str::FromStr;

use email_address::EmailAddress;
use serde::{Deserialize, Serialize};

use super::{is_blank, receipt, segment};
use crate::decode::{DecodeError, document};
use crate::endpoint::{Access, Endpoint, EndpointInfo};
use crate::error::Error;
use crate::http::RetryClass;
use crate::ids::KeyId;
use crate::json;
use crate::models::{ApiKeyInfo, CreatedKey, RevokedKey, Scope};
use crate::secret::Secret;

/// The longest label of a key, in characters. The service names no limit; this one is generous.
const NAME_CHARS: usize = 200;
/// The most days a key may be asked to last: a century.
const MOST_DAYS: i64 = 36_500;

/// `POST /auth`: signs in with the account's password, for a new key.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CreateKey {
    email: String,
    password: Secret,
    name: String,
    scope: Scope,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_in_days: Option<i64>,
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
            expires_in_days,
        })
    }
}

/// Whether a text has the form of an address. Whether there is one of that name the service knows.
fn is_email_address(text: &str) -> bool {
    let form = email_address::Options::default()
        .with_required_tld()
        .without_domain_literal()
        .without_display_text();
    // The library takes any letter beyond ASCII, white space too.
    let is_odd = |c: char| c.is_control() || (c.is_whitespace() && c != ' ');
    !text.contains(is_odd) && EmailAddress::parse_with_options(text, form).is_ok()
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

    fn body(&self) -> Option<String> {
        Some(json::written(self))
    }

    fn secrets(&self) -> Vec<&str> {
        vec![self.password.reveal()]
    }

    fn parse(&self, body: &mut Vec<u8>) -> Result<CreatedKey, DecodeError> {
        let key: CreatedKey = document(body)?;
        if key.api_key.reveal().is_empty() {
            return Err(DecodeError::at("apiKey", "is empty"));
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
        EndpointInfo::read("GET /auth")
    }

    fn path(&self) -> String {
        "/auth".to_owned()
    }

    fn parse(&self, body: &mut Vec<u8>) -> Result<Self::Output, DecodeError> {
        #[derive(Deserialize)]
        struct Listing {
            #[serde(deserialize_with = "json::objects")]
            keys: Vec<ApiKeyInfo>,
        }
        document::<Listing>(body).map(|listing| listing.keys)
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
        format!("/auth?keyId={}", segment(self.key_id.as_str()))
    }

    fn parse(&self, body: &mut Vec<u8>) -> Result<RevokedKey, DecodeError> {
        if is_blank(body) {
            let (message, already_gone) = (None, false);
            return Ok(RevokedKey {
                message,
                already_gone,
            });
        }
        receipt(body)
    }

    fn already_done(&self) -> Option<RevokedKey> {
        Some(RevokedKey {
            message: None,
            already_gone: true,
        })
    }
}
