//! The ten endpoints, one type each.

mod account;
mod keys;
mod verbatim;
mod vps;

pub use account::*;
pub use keys::*;
pub use verbatim::{ListVpsVerbatim, Listing};
pub use vps::*;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;

use crate::decode::{DecodeError, document};
use crate::json;

/// What RFC 3986 does not leave unreserved.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// An id as one segment of a path, or one value of a query.
fn segment(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// Reads a reply that says whether it was a success.
fn receipt<T: for<'de> Deserialize<'de>>(body: &[u8]) -> Result<T, DecodeError> {
    #[derive(Deserialize)]
    struct Success {
        #[serde(default, deserialize_with = "json::optional")]
        success: Option<bool>,
    }
    if document::<Success>(body)?.success == Some(false) {
        let reason = "is false in a reply whose status says success";
        return Err(DecodeError::at("success", reason));
    }
    document(body)
}

/// Whether a reply says nothing, as one to a deletion may.
fn is_blank(body: &[u8]) -> bool {
    body.trim_ascii().is_empty()
}

#[cfg(test)]
mod tests {
    use super::segment;

    #[test]
    fn what_an_id_may_hold_is_encoded_for_a_path() {
        assert_eq!(segment("6641abc-._~"), "6641abc-._~");
        assert_eq!(segment("a+b&c=d:\u{fc}"), "a%2Bb%26c%3Dd%3A%C3%BC");
    }
}
