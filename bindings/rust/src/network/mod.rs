//! The settings of the network, and what the environment adds to them: for every HTTP stack.

mod config;
mod proxy;
mod roots;

#[cfg(any(feature = "host", all(test, feature = "blocking")))]
pub use config::Setting;
pub use config::{ConfigError, ProxyChoice, TransportConfig, Trust};

pub(crate) use proxy::{NamedProxy, exceptions};
pub(crate) use roots::Roots;

use std::ffi::OsString;

/// A configuration with what the environment adds, read in before the first request.
#[derive(Debug)]
pub(crate) struct Network {
    pub roots: Roots,
    pub proxy: Option<NamedProxy>,
    pub max_idle_connections: usize,
}

impl Network {
    /// `variable` gives the value of an environment variable by its name.
    pub(crate) fn read(
        config: &TransportConfig,
        variable: &dyn Fn(&str) -> Option<OsString>,
    ) -> Result<Self, ConfigError> {
        Ok(Self {
            roots: Roots::trusted(&config.trust, variable)?,
            proxy: proxy::named(&config.proxy, variable)?,
            max_idle_connections: config.max_idle_connections,
        })
    }
}
