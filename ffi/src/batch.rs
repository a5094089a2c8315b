//! Orders that are bought together.

use stablevps_core::batch::Batch as CoreBatch;

/// Orders that are bought together: each is begun here in place of at its account.
#[derive(uniffi::Object)]
pub struct Batch(pub(crate) CoreBatch);

#[uniffi::export]
impl Batch {
    /// How many may be under way at once.
    #[must_use]
    pub fn at_once(&self) -> u32 {
        self.0.at_once()
    }
}
