//! HTTP as plain data: what a host sends, and what it tells of the outcome.

use std::fmt;

use serde::Serialize;

use crate::open_enum::closed_enum;

/// What may be done when a request's reply is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum RetryClass {
    /// Changes nothing: may be repeated.
    Read,
    /// Changes something, but twice is the same as once: may be repeated.
    Repeatable,
    /// Twice is not the same as once: never repeated unless it is certain that it was not sent,
    /// or was refused.
    Once,
}

/// Which request of a machine a reply belongs to. Never used twice by one machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct RequestId(pub u32);

#[cfg(feature = "uniffi")]
uniffi::custom_type!(RequestId, u32, {
    lower: |id| id.0,
    try_lift: |id| Ok(RequestId(id)),
});

/// One request, complete: a host adds nothing but `Host`, `Content-Length` and its connection.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct HttpRequest {
    /// Names this request when its reply is handed back.
    pub id: RequestId,
    /// `GET`, `POST` or `DELETE`.
    pub method: String,
    /// The absolute URL, percent-encoded.
    pub url: String,
    /// The headers. One of them carries the key.
    pub headers: Vec<Header>,
    /// The JSON body, if there is one.
    pub body: Option<String>,
    /// How long the exchange may take in all, in milliseconds.
    pub timeout_ms: u64,
    /// How long it may take to connect, in milliseconds.
    pub connect_timeout_ms: u64,
    /// `Once` must go out on a fresh connection with every hidden retry of the HTTP stack off.
    pub retry_class: RetryClass,
    /// The endpoint as the documentation writes it, such as `POST /vps`.
    pub endpoint: String,
    /// Which attempt of its call it is, from 1.
    pub attempt: u32,
    /// The code of the error that the attempt before ended with, such as `rate_limited`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_of: Option<String>,
}

/// One header of a request.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct Header {
    /// Its name, in lower case.
    pub name: String,
    /// Its value.
    pub value: String,
}

impl Header {
    pub(crate) fn new(name: &str, value: impl Into<String>) -> Self {
        Self {
            name: name.to_owned(),
            value: value.into(),
        }
    }
}

/// The name alone: the value may be the key.
impl fmt::Debug for Header {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.name.fmt(f)
    }
}

/// Without the body, which may hold a password.
impl fmt::Debug for HttpRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpRequest")
            .field("id", &self.id.0)
            .field("method", &self.method)
            .field("url", &self.url)
            .field("headers", &self.headers)
            .finish_non_exhaustive()
    }
}

/// A complete response. A body that was cut off is a [`TransportFailure`], not a response.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct HttpResponse {
    /// The status code.
    pub status: u16,
    /// Header names in any case, with their values.
    pub headers: Vec<(String, String)>,
    /// The body, decoded from any content coding.
    pub body: Vec<u8>,
}

impl HttpResponse {
    /// The value of a header, whatever the case of its name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

impl fmt::Debug for HttpResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "HttpResponse({}, {} bytes)",
            self.status,
            self.body.len()
        )
    }
}

/// What became of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// A complete response arrived, whatever its status.
    Response(HttpResponse),
    /// None did.
    Failed(TransportFailure),
}

impl Reply {
    /// Whether nobody waited for it: the request may still be on its way.
    pub(crate) fn is_abandoned(&self) -> bool {
        matches!(
            self,
            Self::Failed(TransportFailure {
                kind: FailureKind::Cancelled,
                ..
            })
        )
    }
}

/// Why there is no response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransportFailure {
    /// Where it broke.
    pub kind: FailureKind,
    /// Whether the request may have reached the server.
    pub delivery: Delivery,
    /// The HTTP stack's own words, without secrets.
    pub detail: String,
}

closed_enum! {
    /// Whether a failed request may have taken effect.
    Delivery, "\"not_sent\" or \"unknown\"" {
        /// Certain: not one byte of the request reached the server.
        NotSent = "not_sent",
        /// Anything else: the request may have taken effect.
        Unknown = "unknown",
    }
}

closed_enum! {
    /// Where an exchange broke.
    FailureKind, "a kind of transport failure" {
        /// The host name could not be resolved.
        Dns = "dns",
        /// No connection could be made.
        Connect = "connect",
        /// The secure channel could not be set up, or broke.
        Tls = "tls",
        /// The proxy refused or failed.
        Proxy = "proxy",
        /// The time allowed was over.
        Timeout = "timeout",
        /// The connection broke, or the response was not HTTP.
        Io = "io",
        /// The response was larger than 16 MiB.
        TooLarge = "too_large",
        /// The host gave the request up.
        Cancelled = "cancelled",
    }
}

impl FailureKind {
    /// The kind of that name; an unknown name is read as the vaguest kind, `Io`.
    #[must_use]
    pub fn named(name: &str) -> Self {
        name.parse().unwrap_or(Self::Io)
    }
}

impl Delivery {
    /// The delivery of that name; anything but `not_sent` is unknown.
    #[must_use]
    pub fn named(name: &str) -> Self {
        name.parse().unwrap_or(Self::Unknown)
    }
}
