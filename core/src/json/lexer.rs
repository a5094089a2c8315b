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
pub(super) struct Lexer<'a> {
    tokens: SliceLexer<'a>,
    /// The whole document, where all of it is valid text: then no part of it is looked at again for that.
    text: Option<&'a str>,
}

impl<'a> Lexer<'a> {
    pub fn new(document: &'a [u8]) -> Self {
        Self {
            tokens: SliceLexer::new(document),
            text: str::from_utf8(document).ok(),
        }
    }

    /// What has not been read yet.
    pub fn rest(&self) -> &'a [u8] {
        self.tokens.as_slice()
    }

    /// The first byte of what comes next, behind any white space.
    pub fn peek(&mut self) -> Option<u8> {
        match self.rest().first() {
            // As a rule there is no white space.
            Some(first) if *first > b' ' => Some(*first),
            _ => self.tokens.ws_peek(),
        }
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
            let name = lexer.string()?;
            let read = match lexer.first_of_value() {
                Ok(first) => field(&name, first, lexer),
                Err(misfit) => Err(misfit),
            };
            read.map_err(|misfit| misfit.within(&name))
        })
    }

    /// The first byte of the value behind a name.
    fn first_of_value(&mut self) -> Result<u8, Misfit> {
        if self.peek() != Some(b':') {
            return Err(no_json());
        }
        self.tokens.take_next();
        self.peek().ok_or_else(no_json)
    }

    fn sequence(
        &mut self,
        end: u8,
        item: &mut dyn FnMut(u8, &mut Self) -> Result<(), Misfit>,
    ) -> Result<(), Misfit> {
        self.tokens.take_next();
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
            self.tokens.take_next();
            first = self.peek().ok_or_else(no_json)?;
            if first == end {
                return Err(no_json());
            }
        }
        self.tokens.take_next();
        Ok(())
    }

    /// The value that begins with that byte.
    pub fn value(&mut self, first: u8) -> Result<Raw<'a>, Misfit> {
        Ok(match first {
            b'"' => Raw::Text(self.string()?),
            b'-' | b'0'..=b'9' => {
                let (number, _) = self.tokens.num_bytes().validated()?;
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
            b'"' => self.skip_string()?,
            b'-' | b'0'..=b'9' => {
                self.tokens.num_ignore().validate()?;
            }
            b'[' => {
                self.array(&mut |first, lexer| lexer.skip_within(first, inside))?;
            }
            b'{' => self.sequence(b'}', &mut |first, lexer| {
                if first != b'"' {
                    return Err(no_json());
                }
                lexer.skip_string()?;
                let first = lexer.first_of_value()?;
                lexer.skip_within(first, inside)
            })?,
            _ => {
                self.literal()?;
            }
        }
        Ok(())
    }

    /// The string that begins here, in place where nothing in it is escaped.
    fn string(&mut self) -> Result<Cow<'a, str>, Misfit> {
        let Some((inner, rest)) = self.plain_string() else {
            return Ok(self.tokens.discarded().str_string()?);
        };
        let text = match self.text {
            Some(text) => {
                let begin = text.len().saturating_sub(rest.len() + 1 + inner.len());
                text.get(begin..begin.saturating_add(inner.len()))
            }
            None => str::from_utf8(inner).ok(),
        };
        self.tokens = SliceLexer::new(rest);
        text.map(Cow::Borrowed).ok_or_else(no_json)
    }

    fn skip_string(&mut self) -> Result<(), Misfit> {
        match self.plain_string() {
            Some((_, rest)) => self.tokens = SliceLexer::new(rest),
            None => self.tokens.discarded().str_ignore()?,
        }
        Ok(())
    }

    /// What is in the string that begins here and what is behind it, if nothing in it is escaped.
    fn plain_string(&self) -> Option<(&'a [u8], &'a [u8])> {
        let (_, string) = self.rest().split_first()?;
        let (inner, rest) = string.split_at_checked(plain_length(string))?;
        rest.strip_prefix(b"\"").map(|rest| (inner, rest))
    }

    fn literal(&mut self) -> Result<Option<bool>, Misfit> {
        if !matches!(self.rest().first(), Some(b'n' | b't' | b'f')) {
            return Err(no_json());
        }
        self.tokens.null_or_bool().ok_or_else(no_json)
    }
}

/// How many bytes there are before the first that ends a string, or is something special in one. Eight are
/// looked at at once: replies are mostly strings.
fn plain_length(bytes: &[u8]) -> usize {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    const HIGHS: u64 = ONES << 7;
    // The lowest high bit that this sets is that of the first byte below `limit`.
    let below = |word: u64, limit: u8| word.wrapping_sub(ONES * u64::from(limit)) & !word & HIGHS;
    let is = |word: u64, byte: u8| below(word ^ (ONES * u64::from(byte)), 1);
    let (words, rest) = bytes.as_chunks::<8>();
    for (place, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let special = below(word, b' ') | is(word, b'"') | is(word, b'\\');
        if special != 0 {
            return place * 8 + (special.trailing_zeros() / 8) as usize;
        }
    }
    let is_special = |byte: &u8| *byte < b' ' || matches!(byte, b'"' | b'\\');
    words.len() * 8 + rest.iter().position(is_special).unwrap_or(rest.len())
}
