//! The store's rules as code, in memory: what every other store is compared with.

use std::collections::HashMap;

use super::{
    Find, HeldBy, NewPurchase, PurchaseState, ReceiptSource, Record, Saved, StoreOp, StoreReply,
    StoreRequest,
};
use crate::clock::Instant;
use crate::ids::VpsId;

/// A store that lasts as long as the process. Its clock is the caller's.
#[derive(Clone, Debug, Default)]
pub struct MemoryStore {
    accounts: HashMap<String, Account>,
}

#[derive(Clone, Debug, Default)]
struct Account {
    /// The oldest first.
    purchases: Vec<Row>,
    /// Until when each holder's lease runs.
    leases: HashMap<String, Instant>,
    /// Who is inside the window.
    window: Option<String>,
    receipts: HashMap<VpsId, (String, ReceiptSource)>,
}

#[derive(Clone, Debug)]
struct Row {
    id: String,
    key: Option<String>,
    order: super::RecordedOrder,
    saved: Saved,
    holder: Option<String>,
}

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Carries an operation out. `now` is the store's clock, unless the request has a time of its own.
    pub fn carry_out(&mut self, request: &StoreRequest, now: Instant) -> StoreReply {
        let now = request.now.map_or(now, Instant::from_millis);
        let account = self.accounts.entry(request.account.clone()).or_default();
        account.carry_out(&request.holder, &request.op, now)
    }
}

impl Account {
    fn carry_out(&mut self, holder: &str, op: &StoreOp, now: Instant) -> StoreReply {
        match op {
            StoreOp::Open {
                find,
                insert,
                lease_ms,
            } => self.open(holder, find, insert.as_ref(), now.plus_ms(*lease_ms), now),
            StoreOp::Save {
                id,
                saved,
                lease_ms,
            } => self.save(holder, id, saved, lease_ms.map(|lease| now.plus_ms(lease))),
            StoreOp::Receipt { id, vps_id, source } => self.receipt(holder, id, vps_id, *source),
            StoreOp::Renew { id, lease_ms } => {
                if !self.is_held(id, holder) {
                    return StoreReply::Lost;
                }
                self.lease(holder, now.plus_ms(*lease_ms));
                self.held(id, holder)
            }
            StoreOp::Enter { id, lease_ms } => self.enter(holder, id, now.plus_ms(*lease_ms), now),
            StoreOp::Leave => {
                if self.window.as_deref() == Some(holder) {
                    self.window = None;
                }
                StoreReply::Left
            }
            StoreOp::List { open_only, find } => {
                let is_wanted = |row: &Row| {
                    let is_left_out = *open_only && row.saved.state.is_final();
                    !is_left_out && find.as_ref().is_none_or(|find| row.is(find))
                };
                let records = self.records(is_wanted);
                StoreReply::Listed { records }
            }
        }
    }

    fn open(
        &mut self,
        holder: &str,
        find: &Find,
        insert: Option<&NewPurchase>,
        until: Instant,
        now: Instant,
    ) -> StoreReply {
        let is_free = |new: &&NewPurchase| {
            let has = |row: &Row| row.id == new.id || new.key.is_some() && row.key == new.key;
            !self.purchases.iter().any(has)
        };
        if let Some(new) = insert.filter(is_free).cloned() {
            self.purchases.push(Row::new(new));
        }
        let Some(row) = self.found(find) else {
            return StoreReply::Opened {
                record: None,
                held: HeldBy::Nobody,
            };
        };
        let record = self.record(row);
        let is_inside = self.window.as_deref() == Some(holder);
        let settles = is_inside && row.saved.state == PurchaseState::Ordered;
        let other = row.holder.clone().filter(|other| *other != holder);
        let left_ms = other.as_deref().map_or(0, |other| self.left_ms(other, now));
        let held = if row.saved.state.is_final() {
            HeldBy::Nobody
        } else if left_ms > 0 && !settles {
            HeldBy::Other {
                left_ms,
                holder: other,
            }
        } else {
            self.hold(&record.id, Some(holder));
            self.lease(holder, until);
            HeldBy::Us
        };
        let record = Some(Box::new(record));
        StoreReply::Opened { record, held }
    }

    fn save(
        &mut self,
        holder: &str,
        id: &str,
        saved: &Saved,
        until: Option<Instant>,
    ) -> StoreReply {
        if !self.is_held(id, holder) && !self.is_forgettable(id, saved) {
            return StoreReply::Lost;
        }
        if saved.state == PurchaseState::Ordered && self.window.as_deref() != Some(holder) {
            return StoreReply::OutOfWindow;
        }
        if let Some(row) = self.purchases.iter_mut().find(|row| row.id == id) {
            row.saved.clone_from(saved);
        }
        match until {
            Some(until) => self.lease(holder, until),
            None => self.hold(id, None),
        }
        self.held(id, holder)
    }

