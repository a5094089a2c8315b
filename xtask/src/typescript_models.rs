//! Writes the JavaScript package's models from the core's schema: a type and a reader for each, and
//! the catalogue.

use std::fmt::Write as _;

use serde_json::{Map, Value};
use stablevps_core::catalogue;

const HEAD: &str = "\
/** What the service answers. Written by `cargo xtask generate` from the core's models. */

import type { Money } from \"./money.js\";
import { Secret } from \"./secret.js\";

declare const brand: unique symbol;

/** A VPS's own id: what every call takes. Any string will do, but a {@link ServerId}. */
export type VpsId = string & { readonly [brand]?: \"VpsId\" };
/** A VPS's id at the provider behind the service, such as `zomro-67890`. No call takes it. */
export type ServerId = string & { readonly [brand]: \"ServerId\" };

/** The core checked all of it: what is read here has the shape it should have. */
type Sent = { readonly [field: string]: any };

const date = (text: string): Date => new Date(text);
const secret = (text: string): Secret => new Secret(text);
const optional = <T>(read: (sent: any) => T, sent: any): T | null =>
  sent == null ? null : read(sent);
";

/// The module's text.
pub fn module(schema: &Value) -> String {
    let empty = Map::new();
    let models = schema.as_object().unwrap_or(&empty);
    let mut text = HEAD.to_owned();
    for (name, model) in models.iter().filter(|(_, model)| !is_struct(model)) {
        text.push_str(&enumeration(name, model));
    }
    for (name, model) in models.iter().filter(|(_, model)| is_struct(model)) {
        text.push_str(&structure(name, model));
    }
    text.push_str(&plans());
    text
}

fn is_struct(model: &Value) -> bool {
    model.get("properties").is_some()
}

fn doc(indent: &str, value: &Value) -> String {
    let words = value
        .get("description")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let lines: Vec<&str> = words.lines().map(str::trim).collect();
    match lines.as_slice() {
        [one] => format!("{indent}/** {one} */\n"),
        many => {
            let mut text = format!("{indent}/**\n");
            for line in many {
                let _ = writeln!(text, "{}", format!("{indent} * {line}").trim_end());
            }
            text + indent + " */\n"
        }
    }
}

/// The values of an enumeration, and whether more may come.
fn values(model: &Value) -> (Vec<&str>, bool) {
    if let Some(known) = model.get("x-known").and_then(Value::as_array) {
        let values = known.iter().filter_map(|pair| pair.get(0)?.as_str());
        return (values.collect(), true);
    }
    let variants = model.get("oneOf").and_then(Value::as_array);
    let values = variants.into_iter().flatten();
    (
        values
            .filter_map(|one| one.get("const")?.as_str())
            .collect(),
        false,
    )
}

fn enumeration(name: &str, model: &Value) -> String {
    let (values, is_open) = values(model);
    let quoted: Vec<_> = values.iter().map(|value| format!("\"{value}\"")).collect();
    let open = if is_open { " | (string & {})" } else { "" };
    format!(
        "\n{}export type {name} = {}{open};\n",
        doc("", model),
        quoted.join(" | ")
    )
}

fn structure(name: &str, model: &Value) -> String {
    let empty = Map::new();
    let properties = model
        .get("properties")
        .and_then(Value::as_object)
        .unwrap_or(&empty);
    let mut fields = String::new();
    let mut readers = String::new();
    for (field, property) in properties {
        let kind = Kind::of(property);
        fields.push_str(&doc("  ", property));
        let _ = writeln!(fields, "  readonly {field}: {};", kind.annotation());
        let _ = writeln!(readers, "    {field}: {},", kind.reader(field));
    }
    format!(
        "\n{}export interface {name} {{\n{fields}}}\n\n\
         /** Reads a checked {{@link {name}}}. */\n\
         export function read{name}(sent: Sent): {name} {{\n  \
         return Object.freeze({{\n{readers}  }});\n}}\n",
        doc("", model)
    )
}

/// What a field holds.
struct Kind {
    name: String,
    /// What makes it of the JSON value; none where that is it already.
    read: Option<String>,
    is_optional: bool,
}

impl Kind {
    fn of(property: &Value) -> Self {
        if let Some(any) = property.get("anyOf").and_then(Value::as_array) {
            let one = any
                .iter()
                .find(|one| one.get("type").and_then(Value::as_str) != Some("null"));
            return Self {
                is_optional: true,
                ..one.map_or_else(Self::unknown, Self::of)
            };
        }
        if let Some(target) = property.get("$ref").and_then(Value::as_str) {
            let name = target.rsplit('/').next().unwrap_or_default();
            let is_model = matches!(name, "AffiliateStats" | "VpsDetails");
            return Self {
                name: name.to_owned(),
                read: is_model.then(|| format!("read{name}")),
                is_optional: false,
            };
        }
        let format = property.get("format").and_then(Value::as_str);
        let (kind, is_optional) = match property.get("type") {
            Some(Value::Array(types)) => (types.first().and_then(Value::as_str), true),
            one => (one.and_then(Value::as_str), false),
        };
        let (name, read) = match (kind, format) {
            (_, Some("decimal")) => ("Money", None),
            (_, Some("date-time")) => ("Date", Some("date")),
            (_, Some("password")) => ("Secret", Some("secret")),
            (_, Some("server-id")) => ("ServerId", None),
            (_, Some("vps-id")) => ("VpsId", None),
            (Some("string"), _) => ("string", None),
            (Some("integer" | "number"), _) => ("number", None),
            (Some("boolean"), _) => ("boolean", None),
            _ => return Self::unknown(),
        };
        Self {
            name: name.to_owned(),
            read: read.map(str::to_owned),
            is_optional,
        }
    }

    fn unknown() -> Self {
        Self {
            name: "unknown".to_owned(),
            read: None,
            is_optional: false,
        }
    }

    fn annotation(&self) -> String {
        let null = if self.is_optional { " | null" } else { "" };
        format!("{}{null}", self.name)
    }

    fn reader(&self, field: &str) -> String {
        match (&self.read, self.is_optional) {
            (Some(read), true) => format!("optional({read}, sent.{field})"),
            (Some(read), false) => format!("{read}(sent.{field})"),
            (None, true) => format!("sent.{field} ?? null"),
            (None, false) => format!("sent.{field}"),
        }
    }
}

/// The catalogue as it stands in the core.
fn plans() -> String {
    let plans = serde_json::to_value(catalogue::plans()).unwrap_or_default();
    let mut text =
        "\n/** Every plan, the smallest first, as the documentation of the API lists it. */\n\
        export const PLANS: readonly Plan[] = Object.freeze([\n"
            .to_owned();
    for plan in plans.as_array().into_iter().flatten() {
        text.push_str("  Object.freeze({\n");
        for (field, value) in plan.as_object().into_iter().flatten() {
            let _ = writeln!(text, "    {field}: {value},");
        }
        text.push_str("  }),\n");
    }
    text + "]);\n"
}
