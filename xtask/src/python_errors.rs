//! Writes the Python package's classes of errors from the core's list.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::models::{ErrorKind, Field, Kind, Models};
use crate::python_models::{annotation, doc, exports, snake};

const HEAD: &str = "\
\"\"\"Everything that can go wrong. Written by `cargo xtask generate` from the core's list of errors.

:class:`StableVPSError` is the root of all of them.
\"\"\"

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

";

const TAIL: &str = "

def from_report(report: dict[str, Any]) -> StableVPSError:
    \"\"\"The exception that an error's report describes.\"\"\"
    return _CLASSES.get(report[\"code\"], StableVPSError)(report)


def from_json(document: str | bytes) -> StableVPSError:
    \"\"\"The exception that an error's report describes, as JSON.\"\"\"
    return from_report(msgspec.json.decode(document))
";

/// Kinds that are special cases of another: their classes extend that one's.
const SPECIAL_CASES: [(&str, &str); 1] = [("provider", "ServerError")];
/// Kinds for which Python has an exception of its own, which code may catch already.
const BUILT_IN: [(&str, &str); 2] = [
    ("invalid_input", "ValueError"),
    ("deadline_exceeded", "TimeoutError"),
];

/// The module's text.
pub fn module(models: &Models) -> String {
    let mut names: Vec<_> = models.errors.iter().map(class_name).collect();
    names.push("StableVPSError".to_owned());
    let mut text = HEAD.to_owned();
    let _ = writeln!(text, "from ._models import {}", imports(models).join(", "));
    text.push_str("from ._report import StableVPSError, convert, seconds\n");
    text.push_str("from ._values import Secret, ServerId\n");
    text.push_str(&exports(names.iter().map(String::as_str).collect()));
    text.extend(models.errors.iter().map(class));
    text.push_str("\n\n_CLASSES: dict[str, type[StableVPSError]] = {\n");
    for kind in &models.errors {
        let _ = writeln!(text, "    \"{}\": {},", kind.code, class_name(kind));
    }
    text + "}\n" + TAIL
}

fn class_name(kind: &ErrorKind) -> String {
    format!("{}Error", kind.name())
}

/// The models that errors hold.
fn imports(models: &Models) -> Vec<&str> {
    let fields = models.errors.iter().flat_map(|kind| &kind.fields);
    let types: BTreeSet<_> = fields
        .filter_map(|field| match &field.kind {
            Kind::Open(name) | Kind::Closed(name) | Kind::Structure(name) | Kind::List(name) => {
                Some(name.as_str())
            }
            Kind::Text
            | Kind::Integer
            | Kind::Boolean
            | Kind::Money
            | Kind::Time
            | Kind::Secret
            | Kind::VpsId
            | Kind::VpsIds
            | Kind::ServerId
            | Kind::Error => None,
        })
        .collect();
    types.into_iter().collect()
}

fn class(kind: &ErrorKind) -> String {
    let named = |list: &[(&str, &'static str)]| {
        let found = list.iter().find(|(code, _)| *code == kind.code);
        found.map(|(_, class)| *class)
    };
    let parent = named(&SPECIAL_CASES).unwrap_or("StableVPSError");
    let built_in = named(&BUILT_IN).map_or_else(String::new, |class| format!(", {class}"));
    let mut text = format!(
        "\n\nclass {}({parent}{built_in}):\n    \"\"\"{}\"\"\"\n",
        class_name(kind),
        doc(&kind.doc)
    );
    for field in &kind.fields {
        text.push_str(&declaration(field));
    }
    if !kind.fields.is_empty() {
        text.push_str("\n    def _read(self, details: dict[str, Any]) -> None:\n");
    }
    for field in &kind.fields {
        text.push_str(&reading(field));
    }
    text
}

/// A span of time is given in seconds, as Python has it.
pub fn seconds(field: &Field) -> Option<String> {
    let name = field.name.strip_suffix("Ms")?;
    (field.kind == Kind::Integer).then(|| snake(name))
}

fn python_type(field: &Field) -> String {
    let one = match &field.kind {
        Kind::Integer if seconds(field).is_some() => "float".to_owned(),
        Kind::List(item) => format!("list[{item}]"),
        kind => annotation(kind).to_owned(),
    };
    if field.is_optional {
        one + " | None"
    } else {
        one
    }
}

fn declaration(field: &Field) -> String {
    let name = seconds(field).unwrap_or_else(|| snake(&field.name));
    let words = doc(&field.doc).replace("Milliseconds", "Seconds");
    let kind = python_type(field);
    format!("\n    {name}: {kind}\n    \"\"\"{words}\"\"\"\n")
}

fn reading(field: &Field) -> String {
    let detail = format!("details[\"{}\"]", field.name);
    if let Some(name) = seconds(field) {
        return format!("        self.{name} = seconds({detail})\n");
    }
    let name = snake(&field.name);
    match field.kind {
        Kind::Text | Kind::VpsId | Kind::Integer | Kind::Boolean => {
            format!("        self.{name} = {detail}\n")
        }
        Kind::Money
        | Kind::Time
        | Kind::VpsIds
        | Kind::Secret
        | Kind::ServerId
        | Kind::Open(_)
        | Kind::Closed(_)
        | Kind::Structure(_)
        | Kind::List(_)
        | Kind::Error => format!(
            "        self.{name} = convert({detail}, {})\n",
            python_type(field)
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(name: &str, kind: Kind, is_optional: bool) -> Field {
        Field {
            name: name.to_owned(),
            doc: "What it is.".to_owned(),
            kind,
            is_optional,
        }
    }

    #[test]
    fn a_kind_becomes_a_class_that_reads_its_details() {
        let kind = ErrorKind {
            code: "still_charged".to_owned(),
            doc: "The `charge` stays.".to_owned(),
            fields: vec![
                field("newPrice", Kind::Money, false),
                field("untilMs", Kind::Integer, true),
                field("others", Kind::List("Vps".to_owned()), false),
            ],
        };
        let expected = "\n\nclass StillChargedError(StableVPSError):\n    \
            \"\"\"The ``charge`` stays.\"\"\"\n\n    \
            new_price: Decimal\n    \"\"\"What it is.\"\"\"\n\n    \
            until: float | None\n    \"\"\"What it is.\"\"\"\n\n    \
            others: list[Vps]\n    \"\"\"What it is.\"\"\"\n\n    \
            def _read(self, details: dict[str, Any]) -> None:\n        \
            self.new_price = convert(details[\"newPrice\"], Decimal)\n        \
            self.until = seconds(details[\"untilMs\"])\n        \
            self.others = convert(details[\"others\"], list[Vps])\n";
        assert_eq!(class(&kind), expected);
    }
}
