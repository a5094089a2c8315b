//! Which VPS was received by which purchase.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::ids::VpsId;

/// What the purchases of one account have received, for as long as the process keeps it. There are as
/// many as it buys.
#[derive(Default)]
pub(crate) struct Claims(Mutex<Vec<(VpsId, String)>>);

impl Claims {
    /// Notes that a purchase received a VPS, so that no other adopts it.
    pub fn claim(&self, id: &VpsId, purchase: &str) {
        let mut claims = self.lock();
        if claims.iter().all(|(claimed, _)| claimed != id) {
            claims.push((id.clone(), purchase.to_owned()));
        }
    }

    /// Whether another purchase received that VPS.
    pub fn claimed_by_other(&self, id: &VpsId, purchase: &str) -> bool {
        let by_other = |(claimed, owner): &(VpsId, String)| claimed == id && owner != purchase;
        self.lock().iter().any(by_other)
    }

    fn lock(&self) -> MutexGuard<'_, Vec<(VpsId, String)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
