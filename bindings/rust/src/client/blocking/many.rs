//! Several purchases under way.

use std::collections::BTreeMap;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::mpsc;
use std::thread;

use stablevps_core::error::Error;
use stablevps_core::models::{BatchProgress, Provisioned};

use super::{Client, Purchase};
use crate::client::many::{Bought, Group, ManyBuilder, Orders};
use crate::client::provision::{Buy, ProvisionBuilder};
use crate::client::stop::Stopper;

/// Several purchases: an iterator that gives each as it ends. Each that is under way has a thread.
///
/// Orders are begun while it is asked for the next end. Who drops it stops waiting, and an order that was sent stays
/// sent: [`stop`](Self::stop) gives the tokens with which any process can go on.
pub struct Purchases {
    client: Client,
    orders: Orders<Client>,
    group: Group,
    begun: usize,
    under_way: BTreeMap<usize, Stopper>,
    tell: mpsc::Sender<Told>,
    told: mpsc::Receiver<Told>,
    is_stopped: bool,
}

/// What a thread tells at its end: what the purchase came to, or the panic of a function of the user's.
type Told = (usize, thread::Result<Result<Provisioned, Error>>);

impl Purchases {
    /// How far all of them are.
    #[must_use]
    pub fn progress(&self) -> BatchProgress {
        self.group.batch.progress(self.client.instant())
    }

    /// From where each purchase can be taken up again that has begun and whose VPS was not given yet, by its order's
    /// place.
    #[must_use]
    pub fn tokens(&self) -> BTreeMap<usize, String> {
        self.group.tokens()
    }

    /// Begins no more orders, stops waiting, and gives the [`tokens`](Self::tokens). An order that is on its way is
    /// waited for.
    #[must_use = "with the tokens any process can go on"]
    pub fn stop(mut self) -> BTreeMap<usize, String> {
        self.stop_all();
        while !self.under_way.is_empty() {
            let Ok((index, _)) = self.told.recv() else {
                break;
            };
            self.under_way.remove(&index);
        }
        self.group.tokens()
    }

    fn stop_all(&mut self) {
        self.is_stopped = true;
        self.under_way.values().for_each(Stopper::stop);
    }

    /// Begins as many as may be under way. Gives the end of one that can't begin.
    fn begin_more(&mut self) -> Option<Bought> {
        let at_once = usize::try_from(self.group.batch.at_once()).unwrap_or(usize::MAX);
        while !self.is_stopped && self.under_way.len() < at_once {
            let order = self.orders.next()?;
            let index = self.begun;
            self.begun = self.begun.saturating_add(1);
            if let Err(error) = self.begin(index, order) {
                let end = Err(error);
                return Some(Bought { index, end });
            }
        }
        None
    }

    fn begin(&mut self, index: usize, order: ProvisionBuilder<Client, Buy>) -> Result<(), Error> {
        let mut purchase = order.begin_in(&self.group)?;
        let (group, tell) = (self.group.clone(), self.tell.clone());
        self.under_way.insert(index, purchase.stopper());
        let work = move || {
            let run = AssertUnwindSafe(|| run(&mut purchase, &group, index));
            let end = catch_unwind(run);
            // Nobody hears it where the iterator was dropped.
            let _ = tell.send((index, end));
        };
        let spawned = thread::Builder::new().spawn(work);
        spawned.map(drop).map_err(|error| {
            self.under_way.remove(&index);
            Error::invalid_input(
                "at_once",
                format!("is more than there are threads: {error}"),
            )
        })
    }
}

fn run(purchase: &mut Purchase, group: &Group, index: usize) -> Result<Provisioned, Error> {
    let client = purchase.client().clone();
    purchase.run(|progress| group.note(index, progress, client.instant()))
}

impl Iterator for Purchases {
    type Item = Bought;

    fn next(&mut self) -> Option<Bought> {
        if let Some(refused) = self.begin_more() {
            return Some(refused);
        }
        if self.under_way.is_empty() {
            return None;
        }
        let (index, end) = self.told.recv().ok()?;
        self.under_way.remove(&index);
        match end {
            Ok(end) => Some(self.group.given(index, end)),
            Err(panic) => {
                self.stop_all();
                resume_unwind(panic)
            }
        }
    }
}

impl Drop for Purchases {
    fn drop(&mut self) {
        self.stop_all();
    }
}

impl fmt::Debug for Purchases {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Purchases")
            .field("begun", &self.begun)
            .field("under_way", &self.under_way.len())
            .finish_non_exhaustive()
    }
}

impl ManyBuilder<Client> {
    /// Checks the options, and sends nothing.
    ///
    /// # Errors
    /// `InvalidInput` for a limit that is no amount, or a number out of range.
    pub fn begin(self) -> Result<Purchases, Error> {
        let group = self.group(self.client.session())?;
        let (tell, told) = mpsc::channel();
        Ok(Purchases {
            client: self.client,
            orders: self.orders,
            group,
            begun: 0,
            under_way: BTreeMap::new(),
            tell,
            told,
            is_stopped: false,
        })
    }
}
