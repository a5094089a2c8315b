//! Which proxy is named for HTTPS, and for which hosts it is not.

use std::ffi::OsString;
use std::fmt;

use super::config::{ConfigError, ProxyChoice, Setting};

const PROXY: Setting = Setting("proxy");
const PROXY_VARIABLES: [Setting; 4] = [
    Setting("HTTPS_PROXY"),
    Setting("https_proxy"),
    Setting("ALL_PROXY"),
    Setting("all_proxy"),
];
const EXCEPTION_VARIABLES: [&str; 2] = ["NO_PROXY", "no_proxy"];

const SCHEMES: [&str; 6] = ["http", "https", "socks4", "socks4a", "socks5", "socks5h"];

/// A proxy as somebody wrote it down. No more of it is checked than its kind.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct NamedProxy {
    /// Where.
    pub setting: Setting,
    pub url: String,
    /// The hosts that are reached without it, as `NO_PROXY` has them.
    pub exceptions: String,
}

/// Without the URL, which may hold a password.
impl fmt::Debug for NamedProxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NamedProxy")
            .field("setting", &self.setting)
            .finish_non_exhaustive()
    }
}

/// The proxy that `choice` means in an environment. A variable that is set to nothing counts as
/// unset.
pub(super) fn named(
    choice: &ProxyChoice,
    variable: &dyn Fn(&str) -> Option<OsString>,
) -> Result<Option<NamedProxy>, ConfigError> {
    let Some(named) = written(choice, variable) else {
        return Ok(None);
    };
    match named.url.split_once("://") {
        Some((scheme, _))
            if !SCHEMES
                .iter()
                .any(|known| scheme.eq_ignore_ascii_case(known)) =>
        {
            Err(ConfigError::BadProxyUrl(named.setting))
        }
        Some(_) | None => Ok(Some(named)),
    }
}

fn written(
    choice: &ProxyChoice,
    variable: &dyn Fn(&str) -> Option<OsString>,
) -> Option<NamedProxy> {
    match choice {
        ProxyChoice::None => None,
        ProxyChoice::Url(url) => Some(NamedProxy {
            setting: PROXY,
            url: url.trim().to_owned(),
            exceptions: String::new(),
        }),
        ProxyChoice::FromEnvironment => {
            let text = |name: &str| {
                variable(name)?
                    .into_string()
                    .ok()
                    .filter(|text| !text.trim().is_empty())
            };
            let (setting, url) = PROXY_VARIABLES
                .into_iter()
                .find_map(|setting| Some((setting, text(setting.0)?)))?;
            let exceptions = EXCEPTION_VARIABLES.into_iter().find_map(text);
            Some(NamedProxy {
                setting,
                url: url.trim().to_owned(),
                exceptions: exceptions.unwrap_or_default(),
            })
        }
    }
}

/// The entries of a `NO_PROXY`: `*`, or names and addresses. What curl and Python write as `.example.com` or
/// `*.example.com` is `example.com` here.
pub(crate) fn exceptions(text: &str) -> impl Iterator<Item = &str> {
    let entries = text.split([',', ' ']).filter(|entry| !entry.is_empty());
    entries.map(|entry| match entry {
        "*" => entry,
        _ => entry.trim_start_matches("*.").trim_start_matches('.'),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(environment: &[(&str, &str)]) -> Option<String> {
        let variable = |name: &str| {
            environment
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, value)| OsString::from(value))
        };
        written(&ProxyChoice::FromEnvironment, &variable).map(|named| named.url)
    }

    #[test]
    fn the_variables_are_asked_in_order_and_http_proxy_never_is() {
        let all = [
            ("all_proxy", "http://d"),
            ("ALL_PROXY", "http://c"),
            ("https_proxy", "http://b"),
        ];
        assert_eq!(url(&all).as_deref(), Some("http://b"));
        assert_eq!(url(&all[..2]).as_deref(), Some("http://c"));
        assert_eq!(
            url(&[("HTTPS_PROXY", ""), ("all_proxy", "d:3128")]).as_deref(),
            Some("d:3128")
        );
        assert_eq!(
            url(&[("HTTP_PROXY", "http://a"), ("http_proxy", "http://a")]),
            None
        );
    }

    #[test]
    fn exceptions_are_names_and_addresses() {
        let written = "a.com, .b.com,*.c.com *,::1";
        let read: Vec<_> = exceptions(written).collect();
        assert_eq!(read, ["a.com", "b.com", "c.com", "*", "::1"]);
    }
}
