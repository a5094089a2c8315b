//! A transport's configuration, checked and read in before the first request.

use std::ffi::OsString;

use ureq::Proxy;
use ureq::tls::RootCerts;

use super::config::{ConfigError, TransportConfig};
use super::{proxy, roots};

/// The configuration, checked and read in. Agents can be made from it again and again.
#[derive(Debug)]
pub(super) struct Settings {
    /// `None` stands for the roots of Mozilla, which cost nothing until the first TLS connection.
    pub(super) roots: Option<RootCerts>,
    pub(super) proxy: Option<Proxy>,
    pub(super) max_idle_connections: usize,
}

impl Settings {
    pub(super) fn read(
        config: &TransportConfig,
        variable: &dyn Fn(&str) -> Option<OsString>,
    ) -> Result<Self, ConfigError> {
        Ok(Self {
            roots: roots::trusted(config.ca_pem.as_deref(), variable)?,
            proxy: proxy::chosen(&config.proxy, variable)?,
            max_idle_connections: config.max_idle_connections,
        })
    }
}
