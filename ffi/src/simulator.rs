//! The simulator in memory.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use stablevps_simulator::{Config, Exchange, Request, Simulator as Model};

use crate::error::Failure;
use stablevps_core::error::Error;

/// A simulated service.
#[derive(uniffi::Object)]
pub struct Simulator(Mutex<Model>);

/// What became of a simulated request.
#[derive(uniffi::Record)]
pub struct SimulatedReply {
    /// `reply`, `not_delivered`, `lost` or `cut`.
    pub outcome: String,
    /// The status; 0 without a reply.
    pub status: u16,
    /// The reply's headers.
    pub headers: HashMap<String, String>,
    /// The reply's body.
    pub body: Vec<u8>,
    /// How long the service took, in milliseconds.
    pub delay_ms: u64,
}

#[uniffi::export]
impl Simulator {
    /// A new service, from a configuration as JSON.
    #[uniffi::constructor]
    pub fn new(config: &[u8]) -> Result<Arc<Self>, Failure> {
        let config = Config::from_json(config)
            .map_err(|error| Error::invalid_input("config", error.to_string()))?;
        Ok(Arc::new(Self(Mutex::new(Model::new(config)))))
    }

    /// The full-scope key that the account begins with.
    #[must_use]
    pub fn initial_key(&self) -> String {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .initial_key()
            .to_owned()
    }

    /// Serves one request. `head` is `[method, target, headers]`, as JSON.
    pub fn handle(&self, head: &[u8], body: &[u8], now_ms: i64) -> Result<SimulatedReply, Failure> {
        let (method, target, headers): (String, String, HashMap<String, String>) =
            serde_json::from_slice(head)
                .map_err(|_| Error::invalid_input("head", "has another form"))?;
        let request = Request {
            method,
            target,
            headers: headers.into_iter().collect(),
            body: body.to_vec(),
        };
        let mut model = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (outcome, response) = match model.handle(&request, now_ms) {
            Exchange::Reply(response) => ("reply", Some(response)),
            Exchange::NotDelivered => ("not_delivered", None),
            Exchange::Lost => ("lost", None),
            Exchange::Cut { .. } => ("cut", None),
        };
        let response = response.map(|r| (r.status, r.headers, r.body, r.delay_ms));
        let (status, headers, body, delay_ms) = response.unwrap_or_default();
        let outcome = outcome.to_owned();
        Ok(SimulatedReply {
            outcome,
            status,
            headers: headers.into_iter().collect(),
            body,
            delay_ms,
        })
    }

    /// Carries out a control command, JSON in and out.
    #[must_use]
    pub fn control(&self, command: &[u8], now_ms: i64) -> Vec<u8> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .control_json(command, now_ms)
    }
}
