//! The core's models as its schema describes them, in a form that is easy to print from.

use serde_json::{Map, Value};

/// Every model, in the order in which calls give them.
pub struct Models {
    /// Sets of values.
    pub enumerations: Vec<Enumeration>,
    /// Sets of fields.
    pub structures: Vec<Structure>,
    /// Everything that can go wrong, in the core's order.
    pub errors: Vec<ErrorKind>,
    /// What a watch tells, in the core's order. The time, `at`, is every event's.
    pub events: Vec<EventKind>,
}

/// A kind of event of a watch.
pub struct EventKind {
    /// Its name in every language, such as `status_changed`.
    pub name: String,
    /// What it is.
    pub doc: String,
    /// What there is to say of it beside the time.
    pub fields: Vec<Field>,
}

impl EventKind {
    /// Its name as a type, such as `StatusChanged`.
    pub fn type_name(&self) -> String {
        pascal_case(&self.name)
    }
}

/// A kind of error.
pub struct ErrorKind {
    /// Its name in every language, such as `insufficient_funds`.
    pub code: String,
    /// What it is.
    pub doc: String,
    /// What there is to say of it beside what every error has.
    pub fields: Vec<Field>,
}

impl ErrorKind {
    /// Its name as a type, such as `InsufficientFunds`.
    pub fn name(&self) -> String {
        pascal_case(&self.code)
    }
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
    /// Its name in the core, such as `ApiKeyHeader`.
    pub variant: String,
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
    /// A list of such ids.
    VpsIds,
    /// The provider's own id of a VPS.
    ServerId,
    /// A set of values to which the service may add some, by its name.
    Open(String),
    /// A set of values that is the product's own, by its name.
    Closed(String),
    /// A set of fields, by its name.
    Structure(String),
    /// A list of such sets of fields.
    List(String),
    /// An error as a document.
    Error,
}

impl Models {
    /// Reads the core's schema.
    pub fn of_the_core() -> Self {
        Self::read(&stablevps_core::schema::models())
    }

    fn read(schema: &Value) -> Self {
        let empty = Map::new();
        let models = schema.as_object().unwrap_or(&empty);
        let kinds = |name| {
            models
                .get(name)
                .and_then(|kinds| kinds.get("oneOf")?.as_array())
        };
        let (errors, events) = (kinds(REPORT), kinds(EVENT));
        let models: Vec<_> = models
            .iter()
            .filter(|(name, _)| *name != REPORT && *name != EVENT)
            .collect();
        let types = Types(&models);
        Self {
            enumerations: models
                .iter()
                .filter(|(_, model)| !is_structure(model))
                .map(|(name, model)| enumeration(name, model))
                .collect(),
            structures: models
                .iter()
                .filter(|(_, model)| is_structure(model))
                .map(|(name, model)| Structure {
                    name: (*name).clone(),
                    doc: doc(model),
                    fields: fields(model, &types),
                })
                .collect(),
            errors: errors
                .into_iter()
                .flatten()
                .map(|kind| error_kind(kind, &types))
                .collect(),
            events: events
                .into_iter()
                .flatten()
                .map(|kind| event_kind(kind, &types))
                .collect(),
        }
    }
}

/// What crosses of an error: its kinds are told apart by their code.
const REPORT: &str = "Report";
/// What crosses of a watch: its kinds are told apart by the field `event`.
const EVENT: &str = "WatchEventKind";

/// The models by their names.
struct Types<'a>(&'a [(&'a String, &'a Value)]);

impl Types<'_> {
    /// What a reference such as `#/$defs/Phase` means.
    fn kind(&self, reference: &str) -> Kind {
        let name = reference.rsplit('/').next().unwrap_or_default();
        if name == REPORT {
            return Kind::Error;
        }
        let model = self.0.iter().find(|(known, _)| *known == name);
        match model {
            Some((_, model)) if is_structure(model) => Kind::Structure(name.to_owned()),
            Some((_, model)) if model.get("x-known").is_some() => Kind::Open(name.to_owned()),
            _ => Kind::Closed(name.to_owned()),
        }
    }
}

fn error_kind(kind: &Value, types: &Types<'_>) -> ErrorKind {
    let properties = kind.get("properties");
    let of = |name: &str| properties.and_then(|properties| properties.get(name));
    ErrorKind {
        code: text(of("code").and_then(|code| code.get("const"))),
        doc: doc(kind),
        fields: of("details").map_or_else(Vec::new, |details| fields(details, types)),
    }
}

fn event_kind(kind: &Value, types: &Types<'_>) -> EventKind {
    let name = kind.get("properties").and_then(|of| of.get("event"));
    let mut fields = fields(kind, types);
    fields.retain(|field| field.name != "event");
    EventKind {
        name: text(name.and_then(|name| name.get("const"))),
        doc: doc(kind),
        fields,
    }
}

/// `past_due` as `PastDue`.
fn pascal_case(name: &str) -> String {
    let words = name.split('_').map(|word| {
        let (first, rest) = word.split_at(word.len().min(1));
        first.to_uppercase() + rest
    });
    words.collect()
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
        variant: pascal_case(&text(pair.get(0))),
        doc: text(pair.get(1)),
    });
    let constant = list("oneOf").into_iter().flatten().map(|one| Named {
        name: text(one.get("const")),
        variant: match one.get("x-name") {
            Some(name) => text(Some(name)),
            None => pascal_case(&text(one.get("const"))),
        },
        doc: doc(one),
    });
    Enumeration {
        name: name.to_owned(),
        doc: doc(model),
        values: known.chain(constant).collect(),
        is_open: list("x-known").is_some(),
    }
}

fn fields(model: &Value, types: &Types<'_>) -> Vec<Field> {
    let properties = model.get("properties").and_then(Value::as_object);
    let fields = properties.into_iter().flatten();
    fields
        .map(|(name, property)| {
            let (kind, is_optional) = kind(property, types);
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
fn kind(property: &Value, types: &Types<'_>) -> (Kind, bool) {
    if let Some(any) = property.get("anyOf").and_then(Value::as_array) {
        let there = any.iter().find(|one| text(one.get("type")) != "null");
        return (there.map_or(Kind::Text, |one| kind(one, types).0), true);
    }
    if let Some(target) = property.get("$ref").and_then(Value::as_str) {
        return (types.kind(target), false);
    }
    if let Some(item) = property.get("items") {
        let list = match kind(item, types).0 {
            Kind::Structure(name) => Kind::List(name),
            Kind::VpsId => Kind::VpsIds,
            other => other,
        };
        return (list, false);
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
