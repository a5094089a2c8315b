//! What a transport is made of.

use std::fmt;

/// How requests get to the server.
#[derive(Clone, PartialEq, Eq)]
pub struct TransportConfig {
    /// Which certificate authorities are trusted.
    pub trust: Trust,
    /// The way to the server. Only HTTPS is ever proxied.
    pub proxy: ProxyChoice,
    /// How many connections are kept for later requests. 16 by default.
    pub max_idle_connections: usize,
}

/// Which certificate authorities are trusted.
#[derive(Clone, Default, PartialEq, Eq)]
pub enum Trust {
    /// Those in the file that `SSL_CERT_FILE` names, and without that variable those of Mozilla.
    #[default]
    FromEnvironment,
    /// Those of the operating system.
    #[cfg(feature = "system-roots")]
    System,
    /// The certificates in this PEM text, *instead of* those of Mozilla.
    Pem(Vec<u8>),
}

/// Which proxy carries HTTPS.
#[derive(Clone, Default, PartialEq, Eq)]
pub enum ProxyChoice {
    /// The first of `HTTPS_PROXY`, `https_proxy`, `ALL_PROXY` and `all_proxy` that is set, except
    /// for the hosts in `NO_PROXY` or `no_proxy`.
    #[default]
    FromEnvironment,
    /// No proxy.
    None,
    /// This proxy, for every host: `http://`, `https://`, `socks4://`, `socks4a://`, `socks5://` or
    /// `socks5h://`.
    Url(String),
}

/// Why a transport can't be set up. No text here quotes a proxy's URL, which may hold a password.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// The PEM text is damaged.
    #[error("{0} is not valid PEM")]
    BadPem(Setting),
    /// The PEM text has no certificate in it.
    #[error("{0} has no certificate in it")]
    NoCertificates(Setting),
    /// The TLS stack does not take the certificates.
    #[cfg_attr(not(feature = "async"), allow(dead_code))]
    #[error("certificates are there that the TLS stack does not take")]
    BadRoots,
    /// The HTTP stack can't be set up.
    #[cfg_attr(not(feature = "async"), allow(dead_code))]
    #[error("the HTTP stack can't be set up")]
    Stack,
    /// The file that was named can't be read.
    #[error("{0} names a file that can't be read: {1}")]
    UnreadableFile(Setting, String),
    /// The proxy's URL is none, or of a kind that is not supported.
    #[error(
        "{0} is not the URL of a proxy, such as http://proxy.example:3128 or socks5h://localhost:1080"
    )]
    BadProxyUrl(Setting),
}

/// Where a setting comes from: a field of [`TransportConfig`], or an environment variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setting(pub &'static str);

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl Default for TransportConfig {
    fn default() -> Self {
        Self {
            trust: Trust::default(),
            proxy: ProxyChoice::default(),
            max_idle_connections: 16,
        }
    }
}

impl fmt::Debug for TransportConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TransportConfig")
            .field("trust", &self.trust)
            .field("proxy", &self.proxy)
            .field("max_idle_connections", &self.max_idle_connections)
            .finish()
    }
}

impl fmt::Debug for Trust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FromEnvironment => f.write_str("FromEnvironment"),
            #[cfg(feature = "system-roots")]
            Self::System => f.write_str("System"),
            Self::Pem(pem) => write!(f, "Pem({} bytes)", pem.len()),
        }
    }
}

impl fmt::Debug for ProxyChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::FromEnvironment => "FromEnvironment",
            Self::None => "None",
            Self::Url(_) => "Url(***)",
        })
    }
}
