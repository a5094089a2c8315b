//! A configured account, and what every call of it begins with.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use stablevps_core::batch::Batch;
use stablevps_core::clock::{Instant, Now};
use stablevps_core::config::Api;
use stablevps_core::error::{Error, ErrorKind};
use stablevps_core::step::StaleReply;
use stablevps_core::store::{StoreFailure, StoreReply, StoreRequest};

use crate::store::Store;

/// A configured account.
pub struct Session {
    pub api: Api,
    pub store: Option<Arc<dyn Store>>,
    /// Names the account whose purchases go one at a time.
    pub account: Arc<str>,
    seed: Option<u64>,
}

impl Session {
    /// `world` is that of the client's clock.
    pub(crate) fn new(
        api: Api,
        store: Option<Arc<dyn Store>>,
        world: Option<&str>,
        seed: Option<u64>,
    ) -> Self {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let account = api.account_key();
        let account = match world {
            None => account,
            Some("") => format!("{account} {}", NUMBER.fetch_add(1, Ordering::Relaxed)),
            Some(world) => format!("{account} {world}"),
        };
        Self {
            api,
            store,
            account: account.into(),
            seed,
        }
    }

    /// The same for orders that are bought together.
    pub(crate) fn within(&self, batch: &Batch) -> Self {
        Self {
            api: batch.api().clone(),
            store: self.store.clone(),
            account: Arc::clone(&self.account),
            seed: self.seed,
        }
    }

    /// What names a recorded purchase and who is at work on it: like no other, in a forked process either, whatever
    /// seed the client has.
    pub(crate) fn name_seed() -> Result<u64, Error> {
        getrandom::u64().map_err(|error| {
            let detail = format!("the system gives no random numbers: {error}");
            Error::new(ErrorKind::Store { detail })
        })
    }

    /// Has the store carry an operation out.
    pub(crate) fn carry_out(&self, request: &StoreRequest) -> Result<StoreReply, StoreFailure> {
        let detail = "there is no store".to_owned();
        let store = self.store.as_ref().ok_or(StoreFailure { detail })?;
        store.carry_out(request)
    }

    /// The same, waited for no longer than that.
    pub(crate) fn carry_out_within(
        &self,
        request: StoreRequest,
        most: Duration,
    ) -> Option<Result<StoreReply, StoreFailure>> {
        let store = Arc::clone(self.store.as_ref()?);
        let (answered, answer) = std::sync::mpsc::channel();
        let carry_out = move || {
            // Nobody may wait for it any more.
            let _ = answered.send(store.carry_out(&request));
        };
        std::thread::Builder::new().spawn(carry_out).ok()?;
        answer.recv_timeout(most).ok()
    }

    /// What spreads a call's requests in time.
    pub(crate) fn seed(&self) -> u64 {
        self.seed.unwrap_or_else(|| fastrand::u64(..))
    }
}

/// A reading of a monotonic clock, as the core takes it.
pub(crate) fn instant(monotonic: Duration) -> Instant {
    Instant::from_millis(u64::try_from(monotonic.as_millis()).unwrap_or(u64::MAX))
}

/// Readings of both clocks, as the core takes them.
pub(crate) fn both(monotonic: Duration, time: SystemTime) -> Now {
    let millis = |span: Duration| i64::try_from(span.as_millis()).unwrap_or(i64::MAX);
    let epoch = match time.duration_since(UNIX_EPOCH) {
        Ok(after) => millis(after),
        Err(before) => millis(before.duration()).saturating_neg(),
    };
    let monotonic = instant(monotonic).millis();
    Now::from_millis(monotonic, epoch)
}

/// A machine has one driver, which answers the request that it was given.
pub(crate) fn two_drivers(_: StaleReply) -> Error {
    Error::invalid_input("machine", "is driven by two at once")
}
