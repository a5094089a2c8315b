//! Aligned columns, for people.
//!
//! A table that is wider than the terminal leaves out what it can do without. One that is still too wide is shown as one
//! block a record: no line is broken.

use std::io::{self, Write};

use console::{Alignment, measure_text_width, pad_str};
use serde_json::Value;

use super::forms::{plain, value};
use super::style::{bold, dim, paint_status, width};
use super::{Column, Look, Record, Shown};

const GAP: &str = "  ";

/// Prints a list.
pub fn list(out: &mut dyn Write, columns: &[&Column], records: &[Record]) -> io::Result<()> {
    if records.is_empty() {
        return Ok(());
    }
    let always = |column: &&Column| column.shown != Shown::WithRoom;
    let fewer: Vec<&Column> = columns.iter().copied().filter(always).collect();
    for columns in [columns, &fewer] {
        let rows = rows(columns, records);
        let widths = widths(columns, &rows);
        let needed = widths.iter().sum::<usize>() + GAP.len() * widths.len().saturating_sub(1);
        if width().is_none_or(|there| needed <= there) {
            let titles: Vec<String> = columns.iter().map(|column| bold(column.title)).collect();
            line(out, columns, &widths, &titles)?;
            return rows
                .iter()
                .try_for_each(|row| line(out, columns, &widths, row));
        }
    }
    blocks(out, columns, records)
}

/// How wide columns are for a record.
pub fn widths_of(columns: &[&Column], record: &Record) -> Vec<usize> {
    widths(columns, &rows(columns, std::slice::from_ref(record)))
}

/// Prints the next record of a list, after the headings where it is the first.
pub fn next(
    out: &mut dyn Write,
    columns: &[&Column],
    widths: &[usize],
    record: &Record,
    is_first: bool,
) -> io::Result<()> {
    if is_first {
        let titles: Vec<String> = columns.iter().map(|column| bold(column.title)).collect();
        line(out, columns, widths, &titles)?;
    }
    let cells: Vec<String> = columns.iter().map(|column| cell(column, record)).collect();
    line(out, columns, widths, &cells)
}

/// Prints one record, a field a line.
pub fn one(out: &mut dyn Write, columns: &[&Column], record: &Record) -> io::Result<()> {
    let titles = columns.iter().map(|column| column.title.len());
    let widest = titles.max().unwrap_or(0);
    for column in columns {
        let title = pad_str(column.title, widest, Alignment::Left, None);
        writeln!(out, "{}{GAP}{}", bold(&title), cell(column, record))?;
    }
    Ok(())
}

fn rows(columns: &[&Column], records: &[Record]) -> Vec<Vec<String>> {
    let row = |record| columns.iter().map(|column| cell(column, record)).collect();
    records.iter().map(row).collect()
}

/// How wide each column is.
fn widths(columns: &[&Column], rows: &[Vec<String>]) -> Vec<usize> {
    let width = |(place, column): (usize, &&Column)| {
        let cells = rows.iter().filter_map(|row| row.get(place));
        let widest = cells.map(|cell| measure_text_width(cell)).max();
        widest.unwrap_or(0).max(column.title.len())
    };
    columns.iter().enumerate().map(width).collect()
}

fn blocks(out: &mut dyn Write, columns: &[&Column], records: &[Record]) -> io::Result<()> {
    for (place, record) in records.iter().enumerate() {
        if place > 0 {
            writeln!(out)?;
        }
        one(out, columns, record)?;
    }
    Ok(())
}

fn line(
    out: &mut dyn Write,
    columns: &[&Column],
    widths: &[usize],
    cells: &[String],
) -> io::Result<()> {
    let mut text = String::new();
    for ((column, width), cell) in columns.iter().zip(widths).zip(cells) {
        let alignment = match column.look {
            Look::Number => Alignment::Right,
            Look::Text | Look::Day | Look::Minute | Look::Status => Alignment::Left,
        };
        if !text.is_empty() {
            text.push_str(GAP);
        }
        text.push_str(&pad_str(cell, *width, alignment, None));
    }
    writeln!(out, "{}", text.trim_end())
}

/// A value as the table shows it. What is not set is a dash.
fn cell(column: &Column, record: &Record) -> String {
    let value = value(record, column);
    if matches!(value, Value::Null) {
        return dim("-");
    }
    let text = clean(&plain(value));
    match column.look {
        Look::Text | Look::Number => text,
        Look::Day => text.chars().take(10).collect(),
        Look::Minute => minute(&text),
        Look::Status => paint_status(&text),
    }
}

/// `2026-05-10T14:32:00.000Z` as `2026-05-10 14:32 UTC`.
fn minute(text: &str) -> String {
    match (text.get(..10), text.get(11..16)) {
        (Some(day), Some(time)) => format!("{day} {time} UTC"),
        _ => text.to_owned(),
    }
}

/// Text of the service without what would move the cursor.
fn clean(text: &str) -> String {
    text.chars().filter(|one| !one.is_control()).collect()
}
