//! How errors cross.

use stablevps_core::error::Error;

/// What a call of this library can fail with.
#[derive(Debug, thiserror::Error, uniffi::Error)]
pub enum Failure {
    /// An error of the product.
    #[error("an error of the product")]
    Product {
        /// The error as its JSON document.
        #[cfg(feature = "documents")]
        document: String,
        /// The error as a record.
        #[cfg(feature = "records")]
        problem: Box<crate::records::Problem>,
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
        Self::Product {
            #[cfg(feature = "documents")]
            document: error.document(),
            #[cfg(feature = "records")]
            problem: Box::new((&error).into()),
        }
    }
}
