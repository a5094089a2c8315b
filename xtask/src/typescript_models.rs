//! Writes the JavaScript package's models from the core's schema: a type for each, and the catalogue.

use std::fmt::Write as _;

use serde_json::Value;
use stablevps_core::host::documents;

use crate::models::{Enumeration, Field, Kind, Models, Structure};

const HEAD: &str = "\
/** What the service answers. Written by `cargo xtask generate` from the core's models. */

import type { Money } from \"./money.js\";
import type { Secret } from \"./secret.js\";

declare const brand: unique symbol;

/** A VPS's own id: what every call takes. Any string will do, but a {@link ServerId}. */
export type VpsId = string & { readonly [brand]?: \"VpsId\" };
/** A VPS's id at the provider behind the service, such as `zomro-67890`. No call takes it. */
export type ServerId = string & { readonly [brand]: \"ServerId\" };
";

/// The kind of error that JavaScript has beside the core's.
pub const ABORTED: &str = "aborted";

/// The text of `models.ts`.
pub fn module(models: &Models) -> String {
    let mut text = HEAD.to_owned();
    text.extend(models.enumerations.iter().map(enumeration));
    text.push_str(&codes(models));
    text.extend(models.structures.iter().map(structure));
    text.push_str(&plans());
    text
}

/// A comment for documentation.
pub fn doc(indent: &str, words: &str) -> String {
    if !words.contains('\n') {
        return format!("{indent}/** {words} */\n");
    }
    let mut text = format!("{indent}/**\n");
    for line in words.lines() {
        let _ = writeln!(text, "{}", format!("{indent} * {line}").trim_end());
    }
    text + indent + " */\n"
}

/// Values as a union of literals.
pub fn union<'a>(values: impl IntoIterator<Item = &'a str>) -> String {
    let values = values.into_iter().map(|value| format!("\"{value}\""));
    values.collect::<Vec<_>>().join(" | ")
}

/// The type of a field.
pub fn annotation(field: &Field) -> String {
    let name = match &field.kind {
        Kind::Text => "string",
        Kind::Integer => "number",
        Kind::Boolean => "boolean",
        Kind::Money => "Money",
        Kind::Time => "Date",
        Kind::Secret => "Secret",
        Kind::VpsId => "VpsId",
        Kind::VpsIds => "readonly VpsId[]",
        Kind::ServerId => "ServerId",
        Kind::Error => "StableVPSError",
        Kind::Open(name) | Kind::Closed(name) | Kind::Structure(name) => name,
        Kind::List(name) => &format!("readonly {name}[]"),
    };
    let null = if field.is_optional { " | null" } else { "" };
    format!("{name}{null}")
}

fn enumeration(model: &Enumeration) -> String {
    let values = union(model.values.iter().map(|value| value.name.as_str()));
    let open = if model.is_open {
        " | (string & {})"
    } else {
        ""
    };
    let name = &model.name;
    format!(
        "\n{}export type {name} = {values}{open};\n",
        doc("", &model.doc)
    )
}

fn codes(models: &Models) -> String {
    let codes = models.errors.iter().map(|kind| kind.code.as_str());
    format!(
        "\n/** An error's code, the same in every language. `{ABORTED}` is JavaScript's own. */\n\
         export type ErrorCode = {};\n",
        union(codes.chain([ABORTED]))
    )
}

fn structure(model: &Structure) -> String {
    let mut fields = String::new();
    for field in &model.fields {
        fields.push_str(&doc("  ", &field.doc));
        let _ = writeln!(fields, "  readonly {}: {};", field.name, annotation(field));
    }
    let name = &model.name;
    format!(
        "\n{}export interface {name} {{\n{fields}}}\n",
        doc("", &model.doc)
    )
}

/// The catalogue as it stands in the core.
fn plans() -> String {
    let plans: Value = serde_json::from_str(&documents::plans()).unwrap_or_default();
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
