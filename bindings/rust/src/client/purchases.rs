//! The purchases that a client's store records.

use std::time::Duration;

use stablevps_core::config::CallOptions;
use stablevps_core::error::Error;
use stablevps_core::models::{PurchaseRecord, PurchaseState};
use stablevps_core::recorded::{Book, Page, Question, RecordedStep};
use stablevps_core::store::Find;

use crate::client::blocking::Client;
use crate::client::provision::{ProvisionBuilder, Recorded};
use crate::client::session::{Session, two_drivers};
use crate::client::stop::Stopper;

/// Recorded purchases: `client.purchases()`. The client must have a [`store`](crate::store).
#[derive(Clone, Copy, Debug)]
pub struct PurchasesResource<'a> {
    pub(crate) client: &'a Client,
}

impl PurchasesResource<'_> {
    /// Every purchase of the account, the oldest first.
    ///
    /// # Errors
    /// `Store` where the store fails, and what [`account().get`](crate::AccountResource::get) ends in.
    pub fn list(self) -> Result<Vec<PurchaseRecord>, Error> {
        self.records(false)
    }

    /// The purchase of that idempotency key, if there is one.
    ///
    /// # Errors
    /// As [`list`](Self::list).
    pub fn get(self, key: &str) -> Result<Option<PurchaseRecord>, Error> {
        let key = key.to_owned();
        match self.ask(Question::Get { key })? {
            Page::One(record) => Ok(record),
            Page::Every(_) => Ok(None),
        }
    }

    /// Takes up the purchase of that idempotency key, and waits for its end. One that was not ordered is not begun
    /// again: call `provision` with its key for that.
    #[must_use = "nothing is resumed before `run` or `begin`"]
    pub fn resume(self, key: impl Into<String>) -> ProvisionBuilder<Client, Recorded> {
        let find = Find::Key(key.into());
        ProvisionBuilder::new(self.client.clone(), Recorded::new(find))
    }

    /// Takes up every purchase that has not ended, one after the other, the oldest first: what a program does when it
    /// starts. Gives each with its end. One that was not ordered is left as it is.
    ///
    /// # Errors
    /// As [`list`](Self::list). How a single purchase ends is no error of this call.
    pub fn resume_all(self) -> Result<Vec<Resumed>, Error> {
        let records = self.records(true)?;
        let may_be_ordered =
            |record: &PurchaseRecord| !matches!(record.state, PurchaseState::NotOrdered);
        let open = records.into_iter().filter(may_be_ordered);
        Ok(open.map(|record| self.resumed(record)).collect())
    }

    fn resumed(self, record: PurchaseRecord) -> Resumed {
        let recorded = Recorded::new(Find::Id(record.id.clone()));
        let end = ProvisionBuilder::new(self.client.clone(), recorded).run();
        Resumed { record, end }
    }

    /// Deletes what is known of a purchase that has ended, or that ordered nothing and that nobody is at work on. Its key
    /// stays used, and its VPS stays known as bought.
    ///
    /// # Errors
    /// `InvalidInput` where there is no such purchase or it has not ended, else as [`list`](Self::list).
    pub fn forget(self, key: &str) -> Result<(), Error> {
        let key = key.to_owned();
        self.ask(Question::Forget { key }).map(drop)
    }

    fn records(self, open_only: bool) -> Result<Vec<PurchaseRecord>, Error> {
        match self.ask(Question::List { open_only })? {
            Page::Every(records) => Ok(records),
            Page::One(record) => Ok(record.into_iter().collect()),
        }
    }

    fn ask(self, question: Question) -> Result<Page, Error> {
        let client = self.client;
        let session = client.session();
        if session.store.is_none() {
            let reason = "is missing: recorded purchases need a client with one";
            return Err(Error::invalid_input("store", reason));
        }
        let (limits, seed) = (CallOptions::default(), Session::name_seed()?);
        let mut book = Book::open(&session.api, question, limits, seed, client.now())?;
        loop {
            match book.next_step(client.instant()) {
                RecordedStep::Store(request) => {
                    let answer = session.carry_out(&request);
                    book.handle_stored(request.id, answer)
                        .map_err(two_drivers)?;
                }
                RecordedStep::Send { request, .. } => {
                    let reply = client.sender().send(&request);
                    book.handle_reply(request.id, reply, client.instant())
                        .map_err(two_drivers)?;
                }
                RecordedStep::Wait { delay_ms, .. } => {
                    let delay = Duration::from_millis(delay_ms);
                    client.time().sleep(delay, &Stopper::default());
                }
                RecordedStep::Done(end) => return end.cloned().map_err(Clone::clone),
            }
        }
    }
}

/// A purchase that was taken up.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Resumed {
    /// As it was found.
    pub record: PurchaseRecord,
    /// How it ended.
    pub end: Result<crate::Provisioned, Error>,
}
