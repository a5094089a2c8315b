//! Where requests go, whose key they carry, and how failures are met.

use alloc::sync::Arc;
use core::fmt;
use core::str::FromStr;

use crate::call::Call;
use crate::claims::Claims;
use crate::endpoint::{Access, Endpoint, EndpointInfo};
use crate::error::Error;
use crate::http::{HttpRequest, RequestId};
use crate::prelude::*;
use crate::retry::RetryPolicy;
use crate::secret::Secret;
use crate::time::Timestamp;
use crate::words::{hex, words};

/// The service's own address.
pub const DEFAULT_BASE_URL: &str = "https://stablevps.com";
const PREFIX: &str = "/api/v1";
/// How much of a key names it in listings: `svps_live_a3f7`.
const KEY_PREFIX_CHARS: usize = 14;

/// How a request carries its key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Auth {
    /// `Authorization: Bearer <key>`.
    #[default]
    Bearer,
    /// `X-API-Key: <key>`.
    ApiKeyHeader,
}

impl FromStr for Auth {
    type Err = &'static str;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        match name {
            "bearer" => Ok(Self::Bearer),
            "x-api-key" => Ok(Self::ApiKeyHeader),
            _ => Err("must be \"bearer\" or \"x-api-key\""),
        }
    }
}

/// What an [`Api`] is made of. Everything has a default but the key.
#[derive(Clone, Debug)]
pub struct ApiConfig {
    /// The key; none is enough for creating one.
    pub api_key: Option<Secret>,
    /// Scheme, host and port, perhaps a path to put before `/api/v1`. Plain `http` only to loopback.
    pub base_url: String,
    /// How a request carries the key.
    pub auth: Auth,
    /// The `User-Agent`; none where the platform does not let it be set.
    pub user_agent: Option<String>,
    /// How failures are met.
    pub retry: RetryPolicy,
    /// How long one request may take in all, in milliseconds. Default 30,000.
    pub timeout_ms: u64,
    /// How long it may take to connect, in milliseconds. Default 5,000.
    pub connect_timeout_ms: u64,
}

impl Default for ApiConfig {
    fn default() -> Self {
        Self {
            api_key: None,
            base_url: DEFAULT_BASE_URL.to_owned(),
            auth: Auth::default(),
            user_agent: Some(concat!("stablevps/", env!("CARGO_PKG_VERSION")).to_owned()),
            retry: RetryPolicy::default(),
            timeout_ms: 30_000,
            connect_timeout_ms: 5_000,
        }
    }
}

/// How one call differs from the configuration.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CallOptions {
    /// How long each request may take, in milliseconds.
    pub timeout_ms: Option<u64>,
    /// How long the call may take with all its retries, in milliseconds. Default: no limit.
    pub deadline_ms: Option<u64>,
    /// How often a failed request is repeated.
    pub max_retries: Option<u32>,
}

/// A validated configuration: what makes calls. Cheap to clone.
#[derive(Clone)]
pub struct Api(Arc<Inner>);

struct Inner {
    base: String,
    key: Option<Secret>,
    config: ApiConfig,
    claims: Claims,
}

impl fmt::Debug for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Api")
            .field("base_url", &self.0.base)
            .finish_non_exhaustive()
    }
}

impl Api {
    /// Checks a configuration.
    ///
    /// # Errors
    /// `InvalidInput` for a key that can't stand in a header, a base URL that is not one or that
    /// would carry the key in the clear, or a time limit of zero.
    pub fn new(config: ApiConfig) -> Result<Self, Error> {
        let key = config.api_key.as_ref().map(check_key).transpose()?;
        let base = check_base_url(&config.base_url)?;
        for (field, ms) in [
            ("timeout", config.timeout_ms),
            ("connect_timeout", config.connect_timeout_ms),
        ] {
            if ms == 0 {
                return Err(Error::invalid_input(field, "must be more than zero"));
            }
        }
        Ok(Self(Arc::new(Inner {
            base,
            key,
            config,
            claims: Claims::default(),
        })))
    }

