//! Where requests go, whose key they carry, and how failures are met.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use ::http::Uri;
use serde::Deserialize;

use crate::budget::Budget;
use crate::claims::Claims;
use crate::clock::Now;
use crate::error::Error;
use crate::holders::Holders;
use crate::json;
use crate::looks::Looks;
use crate::money::Money;
use crate::open_enum::closed_enum;
use crate::pace::{Lane, Pace, Pacing};
use crate::power::Powers;
use crate::secret::Secret;
use crate::turns::{Places, PlacesOfProcess, Turns};

/// The service's own address.
pub const DEFAULT_BASE_URL: &str = "https://stablevps.com";
const PREFIX: &str = "/api/v1";
const LONGEST_APP: usize = 100;
/// No span of time is as long: 31 years.
const SPAN_BOUND_MS: u64 = 1_000_000_000_000;
const MOST_RETRIES: i64 = 1_000;
/// How much of a key names it in listings: `svps_live_a3f7`.
const KEY_PREFIX_CHARS: usize = 14;

closed_enum! {
    /// How a request carries its key.
    #[derive(Default)]
    Auth, "\"bearer\" or \"x-api-key\"" {
        /// `Authorization: Bearer <key>`.
        #[default]
        Bearer = "bearer",
        /// `X-API-Key: <key>`.
        ApiKeyHeader = "x-api-key",
    }
}

/// What an [`Api`] is made of. Everything has a default but the key.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct ApiConfig {
    /// The key; none is enough for creating one.
    #[serde(deserialize_with = "json::given")]
    pub api_key: Option<Secret>,
    /// Scheme, host and port, perhaps a path to put before `/api/v1`. Plain `http` only to loopback.
    #[serde(deserialize_with = "json::required")]
    pub base_url: String,
    /// How a request carries the key.
    pub auth: Auth,
    /// The `User-Agent`; none, which JSON says as `null`, where the platform does not let it be set.
    #[serde(deserialize_with = "json::given_or_null")]
    pub user_agent: Option<String>,
    /// How often a failed request is repeated, at most: from 0 to 1,000. Default 2.
    #[serde(deserialize_with = "json::required")]
    pub max_retries: i64,
    /// How long one request may take in all, in milliseconds. Default 30,000.
    #[serde(deserialize_with = "json::required")]
    pub timeout_ms: i64,
    /// How long it may take to connect, in milliseconds. Default 5,000.
    #[serde(deserialize_with = "json::required")]
    pub connect_timeout_ms: i64,
    /// The name of the world that the account is in: clients of the same world know what the others of this process buy.
    /// Default: the server. An empty name is a world of this client alone, such as a test's. A world that is named has its
    /// own time, by which a store measures leases, too.
    #[serde(deserialize_with = "json::given")]
    pub world: Option<String>,
    /// A name for the account: purchases of clients with the same one go one at a time, by whatever keys.
    /// Default: the beginning of the key, so that those of another key of the account do not wait.
    #[serde(deserialize_with = "json::given")]
    pub account: Option<String>,
    /// The program that uses this, as the first word of the `User-Agent`: a name, or a name and a version such as
    /// `grid-bot/2.1`.
    #[serde(deserialize_with = "json::given")]
    pub app: Option<String>,
    /// Whether all calls slow down together after the service said that there are too many. Default: yes.
    pub pacing: Pacing,
}

impl Default for ApiConfig {
    fn default() -> Self {
        Self {
            api_key: None,
            base_url: DEFAULT_BASE_URL.to_owned(),
            auth: Auth::default(),
            user_agent: Some(concat!("stablevps/", env!("CARGO_PKG_VERSION")).to_owned()),
            max_retries: 2,
            timeout_ms: 30_000,
            connect_timeout_ms: 5_000,
            world: None,
            account: None,
            app: None,
            pacing: Pacing::default(),
        }
    }
}

/// How one call differs from the configuration.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct CallOptions {
    /// How long each request may take, in milliseconds.
    #[serde(deserialize_with = "json::given")]
    pub timeout_ms: Option<i64>,
    /// How long the call may take with all its retries, in milliseconds. Default: no limit.
    #[serde(deserialize_with = "json::given")]
    pub deadline_ms: Option<i64>,
    /// How often a failed request is repeated, at most: from 0 to 1,000.
    #[serde(deserialize_with = "json::given")]
    pub max_retries: Option<i64>,
}

