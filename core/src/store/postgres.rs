//! The store's operations for PostgreSQL 12 and later.
//!
//! [`SCHEMA`] makes the tables and a function. An operation is one statement, [`STATEMENT`], and so one transaction,
//! whose only parameter is the request as one JSON text; it gives a row of one column, which is the answer as JSON. It
//! keeps nothing in its session, so a pool that lends connections by the transaction serves it as well.
//!
//! What was committed must be on disk: `synchronous_commit` must be `on`, which is PostgreSQL's default.

/// The tables and the function. Running it again changes nothing.
pub const SCHEMA: &str = include_str!("postgres/schema.sql");
/// The version of [`SCHEMA`]. A database of a newer one is not to be touched.
pub const VERSION: u32 = 1;
/// The version of a database, where there is one.
pub const READ_VERSION: &str = "SELECT version FROM stablevps_schema";
/// An operation.
pub const STATEMENT: &str = "SELECT stablevps_store($1::text::jsonb)::text";
