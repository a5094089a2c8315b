//! Writes the Python package's models from the core's schema.

use std::fmt::Write as _;

use crate::models::{Enumeration, Field, Kind, Models, Structure};

const HEAD: &str = "\
\"\"\"What the service answers. Written by `cargo xtask generate` from the core's models.\"\"\"

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from msgspec import field

from ._values import Model, OpenEnum, Secret, ServerId
";

/// The module's text.
pub fn module(models: &Models) -> String {
    let enumerations = models.enumerations.iter().map(|one| one.name.as_str());
    let structures = models.structures.iter().map(|one| one.name.as_str());
    let mut names: Vec<&str> = enumerations.chain(structures).collect();
    names.sort_unstable();
    let mut text = HEAD.to_owned();
    let _ = write!(text, "\n__all__ = [\n");
    for name in &names {
        let _ = writeln!(text, "    \"{name}\",");
    }
    text.push_str("]\n");
    text.extend(models.enumerations.iter().map(enumeration));
    text.extend(models.structures.iter().map(structure));
    text
}

fn indented(doc: &str) -> String {
    doc.replace('\n', "\n    ")
}

fn enumeration(model: &Enumeration) -> String {
    let mut text = format!(
        "\n\nclass {}(OpenEnum):\n    \"\"\"{}\"\"\"\n",
        model.name,
        indented(&model.doc)
    );
    for value in &model.values {
        let name = snake(&value.name).to_uppercase();
        let _ = write!(text, "\n    {name} = \"{}\"\n", value.name);
        let _ = writeln!(text, "    \"\"\"{}\"\"\"", indented(&value.doc));
    }
    text
}

fn structure(model: &Structure) -> String {
    let mut text = format!(
        "\n\nclass {}(Model, frozen=True, kw_only=True, gc=False, rename=\"camel\"):\n    \"\"\"{}\"\"\"\n",
        model.name,
        indented(&model.doc)
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
        let _ = writeln!(text, "    \"\"\"{}\"\"\"", indented(&field.doc));
    }
    text
}

/// Kept as text and made an object when asked for: listings are long.
fn server_id(field: &Field) -> String {
    let (name, attribute) = (&field.name, snake(&field.name));
    let doc = indented(&field.doc);
    format!(
        "\n    _{attribute}: str | None = field(default=None, name=\"{name}\")\n\n    \
         @property\n    def {attribute}(self) -> ServerId | None:\n        \
         \"\"\"{doc}\"\"\"\n        \
         return None if self._{attribute} is None else ServerId(self._{attribute})\n"
    )
}

fn annotation(kind: &Kind) -> &str {
    match kind {
        Kind::Text | Kind::VpsId => "str",
        Kind::Integer => "int",
        Kind::Boolean => "bool",
        Kind::Money => "Decimal",
        Kind::Time => "datetime",
        Kind::Secret => "Secret",
        Kind::ServerId => "ServerId",
        Kind::Enumeration(name) | Kind::Structure(name) => name,
    }
}

fn snake(camel: &str) -> String {
    let mut snake = String::new();
    for c in camel.chars() {
        if c.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(c.to_ascii_lowercase());
    }
    snake
}
