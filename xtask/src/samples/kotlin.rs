//! Writes the samples of the Kotlin package for testing.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::rust::grouped;
use super::{Sample, Samples, words};
use crate::kotlin_models::{annotation, constant, doc, property, span};
use crate::models::{Field, Kind, Models};

const HEAD: &str = "\
// Samples of the models. Written by `cargo xtask generate` from the core's models.

@file:JvmName(\"Samples\")

package com.stablevps.testing

";

/// The file's text.
pub fn module(models: &Models) -> String {
    let mut text = String::new();
    let mut imported = BTreeSet::from(["Secret", "ServerId"]);
    for (structure, fields) in Samples::new(models).all() {
        let name = &structure.name;
        imported.insert(name);
        let mut arguments = String::new();
        let mut values = String::new();
        for (field, sample) in &fields {
            if let Kind::Open(name) | Kind::Closed(name) | Kind::List(name) = &field.kind {
                imported.insert(name);
            }
            let _ = writeln!(arguments, "    {},", argument(field, sample));
            let _ = writeln!(values, "        {} = {},", property(field), passed(field));
        }
        let _ = write!(
            text,
            "\n{}public fun sample{name}(\n{arguments}): {name} =\n    {name}(\n{values}    )\n",
            doc("", &words(structure))
        );
    }
    let mut imports: Vec<_> = imported
        .iter()
        .map(|name| format!("import com.stablevps.{name}\n"))
        .collect();
    for (used, path) in [
        ("BigDecimal(", "java.math.BigDecimal"),
        ("Instant.", "java.time.Instant"),
        (": Duration", "kotlin.time.Duration"),
        (
            ".milliseconds",
            "kotlin.time.Duration.Companion.milliseconds",
        ),
    ] {
        if text.contains(used) {
            imports.push(format!("import {path}\n"));
        }
    }
    HEAD.to_owned() + &imports.concat() + &text
}

fn argument(field: &Field, sample: &Sample) -> String {
    // Only this package and the client's own make one.
    let kind = match field.kind {
        Kind::ServerId => "String".to_owned(),
        _ => annotation(field),
    };
    let optional = if field.is_optional { "?" } else { "" };
    format!(
        "{}: {kind}{optional} = {}",
        property(field),
        value(field, sample)
    )
}

fn value(field: &Field, sample: &Sample) -> String {
    match sample {
        Sample::Absent => "null".to_owned(),
        Sample::Empty => "emptyList()".to_owned(),
        Sample::Text(text) => match field.kind {
            Kind::Money => format!("BigDecimal(\"{text}\")"),
            Kind::Secret => format!("Secret(\"{text}\")"),
            _ => format!("\"{text}\""),
        },
        Sample::Integer(number) if span(field).is_some() => {
            format!("{}.milliseconds", grouped(*number))
        }
        Sample::Integer(number) => grouped(*number),
        Sample::Boolean(boolean) => boolean.to_string(),
        Sample::Time(time) => format!("Instant.parse(\"{time}\")"),
        Sample::Named { set, name, .. } => format!("{set}.{}", constant(name)),
        Sample::Structure(name) => format!("sample{name}()"),
        Sample::Ids(ids) => {
            let ids: Vec<_> = ids.iter().map(|id| format!("\"{id}\"")).collect();
            format!("listOf({})", ids.join(", "))
        }
    }
}

/// How an argument becomes a field.
fn passed(field: &Field) -> String {
    let name = property(field);
    match field.kind {
        Kind::ServerId if field.is_optional => format!("{name}?.let(::ServerId)"),
        Kind::ServerId => format!("ServerId({name})"),
        _ => name.to_owned(),
    }
}
