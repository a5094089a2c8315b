//! The store that a race shares.

use std::path::{Path, PathBuf};

use anyhow::Result;

use super::StoreKind;
use crate::postgres::Postgres;

/// A database of the race's own.
pub enum Database {
    Sqlite(PathBuf),
    Postgres(Postgres),
}

impl Database {
    /// Makes one; none where there is no PostgreSQL.
    pub fn start(kind: StoreKind, folder: &Path) -> Result<Option<Self>> {
        Ok(match kind {
            StoreKind::Sqlite => Some(Self::Sqlite(folder.join("purchases.db"))),
            StoreKind::Postgres => Postgres::start()?.map(Self::Postgres),
        })
    }

    /// How the processes are told of it.
    pub fn place(&self) -> String {
        match self {
            Self::Sqlite(path) => format!("sqlite:{}", path.display()),
            Self::Postgres(server) => format!("postgres:{}", server.address()),
        }
    }

    /// Leaves what is in it among the race's files.
    pub fn dump(&self, folder: &Path) -> Result<()> {
        match self {
            Self::Sqlite(_) => Ok(()),
            Self::Postgres(server) => Ok(std::fs::write(folder.join("store.sql"), server.dump()?)?),
        }
    }
}
