//! A configured account, which makes machines.

use stablevps_core::config::Api as CoreApi;

/// A configured account.
#[derive(uniffi::Object)]
pub struct Api(pub(crate) CoreApi);
