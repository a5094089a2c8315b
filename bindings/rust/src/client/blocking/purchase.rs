//! A purchase under way.

use stablevps_core::error::Error;
use stablevps_core::models::{Progress, Provisioned};

use super::Client;
use crate::client::driver::{Act, Driver, Look};
use crate::client::provision::{Kind, ProvisionBuilder, WithProgress};
use crate::client::stop::Stopper;

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
    pub(crate) fn new(client: Client, driver: Driver) -> Self {
        Self { client, driver }
    }

    /// From where the purchase can be taken up again with [`resume`](crate::VpsResource::resume), in any
    /// process and any language of this SDK; none once nothing is left to take up.
    ///
    /// From the phase `Ordering` on it says that the order may have been sent.
    #[must_use]
    pub fn token(&self) -> Option<String> {
        self.driver.token(self.client.instant())
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
    pub fn run(&mut self, mut on_progress: impl FnMut(&Progress)) -> Result<Provisioned, Error> {
        let _activity = self.client.time().activity();
        self.driver.begin(self.client.instant())?;
        loop {
            match self.driver.look(self.client.instant()) {
                Look::Ended(outcome) => return *outcome,
                Look::Queue(delay) => self.client.time().sleep(delay, &self.driver.stopper),
                Look::Report(progress) => {
                    self.client.time().lend(|| on_progress(&progress));
                    self.advance(&progress)?;
                }
            }
            if self.driver.stopper.is_stopped() {
                return self.driver.stopped(self.client.instant());
            }
        }
    }

    /// Carries out what was told.
    fn advance(&mut self, told: &Progress) -> Result<(), Error> {
        if self.driver.stopper.is_stopped() {
            return Ok(());
        }
        match self.driver.act(told, self.client.instant()) {
            Act::Again => Ok(()),
            Act::Sleep(delay) => {
                self.client.time().sleep(delay, &self.driver.stopper);
                Ok(())
            }
            Act::Send(request) => {
                let stopper = &self.driver.stopper;
                match self.client.sender().send_unless_stopped(request, stopper) {
                    Some(reply) => self.driver.answered(reply, self.client.instant()),
                    None => Ok(()),
                }
            }
        }
    }
}

impl<K: Kind> ProvisionBuilder<Client, K> {
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
        let session = client.session();
        let machine = kind.begin(&session.api, session.seed(), client.now())?;
        let driver = Driver::new(machine, &session.account, kind.patience());
        Ok(Purchase::new(client, driver))
    }

    /// Carries it out until it ends.
    ///
    /// # Errors
    /// How it ended otherwise: see [`Purchase::run`].
    pub fn run(self) -> Result<Provisioned, Error> {
        self.begin()?.run(|_| {})
    }
}

impl<K: Kind, F: FnMut(&Progress)> WithProgress<Client, K, F> {
    /// Carries it out until it ends.
    ///
    /// # Errors
    /// How it ended otherwise: see [`Purchase::run`].
    pub fn run(self) -> Result<Provisioned, Error> {
        self.builder.begin()?.run(self.on_progress)
    }
}
