//! Samples of the models, which the testing packages make for previews and fakes: functions in which every field
//! has a default.

pub mod kotlin;
pub mod python;
pub mod rust;
pub mod swift;
pub mod typescript;

use serde_json::Value;
use stablevps_core::time::Timestamp;

use crate::models::{Field, Kind, Models, Structure};

/// What the fields hold that matter to a reader. Optional ones that are not in it are absent.
const VALUES: &str = include_str!("values.json");

/// What a field of a sample holds.
#[derive(Debug, PartialEq, Eq)]
pub enum Sample {
    /// Nothing.
    Absent,
    /// Text, money, a secret or an id, by the field's kind.
    Text(String),
    /// A whole number, or milliseconds.
    Integer(u64),
    /// True or false.
    Boolean(bool),
    /// An instant.
    Time(Timestamp),
    /// A value of an enumeration.
    Named {
        /// The enumeration.
        set: String,
        /// The value as it is sent.
        name: String,
        /// Its name in the core.
        variant: String,
    },
    /// The sample of a structure.
    Structure(String),
    /// Ids of VPS.
    Ids(Vec<String>),
    /// A list without items.
    Empty,
}

/// The values, by the names of the structures.
pub struct Samples<'a> {
    values: Value,
    models: &'a Models,
}

impl<'a> Samples<'a> {
    /// Reads the values.
    pub fn new(models: &'a Models) -> Self {
        Self {
            values: serde_json::from_str(VALUES).unwrap_or_default(),
            models,
        }
    }

    /// Every structure, with the sample of each of its fields.
    pub fn all(&self) -> impl Iterator<Item = (&'a Structure, Vec<(&'a Field, Sample)>)> {
        self.models.structures.iter().map(|structure| {
            let fields = structure.fields.iter();
            let fields = fields.map(|field| (field, self.of(structure, field)));
            (structure, fields.collect())
        })
    }

    /// What a field holds: its value, or what any field of its kind does.
    fn of(&self, structure: &Structure, field: &Field) -> Sample {
        let value = self.values.get(&structure.name);
        let value = value.and_then(|fields| fields.get(&field.name));
        let text = value.and_then(Value::as_str);
        if value.is_none() && field.is_optional {
            return Sample::Absent;
        }
        match &field.kind {
            Kind::Integer => Sample::Integer(value.and_then(Value::as_u64).unwrap_or_default()),
            Kind::Boolean => Sample::Boolean(value.and_then(Value::as_bool).unwrap_or_default()),
            Kind::Time => Sample::Time(
                text.and_then(|text| text.parse().ok())
                    .unwrap_or(Timestamp::from_millis(0)),
            ),
            Kind::Money => Sample::Text(text.unwrap_or("0.00").to_owned()),
            Kind::VpsIds => {
                let ids = value.and_then(Value::as_array).into_iter().flatten();
                Sample::Ids(ids.filter_map(Value::as_str).map(str::to_owned).collect())
            }
            Kind::Open(set) | Kind::Closed(set) => self.named(set, text),
            Kind::Structure(name) => Sample::Structure(name.clone()),
            // Only events have errors, and they have no samples.
            Kind::Error => Sample::Absent,
            Kind::List(_) => Sample::Empty,
            // Text, secrets and ids.
            _ => Sample::Text(text.unwrap_or("sample").to_owned()),
        }
    }

    fn named(&self, set: &str, text: Option<&str>) -> Sample {
        let known = self.models.enumerations.iter().find(|one| one.name == set);
        let mut values = known.into_iter().flat_map(|one| &one.values);
        let found = values.find(|value| text.is_none_or(|text| value.name == text));
        found.map_or(Sample::Absent, |value| Sample::Named {
            set: set.to_owned(),
            name: value.name.clone(),
            variant: value.variant.clone(),
        })
    }
}

/// What the documentation of every sample says first.
fn words(structure: &Structure) -> String {
    let first = structure.doc.lines().next().unwrap_or_default();
    format!("A sample for previews and fakes. {first}")
}

#[cfg(test)]
mod tests {
    use serde::de::DeserializeOwned;
    use serde_json::Value;
    use stablevps_core::models::{Account, CreatedKey, Vps, VpsDetails, Wallet};

    use super::{Sample, Samples, VALUES};
    use crate::models::{Kind, Models};

    fn values() -> Value {
        serde_json::from_str(VALUES).unwrap_or_default()
    }

    #[test]
    fn every_value_is_that_of_a_field() {
        let models = Models::of_the_core();
        let values = values();
        let given = values.as_object().into_iter().flatten();
        for (name, fields) in given {
            let structure = models.structures.iter().find(|one| &one.name == name);
            for field in fields
                .as_object()
                .into_iter()
                .flatten()
                .map(|(name, _)| name)
            {
                let known =
                    structure.is_some_and(|one| one.fields.iter().any(|f| &f.name == field));
                assert!(known, "{name} has no {field}");
            }
        }
    }

    #[test]
    fn every_field_that_must_be_there_has_a_sample() {
        let models = Models::of_the_core();
        for (structure, fields) in Samples::new(&models).all() {
            for (field, sample) in fields {
                let place = format!("{}.{}", structure.name, field.name);
                assert!(field.is_optional || sample != Sample::Absent, "{place}");
                if let (Kind::Time, Sample::Time(time)) = (&field.kind, &sample) {
                    assert!(time.millis() > 0, "{place}");
                }
            }
        }
    }

    #[test]
    fn the_core_reads_the_samples_of_replies() {
        fn is_read<T: DeserializeOwned>(name: &str) {
            let sample = values().get(name).map(Value::to_string);
            let read = serde_json::from_str::<T>(&sample.unwrap_or_default()).map(drop);
            assert!(read.is_ok(), "{name}: {read:?}");
        }
        is_read::<Account>("Account");
        is_read::<CreatedKey>("CreatedKey");
        is_read::<Vps>("Vps");
        is_read::<VpsDetails>("VpsDetails");
        is_read::<Wallet>("Wallet");
    }
}