/// [`CallOptions`] that were checked.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct CallLimits {
    pub timeout_ms: Option<u64>,
    pub deadline_ms: Option<u64>,
    pub max_retries: Option<u32>,
    pub lane: Lane,
}

impl CallOptions {
    pub(crate) fn check(self) -> Result<CallLimits, Error> {
        let span = |field, ms: Option<i64>| ms.map(|ms| check_span(field, ms, 1)).transpose();
        Ok(CallLimits {
            timeout_ms: span("timeout", self.timeout_ms)?,
            deadline_ms: span("deadline", self.deadline_ms)?,
            max_retries: self.max_retries.map(check_retries).transpose()?,
            lane: Lane::Common,
        })
    }
}

/// A span of time that a caller set, in milliseconds, and at least so long.
pub(crate) fn check_span(field: &str, ms: i64, least: u64) -> Result<u64, Error> {
    let too_short = match least {
        0 => "must not be negative",
        _ => "must be more than zero",
    };
    match u64::try_from(ms) {
        Ok(ms) if (least..SPAN_BOUND_MS).contains(&ms) => Ok(ms),
        Ok(SPAN_BOUND_MS..) => {
            let reason = "must be finite, and less than a billion seconds";
            Err(Error::invalid_input(field, reason))
        }
        Ok(_) | Err(_) => Err(Error::invalid_input(field, too_short)),
    }
}

/// A number that a caller set, within its range.
pub(crate) fn check_number<T: TryFrom<i64>>(
    field: &str,
    number: i64,
    least: i64,
    most: i64,
) -> Result<T, Error> {
    let wrong = || {
        let reason = format!("must be a whole number from {least} to {most}");
        Error::invalid_input(field, reason)
    };
    let number = Some(number).filter(|number| (least..=most).contains(number));
    number
        .and_then(|number| T::try_from(number).ok())
        .ok_or_else(wrong)
}

/// An amount that a caller set, to the cent.
pub(crate) fn check_amount(field: &str, text: &str) -> Result<Money, Error> {
    let wrong = |reason: &str| Error::invalid_input(field, reason);
    let amount: Money = text
        .parse()
        .map_err(|expected| wrong(&format!("must be {expected}")))?;
    if amount.is_negative() {
        return Err(wrong("must not be negative"));
    }
    Ok(amount.rounded())
}

fn check_retries(retries: i64) -> Result<u32, Error> {
    check_number("max_retries", retries, 0, MOST_RETRIES)
}

/// A validated configuration: what makes calls. Cheap to clone.
#[derive(Clone)]
pub struct Api {
    inner: Arc<Inner>,
    /// What the orders of a batch may cost together.
    budget: Option<Arc<Budget>>,
}

struct Inner {
    base: String,
    /// Trimmed and checked.
    key: Option<Secret>,
    account: Option<String>,
    auth: Auth,
    user_agent: Option<String>,
    max_retries: u32,
    timeout_ms: u64,
    connect_timeout_ms: u64,
    claims: Arc<Claims>,
    holders: Arc<Holders>,
    powers: Arc<Powers>,
    turns: Turns,
    pace: Option<Pace>,
    looks: Looks,
    has_own_time: bool,
}

impl fmt::Debug for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Api")
            .field("base_url", &self.inner.base)
            .finish_non_exhaustive()
    }
}

impl Api {
    /// Checks a configuration.
    ///
    /// # Errors
    /// `InvalidInput` for a key that can't stand in a header, a base URL that is not one or that
    /// would carry the key in the clear, an account's name that is empty, or a time limit of zero.
    pub fn new(config: ApiConfig) -> Result<Self, Error> {
        Self::with_places(config, Arc::new(PlacesOfProcess))
    }

