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
        (PurchaseState::Ready | PurchaseState::Unresolved, Some(id)) => Turnout::Look(id.clone()),
        (PurchaseState::Failed | PurchaseState::Ready, _) | (PurchaseState::Unresolved, None) => {
            Turnout::SameEnd
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Saved;

    fn order(plan: &str) -> RecordedOrder {
        RecordedOrder {
            plan_id: plan.into(),
            billing_cycle: "monthly".into(),
            location: "london".into(),
        }
    }

    fn record(state: PurchaseState, vps_id: Option<&str>) -> Record {
        Record {
            id: "p1".to_owned(),
            key: Some("order-4711".to_owned()),
            order: order("basic"),
            saved: Saved {
                state,
                attempt: 3,
                token: String::new(),
                error: None,
            },
            vps_id: vps_id.map(|id| id.parse().unwrap()),
        }
    }

    #[test]
    fn every_state_with_and_without_a_vps_has_its_turnout() {
        let vps = || "v1".parse::<VpsId>().unwrap();
        let table = [
            (
                PurchaseState::Open,
                Turnout::Begin { attempt: 3 },
                Turnout::Wait(vps()),
            ),
            (
                PurchaseState::Ordered,
                Turnout::Settle,
                Turnout::Wait(vps()),
            ),
            (PurchaseState::Bought, Turnout::Settle, Turnout::Wait(vps())),
            (PurchaseState::Ready, Turnout::SameEnd, Turnout::Look(vps())),
            (PurchaseState::Failed, Turnout::SameEnd, Turnout::SameEnd),
            (
                PurchaseState::Unresolved,
                Turnout::SameEnd,
                Turnout::Look(vps()),
            ),
            (
                PurchaseState::NotOrdered,
                Turnout::Begin { attempt: 4 },
                Turnout::Wait(vps()),
            ),
            (
                PurchaseState::Forgotten,
                Turnout::Forgotten,
                Turnout::Forgotten,
            ),
        ];
        assert_eq!(table.len(), PurchaseState::ALL.len());
        for (state, without, with) in table {
            let same = order("basic");
            let of = |vps_id, held| turnout(&record(state, vps_id), held, Some(&same));
            assert_eq!(of(None, HeldBy::Us), without, "{state}");
            assert_eq!(of(Some("v1"), HeldBy::Us), with, "{state}");
            if !state.is_final() {
                let (held, left_ms) = (HeldBy::Other { left_ms: 7 }, 7);
                assert_eq!(of(None, held), Turnout::Held { left_ms }, "{state}");
            }
        }
    }

    #[test]
    fn another_order_is_refused_before_anything_else() {
        for state in PurchaseState::ALL {
            for held in [HeldBy::Us, HeldBy::Nobody, HeldBy::Other { left_ms: 1 }] {
                let found = turnout(&record(*state, None), held, Some(&order("pro")));
                assert_eq!(found, Turnout::Mismatch("plan_id"), "{state}");
            }
        }
        let mut other = order("basic");
        other.location = "tokyo".into();
        let open = record(PurchaseState::Open, None);
        assert_eq!(
            turnout(&open, HeldBy::Us, Some(&other)),
            Turnout::Mismatch("location")
        );
        other.billing_cycle = "yearly".into();
        let found = turnout(&open, HeldBy::Us, Some(&other));
        assert_eq!(found, Turnout::Mismatch("billing_cycle"));
        assert_eq!(
            turnout(&open, HeldBy::Us, None),
            Turnout::Begin { attempt: 3 }
        );
    }
}
