//! What clients are made of.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use stablevps_core::config::{Api, ApiConfig, Auth};
use stablevps_core::error::Error;
use stablevps_core::pace::Pacing;
use stablevps_core::secret::Secret;

#[cfg(feature = "async")]
use crate::client::asynchronous::Stack;
#[cfg(feature = "async")]
use crate::client::asynchronous::{self, AsyncClient, AsyncTransport};
#[cfg(feature = "blocking")]
use crate::client::blocking::{self, Client, Transport};
#[cfg(feature = "async")]
use crate::client::clock::AsyncClock;
#[cfg(feature = "blocking")]
use crate::client::clock::Clock;
use crate::client::limits::millis;
#[cfg(feature = "async")]
use crate::client::prober::AsyncProber;
#[cfg(feature = "blocking")]
use crate::client::prober::Prober;
use crate::client::prober::TcpProber;
use crate::client::session::Session;
use crate::client::time::Time;
use crate::network::{ConfigError, ProxyChoice, TransportConfig, Trust};
use crate::store::Store;
#[cfg(feature = "testing")]
use crate::testing::World;
#[cfg(feature = "blocking")]
use crate::transport::HttpTransport;

const KEY_VARIABLE: &str = "STABLEVPS_API_KEY";
const USER_AGENT: &str = concat!("stablevps-rust/", env!("CARGO_PKG_VERSION"));

/// The settings of a client. Each has a default.
///
/// ```
/// use std::time::Duration;
/// use stablevps::Client;
///
/// let client = Client::builder()
///     .api_key("svps_live_a3f7...")
///     .timeout(Duration::from_secs(10))
///     .build()?;
/// assert_eq!(client.base_url(), "https://stablevps.com");
/// # Ok::<(), stablevps::Error>(())
/// ```
pub struct ClientBuilder<C: ClientKind> {
    config: ApiConfig,
    is_key_missing: bool,
    seed: Option<u64>,
    network: TransportConfig,
    transport: Option<Arc<C::Transport>>,
    clock: Option<Arc<C::Clock>>,
    prober: Option<Arc<C::Prober>>,
    store: Option<Arc<dyn Store>>,
    #[cfg(feature = "testing")]
    simulated: Option<World>,
    client: PhantomData<fn() -> C>,
}

/// A kind of client: what sends its requests, and what clocks it goes by.
pub trait ClientKind: sealed::Sealed {
    /// How its requests are sent.
    type Transport: ?Sized;
    /// What it sleeps by.
    type Clock: ?Sized;
    /// How its watches find out whether a VPS answers.
    type Prober: ?Sized;
}

mod sealed {
    pub trait Sealed {}
}

#[cfg(feature = "blocking")]
impl sealed::Sealed for Client {}

#[cfg(feature = "blocking")]
impl ClientKind for Client {
    type Transport = dyn Transport;
    type Clock = dyn Clock;
    type Prober = dyn Prober;
}

#[cfg(feature = "async")]
impl sealed::Sealed for AsyncClient {}

#[cfg(feature = "async")]
impl ClientKind for AsyncClient {
    type Transport = dyn AsyncTransport;
    type Clock = dyn AsyncClock;
    type Prober = dyn AsyncProber;
}

impl<C: ClientKind> Default for ClientBuilder<C> {
    fn default() -> Self {
        Self {
            config: ApiConfig::default(),
            is_key_missing: false,
            seed: None,
            network: TransportConfig::default(),
            transport: None,
            clock: None,
            prober: None,
            store: None,
            #[cfg(feature = "testing")]
            simulated: None,
            client: PhantomData,
        }
    }
}

impl<C: ClientKind> ClientBuilder<C> {
    /// The API key. Without one, only [`keys().create`](crate::KeysResource::create) works.
    #[must_use]
    pub fn api_key(mut self, key: impl Into<Secret>) -> Self {
        self.config.api_key = Some(key.into());
        self.is_key_missing = false;
        self
    }

    /// The API key that the environment's `STABLEVPS_API_KEY` holds. Without it, no client is made.
    #[must_use]
    pub fn api_key_from_env(mut self) -> Self {
        self.config.api_key = std::env::var(KEY_VARIABLE).ok().map(Secret::new);
        self.is_key_missing = self.config.api_key.is_none();
        self
    }

