//! The forms that programs read.

use std::io::{self, Write};

use serde::ser::{SerializeMap as _, SerializeSeq as _};
use serde::{Serialize, Serializer};
use serde_json::Value;

use super::{Column, Record};

/// One record with the columns chosen, in their order.
pub struct Row<'a>(pub &'a [&'a Column], pub &'a Record);

/// All of them.
pub struct Rows<'a>(pub &'a [&'a Column], pub &'a [Record]);

impl Serialize for Row<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for column in self.0 {
            map.serialize_entry(column.key, value(self.1, column))?;
        }
        map.end()
    }
}

impl Serialize for Rows<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(self.1.len()))?;
        for record in self.1 {
            list.serialize_element(&Row(self.0, record))?;
        }
        list.end()
    }
}

/// The value of a field; null where it is not set.
pub fn value<'a>(record: &'a Record, column: &Column) -> &'a Value {
    record.get(column.key).unwrap_or(&Value::Null)
}

/// A value as plain text; empty where it is not set.
pub fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

pub fn names(out: &mut dyn Write, columns: &[Column], records: &[Record]) -> io::Result<()> {
    let Some(first) = columns.first() else {
        return Ok(());
    };
    for record in records {
        writeln!(out, "{}", plain(value(record, first)))?;
    }
    Ok(())
}

pub fn json(out: &mut dyn Write, rows: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, rows)?;
    writeln!(out)
}

pub fn jsonl(out: &mut dyn Write, columns: &[&Column], records: &[Record]) -> io::Result<()> {
    for record in records {
        serde_json::to_writer(&mut *out, &Row(columns, record))?;
        writeln!(out)?;
    }
    Ok(())
}

/// One of a list's items, without the list's end. Each ends its line: something else may be printed before the next.
pub fn json_item(out: &mut dyn Write, row: &impl Serialize, is_first: bool) -> io::Result<()> {
    let text = serde_json::to_string_pretty(row).map_err(io::Error::other)?;
    let begin = if is_first { "[" } else { "," };
    writeln!(out, "{begin}\n  {}", text.replace('\n', "\n  "))
}

pub fn csv(out: &mut dyn Write, columns: &[&Column], records: &[Record]) -> io::Result<()> {
    csv_rows(out, columns, records, true)
}

/// Rows, with the heading where they are the first.
pub fn csv_rows(
    out: &mut dyn Write,
    columns: &[&Column],
    records: &[Record],
    are_first: bool,
) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    if are_first {
        writer.write_record(columns.iter().map(|column| column.key))?;
    }
    for record in records {
        writer.write_record(columns.iter().map(|column| plain(value(record, column))))?;
    }
    writer.flush()
}

pub fn yaml(out: &mut dyn Write, rows: &impl Serialize) -> io::Result<()> {
    let text = serde_saphyr::to_string(rows).map_err(io::Error::other)?;
    let end = if text.ends_with('\n') { "" } else { "\n" };
    write!(out, "{text}{end}")
}
