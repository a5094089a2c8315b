//! How models are declared.

use super::Fields;

/// What is read from the fields of an object.
pub(crate) trait Model: Sized {
    /// The fields' names as they are sent.
    const NAMES: &'static [&'static str];

    /// Reads it from the fields of these names, which note what does not fit.
    fn read(fields: &mut Fields<'_>) -> Self;
}

/// Declares a struct that is written as JSON: its fields, their types and their names there.
macro_rules! record {
    (
        $(#[$meta:meta])*
        $name:ident {
            $($(#[$field_meta:meta])* $field:ident: $type:ty = $shown:literal,)+
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename_all = "camelCase"))]
        pub struct $name {
            $($(#[$field_meta])* pub $field: $type,)+
        }

        impl $crate::json::Json for $name {
            fn write(&self, to: &mut $crate::json::Writer) {
                to.record(&[$($shown),+], &[$(&self.$field),+]);
            }
        }
    };
}

/// Declares a [`record!`] that is read from JSON too. A field that the service calls otherwise than the
/// product says `from` what; what the service does not send comes behind a semicolon, and begins
/// with its type's default.
macro_rules! model {
    (
        $(#[$meta:meta])*
        $name:ident {
            $($(#[$field_meta:meta])* $field:ident: $type:ty = $shown:literal $(from $sent:literal)?,)+
            $(; $(#[$own_meta:meta])* $own:ident: $own_type:ty = $own_shown:literal,)?
        }
    ) => {
        $crate::json::record! {
            $(#[$meta])*
            $name {
                $($(#[$field_meta])* $field: $type = $shown,)+
                $($(#[$own_meta])* $own: $own_type = $own_shown,)?
            }
        }

        impl $crate::json::Model for $name {
            const NAMES: &'static [&'static str] = &[$($crate::json::model!(@sent $shown $($sent)?)),+];

            // It is read in more than one place.
            #[inline(never)]
            fn read(fields: &mut $crate::json::Fields<'_>) -> Self {
                Self {
                    $($field: fields.take(),)+
                    $($own: <$own_type>::default(),)?
                }
            }
        }
    };
    (@sent $shown:literal) => { $shown };
    (@sent $shown:literal $sent:literal) => { $sent };
}

/// Lets a model be a field of another.
macro_rules! model_field {
    ($name:ty) => {
        impl $crate::json::Field for $name {
            const EXPECTED: &'static str = "an object";

            fn stand_in() -> Self {
                use $crate::json::{Fields, Model};
                <Self as Model>::read(&mut Fields::empty(Self::NAMES))
            }

            fn read(
                value: &$crate::json::Raw<'_>,
                expected: &'static str,
            ) -> Result<Self, $crate::json::Misfit> {
                use $crate::json::{Fields, Model};
                Fields::within(value, Self::NAMES, expected)?.model()
            }
        }
    };
}

/// Lets a text type be a field: what text is one is up to its `FromStr`.
macro_rules! text_field {
    ($type:ty, $expected:literal, $stand_in:expr) => {
        impl $crate::json::Field for $type {
            const EXPECTED: &'static str = $expected;
            const IS_TEXT: bool = true;

            fn stand_in() -> Self {
                $stand_in
            }

            fn read(
                value: &$crate::json::Raw<'_>,
                expected: &'static str,
            ) -> Result<Self, $crate::json::Misfit> {
                let text = value.text(expected)?;
                text.parse()
                    .map_err(|_| $crate::json::Misfit::expected(expected, "string"))
            }
        }
    };
}

pub(crate) use {model, model_field, record, text_field};
