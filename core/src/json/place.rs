//! Where in a document a reader got stuck.

use super::Misfit;

/// The misfit of a text that is not JSON where `rest` begins.
pub(super) fn of_syntax(body: &[u8], rest: &[u8]) -> Misfit {
    const LITERALS: [&[u8]; 3] = [b"true", b"false", b"null"];
    let read = body.len().saturating_sub(rest.len());
    // The lexer takes a literal's first letter before it looks at the others.
    let cut_literal = |literal: &&[u8]| literal.get(1..).is_some_and(|end| end.starts_with(rest));
    let reason = if rest.is_empty() || LITERALS.iter().any(cut_literal) {
        "ends too early"
    } else {
        "is not valid JSON"
    };
    Misfit::at(&place_at(body, read), reason)
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
    String::from_utf8(text).unwrap_or_default()
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
