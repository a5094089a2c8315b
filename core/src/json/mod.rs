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

/// How long a place may get, in bytes, before nothing is put before it.
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

    /// The same, seen from the object or the list that it is part of. A place is no longer than any of a
    /// good reply, and a name is shown without what a terminal would take for more than text.
    fn within(mut self, outer: &str) -> Self {
        let place = &mut self.0.place;
        if place.len() < LONGEST_PLACE {
            let mut longer: String = outer.chars().filter(|c| !c.is_control()).take(40).collect();
            if !matches!(place.as_bytes().first(), None | Some(b'[')) {
                longer.push('.');
            }
            longer.push_str(place);
            *place = longer;
        }
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
mod tests {
    use super::*;
    use crate::models::{Account, Vps, Wallet};

    fn shown(misfit: Misfit) -> String {
        let Told { place, reason } = misfit.told();
        format!("{place}: {reason}")
    }

    fn fault<T: Model + core::fmt::Debug>(body: &str) -> String {
        shown(document::<T>(body.as_bytes()).unwrap_err())
    }

    fn fault_of_listing(body: &str) -> String {
        let read = rows(body.as_bytes(), "vps", Vps::NAMES, &mut |row| {
            let vps = Vps::read(row);
            row.checked(vps).map(drop)
        });
        shown(read.map(drop).unwrap_err())
    }

    const ROW: &str = r#"{"id":"1","planId":"pro","billingCycle":"monthly","status":"active",
        "vpsStatus":"active","location":"london","createdAt":"2026-05-11T09:00:00.000Z"}"#;

    #[test]
    fn a_wrong_type_is_named_with_its_path_and_without_its_value() {
        let body = format!(r#"{{"vps":[{ROW},{}]}}"#, ROW.replace(r#""pro""#, "12345"));
        assert_eq!(
            fault_of_listing(&body),
            "vps[1].planId: expected a string, found integer"
        );
        assert_eq!(
            fault::<Wallet>(r#"{"balance":"hunter2, expected x","currency":"EUR"}"#),
            "balance: expected a number, found string"
        );
        let body = format!(r#"{{"vps":[{}]}}"#, ROW.replace("2026-05-11T", "hunter2"));
        assert_eq!(
            fault_of_listing(&body),
            "vps[0].createdAt: expected an ISO 8601 time with an offset, found string"
        );
    }

    #[test]
    fn a_missing_field_is_named_with_the_object_it_is_missing_from() {
        let body = format!(r#"{{"vps":[{ROW},{{"id":"2"}}]}}"#);
        assert_eq!(fault_of_listing(&body), "vps[1]: missing field `planId`");
        assert_eq!(fault::<Wallet>("{}"), "body: missing field `balance`");
        let body = r#"{"id":"1","email":"e","role":"user","balance":1,"currency":"EUR",
            "affiliateStats":{"totalReferrals":1}}"#;
        assert_eq!(
            fault::<Account>(body),
            "affiliateStats: missing field `successfulReferrals`"
        );
    }

    #[test]
    fn cut_and_overlong_documents_are_told_apart() {
        assert_eq!(fault::<Wallet>(""), "body: is empty");
        assert_eq!(
            fault::<Wallet>(r#"{"balance":1.2,"curr"#),
            "body: ends too early"
        );
        assert_eq!(
            fault::<Wallet>(r#"{"balance":1.2,"currency":"EU"#),
            "currency: ends too early"
        );
        assert_eq!(
            fault_of_listing(&format!(r#"{{"vps":[{ROW},{{"id":"2","x":[{{"y":nul"#)),
            "vps[1].x[0].y: ends too early"
        );
        assert_eq!(
            fault_of_listing(r#"{"vps":[{"id":"1","id":"2"}]}"#),
            "vps[0]: duplicate field `id`"
        );
        let overlong = r#"{"balance":1,"currency":"EUR"}x"#;
        assert_eq!(fault::<Wallet>(overlong), "body: goes on behind its end");
        assert_eq!(fault::<Wallet>("<html>"), "body: is not valid JSON");
    }
}
