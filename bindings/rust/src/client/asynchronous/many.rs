//! Several purchases under way.

use std::collections::BTreeMap;
use std::fmt;
use std::future::{poll_fn, ready};
use std::panic::resume_unwind;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use stablevps_core::error::Error;
use stablevps_core::models::{BatchProgress, Provisioned};
use tokio::task::JoinSet;

use super::{AsyncClient, AsyncPurchase};
use crate::client::many::{Bought, Group, ManyBuilder, Queue};

/// Several purchases: a stream, for tokio, that gives each as it ends. Each that is under way has a task.
///
/// Orders are begun while it is polled. Who drops it stops waiting, and an order that was sent stays sent: take the
/// [`tokens`](Self::tokens) first, or keep those that `on_progress` is called with.
pub struct AsyncPurchases {
    queue: Queue<AsyncClient>,
    under_way: JoinSet<(usize, Result<Provisioned, Error>)>,
}

impl AsyncPurchases {
    /// The next end; nothing after the last. The future may be dropped: no end is lost.
    pub async fn next(&mut self) -> Option<Bought> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

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

    /// Begins as many as may be under way. Gives the end of one that can't begin.
    fn begin_more(&mut self) -> Option<Bought> {
        while let Some((index, order)) = self.queue.next(self.under_way.len()) {
            let mut purchase = match order.begin_in(&self.queue.group) {
                Ok(purchase) => purchase,
                Err(error) => {
                    let end = Err(error);
                    return Some(Bought { index, end });
                }
            };
            let group = self.queue.group.clone();
            self.under_way
                .spawn(async move { (index, run(&mut purchase, &group, index).await) });
        }
        None
    }
}

async fn run(
    purchase: &mut AsyncPurchase,
    group: &Group,
    index: usize,
) -> Result<Provisioned, Error> {
    let client = purchase.client().clone();
    let note = |progress| {
        group.note(index, &progress, client.instant());
        ready(())
    };
    purchase.run(note).await
}

impl Stream for AsyncPurchases {
    type Item = Bought;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Bought>> {
        let purchases = self.get_mut();
        if let Some(refused) = purchases.begin_more() {
            return Poll::Ready(Some(refused));
        }
        match purchases.under_way.poll_join_next(context) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(None) => Poll::Ready(None),
            Poll::Ready(Some(Ok((index, end)))) => {
                Poll::Ready(Some(purchases.queue.group.given(index, end)))
            }
            Poll::Ready(Some(Err(error))) => match error.try_into_panic() {
                // The panic of a function of the user's.
                Ok(panic) => resume_unwind(panic),
                // The runtime is shut down.
                Err(_) => Poll::Ready(None),
            },
        }
    }
}

impl fmt::Debug for AsyncPurchases {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AsyncPurchases")
            .field("begun", &self.queue.begun())
            .field("under_way", &self.under_way.len())
            .finish_non_exhaustive()
    }
}

impl ManyBuilder<AsyncClient> {
    /// Checks the options, and sends nothing.
    ///
    /// # Errors
    /// `InvalidInput` for a limit that is no amount, or a number out of range.
    pub fn begin(self) -> Result<AsyncPurchases, Error> {
        Ok(AsyncPurchases {
            queue: Queue::of(self)?,
            under_way: JoinSet::new(),
        })
    }
}
