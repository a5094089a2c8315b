//! The one way to a machine, and a machine in its host's hands.

use std::ops::{Deref, DerefMut};

use super::any_machine::AnyMachine;
use crate::batch::{Batch, Seat};
use crate::clock::{Instant, Now};
use crate::config::{Api, CallOptions};
use crate::endpoint::Endpoint;
use crate::endpoints::{ListVps, ListVpsVerbatim};
use crate::error::Error;
use crate::models::Progress;
use crate::recorded::{Book, Question};
use crate::request::{Answer, Begin, Purchase, Recorded, Request};
use crate::watch::{Watch, WatchOptions};

/// A machine in its host's hands. In a batch, it tells that how far it is with each step.
pub struct Machine {
    machine: Box<dyn AnyMachine>,
    /// Its place among orders that are bought together.
    seat: Option<Seat>,
}

impl Machine {
    pub(super) fn new(machine: Box<dyn AnyMachine>, seat: Option<Seat>) -> Self {
        Self { machine, seat }
    }

    /// How far a purchase is, for its next step, and for its batch.
    pub(super) fn progress_to_tell(&self, now: Instant) -> Option<Progress> {
        let progress = self.machine.progress(now);
        if let (Some(seat), Some(progress)) = (&self.seat, &progress) {
            seat.note(progress, now);
        }
        progress
    }

    /// How far a purchase is, for its batch alone: its host is told nothing of this step.
    pub(super) fn progress_in_batch(&self, now: Instant) {
        if self.seat.is_some() {
            self.progress_to_tell(now);
        }
    }

    /// The end, which its batch is told, too.
    pub(super) fn end_to_tell(&self, now: Instant) -> Option<Result<&dyn Answer, &Error>> {
        let outcome = self.machine.outcome(now)?;
        if let Some(seat) = &self.seat {
            seat.end(outcome.is_ok());
        }
        Some(outcome)
    }
}

impl Deref for Machine {
    type Target = dyn AnyMachine;

    fn deref(&self) -> &Self::Target {
        self.machine.as_ref()
    }
}

impl DerefMut for Machine {
    fn deref_mut(&mut self) -> &mut Self::Target {
        self.machine.as_mut()
    }
}

/// In which form a host takes a listing of VPS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListingForm {
    /// As rows.
    Rows,
    /// As the body of the reply, where that is in canonical form.
    Verbatim,
}

/// What a machine's random choices begin with.
#[derive(Clone, Copy, Debug)]
pub struct Seeds {
    /// Spreads its requests in time.
    pub jitter: u64,
    /// Names a recorded purchase, and who is at work on it: like no other, in a forked process either. Nothing that
    /// asks a store begins without.
    pub names: Option<u64>,
}

impl Seeds {
    fn names(self) -> Result<u64, Error> {
        let missing = || Error::invalid_input("names", "must be given for what asks a store");
        self.names.ok_or_else(missing)
    }
}

/// Where a machine begins.
#[derive(Clone, Copy, Debug)]
pub enum Origin<'a> {
    /// At an account.
    Account(&'a Api),
    /// Among orders of an account that are bought together.
    Batch(&'a Batch),
}

impl<'a> Origin<'a> {
    fn api(self) -> &'a Api {
        match self {
            Self::Account(api) => api,
            Self::Batch(batch) => batch.api(),
        }
    }

    fn seat(self, now: Instant) -> Option<Seat> {
        match self {
            Self::Account(_) => None,
            Self::Batch(batch) => Some(batch.seat(now)),
        }
    }
}

impl<'a> From<&'a Api> for Origin<'a> {
    fn from(api: &'a Api) -> Self {
        Self::Account(api)
    }
}

impl<'a> From<&'a Batch> for Origin<'a> {
    fn from(batch: &'a Batch) -> Self {
        Self::Batch(batch)
    }
}

/// The machine of a request.
///
/// # Errors
/// `InvalidInput` for arguments that can't be used, `StaleToken` for a token that can't.
pub fn begin<'a>(
    origin: impl Into<Origin<'a>>,
    request: Request,
    options: CallOptions,
    form: ListingForm,
    seeds: Seeds,
    begun: Now,
) -> Result<Machine, Error> {
    let origin = origin.into();
    let machine = request.begin(&Machines {
        api: origin.api(),
        options,
        form,
        seeds,
        begun,
    })?;
    Ok(Machine::new(machine, origin.seat(begun.instant)))
}

/// What every machine begins with.
struct Machines<'a> {
    api: &'a Api,
    options: CallOptions,
    form: ListingForm,
    seeds: Seeds,
    begun: Now,
}

impl Begin for Machines<'_> {
    type Begun = Box<dyn AnyMachine>;

    fn call<E>(&self, endpoint: E) -> Result<Self::Begun, Error>
    where
        E: Endpoint<Output: Answer + Send> + Send + 'static,
    {
        let call = self
            .api
            .call(endpoint, self.options, self.seeds.jitter, self.begun)?;
        Ok(Box::new(call))
    }

    fn list_vps(&self) -> Result<Self::Begun, Error> {
        match self.form {
            ListingForm::Rows => self.call(ListVps),
            ListingForm::Verbatim => self.call(ListVpsVerbatim),
        }
    }

    fn purchase(
        &self,
        purchase: impl FnOnce(&Api, u64, Now) -> Purchase,
    ) -> Result<Self::Begun, Error> {
        let purchase = purchase(self.api, self.seeds.jitter, self.begun)?;
        Ok(Box::new(purchase))
    }

    fn recorded(
        &self,
        purchase: impl FnOnce(&Api, u64, Now) -> Recorded,
    ) -> Result<Self::Begun, Error> {
        if cfg!(not(feature = "stores")) {
            return Err(no_stores());
        }
        let purchase = purchase(self.api, self.seeds.names()?, self.begun)?;
        Ok(Box::new(purchase))
    }

    fn watch(&self, options: &WatchOptions) -> Result<Self::Begun, Error> {
        let watch = Watch::new(self.api, options, self.seeds.jitter, self.begun)?;
        Ok(Box::new(watch))
    }

    fn book(&self, question: Question) -> Result<Self::Begun, Error> {
        if cfg!(not(feature = "stores")) {
            return Err(no_stores());
        }
        let (options, names) = (self.options, self.seeds.names()?);
        let book = Book::open(self.api, question, options, names, self.begun)?;
        Ok(Box::new(book))
    }
}

fn no_stores() -> Error {
    Error::invalid_input("store", "can't be used with this build of the core")
}
