//! Identifiers that cannot be mixed up.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize};

use crate::json::{Found, Scalar, Value, required};

/// How many bytes an id may have.
const LONGEST: usize = 128;

/// The letters, digits and signs that ids are made of as a rule. Listings are full of ids, and
/// looking a byte up takes no branch.
#[allow(clippy::indexing_slicing)]
const PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    let mut byte = 0_u8;
    while byte < 128 {
        plain[byte as usize] = byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        byte += 1;
    }
    plain
};

/// What every id of the API must be: it becomes one segment of a path.
pub(crate) fn check(text: &str) -> Result<(), &'static str> {
    const FORBIDDEN: &[char] = &['/', '\\', '?', '#', '%'];
    let plain = |byte: u8| PLAIN.get(usize::from(byte)).is_some_and(|plain| *plain);
    if (1..=LONGEST).contains(&text.len()) && text.bytes().all(plain) {
        return Ok(());
    }
    if text.is_empty() {
        return Err("must not be empty");
    }
    if text.len() > LONGEST {
        return Err("must be at most 128 bytes long");
    }
    if text
        .chars()
        .any(|c| c.is_control() || c.is_whitespace() || FORBIDDEN.contains(&c))
    {
        return Err("must not contain spaces, control characters or any of / \\ ? # %");
    }
    if text.chars().all(|c| c == '.') {
        return Err("must not consist of dots");
    }
    Ok(())
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $expected:literal, $format:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
        pub struct $name(String);

        impl $name {
            /// The id as the service writes it.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = &'static str;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                check(text).map(|()| Self(text.into()))
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl Scalar for $name {
            const EXPECTED: &'static str = $expected;
            const IS_TEXT: bool = true;

            /// From text, or from a number: its digits.
            fn read(value: Value<'_>) -> Result<Self, Found> {
                match value {
                    Value::Text(text) => text.parse().map_err(|_| Found::Other),
                    Value::Unsigned(number) => number.to_string().parse().map_err(|_| Found::Other),
                    other => Err(other.into()),
                }
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                required(deserializer)
            }
        }

        #[cfg(feature = "uniffi")]
        uniffi::custom_type!($name, String, {
            lower: |id| id.0,
            try_lift: |text| text.parse().map_err(uniffi::deps::anyhow::Error::msg),
        });

        #[cfg(feature = "schema")]
        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "string", "format": $format })
            }

            fn inline_schema() -> bool {
                true
            }
        }
    };
}

id! {
    /// The service's own id of a VPS: what every later call takes.
    VpsId, "a VPS id", "vps-id"
}
id! {
    /// The id of a VPS at the provider behind the service, such as `zomro-67890`. No call takes it.
    ServerId, "a provider's server id", "server-id"
}
id! {
    /// The id of an API key: what revoking it takes.
    KeyId, "a key id", "key-id"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_one_segment_of_a_path() {
        for good in ["6641abc...", "664abc0123456789abcdef01", "zomro-67890"] {
            assert!(good.parse::<VpsId>().is_ok(), "{good}");
        }
        for bad in [
            "", ".", "..", "a/b", "a\\b", "a?b", "a#b", "%2e", "a b", "a\nb", "a\u{0}",
        ] {
            assert!(bad.parse::<VpsId>().is_err(), "{bad:?}");
        }
        assert!("a".repeat(129).parse::<VpsId>().is_err());
    }
}
