//! Writes the Python package's samples.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::rust::grouped;
use super::{Sample, Samples, words};
use crate::models::{Field, Kind, Models};
use crate::python_models::{annotation, doc, exports, snake};

const HEAD: &str = "\
\"\"\"Samples of the models. Written by `cargo xtask generate` from the core's models.\"\"\"

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from .._models import (
";

/// The module's text.
pub fn module(models: &Models) -> String {
    let mut text = String::new();
    let mut functions = Vec::new();
    let mut imported = BTreeSet::new();
    for (structure, fields) in Samples::new(models).all() {
        let name = &structure.name;
        let function = format!("sample{}", snake(name));
        imported.insert(name.as_str());
        let mut arguments = String::new();
        let mut values = String::new();
        for (field, sample) in &fields {
            if let Kind::Open(name) | Kind::Closed(name) | Kind::List(name) = &field.kind {
                imported.insert(name);
            }
            let _ = writeln!(arguments, "    {},", argument(field, sample));
            let _ = writeln!(values, "        {},", passed(field));
        }
        let _ = write!(
            text,
            "\n\ndef {function}(\n    *,\n{arguments}) -> {name}:\n    \"\"\"{}\"\"\"\n    return {name}(\n{values}    )\n",
            doc(&words(structure))
        );
        functions.push(function);
    }
    let imported: Vec<_> = imported
        .iter()
        .map(|name| format!("    {name},\n"))
        .collect();
    let exports = exports(functions.iter().map(String::as_str).collect());
    format!(
        "{HEAD}{})\nfrom .._values import Secret, ServerId\n{exports}{text}",
        imported.concat()
    )
}

fn argument(field: &Field, sample: &Sample) -> String {
    let mut kind = match &field.kind {
        Kind::Open(name) | Kind::Closed(name) => format!("{name} | str"),
        Kind::List(name) => format!("tuple[{name}, ...]"),
        kind => annotation(kind).to_owned(),
    };
    // A sample as a default would be made before its function is there.
    if field.is_optional || matches!(field.kind, Kind::Structure(_)) {
        kind.push_str(" | None");
    }
    format!("{}: {kind} = {}", snake(&field.name), value(field, sample))
}

fn value(field: &Field, sample: &Sample) -> String {
    match sample {
        Sample::Absent | Sample::Structure(_) => "None".to_owned(),
        Sample::Empty => "()".to_owned(),
        Sample::Text(text) => match field.kind {
            Kind::Money => format!("Decimal(\"{text}\")"),
            Kind::Secret => format!("Secret(\"{text}\")"),
            Kind::ServerId => format!("ServerId(\"{text}\")"),
            _ => format!("\"{text}\""),
        },
        Sample::Integer(number) => grouped(*number),
        Sample::Boolean(boolean) => if *boolean { "True" } else { "False" }.to_owned(),
        Sample::Time(time) => {
            // Python 3.10 reads no `Z`.
            let text = time.to_string().replace('Z', "+00:00");
            format!("datetime.fromisoformat(\"{text}\")")
        }
        Sample::Named { set, name, .. } => format!("{set}.{}", snake(name).to_uppercase()),
        Sample::Ids(ids) => {
            let ids: Vec<_> = ids.iter().map(|id| format!("\"{id}\",")).collect();
            format!("({})", ids.join(" "))
        }
    }
}

/// How an argument becomes a field.
fn passed(field: &Field) -> String {
    let name = snake(&field.name);
    let made = match &field.kind {
        Kind::Open(set) | Kind::Closed(set) => format!("{set}({name})"),
        Kind::ServerId => format!("str({name})"),
        Kind::Structure(structure) if !field.is_optional => {
            return format!(
                "{name}=sample{}() if {name} is None else {name}",
                snake(structure)
            );
        }
        _ => name.clone(),
    };
    let field_name = if field.kind == Kind::ServerId {
        format!("_{name}")
    } else {
        name.clone()
    };
    if field.is_optional && made != name {
        format!("{field_name}=None if {name} is None else {made}")
    } else {
        format!("{field_name}={made}")
    }
}
