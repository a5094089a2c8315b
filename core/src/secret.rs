//! Text that must never be shown by accident.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use crate::json::{Json, Writer, text_field};

/// A secret: a key or a password. Every text form is `***`; [`Secret::reveal`] gives the value.
///
/// Serialising writes the value, because that is how it reaches the package that asked for it.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
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

text_field!(Secret, "a string");

impl Json for Secret {
    fn write(&self, to: &mut Writer) {
        to.text(&self.0);
    }
}

/// Takes secrets out of text that somebody else wrote: an error's words, an excerpt of a body.
///
/// Known secrets become `***`, and so does whatever looks like a key of the service. Control
/// characters become spaces, and what is longer than `limit` characters ends in `...`.
pub(crate) fn scrub(text: &str, known: &[&str], limit: usize) -> String {
    let mut clean = text.to_owned();
    for secret in known.iter().filter(|secret| secret.len() >= 4) {
        clean = clean.replace(secret, "***");
    }
    clean = mask_keys(&clean);
    let spaced = clean.chars().map(|c| if c.is_control() { ' ' } else { c });
    let mut cut: String = spaced.clone().take(limit).collect();
    if spaced.count() > limit {
        cut.push_str("...");
    }
    cut
}

/// Shows no more of anything that begins like a key of the service than its kind.
fn mask_keys(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("svps_") {
        let (before, found) = rest.split_at(at);
        let end = found
            .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '-'))
            .unwrap_or(found.len());
        let (_, after) = found.split_at(end);
        masked.push_str(before);
        masked.push_str("svps_***");
        rest = after;
    }
    masked.push_str(rest);
    masked
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
    fn long_text_is_cut_between_characters() {
        assert_eq!(scrub("äöüäöü", &[], 3), "äöü...");
    }
}
