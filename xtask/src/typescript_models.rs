//! Writes the JavaScript package's models from the core's schema: a type and a reader for each, and
//! the catalogue.

use std::fmt::Write as _;

use serde_json::Value;
use stablevps_core::catalogue;

use crate::models::{Enumeration, Field, Kind, Models, Structure};

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
pub fn module(models: &Models) -> String {
    let mut text = HEAD.to_owned();
    text.extend(models.enumerations.iter().map(enumeration));
    text.extend(models.structures.iter().map(structure));
    text.push_str(&plans());
    text
}

fn doc(indent: &str, words: &str) -> String {
    if !words.contains('\n') {
        return format!("{indent}/** {words} */\n");
    }
    let mut text = format!("{indent}/**\n");
    for line in words.lines() {
        let _ = writeln!(text, "{}", format!("{indent} * {line}").trim_end());
    }
    text + indent + " */\n"
}

fn enumeration(model: &Enumeration) -> String {
    let values = model
        .values
        .iter()
        .map(|value| format!("\"{}\"", value.name));
    let values: Vec<_> = values.collect();
    let open = if model.is_open {
        " | (string & {})"
    } else {
        ""
    };
    format!(
        "\n{}export type {} = {}{open};\n",
        doc("", &model.doc),
        model.name,
        values.join(" | ")
    )
}

fn structure(model: &Structure) -> String {
    let mut fields = String::new();
    let mut readers = String::new();
    for field in &model.fields {
        fields.push_str(&doc("  ", &field.doc));
        let _ = writeln!(fields, "  readonly {}: {};", field.name, annotation(field));
        let _ = writeln!(readers, "    {}: {},", field.name, reader(field));
    }
    let name = &model.name;
    format!(
        "\n{}export interface {name} {{\n{fields}}}\n\n\
         /** Reads a checked {{@link {name}}}. */\n\
         export function read{name}(sent: Sent): {name} {{\n  \
         return Object.freeze({{\n{readers}  }});\n}}\n",
        doc("", &model.doc)
    )
}

fn annotation(field: &Field) -> String {
    let name = match &field.kind {
        Kind::Text => "string",
        Kind::Integer => "number",
        Kind::Boolean => "boolean",
        Kind::Money => "Money",
        Kind::Time => "Date",
        Kind::Secret => "Secret",
        Kind::VpsId => "VpsId",
        Kind::ServerId => "ServerId",
        Kind::Enumeration(name) | Kind::Structure(name) => name,
    };
    let null = if field.is_optional { " | null" } else { "" };
    format!("{name}{null}")
}

/// What makes the field of the JSON value.
fn reader(field: &Field) -> String {
    let name = &field.name;
    let read = match &field.kind {
        Kind::Time => "date".to_owned(),
        Kind::Secret => "secret".to_owned(),
        Kind::Structure(model) => format!("read{model}"),
        _ if field.is_optional => return format!("sent.{name} ?? null"),
        _ => return format!("sent.{name}"),
    };
    if field.is_optional {
        format!("optional({read}, sent.{name})")
    } else {
        format!("{read}(sent.{name})")
    }
}

/// The catalogue as it stands in the core.
fn plans() -> String {
    let plans: Value = serde_json::from_str(&catalogue::document()).unwrap_or_default();
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
