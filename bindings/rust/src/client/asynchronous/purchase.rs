//! A purchase under way.

use std::future::poll_fn;
use std::pin::pin;
use std::time::Duration;

use stablevps_core::clock::Instant;
use stablevps_core::error::Error;
use stablevps_core::http::{HttpRequest, RetryClass};
use stablevps_core::models::{Progress, Provisioned};

use super::AsyncClient;
use super::watch::probe;
use crate::client::driver::{Act, Driver, Host, Look, too_late};
use crate::client::many::Group;
use crate::client::provision::{Buy, ProvisionBuilder, PurchaseKind, WithProgress};
use crate::client::session::Session;
use crate::client::stop::Stopper;
use crate::client::trace::Traced;

/// A purchase, or the wait for a VPS. Nothing is sent before [`run`](Self::run).
///
/// The future of [`run`](Self::run) may be dropped at any time: the [`token`](Self::token) stays, and the
/// purchase can be run again. An order that was on its way then is not sent again: the run finds out what became
/// of it.
#[derive(Debug)]
pub struct AsyncPurchase {
    client: AsyncClient,
    driver: Driver,
}

impl AsyncPurchase {
    /// From where the purchase can be taken up again with [`resume`](crate::VpsResource::resume), in any
    /// process and any language of this SDK; none once nothing is left to take up.
    ///
    /// From the phase `Ordering` on it says that the order may have been sent.
    #[must_use]
    pub fn token(&self) -> Option<String> {
        self.driver.token(self.client.instant())
    }

    pub(crate) fn client(&self) -> &AsyncClient {
        &self.client
    }

    /// How far the purchase is.
    #[must_use]
    pub fn progress(&self) -> Progress {
        self.driver.progress(self.client.instant())
    }

    /// What stops the run from elsewhere.
    #[must_use]
    pub fn stopper(&self) -> Stopper {
        self.driver.stopper.clone()
    }

    /// Carries the purchase out until it ends, or is stopped. `on_progress` is called before every request and
    /// every pause, and what is under way goes on only after its future has ended, so the place to keep the
    /// token is there.
    ///
    /// After a stop it can be called again, and goes on. At the end, it gives the same end again.
    ///
    /// # Errors
    /// How the purchase ended otherwise. [`Error::next`] says what to do, [`Error::token`] from where. A stopped
    /// run ends in `Transport` of the kind `Cancelled`.
    pub async fn run<F, Fut>(&mut self, on_progress: F) -> Result<Provisioned, Error>
    where
        F: FnMut(Progress) -> Fut,
        Fut: Future<Output = ()>,
    {
        let traced = Traced::purchase();
        let result = traced.future(self.carry_out(on_progress, &traced)).await;
        traced.ended(result)
    }

    async fn carry_out<F, Fut>(
        &mut self,
        mut on_progress: F,
        traced: &Traced,
    ) -> Result<Provisioned, Error>
    where
        F: FnMut(Progress) -> Fut,
        Fut: Future<Output = ()>,
    {
        let client = self.client.clone();
        let _activity = client.time().activity();
        let mut driver = self.driver.begin(&client)?;
        loop {
            match driver.look(client.instant()) {
                Look::Ended(outcome) => return *outcome,
                Look::Queue(delay) => sleep(&client, delay, &driver.stopper).await,
                Look::Store(request) => {
                    let answer = client.session().carry_out(&request);
                    driver.stored(request.id, answer, client.instant())?;
                }
                Look::Quiet => advance(&client, &mut driver, None).await?,
                Look::Report(progress) => {
                    traced.progress(&progress);
                    let told = || on_progress(progress.as_ref().clone());
                    let told = || tell(&driver, driver.tell(told));
                    client.time().lend(told).await;
                    advance(&client, &mut driver, Some(&progress)).await?;
                }
            }
            if driver.stopper.is_stopped() {
                return driver.stopped(client.instant());
            }
        }
    }
}

/// Awaits what the user's function gave.
async fn tell(driver: &Driver, told: impl Future<Output = ()>) {
    let mut told = pin!(told);
    poll_fn(|context| driver.tell(|| told.as_mut().poll(context))).await;
}

