//! JSON Schema of the models: what the packages' own models are generated from.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::config::Auth;
use crate::error::Report;
use crate::models::{
    Account, ActionReceipt, ApiKeyInfo, CreatedKey, DeletedVps, Order, Progress, Provisioned,
    RevokedKey, Vps, VpsDetails, Wallet,
};
use crate::money::Money;
use crate::provisioning::WaitLevel;
use crate::secret::Secret;
use crate::time::Timestamp;

macro_rules! text {
    ($($name:ident = $format:literal),+) => {
        $(impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", "format": $format })
            }

            fn inline_schema() -> bool {
                true
            }
        })+
    };
}

text! { Money = "decimal", Timestamp = "date-time", Secret = "password" }

/// Every model that a package receives, by name, with the types they are made of.
#[must_use]
pub fn models() -> serde_json::Value {
    let mut generator = schemars::generate::SchemaSettings::draft2020_12()
        .for_serialize()
        .into_generator();
    generator.subschema_for::<Account>();
    generator.subschema_for::<ActionReceipt>();
    generator.subschema_for::<ApiKeyInfo>();
    generator.subschema_for::<CreatedKey>();
    generator.subschema_for::<DeletedVps>();
    generator.subschema_for::<Order>();
    generator.subschema_for::<RevokedKey>();
    generator.subschema_for::<Vps>();
    generator.subschema_for::<VpsDetails>();
    generator.subschema_for::<Wallet>();
    generator.subschema_for::<Progress>();
    generator.subschema_for::<Provisioned>();
    generator.subschema_for::<crate::catalogue::Plan>();
    generator.subschema_for::<Report>();
    generator.subschema_for::<Auth>();
    generator.subschema_for::<WaitLevel>();
    serde_json::Value::Object(generator.take_definitions(true))
}
