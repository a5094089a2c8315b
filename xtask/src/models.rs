//! The core's models as its schema describes them, in a form that is easy to print from.

use serde_json::{Map, Value};

/// Every model, in the order of their names.
pub struct Models {
    /// Sets of values.
    pub enumerations: Vec<Enumeration>,
    /// Sets of fields.
    pub structures: Vec<Structure>,
}

/// A set of values.
pub struct Enumeration {
    /// Its name in the core.
    pub name: String,
    /// What it is.
    pub doc: String,
    /// The values that are known.
    pub values: Vec<Named>,
    /// Whether the service may add values.
    pub is_open: bool,
}

/// A value or a field, by its name.
pub struct Named {
    /// The text as it is sent.
    pub name: String,
    /// What it is.
    pub doc: String,
}

/// A set of fields.
pub struct Structure {
    /// Its name in the core.
    pub name: String,
    /// What it is.
    pub doc: String,
    /// Its fields, in the core's order.
    pub fields: Vec<Field>,
}

/// One field.
pub struct Field {
    /// Its name, in camel case.
    pub name: String,
    /// What it is.
    pub doc: String,
    /// What it holds.
    pub kind: Kind,
    /// Whether it may be absent.
    pub is_optional: bool,
}

/// What a field holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Any text.
    Text,
    /// A whole number that is not negative.
    Integer,
    /// True or false.
    Boolean,
    /// Exact money.
    Money,
    /// An instant.
    Time,
    /// Text that is never shown.
    Secret,
    /// The id of a VPS, as every call takes it.
    VpsId,
    /// The provider's own id of a VPS.
    ServerId,
    /// A set of values, by its name.
    Enumeration(String),
    /// A set of fields, by its name.
    Structure(String),
}

impl Models {
    /// Reads the core's schema.
    pub fn of_the_core() -> Self {
        Self::read(&stablevps_core::schema::models())
    }

    fn read(schema: &Value) -> Self {
        let empty = Map::new();
        let models = schema.as_object().unwrap_or(&empty);
        let structures: Vec<_> = models.iter().filter(|(_, one)| is_structure(one)).collect();
        let names: Vec<&str> = structures.iter().map(|(name, _)| name.as_str()).collect();
        Self {
            enumerations: models
                .iter()
                .filter(|(_, model)| !is_structure(model))
                .map(|(name, model)| enumeration(name, model))
                .collect(),
            structures: structures
                .iter()
                .map(|(name, model)| Structure {
                    name: (*name).clone(),
                    doc: doc(model),
                    fields: fields(model, &names),
                })
                .collect(),
        }
    }
}

fn is_structure(model: &Value) -> bool {
    model.get("properties").is_some()
}

fn text(value: Option<&Value>) -> String {
    value.and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// A description, without the indentation of its lines.
fn doc(value: &Value) -> String {
    let words = text(value.get("description"));
    words.lines().map(str::trim).collect::<Vec<_>>().join("\n")
}

fn enumeration(name: &str, model: &Value) -> Enumeration {
    let list = |key| model.get(key).and_then(Value::as_array);
    let known = list("x-known").into_iter().flatten().map(|pair| Named {
        name: text(pair.get(0)),
        doc: text(pair.get(1)),
    });
    let constant = list("oneOf").into_iter().flatten().map(|one| Named {
        name: text(one.get("const")),
        doc: doc(one),
    });
    Enumeration {
        name: name.to_owned(),
        doc: doc(model),
        values: known.chain(constant).collect(),
        is_open: list("x-known").is_some(),
    }
}

fn fields(model: &Value, structures: &[&str]) -> Vec<Field> {
    let properties = model.get("properties").and_then(Value::as_object);
    let fields = properties.into_iter().flatten();
    fields
        .map(|(name, property)| {
            let (kind, is_optional) = kind(property, structures);
            Field {
                name: name.clone(),
                doc: doc(property),
                kind,
                is_optional,
            }
        })
        .collect()
}

/// What a field holds, and whether it may be absent.
fn kind(property: &Value, structures: &[&str]) -> (Kind, bool) {
    if let Some(any) = property.get("anyOf").and_then(Value::as_array) {
        let there = any.iter().find(|one| text(one.get("type")) != "null");
        return (
            there.map_or(Kind::Text, |one| kind(one, structures).0),
            true,
        );
    }
    if let Some(target) = property.get("$ref").and_then(Value::as_str) {
        let name = target.rsplit('/').next().unwrap_or_default();
        let kind = if structures.contains(&name) {
            Kind::Structure
        } else {
            Kind::Enumeration
        };
        return (kind(name.to_owned()), false);
    }
    let (name, is_optional) = match property.get("type") {
        Some(Value::Array(types)) => (text(types.first()), true),
        one => (text(one), false),
    };
    let kind = match text(property.get("format")).as_str() {
        "decimal" => Kind::Money,
        "date-time" => Kind::Time,
        "password" => Kind::Secret,
        "vps-id" => Kind::VpsId,
        "server-id" => Kind::ServerId,
        _ => match name.as_str() {
            "integer" => Kind::Integer,
            "boolean" => Kind::Boolean,
            _ => Kind::Text,
        },
    };
    (kind, is_optional)
}
