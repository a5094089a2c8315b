//! A configured account, and the machines it makes.

use stablevps_core::batch::Batch as CoreBatch;
use stablevps_core::config::Api as CoreApi;
use stablevps_core::host::documents::machine;
use stablevps_core::host::{Seeds, documents};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::machine::Machine;
use crate::numbers::{instant, now, seed};
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

    /// Whether this build knows the calls that ask a store.
    #[must_use]
    #[wasm_bindgen(js_name = hasStores)]
    pub fn has_stores(&self) -> bool {
        cfg!(feature = "stores")
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
        let core = api.and_then(|api| {
            let begun = machine(api, call, seeds, now(now_ms, time_ms));
            begun.map_err(|error| documents::failed(&error))
        });
        Machine::new(core, None)
    }

    /// Orders that are bought together. `options` is a JSON document.
    #[must_use]
    pub fn batch(&self, options: &str) -> Batch {
        let api = self.0.as_ref().map_err(String::clone);
        Batch(api.and_then(|api| {
            let batch = documents::batch(api, options);
            batch.map_err(|error| documents::error(&error))
        }))
    }
}

/// Orders that are bought together, or why they can't be.
#[wasm_bindgen]
pub struct Batch(Result<CoreBatch, String>);

#[wasm_bindgen]
impl Batch {
    /// The error, as a JSON document, that the options are refused with.
    #[must_use]
    pub fn problem(&self) -> Option<String> {
        self.0.as_ref().err().cloned()
    }

    /// How many may be under way at once.
    #[must_use]
    #[wasm_bindgen(js_name = atOnce)]
    pub fn at_once(&self) -> u32 {
        self.0.as_ref().map_or(0, CoreBatch::at_once)
    }

    /// Begins a purchase, as an [`Api`] does.
    #[must_use]
    pub fn begin(
        &self,
        call: &str,
        #[wasm_bindgen(js_name = nowMs)] now_ms: f64,
        #[wasm_bindgen(js_name = timeMs)] time_ms: f64,
        #[wasm_bindgen(js_name = seed)] jitter: f64,
        names: Option<u64>,
    ) -> Machine {
        let seeds = Seeds {
            jitter: seed(jitter),
            names,
        };
        let begun = now(now_ms, time_ms);
        let batch = self.0.as_ref();
        let core = batch.map_err(|error| documents::failed_with(error));
        let core = core.and_then(|batch| {
            let core = machine(batch.api(), call, seeds, begun);
            core.map_err(|error| documents::failed(&error))
        });
        let seat = batch.ok().filter(|_| core.is_ok());
        Machine::new(core, seat.map(|batch| batch.seat(begun.instant)))
    }

    /// How far all of them are, as a JSON document.
    #[must_use]
    pub fn progress(&self, #[wasm_bindgen(js_name = nowMs)] now_ms: f64) -> Option<String> {
        let batch = self.0.as_ref().ok()?;
        Some(documents::batch_progress(batch, instant(now_ms)))
    }
}
