//! What a command prints on standard output: records, in the form that was asked for.

mod columns;
mod forms;
mod stream;
mod style;
mod table;

use std::io::{self, Write};

use clap::ValueEnum;

pub use columns::{Column, Look, Record, Shown, record};
pub use stream::Stream;
pub use style::AnsiWhen;

use crate::exit::Exit;
use crate::failure::{Failure, Outcome};

/// The form of what is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// Aligned columns, for people
    #[default]
    Table,
    /// One JSON document
    Json,
    /// One JSON object a line
    Jsonl,
    /// Comma-separated values with a heading
    Csv,
    /// One YAML document
    Yaml,
}

/// How standard output is written.
#[derive(Clone, Debug)]
pub struct Output {
    /// The form.
    pub form: Form,
    /// The columns that were asked for.
    pub columns: Option<Vec<String>>,
    /// Only the first column's values, one a line.
    pub quiet: bool,
    /// When there is colour.
    pub color: AnsiWhen,
}

impl Output {
    /// Prints a list.
    pub fn list(&self, columns: &[Column], records: &[Record]) -> Outcome {
        let chosen = self.chosen(columns)?;
        self.print(|out| match self.form {
            _ if self.quiet => forms::names(out, columns, records),
            Form::Table => table::list(out, &chosen, records),
            Form::Json => forms::json(out, &forms::Rows(&chosen, records)),
            Form::Jsonl => forms::jsonl(out, &chosen, records),
            Form::Csv => forms::csv(out, &chosen, records),
            Form::Yaml => forms::yaml(out, &forms::Rows(&chosen, records)),
        })
    }

    /// Prints one record: in a table, one field a line.
    pub fn one(&self, columns: &[Column], record: &Record) -> Outcome {
        let chosen = self.chosen(columns)?;
        let records = std::slice::from_ref(record);
        self.print(|out| match self.form {
            _ if self.quiet => forms::names(out, columns, records),
            Form::Table => table::one(out, &chosen, record),
            Form::Json => forms::json(out, &forms::Row(&chosen, record)),
            Form::Jsonl => forms::jsonl(out, &chosen, records),
            Form::Csv => forms::csv(out, &chosen, records),
            Form::Yaml => forms::yaml(out, &forms::Row(&chosen, record)),
        })
    }

    /// Prints one line of many, at once. Says whether anybody still reads.
    pub fn line(&self, text: &str) -> Outcome<bool> {
        let mut out = anstream::AutoStream::new(io::stdout().lock(), self.color.choice());
        match writeln!(out, "{text}").and_then(|()| out.flush()) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(false),
            Err(error) => Err(unwritable(&error)),
        }
    }

    /// Prints text that has one form only.
    pub fn text(&self, text: &str) -> Outcome {
        self.print(|out| out.write_all(text.as_bytes()))
    }

    /// The columns that are printed: those asked for, or those of the form.
    fn chosen<'a>(&self, columns: &'a [Column]) -> Outcome<Vec<&'a Column>> {
        match &self.columns {
            Some(names) => names.iter().map(|name| find(columns, name)).collect(),
            None => Ok(columns
                .iter()
                .filter(|column| column.shown != Shown::WhenAsked || self.form != Form::Table)
                .collect()),
        }
    }

    fn print(&self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Outcome {
        let mut out = anstream::AutoStream::new(io::stdout().lock(), self.color.choice());
        let written = write(&mut out).and_then(|()| out.flush());
        match written {
            Ok(()) => Ok(()),
            // Whoever read it has seen enough, as `head` has.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            Err(error) => Err(unwritable(&error)),
        }
    }
}

fn unwritable(error: &io::Error) -> Failure {
    Failure::new(Exit::General, format!("standard output: {error}"))
}

fn find<'a>(columns: &'a [Column], name: &str) -> Outcome<&'a Column> {
    let plain = |text: &str| text.replace(['-', '_', ' '], "").to_ascii_lowercase();
    let wanted = plain(name);
    let found = columns
        .iter()
        .find(|column| plain(column.key) == wanted || plain(column.title) == wanted);
    found.ok_or_else(|| {
        let names: Vec<_> = columns.iter().map(|column| column.key).collect();
        Failure::usage(format!("--columns: there is no column `{name}` here"))
            .next(format!("The columns are {}.", names.join(", ")))
    })
}
