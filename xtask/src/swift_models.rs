//! Writes the Swift package's models from the core's schema.

use std::fmt::Write as _;

use crate::models::{Enumeration, Field, Kind, Models, Named, Structure};

const HEAD: &str = "\
// The models of the API. Written by `cargo xtask generate` from the core's models.

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

/// An enumeration to which the service may add values: a value that is not known is kept verbatim.
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
         /// A value that this version does not know, verbatim.\n    case unknown(String)\n\n    \
         /// Every value that this version knows.\n    \
         public static let known: [Self] = [{}]\n\n    \
         public init(rawValue: String) {{\n      switch rawValue {{\n{reads}      \
         default: self = .unknown(rawValue)\n      }}\n    }}\n\n    \
         public var rawValue: String {{\n      switch self {{\n{writes}      \
         case .unknown(let text): text\n      }}\n    }}\n  }}\n}}\n",
        doc("  ", &one.doc),
        known.join(", "),
    )
}

fn known(value: &Named) -> String {
    format!(".{}", case_name(&value.name))
}

/// How a closed enumeration of the core is declared in Swift.
#[derive(Clone, Copy)]
struct Declaration<'a> {
    /// The type that it is nested in.
    owner: &'a str,
    name: &'a str,
    /// Whether the core is passed values of it.
    is_passed: bool,
    /// Whether the core returns values of it.
    is_returned: bool,
}

impl<'a> Declaration<'a> {
    fn of(core_name: &'a str) -> Self {
        let (owner, name, is_passed, is_returned) = match core_name {
            "Auth" => ("StableVPS.Configuration", "Authentication", true, false),
            "WaitLevel" => ("StableVPS.WaitOptions", "Level", true, false),
            "FailureKind" => ("TransportFailure", "Kind", true, true),
            "Delivery" => ("TransportFailure", "Delivery", true, true),
            "Fault" | "Next" => ("StableVPSError", core_name, false, true),
            "ProbeOutcome" | "RebootPolicy" => ("StableVPS", core_name, true, false),
            _ => ("StableVPS", core_name, false, true),
        };
        Self {
            owner,
            name,
            is_passed,
            is_returned,
        }
    }

    /// Its name where names begin with `prefix`.
    fn path(self, prefix: &str) -> String {
        match self.owner {
            "StableVPS" => format!("{prefix}{}", self.name),
            owner => format!("{owner}.{}", self.name),
        }
    }
}

/// An enumeration of the core's own.
fn closed(one: &Enumeration) -> String {
    let declared = Declaration::of(&one.name);
    let native = format!("StableVPSNative.{}", one.name);
    let mut cases = String::new();
    let mut reads = String::new();
    let mut writes = String::new();
    for value in &one.values {
        let case = initial_lower(&value.variant);
        let raw = if case == value.name {
            String::new()
        } else {
            format!(" = \"{}\"", value.name)
        };
        let _ = writeln!(cases, "{}    case {case}{raw}", doc("    ", &value.doc));
        let _ = writeln!(reads, "      case .{case}: self = .{case}");
        let _ = writeln!(writes, "      case .{case}: .{case}");
    }
    let mut conversions = String::new();
    if declared.is_returned {
        let _ = write!(
            conversions,
            "\n    init(_ native: {native}) {{\n      switch native {{\n{reads}      }}\n    }}\n"
        );
    }
    if declared.is_passed {
        let _ = write!(
            conversions,
            "\n    var native: {native} {{\n      switch self {{\n{writes}      }}\n    }}\n"
        );
    }
    format!(
        "extension {} {{\n{}  \
         public enum {}: String, Sendable, Hashable, Codable, CaseIterable {{\n\
         {cases}{conversions}  }}\n}}\n",
        declared.owner,
        doc("  ", &one.doc),
        declared.name,
    )
}

fn structure(one: &Structure, models: &Models) -> String {
    let name = type_name(&one.name);
    let mut fields = String::new();
    let mut reads = String::new();
    let mut parameters = Vec::new();
    let mut values = String::new();
    for field in &one.fields {
        let swift = Property::of(field, "");
        parameters.push(format!("      {}: {}", swift.name, swift.annotation()));
        let _ = writeln!(values, "      self.{0} = {0}", swift.name);
        let _ = writeln!(
            fields,
            "{}    public let {}: {}",
            doc("    ", &swift.doc),
            swift.name,
            swift.annotation()
        );
        let native = format!("native.{}", field.name);
        let _ = writeln!(reads, "      {} = {}", swift.name, swift.converted(&native));
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
         init(_ native: StableVPSNative.{}) {{\n{reads}    }}\n\n    \
         package init(\n{}\n    ) {{\n{values}    }}\n  }}\n}}\n",
        doc("  ", &one.doc),
        conformances.join(", "),
        one.name,
        parameters.join(",\n"),
    )
}

