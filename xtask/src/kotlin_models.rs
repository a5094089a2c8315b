//! Writes the Kotlin package's types from the core's schema: a class for each, and what makes it from
//! the record that crosses from the core.

use std::fmt::Write as _;

use crate::models::{Enumeration, Field, Kind, Models, Structure};

const HEAD: &str = "\
// The core's types as this package shows them. Written by `cargo xtask generate` from the core's schema.
//
// The constructors of the data classes, and with them their copies, are the package's own: a field that is
// added at their end breaks nobody.

package com.stablevps

";

/// The file's text.
pub fn module(models: &Models) -> String {
    let mut records: Vec<&str> = models
        .structures
        .iter()
        .map(|one| one.name.as_str())
        .collect();
    records.sort_unstable();
    let records: Vec<String> = records
        .iter()
        .map(|name| format!("import com.stablevps.internal.ffi.{name} as Core{name}\n"))
        .collect();
    let mut text = String::new();
    for enumeration in &models.enumerations {
        text.push_str(&if enumeration.is_open {
            open(enumeration)
        } else {
            closed(enumeration)
        });
    }
    for one in &models.structures {
        text.push_str(&structure(one));
    }
    HEAD.to_owned() + &imports(&text) + &records.concat() + &text
}

/// The imports of the types that a text names.
pub fn imports(text: &str) -> String {
    const TYPES: [(&str, &str); 4] = [
        ("BigDecimal", "java.math.BigDecimal"),
        ("Instant", "java.time.Instant"),
        ("Duration", "kotlin.time.Duration"),
        (
            ".milliseconds",
            "kotlin.time.Duration.Companion.milliseconds",
        ),
    ];
    let named = TYPES.iter().filter(|(name, _)| text.contains(name));
    let lines: Vec<_> = named.map(|(_, path)| format!("import {path}\n")).collect();
    lines.concat()
}

