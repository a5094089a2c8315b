//! HTTP as plain data: what a host sends, and what it tells of the outcome.

use core::fmt;

use crate::endpoint::RetryClass;
use crate::prelude::*;

/// Which request of a machine a reply belongs to. Never used twice by one machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RequestId(pub u32);

/// One request, complete: a host adds nothing but `Host`, `Content-Length` and its connection.
#[derive(Clone, PartialEq, Eq)]
pub struct HttpRequest {
    /// Names this request when its reply is handed back.
    pub id: RequestId,
    /// `GET`, `POST` or `DELETE`.
    pub method: &'static str,
    /// The absolute URL, percent-encoded.
    pub url: String,
    /// Header names in lower case, with their values. One of them carries the key.
    pub headers: Vec<(&'static str, String)>,
    /// The JSON body, if there is one.
    pub body: Option<Vec<u8>>,
    /// How long the exchange may take in all, in milliseconds.
    pub timeout_ms: u64,
    /// How long it may take to connect, in milliseconds.
    pub connect_timeout_ms: u64,
    /// `Once` must go out on a fresh connection with every hidden retry of the HTTP stack off.
    pub retry_class: RetryClass,
    /// The endpoint as the documentation writes it, such as `POST /vps`.
    pub endpoint: &'static str,
}

impl fmt::Debug for HttpRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpRequest")
            .field("id", &self.id.0)
            .field("method", &self.method)
            .field("url", &self.url)
            .field(
                "headers",
                &self
                    .headers
                    .iter()
                    .map(|(name, _)| name)
                    .collect::<Vec<_>>(),
            )
            .field(
                "body",
                &self
                    .body
                    .as_ref()
                    .map(|body| format!("{} bytes", body.len())),
            )
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

/// Whether a failed request may have taken effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Delivery {
    /// Certain: not one byte of the request reached the server.
    NotSent,
    /// Anything else: the request may have taken effect.
    Unknown,
}

/// Where an exchange broke.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FailureKind {
    /// The host name could not be resolved.
    Dns,
    /// No connection could be made.
    Connect,
    /// The secure channel could not be set up, or broke.
    Tls,
    /// The proxy refused or failed.
    Proxy,
    /// The time allowed was over.
    Timeout,
    /// The connection broke, or the response was not HTTP.
    Io,
    /// The response was larger than 16 MiB.
    TooLarge,
    /// The host gave the request up.
    Cancelled,
}

impl FailureKind {
    /// Every kind, in the order of the documentation.
    pub const ALL: [Self; 8] = [
        Self::Dns,
        Self::Connect,
        Self::Tls,
        Self::Proxy,
        Self::Timeout,
        Self::Io,
        Self::TooLarge,
        Self::Cancelled,
    ];

    /// The kind's name in every language.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Dns => "dns",
            Self::Connect => "connect",
            Self::Tls => "tls",
            Self::Proxy => "proxy",
            Self::Timeout => "timeout",
            Self::Io => "io",
            Self::TooLarge => "too_large",
            Self::Cancelled => "cancelled",
        }
    }

    /// The kind of that name; an unknown name is read as the vaguest kind, `Io`.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == name)
            .unwrap_or(Self::Io)
    }
}

impl Delivery {
    /// `not_sent` or `unknown`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotSent => "not_sent",
            Self::Unknown => "unknown",
        }
    }

    /// The delivery of that name; anything but `not_sent` is unknown.
    #[must_use]
    pub fn named(name: &str) -> Self {
        if name == "not_sent" {
            Self::NotSent
        } else {
            Self::Unknown
        }
    }
}
