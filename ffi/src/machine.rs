//! A state machine in the host's hands.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use stablevps_core::http::{Reply, RequestId};
use stablevps_core::machine::Machine as CoreMachine;
use stablevps_core::time::Timestamp;

use crate::failure::Failure;

/// A call or a purchase under way.
#[derive(uniffi::Object)]
pub struct Machine {
    machine: Mutex<Box<dyn CoreMachine>>,
    /// The request that the built-in transport carries out for it at this moment.
    #[cfg(feature = "ureq")]
    pub(crate) under_way: Mutex<Option<crate::http_host::UnderWay>>,
}

impl Machine {
    pub(crate) fn new(machine: impl CoreMachine + 'static) -> Arc<Self> {
        Arc::new(Self {
            machine: Mutex::new(Box::new(machine)),
            #[cfg(feature = "ureq")]
            under_way: Mutex::new(None),
        })
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, Box<dyn CoreMachine>> {
        self.machine.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn reply(&self, id: u32, reply: Reply, now: i64) -> Result<(), Failure> {
        self.lock()
            .handle_reply(RequestId(id), reply, Timestamp::from_millis(now))
            .map_err(|_| Failure::StaleReply { id })
    }
}

#[uniffi::export]
impl Machine {
    /// From where a purchase can be taken up again, if there is something to take up.
    #[must_use]
    pub fn snapshot(&self, now_ms: i64) -> Option<String> {
        self.lock().snapshot(Timestamp::from_millis(now_ms))
    }
}
