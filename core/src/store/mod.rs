//! What a store of purchases does: seven operations, each one transaction.
//!
//! A store decides nothing. The rules stand in [`recorded`](crate::recorded); a store keeps rows, compares and
//! sets, and measures leases by its own clock, which is the only clock that all processes share.
//!
//! A *purchase* is a row: its order, how far it has come, its token. A *holder* is one machine at work; what it
//! holds is covered by one lease of its own. The *window* of an account is held by at most one holder: who
//! orders, or looks for a lost order, is inside. A *receipt* says which purchase a VPS belongs to; a VPS has one.
//!
//! Every operation may be repeated when its reply was lost.

mod memory;
pub mod postgres;
pub mod sqlite;

pub use memory::MemoryStore;

use serde::{Deserialize, Serialize};

use crate::ids::VpsId;
use crate::json;
pub use crate::models::PurchaseState;
use crate::models::{BillingCycle, Location, PlanId, PurchaseRecord};
use crate::open_enum::closed_enum;

/// One operation, with whose it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StoreRequest {
    /// Numbers the operations of a machine.
    pub id: u32,
    /// The account of the service.
    pub account: String,
    /// Who asks: one machine at work.
    pub holder: String,
    /// What to do.
    pub op: StoreOp,
    /// The time by which leases are measured, in milliseconds since 1970, in place of the store's own clock. For
    /// simulated time alone: the clocks of machines differ.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub now: Option<u64>,
}

impl StoreRequest {
    /// The request as JSON: the one parameter of every statement.
    #[must_use]
    pub fn document(&self) -> String {
        json::written(self)
    }
}

/// What a store can do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum StoreOp {
    /// Reads a purchase; inserts it where there is none and one is given. Takes hold of it, unless its state is final
    /// or its holder's lease runs; from inside the window an order is taken over all the same, since its
    /// holder is not where it could be settled. Answered by [`StoreReply::Opened`].
    Open {
        /// Which.
        find: Find,
        /// What to insert.
        insert: Option<NewPurchase>,
        /// The holder's lease from now on.
        lease_ms: u64,
    },
    /// Writes how far a purchase has come, if the holder still holds it; that one which has ended is forgotten, from
    /// anybody. Answered by [`StoreReply::Held`] or
    /// [`StoreReply::Lost`], and where an order is announced from outside the window by
    /// [`StoreReply::OutOfWindow`]: nothing is written then.
    Save {
        /// The purchase.
        id: String,
        /// What to write.
        saved: Saved,
        /// The holder's lease from now on; none lets the purchase go.
        lease_ms: Option<u64>,
    },
    /// Notes which purchase a VPS belongs to, and gives whose it is from now on: [`StoreReply::Owner`].
    ///
    /// What the service's own receipt says is taken from anybody, and replaces what was adopted. What is
    /// adopted is taken from the holder alone, else [`StoreReply::Lost`], and replaces nothing.
    Receipt {
        /// The purchase.
        id: String,
        /// The VPS.
        vps_id: VpsId,
        /// How it is known.
        source: ReceiptSource,
    },
    /// Prolongs the holder's lease, if it still holds the purchase: [`StoreReply::Held`] or [`StoreReply::Lost`].
    Renew {
        /// The purchase.
        id: String,
        /// The holder's lease from now on.
        lease_ms: u64,
    },
    /// Enters the account's window, if no other holder with a running lease is inside, and prolongs the lease:
    /// [`StoreReply::Entered`], [`StoreReply::Busy`], or [`StoreReply::Lost`] where the purchase is no longer held.
    Enter {
        /// The purchase.
        id: String,
        /// The holder's lease from now on.
        lease_ms: u64,
    },
    /// Leaves the window. Answered by [`StoreReply::Left`], also where the holder was not inside.
    Leave,
    /// Lists purchases, the oldest first: [`StoreReply::Listed`].
    List {
        /// Only those whose state is not final.
        open_only: bool,
        /// Only this one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        find: Option<Find>,
    },
}

impl StoreOp {
    /// The operation's name, as JSON has it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Open { .. } => "open",
            Self::Save { .. } => "save",
            Self::Receipt { .. } => "receipt",
            Self::Renew { .. } => "renew",
            Self::Enter { .. } => "enter",
            Self::Leave => "leave",
            Self::List { .. } => "list",
        }
    }

    /// Whether it ends the holder's lease: with that, everything that it holds is free, the window too.
    pub(crate) fn ends_lease(&self) -> bool {
        match self {
            Self::Open { lease_ms, .. }
            | Self::Renew { lease_ms, .. }
            | Self::Enter { lease_ms, .. } => *lease_ms == 0,
            Self::Save { lease_ms, .. } => *lease_ms == Some(0),
            Self::Receipt { .. } | Self::Leave | Self::List { .. } => false,
        }
    }
}

