//! The store in an SQLite file.

use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, Transaction, TransactionBehavior};
use stablevps_core::store::{StoreFailure, StoreReply, StoreRequest, sqlite as sql};

use super::Store;

/// How long one process waits for another that writes.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

const HAS_TABLES: &str =
    "SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE name = 'stablevps_schema')";

/// Purchases in an SQLite database, which processes of one machine share, in whatever language.
///
/// The tables are made where there are none; their names begin with `stablevps_`. A database on a network drive
/// can't be shared safely: SQLite's locks do not hold there.
#[derive(Debug)]
pub struct SqliteStore {
    connection: Mutex<Connection>,
}

impl SqliteStore {
    /// Opens a file, and makes it where there is none.
    ///
    /// # Errors
    /// Where it can't be opened or written, or has tables of a newer version of this SDK.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StoreFailure> {
        Self::with_connection(Connection::open(path).map_err(failure)?)
    }

    /// Uses a connection of yours. It is set to keep what it says that it keeps (`synchronous = FULL`), and to wait
    /// for others.
    ///
    /// # Errors
    /// Where it can't be written, or has tables of a newer version of this SDK.
    pub fn with_connection(connection: Connection) -> Result<Self, StoreFailure> {
        connection.busy_timeout(BUSY_TIMEOUT).map_err(failure)?;
        connection
            .pragma_update(None, "synchronous", "FULL")
            .map_err(failure)?;
        let store = Self {
            connection: Mutex::new(connection),
        };
        let version: u32 = store.within(|transaction| {
            // A database of a newer version stays as it is.
            let is_there: bool = transaction.query_row(HAS_TABLES, [], |row| row.get(0))?;
            if !is_there {
                transaction.execute_batch(sql::SCHEMA)?;
            }
            transaction.query_row(sql::READ_VERSION, [], |row| row.get(0))
        })?;
        if version > sql::VERSION {
            let detail = format!("the database has tables of a newer version, {version}");
            return Err(StoreFailure { detail });
        }
        Ok(store)
    }

    /// Runs statements in one transaction.
    fn within<T>(
        &self,
        run: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, StoreFailure> {
        let mut connection = self
            .connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let behavior = TransactionBehavior::Immediate;
        let transaction = connection
            .transaction_with_behavior(behavior)
            .map_err(failure)?;
        let result = run(&transaction).map_err(failure)?;
        transaction.commit().map_err(failure)?;
        Ok(result)
    }
}

impl Store for SqliteStore {
    fn carry_out(&self, request: &StoreRequest) -> Result<StoreReply, StoreFailure> {
        let document = request.document();
        let answer = self.within(|transaction| {
            let mut answer: Option<String> = None;
            for statement in sql::statements(request) {
                let mut statement = transaction.prepare_cached(statement)?;
                let mut rows = statement.query([&document])?;
                if let Some(row) = rows.next()? {
                    answer = Some(row.get(0)?);
                }
            }
            Ok(answer)
        })?;
        StoreReply::from_document(&answer.unwrap_or_default())
    }
}

#[allow(clippy::needless_pass_by_value)] // As `map_err` hands it over.
fn failure(error: rusqlite::Error) -> StoreFailure {
    let detail = error.to_string();
    StoreFailure { detail }
}