    /// The same, with another register of the purchases that wait for their turn than this library's own.
    ///
    /// # Errors
    /// As of [`new`](Self::new).
    pub fn with_places(config: ApiConfig, places: Arc<dyn Places>) -> Result<Self, Error> {
        let key = config.api_key.as_ref().map(check_key).transpose()?;
        let base = check_base_url(&config.base_url)?;
        if config.account.as_ref().is_some_and(String::is_empty) {
            return Err(Error::invalid_input("account", "must not be empty"));
        }
        let world = config.world.as_deref().unwrap_or(&base);
        let (claims, powers) = (Claims::of(world), Powers::of(world));
        let holders = Holders::of(world);
        let account = account_key(config.account.as_deref(), key.as_ref(), &base);
        let inner = Arc::new(Inner {
            turns: Turns::of(places, world, &account),
            account: config.account,
            base,
            key,
            auth: config.auth,
            user_agent: user_agent(config.app.as_deref(), config.user_agent)?,
            looks: Looks::default(),
            pace: (config.pacing == Pacing::On).then(Pace::default),
            max_retries: check_retries(config.max_retries)?,
            timeout_ms: check_span("timeout", config.timeout_ms, 1)?,
            connect_timeout_ms: check_span("connect_timeout", config.connect_timeout_ms, 1)?,
            claims,
            holders,
            has_own_time: config.world.is_some(),
            powers,
        });
        Ok(Self {
            inner,
            budget: None,
        })
    }

    /// The same account, for orders of which these belong together.
    pub(crate) fn within(&self, budget: Arc<Budget>) -> Self {
        Self {
            inner: Arc::clone(&self.inner),
            budget: Some(budget),
        }
    }

    /// The same account, for orders that belong to no batch.
    pub(crate) fn alone(&self) -> Self {
        Self {
            inner: Arc::clone(&self.inner),
            budget: None,
        }
    }

    /// What the orders of a batch may cost together, and do.
    pub(crate) fn budget(&self) -> Option<&Budget> {
        self.budget.as_deref()
    }

    /// Scheme, host and port in use.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.inner.base
    }

    /// Tells keys of different accounts apart without telling the key: a hash of its public prefix.
    #[must_use]
    pub fn key_fingerprint(&self) -> String {
        fingerprint(self.inner.key.as_ref())
    }

    pub(crate) fn key(&self) -> Option<&Secret> {
        self.inner.key.as_ref()
    }

    pub(crate) fn auth(&self) -> Auth {
        self.inner.auth
    }

    pub(crate) fn user_agent(&self) -> Option<&str> {
        self.inner.user_agent.as_deref()
    }

    pub(crate) fn max_retries(&self) -> u32 {
        self.inner.max_retries
    }

    pub(crate) fn timeout_ms(&self) -> u64 {
        self.inner.timeout_ms
    }

    pub(crate) fn connect_timeout_ms(&self) -> u64 {
        self.inner.connect_timeout_ms
    }

    /// Names the account whose purchases go one at a time: by its name, or else by its key's fingerprint, and by its
    /// server.
    #[must_use]
    pub fn account_key(&self) -> String {
        account_key(
            self.inner.account.as_deref(),
            self.inner.key.as_ref(),
            &self.inner.base,
        )
    }

    /// What an account of this server is called in a store, by the service's own id of it.
    #[must_use]
    pub fn account_in_store(&self, id: &str) -> String {
        format!("{} {id}", self.inner.base)
    }

    /// The time by which a store measures leases, in place of its own clock: that of a world of the client's own.
    pub(crate) fn time_of_store(&self, now: Now) -> Option<u64> {
        self.inner
            .has_own_time
            .then(|| u64::try_from(now.time.millis()).unwrap_or(0))
    }

    /// Where requests go, up to the endpoint's own path.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{PREFIX}{path}", self.inner.base)
    }

    /// How fast the calls follow each other; none where each minds itself.
    pub(crate) fn pace(&self) -> Option<&Pace> {
        self.inner.pace.as_ref()
    }

    /// What the purchases that wait know of the list.
    pub(crate) fn looks(&self) -> &Looks {
        &self.inner.looks
    }

    /// What the purchases of the process know of each other.
    pub(crate) fn claims(&self) -> &Claims {
        &self.inner.claims
    }

    /// Who of the process is at work on recorded purchases.
    pub(crate) fn holders(&self) -> &Arc<Holders> {
        &self.inner.holders
    }

    /// What the process did to the power of its VPS.
    pub(crate) fn powers(&self) -> &Powers {
        &self.inner.powers
    }

    /// The queue of the account's purchases.
    pub(crate) fn turns(&self) -> &Turns {
        &self.inner.turns
    }
}

