//! Writes the Swift package's kinds of errors from the core's.

use std::fmt::Write as _;

use crate::models::{ErrorKind, Field, Kind, Models};
use crate::swift_models::{Property, doc, initial_lower};

const HEAD: &str = "\
// The kinds of errors. Written by `cargo xtask generate` from the core's errors.

import Foundation
internal import StableVPSNative

";

/// How long a line may be.
const LINE: usize = 100;

/// The file's text.
pub fn module(models: &Models) -> String {
    let mut cases = String::new();
    let mut conversions = String::new();
    let mut codes = String::new();
    for kind in &models.errors {
        let name = initial_lower(&kind.name());
        cases.push_str(&declaration(&name, kind));
        conversions.push_str(&conversion(&name, kind));
        let _ = writeln!(codes, "    case .{name}: \"{}\"", kind.code);
    }
    format!(
        "{HEAD}extension StableVPSError {{\n  \
         /// What went wrong.\n  public enum Kind: Sendable, Hashable {{\n{cases}    \
         /// A kind without a case of its own. ``StableVPSError/code`` names it.\n    case other\n  }}\n}}\n\n\
         extension StableVPSError.Kind {{\n  init(_ native: ErrorKind) {{\n    switch native {{\n\
         {conversions}    }}\n  }}\n}}\n\n\
         extension ErrorKind {{\n  /// The kind's name, the same in every language.\n  \
         var code: String {{\n    switch self {{\n{codes}    }}\n  }}\n}}\n"
    )
}

fn declaration(name: &str, kind: &ErrorKind) -> String {
    let mut text = doc("    ", &kind.doc);
    if is_transport_failure(kind) {
        let _ = writeln!(text, "    case {name}(TransportFailure)");
        return text;
    }
    let properties: Vec<_> = kind.fields.iter().map(property).collect();
    if properties.is_empty() {
        let _ = writeln!(text, "    case {name}");
        return text;
    }
    text.push_str("    ///\n    /// - Parameters:\n");
    for property in &properties {
        text.push_str(&doc(
            "    ",
            &format!("  - {}: {}", property.name, property.doc),
        ));
    }
    let values = properties
        .iter()
        .map(|property| format!("{}: {}", property.name, property.annotation()));
    let _ = writeln!(
        text,
        "    case {name}({})",
        values.collect::<Vec<_>>().join(", ")
    );
    text
}

fn conversion(name: &str, kind: &ErrorKind) -> String {
    let bindings = kind
        .fields
        .iter()
        .map(|field| format!("let {}", field.name));
    let bindings = bindings.collect::<Vec<_>>().join(", ");
    if is_transport_failure(kind) {
        return format!(
            "    case .{name}({bindings}):\n      \
             self = .{name}(TransportFailure(.init(kind), .init(delivery), detail: detail))\n"
        );
    }
    if kind.fields.is_empty() {
        return format!("    case .{name}: self = .{name}\n");
    }
    let values = kind.fields.iter().map(|field| {
        let property = property(field);
        format!("{}: {}", property.name, property.converted(&field.name))
    });
    let values: Vec<_> = values.collect();
    let line = format!("      self = .{name}({})\n", values.join(", "));
    let assignment = if line.len() <= LINE {
        line
    } else {
        format!(
            "      self = .{name}(\n        {})\n",
            values.join(",\n        ")
        )
    };
    format!("    case .{name}({bindings}):\n{assignment}")
}

fn property(field: &Field) -> Property {
    Property::of(field, "StableVPS.")
}

/// Whether its fields are those of a transport's own error, which it then holds in their place.
fn is_transport_failure(kind: &ErrorKind) -> bool {
    let is_failure_kind =
        |field: &Field| matches!(&field.kind, Kind::Closed(name) if name == "FailureKind");
    kind.fields.iter().any(is_failure_kind)
}
