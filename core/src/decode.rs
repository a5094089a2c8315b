//! From a reply's bytes to a model, or to the place of what does not fit.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Deserializer;
use serde_json::de::Read;
use serde_json::error::Category;
use serde_path_to_error::{Path, Segment, Track};

use crate::json;

/// How long a place may get, in bytes.
const LONGEST_PLACE: usize = 120;
/// How many characters of one name are shown in a place.
const LONGEST_NAME: usize = 40;

/// Why a body is not what the documentation promises.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {reason}")]
pub struct DecodeError {
    /// Where in the body: `vps[3].createdAt`, or `body` for the whole.
    pub place: String,
    /// What is wrong there, without any of the body's values.
    pub reason: String,
}

impl DecodeError {
    pub(crate) fn at(place: &str, reason: impl Into<String>) -> Self {
        Self {
            place: place.to_owned(),
            reason: reason.into(),
        }
    }

    /// The same, of a part that was read by itself.
    pub(crate) fn within(self, part: &str) -> Self {
        let place = match self.place.as_str() {
            "body" => part.to_owned(),
            place => format!("{part}.{place}"),
        };
        Self { place, ..self }
    }
}

/// What some servers write before a text.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// Reads the one object that a body is, and nothing behind it.
pub(crate) fn document<'de, T: Deserialize<'de>>(body: &'de [u8]) -> Result<T, DecodeError> {
    let body = body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(body);
    let mut reader = Deserializer::from_slice(body);
    let mut track = Track::new();
    let read = json::object(serde_path_to_error::Deserializer::new(
        &mut reader,
        &mut track,
    ))
    .map_err(|error| DecodeError {
        place: place(&track.path()),
        reason: reason(&error, body),
    })?;
    match reader.end() {
        Ok(()) => Ok(read),
        Err(_) => Err(DecodeError::at("body", "goes on behind its end")),
    }
}

/// The same where nobody is told what does not fit.
pub(crate) fn if_it_fits<'de, T: Deserialize<'de>>(body: &'de [u8]) -> Option<T> {
    let body = body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(body);
    fits(Deserializer::from_slice(body))
}

/// The same of text, which is quicker: what is known to be UTF-8 is not checked again, string by string.
pub(crate) fn text_if_it_fits<'de, T: Deserialize<'de>>(text: &'de str) -> Option<T> {
    fits(Deserializer::from_str(text))
}

fn fits<'de, T: Deserialize<'de>, R: Read<'de>>(mut reader: Deserializer<R>) -> Option<T> {
    let read = json::object(&mut reader).ok()?;
    reader.end().is_ok().then_some(read)
}

/// The same for long listings: places cost time, so they are looked for only once something does not fit.
pub(crate) fn listing<T: DeserializeOwned>(body: &[u8]) -> Result<T, DecodeError> {
    // What a browser loads has one reader of each: its long listings are checked by `verbatim`.
    if cfg!(target_arch = "wasm32") {
        return document(body);
    }
    let text = str::from_utf8(body).ok();
    text.and_then(text_if_it_fits)
        .map_or_else(|| document(body), Ok)
}

fn reason(error: &serde_json::Error, body: &[u8]) -> String {
    match error.classify() {
        Category::Eof if body.trim_ascii().is_empty() => "is empty".to_owned(),
        Category::Eof => "ends too early".to_owned(),
        Category::Syntax | Category::Io => "is not valid JSON".to_owned(),
        // Said by `json` or by a derived reader of a struct: neither quotes a value.
        Category::Data => {
            let text = error.to_string();
            let position = format!(" at line {} column {}", error.line(), error.column());
            let text = text.strip_suffix(&position).unwrap_or(&text);
            // Where a field is read by neither: serde would quote what it found.
            if text.starts_with("invalid ") {
                return "is of another type".to_owned();
            }
            text.to_owned()
        }
    }
}