impl Host for AsyncClient {
    fn session(&self) -> &Session {
        self.session()
    }

    fn instant(&self) -> Instant {
        self.instant()
    }
}

/// Carries out what was told.
async fn advance(
    client: &AsyncClient,
    driver: &mut Driver,
    told: Option<&Progress>,
) -> Result<(), Error> {
    if driver.stopper.is_stopped() {
        return Ok(());
    }
    match driver.act(told, client.instant()) {
        Act::Again => Ok(()),
        Act::Sleep(delay) => {
            sleep(client, delay, &driver.stopper).await;
            Ok(())
        }
        Act::Probe(wanted) => {
            let within = Duration::from_millis(wanted.within_ms);
            let probing = probe(client.prober(), wanted.targets, within);
            match driver.stopper.unless_stopped(probing).await {
                Some(outcomes) => driver.probed(wanted.id, &outcomes, client.instant()),
                None => Ok(()),
            }
        }
        // It begins at once, and the time to connect was taken into account.
        Act::Send(request, limit) => {
            let reply = match too_late(limit) {
                Some(reply) => Some(reply),
                None => send(client, &request, &driver.stopper).await,
            };
            match reply {
                Some(reply) => driver.answered(reply, client.instant()),
                None => Ok(()),
            }
        }
    }
}

async fn sleep(client: &AsyncClient, delay: Duration, stopper: &Stopper) {
    let _ = stopper.unless_stopped(client.time().sleep(delay)).await;
}

/// Sends; gives nothing where the request was given up because of a stop. An order never is.
async fn send(
    client: &AsyncClient,
    request: &HttpRequest,
    stopper: &Stopper,
) -> Option<stablevps_core::http::Reply> {
    let sending = client.sender().send(request);
    match request.retry_class {
        RetryClass::Once => Some(sending.await),
        RetryClass::Read | RetryClass::Repeatable => stopper.unless_stopped(sending).await,
    }
}

impl ProvisionBuilder<AsyncClient, Buy> {
    /// Begins it among others that are made together.
    pub(crate) fn begin_in(self, group: &Group) -> Result<AsyncPurchase, Error> {
        let (client, kind) = (self.client, self.kind);
        let now = client.now();
        let driver = Driver::of(&kind, &group.session, now)?;
        let driver = driver.with_seat(group.batch.seat(now.instant));
        Ok(AsyncPurchase { client, driver })
    }
}

impl<K: PurchaseKind> ProvisionBuilder<AsyncClient, K> {
    /// The same with a function that is called with the progress, before every request and every pause, and
    /// whose future is awaited. Keep the progress's token: with it any process can go on.
    pub fn on_progress<F, Fut>(self, on_progress: F) -> WithProgress<AsyncClient, K, F>
    where
        F: FnMut(Progress) -> Fut,
        Fut: Future<Output = ()>,
    {
        WithProgress {
            builder: self,
            on_progress,
        }
    }

    /// Checks everything, and sends nothing.
    ///
    /// # Errors
    /// `InvalidInput` for arguments that can't be used, `StaleToken` for a token that can't.
    pub fn begin(self) -> Result<AsyncPurchase, Error> {
        let (client, kind) = (self.client, self.kind);
        let driver = Driver::of(&kind, client.session(), client.now())?;
        Ok(AsyncPurchase { client, driver })
    }

    /// Carries it out until it ends.
    ///
    /// # Errors
    /// How it ended otherwise: see [`AsyncPurchase::run`].
    pub async fn run(self) -> Result<Provisioned, Error> {
        self.begin()?.run(|_| std::future::ready(())).await
    }
}

impl<K, F, Fut> WithProgress<AsyncClient, K, F>
where
    K: PurchaseKind,
    F: FnMut(Progress) -> Fut,
    Fut: Future<Output = ()>,
{
    /// Carries it out until it ends.
    ///
    /// # Errors
    /// How it ended otherwise: see [`AsyncPurchase::run`].
    pub async fn run(self) -> Result<Provisioned, Error> {
        self.builder.begin()?.run(self.on_progress).await
    }
}
