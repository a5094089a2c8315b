//! The simulator in memory.

use stablevps_simulator::{Config, Exchange, Request, Response, Simulator as Model};
use wasm_bindgen::JsError;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::headers;
use crate::numbers::epoch;

/// A simulated service.
#[wasm_bindgen]
pub struct Simulator(Model);

/// The result of a simulated request.
#[wasm_bindgen]
pub struct SimulatedReply {
    outcome: &'static str,
    response: Option<Response>,
}

#[wasm_bindgen]
impl Simulator {
    /// A new service, from a configuration as JSON.
    #[wasm_bindgen(constructor)]
    pub fn new(config: &str) -> Result<Self, JsError> {
        let config = Config::from_json(config.as_bytes())
            .map_err(|error| JsError::new(&error.to_string()))?;
        Ok(Self(Model::new(config)))
    }

    /// The full-scope key that the account begins with.
    #[must_use]
    #[wasm_bindgen(getter, js_name = initialKey)]
    pub fn initial_key(&self) -> String {
        self.0.initial_key().to_owned()
    }

    /// Serves one request. `headers` is one text, `name: value` a line.
    pub fn handle(
        &mut self,
        method: String,
        target: String,
        headers: &str,
        body: Vec<u8>,
        #[wasm_bindgen(js_name = nowMs)] now_ms: f64,
    ) -> SimulatedReply {
        let request = Request {
            method,
            target,
            headers: headers::read(headers),
            body,
        };
        let (outcome, response) = match self.0.handle(&request, epoch(now_ms)) {
            Exchange::Reply(response) => ("reply", Some(response)),
            Exchange::NotDelivered => ("not_delivered", None),
            Exchange::Lost => ("lost", None),
            Exchange::Cut { .. } => ("cut", None),
        };
        SimulatedReply { outcome, response }
    }

    /// Whether a VPS answers at that address.
    pub fn answers(&mut self, address: &str, #[wasm_bindgen(js_name = nowMs)] now_ms: f64) -> bool {
        let state = self.0.state(epoch(now_ms));
        let mut there = state
            .vps
            .iter()
            .filter(|vps| vps.ip_address.as_deref() == Some(address));
        there.any(|vps| vps.answers)
    }

    /// Runs a control command, JSON in and out.
    pub fn control(
        &mut self,
        command: &str,
        #[wasm_bindgen(js_name = nowMs)] now_ms: f64,
    ) -> String {
        let now_ms = epoch(now_ms);
        let answer = self.0.control_json(command.as_bytes(), now_ms);
        String::from_utf8(answer).unwrap_or_default()
    }
}

#[wasm_bindgen]
impl SimulatedReply {
    /// `reply`, `not_delivered`, `lost` or `cut`.
    #[must_use]
    #[wasm_bindgen(getter)]
    pub fn outcome(&self) -> String {
        self.outcome.to_owned()
    }

    /// The status; 0 without a reply.
    #[must_use]
    #[wasm_bindgen(getter)]
    pub fn status(&self) -> u16 {
        self.response.as_ref().map_or(0, |response| response.status)
    }

    /// The reply's headers as one text, `name: value` a line.
    #[must_use]
    #[wasm_bindgen(getter)]
    pub fn headers(&self) -> String {
        let headers = self.response.as_ref().map(|response| &response.headers[..]);
        headers::write(headers.unwrap_or_default())
    }

    /// The reply's body.
    #[must_use]
    #[wasm_bindgen(getter)]
    pub fn body(&self) -> Vec<u8> {
        let body = self.response.as_ref().map(|response| &response.body[..]);
        body.unwrap_or_default().to_vec()
    }

    /// How long the service took, in milliseconds.
    #[must_use]
    #[wasm_bindgen(getter, js_name = delayMs)]
    pub fn delay_ms(&self) -> f64 {
        #[allow(clippy::cast_precision_loss)]
        self.response
            .as_ref()
            .map_or(0.0, |response| response.delay_ms as f64)
    }
}
