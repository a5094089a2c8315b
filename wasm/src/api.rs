//! A configured account, and the machines it makes.

use alloc::string::String;

use stablevps_core::config::Api as CoreApi;
use stablevps_core::documents::{self, calls};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::machine::Machine;
use crate::numbers::{seed, timestamp};

/// A configured account, or why it can't be one.
#[wasm_bindgen]
pub struct Api(Result<CoreApi, String>);

#[wasm_bindgen]
impl Api {
    /// Checks the options, which are a JSON document.
    #[must_use]
    #[wasm_bindgen(constructor)]
    pub fn new(options: &str) -> Self {
        Self(calls::api(options).map_err(|error| error.document()))
    }

    /// The error, as a JSON document, that the options are refused with.
    #[must_use]
    pub fn problem(&self) -> Option<String> {
        self.0.as_ref().err().cloned()
    }

    /// Tells accounts apart without telling the key.
    #[must_use]
    #[wasm_bindgen(js_name = keyFingerprint)]
    pub fn key_fingerprint(&self) -> String {
        self.0
            .as_ref()
            .map_or_else(|_| String::new(), CoreApi::key_fingerprint)
    }

    /// Begins the call or the purchase that a JSON document asks for. What can't be begun is a machine
    /// that is at its end.
    #[must_use]
    pub fn begin(
        &self,
        call: &str,
        #[wasm_bindgen(js_name = nowMs)] now_ms: f64,
        #[wasm_bindgen(js_name = seed)] jitter: f64,
    ) -> Machine {
        let api = self
            .0
            .as_ref()
            .map_err(|problem| documents::refused(problem));
        Machine(api.and_then(|api| {
            let begun = calls::begin(api, call, seed(jitter), timestamp(now_ms));
            begun.map_err(|error| documents::refused(&error.document()))
        }))
    }
}
