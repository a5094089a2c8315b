//! How far a purchase is, and how it ended well.

use std::fmt;

use serde::Serialize;

use super::{BillingCycle, Location, PlanId, VpsDetails, VpsStatus};
use crate::ids::VpsId;
use crate::money::Money;
use crate::open_enum::closed_enum;

/// Where a purchase is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum Phase {
    /// Looking at the wallet. Nothing is ordered.
    Preflight,
    /// Remembering the VPS there are. Nothing is ordered.
    Baseline,
    /// Placing the one order.
    Ordering,
    /// The order's reply was lost: looking for what became of it.
    Reconciling,
    /// Bought: waiting until it can be used.
    Polling,
    /// At an end.
    Ended,
}

/// Money that left the wallet while an order was placed, beyond the order's receipt. Something in between sent the
/// order again, somebody else bought, or a renewal fell due.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct UnexplainedCharge {
    /// How much.
    pub amount: Money,
    /// VPS that were not there before the order and that no purchase of this process got, as far as they could be
    /// listed.
    pub vps_ids: Vec<VpsId>,
}

/// How far a purchase is.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct Progress {
    /// Where it is.
    pub phase: Phase,
    /// Whether no other purchase of this account may be before its polling at the same time.
    pub exclusive: bool,
    /// How many requests were made since this process began with it.
    pub requests: u32,
    /// How often the order was handed over in a way that the service may have received it.
    pub orders_sent: u32,
    /// Milliseconds since the purchase began, in whatever process.
    pub elapsed_ms: u64,
    /// Milliseconds until the next request.
    pub next_look_ms: u64,
    /// The VPS, once it is known.
    pub vps_id: Option<VpsId>,
    /// Its status when it was last seen.
    pub last_status: Option<VpsStatus>,
    /// Whether the order's reply was lost and the VPS found by looking.
    pub recovered: bool,
    /// The code of the last failure that was got over.
    pub last_error: Option<String>,
    /// What the wallet held before the order.
    pub balance_before: Option<Money>,
    /// What the order cost: from its receipt, or after a lost receipt from the wallet's change.
    pub charged: Option<Money>,
    /// The currency of both.
    pub currency: Option<String>,
    /// What else was charged meanwhile.
    pub unexplained: Option<UnexplainedCharge>,
    /// From where the purchase can be taken up again. Keep it before going on.
    pub token: Option<String>,
}

/// How far orders are that are bought together.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct BatchProgress {
    /// How many were begun.
    pub begun: u32,
    /// How many are looking at the wallet, or wait for their turn to.
    pub preflight: u32,
    /// How many are remembering the VPS there are.
    pub baseline: u32,
    /// How many are placing their order.
    pub ordering: u32,
    /// How many look for an order whose reply was lost.
    pub reconciling: u32,
    /// How many wait for their VPS.
    pub polling: u32,
    /// How many ended with a VPS.
    pub ready: u32,
    /// How many ended with an error.
    pub failed: u32,
    /// What was spent; with the price that this version knows, where the charge is not known.
    pub spent: Money,
    /// The currency of that, once it is known.
    pub currency: Option<String>,
    /// Milliseconds since the oldest purchase that is under way began.
    pub longest_ms: u64,
}

/// A purchase that ended well.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct Provisioned {
    /// The VPS, usable.
    pub vps: VpsDetails,
    /// Whether the order's reply was lost and the VPS found by looking.
    pub recovered: bool,
    /// How often the order was handed over in a way that the service may have received it.
    pub orders_sent: u32,
    /// What the order cost: from its receipt, or after a lost receipt from the wallet's change.
    pub charged: Option<Money>,
    /// What the wallet held before the order.
    pub balance_before: Option<Money>,
    /// What the wallet held after the order.
    pub balance_after: Option<Money>,
    /// The currency of all three.
    pub currency: Option<String>,
    /// What else was charged while the order was placed: look at the account.
    pub unexplained: Option<UnexplainedCharge>,
    /// Other VPS that were bought for this purchase, as its store knows: its order was carried out more than once. Look
    /// at the account. Empty without a store.
    pub other_vps_ids: Vec<VpsId>,
    /// Milliseconds since the purchase began, in whatever process.
    pub elapsed_ms: u64,
    /// How many requests were made since this process began with it.
    pub requests: u32,
}

closed_enum! {
    /// How far a purchase has come.
    PurchaseState, "a state of a purchase" {
        /// Nothing was ordered yet.
        Open = "open",
        /// The order may have been sent.
        Ordered = "ordered",
        /// Bought, and not yet usable.
        Bought = "bought",
        /// Bought, and seen usable.
        Ready = "ready",
        /// Bought, and can't become usable.
        Failed = "failed",
        /// Perhaps bought: a person must look.
        Unresolved = "unresolved",
        /// Nothing was bought: refused, given up before, or seen not to have been placed.
        NotOrdered = "not_ordered",
        /// Its end was deleted; the key stays used.
        Forgotten = "forgotten",
    }
}

impl PurchaseState {
    /// Whether the purchase goes no further by itself. One that was not ordered may be begun again.
    #[must_use]
    pub fn is_final(self) -> bool {
        match self {
            Self::Ready | Self::Failed | Self::Unresolved | Self::Forgotten => true,
            Self::Open | Self::Ordered | Self::Bought | Self::NotOrdered => false,
        }
    }
}

/// A purchase, as a store has recorded it.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct PurchaseRecord {
    /// Its id in the store.
    pub id: String,
    /// The caller's idempotency key; none of a purchase that was made without one.
    pub idempotency_key: Option<String>,
    /// The size.
    pub plan_id: PlanId,
    /// How often to pay.
    pub billing_cycle: BillingCycle,
    /// Where.
    pub location: Location,
    /// How far it has come.
    pub state: PurchaseState,
    /// How often an order was begun for it.
    pub attempt: u32,
    /// Its VPS, once that is known.
    pub vps_id: Option<VpsId>,
    /// Other VPS that were bought for it: its order was carried out more than once. Look at the account.
    pub other_vps_ids: Vec<VpsId>,
    /// From where it can be taken up without the store; none once it is forgotten.
    pub token: Option<String>,
}

/// Without the token.
impl fmt::Debug for PurchaseRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PurchaseRecord")
            .field("id", &self.id)
            .field("idempotency_key", &self.idempotency_key)
            .field("state", &self.state)
            .field("vps_id", &self.vps_id)
            .finish_non_exhaustive()
    }
}
