//! A purchase in hand, beside what the store has of it.

use super::ends;
use crate::clock::Instant;
use crate::error::Error;
use crate::models::{Phase, Provisioned};
use crate::provisioning::Provisioning;
use crate::step::Step;
use crate::store::{PurchaseState, ReceiptSource, Record, Saved, StoreOp};

/// A purchase in hand.
#[derive(Debug)]
pub(super) struct Entry {
    /// What the store has.
    pub record: Record,
    pub purchase: Provisioning,
    /// Until when the order that was announced may begin.
    pub order_until: Option<Instant>,
    /// Whether the store has the end, and holds it no more.
    pub is_let_go: bool,
    /// The end of a purchase that was given up before its own.
    pub given_up: Option<Error>,
}

impl Entry {
    pub fn new(record: Record, purchase: Provisioning) -> Self {
        Self {
            record,
            purchase,
            order_until: None,
            is_let_go: false,
            given_up: None,
        }
    }

    pub fn outcome(&self, now: Instant) -> Option<Result<&Provisioned, &Error>> {
        match &self.given_up {
            Some(error) => Some(Err(error)),
            None => self.purchase.outcome(now),
        }
    }

    /// Whether the order may have been sent, here or by an earlier holder.
    pub fn may_be_ordered(&self) -> bool {
        match self.record.saved.state {
            PurchaseState::Open | PurchaseState::NotOrdered => self.purchase.vps_id().is_some(),
            PurchaseState::Ordered
            | PurchaseState::Bought
            | PurchaseState::Ready
            | PurchaseState::Failed
            | PurchaseState::Unresolved
            | PurchaseState::Forgotten => true,
        }
    }

    /// Notes the VPS, where the store does not have it yet.
    pub fn receipt(&self) -> Option<StoreOp> {
        let vps_id = self.purchase.vps_id()?;
        let is_known = self.record.vps_id.as_ref() == Some(vps_id);
        (!is_known).then(|| StoreOp::Receipt {
            id: self.record.id.clone(),
            vps_id: vps_id.clone(),
            source: if self.purchase.is_recovered() {
                ReceiptSource::Adopted
            } else {
                ReceiptSource::Receipt
            },
        })
    }

    /// Writes how far it has come, where the store does not have that yet.
    pub fn unwritten(&self, now: Instant) -> Option<Saved> {
        let outcome = self.outcome(now);
        let is_bought = self.purchase.vps_id().is_some() && !self.purchase.is_exclusive();
        let saved = &self.record.saved;
        let (state, error) = match outcome.and_then(ends::written) {
            Some(end) => end,
            None if is_bought => (PurchaseState::Bought, None),
            // It ended, and goes on from where the store has it.
            None if outcome.is_some() => (saved.state, None),
            None => return None,
        };
        let is_known = state == saved.state && (outcome.is_none() || self.is_let_go);
        (!is_known).then(|| self.saved(state, error, now))
    }

    /// Announces the order.
    pub fn announced(&self, now: Instant) -> Saved {
        self.saved(PurchaseState::Ordered, None, now)
    }

    /// With the token of the last state, where this one has none.
    fn saved(&self, state: PurchaseState, error: Option<String>, now: Instant) -> Saved {
        let saved = &self.record.saved;
        let token = self.purchase.snapshot(now);
        Saved {
            state,
            attempt: saved.attempt,
            token: token.unwrap_or_else(|| saved.token.clone()),
            error,
        }
    }

    /// Whether its next request is the order.
    pub fn orders_next(&self, now: Instant) -> bool {
        let sends = matches!(self.purchase.wanted(now), Step::Send(_));
        sends && self.purchase.phase() == Phase::Ordering
    }
}
