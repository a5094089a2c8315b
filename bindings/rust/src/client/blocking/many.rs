//! Several purchases under way.

use std::collections::BTreeMap;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::mpsc;
use std::thread;

use stablevps_core::error::Error;
use stablevps_core::models::{BatchProgress, Provisioned};

use super::{Client, Purchase};
use crate::client::many::{Bought, Group, ManyBuilder, Queue};
use crate::client::provision::{Buy, ProvisionBuilder};
use crate::client::stop::Stopper;

/// Several purchases: an iterator that gives each as it ends. Each that is under way has a thread.
///
/// Orders are begun while it is asked for the next end. Who drops it stops waiting, and an order that was sent stays
/// sent: [`stop`](Self::stop) gives the tokens with which any process can go on.
pub struct Purchases {
    queue: Queue<Client>,
    under_way: BTreeMap<usize, Stopper>,
    tell: mpsc::Sender<Told>,
    told: mpsc::Receiver<Told>,
    stopper: Stopper,
}

/// What the iterator is told.
enum Told {
    /// By a thread at its end: what the purchase came to, or the panic of a function of the user's.
    Ended(usize, Box<End>),
    /// Nobody wants to wait any longer.
    Stopped,
}

type End = thread::Result<Result<Provisioned, Error>>;

impl Purchases {
    /// How far all of them are.
    #[must_use]
    pub fn progress(&self) -> BatchProgress {
        self.queue.progress()
    }

    /// From where each purchase can be taken up again that has begun and whose VPS was not given yet, by its order's
    /// place.
    #[must_use]
    pub fn tokens(&self) -> BTreeMap<usize, String> {
        self.queue.group.tokens()
    }

    /// What stops all of them from elsewhere: then no more orders begin, and each that is under way ends with an error
    /// that carries its token. An order that is on its way is waited for.
    #[must_use]
    pub fn stopper(&self) -> Stopper {
        self.stopper.clone()
    }

    /// Begins no more orders, stops waiting, and gives the [`tokens`](Self::tokens). An order that is on its way is
    /// waited for.
    #[must_use = "with the tokens any process can go on"]
    pub fn stop(mut self) -> BTreeMap<usize, String> {
        self.stop_all();
        while !self.under_way.is_empty() {
            let Ok(told) = self.told.recv() else {
                break;
            };
            if let Told::Ended(index, _) = told {
                self.under_way.remove(&index);
            }
        }
        self.queue.group.tokens()
    }

    fn stop_all(&self) {
        self.stopper.stop();
        self.stop_each();
    }

    fn stop_each(&self) {
        self.under_way.values().for_each(Stopper::stop);
    }

    /// Begins as many as may be under way. Gives the end of one that can't begin.
    fn begin_more(&mut self) -> Option<Bought> {
        while !self.stopper.is_stopped() {
            let (index, order) = self.queue.next(self.under_way.len())?;
            if let Err(error) = self.begin(index, order) {
                let end = Err(error);
                return Some(Bought { index, end });
            }
        }
        None
    }

    fn given(&self, index: usize, end: End) -> Bought {
        match end {
            Ok(end) => self.queue.group.given(index, end),
            Err(panic) => {
                self.stop_all();
                resume_unwind(panic)
            }
        }
    }

    fn begin(&mut self, index: usize, order: ProvisionBuilder<Client, Buy>) -> Result<(), Error> {
        let mut purchase = order.begin_in(&self.queue.group)?;
        let (group, tell) = (self.queue.group.clone(), self.tell.clone());
        self.under_way.insert(index, purchase.stopper());
        let work = move || {
            let run = AssertUnwindSafe(|| run(&mut purchase, &group, index));
            let end = catch_unwind(run);
            // Nobody hears it where the iterator was dropped.
            let _ = tell.send(Told::Ended(index, Box::new(end)));
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
        while !self.under_way.is_empty() {
            match self.told.recv().ok()? {
                Told::Stopped => self.stop_each(),
                Told::Ended(index, end) => {
                    self.under_way.remove(&index);
                    return Some(self.given(index, *end));
                }
            }
        }
        None
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
            .field("begun", &self.queue.begun())
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
        let queue = Queue::of(self)?;
        let (tell, told) = mpsc::channel();
        let wake = tell.clone();
        // Nobody hears it where the iterator was dropped.
        let stopper = Stopper::that(move || drop(wake.send(Told::Stopped)));
        Ok(Purchases {
            queue,
            under_way: BTreeMap::new(),
            tell,
            told,
            stopper,
        })
    }
}
