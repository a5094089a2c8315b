//! A state machine in the host's hands.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use stablevps::host::{Asked, Moment};
use stablevps_core::clock::Instant;
use stablevps_core::host::{Machine as CoreMachine, documents};
use stablevps_core::http::{HttpResponse, Reply, RequestId};
use stablevps_core::recorded::RecordedStep;

use crate::error::Failure;
#[cfg(not(feature = "records"))]
use crate::exchanged::Exchanged;

/// A call or a purchase under way.
#[derive(uniffi::Object)]
pub struct Machine {
    core: Mutex<CoreMachine>,
    /// The request that the built-in transport carries out for it at this moment.
    #[cfg(all(feature = "ureq", not(feature = "records")))]
    pub(crate) under_way: Mutex<Option<UnderWay>>,
    times: Mutex<Times>,
    /// What became of the last request that was answered.
    #[cfg(not(feature = "records"))]
    pub(crate) exchanged: Mutex<Option<Exchanged>>,
}

/// The moments of a recorded purchase.
#[derive(Default)]
struct Times {
    asked: Asked,
    /// Until when the first byte of the last request may leave.
    limit: Option<Moment>,
}

/// A request that the built-in transport is carrying out.
#[cfg(all(feature = "ureq", not(feature = "records")))]
#[derive(Clone)]
pub(crate) struct UnderWay {
    pub id: u32,
    pub exchange: Arc<stablevps::host::Exchange>,
}

impl Machine {
    pub(crate) fn new(machine: CoreMachine) -> Arc<Self> {
        Arc::new(Self {
            core: Mutex::new(machine),
            #[cfg(all(feature = "ureq", not(feature = "records")))]
            under_way: Mutex::new(None),
            times: Mutex::default(),
            #[cfg(not(feature = "records"))]
            exchanged: Mutex::default(),
        })
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, CoreMachine> {
        self.core.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes when the store was asked for an operation, and until when the first byte of the request that is wanted now
    /// may leave.
    pub(crate) fn note_times(&self, machine: &mut CoreMachine, now: Instant) {
        if !machine.has_store() {
            return;
        }
        let mut times = self.times.lock().unwrap_or_else(PoisonError::into_inner);
        match machine.next_step(now) {
            RecordedStep::Store(request) => times.asked.note(request.id, now),
            RecordedStep::Send { send_within_ms, .. } => {
                times.limit = send_within_ms.map(|within_ms| times.asked.limit(within_ms, now));
            }
            RecordedStep::Wait { .. } | RecordedStep::Probe(_) | RecordedStep::Done(()) => {}
        }
    }

    /// Until when the first byte of the request that was asked for last may leave.
    #[cfg(all(feature = "ureq", not(feature = "records")))]
    pub(crate) fn limit(&self) -> Option<Moment> {
        self.times
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .limit
    }

    /// The request that the machine wants sent now.
    #[cfg(all(feature = "ureq", not(feature = "records")))]
    pub(crate) fn wanted_request(&self, now_ms: u64) -> Option<stablevps_core::http::HttpRequest> {
        let now = Instant::from_millis(now_ms);
        let mut machine = self.lock();
        self.note_times(&mut machine, now);
        match machine.next_step(now) {
            RecordedStep::Send { request, .. } => Some(*request),
            RecordedStep::Store(_)
            | RecordedStep::Wait { .. }
            | RecordedStep::Probe(_)
            | RecordedStep::Done(()) => None,
        }
    }

    pub(crate) fn answered(
        &self,
        id: u32,
        answer: Result<&str, String>,
        now_ms: u64,
    ) -> Result<(), Failure> {
        let now = Instant::from_millis(now_ms);
        documents::stored(&mut self.lock(), id, answer, now).map_err(|_| Failure::StaleReply { id })
    }

    pub(crate) fn reply(&self, id: u32, reply: Reply, now_ms: u64) -> Result<(), Failure> {
        #[cfg(not(feature = "records"))]
        let exchanged = Exchanged::of(id, &reply);
        self.lock()
            .handle_reply(RequestId(id), reply, Instant::from_millis(now_ms))
            .map_err(|_| Failure::StaleReply { id })?;
        #[cfg(not(feature = "records"))]
        {
            let mut last = self
                .exchanged
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            *last = Some(exchanged);
        }
        Ok(())
    }
}

#[uniffi::export]
impl Machine {
    /// From where a purchase can be taken up again, if there is something to take up.
    #[must_use]
    pub fn snapshot(&self, now_ms: u64) -> Option<String> {
        self.lock().snapshot(Instant::from_millis(now_ms))
    }

    /// Whether the request that was asked for last may still begin. It is asked right before the first byte is
    /// written, and where it says no, the request was not sent.
    #[must_use]
    pub fn may_begin(&self) -> bool {
        let times = self.times.lock().unwrap_or_else(PoisonError::into_inner);
        times.limit.is_none_or(|limit| !limit.has_come())
    }

    /// Gives a purchase's turn to the next one of the account: once the first progress that is not exclusive was
    /// handed out, or where nobody drives the machine any more. Doing so twice changes nothing.
    pub fn end_turn(&self) {
        self.lock().end_turn();
    }

    /// Ends a purchase that was begun within the `on_progress` of `caller`, where it waits for the turn that `caller`
    /// has: its next step is an `InvalidInput`. Or where it waits for the end of `caller`, which has its key: its next
    /// step is a `PurchaseInProgress`. Changes nothing where it does neither.
    pub fn refuse_within(&self, caller: &Self, now_ms: u64) {
        let (queue, holder) = {
            let caller = caller.lock();
            let queue = caller.has_turn_of().map(str::to_owned);
            (queue, caller.holder().map(str::to_owned))
        };
        if let Some(queue) = queue {
            let now = Instant::from_millis(now_ms);
            self.lock().refuse_waiting_for(&queue, now);
        }
        if let Some(holder) = holder {
            self.lock().refuse_waiting_for_holder(&holder);
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