    fn receipt(
        &mut self,
        holder: &str,
        id: &str,
        vps_id: &VpsId,
        source: ReceiptSource,
    ) -> StoreReply {
        let known = self.receipts.get(vps_id);
        let is_new = match source {
            ReceiptSource::Receipt => !matches!(known, Some((_, ReceiptSource::Receipt))),
            ReceiptSource::Adopted if !self.is_held(id, holder) => return StoreReply::Lost,
            ReceiptSource::Adopted => known.is_none(),
        };
        if is_new {
            let owner = (id.to_owned(), source);
            self.receipts.insert(vps_id.clone(), owner);
        }
        let owner = self.receipts.get(vps_id);
        let id = owner.map_or_else(String::new, |(owner, _)| owner.clone());
        let mut others = self.every_vps_of(&id);
        others.retain(|other| other != vps_id);
        StoreReply::Owner { id, others }
    }

    fn enter(&mut self, holder: &str, id: &str, until: Instant, now: Instant) -> StoreReply {
        if !self.is_held(id, holder) {
            return StoreReply::Lost;
        }
        let other = self.window.as_deref().filter(|other| *other != holder);
        let left_ms = other.map_or(0, |other| self.left_ms(other, now));
        if left_ms > 0 {
            return StoreReply::Busy { left_ms };
        }
        self.window = Some(holder.to_owned());
        self.lease(holder, until);
        let is_ordered = |row: &Row| row.saved.state == PurchaseState::Ordered && row.id != id;
        let unfinished = self.records(is_ordered);
        StoreReply::Entered { unfinished }
    }

    fn found(&self, find: &Find) -> Option<&Row> {
        self.purchases.iter().find(|row| row.is(find))
    }

    fn is_held(&self, id: &str, holder: &str) -> bool {
        let row = self.purchases.iter().find(|row| row.id == id);
        row.and_then(|row| row.holder.as_deref()) == Some(holder)
    }

    /// Whether a purchase that nobody holds any more is only to be forgotten.
    fn is_forgettable(&self, id: &str, saved: &Saved) -> bool {
        let row = self.purchases.iter().find(|row| row.id == id);
        let has_ended = row.is_some_and(|row| row.saved.state.is_final());
        has_ended && saved.state == PurchaseState::Forgotten
    }

    fn held(&self, id: &str, holder: &str) -> StoreReply {
        let mut vps = self.every_vps_of(id).into_iter();
        StoreReply::Held {
            vps_id: vps.next(),
            others: vps.collect(),
            in_window: self.window.as_deref() == Some(holder),
        }
    }

    fn hold(&mut self, id: &str, holder: Option<&str>) {
        if let Some(row) = self.purchases.iter_mut().find(|row| row.id == id) {
            row.holder = holder.map(str::to_owned);
        }
    }

    fn lease(&mut self, holder: &str, until: Instant) {
        self.leases.insert(holder.to_owned(), until);
    }

    fn left_ms(&self, holder: &str, now: Instant) -> u64 {
        let until = self.leases.get(holder);
        until.map_or(0, |until| until.since_ms(now))
    }

    /// In the order of their ids.
    fn every_vps_of(&self, id: &str) -> Vec<VpsId> {
        let of_it = self.receipts.iter().filter(|(_, (owner, _))| owner == id);
        let mut ids: Vec<VpsId> = of_it.map(|(vps_id, _)| vps_id.clone()).collect();
        ids.sort_unstable();
        ids
    }

    fn records(&self, is_wanted: impl Fn(&Row) -> bool) -> Vec<Record> {
        let rows = self.purchases.iter().filter(|row| is_wanted(row));
        rows.map(|row| self.record(row)).collect()
    }

    fn record(&self, row: &Row) -> Record {
        let mut vps = self.every_vps_of(&row.id).into_iter();
        Record {
            id: row.id.clone(),
            key: row.key.clone(),
            order: row.order.clone(),
            saved: row.saved.clone(),
            vps_id: vps.next(),
            others: vps.collect(),
        }
    }
}

impl Row {
    fn is(&self, find: &Find) -> bool {
        match find {
            Find::Key(key) => self.key.as_ref() == Some(key),
            Find::Id(id) => self.id == *id,
        }
    }

    fn new(purchase: NewPurchase) -> Self {
        Self {
            id: purchase.id,
            key: purchase.key,
            order: purchase.order,
            saved: Saved {
                state: PurchaseState::Open,
                attempt: 1,
                token: purchase.token,
                error: None,
            },
            holder: None,
        }
    }
}
