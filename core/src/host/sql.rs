//! The SQL of the stores, for hosts that run it.

use std::collections::HashMap;

use serde::Serialize;

use crate::store::{postgres, sqlite};

/// What stores in databases run. Their parameter is an operation as JSON; so is their answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct StoreSql {
    /// The version of the tables. A database of a newer one is not to be touched.
    pub version: u32,
    /// Gives the version of a database's tables.
    pub read_version: String,
    /// Makes the tables in SQLite, where there are none.
    pub sqlite_schema: String,
    /// The statements of each operation for SQLite, by its name, to run in one transaction that begins with
    /// `BEGIN IMMEDIATE`. One of them gives a row of one column, which is the answer.
    pub sqlite_operations: HashMap<String, Vec<String>>,
    /// Makes the tables in PostgreSQL, where there are none.
    pub postgres_schema: String,
    /// Any operation for PostgreSQL: it gives a row of one column, which is the answer.
    pub postgres_statement: String,
}

impl StoreSql {
    /// All of it.
    #[must_use]
    pub fn get() -> Self {
        let owned = |statements: &[&str]| statements.iter().map(|&one| one.to_owned()).collect();
        let operations = sqlite::STATEMENTS.iter();
        Self {
            version: sqlite::VERSION,
            read_version: sqlite::READ_VERSION.to_owned(),
            sqlite_schema: sqlite::SCHEMA.to_owned(),
            sqlite_operations: operations
                .map(|&(name, statements)| (name.to_owned(), owned(statements)))
                .collect(),
            postgres_schema: postgres::SCHEMA.to_owned(),
            postgres_statement: postgres::STATEMENT.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_databases_have_tables_of_one_version() {
        assert_eq!(sqlite::VERSION, postgres::VERSION);
        assert_eq!(sqlite::READ_VERSION, postgres::READ_VERSION);
    }
}
