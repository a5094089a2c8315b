//! The ten endpoints, one type each.

mod account;
mod any;
mod as_sent;
mod keys;
mod vps;

pub use account::{GetAccount, GetWallet};
pub use any::AnyEndpoint;
pub use as_sent::ListVpsAsSent;
pub use keys::{CreateKey, ListKeys, RevokeKey};
pub use vps::{ControlVps, CreateVps, DeleteVps, GetVps, ListVps};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::json::{Fields, Misfit, Model, document};

/// Everything but the characters that RFC 3986 leaves unreserved.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

fn segment(text: &str) -> String {
    utf8_percent_encode(text, SEGMENT).to_string()
}

/// Reads a reply that says whether it was a success.
fn receipt<T: Model>(body: &[u8]) -> Result<T, Misfit> {
    let mut fields = Fields::of(body, &["success"])?;
    let success = fields.take::<Option<bool>>();
    if fields.checked(success)? == Some(false) {
        return Err(Misfit::at(
            "success",
            "is false in a reply that says it is good",
        ));
    }
    document(body)
}
