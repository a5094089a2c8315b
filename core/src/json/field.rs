//! What a field of a model may be.

use crate::prelude::*;

use super::Misfit;
use super::lexer::Raw;
use super::model::text_field;

/// The type of a field.
pub(crate) trait Field: Sized {
    /// What it must be, in words.
    const EXPECTED: &'static str;
    /// Whether it is text, so that where it is optional an empty one is "not there".
    const IS_TEXT: bool = false;
    /// Whether it need not be sent.
    const MAY_BE_ABSENT: bool = false;

    /// What stands in its place where it is missing or is something else. Nobody gets to see it: what it is
    /// part of is refused.
    fn stand_in() -> Self;

    /// Reads it. `expected` is what to say where it is something else.
    fn read(value: &Raw<'_>, expected: &'static str) -> Result<Self, Misfit>;
}

/// Absent, `null` and empty text all mean "not there".
impl<T: Field> Field for Option<T> {
    const EXPECTED: &'static str = if T::IS_TEXT {
        "a well-formed string or null"
    } else {
        T::EXPECTED
    };
    const MAY_BE_ABSENT: bool = true;

    fn stand_in() -> Self {
        None
    }

    fn read(value: &Raw<'_>, expected: &'static str) -> Result<Self, Misfit> {
        match value {
            Raw::Absent | Raw::Null => Ok(None),
            Raw::Text(text) if T::IS_TEXT && text.is_empty() => Ok(None),
            value => T::read(value, expected).map(Some),
        }
    }
}

impl Field for bool {
    const EXPECTED: &'static str = "a boolean";

    fn stand_in() -> Self {
        false
    }

    fn read(value: &Raw<'_>, expected: &'static str) -> Result<Self, Misfit> {
        match value {
            Raw::Bool(switch) => Ok(*switch),
            other => Err(Misfit::expected(expected, other.kind())),
        }
    }
}

impl Field for u64 {
    const EXPECTED: &'static str = "a count";

    fn stand_in() -> Self {
        0
    }

    fn read(value: &Raw<'_>, expected: &'static str) -> Result<Self, Misfit> {
        match value {
            Raw::Number(text) => text.parse().ok(),
            _ => None,
        }
        .ok_or_else(|| Misfit::expected(expected, value.kind()))
    }
}

impl Field for u32 {
    const EXPECTED: &'static str = u64::EXPECTED;

    fn stand_in() -> Self {
        0
    }

    fn read(value: &Raw<'_>, expected: &'static str) -> Result<Self, Misfit> {
        let kind = value.kind();
        let count = u64::read(value, expected)?;
        Self::try_from(count).map_err(|_| Misfit::expected(expected, kind))
    }
}

text_field!(String, "a string", Self::new());
