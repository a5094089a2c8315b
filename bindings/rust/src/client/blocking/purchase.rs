//! A purchase under way.

use std::time::Duration;

use stablevps_core::clock::Instant;
use stablevps_core::error::Error;
use stablevps_core::models::{Progress, Provisioned};

use super::Client;
use super::watch::probe;
use crate::client::driver::{Act, Driver, Host, Look};
use crate::client::many::Group;
use crate::client::provision::{Buy, ProvisionBuilder, PurchaseKind, WithProgress};
use crate::client::session::Session;
use crate::client::stop::Stopper;
use crate::client::trace::Traced;

/// A purchase, or the wait for a VPS. Nothing is sent before [`run`](Self::run).
///
/// A purchase that is dropped waits no longer. A VPS that was ordered stays ordered: keep the
/// [`token`](Self::token), with which any process can go on.
#[derive(Debug)]
pub struct Purchase {
    client: Client,
    driver: Driver,
}

impl Purchase {
    /// From where the purchase can be taken up again with [`resume`](crate::VpsResource::resume), in any
    /// process and any language of this SDK; none once nothing is left to take up.
    ///
    /// From the phase `Ordering` on it says that the order may have been sent.
    #[must_use]
    pub fn token(&self) -> Option<String> {
        self.driver.token(self.client.instant())
    }

    pub(crate) fn client(&self) -> &Client {
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
    /// every pause; what is under way goes on only after it has returned, so the place to keep the token is
    /// there.
    ///
    /// After a stop it can be called again, and goes on. At the end, it gives the same end again.
    ///
    /// # Errors
    /// How the purchase ended otherwise. [`Error::next`] says what to do, [`Error::token`] from where. A stopped
    /// run ends in `Transport` of the kind `Cancelled`.
    pub fn run(&mut self, on_progress: impl FnMut(&Progress)) -> Result<Provisioned, Error> {
        let traced = Traced::purchase();
        let result = traced.run(|| self.carry_out(on_progress, &traced));
        traced.ended(result)
    }

    fn carry_out(
        &mut self,
        mut on_progress: impl FnMut(&Progress),
        traced: &Traced,
    ) -> Result<Provisioned, Error> {
        let client = &self.client;
        let _activity = client.time().activity();
        let mut driver = self.driver.begin(client)?;
        loop {
            match driver.look(client.instant()) {
                Look::Ended(outcome) => return *outcome,
                Look::Queue(delay) => client.time().sleep(delay, &driver.stopper),
                Look::Store(request) => {
                    let answer = client.session().carry_out(&request);
                    driver.stored(request.id, answer, client.instant())?;
                }
                Look::Quiet => advance(client, &mut driver, None)?,
                Look::Report(progress) => {
                    traced.progress(&progress);
                    client
                        .time()
                        .lend(|| driver.tell(|| on_progress(&progress)));
                    advance(client, &mut driver, Some(&progress))?;
                }
            }
            if driver.stopper.is_stopped() {
                return driver.stopped(client.instant());
            }
        }
    }
}

impl Host for Client {
    fn session(&self) -> &Session {
        self.session()
    }

    fn instant(&self) -> Instant {
        self.instant()
    }
}

/// Carries out what was told.
fn advance(client: &Client, driver: &mut Driver, told: Option<&Progress>) -> Result<(), Error> {
    if driver.stopper.is_stopped() {
        return Ok(());
    }
    match driver.act(told, client.instant()) {
        Act::Again => Ok(()),
        Act::Sleep(delay) => {
            client.time().sleep(delay, &driver.stopper);
            Ok(())
        }
        Act::Probe(wanted) => {
            let within = Duration::from_millis(wanted.within_ms);
            match probe(client.prober(), wanted.targets, within, &driver.stopper) {
                Some(outcomes) => driver.probed(wanted.id, &outcomes, client.instant()),
                None => Ok(()),
            }
        }
        Act::Send(request, limit) => {
            let sender = client.sender();
            match sender.send_unless_stopped(request, limit, &driver.stopper) {
                Some(reply) => driver.answered(reply, client.instant()),
                None => Ok(()),
            }
        }
    }
}

impl ProvisionBuilder<Client, Buy> {
    /// Begins it among others that are made together.
    pub(crate) fn begin_in(self, group: &Group) -> Result<Purchase, Error> {
        let (client, kind) = (self.client, self.kind);
        let now = client.now();
        let driver = Driver::of(&kind, &group.session, now)?;
        let driver = driver.with_seat(group.batch.seat(now.instant));
        Ok(Purchase { client, driver })
    }
}

impl<K: PurchaseKind> ProvisionBuilder<Client, K> {
    /// The same with a function that is called with the progress, before every request and every pause. Keep
    /// the progress's token: with it any process can go on.
    pub fn on_progress<F: FnMut(&Progress)>(self, on_progress: F) -> WithProgress<Client, K, F> {
        WithProgress {
            builder: self,
            on_progress,
        }
    }

    /// Checks everything, and sends nothing.
    ///
    /// # Errors
    /// `InvalidInput` for arguments that can't be used, `StaleToken` for a token that can't.
    pub fn begin(self) -> Result<Purchase, Error> {
        let (client, kind) = (self.client, self.kind);
        let driver = Driver::of(&kind, client.session(), client.now())?;
        Ok(Purchase { client, driver })
    }

    /// Carries it out until it ends.
    ///
    /// # Errors
    /// How it ended otherwise: see [`Purchase::run`].
    pub fn run(self) -> Result<Provisioned, Error> {
        self.begin()?.run(|_| {})
    }
}

impl<K: PurchaseKind, F: FnMut(&Progress)> WithProgress<Client, K, F> {
    /// Carries it out until it ends.
    ///
    /// # Errors
    /// How it ended otherwise: see [`Purchase::run`].
    pub fn run(self) -> Result<Provisioned, Error> {
        self.builder.begin()?.run(self.on_progress)
    }
}
