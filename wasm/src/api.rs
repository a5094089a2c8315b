//! A configured account, and the machines it makes.

use stablevps_core::batch::Batch as CoreBatch;
use stablevps_core::clock::Now;
use stablevps_core::config::Api as CoreApi;
use stablevps_core::host::{Origin, Seeds, documents};
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
        begin(self.0.as_ref(), call, now(now_ms, time_ms), jitter, names)
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
        begin(self.0.as_ref(), call, now(now_ms, time_ms), jitter, names)
    }

    /// How far all of them are, as a JSON document.
    #[must_use]
    pub fn progress(&self, #[wasm_bindgen(js_name = nowMs)] now_ms: f64) -> Option<String> {
        let batch = self.0.as_ref().ok()?;
        Some(documents::batch_progress(batch, instant(now_ms)))
    }
}

fn begin<'a>(
    origin: Result<impl Into<Origin<'a>>, &String>,
    call: &str,
    begun: Now,
    jitter: f64,
    names: Option<u64>,
) -> Machine {
    let jitter = seed(jitter);
    let origin = origin.map_err(|error| documents::failed_with(error));
    Machine::new(origin.and_then(|origin| {
        let machine = documents::machine(origin, call, Seeds { jitter, names }, begun);
        machine.map_err(|error| documents::failed(&error))
    }))
}
