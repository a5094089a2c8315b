//! A configured account, which makes machines.

use stablevps_core::config::Api as CoreApi;
use stablevps_core::error::{Error, ErrorKind};
use stablevps_core::host::Seeds;

use crate::error::Failure;

/// A configured account.
#[derive(uniffi::Object)]
pub struct Api(pub(crate) CoreApi);

/// What machines begin with. Names must differ in a forked process, too, and whatever seed a program gave its own
/// random numbers: so they come from the system.
pub(crate) fn seeds(jitter: u64) -> Result<Seeds, Failure> {
    let names = getrandom::u64().map_err(|error| {
        let detail = format!("the system gives no random numbers: {error}");
        Error::new(ErrorKind::Store { detail })
    })?;
    Ok(Seeds {
        jitter,
        names: Some(names),
    })
}
