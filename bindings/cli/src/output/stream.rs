//! A list that is printed record by record, as they come.

use std::io::{self, Write};

use serde_json::Value;

use super::{Column, Form, Output, Record, forms, table};
use crate::failure::Outcome;

/// A list whose end is not known yet. [`end`](Self::end) prints what closes it.
pub struct Stream<'a> {
    output: &'a Output,
    columns: &'a [Column],
    chosen: Vec<&'a Column>,
    widths: Vec<usize>,
    printed: usize,
}

impl Output {
    /// Begins a list. A table's columns are as wide as `widest` has them, or wider.
    pub fn stream<'a>(&'a self, columns: &'a [Column], widest: &Record) -> Outcome<Stream<'a>> {
        let chosen = self.chosen(columns)?;
        Ok(Stream {
            widths: table::widths_of(&chosen, widest),
            output: self,
            columns,
            chosen,
            printed: 0,
        })
    }
}

impl Stream<'_> {
    /// Prints one record, at once.
    pub fn add(&mut self, record: &Record) -> Outcome {
        let is_first = self.printed == 0;
        self.printed = self.printed.saturating_add(1);
        let records = std::slice::from_ref(record);
        let chosen = &self.chosen;
        self.output.print(|out| match self.output.form {
            _ if self.output.quiet => name(out, self.columns, record),
            Form::Table => table::next(out, chosen, &self.widths, record, is_first),
            Form::Json => forms::json_item(out, &forms::Row(chosen, record), is_first),
            Form::Jsonl => forms::jsonl(out, chosen, records),
            Form::Csv => forms::csv_rows(out, chosen, records, is_first),
            Form::Yaml => forms::yaml(out, &forms::Rows(chosen, records)),
        })
    }

    /// Prints what is left to print.
    pub fn end(self) -> Outcome {
        let is_empty = self.printed == 0;
        if self.output.quiet || (!is_empty && self.output.form != Form::Json) {
            return Ok(());
        }
        if is_empty {
            return self.output.list(self.columns, &[]);
        }
        self.output.print(|out| writeln!(out, "]"))
    }
}

/// The first column's value, unless it is not set.
fn name(out: &mut dyn Write, columns: &[Column], record: &Record) -> io::Result<()> {
    let first = columns.first().map(|column| forms::value(record, column));
    match first {
        None | Some(Value::Null) => Ok(()),
        Some(value) => writeln!(out, "{}", forms::plain(value)),
    }
}
