//! The model for other languages, through uniffi.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::{Config, Exchange, Request, Simulator as Model};

/// A simulated service.
#[derive(uniffi::Object)]
pub struct Simulator(Mutex<Model>);

/// A configuration that can't be used.
#[derive(Debug, thiserror::Error, uniffi::Error)]
pub enum SimulatorError {
    /// It is not what a configuration must be.
    #[error("the configuration can't be used: {reason}")]
    Configuration {
        /// What is wrong with it.
        reason: String,
    },
}

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

impl Simulator {
    fn model(&self) -> MutexGuard<'_, Model> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[uniffi::export]
impl Simulator {
    /// A new service, from a configuration as JSON.
    #[uniffi::constructor]
    pub fn new(config: &str) -> Result<Arc<Self>, SimulatorError> {
        let config = Config::from_json(config.as_bytes()).map_err(|error| {
            let reason = error.to_string();
            SimulatorError::Configuration { reason }
        })?;
        Ok(Arc::new(Self(Mutex::new(Model::new(config)))))
    }

    /// The full-scope key that the account begins with.
    #[must_use]
    pub fn initial_key(&self) -> String {
        self.model().initial_key().to_owned()
    }

    /// Serves one request.
    #[must_use]
    pub fn handle(
        &self,
        method: String,
        target: String,
        headers: HashMap<String, String>,
        body: String,
        now_ms: i64,
    ) -> SimulatedReply {
        let request = Request {
            method,
            target,
            headers: headers.into_iter().collect(),
            body: body.into_bytes(),
        };
        let (outcome, response) = match self.model().handle(&request, now_ms) {
            Exchange::Reply(response) => ("reply", Some(response)),
            Exchange::NotDelivered => ("not_delivered", None),
            Exchange::Lost => ("lost", None),
            Exchange::Cut { .. } => ("cut", None),
        };
        let (status, headers, body, delay_ms) = response.map_or_else(Default::default, |reply| {
            let headers = reply.headers.into_iter().collect();
            (reply.status, headers, reply.body, reply.delay_ms)
        });
        SimulatedReply {
            outcome: outcome.to_owned(),
            status,
            headers,
            body,
            delay_ms,
        }
    }

    /// Carries out a control command, JSON in and out.
    #[must_use]
    pub fn control(&self, command: &str, now_ms: i64) -> String {
        let answer = self.model().control_json(command.as_bytes(), now_ms);
        String::from_utf8_lossy(&answer).into_owned()
    }
}