/// A path as it is shown: names without what a terminal would take for more than text, and no longer
/// than any of a good reply.
fn place(path: &Path) -> String {
    let mut place = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => place.extend(["[", &index.to_string(), "]"]),
            Segment::Map { key: name } | Segment::Enum { variant: name } => {
                if !place.is_empty() {
                    place.push('.');
                }
                place.extend(name.chars().filter(|c| !c.is_control()).take(LONGEST_NAME));
            }
            Segment::Unknown => {}
        }
    }
    while place.len() > LONGEST_PLACE {
        place.pop();
    }
    if place.is_empty() {
        place.push_str("body");
    }
    place
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::{Account, Vps, Wallet};

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "what is refused is never read")]
    struct Listing {
        #[serde(deserialize_with = "json::objects")]
        vps: Vec<Vps>,
        #[serde(default, deserialize_with = "json::optional")]
        total: Option<u64>,
    }

    fn fault<T: DeserializeOwned + std::fmt::Debug>(body: &str) -> String {
        document::<T>(body.as_bytes()).unwrap_err().to_string()
    }

    fn fault_of_listing(body: &str) -> String {
        listing::<Listing>(body.as_bytes()).unwrap_err().to_string()
    }

    const ROW: &str = r#"{"id":"1","planId":"pro","billingCycle":"monthly","status":"active",
        "vpsStatus":"active","location":"london","createdAt":"2026-05-11T09:00:00.000Z"}"#;

    #[test]
    fn a_wrong_type_is_named_with_its_path_and_without_its_value() {
        let body = format!(r#"{{"vps":[{ROW},{}]}}"#, ROW.replace(r#""pro""#, "12345"));
        assert_eq!(
            fault_of_listing(&body),
            "vps[1].planId: must be a string, not a number"
        );
        assert_eq!(
            fault::<Wallet>(r#"{"balance":"hunter2, expected x","currency":"EUR"}"#),
            "balance: must be a number, not a string"
        );
        let body = format!(r#"{{"vps":[{}]}}"#, ROW.replace("2026-05-11T", "hunter2"));
        assert_eq!(
            fault_of_listing(&body),
            "vps[0].createdAt: must be an RFC 3339 time"
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
    fn an_array_in_place_of_an_object_is_refused_at_any_depth() {
        assert_eq!(
            fault::<Wallet>(r#"[1,"EUR"]"#),
            "body: must be an object, not an array"
        );
        assert_eq!(
            fault_of_listing(r#"{"vps":[["1"]]}"#),
            "vps[0]: must be an object, not an array"
        );
        let body = r#"{"id":"1","email":"e","role":"user","balance":1,"currency":"EUR",
            "affiliateStats":[1,2,3]}"#;
        assert_eq!(
            fault::<Account>(body),
            "affiliateStats: must be an object, not an array"
        );
        assert_eq!(
            fault_of_listing(r#"{"vps":{"id":"1"}}"#),
            "vps: must be an array, not an object"
        );
    }

    #[test]
    fn cut_and_overlong_documents_are_told_apart() {
        assert_eq!(fault::<Wallet>(""), "body: is empty");
        assert_eq!(fault::<Wallet>(" \n"), "body: is empty");
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
            "vps[1].x: ends too early"
        );
        for odd in ["{\"balance\":}", "x", "]", "{\"balance\":x", "{\"new\":[}"] {
            let said = fault::<Wallet>(odd);
            assert!(said.ends_with(": is not valid JSON"), "{odd}: {said}");
        }
        for cut in ["{\"balance\":tr", "{\"new\":[1,", "{\"a\":\"\\u00"] {
            let said = fault::<Wallet>(cut);
            assert!(said.ends_with(": ends too early"), "{cut}: {said}");
        }
        let overlong = r#"{"balance":1,"currency":"EUR"}x"#;
        assert_eq!(fault::<Wallet>(overlong), "body: goes on behind its end");
        assert_eq!(fault::<Wallet>("<html>"), "body: is not valid JSON");
    }

    #[test]
    fn a_byte_order_mark_is_read_over_once() {
        let body = "\u{feff}{\"balance\":1,\"currency\":\"EUR\"}";
        assert!(document::<Wallet>(body.as_bytes()).is_ok());
        let twice = format!("\u{feff}{body}");
        assert_eq!(fault::<Wallet>(&twice), "body: is not valid JSON");
    }

    #[test]
    fn what_is_there_twice_is_refused() {
        assert_eq!(
            fault_of_listing(r#"{"vps":[],"total":3,"total":0}"#),
            "body: duplicate field `total`"
        );
        assert_eq!(
            fault_of_listing(r#"{"vps":[{"id":"1","id":"2"}]}"#),
            "vps[0]: duplicate field `id`"
        );
    }

    #[test]
    fn a_place_is_short_and_holds_nothing_that_a_terminal_obeys() {
        let odd = format!("{{\"\\u001b[2J{}\":x", "\u{fc}".repeat(200));
        let said = document::<Wallet>(odd.as_bytes()).unwrap_err();
        assert!(said.place.len() <= LONGEST_PLACE, "{said}");
        assert!(said.place.starts_with("[2J\u{fc}"), "{said}");
        let mut path = String::new();
        for level in 0..40 {
            path = format!("{{\"level{level}\":{path}");
        }
        let said = document::<json::Given>(path.as_bytes()).unwrap_err();
        assert_eq!(said.place.len(), LONGEST_PLACE, "{said}");
    }
}
