//! Writes what makes the JavaScript package's models and errors of the core's JSON.

use std::fmt::Write as _;

use crate::models::{ErrorKind, Field, Kind, Models, Structure};
use crate::typescript_errors::class_name;

const HEAD: &str = "\
/**
 * Makes models and errors of the core's JSON. The core has checked it: it has the form that is read
 * here. Written by `cargo xtask generate` from the core's models.
 */

import type { ErrorFacts, StableVPSError } from \"./error.js\";
import * as errors from \"./errors.js\";
import type * as models from \"./models.js\";
import { Secret } from \"./secret.js\";

/** An object of the core's JSON. */
export type Sent = { readonly [field: string]: any };

/** @internal */
export const date = (text: string): Date => new Date(text);
const secret = (text: string): Secret => new Secret(text);
const optional = <T>(read: (sent: any) => T, sent: any): T | null =>
  sent == null ? null : read(sent);
/** @internal */
export const list = <T>(read: (sent: any) => T, sent: any[]): readonly T[] =>
  Object.freeze(sent.map((one) => read(one)));
";

/// The text of `readers.ts`.
pub fn module(models: &Models) -> String {
    let mut text = HEAD.to_owned();
    text.extend(models.structures.iter().map(structure));
    text.push_str(KINDS);
    text.extend(models.errors.iter().map(error));
    text + "};\n"
}

const KINDS: &str = "
type Kind = readonly [
  Class: new (facts: ErrorFacts) => StableVPSError,
  read?: (sent: Sent) => object,
];

/** The class of every code, and what reads the details that it has. */
export const KINDS: { readonly [code: string]: Kind } = {
";

fn structure(model: &Structure) -> String {
    let name = &model.name;
    let fields = fields("    ", &model.fields);
    format!(
        "\n/** Reads a {{@link models.{name}}}. */\n\
         export function read{name}(sent: Sent): models.{name} {{\n  \
         return Object.freeze({{\n{fields}  }});\n}}\n"
    )
}

fn error(kind: &ErrorKind) -> String {
    let (code, class) = (&kind.code, class_name(kind));
    if kind.fields.is_empty() {
        return format!("  {code}: [errors.{class}],\n");
    }
    let fields = fields("      ", &kind.fields);
    format!("  {code}: [\n    errors.{class},\n    (sent) => ({{\n{fields}    }}),\n  ],\n")
}

/// Reads each of the fields.
pub fn fields(indent: &str, fields: &[Field]) -> String {
    let mut text = String::new();
    for field in fields {
        let _ = writeln!(text, "{indent}{}: {},", field.name, reader(field));
    }
    text
}

/// What makes the field of the JSON value.
fn reader(field: &Field) -> String {
    let name = &field.name;
    let read = match &field.kind {
        Kind::Time => "date".to_owned(),
        Kind::Secret => "secret".to_owned(),
        Kind::Structure(model) => format!("read{model}"),
        Kind::List(model) => return format!("list(read{model}, sent.{name})"),
        Kind::Error => return format!("errorOf(sent.{name} as Report)"),
        _ if field.is_optional => return format!("sent.{name} ?? null"),
        _ => return format!("sent.{name}"),
    };
    if field.is_optional {
        format!("optional({read}, sent.{name})")
    } else {
        format!("{read}(sent.{name})")
    }
}
