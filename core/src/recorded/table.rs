//! What a call finds in the store, and what it does then.
//!
//! | state | nobody holds it | another of this process holds it | another process holds it |
//! |---|---|---|---|
//! | no row | begins | | |
//! | `open` | begins | waits | waits or refuses |
//! | `ordered` | settles the order | waits | waits or refuses |
//! | `bought` | waits for the VPS | waits | waits or refuses |
//! | `not_ordered` | begins the next attempt | waits | waits or refuses |
//! | `ready` | looks at the VPS anew | | |
//! | `failed`, `unresolved` | the same error | | |
//! | `forgotten` | refuses | | |
//!
//! Who waits reads the row again, and goes on as it says then.
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
    /// Another process holds it, for so long at least.
    Held { left_ms: u64 },
    /// This process holds it by another holder, whose end is waited for.
    Join { left_ms: u64, holder: String },
    /// The key belongs to another order, which differs in this field.
    Mismatch(&'static str),
    /// The key is used up.
    Forgotten,
}

/// `is_here` says whether a holder is at work in this process. `wanted` is the order of the call; none where it only
/// resumes.
pub(super) fn turnout(
    record: &Record,
    held: &HeldBy,
    is_here: impl Fn(&str) -> bool,
    wanted: Option<&RecordedOrder>,
) -> Turnout {
    if let Some(field) = wanted.and_then(|wanted| difference(&record.order, wanted)) {
        return Turnout::Mismatch(field);
    }
    if let HeldBy::Other { left_ms, holder } = held {
        let (left_ms, here) = (*left_ms, holder.clone().filter(|holder| is_here(holder)));
        return here.map_or(Turnout::Held { left_ms }, |holder| Turnout::Join {
            left_ms,
            holder,
        });
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
            others: Vec::new(),
        }
    }

    fn other(holder: &str) -> HeldBy {
        HeldBy::Other {
            left_ms: 7,
            holder: Some(holder.to_owned()),
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
            let of = |vps_id, held: HeldBy| {
                let is_here = |holder: &str| holder == "here";
                turnout(&record(state, vps_id), &held, is_here, Some(&same))
            };
            assert_eq!(of(None, HeldBy::Us), without, "{state}");
            assert_eq!(of(Some("v1"), HeldBy::Us), with, "{state}");
            if !state.is_final() {
                let left_ms = 7;
                for holder in [None, Some("elsewhere".to_owned())] {
                    let held = of(None, HeldBy::Other { left_ms, holder });
                    assert_eq!(held, Turnout::Held { left_ms }, "{state}");
                }
                let holder = "here".to_owned();
                let joined = of(None, other("here"));
                assert_eq!(joined, Turnout::Join { left_ms, holder }, "{state}");
            }
        }
    }

    #[test]
    fn another_order_is_refused_before_anything_else() {
        for state in PurchaseState::ALL {
            for held in [HeldBy::Us, HeldBy::Nobody, other("here")] {
                let found = turnout(&record(*state, None), &held, |_| true, Some(&order("pro")));
                assert_eq!(found, Turnout::Mismatch("plan_id"), "{state}");
            }
        }
        let mut changed = order("basic");
        changed.location = "tokyo".into();
        let open = record(PurchaseState::Open, None);
        assert_eq!(
            turnout(&open, &HeldBy::Us, |_| false, Some(&changed)),
            Turnout::Mismatch("location")
        );
        changed.billing_cycle = "yearly".into();
        let found = turnout(&open, &HeldBy::Us, |_| false, Some(&changed));
        assert_eq!(found, Turnout::Mismatch("billing_cycle"));
        assert_eq!(
            turnout(&open, &HeldBy::Us, |_| false, None),
            Turnout::Begin { attempt: 3 }
        );
    }
}
