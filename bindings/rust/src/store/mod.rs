//! Purchases that a database records, so that an order of yours buys one VPS.
//!
//! The service knows no idempotency keys. With a store, the client gives it them: whoever calls `provision` with the
//! same key, in whatever process, however often, whenever anything dies, at most one VPS is ordered.
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # #[cfg(feature = "sqlite")] {
//! use stablevps::store::SqliteStore;
//! # let simulator = stablevps::testing::Simulator::new();
//! # let folder = std::env::temp_dir().join(format!("stablevps-doc-{}", std::process::id()));
//! # std::fs::create_dir_all(&folder)?;
//! # let path = folder.join("purchases.db");
//!
//! let store = SqliteStore::open(&path)?;
//! # let client = simulator.client_builder().store(store).build()?;
//! # /*
//! let client = stablevps::Client::builder().api_key_from_env().store(store).build()?;
//! # */
//!
//! let order = || client.vps().provision("prime", "monthly", "london").idempotency_key("order-4711");
//! let first = order().run()?;
//! let second = order().run()?; // the same VPS, looked at anew
//! assert_eq!(first.vps.id, second.vps.id);
//! # std::fs::remove_dir_all(&folder)?;
//! # }
//! # Ok(())
//! # }
//! ```
//!
//! | end of the first call | what a second call with its key does |
//! |---|---|
//! | it goes on in this process | waits for its end |
//! | it goes on elsewhere | ends in `PurchaseInProgress`, or waits for it: [`WhenHeld`] |
//! | it was stopped, or its future dropped | takes over at once, unless its order may be on its way |
//! | its process died | takes over, once its lease is over: two minutes at most |
//! | ready | looks at the VPS anew |
//! | `ProvisioningFailed`, `Unresolved` | ends in the same error |
//! | refused, or `NotPlaced` | orders again |
//! | another plan, cycle or location | ends in `IdempotencyMismatch` |
//!
//! A store that fails before the order ends the purchase in `Store`: nothing is ordered. After it, the purchase goes
//! on, and writing is tried again until the time allowed is over; the error then has the token. Keys and passwords
//! are never stored.
//!
//! What a store can't cover: a process that is stopped inside the write of the order itself, and goes on after its
//! lease is over.

#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "sqlite")]
mod sqlite;

#[cfg(feature = "postgres")]
pub use self::postgres::PostgresStore;
#[cfg(feature = "sqlite")]
pub use self::sqlite::SqliteStore;
pub use stablevps_core::recorded::WhenHeld;
pub use stablevps_core::store::{
    Find, HeldBy, NewPurchase, PurchaseState, ReceiptSource, Record, RecordedOrder, Saved,
    StoreFailure, StoreOp, StoreReply, StoreRequest,
};

/// The SQL of the stores, for connections and pools of your own.
pub mod sql {
    pub use stablevps_core::store::{postgres, sqlite};
}

use std::sync::{Mutex, PoisonError};

use stablevps_core::clock::Instant;
use stablevps_core::store::MemoryStore as Model;

/// Where purchases are recorded.
///
/// An operation is one transaction, and is on disk when this returns. It may be asked for again, where its answer was
/// lost. [`StoreOp`] says what each one does; [`MemoryStore`] is the model of every other store.
pub trait Store: Send + Sync {
    /// Carries an operation out.
    ///
    /// # Errors
    /// What the database said, without secrets. It may have carried the operation out.
    fn carry_out(&self, request: &StoreRequest) -> Result<StoreReply, StoreFailure>;
}

/// A store that lasts as long as the process: for tests.
#[derive(Debug, Default)]
pub struct MemoryStore {
    model: Mutex<Model>,
}

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

impl Store for MemoryStore {
    fn carry_out(&self, request: &StoreRequest) -> Result<StoreReply, StoreFailure> {
        let mut model = self.model.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(model.carry_out(request, process_time()))
    }
}

impl<S: Store + ?Sized> Store for std::sync::Arc<S> {
    fn carry_out(&self, request: &StoreRequest) -> Result<StoreReply, StoreFailure> {
        (**self).carry_out(request)
    }
}

/// How long this process has been running.
fn process_time() -> Instant {
    use std::sync::LazyLock;
    static BEGUN: LazyLock<std::time::Instant> = LazyLock::new(std::time::Instant::now);
    let millis = BEGUN.elapsed().as_millis();
    // Some time has passed before the first look at a clock.
    Instant::from_millis(u64::try_from(millis).unwrap_or(u64::MAX).saturating_add(1))
}
