//! A configured account, which makes machines.

use stablevps_core::config::Api as CoreApi;

/// A configured account.
#[derive(uniffi::Object)]
pub struct Api(pub(crate) CoreApi);

#[uniffi::export]
impl Api {
    /// Names the account whose purchases go one at a time, without telling the key.
    #[must_use]
    pub fn account_key(&self) -> String {
        self.0.account_key()
    }
}
