//! A proxy as ureq takes it.

use std::net::Ipv6Addr;

use ureq::Proxy;

use crate::network::{ConfigError, NamedProxy, exceptions};

pub(super) fn parse(named: &NamedProxy) -> Result<Proxy, ConfigError> {
    let refused = |_| ConfigError::BadProxyUrl(named.setting);
    let proxy = Proxy::new(&named.url).map_err(refused)?;
    if !has_sound_port(&proxy) {
        return Err(ConfigError::BadProxyUrl(named.setting));
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
    for pattern in exceptions(&named.exceptions).flat_map(patterns) {
        builder = builder.no_proxy(&pattern);
    }
    builder.build().map_err(refused)
}

/// ureq takes a port that is no number for none, and would go to the default port.
fn has_sound_port(proxy: &Proxy) -> bool {
    proxy.uri().authority().is_some_and(|authority| {
        authority.port_u16().is_some() || authority.as_str().ends_with(authority.host())
    })
}

/// What an exception means to curl and to Python, in ureq's patterns: a name stands for its subdomains too,
/// and an address of version 6 is written without brackets.
fn patterns(name: &str) -> Vec<String> {
    if name == "*" {
        vec![name.to_owned()]
    } else if name.parse::<Ipv6Addr>().is_ok() {
        vec![format!("[{name}]")]
    } else {
        vec![name.to_owned(), format!(".{name}")]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::Setting;

    fn proxy(url: &str, exceptions: &str) -> Result<Proxy, ConfigError> {
        parse(&NamedProxy {
            setting: Setting("ALL_PROXY"),
            url: url.to_owned(),
            exceptions: exceptions.to_owned(),
        })
    }

    #[test]
    fn credentials_survive_the_way_into_the_proxy_setting() {
        let proxy = proxy("http://us%40er:p%3Aw@h:3128", "").unwrap();
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
            let proxy = proxy("http://h:1", exceptions).unwrap();
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
            let error = proxy(url, "").unwrap_err();
            assert_eq!(
                error.to_string(),
                "ALL_PROXY is not the URL of a proxy, \
                 such as http://proxy.example:3128 or socks5h://localhost:1080"
            );
            assert!(!format!("{error:?}").contains("secret"));
        }
        assert!(proxy("socks5h://h", "").is_ok());
    }
}
