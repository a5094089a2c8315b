//! Writes the JavaScript package's samples.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::rust::grouped;
use super::{Sample, Samples, words};
use crate::models::{Field, Kind, Models};
use crate::typescript_models::doc;

const HEAD: &str = "\
/** Samples of the models. Written by `cargo xtask generate` from the core's models. */

";

/// The text of `testing/samples.ts`.
pub fn module(models: &Models) -> String {
    let mut text = String::new();
    let mut imported = BTreeSet::from(["ServerId"]);
    for (structure, fields) in Samples::new(models).all() {
        let name = &structure.name;
        imported.insert(name);
        let _ = write!(
            text,
            "\n{}export function sample{name}(changes: Partial<{name}> = {{}}): {name} {{\n  return Object.freeze({{\n",
            doc("", &words(structure))
        );
        for (field, sample) in fields {
            let _ = writeln!(text, "    {}: {},", field.name, value(field, &sample));
        }
        text.push_str("    ...changes,\n  });\n}\n");
    }
    let imported: Vec<_> = imported
        .iter()
        .map(|name| format!("  type {name},\n"))
        .collect();
    format!(
        "{HEAD}import {{\n{}  Secret,\n}} from \"../index.js\";\n{text}",
        imported.concat()
    )
}

fn value(field: &Field, sample: &Sample) -> String {
    match sample {
        Sample::Absent => "null".to_owned(),
        Sample::Empty => "Object.freeze([])".to_owned(),
        Sample::Text(text) => match field.kind {
            Kind::Secret => format!("new Secret(\"{text}\")"),
            Kind::ServerId => format!("\"{text}\" as ServerId"),
            _ => format!("\"{text}\""),
        },
        Sample::Integer(number) => grouped(*number),
        Sample::Boolean(boolean) => boolean.to_string(),
        Sample::Time(time) => format!("new Date(\"{time}\")"),
        Sample::Named { name, .. } => format!("\"{name}\""),
        Sample::Structure(name) => format!("sample{name}()"),
        Sample::Ids(ids) => {
            let ids: Vec<_> = ids.iter().map(|id| format!("\"{id}\"")).collect();
            format!("Object.freeze([{}])", ids.join(", "))
        }
    }
}
