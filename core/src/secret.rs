//! Text that must never be shown by accident.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use serde::Serialize;

use crate::json::text_scalar;

/// A secret: a key or a password. Every text form is `***`; [`Secret::reveal`] gives the value.
///
/// Serialising writes the value, because that is how it reaches the package that asked for it.
#[derive(Clone, Default, PartialEq, Eq, Hash, Serialize)]
pub struct Secret(String);

impl Secret {
    /// Keeps a text secret.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl FromStr for Secret {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self::new(text))
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

text_scalar!(Secret, "a string");

#[cfg(feature = "uniffi")]
uniffi::custom_type!(Secret, String, {
    lower: |secret| secret.0,
    try_lift: |text| Ok(Secret(text)),
});

/// Takes secrets out of text that somebody else wrote: an error's words, an excerpt of a body.
///
/// Known secrets become `***`, and so does whatever looks like a key of the service. Control
/// characters become spaces, and what is longer than `limit` characters ends in `...`.
pub(crate) fn scrub(text: &str, known: &[&str], limit: usize) -> String {
    let mut clean = String::new();
    let mut shown = 0;
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        if shown >= limit {
            clean.push_str("...");
            break;
        }
        let (secret, placeholder) = secret_at(rest, known);
        if secret > 0 {
            clean.push_str(placeholder);
            shown = shown.saturating_add(placeholder.len());
            rest = rest.get(secret..).unwrap_or_default();
        } else {
            clean.push(if next.is_control() { ' ' } else { next });
            shown = shown.saturating_add(1);
            rest = rest.get(next.len_utf8()..).unwrap_or_default();
        }
    }
    clean
}

/// How long the secret is that a text begins with, and what to show in its stead. Of what begins like
/// a key of the service no more is shown than that. A secret that begins within another goes with it.
fn secret_at(text: &str, known: &[&str]) -> (usize, &'static str) {
    let (key, secret) = (key_at(text), known_at(text, known));
    let mut end = key.max(secret);
    let mut place = 1;
    while place < end {
        if let Some(rest) = text.get(place..) {
            let inner = key_at(rest).max(known_at(rest, known));
            end = end.max(place.saturating_add(inner));
        }
        place = place.saturating_add(1);
    }
    (end, if secret >= key { "***" } else { "svps_***" })
}

/// How long the key is that a text begins with.
fn key_at(text: &str) -> usize {
    let in_key = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if text.starts_with("svps_") {
        text.len()
            .saturating_sub(text.trim_start_matches(in_key).len())
    } else {
        0
    }
}

/// How long the longest of the known secrets is that a text begins with.
fn known_at(text: &str, known: &[&str]) -> usize {
    let known = known.iter().filter(|secret| secret.len() >= 4);
    let there = known.filter(|secret| text.starts_with(**secret));
    there.map(|secret| secret.len()).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_form_shows_the_value() {
        let secret = Secret::new("hunter2");
        assert_eq!(format!("{secret} {secret:?}"), "*** ***");
        assert_eq!(secret.reveal(), "hunter2");
    }

    #[test]
    fn known_secrets_and_key_shaped_text_are_taken_out() {
        let said = "key svps_live_a3f7c2 of p4ssw0rd\nrefused";
        assert_eq!(
            scrub(said, &["p4ssw0rd"], 80),
            "key svps_*** of *** refused"
        );
    }

    #[test]
    fn the_longest_secret_at_a_place_is_taken_out_whole() {
        let known = ["pass", "passphrase", "abc"];
        assert_eq!(scrub("passphrase, pass, abc", &known, 80), "***, ***, abc");
        assert_eq!(scrub("svps_live_a3f7!", &["svps_live_a3f7!"], 80), "***");
        assert_eq!(scrub("svps_pa$$w0rd.", &["pa$$w0rd"], 80), "svps_***.");
        assert_eq!(scrub("abcdefghij", &["cdefghij", "abcd"], 80), "***");
    }

    #[test]
    fn long_text_is_cut_between_characters() {
        assert_eq!(scrub("äöüäöü", &[], 3), "äöü...");
    }
}
