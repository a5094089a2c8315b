//! Writes the JavaScript package's classes of errors from the core's list.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::models::{ErrorKind, Kind, Models};
use crate::typescript_models::{ABORTED, annotation, doc, union};

const HEAD: &str = "\
/**
 * Everything that can go wrong, a class each. Written by `cargo xtask generate` from the core's list.
 * {@link StableVPSError} is the root of all of them.
 */
";

/// Kinds that are special cases of another: their classes extend that one's.
const SPECIAL_CASES: &[(&str, &str)] = &[("provider", "server")];

/// The text of `errors.ts`.
pub fn module(models: &Models) -> String {
    let mut text = HEAD.to_owned();
    text.push_str(&imports(models));
    text.extend(models.errors.iter().map(|kind| class(kind, models)));
    text.push_str(&by_code(models));
    text
}

/// The name of a kind's class.
pub fn class_name(kind: &ErrorKind) -> String {
    let name = kind.name();
    if name.ends_with("Error") {
        return name;
    }
    format!("{name}Error")
}

fn imports(models: &Models) -> String {
    let fields = models.errors.iter().flat_map(|kind| &kind.fields);
    let mut types = BTreeSet::new();
    let mut has_money = false;
    for field in fields {
        match &field.kind {
            Kind::Money => has_money = true,
            Kind::VpsId | Kind::VpsIds => {
                types.insert("VpsId");
            }
            Kind::ServerId => {
                types.insert("ServerId");
            }
            Kind::Open(name) | Kind::Closed(name) | Kind::Structure(name) | Kind::List(name) => {
                types.insert(name.as_str());
            }
            Kind::Text
            | Kind::Integer
            | Kind::Boolean
            | Kind::Time
            | Kind::Secret
            | Kind::Error => {}
        }
    }
    let types: Vec<_> = types.into_iter().collect();
    let mut text = "\nimport { type AbortError, StableVPSError } from \"./error.js\";\n".to_owned();
    let _ = writeln!(
        text,
        "import type {{ {} }} from \"./models.js\";",
        types.join(", ")
    );
    if has_money {
        text.push_str("import type { Money } from \"./money.js\";\n");
    }
    text
}

fn class(kind: &ErrorKind, models: &Models) -> String {
    let of_code = |code: &str| models.errors.iter().find(|kind| kind.code == code);
    let parent = SPECIAL_CASES.iter().find(|(case, _)| *case == kind.code);
    let parent = parent.and_then(|(_, parent)| of_code(parent));
    let parent = parent.map_or_else(|| "StableVPSError".to_owned(), class_name);
    let cases = SPECIAL_CASES
        .iter()
        .filter(|(_, parent)| *parent == kind.code)
        .map(|(case, _)| *case);
    let mut fields = format!(
        "  declare readonly code: {};\n",
        union([kind.code.as_str()].into_iter().chain(cases))
    );
    for field in &kind.fields {
        fields.push_str(&doc("  ", &field.doc));
        let _ = writeln!(
            fields,
            "  declare readonly {}: {};",
            field.name,
            annotation(field)
        );
    }
    format!(
        "\n{}export class {} extends {parent} {{\n{fields}}}\n",
        doc("", &kind.doc),
        class_name(kind)
    )
}

fn by_code(models: &Models) -> String {
    let mut text =
        "\n/** The classes by their codes. */\nexport interface ErrorsByCode {\n".to_owned();
    for kind in &models.errors {
        let _ = writeln!(text, "  {}: {};", kind.code, class_name(kind));
    }
    let _ = writeln!(text, "  {ABORTED}: AbortError;\n}}");
    text
}
