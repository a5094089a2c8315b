//! The settings of the network, as ureq takes them.

use ureq::Proxy;
use ureq::tls::{Certificate, RootCerts};

use super::proxy;
use crate::network::{ConfigError, Network, Roots};

/// The configuration, checked and read in. Agents can be made from it again and again.
#[derive(Debug)]
pub(super) struct Settings {
    pub(super) roots: RootCerts,
    pub(super) proxy: Option<Proxy>,
    pub(super) max_idle_connections: usize,
}

impl Settings {
    pub(super) fn new(network: &Network) -> Result<Self, ConfigError> {
        Ok(Self {
            roots: roots(&network.roots),
            proxy: network.proxy.as_ref().map(proxy::parse).transpose()?,
            max_idle_connections: network.max_idle_connections,
        })
    }
}

fn roots(roots: &Roots) -> RootCerts {
    match roots {
        Roots::Mozilla => RootCerts::WebPki,
        #[cfg(feature = "system-roots")]
        Roots::System => RootCerts::PlatformVerifier,
        Roots::Given(certificates) => RootCerts::from(
            certificates
                .iter()
                .map(|certificate| Certificate::from_der(certificate).to_owned())
                .collect::<Vec<_>>(),
        ),
    }
}
