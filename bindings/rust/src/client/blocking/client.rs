//! The client, and how it carries a call out.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use stablevps_core::clock::{Instant, Now};
use stablevps_core::config::CallOptions;
use stablevps_core::endpoint::Endpoint;
use stablevps_core::error::Error;
use stablevps_core::step::Step;

use super::Sender;
use crate::client::builder::ClientBuilder;
use crate::client::clock::Clock;
use crate::client::limits::CallLimits;
use crate::client::prober::Prober;
use crate::client::purchases::PurchasesResource;
use crate::client::resources::{AccountResource, KeysResource, VpsResource, WalletResource};
use crate::client::session::{Session, both, instant, two_drivers};
use crate::client::stop::Stopper;
use crate::client::time::Time;
use crate::client::trace::Traced;

/// The STABLEVPS API, blocking.
///
/// Clones are cheap, and share connections and settings. One client serves many threads at once. When the last
/// clone is dropped, its connections are closed.
///
/// ```no_run
/// let client = stablevps::Client::from_env()?;
/// for vps in client.vps().list()? {
///     println!("{} {}", vps.id, vps.vps_status);
/// }
/// # Ok::<(), stablevps::Error>(())
/// ```
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
    limits: CallOptions,
}

struct Shared {
    session: Session,
    sender: Sender,
    time: Time<dyn Clock>,
    prober: Arc<dyn Prober>,
}

impl Client {
    /// A client with the key in the environment's `STABLEVPS_API_KEY` and every other setting at its default.
    ///
    /// # Errors
    /// `InvalidInput` where the variable is not set or holds no key, or for a proxy or a certificate file in the
    /// environment that can't be used.
    pub fn from_env() -> Result<Self, Error> {
        Self::builder().api_key_from_env().build()
    }

    /// A client with settings of its own.
    #[must_use]
    pub fn builder() -> ClientBuilder<Self> {
        ClientBuilder::default()
    }

    pub(crate) fn new(
        session: Session,
        sender: Sender,
        time: Time<dyn Clock>,
        prober: Arc<dyn Prober>,
    ) -> Self {
        Self {
            shared: Arc::new(Shared {
                session,
                sender,
                time,
                prober,
            }),
            limits: CallOptions::default(),
        }
    }

    /// The same client with limits for each of its calls, in place of any that it had. Purchases have limits of
    /// their own.
    #[must_use]
    pub fn with_limits(&self, limits: CallLimits) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
            limits: limits.options(),
        }
    }

    /// VPS.
    #[must_use]
    pub fn vps(&self) -> VpsResource<'_, Self> {
        VpsResource { client: self }
    }

    /// API keys.
    #[must_use]
    pub fn keys(&self) -> KeysResource<'_, Self> {
        KeysResource { client: self }
    }

    /// The account.
    #[must_use]
    pub fn account(&self) -> AccountResource<'_, Self> {
        AccountResource { client: self }
    }

    /// The wallet.
    #[must_use]
    pub fn wallet(&self) -> WalletResource<'_, Self> {
        WalletResource { client: self }
    }

    /// The purchases that the client's [`store`](crate::store) records.
    #[must_use]
    pub fn purchases(&self) -> PurchasesResource<'_> {
        PurchasesResource { client: self }
    }

    /// The server's address: scheme, host and port.
    #[must_use]
    pub fn base_url(&self) -> &str {
        self.session().api.base_url()
    }

    pub(crate) fn session(&self) -> &Session {
        &self.shared.session
    }

    pub(crate) fn sender(&self) -> &Sender {
        &self.shared.sender
    }

    pub(crate) fn time(&self) -> &Time<dyn Clock> {
        &self.shared.time
    }

    pub(crate) fn prober(&self) -> &Arc<dyn Prober> {
        &self.shared.prober
    }

    pub(crate) fn instant(&self) -> Instant {
        instant(self.time().monotonic())
    }

    pub(crate) fn now(&self) -> Now {
        both(self.time().monotonic(), self.time().now())
    }

    /// Calls an endpoint, with its retries.
    pub(crate) fn call<E: Endpoint>(&self, endpoint: E) -> Result<E::Output, Error> {
        let traced = Traced::call(endpoint.info().route);
        let result = traced.run(|| self.carry_out(endpoint, &traced));
        traced.ended(result)
    }

    fn carry_out<E: Endpoint>(&self, endpoint: E, traced: &Traced) -> Result<E::Output, Error> {
        let _activity = self.time().activity();
        let Session { api, .. } = self.session();
        let seed = self.session().seed();
        let mut call = api.call(endpoint, self.limits, seed, self.now())?;
        loop {
            match call.next_step(self.instant()) {
                Step::Send(request) => {
                    let reply = self.sender().send(&request);
                    traced.attempt(call.attempts().saturating_add(1), &reply);
                    call.handle_reply(request.id, reply, self.instant())
                        .map_err(two_drivers)?;
                }
                Step::Wait { delay_ms, .. } => {
                    let delay = Duration::from_millis(delay_ms);
                    self.time().sleep(delay, &Stopper::default());
                }
                Step::Done(_) => break,
            }
        }
        let unfinished = || Error::invalid_input("machine", "has no result");
        call.into_outcome().unwrap_or_else(|| Err(unfinished()))
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base_url", &self.base_url())
            .finish_non_exhaustive()
    }
}