/// Whether it holds a secret at any depth: then it is not `Codable`.
fn holds_secret(one: &Structure, models: &Models) -> bool {
    one.fields.iter().any(|field| match &field.kind {
        Kind::Secret => true,
        Kind::Structure(name) | Kind::List(name) => {
            let inner = models.structures.iter().find(|other| &other.name == name);
            inner.is_some_and(|inner| holds_secret(inner, models))
        }
        Kind::Text
        | Kind::Integer
        | Kind::Boolean
        | Kind::Money
        | Kind::Time
        | Kind::VpsId
        | Kind::VpsIds
        | Kind::ServerId
        | Kind::Open(_)
        | Kind::Closed(_)
        | Kind::Error => false,
    })
}

/// A field as Swift declares it.
pub struct Property {
    /// Its name.
    pub name: String,
    /// What it is.
    pub doc: String,
    kind: String,
    conversion: Conversion,
    is_optional: bool,
}

/// How a value is made of what the core returns.
enum Conversion {
    /// It is that value.
    None,
    /// By a call that begins with this.
    Call(String),
    /// By such a call for each element.
    CallForEach(String),
}

impl Property {
    /// The property of a field. `prefix` is `StableVPS.` outside of that type.
    pub fn of(field: &Field, prefix: &str) -> Self {
        let by = |kind: &str, label: &str| {
            let call = format!("{kind}({label}");
            (kind.to_owned(), Conversion::Call(call))
        };
        let span = field.name.strip_suffix("Ms");
        let (kind, conversion) = match &field.kind {
            Kind::Integer if span.is_some() => by("Duration", "milliseconds: "),
            Kind::Text | Kind::VpsId => ("String".to_owned(), Conversion::None),
            Kind::VpsIds => ("[String]".to_owned(), Conversion::None),
            Kind::Integer => by("Int", ""),
            Kind::Boolean => ("Bool".to_owned(), Conversion::None),
            Kind::Money => by("Decimal", "money: "),
            Kind::Time => by("Date", "epochMilliseconds: "),
            Kind::Secret => by(&format!("{prefix}Secret"), ""),
            Kind::Error => by("StableVPSError", ""),
            Kind::ServerId => by(&format!("{prefix}ServerID"), ""),
            Kind::Closed(name) => by(&Declaration::of(name).path(prefix), ""),
            Kind::Open(name) => by(&format!("{prefix}{}", type_name(name)), "rawValue: "),
            Kind::Structure(name) => by(&format!("{prefix}{}", type_name(name)), ""),
            Kind::List(name) => {
                let element = format!("{prefix}{}", type_name(name));
                let call = format!("{element}(");
                (format!("[{element}]"), Conversion::CallForEach(call))
            }
        };
        Self {
            name: field_name(span.unwrap_or(&field.name)),
            doc: match span {
                Some(_) => field.doc.replace("Milliseconds ", "The time "),
                None => field.doc.clone(),
            },
            kind,
            conversion,
            is_optional: field.is_optional,
        }
    }

    /// Its type.
    pub fn annotation(&self) -> String {
        let none = if self.is_optional { "?" } else { "" };
        format!("{}{none}", self.kind)
    }

    /// Its value, made of the core's.
    pub fn converted(&self, native: &str) -> String {
        match (&self.conversion, self.is_optional) {
            (Conversion::None, _) => native.to_owned(),
            (Conversion::Call(call), false) => format!("{call}{native})"),
            (Conversion::Call(call), true) | (Conversion::CallForEach(call), false) => {
                format!("{native}.map {{ {call}$0) }}")
            }
            (Conversion::CallForEach(call), true) => {
                format!("{native}.map {{ list in list.map {{ {call}$0) }} }}")
            }
        }
    }
}

/// Abbreviations in one case, as Swift writes them.
pub fn type_name(name: &str) -> String {
    field_name(&name.replace("Vps", "VPS").replace("Api", "API"))
}

/// The name of a property or of an argument.
fn field_name(name: &str) -> String {
    for (end, whole) in [("Id", "ID"), ("Ids", "IDs"), ("Mb", "MB"), ("Gb", "GB")] {
        if let Some(begin) = name.strip_suffix(end) {
            return format!("{begin}{whole}");
        }
    }
    name.to_owned()
}

/// `past_due` as `pastDue`.
pub fn case_name(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |text, word| {
        let (initial, rest) = word.split_at(word.len().min(1));
        text + &initial.to_uppercase() + rest
    })
}

/// `PastDue` as `pastDue`: a case, as the generated code names it.
pub fn initial_lower(name: &str) -> String {
    let (initial, rest) = name.split_at(name.len().min(1));
    initial.to_lowercase() + rest
}

/// A documentation comment.
pub fn doc(indent: &str, words: &str) -> String {
    let lines = words.lines();
    lines.fold(String::new(), |mut text, line| {
        let _ = writeln!(text, "{}", format!("{indent}/// {line}").trim_end());
        text
    })
}