/// The user agent, after the program that uses it.
fn user_agent(app: Option<&str>, agent: Option<String>) -> Result<Option<String>, Error> {
    let Some(app) = app else {
        return Ok(agent);
    };
    let is_token = |text: &str| {
        let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        !text.is_empty() && text.bytes().all(is_part)
    };
    let (name, version) = app.split_once('/').unwrap_or((app, "0"));
    if !is_token(name) || !is_token(version) || app.len() > LONGEST_APP {
        let reason =
            "must be a name, or name/version, of ASCII letters, digits and -._~+ without spaces";
        return Err(Error::invalid_input("app", reason));
    }
    Ok(agent.map(|agent| format!("{app} {agent}")))
}

fn account_key(name: Option<&str>, key: Option<&Secret>, base: &str) -> String {
    match name {
        Some(name) => format!("account {name} {base}"),
        None => format!("{} {base}", fingerprint(key)),
    }
}

fn fingerprint(key: Option<&Secret>) -> String {
    let key = key.map_or("", Secret::reveal);
    // A key is ASCII.
    let shown = KEY_PREFIX_CHARS.min(key.len().div_euclid(2));
    // FNV-1a, which is written down in tokens: another hash would make them another account's.
    let hash = key
        .bytes()
        .take(shown)
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
    format!("{hash:016x}")
}

fn check_key(key: &Secret) -> Result<Secret, Error> {
    // A file with a key ends in a line break.
    let trimmed = key.reveal().trim_ascii();
    if trimmed.is_empty() {
        return Err(Error::invalid_input("api_key", "must not be empty"));
    }
    if !trimmed.bytes().all(|byte| byte.is_ascii_graphic()) {
        let reason = "must be printable ASCII without spaces or line breaks";
        return Err(Error::invalid_input("api_key", reason));
    }
    Ok(Secret::new(trimmed))
}

/// A base URL in the one form in which it is used and compared.
pub(crate) fn check_base_url(text: &str) -> Result<String, Error> {
    let wrong = |reason: &str| Error::invalid_input("base_url", reason);
    let not_one = || wrong("must be a URL such as https://stablevps.com");
    let text = text.trim();
    // Of these the library reads some past their meaning, and browsers correct others.
    let is_odd = |byte: u8| !byte.is_ascii_graphic() || b"\\\"<>^`{|}".contains(&byte);
    if text.bytes().any(is_odd) {
        return Err(not_one());
    }
    let uri: Uri = text.parse().map_err(|_| not_one())?;
    if uri.query().is_some() || text.contains('#') {
        return Err(wrong("must not have a query or a fragment"));
    }
    let is_secure = match uri.scheme_str() {
        Some("https") => true,
        Some("http") => false,
        Some(_) | None => return Err(wrong("must begin with https://")),
    };
    let authority = uri.authority().ok_or_else(not_one)?;
    if authority.as_str().contains('@') {
        return Err(wrong("must not contain a user name or password"));
    }
    let host = Host::parse(authority.host()).ok_or_else(not_one)?;
    let port = authority.port_u16().map(|port| format!(":{port}"));
    if authority.as_str() != format!("{}{}", authority.host(), port.unwrap_or_default()) {
        return Err(not_one());
    }
    if !is_secure && !host.is_loopback() {
        return Err(wrong("must be https: http would send the key in the clear"));
    }
    let (scheme, default_port) = if is_secure {
        ("https", 443)
    } else {
        ("http", 80)
    };
    let port = authority.port_u16().filter(|port| *port != default_port);
    let port = port.map_or_else(String::new, |port| format!(":{port}"));
    let name = authority.host().to_ascii_lowercase();
    let path = uri.path().trim_end_matches('/');
    Ok(format!("{scheme}://{name}{port}{path}"))
}

/// The host of a URL.
enum Host<'a> {
    Name(&'a str),
    V4(Ipv4Addr),
    V6(Ipv6Addr),
}

impl<'a> Host<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        if let Some(address) = text.strip_prefix('[') {
            return address.strip_suffix(']')?.parse().ok().map(Self::V6);
        }
        if let Ok(address) = text.parse() {
            return Some(Self::V4(address));
        }
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
        (!text.is_empty() && text.bytes().all(plain)).then_some(Self::Name(text))
    }

    fn is_loopback(&self) -> bool {
        match self {
            Self::Name(name) => name.eq_ignore_ascii_case("localhost"),
            Self::V4(address) => address.is_loopback(),
            Self::V6(address) => address.is_loopback(),
        }
    }
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
            "https://x/\u{e4}",
            "https://x/a\u{a0}b",
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
