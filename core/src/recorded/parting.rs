//! What the store is told where nobody drives a purchase any more.
//!
//! 1. A receipt is written first, and a state that was reached.
//! 2. The lease ends at once, so that nobody has to wait for it: with it, everything that the holder holds, the window
//!    too, is free.
//! 3. But not while an order may be on its way: whoever takes over looks for one that can't begin any more, and the
//!    lease is what that look waits for.
//! 4. A store that fails is told nothing more: a lease that is not let go ends by itself.

use super::entry::Entry;
use super::machine::{RecordedPurchase, Stage};
use crate::clock::Instant;
use crate::store::{StoreOp, StoreRequest};

impl RecordedPurchase {
    /// What the store is to be told now that nobody drives this purchase: carry it out, hand its answer in, and ask
    /// again, until there is nothing. It is for the best: without it, others wait until the lease is over.
    ///
    /// The purchase can be driven on afterwards, and takes hold anew.
    pub fn letting_go(&mut self, now: Instant) -> Option<StoreRequest> {
        self.at_work = None;
        // What is under way may be carried out or not.
        if let Some((request, _)) = self.outstanding.take()
            && is_worth_it(&request.op)
        {
            self.outstanding = Some((request.clone(), now));
            return Some(request);
        }
        let op = self.parting(now)?;
        let request = self.operation(op, now);
        self.outstanding = Some((request.clone(), now));
        Some(request)
    }

    fn parting(&self, now: Instant) -> Option<StoreOp> {
        let work = match &self.stage {
            Stage::Working(work) if self.outage.is_none() => work,
            Stage::LettingGo { .. } => return self.letting_go_for_nothing(),
            Stage::Working(_) | Stage::Identifying(_) | Stage::Opening { .. } | Stage::Ended(_) => {
                return None;
            }
        };
        let in_hand = [Some(&work.own), work.other.as_ref()];
        if let Some(receipt) = in_hand.into_iter().flatten().find_map(Entry::receipt) {
            return Some(receipt);
        }
        if self.is_overtaken || self.lease <= now || self.may_be_on_its_way(now) {
            return None;
        }
        let id = work.own.record.id.clone();
        Some(match work.own.unwritten(now) {
            Some(saved) => StoreOp::Save {
                id,
                saved,
                lease_ms: Some(0),
            },
            None => StoreOp::Renew { id, lease_ms: 0 },
        })
    }

    /// Whether the order was handed out, and may begin yet or have its effect.
    fn may_be_on_its_way(&self, now: Instant) -> bool {
        self.on_its_way.is_some_and(|(_, until)| now < until)
    }

    /// Nothing is held any more: whoever drives this on takes hold anew.
    pub(super) fn parted(&mut self, now: Instant) {
        self.lease = self.begun.instant;
        if self.in_window {
            self.window_lost(now);
        }
        if let Stage::Working(work) = &mut self.stage {
            work.own.order_until = None;
        }
    }
}

/// Whether an operation whose answer is not known is asked for once more.
fn is_worth_it(op: &StoreOp) -> bool {
    match op {
        // Its answer says what is held.
        StoreOp::Open { .. } | StoreOp::Receipt { .. } => true,
        StoreOp::Save { lease_ms, .. } => lease_ms.is_none() || op.ends_lease(),
        StoreOp::Renew { .. } => op.ends_lease(),
        StoreOp::Enter { .. } | StoreOp::Leave | StoreOp::List { .. } => false,
    }
}
