//! What a call finds in the store, and what it does then.
//!
//! | state | nobody holds it | another holds it |
//! |---|---|---|
//! | no row | begins | |
//! | `open` | begins | waits or refuses |
//! | `ordered` | settles the order | waits or refuses |
//! | `bought` | waits for the VPS | waits or refuses |
//! | `not_ordered` | begins the next attempt | waits or refuses |
//! | `ready` | looks at the VPS anew | |
//! | `failed`, `unresolved` | the same error | |
//! | `forgotten` | refuses | |
//!
//! A call with another order than the row's is refused, whatever its state. A row that has a VPS is bought,
//! whatever else it says: a receipt can arrive late.

use crate::ids::VpsId;
use crate::store::{HeldBy, PurchaseState, Record, RecordedOrder};

/// What a call does with the row that it found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Turnout {
    /// Buys, in this attempt.
    Begin { attempt: u32 },
    /// Takes the purchase up from its token: its order may have been sent.
    Settle,
    /// Waits for the VPS.
    Wait(VpsId),
    /// Looks at a VPS that was usable before, and writes nothing.
    Look(VpsId),
    /// Ends as it ended before.
    SameEnd,
    /// Another holds it, for so long at least.
    Held { left_ms: u64 },
    /// The key belongs to another order, which differs in this field.
    Mismatch(&'static str),
    /// The key is used up.
    Forgotten,
}

/// `wanted` is the order of the call; none where it only resumes.
pub(super) fn turnout(record: &Record, held: HeldBy, wanted: Option<&RecordedOrder>) -> Turnout {
    if let Some(field) = wanted.and_then(|wanted| difference(&record.order, wanted)) {
        return Turnout::Mismatch(field);
    }
    if let HeldBy::Other { left_ms } = held {
        return Turnout::Held { left_ms };
    }
    let attempt = record.saved.attempt;
    match (record.saved.state, &record.vps_id) {
        (PurchaseState::Forgotten, _) => Turnout::Forgotten,
        (PurchaseState::Ready, Some(id)) => Turnout::Look(id.clone()),
        (PurchaseState::Failed | PurchaseState::Ready, _) | (PurchaseState::Unresolved, None) => {
            Turnout::SameEnd
        }
        (PurchaseState::Unresolved, Some(id)) => Turnout::Look(id.clone()),
        (_, Some(id)) => Turnout::Wait(id.clone()),
        (PurchaseState::Open, None) => Turnout::Begin { attempt },
        (PurchaseState::NotOrdered, None) => Turnout::Begin {
            attempt: attempt.saturating_add(1),
        },
        (PurchaseState::Ordered | PurchaseState::Bought, None) => Turnout::Settle,
    }
}

fn difference(recorded: &RecordedOrder, wanted: &RecordedOrder) -> Option<&'static str> {
    if recorded.plan_id != wanted.plan_id {
        Some("plan_id")
    } else if recorded.billing_cycle != wanted.billing_cycle {
        Some("billing_cycle")
    } else if recorded.location != wanted.location {
        Some("location")
    } else {
        None
    }
}
