//! Which VPS was got by which purchase.

#[cfg(not(feature = "std"))]
use spin::{Mutex, MutexGuard};
#[cfg(feature = "std")]
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::ids::VpsId;
use crate::prelude::*;

/// What the purchases of one account have got, for as long as the process keeps it. There are as many as
/// it buys.
#[derive(Default)]
pub(crate) struct Claims(Mutex<Vec<(VpsId, String)>>);

impl Claims {
    /// Notes that a purchase got a VPS, so that no other adopts it.
    pub fn claim(&self, id: &VpsId, purchase: &str) {
        let mut claims = self.lock();
        if claims.iter().all(|(claimed, _)| claimed != id) {
            claims.push((id.clone(), purchase.to_owned()));
        }
    }

    /// Whether another purchase got that VPS.
    pub fn is_anothers(&self, id: &VpsId, purchase: &str) -> bool {
        let is_anothers = |(claimed, owner): &(VpsId, String)| claimed == id && owner != purchase;
        self.lock().iter().any(is_anothers)
    }

    #[cfg(feature = "std")]
    fn lock(&self) -> MutexGuard<'_, Vec<(VpsId, String)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[cfg(not(feature = "std"))]
    fn lock(&self) -> MutexGuard<'_, Vec<(VpsId, String)>> {
        self.0.lock()
    }
}