    /// A server other than `https://stablevps.com`. Plain `http` only to loopback.
    #[must_use]
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.config.base_url = url.into();
        self
    }

    /// Which header carries the key. Default: [`Auth::Bearer`].
    #[must_use]
    pub fn auth(mut self, auth: Auth) -> Self {
        self.config.auth = auth;
        self
    }

    /// How long one request may take in all. Default: 30 s.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.config.timeout_ms = millis(timeout);
        self
    }

    /// How long connecting may take. Default: 5 s.
    #[must_use]
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.config.connect_timeout_ms = millis(timeout);
        self
    }

    /// How often a failed request that is safe to repeat is repeated, at most: from 0 to 1,000. An order never
    /// is. Default: 2.
    #[must_use]
    pub fn max_retries(mut self, max_retries: u32) -> Self {
        self.config.max_retries = i64::from(max_retries);
        self
    }

    /// Your program, as the first word of the `User-Agent`: a name, or a name and a version such as `grid-bot/2.1`.
    #[must_use]
    pub fn app(mut self, app: impl Into<String>) -> Self {
        self.config.app = Some(app.into());
        self
    }

    /// Each call minds only what the service answers to itself. Without this, all calls of the client slow down together
    /// after the service said that there are too many.
    #[must_use]
    pub fn no_pacing(mut self) -> Self {
        self.config.pacing = Pacing::Off;
        self
    }

    /// A name for the account. Purchases of one account wait for each other while they order; without a name,
    /// those of one key do. Give it where a process uses two keys of one account.
    #[must_use]
    pub fn account(mut self, label: impl Into<String>) -> Self {
        self.config.account = Some(label.into());
        self
    }

    /// The proxy for HTTPS: `http://`, `https://`, `socks4://`, `socks4a://`, `socks5://` or `socks5h://`.
    /// Default: the environment's `HTTPS_PROXY` or `ALL_PROXY`, except for the hosts in `NO_PROXY`.
    #[must_use]
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.network.proxy = ProxyChoice::Url(url.into());
        self
    }

    /// No proxy, whatever the environment says.
    #[must_use]
    pub fn no_proxy(mut self) -> Self {
        self.network.proxy = ProxyChoice::None;
        self
    }

    /// Certificates in PEM that are trusted *instead of* those of Mozilla. Default: those in the file that the
    /// environment's `SSL_CERT_FILE` names, and without it those of Mozilla.
    #[must_use]
    pub fn ca_certificates(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.network.trust = Trust::Pem(pem.into());
        self
    }

    /// With `true`, the certificate authorities of the operating system are trusted, instead of those of
    /// Mozilla.
    #[cfg(feature = "system-roots")]
    #[must_use]
    pub fn system_roots(mut self, is_wanted: bool) -> Self {
        self.network.trust = if is_wanted {
            Trust::System
        } else {
            Trust::default()
        };
        self
    }

    /// Where purchases are recorded, so that a purchase with an idempotency key is made once, whoever asks for it:
    /// see [`store`](crate::store). Every purchase of the client is recorded then.
    #[must_use]
    pub fn store(mut self, store: impl Store + 'static) -> Self {
        self.store = Some(Arc::new(store));
        self
    }

    /// Makes the jitter of retries repeatable, for tests.
    #[must_use]
    pub fn random_seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    #[cfg(feature = "testing")]
    pub(crate) fn simulated(mut self, world: World) -> Self {
        self.simulated = Some(world);
        self
    }

    fn time(&self) -> Time<C::Clock> {
        #[cfg(feature = "testing")]
        if let Some(world) = &self.simulated {
            return Time::Simulated(world.clone());
        }
        match &self.clock {
            Some(clock) => Time::Own(Arc::clone(clock)),
            None => Time::System,
        }
    }

    fn account_config(&self) -> Result<ApiConfig, Error> {
        if self.is_key_missing {
            let reason = format!("is missing: set {KEY_VARIABLE}, or pass a key to the builder");
            return Err(Error::invalid_input("api_key", reason));
        }
        Ok(ApiConfig {
            user_agent: Some(USER_AGENT.to_owned()),
            ..self.config.clone()
        })
    }

    fn session(&self, world: Option<&str>) -> Result<Session, Error> {
        let config = self.account_config()?;
        let api = Api::new(ApiConfig {
            world: world.map(str::to_owned),
            ..config
        })?;
        let store = self.store.clone();
        Ok(Session::new(api, store, world, self.seed))
    }
}

