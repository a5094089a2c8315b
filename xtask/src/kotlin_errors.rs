//! Writes the Kotlin package's exceptions from the core's list of errors: a class for each kind, and what
//! makes it from what the core reports.

use std::fmt::Write as _;

use crate::kotlin_models::{doc, imports, properties, reader, span_body};
use crate::models::{ErrorKind, Models};

const HEAD: &str = "\
// An exception for every kind of error. Written by `cargo xtask generate` from the core's list.

package com.stablevps

";
const KIND: &str = "import com.stablevps.internal.ffi.ErrorKind as CoreErrorKind\n";

/// Kinds that are a special case of another: the code of each, and the other's.
const SPECIAL: [(&str, &str); 1] = [("provider", "server")];

/// The file's text.
pub fn module(models: &Models) -> String {
    let mut text = String::new();
    let (mut codes, mut cases) = (String::new(), Vec::new());
    for kind in &models.errors {
        text.push_str(&class(kind, &models.errors));
        let (name, code) = (kind.name(), &kind.code);
        let _ = writeln!(codes, "            is CoreErrorKind.{name} -> \"{code}\"");
        cases.push(case(kind));
    }
    let _ = write!(
        text,
        "\n/** The name of this kind, the same in every language. */\n\
         internal val CoreErrorKind.code: String\n    get() =\n        \
         when (this) {{\n{codes}        }}\n\n\
         /** The exception of this kind. */\n\
         internal fun CoreErrorKind.toException(facts: Facts): StableVpsException =\n    \
         when (this) {{\n{}    }}\n",
        cases.join("\n")
    );
    HEAD.to_owned() + &imports(&text) + KIND + &text
}

fn class(kind: &ErrorKind, all: &[ErrorKind]) -> String {
    let special = SPECIAL.iter().find(|(code, _)| *code == kind.code);
    let general = special.and_then(|(_, general)| all.iter().find(|one| one.code == *general));
    let parent = general.map_or("StableVps".to_owned(), ErrorKind::name);
    let open = if SPECIAL.iter().any(|(_, general)| *general == kind.code) {
        "open "
    } else {
        ""
    };
    format!(
        "\n{}public {open}class {}Exception internal constructor(\n    facts: Facts,\n{}) : {parent}Exception(facts){}\n",
        doc("", &kind.doc),
        kind.name(),
        properties(&kind.fields),
        span_body(&kind.fields)
    )
}

fn case(kind: &ErrorKind) -> String {
    let name = kind.name();
    let arguments: Vec<String> = kind
        .fields
        .iter()
        .map(|field| format!("                {},\n", reader(field)))
        .collect();
    let arguments = if arguments.is_empty() {
        "facts".to_owned()
    } else {
        format!(
            "\n                facts,\n{}            ",
            arguments.concat()
        )
    };
    format!(
        "        is CoreErrorKind.{name} -> {{\n            {name}Exception({arguments})\n        }}\n"
    )
}
