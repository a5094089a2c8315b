//! A state machine in the host's hands.

use stablevps_core::clock::Instant;
use stablevps_core::host::{Machine as CoreMachine, documents};
use stablevps_core::http::{
    Delivery, FailureKind, HttpResponse, Reply, RequestId, TransportFailure,
};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::headers;
use crate::numbers::instant;

/// A call or a purchase under way; or, if it can't be begun, the one step that it ends with.
#[wasm_bindgen]
pub struct Machine {
    core: Result<CoreMachine, String>,
}

impl Machine {
    pub(crate) fn new(core: Result<CoreMachine, String>) -> Self {
        Self { core }
    }

    fn next(&mut self, now: Instant) -> String {
        match &mut self.core {
            Ok(machine) => documents::step_or_reference(machine, now),
            Err(end) => end.clone(),
        }
    }

    fn reply(&mut self, id: u32, reply: Reply, now_ms: f64) -> Option<String> {
        let machine = self.core.as_mut().ok()?;
        let now = instant(now_ms);
        machine.handle_reply(RequestId(id), reply, now).ok()?;
        Some(self.next(now))
    }

    fn answered(&mut self, id: u32, answer: Result<&str, String>, now_ms: f64) -> Option<String> {
        // The glue is the same for both builds.
        if cfg!(not(feature = "stores")) {
            return None;
        }
        let machine = self.core.as_mut().ok()?;
        let now = instant(now_ms);
        documents::stored(machine, id, answer, now).ok()?;
        Some(self.next(now))
    }
}

#[wasm_bindgen]
impl Machine {
    /// What to do now, as JSON text: `{"do": "send" | "wait" | "done" | "failed", ...}`. Calling it twice
    /// changes nothing.
    ///
    /// If the end's `within` names a field, the result is that field of the last reply's body, which the
    /// host still has: `JSON.parse` reads it there as well as here.
    #[must_use]
    pub fn step(&mut self, #[wasm_bindgen(js_name = nowMs)] now_ms: f64) -> String {
        self.next(instant(now_ms))
    }

    /// Hands in the response to a request. `headers` is one text, `name: value` a line. Returns the next
    /// step; nothing if the machine does not wait for that response, which is a defect of the host.
    pub fn response(
        &mut self,
        id: u32,
        status: u16,
        headers: &str,
        body: Vec<u8>,
        #[wasm_bindgen(js_name = nowMs)] now_ms: f64,
    ) -> Option<String> {
        let headers = headers::read(headers);
        let response = HttpResponse {
            status,
            headers,
            body,
        };
        self.reply(id, Reply::Response(response), now_ms)
    }

    /// Hands in the failure of a request. `delivery` is `not_sent` only if that is certain. Returns the
    /// next step; nothing if the machine does not wait for that request.
    pub fn failed(
        &mut self,
        id: u32,
        kind: &str,
        delivery: &str,
        detail: String,
        #[wasm_bindgen(js_name = nowMs)] now_ms: f64,
    ) -> Option<String> {
        let failure = TransportFailure {
            kind: FailureKind::named(kind),
            delivery: Delivery::named(delivery),
            detail,
        };
        self.reply(id, Reply::Failed(failure), now_ms)
    }

    /// Hands in what the store answered to an operation. Returns the next step; nothing if the machine does not wait
    /// for that answer.
    pub fn stored(
        &mut self,
        id: u32,
        answer: &str,
        #[wasm_bindgen(js_name = nowMs)] now_ms: f64,
    ) -> Option<String> {
        self.answered(id, Ok(answer), now_ms)
    }

    /// Tells that the store could not carry an operation out, or may have. The detail is shown in errors, and must hold
    /// no secret. Returns the next step; nothing if the machine does not wait for that answer.
    #[wasm_bindgen(js_name = storeFailed)]
    pub fn store_failed(
        &mut self,
        id: u32,
        detail: String,
        #[wasm_bindgen(js_name = nowMs)] now_ms: f64,
    ) -> Option<String> {
        self.answered(id, Err(detail), now_ms)
    }

    /// Hands in how the probes went: a JSON array of `"answered"`, `"silent"` and `"not_tried"`, in the order of the
    /// targets. Returns the next step; nothing if the machine does not wait for them.
    pub fn probed(
        &mut self,
        id: u32,
        outcomes: &str,
        #[wasm_bindgen(js_name = nowMs)] now_ms: f64,
    ) -> Option<String> {
        let machine = self.core.as_mut().ok()?;
        let now = instant(now_ms);
        documents::probed(machine, id, outcomes, now).ok()?;
        Some(self.next(now))
    }

    /// Says that `onProgress` is waited for, which may wait for a call with the same key: until the next step is asked
    /// for, nobody else in this process begins to wait for this purchase.
    #[wasm_bindgen(js_name = inCallback)]
    pub fn in_callback(&mut self) {
        if let Ok(machine) = &mut self.core {
            machine.in_callback();
        }
    }

    /// A step by which a host that gives the machine up lets go what it holds: it has the store carry it out, hands the
    /// answer in and asks again, until there is none.
    #[wasm_bindgen(js_name = lettingGo)]
    pub fn letting_go(&mut self, #[wasm_bindgen(js_name = nowMs)] now_ms: f64) -> Option<String> {
        // The glue is the same for both builds.
        if cfg!(not(feature = "stores")) {
            return None;
        }
        documents::letting_go(self.core.as_mut().ok()?, instant(now_ms))
    }

    /// From where a purchase can be taken up again, if there is something to take up.
    #[must_use]
    pub fn snapshot(&self, #[wasm_bindgen(js_name = nowMs)] now_ms: f64) -> Option<String> {
        self.core.as_ref().ok()?.snapshot(instant(now_ms))
    }

    /// Gives a purchase's turn to the next one of the account: once the first progress that is not exclusive was
    /// handed out. Doing so twice changes nothing.
    #[wasm_bindgen(js_name = endTurn)]
    pub fn end_turn(&self) {
        if let Ok(machine) = &self.core {
            machine.end_turn();
        }
    }
}
