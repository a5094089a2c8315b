//! Writes the Kotlin package's models from the core's schema: a class for each, and what makes it of
//! the record that crosses from the core.

use std::fmt::Write as _;

use crate::models::{Enumeration, Field, Kind, Models, Structure};

const HEAD: &str = "\
// What the service answers. Written by `cargo xtask generate` from the core's models.
//
// Data classes whose constructors, and with them their copies, are the package's own: a field that is
// added at their end breaks nobody.

package com.stablevps

import java.math.BigDecimal
import java.time.Instant
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds
";

/// The file's text.
pub fn module(models: &Models) -> String {
    let closed = models.enumerations.iter().filter(|one| !one.is_open);
    let mut records: Vec<&str> = closed.map(|one| one.name.as_str()).collect();
    records.extend(models.structures.iter().map(|one| one.name.as_str()));
    records.sort_unstable();
    let imports: Vec<String> = records
        .iter()
        .map(|name| format!("import com.stablevps.internal.ffi.{name} as Sent{name}\n"))
        .collect();
    let mut text = HEAD.to_owned() + &imports.concat();
    for enumeration in &models.enumerations {
        text.push_str(&if enumeration.is_open {
            open(enumeration)
        } else {
            closed_set(enumeration)
        });
    }
    for one in &models.structures {
        text.push_str(&structure(one));
    }
    text
}

fn doc(indent: &str, words: &str) -> String {
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

/// `newYork` and `past_due` as constants are named.
fn constant(value: &str) -> String {
    let mut name = String::new();
    for letter in value.chars() {
        if letter.is_uppercase() {
            name.push('_');
        }
        name.push(letter.to_ascii_uppercase());
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

/// A set that is the core's own.
fn closed_set(enumeration: &Enumeration) -> String {
    let name = &enumeration.name;
    let mut entries = String::new();
    let mut cases = String::new();
    for value in &enumeration.values {
        let constant = constant(&value.name);
        let _ = writeln!(
            entries,
            "{}    {constant},\n",
            doc("    ", &value.doc).trim_end()
        );
        let _ = writeln!(cases, "        Sent{name}.{constant} -> {name}.{constant}");
    }
    let entries = entries.replace("*/    ", "*/\n    ").trim_end().to_owned();
    format!(
        "\n{}public enum class {name} {{\n{entries}\n}}\n\n\
         internal fun Sent{name}.read(): {name} =\n    when (this) {{\n{cases}    }}\n",
        doc("", &enumeration.doc)
    )
}

fn structure(structure: &Structure) -> String {
    let name = &structure.name;
    let mut fields = String::new();
    let mut spans = String::new();
    let mut readers = String::new();
    for field in &structure.fields {
        let optional = if field.is_optional { "?" } else { "" };
        if let Some(span) = span(field) {
            fields.push_str(&doc("    ", &field.doc.replacen("Milliseconds", "Time", 1)));
            let _ = writeln!(fields, "    public val {span}: Duration{optional},");
            spans.push_str(&doc("    ", &field.doc));
            let _ = writeln!(
                spans,
                "    public val {}: Long{optional} get() = {span}{optional}.inWholeMilliseconds\n",
                field.name
            );
            let _ = writeln!(readers, "        {span} = {},", reader(field));
            continue;
        }
        fields.push_str(&doc("    ", &field.doc));
        let _ = writeln!(
            fields,
            "    public val {}: {}{optional},",
            field.name,
            annotation(&field.kind)
        );
        let _ = writeln!(readers, "        {} = {},", field.name, reader(field));
    }
    let body = if spans.is_empty() {
        String::new()
    } else {
        format!(" {{\n{}\n}}", spans.trim_end())
    };
    format!(
        "\n{}@ConsistentCopyVisibility\n\
         public data class {name} internal constructor(\n{fields}){body}\n\n\
         internal fun Sent{name}.read(): {name} =\n    {name}(\n{readers}    )\n",
        doc("", &structure.doc)
    )
}

/// The name of a span of time, which the core counts in milliseconds.
fn span(field: &Field) -> Option<&str> {
    field.name.strip_suffix("Ms")
}

fn annotation(kind: &Kind) -> &str {
    match kind {
        Kind::Text | Kind::VpsId => "String",
        Kind::Integer => "Int",
        Kind::Boolean => "Boolean",
        Kind::Money => "BigDecimal",
        Kind::Time => "Instant",
        Kind::Secret => "Secret",
        Kind::ServerId => "ServerId",
        Kind::Enumeration(name) | Kind::Structure(name) => name,
    }
}

/// What makes a field of what crossed.
fn reader(field: &Field) -> String {
    let name = &field.name;
    let dot = if field.is_optional { "?." } else { "." };
    let made = |make: &str| {
        if field.is_optional {
            format!("{name}?.let({})", make.replacen('.', "::", 1))
        } else {
            format!("{make}({name})")
        }
    };
    match &field.kind {
        Kind::Integer if span(field).is_some() => format!("{name}{dot}toLong(){dot}milliseconds"),
        Kind::Integer => format!("{name}{dot}toInt()"),
        Kind::Text | Kind::VpsId | Kind::Boolean => name.clone(),
        Kind::Money => made_by_class("BigDecimal", field),
        Kind::Secret => made_by_class("Secret", field),
        Kind::ServerId => made_by_class("ServerId", field),
        Kind::Time => made("Instant.ofEpochMilli"),
        Kind::Enumeration(closed) if closed == "Phase" => format!("{name}{dot}read()"),
        Kind::Enumeration(open) => made(&format!("{open}.of")),
        Kind::Structure(_) => format!("{name}{dot}read()"),
    }
}

fn made_by_class(class: &str, field: &Field) -> String {
    let name = &field.name;
    if field.is_optional {
        format!("{name}?.let(::{class})")
    } else {
        format!("{class}({name})")
    }
}