/// Which purchase.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum Find {
    /// By the caller's key.
    Key(String),
    /// By its id.
    Id(String),
}

/// A purchase that begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewPurchase {
    /// Its id, which no other purchase has.
    pub id: String,
    /// The caller's key.
    pub key: Option<String>,
    /// What is bought.
    pub order: RecordedOrder,
    /// From where it can be taken up.
    pub token: String,
}

/// What a purchase buys. Two calls with one key must agree on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RecordedOrder {
    /// The size.
    pub plan_id: PlanId,
    /// How often to pay.
    pub billing_cycle: BillingCycle,
    /// Where.
    pub location: Location,
}

/// How far a purchase has come, as it is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Saved {
    /// Its state.
    pub state: PurchaseState,
    /// How often an order was begun for it.
    pub attempt: u32,
    /// From where it can be taken up.
    pub token: String,
    /// The error of a final state, as JSON.
    pub error: Option<String>,
}

/// A purchase as a store has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Record {
    /// Its id.
    pub id: String,
    /// The caller's key.
    pub key: Option<String>,
    /// What is bought.
    pub order: RecordedOrder,
    /// How far it has come.
    pub saved: Saved,
    /// Its VPS, by receipt or adoption.
    pub vps_id: Option<VpsId>,
    /// Other VPS that are its own: its order was carried out more than once.
    #[serde(default)]
    pub others: Vec<VpsId>,
}

impl From<Record> for PurchaseRecord {
    fn from(record: Record) -> Self {
        let Record {
            id,
            key,
            order,
            saved,
            vps_id,
            others,
        } = record;
        Self {
            id,
            idempotency_key: key,
            plan_id: order.plan_id,
            billing_cycle: order.billing_cycle,
            location: order.location,
            state: saved.state,
            attempt: saved.attempt,
            vps_id,
            other_vps_ids: others,
            token: Some(saved.token).filter(|token| !token.is_empty()),
        }
    }
}

closed_enum! {
    /// How it is known whose a VPS is.
    ReceiptSource, "\"receipt\" or \"adopted\"" {
        /// The service's reply to the order.
        Receipt = "receipt",
        /// The listing, after that reply was lost.
        Adopted = "adopted",
    }
}

/// What a store answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum StoreReply {
    /// The purchase, and who holds it; none where there is none and none was inserted.
    Opened {
        /// The purchase.
        record: Option<Box<Record>>,
        /// Who holds it now.
        held: HeldBy,
    },
    /// It is still held.
    Held {
        /// Its VPS, which somebody who held it earlier may have reported.
        vps_id: Option<VpsId>,
        /// Other VPS that are its own.
        #[serde(default)]
        others: Vec<VpsId>,
        /// Whether the holder is inside the window.
        in_window: bool,
    },
    /// Another took it over.
    Lost,
    /// The holder is not inside the window, so no order may be announced.
    OutOfWindow,
    /// The purchase that the VPS belongs to.
    Owner {
        /// Its id.
        id: String,
        /// Every other VPS that belongs to it.
        #[serde(default)]
        others: Vec<VpsId>,
    },
    /// The holder is inside.
    Entered {
        /// The other orders that nobody settled yet, the oldest first. Their holders died, or wait outside.
        unfinished: Vec<Record>,
    },
    /// Another holder is inside.
    Busy {
        /// How long its lease still runs, in milliseconds.
        left_ms: u64,
    },
    /// The window was left.
    Left,
    /// The purchases.
    Listed {
        /// The oldest first.
        records: Vec<Record>,
    },
}

impl StoreReply {
    /// Reads the answer of a database.
    ///
    /// # Errors
    /// Where it is no answer.
    pub fn from_document(text: &str) -> Result<Self, StoreFailure> {
        serde_json::from_str(text).map_err(|_| StoreFailure {
            detail: "the database's answer can't be read".to_owned(),
        })
    }
}

/// Who holds a purchase.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum HeldBy {
    /// The one who asked.
    Us,
    /// Another, whose lease still runs.
    Other {
        /// For how long, in milliseconds.
        left_ms: u64,
        /// Who: one machine at work.
        #[serde(default)]
        holder: Option<String>,
    },
    /// Nobody: it has ended, or there is none.
    Nobody,
}

/// A store that could not carry an operation out, or may have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct StoreFailure {
    /// The database's words, without secrets.
    pub detail: String,
}
