//! Replies and what can be read from a request's body.

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::Response;

/// A reply with a JSON body.
pub(crate) fn json_reply(status: u16, body: &impl Serialize) -> Response {
    // Nothing that is sent has map keys other than texts, which is all that can fail here.
    json_bytes(status, serde_json::to_vec(body).unwrap_or_default())
}

/// A reply with a JSON body that is already text.
pub(crate) fn json_bytes(status: u16, body: Vec<u8>) -> Response {
    let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    Response {
        status,
        headers,
        body,
        delay_ms: 0,
    }
}

/// An error as the service words them.
pub(crate) fn error(status: u16, message: &str) -> Response {
    json_reply(status, &json!({ "error": message }))
}

/// The body as a JSON object, or the 400 that says it is none.
pub(crate) fn object(body: &[u8]) -> Result<Map<String, Value>, Response> {
    match serde_json::from_slice(body) {
        Ok(Value::Object(fields)) => Ok(fields),
        Ok(_) => Err(error(400, "Request body must be a JSON object")),
        Err(_) => Err(error(400, "Invalid JSON in request body")),
    }
}

/// A text that must be there and not be empty.
pub(crate) fn text<'a>(fields: &'a Map<String, Value>, name: &str) -> Result<&'a str, Response> {
    match fields.get(name) {
        None | Some(Value::Null) => Err(error(400, &format!("{name} is required"))),
        Some(Value::String(text)) if text.is_empty() => {
            Err(error(400, &format!("{name} is required")))
        }
        Some(Value::String(text)) => Ok(text),
        Some(_) => Err(error(400, &format!("{name} must be a string"))),
    }
}

/// A text that must be one of these.
pub(crate) fn choice<'a>(
    fields: &'a Map<String, Value>,
    name: &str,
    allowed: &[&str],
) -> Result<&'a str, Response> {
    let chosen = text(fields, name)?;
    if allowed.contains(&chosen) {
        return Ok(chosen);
    }
    Err(error(
        400,
        &format!("Invalid {name}. Must be one of: {}", allowed.join(", ")),
    ))
}
