//! How far a purchase is, and how it ended.

use crate::ids::VpsId;
use crate::json::{Json, Writer, record};
use crate::models::{VpsDetails, VpsStatus};
use crate::money::Money;
use crate::prelude::*;

/// Where a purchase is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "schema",
    derive(schemars::JsonSchema),
    schemars(rename_all = "snake_case")
)]
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

impl Phase {
    /// The phase's name in every language.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Preflight => "preflight",
            Self::Baseline => "baseline",
            Self::Ordering => "ordering",
            Self::Reconciling => "reconciling",
            Self::Polling => "polling",
            Self::Ended => "ended",
        }
    }
}

impl Json for Phase {
    fn write(&self, to: &mut Writer) {
        to.text(self.as_str());
    }
}

record! {
    /// How far a purchase is.
    Progress {
        /// Where it is.
        phase: Phase = "phase",
        /// Whether no other purchase of this account may be before its polling at the same time.
        exclusive: bool = "exclusive",
        /// How many requests were made since this process began with it.
        requests: u32 = "requests",
        /// How often the order was handed over in a way that the service may have received it.
        orders_sent: u32 = "ordersSent",
        /// Milliseconds since the purchase began, in whatever process.
        elapsed_ms: u64 = "elapsedMs",
        /// Milliseconds until the next request.
        next_look_ms: u64 = "nextLookMs",
        /// The VPS, once it is known.
        vps_id: Option<VpsId> = "vpsId",
        /// Its status when it was last seen.
        last_status: Option<VpsStatus> = "lastStatus",
        /// Whether the order's reply was lost and the VPS found by looking.
        recovered: bool = "recovered",
        /// The code of the last failure that was got over.
        last_error: Option<String> = "lastError",
        /// What the wallet held before the order.
        balance_before: Option<Money> = "balanceBefore",
        /// What the order cost: from its receipt, or after a lost receipt from the wallet's change.
        charged: Option<Money> = "charged",
        /// The currency of both.
        currency: Option<String> = "currency",
        /// From where the purchase can be taken up again. Keep it before going on.
        token: Option<String> = "token",
    }
}

record! {
    /// A purchase that ended well.
    Provisioned {
        /// The VPS, usable.
        vps: VpsDetails = "vps",
        /// Whether the order's reply was lost and the VPS found by looking.
        recovered: bool = "recovered",
        /// How often the order was handed over in a way that the service may have received it.
        orders_sent: u32 = "ordersSent",
        /// What the order cost: from its receipt, or after a lost receipt from the wallet's change.
        charged: Option<Money> = "charged",
        /// What the wallet held before the order.
        balance_before: Option<Money> = "balanceBefore",
        /// What the wallet held after the order.
        balance_after: Option<Money> = "balanceAfter",
        /// The currency of all three.
        currency: Option<String> = "currency",
        /// Milliseconds since the purchase began, in whatever process.
        elapsed_ms: u64 = "elapsedMs",
        /// How many requests were made since this process began with it.
        requests: u32 = "requests",
    }
}
