//! Writes the Kotlin package's events of a watch from the core's list: a class for each kind, and what makes it from
//! the record that crosses from the core.

use std::fmt::Write as _;

use crate::kotlin_models::{doc, imports, properties, reader, span_members};
use crate::models::{EventKind, Kind, Models};

const HEAD: &str = "\
// A class for every kind of event of a watch. Written by `cargo xtask generate` from the core's list.

package com.stablevps

";

const KINDS: &str = "\
import com.stablevps.internal.ffi.WatchEvent as CoreWatchEvent
import com.stablevps.internal.ffi.WatchEventKind as CoreWatchEventKind
";

const ROOTS: &str = "
/** Something that [VpsResource.watch] tells. It holds no key and no password. */
public sealed interface WatchEvent {
    /** When, by the service's clock as far as its replies showed it. */
    public val at: Instant

    /** The name of its kind, the same in every language. */
    public val name: String

    /** An event that is about one VPS. */
    public sealed interface OfVps : WatchEvent {
        /** The VPS, by the list. */
        public val vps: Vps
    }
";

/// The file's text.
pub fn module(models: &Models) -> String {
    let mut text = ROOTS.to_owned();
    let mut cases = Vec::new();
    for kind in &models.events {
        text.push_str(&class(kind));
        cases.push(case(kind));
    }
    let _ = write!(
        text,
        "}}\n\ninternal fun CoreWatchEvent.read(): WatchEvent = kind.read(Instant.ofEpochMilli(at))\n\n\
         private fun CoreWatchEventKind.read(at: Instant): WatchEvent =\n    \
         when (this) {{\n{}    }}\n",
        cases.join("\n")
    );
    HEAD.to_owned() + &imports(&text) + KINDS + &text
}

/// Whether it is about one VPS.
fn is_of_vps(kind: &EventKind) -> bool {
    let mut fields = kind.fields.iter();
    fields.any(|field| field.name == "vps" && matches!(field.kind, Kind::Structure(_)))
}

fn class(kind: &EventKind) -> String {
    let mut declared = properties(&kind.fields);
    let mut parent = "WatchEvent";
    if is_of_vps(kind) {
        declared = declared.replace("public val vps:", "override val vps:");
        parent = "OfVps";
    }
    let mut spans = span_members(&kind.fields).join("\n");
    if !spans.is_empty() {
        spans.insert(0, '\n');
    }
    let class = format!(
        "{}@ConsistentCopyVisibility\n\
         public data class {} internal constructor(\n    override val at: Instant,\n{declared}) : {parent} {{\n    \
         override val name: String get() = \"{}\"\n{}}}\n",
        doc("", &kind.doc),
        kind.type_name(),
        kind.name,
        spans
    );
    let lines = class.lines().map(|line| {
        if line.is_empty() {
            "\n".to_owned()
        } else {
            format!("    {line}\n")
        }
    });
    format!("\n{}", lines.collect::<String>())
}

fn case(kind: &EventKind) -> String {
    let name = kind.type_name();
    let arguments: Vec<_> = kind
        .fields
        .iter()
        .map(|field| format!("                {},\n", reader(field)))
        .collect();
    format!(
        "        is CoreWatchEventKind.{name} -> {{\n            WatchEvent.{name}(\n                at,\n{}            )\n        }}\n",
        arguments.concat()
    )
}
