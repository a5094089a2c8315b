//! The store that all processes share.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use postgres::NoTls;
use stablevps::store::{PostgresStore, SqliteStore, Store};

/// Before a store that can't be opened is tried again: another process may be stopped amid a transaction.
const PAUSE: Duration = Duration::from_millis(250);
const MOST_TRIES: usize = 20;

/// Opens `sqlite:PATH` or `postgres:ADDRESS`.
pub fn open(place: &str) -> Result<Arc<dyn Store>, Box<dyn Error>> {
    for _ in 1..MOST_TRIES {
        if let Ok(store) = open_once(place) {
            return Ok(store);
        }
        std::thread::sleep(PAUSE);
    }
    open_once(place)
}

fn open_once(place: &str) -> Result<Arc<dyn Store>, Box<dyn Error>> {
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
