//! Writes the samples of the Swift package for testing.

use std::fmt::Write as _;

use super::rust::grouped;
use super::{Sample, Samples, words};
use crate::models::{Field, Kind, Models};
use crate::swift_models::{Property, case_name, doc, initial_lower, type_name};

const HEAD: &str = "\
// Samples of the models. Written by `cargo xtask generate` from the core's models.

import Foundation
import StableVPS
";

/// The file's text.
pub fn module(models: &Models) -> String {
    let mut text = HEAD.to_owned();
    for (structure, fields) in Samples::new(models).all() {
        let mut parameters = Vec::new();
        let mut values = Vec::new();
        for (field, sample) in &fields {
            let property = Property::of(field, "StableVPS.");
            let (name, kind) = (&property.name, property.annotation());
            let value = value(field, sample, models);
            parameters.push(format!("    {name}: {kind} = {value}"));
            values.push(format!("      {name}: {name}"));
        }
        let _ = write!(
            text,
            "\nextension StableVPS.{} {{\n{}  public static func sample(\n{}\n  ) -> Self {{\n    Self(\n{}\n    )\n  }}\n}}\n",
            type_name(&structure.name),
            doc("  ", &words(structure)),
            parameters.join(",\n"),
            values.join(",\n")
        );
    }
    text
}

fn value(field: &Field, sample: &Sample, models: &Models) -> String {
    match sample {
        Sample::Absent => "nil".to_owned(),
        Sample::Empty => "[]".to_owned(),
        Sample::Text(text) => match field.kind {
            Kind::Money => money(text),
            Kind::Secret => format!("StableVPS.Secret(\"{text}\")"),
            Kind::ServerId => format!("StableVPS.ServerID(rawValue: \"{text}\")"),
            _ => format!("\"{text}\""),
        },
        Sample::Integer(number) if field.name.ends_with("Ms") => {
            format!(".milliseconds({})", grouped(*number))
        }
        Sample::Integer(number) => grouped(*number),
        Sample::Boolean(boolean) => boolean.to_string(),
        Sample::Time(time) => {
            let seconds = u64::try_from(time.millis() / 1000).unwrap_or_default();
            format!("Date(timeIntervalSince1970: {})", grouped(seconds))
        }
        Sample::Named { set, name, variant } => {
            let set = models.enumerations.iter().find(|one| &one.name == set);
            if set.is_some_and(|one| one.is_open) {
                format!(".{}", case_name(name))
            } else {
                format!(".{}", initial_lower(variant))
            }
        }
        Sample::Structure(_) => ".sample()".to_owned(),
        Sample::Ids(ids) => {
            let ids: Vec<_> = ids.iter().map(|id| format!("\"{id}\"")).collect();
            format!("[{}]", ids.join(", "))
        }
    }
}

/// A literal would be made of a binary number, which holds no cents.
fn money(text: &str) -> String {
    let decimals = text.split_once('.').map_or(0, |(_, after)| after.len());
    let digits = text.replace('.', "");
    let digits = digits.trim_start_matches('0');
    let digits = if digits.is_empty() { "0" } else { digits };
    format!("Decimal(sign: .plus, exponent: -{decimals}, significand: {digits})")
}
