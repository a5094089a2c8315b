//! A configured account, which makes machines.

use stablevps_core::config::Api as CoreApi;

/// A configured account.
#[derive(uniffi::Object)]
pub struct Api(pub(crate) CoreApi);

#[uniffi::export]
impl Api {
    /// Tells accounts apart without telling the key.
    #[must_use]
    pub fn key_fingerprint(&self) -> String {
        self.0.key_fingerprint()
    }
}
