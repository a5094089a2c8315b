//! The purchases that a client's store records.

use stablevps_core::error::{Error, ErrorKind};
use stablevps_core::store::{
    Find, HeldBy, PurchaseState, Record, Saved, StoreOp, StoreReply, StoreRequest,
};

use crate::client::blocking::Client;
use crate::client::provision::{ProvisionBuilder, Recorded};
use crate::client::session::Session;

/// How long a purchase is held in order to forget it, in milliseconds.
const FORGETTING_MS: u64 = 10_000;

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
    pub fn list(self) -> Result<Vec<Record>, Error> {
        self.records(false)
    }

    /// The purchase of that idempotency key, if there is one.
    ///
    /// # Errors
    /// As [`list`](Self::list).
    pub fn get(self, key: &str) -> Result<Option<Record>, Error> {
        let records = self.records(false)?;
        let is_it = |record: &Record| record.key.as_deref() == Some(key);
        Ok(records.into_iter().find(is_it))
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
            |record: &Record| !matches!(record.saved.state, PurchaseState::NotOrdered);
        let open = records.into_iter().filter(may_be_ordered);
        Ok(open.map(|record| self.resumed(record)).collect())
    }

    fn resumed(self, record: Record) -> Resumed {
        let recorded = Recorded::new(Find::Id(record.id.clone()));
        let end = ProvisionBuilder::new(self.client.clone(), recorded).run();
        Resumed { record, end }
    }

    /// Deletes what is known of a purchase that has ended. Its key stays used, and its VPS stays known as bought.
    ///
    /// # Errors
    /// `InvalidInput` where there is no such purchase or it has not ended, else as [`list`](Self::list).
    pub fn forget(self, key: &str) -> Result<(), Error> {
        let refused = |reason| Err(Error::invalid_input("idempotency_key", reason));
        let account = self.account()?;
        let open = StoreOp::Open {
            find: Find::Key(key.to_owned()),
            insert: None,
            lease_ms: FORGETTING_MS,
        };
        let StoreReply::Opened { record, held } = self.carry_out(&account, open)? else {
            return Err(unfit());
        };
        let Some(record) = record else {
            return refused("is not known to the store");
        };
        let has_ended = match (record.saved.state, held) {
            (PurchaseState::NotOrdered, HeldBy::Us) => true,
            (state, _) => state.is_final(),
        };
        if !has_ended {
            return refused("belongs to a purchase that has not ended");
        }
        let saved = Saved {
            state: PurchaseState::Forgotten,
            token: String::new(),
            error: None,
            ..record.saved
        };
        let (id, lease_ms) = (record.id, None);
        self.carry_out(
            &account,
            StoreOp::Save {
                id,
                saved,
                lease_ms,
            },
        )?;
        Ok(())
    }

    fn records(self, open_only: bool) -> Result<Vec<Record>, Error> {
        let account = self.account()?;
        match self.carry_out(&account, StoreOp::List { open_only })? {
            StoreReply::Listed { records } => Ok(records),
            _ => Err(unfit()),
        }
    }

    fn account(self) -> Result<String, Error> {
        let session = self.client.session();
        if session.store.is_none() {
            let reason = "is missing: recorded purchases need a client with one";
            return Err(Error::invalid_input("store", reason));
        }
        let account = self.client.account().get()?;
        Ok(session.api.account_in_store(&account.id))
    }

    fn carry_out(self, account: &str, op: StoreOp) -> Result<StoreReply, Error> {
        let session = self.client.session();
        let request = StoreRequest {
            id: 1,
            account: account.to_owned(),
            holder: format!("{:016x}", Session::name_seed()?),
            op,
            now: None,
        };
        let answer = session.carry_out(&request, self.client.time().now());
        answer.map_err(|failure| {
            let detail = failure.detail;
            Error::new(ErrorKind::Store { detail })
        })
    }
}

/// A purchase that was taken up.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Resumed {
    /// As it was found.
    pub record: Record,
    /// How it ended.
    pub end: Result<crate::Provisioned, Error>,
}

fn unfit() -> Error {
    let detail = "the store's answer is to something else".to_owned();
    Error::new(ErrorKind::Store { detail })
}
