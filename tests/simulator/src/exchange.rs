//! What goes in and what comes out: one HTTP exchange as plain data.

use std::fmt;

/// An HTTP request as the service receives it.
///
/// `Debug` hides the values of `Authorization`, `X-API-Key` and `Cookie`, the query and the body.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Request {
    /// The method, in capitals: `GET`.
    pub method: String,
    /// Path and query: `/api/v1/auth?keyId=664abc`.
    pub target: String,
    /// Names and values; names are matched without regard to case.
    pub headers: Vec<(String, String)>,
    /// The body; empty when there is none.
    pub body: Vec<u8>,
}

impl Request {
    /// A request without headers or body.
    #[must_use]
    pub fn new(method: &str, target: &str) -> Self {
        Self {
            method: method.to_owned(),
            target: target.to_owned(),
            ..Self::default()
        }
    }

    /// The same request with one more header.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same request with this body.
    #[must_use]
    pub fn with_body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// The value of the first header of that name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        find(&self.headers, name)
    }

    /// The target up to its query.
    #[must_use]
    pub fn path(&self) -> &str {
        self.target
            .split_once('?')
            .map_or(self.target.as_str(), |(path, _)| path)
    }

    /// What follows the question mark; empty when there is none.
    #[must_use]
    pub fn query(&self) -> &str {
        self.target.split_once('?').map_or("", |(_, query)| query)
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Request")
            .field("method", &self.method)
            .field("path", &self.path())
            .field("headers", &Headers(&self.headers))
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// An HTTP reply. `Debug` hides the body, which can hold a new key or an RDP password.
#[derive(Clone, PartialEq, Eq)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// Names in lower case, and values. `Content-Length` is left to the HTTP layer.
    pub headers: Vec<(String, String)>,
    /// The body, in full.
    pub body: Vec<u8>,
    /// How long the server took to answer, in milliseconds; 0 unless a fault delays it. In memory the
    /// caller turns its own clock; the HTTP server waits that long in real time.
    pub delay_ms: u64,
}

impl Response {
    /// The value of the first header of that name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        find(&self.headers, name)
    }

    /// Whether the status is 2xx.
    #[must_use]
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Response")
            .field("status", &self.status)
            .field("headers", &Headers(&self.headers))
            .field("body_bytes", &self.body.len())
            .field("delay_ms", &self.delay_ms)
            .finish()
    }
}

/// How an exchange went, as the client sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Exchange {
    /// The whole reply arrives.
    Reply(Response),
    /// The request certainly did not reach the service: nothing happened and nothing comes back.
    NotDelivered,
    /// No reply comes. The request may have taken effect.
    Lost,
    /// The request took effect; head and full `Content-Length` arrive, but only the first `keep` bytes of
    /// the body, which is always at least one byte less than the whole.
    Cut {
        /// The reply as it would have been.
        response: Response,
        /// How many bytes of its body arrive.
        keep: usize,
    },
}

impl Exchange {
    /// The reply, as far as one comes.
    pub(crate) fn response_mut(&mut self) -> Option<&mut Response> {
        match self {
            Self::Reply(response) | Self::Cut { response, .. } => Some(response),
            Self::NotDelivered | Self::Lost => None,
        }
    }
}

struct Headers<'a>(&'a [(String, String)]);

impl fmt::Debug for Headers<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_list()
            .entries(self.0.iter().map(|(name, value)| {
                let hidden = ["authorization", "x-api-key", "cookie", "set-cookie"]
                    .iter()
                    .any(|secret| name.eq_ignore_ascii_case(secret));
                (name.as_str(), if hidden { "***" } else { value.as_str() })
            }))
            .finish()
    }
}

fn find<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers
        .iter()
        .find(|(candidate, _)| candidate.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.as_str())
}

#[cfg(test)]
mod tests {
    use super::Request;

    #[test]
    fn neither_the_key_nor_the_body_of_a_request_shows_in_debug_output() {
        let request = Request::new("POST", "/api/v1/auth?token=svps_live_1")
            .with_header("authorization", "Bearer svps_live_2")
            .with_header("X-Api-Key", "svps_live_3")
            .with_header("Accept", "application/json")
            .with_body(r#"{"password":"svps_live_4"}"#);
        let shown = format!("{request:?}");
        assert!(!shown.contains("svps_live"), "{shown}");
        assert!(shown.contains("application/json"), "{shown}");
    }
}
