//! How errors cross.

use stablevps_core::error::Error;
#[cfg(feature = "api")]
use stablevps_core::machine::StaleReply;
use wasm_bindgen::JsValue;

/// What a call of this library throws.
#[derive(Debug)]
pub enum Failure {
    /// An error of the product, thrown as its JSON document.
    Product(Error),
    /// A reply to a request that nobody waits for was handed in, thrown as an `Error`.
    #[cfg(feature = "api")]
    StaleReply(StaleReply),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Product(error)
    }
}

#[cfg(feature = "api")]
impl From<StaleReply> for Failure {
    fn from(stale: StaleReply) -> Self {
        Self::StaleReply(stale)
    }
}

impl From<Failure> for JsValue {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Product(error) => error.document().into(),
            #[cfg(feature = "api")]
            Failure::StaleReply(stale) => wasm_bindgen::JsError::new(&stale.to_string()).into(),
        }
    }
}