/// A documentation comment.
pub fn doc(indent: &str, words: &str) -> String {
    let lines: Vec<&str> = words.lines().collect();
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

/// `newYork`, `past_due` and `x-api-key` as constants are named.
pub fn constant(value: &str) -> String {
    let mut name = String::new();
    for letter in value.chars() {
        if letter.is_uppercase() {
            name.push('_');
        }
        name.push(if letter == '-' {
            '_'
        } else {
            letter.to_ascii_uppercase()
        });
    }
    name
}

/// A set to which the service may add values: a class with constants.
fn open(enumeration: &Enumeration) -> String {
    let name = &enumeration.name;
    let mut constants = String::new();
    let mut cases = String::new();
    for value in &enumeration.values {
        let constant = constant(&value.name);
        constants.push_str(&doc("        ", &value.doc));
        let _ = writeln!(
            constants,
            "        @JvmField\n        public val {constant}: {name} = {name}(\"{}\")\n",
            value.name
        );
        let _ = writeln!(cases, "                \"{}\" -> {constant}", value.name);
    }
    format!(
        "\n{}public class {name} private constructor(\n    value: String,\n) : OpenEnum(value) {{\n    \
         public companion object {{\n{constants}        \
         /** The value of that text, which may be one that this version does not know. */\n        \
         @JvmStatic\n        \
         public fun of(value: String): {name} =\n            when (value) {{\n{cases}                \
         else -> {name}(value)\n            }}\n    }}\n}}\n",
        doc("", &enumeration.doc)
    )
}

/// A set that is the core's own. Its values have the order of the core's.
fn closed(enumeration: &Enumeration) -> String {
    let values: Vec<String> = enumeration
        .values
        .iter()
        .map(|value| doc("    ", &value.doc) + "    " + &constant(&value.name) + ",\n")
        .collect();
    format!(
        "\n{}public enum class {} {{\n{}}}\n",
        doc("", &enumeration.doc),
        enumeration.name,
        values.join("\n")
    )
}

fn structure(structure: &Structure) -> String {
    let name = &structure.name;
    let readers: Vec<String> = structure
        .fields
        .iter()
        .map(|field| format!("        {} = {},\n", property(field), reader(field)))
        .collect();
    format!(
        "\n{}@ConsistentCopyVisibility\n\
         public data class {name} internal constructor(\n{}){}\n\n\
         internal fun Core{name}.read(): {name} =\n    {name}(\n{}    )\n",
        doc("", &structure.doc),
        properties(&structure.fields),
        span_body(&structure.fields),
        readers.concat()
    )
}

/// The properties of a class, as its constructor declares them.
pub fn properties(fields: &[Field]) -> String {
    let mut text = String::new();
    for field in fields {
        let optional = if field.is_optional { "?" } else { "" };
        let words = match span(field) {
            Some(_) => field.doc.replacen("Milliseconds", "Time", 1),
            None => field.doc.clone(),
        };
        text.push_str(&doc("    ", &words));
        let _ = writeln!(
            text,
            "    public val {}: {}{optional},",
            property(field),
            annotation(field)
        );
    }
    text
}

/// The body of a class with spans of time: their milliseconds, for Java. Empty for any other class.
pub fn span_body(fields: &[Field]) -> String {
    let spans = span_members(fields);
    if spans.is_empty() {
        String::new()
    } else {
        format!(" {{\n{}}}", spans.join("\n"))
    }
}

/// The milliseconds of a class's spans of time, as members.
pub fn span_members(fields: &[Field]) -> Vec<String> {
    let spans = fields
        .iter()
        .filter_map(|field| span(field).map(|span| (field, span)));
    spans
        .map(|(field, span)| {
            let optional = if field.is_optional { "?" } else { "" };
            format!(
                "{}    public val {}: Long{optional} get() = {span}{optional}.inWholeMilliseconds\n",
                doc("    ", &field.doc),
                field.name
            )
        })
        .collect()
}

/// The name of a span of time, which the core counts in milliseconds.
pub fn span(field: &Field) -> Option<&str> {
    field.name.strip_suffix("Ms")
}
/// The name of a field's property.
pub fn property(field: &Field) -> &str {
    span(field).unwrap_or(&field.name)
}
/// The type of a field's property, without what says that it may be absent.
pub fn annotation(field: &Field) -> String {
    if span(field).is_some() {
        return "Duration".to_owned();
    }
    match &field.kind {
        Kind::Text | Kind::VpsId => "String".to_owned(),
        Kind::VpsIds => "List<String>".to_owned(),
        Kind::Integer => "Int".to_owned(),
        Kind::Boolean => "Boolean".to_owned(),
        Kind::Money => "BigDecimal".to_owned(),
        Kind::Time => "Instant".to_owned(),
        Kind::Secret => "Secret".to_owned(),
        Kind::ServerId => "ServerId".to_owned(),
        Kind::Error => "StableVpsException".to_owned(),
        Kind::Open(name) | Kind::Closed(name) | Kind::Structure(name) => name.clone(),
        Kind::List(name) => format!("List<{name}>"),
    }
}

/// What makes a property from the field of a record.
pub fn reader(field: &Field) -> String {
    let name = &field.name;
    let dot = if field.is_optional { "?." } else { "." };
    match &field.kind {
        Kind::Integer if span(field).is_some() => format!("{name}{dot}toLong(){dot}milliseconds"),
        Kind::Integer => format!("{name}{dot}toInt()"),
        Kind::Text | Kind::VpsId | Kind::VpsIds | Kind::Boolean => name.clone(),
        Kind::Money => made("BigDecimal", "::BigDecimal", field),
        Kind::Secret => made("Secret", "::Secret", field),
        Kind::ServerId => made("ServerId", "::ServerId", field),
        Kind::Time => made("Instant.ofEpochMilli", "Instant::ofEpochMilli", field),
        Kind::Open(open) => made(&format!("{open}.of"), &format!("{open}::of"), field),
        Kind::Closed(closed) if field.is_optional => {
            format!("{name}?.let {{ {closed}.entries[it.ordinal] }}")
        }
        Kind::Closed(closed) => format!("{closed}.entries[{name}.ordinal]"),
        Kind::Structure(_) => format!("{name}{dot}read()"),
        Kind::Error => format!("{name}{dot}toException()"),
        Kind::List(_) => format!("{name}{dot}map {{ it.read() }}"),
    }
}

/// A property that a function makes.
fn made(function: &str, reference: &str, field: &Field) -> String {
    let name = &field.name;
    if field.is_optional {
        format!("{name}?.let({reference})")
    } else {
        format!("{function}({name})")
    }
}
