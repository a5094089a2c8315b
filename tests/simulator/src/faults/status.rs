//! Replies that the service itself would not have made.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::Response;
use crate::service::reply::{error, json_reply};

/// A reply in place of the real one.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatusReply {
    /// The status, from 200 to 599.
    #[serde(deserialize_with = "final_status")]
    pub code: u16,
    /// A text is sent as it is, even an empty one; any other value is sent as JSON. Default: the documented
    /// error of that status.
    #[serde(
        default,
        deserialize_with = "any_value",
        skip_serializing_if = "Option::is_none"
    )]
    pub body: Option<Value>,
    /// More headers, such as `Retry-After` or `Location`.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// Default `application/json`.
    #[serde(default)]
    pub content_type: Option<String>,
    /// Whether the request took effect first. Default `before`.
    #[serde(default)]
    pub effect: Effect,
}

/// Whether a request that is answered in another way takes effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// The reply came before any effect: there is none. `none` in JSON means the same.
    #[default]
    #[serde(alias = "none")]
    Before,
    /// The reply came after the effect.
    After,
}

impl StatusReply {
    /// The documented error of a status, without effect.
    #[must_use]
    pub fn new(code: u16) -> Self {
        Self {
            code,
            body: None,
            headers: BTreeMap::new(),
            content_type: None,
            effect: Effect::Before,
        }
    }

    pub(crate) fn response(&self) -> Response {
        let mut response = match &self.body {
            None => error(self.code, documented(self.code)),
            Some(Value::String(text)) => Response {
                body: text.clone().into_bytes(),
                ..error(self.code, "")
            },
            Some(json) => json_reply(self.code, json),
        };
        if let Some(content_type) = &self.content_type {
            response.headers = vec![("content-type".to_owned(), content_type.clone())];
        }
        let more = self
            .headers
            .iter()
            .map(|(name, value)| (name.to_ascii_lowercase(), value.clone()));
        response.headers.extend(more);
        response
    }
}

fn documented(code: u16) -> &'static str {
    match code {
        400 => "Bad request",
        401 => "Invalid or expired API key",
        402 => "Insufficient wallet balance",
        403 => "This API key is read-only",
        404 => "Not found",
        429 => "Too many requests",
        500 => "Internal server error",
        502 => "Provider error",
        503 => "Service unavailable",
        504 => "Gateway timeout",
        _ => "Unexpected error",
    }
}

fn final_status<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u16, D::Error> {
    let code = u16::deserialize(deserializer)?;
    if (200..600).contains(&code) {
        Ok(code)
    } else {
        Err(serde::de::Error::custom("a status is from 200 to 599"))
    }
}

// An explicit null is a body too.
fn any_value<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use super::StatusReply;

    fn reply(json: &str) -> (u16, String, String) {
        let response = serde_json::from_str::<StatusReply>(json)
            .unwrap()
            .response();
        let content_type = response.header("Content-Type").unwrap_or("").to_owned();
        (
            response.status,
            content_type,
            String::from_utf8(response.body).unwrap(),
        )
    }

    #[test]
    fn a_body_is_the_documented_error_or_text_or_json() {
        let json = "application/json".to_owned();
        assert_eq!(
            reply(r#"{"code":502}"#),
            (
                502,
                json.clone(),
                r#"{"error":"Provider error"}"#.to_owned()
            )
        );
        assert_eq!(
            reply(r#"{"code":500,"body":""}"#),
            (500, json.clone(), String::new())
        );
        assert_eq!(
            reply(r#"{"code":500,"body":null}"#),
            (500, json.clone(), "null".to_owned())
        );
        assert_eq!(
            reply(r#"{"code":409,"body":{"a":[1]}}"#),
            (409, json, r#"{"a":[1]}"#.to_owned())
        );
        let html = reply(r#"{"code":503,"body":"<h1>no</h1>","content_type":"text/html"}"#);
        assert_eq!(
            html,
            (503, "text/html".to_owned(), "<h1>no</h1>".to_owned())
        );
    }

    #[test]
    fn a_status_that_ends_no_exchange_is_refused() {
        for code in [0, 100, 199, 600] {
            assert!(
                serde_json::from_str::<StatusReply>(&format!(r#"{{"code":{code}}}"#)).is_err(),
                "{code}"
            );
        }
    }
}