    /// One call of an endpoint, begun at `now`. `seed` spreads its retries in time.
    ///
    /// # Errors
    /// `InvalidInput` where the endpoint takes a key and there is none, or for a time limit of zero.
    pub fn call<E: Endpoint>(
        &self,
        endpoint: E,
        options: CallOptions,
        seed: u64,
        now: Timestamp,
    ) -> Result<Call<E>, Error> {
        if endpoint.info().access != Access::Open && self.0.key.is_none() {
            return Err(Error::invalid_input("api_key", "is needed for this call"));
        }
        for (field, limit) in [
            ("timeout", options.timeout_ms),
            ("deadline", options.deadline_ms),
        ] {
            if limit == Some(0) {
                return Err(Error::invalid_input(field, "must be more than zero"));
            }
        }
        Ok(Call::new(self.clone(), endpoint, options, seed, now))
    }

    /// Scheme, host and port in use.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.0.base
    }

    /// Which VPS was got by which purchase.
    pub(crate) fn claims(&self) -> &Claims {
        &self.0.claims
    }

    pub(crate) fn retry(&self) -> &RetryPolicy {
        &self.0.config.retry
    }

    pub(crate) fn timeout_ms(&self) -> u64 {
        self.0.config.timeout_ms
    }

    /// What must never appear in text that others wrote.
    pub(crate) fn secrets(&self) -> Vec<&str> {
        self.0.key.iter().map(Secret::reveal).collect()
    }

    /// Tells keys of different accounts apart without telling the key: a hash of its public prefix.
    #[must_use]
    pub fn key_fingerprint(&self) -> String {
        let key = self.0.key.as_ref().map_or("", Secret::reveal);
        // A key is ASCII.
        let shown = KEY_PREFIX_CHARS.min(key.len().div_euclid(2));
        let hash = key
            .chars()
            .take(shown)
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, c| {
                (hash ^ u64::from(c)).wrapping_mul(0x0000_0100_0000_01b3)
            });
        hex(hash)
    }

    pub(crate) fn request(
        &self,
        endpoint: &EndpointInfo,
        path: &str,
        body: Option<Vec<u8>>,
        id: RequestId,
        timeout_ms: u64,
    ) -> HttpRequest {
        let mut headers = vec![("accept", "application/json".to_owned())];
        if body.is_some() {
            headers.push(("content-type", "application/json".to_owned()));
        }
        if let Some(agent) = &self.0.config.user_agent {
            headers.push(("user-agent", agent.clone()));
        }
        if let (Some(key), true) = (&self.0.key, endpoint.access != Access::Open) {
            headers.push(match self.0.config.auth {
                Auth::Bearer => ("authorization", words!("Bearer ", key.reveal())),
                Auth::ApiKeyHeader => ("x-api-key", key.reveal().to_owned()),
            });
        }
        HttpRequest {
            id,
            method: endpoint.method,
            url: words!(self.0.base, PREFIX, path),
            headers,
            body,
            timeout_ms,
            connect_timeout_ms: self.0.config.connect_timeout_ms.min(timeout_ms),
            retry_class: endpoint.retry_class,
            endpoint: endpoint.route,
        }
    }
}

fn check_key(key: &Secret) -> Result<Secret, Error> {
    let trimmed = key.reveal().trim_matches(' ');
    if trimmed.is_empty() {
        return Err(Error::invalid_input("api_key", "must not be empty"));
    }
    if !trimmed.bytes().all(|byte| byte.is_ascii_graphic()) {
        let reason = "must be printable ASCII without spaces or line breaks";
        return Err(Error::invalid_input("api_key", reason));
    }
    Ok(Secret::new(trimmed))
}

/// What a URL is made of is read here by hand: of a URL's many forms the service has but one, and a
/// parser of all of them would be a twentieth of what a browser loads.
fn check_base_url(text: &str) -> Result<String, Error> {
    let wrong = |reason: &str| Error::invalid_input("base_url", reason);
    let text = text.trim();
    if !text
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && !b"\\\"<>^`{|}".contains(&byte))
    {
        return Err(wrong("must be a URL such as https://stablevps.com"));
    }
    let (is_secure, rest) = match (after(text, "https://"), after(text, "http://")) {
        (Some(rest), _) => (true, rest),
        (None, Some(rest)) => (false, rest),
        (None, None) => return Err(wrong("must begin with https://")),
    };
    if rest.contains(['?', '#']) {
        return Err(wrong("must not have a query or a fragment"));
    }
    let authority = rest.split('/').next().unwrap_or_default();
    if authority.contains('@') {
        return Err(wrong("must not contain a user name or password"));
    }
    let not_one = || wrong("must be a URL such as https://stablevps.com");
    let (host, port) = host_of(authority).ok_or_else(not_one)?;
    if host.is_empty() {
        return Err(wrong("must have a host, as in https://stablevps.com"));
    }
    if !is_port(port) {
        return Err(not_one());
    }
    if !is_secure && !is_loopback(host) {
        return Err(wrong("must be https: http would send the key in the clear"));
    }
    Ok(text.trim_end_matches('/').to_owned())
}