#[cfg(feature = "blocking")]
impl ClientBuilder<Client> {
    /// Another way to send requests. Proxy and certificates are its own then.
    #[must_use]
    pub fn transport(mut self, transport: impl Transport + 'static) -> Self {
        self.transport = Some(Arc::new(transport));
        self
    }

    /// Other clocks, for tests.
    #[must_use]
    pub fn clock(mut self, clock: impl Clock + 'static) -> Self {
        self.clock = Some(Arc::new(clock));
        self
    }

    /// Another way to find out whether a VPS answers a [`watch`](crate::VpsResource::watch). Default: one TCP
    /// connection.
    #[must_use]
    pub fn prober(mut self, prober: impl Prober + 'static) -> Self {
        self.prober = Some(Arc::new(prober));
        self
    }

    /// The client.
    ///
    /// # Errors
    /// `InvalidInput` for a key, an address, a proxy, a certificate or another setting that can't be used.
    pub fn build(self) -> Result<Client, Error> {
        let time = self.time();
        let session = self.session(time.world().as_deref())?;
        let sender = self.sender()?;
        let prober = self.prober.unwrap_or_else(|| Arc::new(TcpProber));
        Ok(Client::new(session, sender, time, prober))
    }

    fn sender(&self) -> Result<blocking::Sender, Error> {
        if let Some(transport) = &self.transport {
            return Ok(blocking::Sender::Own(Arc::clone(transport)));
        }
        let transport = HttpTransport::new(&self.network).map_err(|error| refused(&error))?;
        Ok(blocking::Sender::BuiltIn(transport))
    }
}

#[cfg(feature = "async")]
impl ClientBuilder<AsyncClient> {
    /// Another way to send requests. Proxy and certificates are its own then.
    #[must_use]
    pub fn transport(mut self, transport: impl AsyncTransport + 'static) -> Self {
        self.transport = Some(Arc::new(transport));
        self
    }

    /// Other clocks, for tests.
    #[must_use]
    pub fn clock(mut self, clock: impl AsyncClock + 'static) -> Self {
        self.clock = Some(Arc::new(clock));
        self
    }

    /// Another way to find out whether a VPS answers a [`watch`](crate::VpsResource::watch). Default: one TCP
    /// connection.
    #[must_use]
    pub fn prober(mut self, prober: impl AsyncProber + 'static) -> Self {
        self.prober = Some(Arc::new(prober));
        self
    }

    /// The client.
    ///
    /// # Errors
    /// `InvalidInput` for a key, an address, a proxy, a certificate or another setting that can't be used.
    pub fn build(self) -> Result<AsyncClient, Error> {
        let time = self.time();
        let session = self.session(time.world().as_deref())?;
        let sender = self.sender()?;
        let prober = self.prober.unwrap_or_else(|| Arc::new(TcpProber));
        Ok(AsyncClient::new(session, sender, time, prober))
    }

    fn sender(&self) -> Result<asynchronous::Sender, Error> {
        if let Some(transport) = &self.transport {
            return Ok(asynchronous::Sender::Own(Arc::clone(transport)));
        }
        let connect_ms = u64::try_from(self.config.connect_timeout_ms).unwrap_or_default();
        let connect = Duration::from_millis(connect_ms);
        let variable = |name: &str| std::env::var_os(name);
        let stack = Stack::with_environment(&self.network, connect, &variable);
        let stack = stack.map_err(|error| refused(&error))?;
        Ok(asynchronous::Sender::BuiltIn(stack))
    }
}

/// A setting of the network that can't be used.
fn refused(error: &ConfigError) -> Error {
    let field = match error {
        ConfigError::BadProxyUrl(_) => "proxy",
        ConfigError::Stack => "client",
        ConfigError::BadPem(_)
        | ConfigError::BadRoots
        | ConfigError::NoCertificates(_)
        | ConfigError::UnreadableFile(..) => "ca_certificates",
    };
    Error::invalid_input(field, format!("can't be used: {error}"))
}

impl<C: ClientKind> fmt::Debug for ClientBuilder<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("base_url", &self.config.base_url)
            .field("network", &self.network)
            .finish_non_exhaustive()
    }
}
