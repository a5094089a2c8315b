//! The store in a PostgreSQL database.

use std::fmt;
use std::sync::{Mutex, PoisonError};

use postgres::Client;
use postgres::types::Type;
use stablevps_core::store::{StoreFailure, StoreReply, StoreRequest, postgres as sql};

use super::Store;

type Connect = dyn Fn() -> Result<Client, postgres::Error> + Send + Sync;

/// Purchases in a PostgreSQL database, which processes of many machines share, in whatever language.
///
/// It has one connection, made when it is needed and made again where it broke. For a pool of yours, implement
/// [`Store`] with one query of [`STATEMENT`](super::sql::postgres::STATEMENT). The tables are made where there are none; their names
/// begin with `stablevps_`.
pub struct PostgresStore {
    connect: Box<Connect>,
    connection: Mutex<Option<Client>>,
}

impl PostgresStore {
    /// A store whose connection that function makes. It connects at once.
    ///
    /// # Errors
    /// Where it can't connect or write, or the database has tables of a newer version of this SDK.
    pub fn new(
        connect: impl Fn() -> Result<Client, postgres::Error> + Send + Sync + 'static,
    ) -> Result<Self, StoreFailure> {
        let store = Self {
            connect: Box::new(connect),
            connection: Mutex::new(None),
        };
        store.within(|connection| connection.batch_execute(sql::SCHEMA))?;
        let row = store.within(|connection| connection.query_typed_one(sql::READ_VERSION, &[]))?;
        let version: i32 = row.get(0);
        if u32::try_from(version) != Ok(sql::VERSION) {
            let detail = format!("the database has tables of another version, {version}");
            return Err(StoreFailure { detail });
        }
        Ok(store)
    }

    fn within<T>(
        &self,
        run: impl FnOnce(&mut Client) -> Result<T, postgres::Error>,
    ) -> Result<T, StoreFailure> {
        let mut connection = self
            .connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let mut client = match connection.take().filter(|client| !client.is_closed()) {
            Some(client) => client,
            None => (self.connect)().map_err(|error| failure(&error))?,
        };
        let result = run(&mut client).map_err(|error| failure(&error));
        *connection = Some(client);
        result
    }
}

impl Store for PostgresStore {
    fn carry_out(&self, request: &StoreRequest) -> Result<StoreReply, StoreFailure> {
        let document = request.document();
        // Not `query_one`, which prepares: what is prepared belongs to a session of the server.
        let row = self.within(|connection| {
            connection.query_typed_one(sql::STATEMENT, &[(&document, Type::TEXT)])
        })?;
        let answer: String = row.try_get(0).map_err(|error| failure(&error))?;
        StoreReply::from_document(&answer)
    }
}

impl fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PostgresStore")
    }
}

/// What the database says; a message of its own where it has one, which names no value.
fn failure(error: &postgres::Error) -> StoreFailure {
    let detail = match error.as_db_error() {
        Some(error) => error.message().to_owned(),
        None => error.to_string(),
    };
    StoreFailure { detail }
}
