//! From a document to the fields of a model.

use crate::prelude::*;
use crate::words::words;

use super::field::Field;
use super::lexer::{Lexer, Raw};
use super::model::Model;
use super::{Misfit, NO_JSON};

/// Where a list tells how many rows it has.
const TOTAL: &str = "total";

/// The named fields of one object, to be taken in the order of their names.
pub(crate) struct Fields<'a> {
    names: &'static [&'static str],
    values: Vec<Raw<'a>>,
    taken: usize,
    /// The first that did not fit.
    misfit: Option<Misfit>,
    has_others: bool,
}

impl<'a> Fields<'a> {
    /// Of a whole document, which must be an object.
    pub fn of(body: &'a [u8], names: &'static [&'static str]) -> Result<Self, Misfit> {
        let mut fields = Self::empty(names);
        whole(body, &mut |lexer| fields.fill(lexer))?;
        Ok(fields)
    }

    /// Of an object that is part of a document.
    pub fn within(
        value: &Raw<'a>,
        names: &'static [&'static str],
        expected: &str,
    ) -> Result<Self, Misfit> {
        match value {
            Raw::Object(text) => {
                let mut fields = Self::empty(names);
                fields.fill(&mut Lexer::new(text))?;
                Ok(fields)
            }
            other => Err(Misfit::expected(expected, other.kind())),
        }
    }

    /// None of them.
    pub fn empty(names: &'static [&'static str]) -> Self {
        Self {
            names,
            values: Vec::with_capacity(names.len()),
            taken: 0,
            misfit: None,
            has_others: false,
        }
    }

    /// From the object that begins where the lexer is.
    fn fill(&mut self, lexer: &mut Lexer<'a>) -> Result<(), Misfit> {
        self.taken = 0;
        self.values.clear();
        self.values.resize_with(self.names.len(), Raw::default);
        let mut next = 0;
        lexer.object(&mut |name, first, lexer| {
            // The service sends them in the order of its documentation, and so are they named.
            let is_next = self.names.get(next) == Some(&name);
            let place = is_next.then_some(next);
            let place = place.or_else(|| self.names.iter().position(|known| *known == name));
            let Some(place) = place else {
                self.has_others = true;
                return lexer.skip(first);
            };
            next = place.saturating_add(1);
            if let Some(value @ Raw::Absent) = self.values.get_mut(place) {
                *value = lexer.value(first)?;
            } else {
                self.refuse(told("duplicate", name));
                lexer.skip(first)?;
            }
            Ok(())
        })
    }

    /// The value of the next name. One that does not fit is noted.
    pub fn take<T: Field>(&mut self) -> T {
        let value = self.values.get(self.taken).unwrap_or(&Raw::Absent);
        let read = if matches!(value, Raw::Absent) && !T::MAY_BE_ABSENT {
            Err(None)
        } else {
            T::read(value, T::EXPECTED).map_err(Some)
        };
        self.taken = self.taken.saturating_add(1);
        read.unwrap_or_else(|misfit| {
            self.note(misfit);
            T::stand_in()
        })
    }

    /// The value of that name.
    pub fn take_named<T: Field>(&mut self, name: &str) -> Option<T> {
        let place = self.names.iter().position(|known| *known == name);
        debug_assert!(place.is_some(), "{name} is not among the names");
        self.taken = place.unwrap_or(self.names.len());
        match self.values.get(self.taken) {
            Some(Raw::Absent) | None => None,
            Some(_) => Some(self.take()),
        }
    }

    /// Whether something was sent that has none of the names.
    pub fn has_others(&self) -> bool {
        self.has_others
    }

    /// The value of the next name, or another where none was sent. `null` is a value, and no other one.
    pub fn take_or<T: Field>(&mut self, other: T) -> T {
        match self.values.get(self.taken) {
            Some(Raw::Absent) | None => {
                self.taken = self.taken.saturating_add(1);
                other
            }
            Some(_) => self.take(),
        }
    }

    /// The model that they are the fields of, if all of them fit.
    pub fn model<T: Model>(&mut self) -> Result<T, Misfit> {
        let model = T::read(self);
        self.checked(model)
    }

    /// What was made of the fields, if all of them fitted.
    pub fn checked<T>(&mut self, made: T) -> Result<T, Misfit> {
        match self.misfit.take() {
            Some(misfit) => Err(misfit),
            None => Ok(made),
        }
    }

    /// Refuses the whole, whatever else it is refused for.
    pub fn refuse(&mut self, misfit: Misfit) {
        self.misfit.get_or_insert(misfit);
    }

    /// Notes that the field taken last is missing, or what is wrong with it.
    fn note(&mut self, misfit: Option<Misfit>) {
        let name = self
            .taken
            .checked_sub(1)
            .and_then(|last| self.names.get(last));
        let name = name.copied().unwrap_or_default();
        self.refuse(match misfit {
            Some(misfit) => misfit.within(name),
            None => told("missing", name),
        });
    }

    /// Every value, untaken.
    pub fn values(&self) -> &[Raw<'a>] {
        &self.values
    }
}

