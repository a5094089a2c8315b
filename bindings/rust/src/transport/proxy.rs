//! Which proxy carries HTTPS, and for which hosts.

use std::ffi::OsString;
use std::net::Ipv6Addr;

use ureq::Proxy;

use super::config::{ConfigError, ProxyChoice, Setting};

const PROXY: Setting = Setting("proxy");
const PROXY_VARIABLES: [Setting; 4] = [
    Setting("HTTPS_PROXY"),
    Setting("https_proxy"),
    Setting("ALL_PROXY"),
    Setting("all_proxy"),
];
const EXCEPTION_VARIABLES: [&str; 2] = ["NO_PROXY", "no_proxy"];

/// The proxy that `choice` means in an environment. A variable that is set to nothing counts as
/// unset.
pub(super) fn chosen(
    choice: &ProxyChoice,
    variable: &dyn Fn(&str) -> Option<OsString>,
) -> Result<Option<Proxy>, ConfigError> {
    match choice {
        ProxyChoice::None => Ok(None),
        ProxyChoice::Url(url) => parse(url, "", PROXY).map(Some),
        ProxyChoice::FromEnvironment => {
            let text = |name: &str| {
                variable(name)?
                    .into_string()
                    .ok()
                    .filter(|text| !text.trim().is_empty())
            };
            let named = PROXY_VARIABLES
                .into_iter()
                .find_map(|setting| Some((setting, text(setting.0)?)));
            let exceptions = EXCEPTION_VARIABLES
                .into_iter()
                .find_map(text)
                .unwrap_or_default();
            named
                .map(|(setting, url)| parse(&url, &exceptions, setting))
                .transpose()
        }
    }
}

fn parse(url: &str, exceptions: &str, setting: Setting) -> Result<Proxy, ConfigError> {
    let refused = |_| ConfigError::BadProxyUrl(setting);
    let proxy = Proxy::new(url.trim()).map_err(refused)?;
    if !has_sound_port(&proxy) {
        return Err(ConfigError::BadProxyUrl(setting));
    }
    let mut builder = Proxy::builder(proxy.protocol())
        .host(proxy.host())
        .port(proxy.port());
    if let Some(username) = proxy.username() {
        builder = builder.username(username);
    }
    if let Some(password) = proxy.password() {
        builder = builder.password(password);
    }
    for entry in exceptions
        .split([',', ' '])
        .filter(|entry| !entry.is_empty())
    {
        for pattern in patterns(entry) {
            builder = builder.no_proxy(&pattern);
        }
    }
    builder.build().map_err(refused)
}

/// ureq takes a port that is no number for none, and would go to the default port.
fn has_sound_port(proxy: &Proxy) -> bool {
    proxy.uri().authority().is_some_and(|authority| {
        authority.port_u16().is_some() || authority.as_str().ends_with(authority.host())
    })
}

/// What an entry of `NO_PROXY` means to curl and to Python, in ureq's patterns: a name stands for
/// its subdomains too, with or without a leading dot, and an address of version 6 is written
/// without brackets.
fn patterns(entry: &str) -> Vec<String> {
    let name = entry.trim_start_matches("*.").trim_start_matches('.');
    if entry == "*" {
        vec![entry.to_owned()]
    } else if name.parse::<Ipv6Addr>().is_ok() {
        vec![format!("[{name}]")]
    } else {
        vec![name.to_owned(), format!(".{name}")]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxy(environment: &[(&str, &str)]) -> Result<Option<Proxy>, ConfigError> {
        let variable = |name: &str| {
            environment
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, value)| OsString::from(value))
        };
        chosen(&ProxyChoice::FromEnvironment, &variable)
    }

    fn host(environment: &[(&str, &str)]) -> Option<String> {
        proxy(environment)
            .unwrap()
            .map(|proxy| proxy.host().to_owned())
    }

    #[test]
    fn the_variables_are_asked_in_order_and_http_proxy_never_is() {
        let all = [
            ("all_proxy", "http://d"),
            ("ALL_PROXY", "http://c"),
            ("https_proxy", "http://b"),
        ];
        assert_eq!(host(&all).as_deref(), Some("b"));
        assert_eq!(host(&all[..2]).as_deref(), Some("c"));
        assert_eq!(
            host(&[("HTTPS_PROXY", ""), ("all_proxy", "d:3128")]).as_deref(),
            Some("d")
        );
        assert_eq!(
            host(&[("HTTP_PROXY", "http://a"), ("http_proxy", "http://a")]),
            None
        );
    }

    #[test]
    fn credentials_survive_the_way_into_the_proxy_setting() {
        let proxy = proxy(&[("HTTPS_PROXY", "http://us%40er:p%3Aw@h:3128")])
            .unwrap()
            .unwrap();
        assert_eq!(
            (proxy.username(), proxy.password()),
            (Some("us@er"), Some("p:w"))
        );
        assert_eq!((proxy.host(), proxy.port()), ("h", 3128));
    }

    #[test]
    fn exceptions_mean_what_they_mean_to_other_tools() {
        let cases = [
            ("api.example.com", "https://api.example.com/", true),
            ("example.com", "https://api.example.com/", true),
            (".example.com", "https://example.com/", true),
            ("*.example.com", "https://api.example.com/", true),
            ("other.org, Example.com", "https://api.example.com/", true),
            ("ample.com", "https://example.com/", false),
            ("10.0.0.1", "https://10.0.0.1:8443/", true),
            ("::1", "https://[::1]:8443/", true),
            ("*", "https://api.example.com/", true),
            ("", "https://api.example.com/", false),
        ];
        for (exceptions, url, bypassed) in cases {
            let proxy = proxy(&[("HTTPS_PROXY", "http://h:1"), ("no_proxy", exceptions)])
                .unwrap()
                .unwrap();
            assert_eq!(
                proxy.is_no_proxy(&url.parse().unwrap()),
                bypassed,
                "{exceptions} {url}"
            );
        }
    }

    #[test]
    fn a_url_that_is_none_is_refused_without_being_quoted() {
        for url in ["ftp://u:secret@h", "http://", "http://u:secret@h:port"] {
            let error = proxy(&[("ALL_PROXY", url)]).unwrap_err();
            assert_eq!(
                error.to_string(),
                "ALL_PROXY is not the URL of a proxy, \
                 such as http://proxy.example:3128 or socks5h://localhost:1080"
            );
            assert!(!format!("{error:?}").contains("secret"));
        }
        assert!(chosen(&ProxyChoice::Url("socks5h://h".into()), &|_| None).is_ok());
    }
}
