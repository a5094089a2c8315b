//! Several purchases together, before they begin.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use stablevps_core::batch::{Batch, BatchOptions};
use stablevps_core::clock::Instant;
use stablevps_core::error::Error;
use stablevps_core::models::{BatchProgress, Progress, Provisioned};

use crate::client::driver::Host;
use crate::client::provision::{Buy, ProvisionBuilder};
use crate::client::session::Session;

/// What is called with the progress of one and of all.
type OnProgress = dyn Fn(usize, &Progress, &BatchProgress) + Send + Sync;

/// Orders, as they are asked for.
pub(crate) type Orders<C> = Box<dyn Iterator<Item = ProvisionBuilder<C, Buy>> + Send>;

/// Several purchases that are to be made, of [`provision_many`](crate::VpsResource::provision_many).
#[must_use = "nothing is bought before `begin`"]
pub struct ManyBuilder<C> {
    client: C,
    orders: Orders<C>,
    options: BatchOptions,
    on_progress: Option<Arc<OnProgress>>,
}

impl<C> ManyBuilder<C> {
    pub(crate) fn new(client: C, orders: Orders<C>) -> Self {
        Self {
            client,
            orders,
            options: BatchOptions::default(),
            on_progress: None,
        }
    }

    /// The most that may be spent on all of them, in EUR, rounded to the cent: whatever is written as a decimal
    /// number. An order that does not fit into what is left ends in `OverBudget`, before it is sent; those after it are
    /// tried. Default: no limit.
    pub fn max_spend(mut self, most: impl fmt::Display) -> Self {
        self.options.max_spend = Some(most.to_string());
        self
    }

    /// How many are under way at once: from 1 to 10,000. Default 100. Orders of an account go one at a time in any
    /// case; the waiting is done together.
    pub fn at_once(mut self, purchases: u32) -> Self {
        self.options.at_once = purchases.into();
        self
    }

    /// A function that is called before every request and every pause of each purchase, in whatever thread: with the
    /// order's place, its progress, and that of all. Keep the progress's token: with it any process can go on.
    pub fn on_progress<F>(mut self, on_progress: F) -> Self
    where
        F: Fn(usize, &Progress, &BatchProgress) + Send + Sync + 'static,
    {
        self.on_progress = Some(Arc::new(on_progress));
        self
    }

    fn group(&self, session: &Session) -> Result<Group, Error> {
        let batch = Batch::new(&session.api, &self.options)?;
        Ok(Group {
            session: Arc::new(session.within(&batch)),
            batch,
            tokens: Arc::default(),
            on_progress: self.on_progress.clone(),
        })
    }
}

/// Orders that begin one after the other, as there is room.
pub(crate) struct Queue<C> {
    client: C,
    orders: Orders<C>,
    pub group: Group,
    begun: usize,
}

impl<C: Host> Queue<C> {
    /// Checks the options, and begins nothing.
    pub fn of(many: ManyBuilder<C>) -> Result<Self, Error> {
        let group = many.group(many.client.session())?;
        Ok(Self {
            client: many.client,
            orders: many.orders,
            group,
            begun: 0,
        })
    }

    /// How far all of them are.
    pub fn progress(&self) -> BatchProgress {
        self.group.batch.progress(self.client.instant())
    }

    /// The next order with its place, if one more may be under way.
    pub fn next(&mut self, under_way: usize) -> Option<(usize, ProvisionBuilder<C, Buy>)> {
        let at_once = usize::try_from(self.group.batch.at_once()).unwrap_or(usize::MAX);
        if under_way >= at_once {
            return None;
        }
        let order = self.orders.next()?;
        let index = self.begun;
        self.begun = self.begun.saturating_add(1);
        Some((index, order))
    }

    /// How many have begun.
    pub fn begun(&self) -> usize {
        self.begun
    }
}

impl<C> fmt::Debug for ManyBuilder<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ManyBuilder").field(&self.options).finish()
    }
}

/// An order of several, and how it ended.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Bought {
    /// Its place among the orders, from 0.
    pub index: usize,
    /// The VPS, or the error, with its token where there is something to resume.
    pub end: Result<Provisioned, Error>,
}

/// What the purchases have together.
#[derive(Clone)]
pub(crate) struct Group {
    pub session: Arc<Session>,
    pub batch: Batch,
    tokens: Arc<Mutex<BTreeMap<usize, String>>>,
    on_progress: Option<Arc<OnProgress>>,
}

impl Group {
    /// Notes how far a purchase is, and tells it.
    pub fn note(&self, index: usize, progress: &Progress, now: Instant) {
        if let Some(token) = &progress.token {
            self.lock().insert(index, token.clone());
        }
        if let Some(on_progress) = &self.on_progress {
            on_progress(index, progress, &self.batch.progress(now));
        }
    }

    /// The end of a purchase is given to the user: only from then on is nothing left to resume but what its error says.
    pub fn given(&self, index: usize, end: Result<Provisioned, Error>) -> Bought {
        match end.as_ref().err().and_then(Error::token) {
            Some(token) => self.lock().insert(index, token.to_owned()),
            None => self.lock().remove(&index),
        };
        Bought { index, end }
    }

    /// From where each purchase can be taken up again that has begun and whose VPS was not given.
    pub fn tokens(&self) -> BTreeMap<usize, String> {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<usize, String>> {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
