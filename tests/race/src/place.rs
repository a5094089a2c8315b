//! The store that all processes share.

use std::error::Error;
use std::sync::Arc;

use postgres::NoTls;
use stablevps::store::{PostgresStore, SqliteStore, Store};

/// Opens `sqlite:PATH` or `postgres:ADDRESS`.
pub fn open(place: &str) -> Result<Arc<dyn Store>, Box<dyn Error>> {
    match place.split_once(':') {
        Some(("sqlite", path)) => Ok(Arc::new(SqliteStore::open(path)?)),
        Some(("postgres", address)) => {
            let address = address.to_owned();
            let connect = move || postgres::Client::connect(&address, NoTls);
            Ok(Arc::new(PostgresStore::new(connect)?))
        }
        _ => Err(format!("there is no store {place}").into()),
    }
}
