//! From a reply's bytes to a model, with the place of whatever does not fit.

use serde::Deserialize;

/// Why a body is not what the documentation promises.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Misfit {
    /// Where in the body: `vps[3].createdAt`, or `body` for the whole.
    pub place: String,
    /// What is wrong there, without any of the body's text.
    pub reason: String,
}

impl Misfit {
    pub(crate) fn at(place: &str, reason: impl Into<String>) -> Self {
        Self {
            place: place.to_owned(),
            reason: reason.into(),
        }
    }
}

/// Reads a whole JSON document. Text behind its end is a misfit.
pub(crate) fn document<'de, T: Deserialize<'de>>(body: &'de [u8]) -> Result<T, Misfit> {
    // Left to itself, serde reads an array into a struct, one item a field.
    if body.trim_ascii_start().first() == Some(&b'[') {
        return Err(Misfit::at("body", "expected an object, found array"));
    }
    serde_json::from_slice(body).map_err(|error| misfit(body, &error))
}

fn misfit(body: &[u8], error: &serde_json::Error) -> Misfit {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Misfit::at("body", "is empty");
    }
    let offset = offset_of(body, error.line(), error.column());
    Misfit {
        place: place_at(body, offset),
        reason: reason_of(&error.to_string()),
    }
}

/// The parser's words without what they quote: a body may hold a password.
///
/// They read `invalid type: string "…", expected a number at line 1 column 9`.
fn reason_of(words: &str) -> String {
    let words = words
        .rfind(" at line ")
        .map_or(words, |end| words.split_at(end).0);
    for what in ["invalid type: ", "invalid value: "] {
        if let Some(rest) = words.strip_prefix(what) {
            let (found, expected) = rest.rsplit_once(", expected ").unwrap_or((rest, "another"));
            let quoted = found.find(['"', '`']).unwrap_or(found.len());
            let found = plain(found.split_at(quoted).0.trim_end());
            return format!("expected {}, found {found}", plain(expected));
        }
    }
    if words.starts_with("invalid length") {
        return "expected an object, found array".to_owned();
    }
    if words.starts_with("missing field") || words.starts_with("duplicate field") {
        return words.to_owned();
    }
    if words.starts_with("EOF") {
        return "ends too early".to_owned();
    }
    if words.starts_with("trailing characters") {
        return "goes on behind its end".to_owned();
    }
    "is not valid JSON".to_owned()
}

/// The parser's names of kinds in the words of JSON.
fn plain(kind: &str) -> &str {
    match kind {
        "u64" => "a count",
        "map" => "object",
        "a sequence" => "an array",
        "sequence" => "array",
        _ if kind.starts_with("struct ") => "an object",
        _ => kind,
    }
}

fn offset_of(body: &[u8], line: usize, column: usize) -> usize {
    let before: usize = body
        .split_inclusive(|byte| *byte == b'\n')
        .take(line.saturating_sub(1))
        .map(<[u8]>::len)
        .sum();
    before.saturating_add(column).min(body.len())
}

/// Where a reader that got as far as `offset` was, as a path.
fn place_at(body: &[u8], offset: usize) -> String {
    let mut path = Path::default();
    let mut bytes = body.iter().take(offset).copied();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => path.text(read_text(&mut bytes)),
            b'{' => path.levels.push(Level::Object {
                key: None,
                value: false,
            }),
            b'[' => path.levels.push(Level::Array(0)),
            b'}' | b']' => path.close(),
            b':' => path.colon(),
            b',' => path.comma(),
            _ => {}
        }
    }
    path.shown()
}

fn read_text(bytes: &mut impl Iterator<Item = u8>) -> String {
    let mut text = Vec::new();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => break,
            b'\\' => text.extend(bytes.next()),
            other => text.push(other),
        }
    }
    String::from_utf8_lossy(&text).into_owned()
}

enum Level {
    Object { key: Option<String>, value: bool },
    Array(usize),
}

/// How many levels of a path are shown: no reply of the service has more.
const SHOWN_LEVELS: usize = 16;

#[derive(Default)]
struct Path {
    levels: Vec<Level>,
}

impl Path {
    fn text(&mut self, text: String) {
        if let Some(Level::Object { key, value: false }) = self.levels.last_mut() {
            *key = Some(text);
        }
    }

    fn colon(&mut self) {
        if let Some(Level::Object { value, .. }) = self.levels.last_mut() {
            *value = true;
        }
    }

    fn comma(&mut self) {
        match self.levels.last_mut() {
            Some(Level::Object { key, value }) => (*key, *value) = (None, false),
            Some(Level::Array(index)) => *index = index.saturating_add(1),
            None => {}
        }
    }

    /// A reader complains of a missing field when it has read the object's end: what is left then is
    /// the place of the object.
    fn close(&mut self) {
        self.levels.pop();
    }

    fn shown(&self) -> String {
        let place = self.joined();
        if place.is_empty() {
            "body".to_owned()
        } else {
            place
        }
    }

    fn joined(&self) -> String {
        let mut path = String::new();
        for level in self.levels.iter().take(SHOWN_LEVELS) {
            match level {
                Level::Object { key: Some(key), .. } => {
                    if !path.is_empty() {
                        path.push('.');
                    }
                    path.extend(key.chars().filter(|c| !c.is_control()).take(40));
                }
                Level::Object { key: None, .. } => {}
                Level::Array(index) => path.extend(["[", &index.to_string(), "]"]),
            }
        }
        path
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::{Account, Vps, Wallet};

    #[derive(Debug, Deserialize)]
    struct Listing {
        #[allow(dead_code)]
        vps: Vec<Vps>,
    }

    fn fault<'a, T: Deserialize<'a> + std::fmt::Debug>(body: &'a str) -> String {
        let misfit = document::<T>(body.as_bytes()).unwrap_err();
        format!("{}: {}", misfit.place, misfit.reason)
    }

    const ROW: &str = r#"{"id":"1","planId":"pro","billingCycle":"monthly","status":"active",
        "vpsStatus":"active","location":"london","createdAt":"2026-05-11T09:00:00.000Z"}"#;

    #[test]
    fn a_wrong_type_is_named_with_its_path_and_without_its_value() {
        let body = format!(r#"{{"vps":[{ROW},{}]}}"#, ROW.replace(r#""pro""#, "12345"));
        assert_eq!(
            fault::<Listing>(&body),
            "vps[1].planId: expected a string, found integer"
        );
        assert_eq!(
            fault::<Wallet>(r#"{"balance":"hunter2, expected x","currency":"EUR"}"#),
            "balance: expected a number, found string"
        );
        let body = format!(r#"{{"vps":[{}]}}"#, ROW.replace("2026-05-11T", "hunter2"));
        assert_eq!(
            fault::<Listing>(&body),
            "vps[0].createdAt: expected an ISO 8601 time with an offset, found string"
        );
    }

    #[test]
    fn a_missing_field_is_named_with_the_object_it_is_missing_from() {
        let body = format!(r#"{{"vps":[{ROW},{{"id":"2"}}]}}"#);
        assert_eq!(fault::<Listing>(&body), "vps[1]: missing field `planId`");
        assert_eq!(fault::<Wallet>("{}"), "body: missing field `balance`");
        let body = r#"{"id":"1","affiliateStats":{"totalReferrals":1}}"#;
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
            "curr: ends too early"
        );
        let overlong = r#"{"balance":1,"currency":"EUR"}x"#;
        assert_eq!(fault::<Wallet>(overlong), "body: goes on behind its end");
        assert_eq!(fault::<Wallet>("<html>"), "body: is not valid JSON");
    }
}
