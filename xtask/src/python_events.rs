//! Writes the Python package's events of a watch from the core's list.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::models::{EventKind, Field, Kind, Models};
use crate::python_errors::seconds;
use crate::python_models::{annotation, doc, exports, snake};

const HEAD: &str = "\
\"\"\"What a client tells: the events of a watch, and those that an ``on_event`` gets beside them.

>>> import stablevps
>>> from stablevps import events
>>> from stablevps.testing import Simulator
>>> with Simulator(vps=[{\"id\": \"trader\"}]).client() as client:
...     for event in client.vps.watch(at_most=3600):
...         match event:
...             case events.Started(vps=vps):
...                 print(len(vps), \"VPS\")
...             case events.Unreachable(vps=vps, silent=silent):
...                 print(vps.id, \"does not answer for\", silent, \"s\")
1 VPS

The classes of a watch's events are written by `cargo xtask generate` from the core's list. Their spans of time are in
seconds.
\"\"\"

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar, TypeAlias

from ._event import Event, built
from ._hook import PhaseChanged, RequestDone
";

const TAIL: &str = "

ClientEvent: TypeAlias = RequestDone | PhaseChanged | WatchEvent
\"\"\"What an ``on_event`` is called with.\"\"\"


def from_document(document: dict[str, Any]) -> WatchEvent:
    \"\"\"The event that one of the core's describes.\"\"\"
    event: WatchEvent = built(_KINDS[document[\"event\"]], document)
    return event
";

/// The module's text.
pub fn module(models: &Models) -> String {
    let kinds = &models.events;
    let classes: Vec<_> = kinds.iter().map(EventKind::type_name).collect();
    let mut text = HEAD.to_owned();
    let _ = writeln!(text, "from ._models import {}", imports(kinds).join(", "));
    text.push_str("from ._report import StableVPSError\n");
    let others = [
        "ClientEvent",
        "Event",
        "PhaseChanged",
        "RequestDone",
        "WatchEvent",
    ];
    let names = classes.iter().map(String::as_str).chain(others);
    text.push_str(&exports(names.collect()));
    text.extend(kinds.iter().map(class));
    let _ = write!(
        text,
        "\n\nWatchEvent: TypeAlias = (\n    {}\n)\n\"\"\"What a watch tells.\"\"\"\n",
        classes.join("\n    | ")
    );
    text.push_str("\n_KINDS: dict[str, type[Event]] = {\n");
    for (kind, class) in kinds.iter().zip(&classes) {
        let _ = writeln!(text, "    \"{}\": {class},", kind.name);
    }
    text + "}\n" + TAIL
}

/// The models that events hold.
fn imports(kinds: &[EventKind]) -> Vec<&str> {
    let fields = kinds.iter().flat_map(|kind| &kind.fields);
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

fn class(kind: &EventKind) -> String {
    let mut text = format!(
        "\n\nclass {}(Event, frozen=True, kw_only=True, rename=\"camel\"):\n    \"\"\"{}\"\"\"\n\n    \
         name: ClassVar[str] = \"{}\"\n",
        kind.type_name(),
        doc(&kind.doc),
        kind.name
    );
    text.extend(kind.fields.iter().map(declaration));
    text
}

fn declaration(field: &Field) -> String {
    let span = seconds(field);
    let one = match &field.kind {
        Kind::Integer if span.is_some() => "float".to_owned(),
        Kind::List(item) => format!("tuple[{item}, ...]"),
        Kind::Error => "StableVPSError".to_owned(),
        kind => annotation(kind).to_owned(),
    };
    let none = if field.is_optional {
        " | None = None"
    } else {
        ""
    };
    let name = span.unwrap_or_else(|| snake(&field.name));
    format!(
        "\n    {name}: {one}{none}\n    \"\"\"{}\"\"\"\n",
        doc(&field.doc)
    )
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
    fn a_kind_becomes_a_class_with_spans_in_seconds() {
        let kind = EventKind {
            name: "fell_asleep".to_owned(),
            doc: "The `vps` sleeps.".to_owned(),
            fields: vec![
                field("others", Kind::List("Vps".to_owned()), false),
                field("wakesInMs", Kind::Integer, false),
                field("times", Kind::Integer, false),
                field("missing", Kind::Money, true),
                field("error", Kind::Error, false),
            ],
        };
        let expected = "\n\nclass FellAsleep(Event, frozen=True, kw_only=True, rename=\"camel\"):\n    \
            \"\"\"The ``vps`` sleeps.\"\"\"\n\n    \
            name: ClassVar[str] = \"fell_asleep\"\n\n    \
            others: tuple[Vps, ...]\n    \"\"\"What it is.\"\"\"\n\n    \
            wakes_in: float\n    \"\"\"What it is.\"\"\"\n\n    \
            times: int\n    \"\"\"What it is.\"\"\"\n\n    \
            missing: Decimal | None = None\n    \"\"\"What it is.\"\"\"\n\n    \
            error: StableVPSError\n    \"\"\"What it is.\"\"\"\n";
        assert_eq!(class(&kind), expected);
    }
}
