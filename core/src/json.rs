//! Single values of a JSON document: what each may be, and what is said of everything else.
//!
//! serde's own messages quote the value that does not fit, and a reply may hold a password. So every
//! field is read through [`Value`], whose messages name kinds only. serde also reads an array into a
//! struct, one item a field; [`object`] refuses it.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::Serialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// A value as it was sent. Of arrays and objects only the kind is kept.
pub(crate) enum Value<'de> {
    Null,
    Bool(bool),
    Unsigned(u64),
    Negative(i64),
    /// A number that has a fraction or is too large.
    Number,
    Text(Cow<'de, str>),
    Array,
    Object,
}

/// What a value is that does not fit: of another kind than expected, or another of that kind.
#[derive(Clone, Copy)]
pub(crate) enum Found {
    Kind(&'static str),
    Other,
}

impl From<Value<'_>> for Found {
    fn from(value: Value<'_>) -> Self {
        Self::Kind(match value {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Unsigned(_) | Value::Negative(_) | Value::Number => "a number",
            Value::Text(_) => "a string",
            Value::Array => "an array",
            Value::Object => "an object",
        })
    }
}

/// The error of a value that does not fit.
pub(crate) fn mismatch<E: Error>(expected: &str, found: Found) -> E {
    match found {
        Found::Kind(kind) => E::custom(format_args!("must be {expected}, not {kind}")),
        Found::Other => E::custom(format_args!("must be {expected}")),
    }
}

impl<'de> Deserialize<'de> for Value<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueVisitor)
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
        Ok(Value::Unsigned(number))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
        Ok(u64::try_from(number).map_or(Value::Negative(number), Value::Unsigned))
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Self::Value, E> {
        Ok(Value::Number)
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Value::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Value::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Value::Array)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Self::Value, A::Error> {
        while fields.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Value::Object)
    }
}

/// A value as a document.
pub(crate) fn written(value: &impl Serialize) -> String {
    // Only a map whose keys are no text can't be written, and there is none.
    serde_json::to_string(value).unwrap_or_default()
}

/// What a field holds that is no object and no array.
pub(crate) trait Scalar: Sized {
    /// What it must be, in words.
    const EXPECTED: &'static str;
    /// Whether it is text, of which an empty one is none.
    const IS_TEXT: bool = false;

    /// Reads it from a value that is there.
    fn read(value: Value<'_>) -> Result<Self, Found>;
}

impl Scalar for String {
    const EXPECTED: &'static str = "a string";
    const IS_TEXT: bool = true;

    fn read(value: Value<'_>) -> Result<Self, Found> {
        match value {
            Value::Text(text) => Ok(text.into_owned()),
            other => Err(other.into()),
        }
    }
}

impl Scalar for bool {
    const EXPECTED: &'static str = "a boolean";

    fn read(value: Value<'_>) -> Result<Self, Found> {
        match value {
            Value::Bool(value) => Ok(value),
            other => Err(other.into()),
        }
    }
}

impl Scalar for u64 {
    const EXPECTED: &'static str = "a whole number from 0";

    fn read(value: Value<'_>) -> Result<Self, Found> {
        match value {
            Value::Unsigned(number) => Ok(number),
            Value::Negative(_) | Value::Number => Err(Found::Other),
            other => Err(other.into()),
        }
    }
}

impl Scalar for i64 {
    const EXPECTED: &'static str = "a whole number";

    fn read(value: Value<'_>) -> Result<Self, Found> {
        match value {
            Value::Unsigned(number) => Self::try_from(number).map_err(|_| Found::Other),
            Value::Negative(number) => Ok(number),
            Value::Number => Err(Found::Other),
            other => Err(other.into()),
        }
    }
}

impl Scalar for u32 {
    const EXPECTED: &'static str = u64::EXPECTED;

    fn read(value: Value<'_>) -> Result<Self, Found> {
        match value {
            Value::Unsigned(number) => Self::try_from(number).map_err(|_| Found::Other),
            Value::Negative(_) | Value::Number => Err(Found::Other),
            other => Err(other.into()),
        }
    }
}

/// Reads text types: which text is one is decided by its `FromStr`.
macro_rules! text_scalar {
    ($type:ty, $expected:expr) => {
        impl $crate::json::Scalar for $type {
            const EXPECTED: &'static str = $expected;
            const IS_TEXT: bool = true;

            fn read(value: $crate::json::Value<'_>) -> Result<Self, $crate::json::Found> {
                match value {
                    $crate::json::Value::Text(text) => {
                        text.parse().map_err(|_| $crate::json::Found::Other)
                    }
                    other => Err(other.into()),
                }
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::json::required(deserializer)
            }
        }
    };
}

pub(crate) use text_scalar;

/// A field that must be there.
pub(crate) fn required<'de, T: Scalar, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    let value = Value::deserialize(deserializer)?;
    T::read(value).map_err(|found| mismatch(T::EXPECTED, found))
}

