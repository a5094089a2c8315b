//! What the purchases of a process know of each other: whose a VPS is, and how far each purchase has come.
//!
//! All clients of a server share it, in whatever threads and by whatever keys, so that no VPS goes to two
//! purchases, and none is ordered twice when its token is resumed twice.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use crate::ids::VpsId;
use crate::time::Timestamp;

/// How a purchase knows that a VPS is its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// The service's receipt says so.
    Receipt,
    /// It was found by looking, after the receipt was lost.
    Adopted,
}

/// The VPS that there were when a purchase ordered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Baseline {
    pub ids: Vec<VpsId>,
    /// When the service listed them, by its own clock.
    pub listed_at: Option<Timestamp>,
}

/// How far a purchase has come that has ordered, or may have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reached {
    /// The order may be placed.
    Ordered(Baseline),
    /// This is the VPS.
    Bought(VpsId),
}

/// The worlds by their names, for as long as the process runs.
static WORLDS: LazyLock<Mutex<HashMap<String, Arc<Claims>>>> = LazyLock::new(Mutex::default);

/// The claims of a server's purchases, for as long as the process runs. There are as many as it buys.
#[derive(Default)]
pub(crate) struct Claims(Mutex<Known>);

#[derive(Default)]
struct Known {
    vps: HashMap<VpsId, Claim>,
    /// Nothing for those that have not ordered.
    purchases: HashMap<String, Option<Reached>>,
}

impl Known {
    /// Purchases of early tokens have no name: of them nothing is known.
    fn note(&mut self, purchase: &str, reached: Option<Reached>) {
        if !purchase.is_empty() {
            self.purchases.insert(purchase.to_owned(), reached);
        }
    }
}

struct Claim {
    purchase: String,
    source: Source,
}

impl Claims {
    /// Those of the world of that name. Without a name they are nobody else's.
    pub fn of(world: &str) -> Arc<Self> {
        if world.is_empty() {
            return Arc::default();
        }
        let mut worlds = WORLDS.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(worlds.entry(world.to_owned()).or_default())
    }

    /// A name for a new purchase: the one that is proposed, unless another purchase has it.
    pub fn name(&self, proposed: &str) -> String {
        let mut known = self.lock();
        let mut name = proposed.to_owned();
        let mut number = 1_u32;
        while known.purchases.contains_key(&name) {
            number = number.saturating_add(1);
            name = format!("{proposed}-{number}");
        }
        known.note(&name, None);
        name
    }

    /// Notes whose a VPS is. A receipt counts more than what was found by looking.
    pub fn claim(&self, vps: &VpsId, purchase: &str, source: Source) {
        let mut known = self.lock();
        let reached = Reached::Bought(vps.clone());
        known.note(purchase, Some(reached));
        if source == Source::Receipt || !known.vps.contains_key(vps) {
            let purchase = purchase.to_owned();
            known.vps.insert(vps.clone(), Claim { purchase, source });
        }
    }

    /// Notes that a VPS is not of the purchase that adopted it, but of another, as a store says.
    pub fn belongs_to(&self, vps: &VpsId, purchase: &str) {
        let mut known = self.lock();
        let bought = Some(Reached::Bought(vps.clone()));
        known.purchases.retain(|_, reached| *reached != bought);
        let claim = Claim {
            purchase: purchase.to_owned(),
            source: Source::Receipt,
        };
        known.vps.insert(vps.clone(), claim);
    }

    /// How another purchase knows that a VPS is its own, if one does.
    pub fn of_other(&self, vps: &VpsId, purchase: &str) -> Option<Source> {
        let known = self.lock();
        let claim = known.vps.get(vps)?;
        (claim.purchase != purchase).then_some(claim.source)
    }

    /// How far a purchase has come, if it has ordered.
    pub fn reached(&self, purchase: &str) -> Option<Reached> {
        self.lock().purchases.get(purchase)?.clone()
    }

    /// Notes that a purchase orders now; or, where it has ordered before, says how far it has come since.
    pub fn begin_order(&self, purchase: &str, baseline: &Baseline) -> Option<Reached> {
        let mut known = self.lock();
        let reached = known.purchases.get(purchase).cloned().flatten();
        if reached.is_none() {
            known.note(purchase, Some(Reached::Ordered(baseline.clone())));
        }
        reached
    }

    /// Notes that the order of a purchase was certainly not placed.
    pub fn not_ordered(&self, purchase: &str) {
        self.lock().note(purchase, None);
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
