//! Writes the Python package's models from the core's schema.

use std::fmt::Write as _;

use serde_json::{Map, Value};

const HEAD: &str = "\
\"\"\"What the service answers. Written by `cargo xtask generate` from the core's models.\"\"\"

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from msgspec import field

from ._values import Model, OpenEnum, Secret, ServerId
";

/// The module's text.
pub fn module(schema: &Value) -> String {
    let empty = Map::new();
    let models = schema.as_object().unwrap_or(&empty);
    let mut names: Vec<&str> = models.keys().map(String::as_str).collect();
    names.sort_unstable();
    let mut text = HEAD.to_owned();
    let _ = write!(text, "\n__all__ = [\n");
    for name in &names {
        let _ = writeln!(text, "    \"{name}\",");
    }
    text.push_str("]\n");
    for (name, model) in models.iter().filter(|(_, model)| !is_struct(model)) {
        text.push_str(&enumeration(name, model));
    }
    for (name, model) in models.iter().filter(|(_, model)| is_struct(model)) {
        text.push_str(&structure(name, model));
    }
    text
}

fn is_struct(model: &Value) -> bool {
    model.get("properties").is_some()
}

fn described(value: &Value) -> String {
    value
        .get("description")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .lines()
        .map(str::trim)
        .collect::<Vec<_>>()
        .join("\n    ")
}

/// The values of an enumeration with their descriptions, open or closed.
fn values(model: &Value) -> Vec<(String, String)> {
    let text = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_owned();
    if let Some(known) = model.get("x-known").and_then(Value::as_array) {
        return known
            .iter()
            .map(|pair| (text(pair.get(0)), text(pair.get(1))))
            .collect();
    }
    let variants = model
        .get("oneOf")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    variants
        .iter()
        .map(|one| (text(one.get("const")), described(one)))
        .collect()
}

fn enumeration(name: &str, model: &Value) -> String {
    let mut text = format!(
        "\n\nclass {name}(OpenEnum):\n    \"\"\"{}\"\"\"\n",
        described(model)
    );
    for (value, description) in values(model) {
        let _ = write!(
            text,
            "\n    {} = \"{value}\"\n",
            snake(&value).to_uppercase()
        );
        let _ = writeln!(text, "    \"\"\"{description}\"\"\"");
    }
    text
}

fn structure(name: &str, model: &Value) -> String {
    let mut text = format!(
        "\n\nclass {name}(Model, frozen=True, kw_only=True, gc=False, rename=\"camel\"):\n    \"\"\"{}\"\"\"\n",
        described(model)
    );
    let empty = Map::new();
    let properties = model
        .get("properties")
        .and_then(Value::as_object)
        .unwrap_or(&empty);
    for (field, property) in properties {
        let annotation = annotation(property);
        if annotation.starts_with("ServerId") {
            text.push_str(&server_id(field, property));
            continue;
        }
        let default = if annotation.ends_with("| None") {
            " = None"
        } else {
            ""
        };
        let _ = write!(text, "\n    {}: {annotation}{default}\n", snake(field));
        let _ = writeln!(text, "    \"\"\"{}\"\"\"", described(property));
    }
    text
}

/// Kept as text and made an object when asked for: listings are long.
fn server_id(name: &str, property: &Value) -> String {
    let attribute = snake(name);
    let description = described(property);
    format!(
        "\n    _{attribute}: str | None = field(default=None, name=\"{name}\")\n\n    \
         @property\n    def {attribute}(self) -> ServerId | None:\n        \
         \"\"\"{description}\"\"\"\n        \
         return None if self._{attribute} is None else ServerId(self._{attribute})\n"
    )
}

fn annotation(property: &Value) -> String {
    if let Some(target) = property.get("$ref").and_then(Value::as_str) {
        return target.rsplit('/').next().unwrap_or_default().to_owned();
    }
    if let Some(any) = property.get("anyOf").and_then(Value::as_array) {
        let named = any
            .iter()
            .find(|one| one.get("type").and_then(Value::as_str) != Some("null"));
        return format!("{} | None", named.map(annotation).unwrap_or_default());
    }
    let format = property.get("format").and_then(Value::as_str);
    match property.get("type") {
        Some(Value::Array(types)) => {
            let one = types.first().and_then(Value::as_str).unwrap_or_default();
            format!("{} | None", scalar(one, format))
        }
        Some(Value::String(one)) => scalar(one, format).to_owned(),
        _ => "object".to_owned(),
    }
}

fn scalar(kind: &str, format: Option<&str>) -> &'static str {
    match (kind, format) {
        ("string", Some("decimal")) => "Decimal",
        ("string", Some("date-time")) => "datetime",
        ("string", Some("password")) => "Secret",
        ("string", Some("server-id")) => "ServerId",
        ("string", _) => "str",
        ("integer", _) => "int",
        ("boolean", _) => "bool",
        _ => "object",
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
