//! A state machine in the host's hands.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use stablevps_core::clock::Instant;
use stablevps_core::host::Machine as CoreMachine;
use stablevps_core::http::{HttpResponse, Reply, RequestId};

use crate::error::Failure;

/// A call or a purchase under way.
#[derive(uniffi::Object)]
pub struct Machine {
    machine: Mutex<Box<dyn CoreMachine>>,
    /// The request that the built-in transport carries out for it at this moment.
    #[cfg(all(feature = "ureq", not(feature = "records")))]
    pub(crate) under_way: Mutex<Option<UnderWay>>,
}

/// A request that the built-in transport is carrying out.
#[cfg(all(feature = "ureq", not(feature = "records")))]
#[derive(Clone)]
pub(crate) struct UnderWay {
    pub id: u32,
    pub exchange: Arc<stablevps::host::Exchange>,
}

impl Machine {
    pub(crate) fn new(machine: Box<dyn CoreMachine>) -> Arc<Self> {
        Arc::new(Self {
            machine: Mutex::new(machine),
            #[cfg(all(feature = "ureq", not(feature = "records")))]
            under_way: Mutex::new(None),
        })
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, Box<dyn CoreMachine>> {
        self.machine.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The request that the machine wants sent now.
    #[cfg(all(feature = "ureq", not(feature = "records")))]
    pub(crate) fn wanted_request(&self, now_ms: u64) -> Option<stablevps_core::http::HttpRequest> {
        match self.lock().next_step(Instant::from_millis(now_ms)) {
            stablevps_core::step::Step::Send(request) => Some(*request),
            _ => None,
        }
    }

    pub(crate) fn reply(&self, id: u32, reply: Reply, now_ms: u64) -> Result<(), Failure> {
        self.lock()
            .handle_reply(RequestId(id), reply, Instant::from_millis(now_ms))
            .map_err(|_| Failure::StaleReply { id })
    }
}

#[uniffi::export]
impl Machine {
    /// From where a purchase can be taken up again, if there is something to take up.
    #[must_use]
    pub fn snapshot(&self, now_ms: u64) -> Option<String> {
        self.lock().snapshot(Instant::from_millis(now_ms))
    }

    /// Gives a purchase's turn to the next one of the account: once the first progress that is not exclusive was
    /// handed out, or where nobody drives the machine any more. Doing so twice changes nothing.
    pub fn end_turn(&self) {
        self.lock().end_turn();
    }

    /// Ends a purchase that was begun within the `on_progress` of `caller`, where it waits for the turn that `caller`
    /// has: its next step is an `InvalidInput`. Changes nothing where it does not.
    pub fn refuse_within(&self, caller: &Self, now_ms: u64) {
        let queue = caller.lock().has_turn_of().map(str::to_owned);
        if let Some(queue) = queue {
            let now = Instant::from_millis(now_ms);
            self.lock().refuse_waiting_for(&queue, now);
        }
    }
}

/// A complete response, as a host hands it in.
pub(crate) fn response(status: u16, headers: HashMap<String, String>, body: Vec<u8>) -> Reply {
    Reply::Response(HttpResponse {
        status,
        headers: headers.into_iter().collect(),
        body,
    })
}
