//! A configured account, and the machines it makes.

use stablevps_core::config::Api as CoreApi;
#[cfg(feature = "stores")]
use stablevps_core::host::documents::machine;
#[cfg(not(feature = "stores"))]
use stablevps_core::host::documents::machine_without_stores as machine;
use stablevps_core::host::{Seeds, documents};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::machine::Machine;
use crate::numbers::{now, seed};
use crate::places::{self, Register};

/// A configured account, or why it can't be one.
#[wasm_bindgen]
pub struct Api(Result<CoreApi, String>);

#[wasm_bindgen]
impl Api {
    /// Checks the configuration, which is a JSON document. Every account has the same register.
    #[must_use]
    #[wasm_bindgen(constructor)]
    pub fn new(config: &str, register: Register) -> Self {
        let places = places::of_host(register);
        let api = documents::api_with_places(config, places);
        Self(api.map_err(|error| documents::error(&error)))
    }

    /// The error, as a JSON document, that the configuration is refused with.
    #[must_use]
    pub fn problem(&self) -> Option<String> {
        self.0.as_ref().err().cloned()
    }

    /// Begins the call or the purchase that a JSON document describes. What can't be begun is a machine
    /// that is at its end. What asks a store needs `names`: 64 random bits of the system, and not those of a
    /// generator that may be seeded.
    #[must_use]
    pub fn begin(
        &self,
        call: &str,
        #[wasm_bindgen(js_name = nowMs)] now_ms: f64,
        #[wasm_bindgen(js_name = timeMs)] time_ms: f64,
        #[wasm_bindgen(js_name = seed)] jitter: f64,
        names: Option<u64>,
    ) -> Machine {
        let api = self
            .0
            .as_ref()
            .map_err(|error| documents::failed_with(error));
        let seeds = Seeds {
            jitter: seed(jitter),
            names,
        };
        Machine(api.and_then(|api| {
            let begun = machine(api, call, seeds, now(now_ms, time_ms));
            begun.map_err(|error| documents::failed(&error))
        }))
    }
}
