//! Writes the Swift package's models from the core's schema.

use std::fmt::Write as _;

use crate::models::{Enumeration, Field, Kind, Models, Named, Structure};

const HEAD: &str = "\
// What the service answers. Written by `cargo xtask generate` from the core's models.

import Foundation
internal import StableVPSNative

";

/// The file's text.
pub fn module(models: &Models) -> String {
    let mut text = HEAD.to_owned();
    for one in &models.enumerations {
        text.push_str(&if one.is_open { open(one) } else { closed(one) });
        text.push('\n');
    }
    let structures = models.structures.iter();
    let structures: Vec<_> = structures.map(|one| structure(one, models)).collect();
    text.push_str(&structures.join("\n"));
    text
}

/// Values that the service may add to keep what was sent.
fn open(one: &Enumeration) -> String {
    let name = type_name(&one.name);
    let mut cases = String::new();
    let mut reads = String::new();
    let mut writes = String::new();
    for value in &one.values {
        let case = case_name(&value.name);
        let _ = writeln!(cases, "{}    case {case}", doc("    ", &value.doc));
        let _ = writeln!(reads, "      case \"{}\": self = .{case}", value.name);
        let _ = writeln!(writes, "      case .{case}: \"{}\"", value.name);
    }
    let known: Vec<_> = one.values.iter().map(known).collect();
    format!(
        "extension StableVPS {{\n{}  public enum {name}: OpenEnumeration {{\n{cases}    \
         /// One that this version does not know, as it was sent.\n    case unknown(String)\n\n    \
         /// Every one that this version knows.\n    \
         public static let known: [Self] = [{}]\n\n    \
         public init(rawValue: String) {{\n      switch rawValue {{\n{reads}      \
         default: self = .unknown(rawValue)\n      }}\n    }}\n\n    \
         public var rawValue: String {{\n      switch self {{\n{writes}      \
         case .unknown(let sent): sent\n      }}\n    }}\n  }}\n}}\n",
        doc("  ", &one.doc),
        known.join(", "),
    )
}

fn known(value: &Named) -> String {
    format!(".{}", case_name(&value.name))
}

/// Values of the core's own.
fn closed(one: &Enumeration) -> String {
    let name = type_name(&one.name);
    let mut cases = String::new();
    let mut reads = String::new();
    for value in &one.values {
        let case = case_name(&value.name);
        let raw = if case == value.name {
            String::new()
        } else {
            format!(" = \"{}\"", value.name)
        };
        let _ = writeln!(cases, "{}    case {case}{raw}", doc("    ", &value.doc));
        let _ = writeln!(reads, "      case .{case}: self = .{case}");
    }
    format!(
        "extension StableVPS {{\n{}  \
         public enum {name}: String, Sendable, Hashable, Codable, CaseIterable {{\n{cases}\n    \
         init(_ native: StableVPSNative.{}) {{\n      switch native {{\n{reads}      }}\n    }}\n  }}\n}}\n",
        doc("  ", &one.doc),
        one.name,
    )
}

fn structure(one: &Structure, models: &Models) -> String {
    let name = type_name(&one.name);
    let mut fields = String::new();
    let mut reads = String::new();
    for field in &one.fields {
        let swift = Property::of(field);
        let _ = writeln!(
            fields,
            "{}    public let {}: {}",
            doc("    ", &swift.doc),
            swift.name,
            swift.annotation()
        );
        let _ = writeln!(reads, "      {} = {}", swift.name, swift.reader(field));
    }
    let mut conformances = vec!["Sendable", "Hashable"];
    if one.fields.iter().any(|field| field.name == "id") {
        conformances.push("Identifiable");
    }
    if !holds_secret(one, models) {
        conformances.push("Codable");
    }
    format!(
        "extension StableVPS {{\n{}  public struct {name}: {} {{\n{fields}\n    \
         init(_ native: StableVPSNative.{}) {{\n{reads}    }}\n  }}\n}}\n",
        doc("  ", &one.doc),
        conformances.join(", "),
        one.name,
    )
}

/// Whether a secret stands anywhere in it: then it can't be written down as a whole.
fn holds_secret(one: &Structure, models: &Models) -> bool {
    one.fields.iter().any(|field| match &field.kind {
        Kind::Secret => true,
        Kind::Structure(name) => {
            let inner = models.structures.iter().find(|other| &other.name == name);
            inner.is_some_and(|inner| holds_secret(inner, models))
        }
        Kind::Text
        | Kind::Integer
        | Kind::Boolean
        | Kind::Money
        | Kind::Time
        | Kind::VpsId
        | Kind::ServerId
        | Kind::Enumeration(_) => false,
    })
}

/// A field in Swift's own words.
struct Property {
    name: String,
    doc: String,
    kind: String,
    /// What makes it of the native value; none where that is it already.
    make: Option<String>,
    is_optional: bool,
}

impl Property {
    fn of(field: &Field) -> Self {
        let plain = |kind: &str| (kind.to_owned(), None);
        let from = |kind: &str, label: &str| (kind.to_owned(), Some(format!("{kind}({label}")));
        let span = field.name.strip_suffix("Ms");
        let (kind, make) = match &field.kind {
            Kind::Integer if span.is_some() => from("Duration", "milliseconds: "),
            Kind::Text | Kind::VpsId => plain("String"),
            Kind::Integer => from("Int", ""),
            Kind::Boolean => plain("Bool"),
            Kind::Money => from("Decimal", "money: "),
            Kind::Time => from("Date", "epochMilliseconds: "),
            Kind::Secret => from("Secret", ""),
            Kind::ServerId => from("ServerID", ""),
            Kind::Enumeration(name) if name == "Phase" => from(name, ""),
            Kind::Enumeration(name) => from(&type_name(name), "rawValue: "),
            Kind::Structure(name) => from(&type_name(name), ""),
        };
        Self {
            name: field_name(span.unwrap_or(&field.name)),
            doc: match span {
                Some(_) => field.doc.replace("Milliseconds ", "How long it is "),
                None => field.doc.clone(),
            },
            kind,
            make,
            is_optional: field.is_optional,
        }
    }

    fn annotation(&self) -> String {
        let none = if self.is_optional { "?" } else { "" };
        format!("{}{none}", self.kind)
    }

    fn reader(&self, field: &Field) -> String {
        let sent = format!("native.{}", field.name);
        match (&self.make, self.is_optional) {
            (None, _) => sent,
            (Some(make), false) => format!("{make}{sent})"),
            (Some(make), true) => format!("{sent}.map {{ {make}$0) }}"),
        }
    }
}

/// Abbreviations in one case, as Swift writes them.
fn type_name(name: &str) -> String {
    field_name(&name.replace("Vps", "VPS").replace("Api", "API"))
}

/// The name of a property or of an argument.
fn field_name(name: &str) -> String {
    for (end, whole) in [("Id", "ID"), ("Mb", "MB"), ("Gb", "GB")] {
        if let Some(begin) = name.strip_suffix(end) {
            return format!("{begin}{whole}");
        }
    }
    name.to_owned()
}

/// `past_due` as `pastDue`.
fn case_name(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |text, word| {
        let (initial, rest) = word.split_at(word.len().min(1));
        text + &initial.to_uppercase() + rest
    })
}

fn doc(indent: &str, words: &str) -> String {
    let lines = words.lines();
    lines.fold(String::new(), |mut text, line| {
        let _ = writeln!(text, "{}", format!("{indent}/// {line}").trim_end());
        text
    })
}
