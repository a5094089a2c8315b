//! Orders that are bought together.

use std::sync::Arc;

use stablevps_core::batch::Batch as CoreBatch;
use stablevps_core::clock::Now;
use stablevps_core::host::Machine as CoreMachine;

use crate::machine::Machine;

/// Orders that are bought together: each is begun here in place of at its account.
#[derive(uniffi::Object)]
pub struct Batch(pub(crate) CoreBatch);

#[uniffi::export]
impl Batch {
    /// How many may be under way at once.
    #[must_use]
    pub fn at_once(&self) -> u32 {
        self.0.at_once()
    }
}

impl Batch {
    /// A machine with a seat in it.
    pub(crate) fn seated(&self, machine: Box<dyn CoreMachine>, begun: Now) -> Arc<Machine> {
        Machine::seated(machine, self.0.seat(begun.instant))
    }
}