/// What comes after a prefix, whatever its case.
fn after<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let (begin, rest) = text.split_at_checked(prefix.len())?;
    begin.eq_ignore_ascii_case(prefix).then_some(rest)
}

/// The host, and what stands behind it. An IPv6 address stands in brackets; its colons are no port's.
fn host_of(authority: &str) -> Option<(&str, &str)> {
    if let Some(address) = authority.strip_prefix('[') {
        let (address, rest) = address.split_once(']')?;
        let plain = |byte: u8| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.');
        let is_address = address.contains(':') && address.bytes().all(plain);
        return is_address.then_some((address, rest));
    }
    let (host, rest) = authority.split_at(authority.find(':').unwrap_or(authority.len()));
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
    host.bytes().all(plain).then_some((host, rest))
}

/// Whether it is nothing, or a colon and a port.
fn is_port(text: &str) -> bool {
    text.is_empty()
        || text.strip_prefix(':').is_some_and(|port| {
            port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok()
        })
}

fn is_loopback(host: &str) -> bool {
    let address = host.parse::<core::net::Ipv4Addr>();
    host.eq_ignore_ascii_case("localhost")
        || host == "::1"
        || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(key: &str, base: &str) -> ApiConfig {
        ApiConfig {
            api_key: Some(Secret::new(key)),
            base_url: base.to_owned(),
            ..ApiConfig::default()
        }
    }

    #[test]
    fn a_key_is_trimmed_and_must_be_printable() {
        assert!(Api::new(config(" svps_live_a ", DEFAULT_BASE_URL)).is_ok());
        for bad in ["", "  ", "a\r\nX-Evil: 1", "schlüssel", "a b"] {
            let error = Api::new(config(bad, DEFAULT_BASE_URL)).unwrap_err();
            assert!(
                error.to_string().starts_with("api_key must"),
                "{bad:?}: {error}"
            );
        }
    }

    #[test]
    fn only_loopback_may_be_spoken_to_in_the_clear() {
        for good in [
            "https://stablevps.com",
            "https://stablevps.com/",
            "http://127.0.0.1:8080",
            "http://localhost:1",
            "http://[::1]:1",
            "HTTPS://STABLEVPS.COM:443/shop/",
            "https://10.0.0.1/proxy",
        ] {
            assert!(Api::new(config("k", good)).is_ok(), "{good}");
        }
        for bad in [
            "http://stablevps.com",
            "http://127.0.0.1.evil.com",
            "http://10.0.0.1",
            "stablevps.com",
            "https://",
            "https:///x",
            "ftp://x",
            "",
            "/x",
            "https://u:p@x",
            "https://x:y@z/",
            "https://x:99999",
            "https://x:",
            "https://[::1]x",
            "https://[::1",
            "https://a b",
            "https://a:b:c",
            "https://x:+80",
            "https://[::1]::80",
            "https://[localhost]",
            "http://[localhost]:1",
            "https://stablevps.com\\evil.com",
            "https://stablevps.com\\@evil.com",
            "https://x%2eevil.com",
            "https://x/<a>",
            "https://ex\u{e4}mple.com",
            "http://[::2]:1",
            "http://localhost.evil.com",
            "http://127.0.0.1@evil.com",
            "https://x?y",
            "https://x/#y",
        ] {
            let error = Api::new(config("k", bad)).unwrap_err();
            assert!(
                error.to_string().starts_with("base_url must"),
                "{bad}: {error}"
            );
        }
    }

    #[test]
    fn the_fingerprint_is_of_the_public_prefix_alone() {
        let of = |key: &str| {
            Api::new(config(key, DEFAULT_BASE_URL))
                .unwrap()
                .key_fingerprint()
        };
        assert_eq!(
            of("svps_live_a3f7_0123456789abcdef"),
            of("svps_live_a3f7_zzzzzzzzzzzzzzzz")
        );
        assert_ne!(
            of("svps_live_a3f7_0123456789abcdef"),
            of("svps_live_b000_0123456789abcdef")
        );
    }
}