impl<T: Field> Field for Vec<T> {
    const EXPECTED: &'static str = "an array";

    fn stand_in() -> Self {
        Self::new()
    }

    fn read(value: &Raw<'_>, expected: &'static str) -> Result<Self, Misfit> {
        let Raw::Array(text) = value else {
            return Err(Misfit::expected(expected, value.kind()));
        };
        let mut items = Self::new();
        Lexer::new(text).array(&mut |first, lexer| {
            items.push(T::read(&lexer.value(first)?, T::EXPECTED)?);
            Ok(())
        })?;
        Ok(items)
    }
}

fn told(what: &str, name: &str) -> Misfit {
    Misfit::at("", [what, " field `", name, "`"].concat())
}

/// Reads a whole JSON document. Text behind its end is a misfit.
pub(crate) fn document<T: Model>(body: &[u8]) -> Result<T, Misfit> {
    Fields::of(body, T::NAMES)?.model().map_err(Misfit::placed)
}

/// Reads a document that is an object with a list of objects in it: `row` is handed each in turn. Tells
/// how many there were, and what the document says of that under `total`.
pub(crate) fn rows<'a>(
    body: &'a [u8],
    list: &'static str,
    names: &'static [&'static str],
    row: &mut dyn FnMut(&mut Fields<'a>) -> Result<(), Misfit>,
) -> Result<(u64, Raw<'a>), Misfit> {
    let mut count: Option<u64> = None;
    let mut total = Raw::Absent;
    let mut fields = Fields::empty(names);
    whole(body, &mut |lexer| {
        lexer.object(&mut |name, first, lexer| {
            if name == TOTAL {
                if !matches!(total, Raw::Absent) {
                    return Err(told("duplicate", name));
                }
                total = lexer.value(first)?;
                return Ok(());
            }
            if name != list {
                return lexer.skip(first);
            }
            if count.is_some() {
                return Err(told("duplicate", name));
            }
            if first != b'[' {
                let found = lexer.value(first)?;
                return Err(Misfit::expected("an array", found.kind()));
            }
            count = Some(lexer.array(&mut |first, lexer| {
                if first != b'{' {
                    let found = lexer.value(first)?;
                    return Err(Misfit::expected("an object", found.kind()));
                }
                fields.fill(lexer)?;
                row(&mut fields)
            })?);
            Ok(())
        })
    })?;
    let count = count.ok_or_else(|| told("missing", list).placed())?;
    Ok((count, total))
}

/// Sees that a list which tells how many rows it has tells of no more than there are.
pub(crate) fn is_whole(count: u64, total: &Raw<'_>) -> Result<(), Misfit> {
    let total = Option::<u64>::read(total, u64::EXPECTED).map_err(|misfit| misfit.within(TOTAL))?;
    match total {
        Some(total) if total > count => {
            let reason = words!(
                "says ",
                total.to_string(),
                ", but there are ",
                count.to_string()
            );
            Err(Misfit::at(TOTAL, reason))
        }
        _ => Ok(()),
    }
}

/// Reads the one object that a document is.
fn whole<'a>(
    body: &'a [u8],
    object: &mut dyn FnMut(&mut Lexer<'a>) -> Result<(), Misfit>,
) -> Result<(), Misfit> {
    let mut lexer = Lexer::new(body);
    let read = match lexer.peek() {
        None => return Err(Misfit::at("body", "is empty")),
        Some(b'{') => object(&mut lexer),
        Some(b'[') => Err(Misfit::expected("an object", "array")),
        Some(first) => lexer
            .value(first)
            .and_then(|other| Err(Misfit::expected("an object", other.kind()))),
    };
    match read {
        Ok(()) if lexer.peek().is_some() => Err(Misfit::at("body", "goes on behind its end")),
        Ok(()) => Ok(()),
        Err(misfit) => {
            let is_cut = misfit.is(NO_JSON) && is_cut(lexer.rest());
            let misfit = if is_cut {
                misfit.instead("ends too early")
            } else {
                misfit
            };
            Err(misfit.placed())
        }
    }
}

/// Whether what is left of a text that is not JSON could have become some, had it gone on.
fn is_cut(rest: &[u8]) -> bool {
    // The lexer takes a literal's first letter before it looks at the others.
    let literals: [&[u8]; 3] = [b"rue", b"alse", b"ull"];
    literals.iter().any(|literal| literal.starts_with(rest))
}
