//! How errors cross.

use stablevps_core::error::Error;

/// What a call of this library can fail with.
#[derive(Debug, thiserror::Error, uniffi::Error)]
pub enum Failure {
    /// An error of the product, as its JSON document.
    #[error("{document}")]
    Product {
        /// The error's document.
        document: String,
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
            document: error.document().to_string(),
        }
    }
}
