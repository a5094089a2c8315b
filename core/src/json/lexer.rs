//! From bytes to values: the rules of JSON.

use crate::prelude::*;

use alloc::borrow::Cow;

use hifijson::num::{Lex as _, LexWrite as _};
use hifijson::str::{Lex as _, LexAlloc as _};
use hifijson::token::Lex as _;
use hifijson::{Expect, Read as _, SliceLexer};

use super::{Misfit, NO_JSON};

/// How deep arrays and objects may nest in what is skipped.
const DEPTH: u8 = 128;

/// A value as it was sent, in place where that is possible.
#[derive(Default)]
pub(crate) enum Raw<'a> {
    /// It was not sent.
    #[default]
    Absent,
    Null,
    Bool(bool),
    /// The number's own text.
    Number(&'a str),
    Text(Cow<'a, str>),
    /// The array's own text.
    Array(&'a [u8]),
    /// The object's own text.
    Object(&'a [u8]),
}

impl Raw<'_> {
    /// The text that it must be.
    pub fn text(&self, expected: &str) -> Result<&str, Misfit> {
        match self {
            Self::Text(text) => Ok(text),
            other => Err(Misfit::expected(expected, other.kind())),
        }
    }

    /// What it is, in words.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Absent => "nothing",
            Self::Null => "null",
            Self::Bool(_) => "boolean",
            Self::Number(text) if text.contains(['.', 'e', 'E']) => "floating point",
            Self::Number(_) => "integer",
            Self::Text(_) => "string",
            Self::Array(_) => "array",
            Self::Object(_) => "object",
        }
    }
}

macro_rules! syntax {
    ($($error:ty),+) => {
        $(impl From<$error> for Misfit {
            fn from(_: $error) -> Self {
                no_json()
            }
        })+
    };
}

syntax!(Expect, hifijson::str::Error, hifijson::num::Error);

/// What is not JSON. Whether it is cut short is told in the end, by what is left of it.
fn no_json() -> Misfit {
    Misfit::at("", NO_JSON)
}

/// A document that is being read.
pub(super) struct Lexer<'a>(SliceLexer<'a>);

impl<'a> Lexer<'a> {
    pub fn new(text: &'a [u8]) -> Self {
        Self(SliceLexer::new(text))
    }

    /// What has not been read yet.
    pub fn rest(&self) -> &'a [u8] {
        self.0.as_slice()
    }

    /// The first byte of what comes next, behind any white space.
    pub fn peek(&mut self) -> Option<u8> {
        self.0.ws_peek()
    }

    /// Every item of the array that begins here; tells how many there are.
    pub fn array(
        &mut self,
        item: &mut dyn FnMut(u8, &mut Self) -> Result<(), Misfit>,
    ) -> Result<u64, Misfit> {
        let mut count = 0_u64;
        self.sequence(b']', &mut |first, lexer| {
            let place = || ["[", &count.to_string(), "]"].concat();
            item(first, lexer).map_err(|misfit| misfit.within(&place()))?;
            count = count.saturating_add(1);
            Ok(())
        })?;
        Ok(count)
    }

    /// Every field of the object that begins here: its name, and the first byte of its value.
    pub fn object(
        &mut self,
        field: &mut dyn FnMut(&str, u8, &mut Self) -> Result<(), Misfit>,
    ) -> Result<(), Misfit> {
        self.sequence(b'}', &mut |first, lexer| {
            if first != b'"' {
                return Err(no_json());
            }
            let name = lexer.0.discarded().str_string()?;
            lexer
                .0
                .expect(SliceLexer::ws_peek, b':')
                .ok_or_else(no_json)?;
            let first = lexer.peek().ok_or_else(|| no_json().within(&name))?;
            field(&name, first, lexer).map_err(|misfit| misfit.within(&name))
        })
    }

    fn sequence(
        &mut self,
        end: u8,
        item: &mut dyn FnMut(u8, &mut Self) -> Result<(), Misfit>,
    ) -> Result<(), Misfit> {
        self.0.take_next();
        let mut first = self.peek().ok_or_else(no_json)?;
        while first != end {
            item(first, self)?;
            first = self.peek().ok_or_else(no_json)?;
            if first == end {
                break;
            }
            if first != b',' {
                return Err(no_json());
            }
            self.0.take_next();
            first = self.peek().ok_or_else(no_json)?;
            if first == end {
                return Err(no_json());
            }
        }
        self.0.take_next();
        Ok(())
    }

    /// The value that begins with that byte.
    pub fn value(&mut self, first: u8) -> Result<Raw<'a>, Misfit> {
        Ok(match first {
            b'"' => Raw::Text(self.0.discarded().str_string()?),
            b'-' | b'0'..=b'9' => {
                let (number, _) = self.0.num_bytes().validated()?;
                Raw::Number(str::from_utf8(number).map_err(|_| no_json())?)
            }
            b'[' => Raw::Array(self.skipped(first)?),
            b'{' => Raw::Object(self.skipped(first)?),
            _ => match self.literal()? {
                Some(switch) => Raw::Bool(switch),
                None => Raw::Null,
            },
        })
    }

    /// The text of what begins with that byte.
    fn skipped(&mut self, first: u8) -> Result<&'a [u8], Misfit> {
        let from = self.rest();
        self.skip(first)?;
        let length = from.len().saturating_sub(self.rest().len());
        Ok(from.get(..length).unwrap_or_default())
    }

    /// Goes over what begins with that byte.
    pub fn skip(&mut self, first: u8) -> Result<(), Misfit> {
        self.skip_within(first, DEPTH)
    }

    fn skip_within(&mut self, first: u8, depth: u8) -> Result<(), Misfit> {
        let inside = depth.checked_sub(1).ok_or_else(no_json)?;
        match first {
            b'"' => self.0.discarded().str_ignore()?,
            b'-' | b'0'..=b'9' => {
                self.0.num_ignore().validate()?;
            }
            b'[' => {
                self.array(&mut |first, lexer| lexer.skip_within(first, inside))?;
            }
            b'{' => self.object(&mut |_, first, lexer| lexer.skip_within(first, inside))?,
            _ => {
                self.literal()?;
            }
        }
        Ok(())
    }

    fn literal(&mut self) -> Result<Option<bool>, Misfit> {
        self.0.null_or_bool().ok_or_else(no_json)
    }
}
