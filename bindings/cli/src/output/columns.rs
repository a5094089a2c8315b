//! Records and their columns.

use serde::Serialize;
use serde_json::{Map, Value};

/// One column of a listing, or one field of a record.
#[derive(Debug)]
pub struct Column {
    /// The field's name in JSON, YAML and CSV: that of the service's documentation.
    pub key: &'static str,
    /// The heading in a table.
    pub title: &'static str,
    /// How a table shows it.
    pub look: Look,
    /// When a table has it.
    pub shown: Shown,
}

/// When a table has a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// Always.
    Always,
    /// Where the terminal is wide enough.
    WithRoom,
    /// Only when asked for.
    WhenAsked,
}

/// How a table shows a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// As it is.
    Text,
    /// Right-aligned.
    Number,
    /// A time as its day.
    Day,
    /// A time to the minute.
    Minute,
    /// A status, in its colour.
    Status,
}

impl Column {
    /// A column that a table shows.
    pub const fn new(key: &'static str, title: &'static str, look: Look) -> Self {
        Self {
            key,
            title,
            look,
            shown: Shown::Always,
        }
    }

    /// The same, shown in a table where there is room for it.
    #[must_use]
    pub const fn with_room(self) -> Self {
        Self {
            shown: Shown::WithRoom,
            ..self
        }
    }

    /// The same, shown in a table only when asked for.
    #[must_use]
    pub const fn when_asked(self) -> Self {
        Self {
            shown: Shown::WhenAsked,
            ..self
        }
    }
}

/// One record: its fields by name.
pub type Record = Map<String, Value>;

/// A model as a record. Objects within it are taken apart: `affiliateStats.totalReferrals`.
pub fn record(model: &impl Serialize) -> Record {
    let mut record = Record::new();
    if let Ok(Value::Object(fields)) = serde_json::to_value(model) {
        flatten(&mut record, "", fields);
    }
    record
}

fn flatten(record: &mut Record, prefix: &str, fields: Map<String, Value>) {
    for (name, value) in fields {
        let name = format!("{prefix}{name}");
        match value {
            Value::Object(inner) => flatten(record, &format!("{name}."), inner),
            other => {
                record.insert(name, other);
            }
        }
    }
}
