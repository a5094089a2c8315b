//! How errors cross.

use stablevps_core::error::Error;
#[cfg(not(feature = "records"))]
use stablevps_core::host::documents;

/// What a call of this library can fail with.
#[derive(Debug, thiserror::Error, uniffi::Error)]
pub enum Failure {
    /// An error of the product.
    #[error("an error of the product")]
    Product {
        /// The error as its JSON document.
        #[cfg(not(feature = "records"))]
        report: String,
        /// The error as a record.
        #[cfg(feature = "records")]
        report: Box<stablevps_core::error::Report>,
    },
    /// A reply to a request that nobody waits for was handed in.
    #[error("request {id} is not outstanding")]
    StaleReply {
        /// The request's id.
        id: u32,
    },
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        #[cfg(not(feature = "records"))]
        let report = documents::error(&error);
        #[cfg(feature = "records")]
        let report = Box::new(error.report());
        Self::Product { report }
    }
}
