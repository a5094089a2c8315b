//! JSON in and out: the service's replies, the product's own documents and its tokens.
//!
//! A derived reader and writer for every model would be most of what a browser loads. So a model
//! is a table of names, declared once with `model!`; one reader fills the fields of any table
//! from a document, and one writer writes them. The lexer is `hifijson`, which hands numbers over
//! as the text they are: money never becomes a float.
//!
//! Out of scope: documents of any shape. What a model does not name is skipped unread.

use crate::prelude::*;

mod field;
mod lexer;
mod model;
mod read;
mod write;

pub(crate) use field::Field;
pub(crate) use lexer::Raw;
pub(crate) use model::{Model, model, model_field, record, text_field};
pub(crate) use read::{Fields, document, is_whole, rows};
pub(crate) use write::{Json, Writer, object, written};

/// How long a place may get, in bytes.
const LONGEST_PLACE: usize = 120;
/// What is said of text that is not JSON.
const NO_JSON: &str = "is not valid JSON";

/// Why a body is not what the documentation promises. In a box, as it is passed on more often than made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Misfit(Box<Told>);

/// What there is to tell of a misfit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Told {
    /// Where in the body: `vps[3].createdAt`, or `body` for the whole.
    pub place: String,
    /// What is wrong there, without any of the body's text.
    pub reason: String,
}

impl Misfit {
    pub fn at(place: &str, reason: impl Into<String>) -> Self {
        Self(Box::new(Told {
            place: place.to_owned(),
            reason: reason.into(),
        }))
    }

    /// Whether that is the reason.
    fn is(&self, reason: &str) -> bool {
        self.0.reason == reason
    }

    /// The same place with another reason.
    fn instead(mut self, reason: &str) -> Self {
        reason.clone_into(&mut self.0.reason);
        self
    }

    /// What there is to tell of it.
    pub fn told(self) -> Told {
        *self.0
    }

    /// Something of another kind than expected. Its place is yet to be told.
    pub fn expected(expected: &str, found: &str) -> Self {
        Self::at("", ["expected ", expected, ", found ", found].concat())
    }

    /// The same, seen from the object or the list that it is part of. A place is cut to what any of a good
    /// reply has, and a name is shown without what a terminal would take for more than text.
    fn within(mut self, outer: &str) -> Self {
        let place = &mut self.0.place;
        let mut longer: String = outer.chars().filter(|c| !c.is_control()).take(40).collect();
        if !matches!(place.as_bytes().first(), None | Some(b'[')) {
            longer.push('.');
        }
        longer.push_str(place);
        while longer.len() > LONGEST_PLACE {
            longer.pop();
        }
        *place = longer;
        self
    }

    /// The same, seen from the whole.
    fn placed(mut self) -> Self {
        if self.0.place.is_empty() {
            "body".clone_into(&mut self.0.place);
        }
        self
    }
}

#[cfg(test)]
mod tests;