/// A field that may be missing: absent, `null` and, for text, an empty one all mean "not there".
pub(crate) fn optional<'de, T: Scalar, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::Null => Ok(None),
        Value::Text(text) if T::IS_TEXT && text.is_empty() => Ok(None),
        value => T::read(value)
            .map(Some)
            .map_err(|found| mismatch(T::EXPECTED, found)),
    }
}

/// A field that a caller may leave out. Empty text is a value, and no other one, so that a limit that was
/// lost on the way is not no limit.
pub(crate) fn given<'de, T: Scalar, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    required(deserializer).map(Some)
}

/// The same where `null` was written for what was left out.
pub(crate) fn given_or_null<'de, T: Scalar, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::Null => Ok(None),
        value => T::read(value)
            .map(Some)
            .map_err(|found| mismatch(T::EXPECTED, found)),
    }
}

/// A struct, from an object alone.
pub(crate) fn object<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    deserializer.deserialize_any(ObjectVisitor(PhantomData))
}

/// A struct that may be missing.
pub(crate) fn optional_object<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    Option::<Object<T>>::deserialize(deserializer).map(|object| object.map(|object| object.0))
}

/// An array of structs, each from an object alone.
pub(crate) fn objects<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<T>, D::Error> {
    deserializer.deserialize_any(ObjectsVisitor(PhantomData))
}

/// A document of a caller's, looked at for `null`, as what is not said is absent, and for arrays, of which
/// there are none but those of [`LISTS`]: serde reads them into the fields of an enum's variant.
#[derive(Debug)]
pub(crate) struct Given;

/// The fields that are lists of texts.
const LISTS: &[&str] = &["exclude"];

impl<'de> Deserialize<'de> for Given {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Self)
    }
}

impl<'de> Visitor<'de> for Given {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Self, E> {
        Err(E::custom("must not be null"))
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, _: A) -> Result<Self, A::Error> {
        Err(A::Error::custom("must not be an array"))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Self, A::Error> {
        while let Some(name) = fields.next_key::<Cow<'_, str>>()? {
            if LISTS.contains(&name.as_ref()) {
                fields.next_value::<Vec<Cow<'_, str>>>()?;
            } else {
                fields.next_value::<Self>()?;
            }
        }
        Ok(self)
    }
}

/// A struct that is read from an object alone.
struct Object<T>(T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        object(deserializer).map(Self)
    }
}

/// Refuses every kind of value that is not listed by the visitor itself.
macro_rules! refuse {
    ($expected:literal: $($visit:ident($type:ty) = $found:literal),+) => {
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str($expected)
        }

        fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
            Err(mismatch($expected, Found::Kind("null")))
        }

        $(fn $visit<E: Error>(self, _: $type) -> Result<Self::Value, E> {
            Err(mismatch($expected, Found::Kind($found)))
        })+
    };
}

struct ObjectVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectVisitor<T> {
    type Value = T;

    refuse! {
        "an object": visit_bool(bool) = "a boolean", visit_u64(u64) = "a number",
        visit_i64(i64) = "a number", visit_f64(f64) = "a number", visit_str(&str) = "a string"
    }

    fn visit_seq<A: SeqAccess<'de>>(self, _: A) -> Result<T, A::Error> {
        Err(mismatch("an object", Found::Kind("an array")))
    }

    fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<T, A::Error> {
        T::deserialize(MapAccessDeserializer::new(fields))
    }
}

struct ObjectsVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectsVisitor<T> {
    type Value = Vec<T>;

    refuse! {
        "an array": visit_bool(bool) = "a boolean", visit_u64(u64) = "a number",
        visit_i64(i64) = "a number", visit_f64(f64) = "a number", visit_str(&str) = "a string"
    }

    fn visit_map<A: MapAccess<'de>>(self, _: A) -> Result<Vec<T>, A::Error> {
        Err(mismatch("an array", Found::Kind("an object")))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Vec<T>, A::Error> {
        let mut read = Vec::new();
        while let Some(Object(item)) = items.next_element()? {
            read.push(item);
        }
        Ok(read)
    }
}
