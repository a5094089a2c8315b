//! Writes the Swift package's events of a watch from the core's list.

use std::fmt::Write as _;

use crate::models::{EventKind, Kind, Models};
use crate::swift_models::{Property, doc, initial_lower};

const HEAD: &str = "\
// The events of a watch. Written by `cargo xtask generate` from the core's list.

import Foundation
internal import StableVPSNative

extension StableVPS {
  /// Something that a watch tells. It holds no key and no password.
  public struct WatchEvent: Sendable, Hashable {
    /// When, by the service's clock as far as its replies showed it.
    public let at: Date
    /// What.
    public let kind: Kind

    init(_ native: StableVPSNative.WatchEvent) {
      at = Date(epochMilliseconds: native.at)
      kind = Kind(native.kind)
    }

";

/// How long a line may be.
const LINE: usize = 100;

/// The file's text.
pub fn module(models: &Models) -> String {
    let (mut cases, mut conversions, mut names) = (String::new(), String::new(), String::new());
    let mut of_vps = Vec::new();
    for kind in &models.events {
        let name = initial_lower(&kind.type_name());
        cases.push_str(&declaration(&name, kind));
        conversions.push_str(&conversion(&name, kind));
        let _ = writeln!(names, "      case .{name}: \"{}\"", kind.name);
        if let Some(pattern) = pattern_of_vps(&name, kind) {
            of_vps.push(pattern);
        }
    }
    format!(
        "{HEAD}    /// The name of its kind, the same in every language.\n    public var name: String {{\n      \
         switch kind {{\n{names}      }}\n    }}\n\n    \
         /// The VPS that it is about, by the list; `nil` where it is about the account or the network.\n    \
         public var vps: VPS? {{\n      switch kind {{\n      case {}:\n        vps\n      default:\n        nil\n      }}\n    }}\n\n    \
         /// What a watch tells, with all that a message about it needs.\n    \
         public enum Kind: Sendable, Hashable {{\n{cases}\n      \
         init(_ native: WatchEventKind) {{\n        switch native {{\n{conversions}        }}\n      }}\n    }}\n  }}\n}}\n",
        of_vps.join(",\n        ")
    )
}

/// The pattern that binds the VPS of an event that is about one.
fn pattern_of_vps(name: &str, kind: &EventKind) -> Option<String> {
    let is_vps = |name: &str, kind: &Kind| name == "vps" && matches!(kind, Kind::Structure(_));
    kind.fields
        .iter()
        .any(|field| is_vps(&field.name, &field.kind))
        .then(|| {
            let bound = kind
                .fields
                .iter()
                .map(|field| if field.name == "vps" { "let vps" } else { "_" });
            format!(".{name}({})", bound.collect::<Vec<_>>().join(", "))
        })
}

fn declaration(name: &str, kind: &EventKind) -> String {
    let properties: Vec<_> = kind
        .fields
        .iter()
        .map(|field| Property::of(field, ""))
        .collect();
    let mut text = doc("      ", &kind.doc);
    text.push_str("      ///\n      /// - Parameters:\n");
    for property in &properties {
        text.push_str(&doc(
            "      ",
            &format!("  - {}: {}", property.name, property.doc),
        ));
    }
    let values = properties
        .iter()
        .map(|property| format!("{}: {}", property.name, property.annotation()));
    text + &wrapped(&format!("      case {name}"), &values.collect::<Vec<_>>())
}

fn conversion(name: &str, kind: &EventKind) -> String {
    let bindings = kind
        .fields
        .iter()
        .map(|field| format!("let {}", field.name));
    let bindings = bindings.collect::<Vec<_>>().join(", ");
    let values = kind.fields.iter().map(|field| {
        let property = Property::of(field, "");
        format!("{}: {}", property.name, property.converted(&field.name))
    });
    let made = wrapped(
        &format!("          self = .{name}"),
        &values.collect::<Vec<_>>(),
    );
    format!("        case .{name}({bindings}):\n{made}")
}

/// A case with its values, on a line each where they are too many for one.
fn wrapped(begin: &str, values: &[String]) -> String {
    let line = format!("{begin}({})\n", values.join(", "));
    if line.len() <= LINE {
        return line;
    }
    let indent = " ".repeat(begin.len() - begin.trim_start().len() + 2);
    let separator = format!(",\n{indent}");
    format!("{begin}(\n{indent}{})\n", values.join(&separator))
}
