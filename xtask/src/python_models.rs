//! Writes the Python package's models from the core's schema.

use std::fmt::Write as _;

use crate::models::{Enumeration, Field, Kind, Models, Structure};

const HEAD: &str = "\
\"\"\"The models of the API. Written by `cargo xtask generate` from the core's models.\"\"\"

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Literal, TypeAlias

from msgspec import field

from ._values import Model, OpenEnum, Secret, ServerId
";

/// Open enumerations that callers pass: type checkers know their values as plain text, too.
const ARGUMENTS: [&str; 4] = ["BillingCycle", "Location", "PlanId", "Scope"];

/// The module's text.
pub fn module(models: &Models) -> String {
    let arguments: Vec<_> = ARGUMENTS.iter().map(|name| format!("Any{name}")).collect();
    let structures = models.structures.iter().map(|one| one.name.as_str());
    let mut names: Vec<&str> = models
        .enumerations
        .iter()
        .map(|one| one.name.as_str())
        .collect();
    names.extend(structures);
    names.extend(arguments.iter().map(String::as_str));
    let mut text = HEAD.to_owned() + &exports(names);
    for one in &models.enumerations {
        text.push_str(&if one.is_open || is_in_a_model(one, models) {
            enumeration(one)
        } else {
            literals(one)
        });
    }
    text.extend(models.structures.iter().map(structure));
    text
}

/// The names that a module exports.
pub fn exports(mut names: Vec<&str>) -> String {
    names.sort_unstable();
    let names: Vec<_> = names
        .iter()
        .map(|name| format!("    \"{name}\",\n"))
        .collect();
    format!("\n__all__ = [\n{}]\n", names.concat())
}

fn is_in_a_model(enumeration: &Enumeration, models: &Models) -> bool {
    let mut fields = models.structures.iter().flat_map(|model| &model.fields);
    fields.any(|field| field.kind == Kind::Closed(enumeration.name.clone()))
}

/// A documentation text in Python's markup, its lines after the first indented.
pub fn doc(words: &str) -> String {
    words.replace('`', "``").replace('\n', "\n    ")
}

fn enumeration(model: &Enumeration) -> String {
    let mut text = format!(
        "\n\nclass {}(OpenEnum):\n    \"\"\"{}\"\"\"\n",
        model.name,
        doc(&model.doc)
    );
    for value in &model.values {
        let name = snake(&value.name).to_uppercase();
        let _ = write!(text, "\n    {name} = \"{}\"\n", value.name);
        let _ = writeln!(text, "    \"\"\"{}\"\"\"", doc(&value.doc));
    }
    if ARGUMENTS.contains(&model.name.as_str()) {
        text.push_str(&argument(model));
    }
    text
}

/// What callers may pass for an open enumeration.
fn argument(model: &Enumeration) -> String {
    let name = &model.name;
    let values: Vec<_> = model
        .values
        .iter()
        .map(|one| format!("    \"{}\",\n", one.name))
        .collect();
    format!(
        "\n\nAny{name}: TypeAlias = {name} | Literal[\n{}]\n\
         \"\"\"A ``{name}`` or its text. One that is newer than this package: ``{name}(\"...\")``.\"\"\"\n",
        values.concat()
    )
}

/// A closed enumeration that no model holds: text that type checkers know.
fn literals(model: &Enumeration) -> String {
    let values: Vec<_> = model
        .values
        .iter()
        .map(|one| format!("\"{}\"", one.name))
        .collect();
    let mut text = format!(
        "\n\n{} = Literal[{}]\n\"\"\"{}\n\n",
        model.name,
        values.join(", "),
        doc(&model.doc)
    );
    for value in &model.values {
        let _ = writeln!(text, "- ``{}``: {}", value.name, doc(&value.doc));
    }
    text + "\"\"\"\n"
}

fn structure(model: &Structure) -> String {
    let mut text = format!(
        "\n\nclass {}(Model, frozen=True, kw_only=True, gc=False, rename=\"camel\"):\n    \"\"\"{}\"\"\"\n",
        model.name,
        doc(&model.doc)
    );
    for field in &model.fields {
        if field.kind == Kind::ServerId {
            text.push_str(&server_id(field));
            continue;
        }
        let none = if field.is_optional {
            " | None = None"
        } else {
            ""
        };
        let _ = write!(
            text,
            "\n    {}: {}{none}\n",
            snake(&field.name),
            annotation(&field.kind)
        );
        let _ = writeln!(text, "    \"\"\"{}\"\"\"", doc(&field.doc));
    }
    text
}

/// Kept as text and made an object when asked for: listings are long.
fn server_id(field: &Field) -> String {
    let (name, attribute) = (&field.name, snake(&field.name));
    let doc = doc(&field.doc);
    format!(
        "\n    _{attribute}: str | None = field(default=None, name=\"{name}\")\n\n    \
         @property\n    def {attribute}(self) -> ServerId | None:\n        \
         \"\"\"{doc}\"\"\"\n        \
         return None if self._{attribute} is None else ServerId(self._{attribute})\n"
    )
}

/// A kind as Python's type; of a list, the type of its items.
pub fn annotation(kind: &Kind) -> &str {
    match kind {
        Kind::Text | Kind::VpsId => "str",
        Kind::VpsIds => "tuple[str, ...]",
        Kind::Integer => "int",
        Kind::Boolean => "bool",
        Kind::Money => "Decimal",
        Kind::Time => "datetime",
        Kind::Secret => "Secret",
        Kind::ServerId => "ServerId",
        Kind::Error => "StableVpsError",
        Kind::Open(name) | Kind::Closed(name) | Kind::Structure(name) | Kind::List(name) => name,
    }
}

/// `vpsStatus` as `vps_status`.
pub fn snake(camel: &str) -> String {
    let mut snake = String::new();
    for c in camel.chars() {
        if c.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(c.to_ascii_lowercase());
    }
    snake
}
