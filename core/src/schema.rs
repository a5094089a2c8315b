//! JSON Schema of the models: what the packages' own models are generated from.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::config::Auth;
use crate::error::Report;
use crate::models::{BatchProgress, Progress};
use crate::money::Money;
use crate::probe::ProbeOutcome;
use crate::provisioning::WaitLevel;
use crate::recorded::WhenHeld;
use crate::request::Output;
use crate::secret::Secret;
use crate::time::Timestamp;
use crate::watch::{RebootPolicy, WatchEventKind};

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
    // What calls give, and so what each of them is made of.
    let _ = Output::json_schema(&mut generator);
    generator.subschema_for::<Progress>();
    generator.subschema_for::<BatchProgress>();
    generator.subschema_for::<crate::catalogue::Plan>();
    generator.subschema_for::<Report>();
    generator.subschema_for::<Auth>();
    generator.subschema_for::<WaitLevel>();
    generator.subschema_for::<WhenHeld>();
    generator.subschema_for::<RebootPolicy>();
    generator.subschema_for::<WatchEventKind>();
    generator.subschema_for::<ProbeOutcome>();
    serde_json::Value::Object(generator.take_definitions(true))
}
