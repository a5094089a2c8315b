//! The surface for languages that read records fast: Kotlin and Swift. Their packages hold no JSON reader.

use std::collections::HashMap;
use std::sync::Arc;

use stablevps_core::batch::{Batch as CoreBatch, BatchOptions};
use stablevps_core::catalogue::{self, Plan};
use stablevps_core::clock::{Instant, Now};
use stablevps_core::config::{Api as CoreApi, ApiConfig, CallOptions};
use stablevps_core::error::{Error, Report};
use stablevps_core::host::{self, HostStep, ListingForm, Origin, StoreSql};
use stablevps_core::http::{Delivery, FailureKind, Reply, RequestId, TransportFailure};
use stablevps_core::models::BatchProgress;
use stablevps_core::probe::ProbeOutcome;
use stablevps_core::provisioning::ProvisionOptions;
use stablevps_core::request::Request;
use stablevps_core::watch::WatchOptions;

use crate::api::{Api, seeds};
use crate::batch::Batch;
use crate::error::Failure;
use crate::machine::{Machine, response};

/// A machine's next step, as a record.
pub type Step = HostStep;

/// Every plan, the smallest first.
#[must_use]
#[uniffi::export]
pub fn plans() -> Vec<Plan> {
    catalogue::plans()
}

/// The SQL of the stores.
#[must_use]
#[uniffi::export]
pub fn store_sql() -> StoreSql {
    StoreSql::get()
}

/// The error of an argument that the host itself refuses.
#[must_use]
#[uniffi::export]
pub fn invalid_input(field: &str, reason: &str) -> Report {
    Error::invalid_input(field, reason).report()
}

/// A configuration in which nothing was said.
#[must_use]
#[uniffi::export]
pub fn default_config() -> ApiConfig {
    ApiConfig::default()
}

/// A purchase's options in which nothing was said.
#[must_use]
#[uniffi::export]
pub fn default_provision_options() -> ProvisionOptions {
    ProvisionOptions::default()
}

/// A watch's options in which nothing was said.
#[must_use]
#[uniffi::export]
pub fn default_watch_options() -> WatchOptions {
    WatchOptions::default()
}

#[uniffi::export]
impl Api {
    /// Checks a configuration.
    #[uniffi::constructor]
    pub fn new(config: ApiConfig) -> Result<Arc<Self>, Failure> {
        Ok(Arc::new(Self(CoreApi::new(config)?)))
    }

    /// Begins a call or a purchase. `seed` spreads its requests in time; without one, it draws its own.
    pub fn begin(
        &self,
        request: Request,
        options: CallOptions,
        seed: Option<u64>,
        now_ms: u64,
        time_ms: i64,
    ) -> Result<Arc<Machine>, Failure> {
        begin(&self.0, request, options, seed, now_ms, time_ms)
    }
}

/// A batch's options in which nothing was said.
#[must_use]
#[uniffi::export]
pub fn default_batch_options() -> BatchOptions {
    BatchOptions::default()
}

#[uniffi::export]
impl Api {
    /// Orders that are bought together.
    pub fn batch(&self, options: &BatchOptions) -> Result<Arc<Batch>, Failure> {
        Ok(Arc::new(Batch(CoreBatch::new(&self.0, options)?)))
    }
}

#[uniffi::export]
impl Batch {
    /// Begins a purchase, as [`Api::begin`] does.
    pub fn begin(
        &self,
        request: Request,
        options: CallOptions,
        seed: Option<u64>,
        now_ms: u64,
        time_ms: i64,
    ) -> Result<Arc<Machine>, Failure> {
        begin(&self.0, request, options, seed, now_ms, time_ms)
    }

    /// How far all of them are.
    #[must_use]
    pub fn progress(&self, now_ms: u64) -> BatchProgress {
        self.0.progress(Instant::from_millis(now_ms))
    }
}

fn begin<'a>(
    origin: impl Into<Origin<'a>>,
    request: Request,
    options: CallOptions,
    seed: Option<u64>,
    now_ms: u64,
    time_ms: i64,
) -> Result<Arc<Machine>, Failure> {
    let seeds = seeds(seed.unwrap_or_else(|| fastrand::u64(..)))?;
    let begun = Now::from_millis(now_ms, time_ms);
    let form = ListingForm::Rows;
    let machine = host::begin(origin, request, options, form, seeds, begun)?;
    Ok(Machine::new(machine))
}

#[uniffi::export]
impl Machine {
    /// What to do now. Asking twice changes nothing.
    #[must_use]
    pub fn step(&self, now_ms: u64) -> Step {
        let now = Instant::from_millis(now_ms);
        let mut machine = self.lock();
        self.note_times(&mut machine, now);
        HostStep::of(&mut machine, now)
    }

    /// A step by which a host that gives the machine up lets go what it holds: it has the store carry it out, hands
    /// the answer in and asks again, until there is none.
    #[must_use]
    pub fn letting_go(&self, now_ms: u64) -> Option<Step> {
        let now = Instant::from_millis(now_ms);
        HostStep::letting_go(&mut self.lock(), now)
    }

    /// Hands in what the store answered to an operation, and gives the next step.
    pub fn stored(&self, id: u32, answer: &str, now_ms: u64) -> Result<Step, Failure> {
        self.answered(id, Ok(answer), now_ms)?;
        Ok(self.step(now_ms))
    }

    /// Tells that the store could not carry an operation out, or may have, and gives the next step. The detail is
    /// shown in errors, and must hold no secret.
    pub fn store_failed(&self, id: u32, detail: String, now_ms: u64) -> Result<Step, Failure> {
        self.answered(id, Err(detail), now_ms)?;
        Ok(self.step(now_ms))
    }

    /// Hands in how the probes went, in the order of their targets, and gives the next step.
    pub fn probed(&self, id: u32, outcomes: &[ProbeOutcome], now_ms: u64) -> Result<Step, Failure> {
        let now = Instant::from_millis(now_ms);
        self.lock()
            .handle_probes(RequestId(id), outcomes, now)
            .map_err(|_| Failure::StaleReply { id })?;
        Ok(self.step(now_ms))
    }

    /// Hands in the response to a request, and gives the next step. A call's result is given here, once.
    pub fn response(
        &self,
        id: u32,
        status: u16,
        headers: HashMap<String, String>,
        body: &[u8],
        now_ms: u64,
    ) -> Result<Step, Failure> {
        self.reply(id, response(status, headers, body.to_vec()), now_ms)?;
        Ok(self.step_after_reply(now_ms))
    }

    /// Tells that a request has no response, and gives the next step. `delivery` is `NotSent` only
    /// where that is certain.
    pub fn failed(
        &self,
        id: u32,
        kind: FailureKind,
        delivery: Delivery,
        detail: String,
        now_ms: u64,
    ) -> Result<Step, Failure> {
        let failure = TransportFailure {
            kind,
            delivery,
            detail,
        };
        self.reply(id, Reply::Failed(failure), now_ms)?;
        Ok(self.step_after_reply(now_ms))
    }
}

impl Machine {
    fn step_after_reply(&self, now_ms: u64) -> Step {
        let now = Instant::from_millis(now_ms);
        let mut machine = self.lock();
        self.note_times(&mut machine, now);
        HostStep::after_reply(&mut machine, now)
    }
}
