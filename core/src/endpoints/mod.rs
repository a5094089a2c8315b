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

use crate::json::{Fields, Misfit, Model, document};
use crate::prelude::*;
use crate::words::hex_digit;

/// An id as one segment of a path, or one value of a query: everything is encoded but what RFC 3986
/// leaves unreserved.
fn segment(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let digits = [byte >> 4, byte & 15].map(|half| hex_digit(half.into()));
            encoded.push('%');
            encoded.extend(digits.map(|digit| digit.to_ascii_uppercase()));
        }
    }
    encoded
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

#[cfg(test)]
mod tests {
    use super::segment;

    #[test]
    fn what_an_id_may_hold_is_encoded_for_a_path() {
        assert_eq!(segment("6641abc-._~"), "6641abc-._~");
        assert_eq!(segment("a+b&c=d:\u{fc}"), "a%2Bb%26c%3Dd%3A%C3%BC");
    }
}
