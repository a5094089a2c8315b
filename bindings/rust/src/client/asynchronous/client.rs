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
use crate::client::limits::CallLimits;
use crate::client::prober::AsyncProber;
use crate::client::resources::{AccountResource, KeysResource, VpsResource, WalletResource};
use crate::client::session::{Session, both, instant, two_drivers};
use crate::client::time::AsyncTime;
use crate::client::trace::Traced;

/// The STABLEVPS API, for tokio. Its futures run in a runtime of tokio's that has I/O and time enabled.
///
/// Clones are cheap, and share connections and settings. One client serves many tasks at once. Every future may
/// be dropped: a call ends then, and its request may or may not have taken effect. A dropped purchase leaves its
/// [`token`](crate::AsyncPurchase::token).
///
/// ```no_run
/// # async fn list() -> Result<(), stablevps::Error> {
/// let client = stablevps::AsyncClient::from_env()?;
/// for vps in client.vps().list().await? {
///     println!("{} {}", vps.id, vps.vps_status);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct AsyncClient {
    shared: Arc<Shared>,
    limits: CallOptions,
}

struct Shared {
    session: Session,
    sender: Sender,
    time: AsyncTime,
    prober: Arc<dyn AsyncProber>,
}

impl AsyncClient {
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
        time: AsyncTime,
        prober: Arc<dyn AsyncProber>,
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

    pub(crate) fn time(&self) -> &AsyncTime {
        &self.shared.time
    }

    pub(crate) fn prober(&self) -> &Arc<dyn AsyncProber> {
        &self.shared.prober
    }

    pub(crate) fn instant(&self) -> Instant {
        instant(self.time().monotonic())
    }

    pub(crate) fn now(&self) -> Now {
        both(self.time().monotonic(), self.time().now())
    }

    /// Calls an endpoint, with its retries.
    pub(crate) async fn call<E: Endpoint>(&self, endpoint: E) -> Result<E::Output, Error> {
        let traced = Traced::call(endpoint.info().route);
        let result = traced.future(self.carry_out(endpoint, &traced)).await;
        traced.ended(result)
    }

    async fn carry_out<E: Endpoint>(
        &self,
        endpoint: E,
        traced: &Traced,
    ) -> Result<E::Output, Error> {
        let _activity = self.time().activity();
        let Session { api, .. } = self.session();
        let seed = self.session().seed();
        let mut call = api.call(endpoint, self.limits, seed, self.now())?;
        loop {
            let delay_ms = match call.next_step(self.instant()) {
                Step::Send(request) => {
                    let reply = self.sender().send(&request).await;
                    traced.attempt(call.attempts().saturating_add(1), &reply);
                    call.handle_reply(request.id, reply, self.instant())
                        .map_err(two_drivers)?;
                    continue;
                }
                Step::Wait { delay_ms, .. } => delay_ms,
                Step::Done(_) => break,
            };
            self.time().sleep(Duration::from_millis(delay_ms)).await;
        }
        let unfinished = || Error::invalid_input("machine", "has no result");
        call.into_outcome().unwrap_or_else(|| Err(unfinished()))
    }
}

impl fmt::Debug for AsyncClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AsyncClient")
            .field("base_url", &self.base_url())
            .finish_non_exhaustive()
    }
}
