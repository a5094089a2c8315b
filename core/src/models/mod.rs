//! What the service answers, as validated plain data.
//!
//! Absent, `null` and empty text all mean "not there yet" for an optional field. Fields that the
//! service adds are ignored. The documents that packages receive are these structs as JSON, in the
//! service's own spelling: money as text with two decimals, times as ISO 8601 in UTC.

mod account;
mod keys;
mod vps;

pub use account::{Account, AffiliateStats, Role, Wallet};
pub use keys::{ApiKeyInfo, CreatedKey, RevokedKey, Scope};
pub use vps::{
    ActionReceipt, BillingCycle, BillingStatus, DeletedVps, Location, Order, PlanId, PowerAction,
    Vps, VpsDetails, VpsStatus,
};

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::Deserializer;
use serde::de::{self, Visitor};

use crate::secret::Secret;

/// Reads an optional text field: `null` and `""` are both "not there".
fn optional<'de, T: FromStr, D: Deserializer<'de>>(from: D) -> Result<Option<T>, D::Error> {
    struct OptionalVisitor<T>(PhantomData<T>);

    impl<'de, T: FromStr> Visitor<'de> for OptionalVisitor<T> {
        type Value = Option<T>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a well-formed string or null")
        }

        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok(None)
        }

        fn visit_none<E>(self) -> Result<Self::Value, E> {
            Ok(None)
        }

        fn visit_some<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
            from.deserialize_str(self)
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
            if text.is_empty() {
                return Ok(None);
            }
            text.parse()
                .map(Some)
                .map_err(|_| E::invalid_value(de::Unexpected::Str(text), &self))
        }
    }

    from.deserialize_option(OptionalVisitor(PhantomData))
}

impl FromStr for Secret {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self::new(text))
    }
}
