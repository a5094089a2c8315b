//! Which VPS belongs to which purchase.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::ids::VpsId;

/// How a purchase knows that a VPS is its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// The service's receipt says so.
    Receipt,
    /// It was found by looking, after the receipt was lost.
    Adopted,
}

/// The VPS of an account's purchases, for as long as the process keeps them. There are as many as it buys.
#[derive(Default)]
pub(crate) struct Claims(Mutex<Vec<Claim>>);

struct Claim {
    vps: VpsId,
    purchase: String,
    source: Source,
}

impl Claims {
    /// Notes whose a VPS is. A receipt counts more than what was found by looking.
    pub fn claim(&self, vps: &VpsId, purchase: &str, source: Source) {
        let mut claims = self.lock();
        let known = claims.iter_mut().find(|claim| claim.vps == *vps);
        match (known, source) {
            (Some(known), Source::Receipt) => {
                purchase.clone_into(&mut known.purchase);
                known.source = source;
            }
            (Some(_), Source::Adopted) => {}
            (None, _) => claims.push(Claim {
                vps: vps.clone(),
                purchase: purchase.to_owned(),
                source,
            }),
        }
    }

    /// How another purchase knows that a VPS is its own, if one does.
    pub fn of_other(&self, vps: &VpsId, purchase: &str) -> Option<Source> {
        let claims = self.lock();
        let of_other = |claim: &&Claim| claim.vps == *vps && claim.purchase != purchase;
        claims.iter().find(of_other).map(|claim| claim.source)
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Claim>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
