//! From values to a document.

use crate::prelude::*;
use crate::words::hex_digit;

/// A JSON document that grows.
pub(crate) struct Writer(String);

/// What can be written as JSON.
pub(crate) trait Json {
    fn write(&self, to: &mut Writer);
}

/// The document that a value is.
pub(crate) fn written(value: &dyn Json) -> String {
    let mut writer = Writer(String::new());
    value.write(&mut writer);
    writer.0
}

/// The document that is an object with these fields.
pub(crate) fn object(fields: &[(&str, &dyn Json)]) -> String {
    let mut writer = Writer(String::new());
    writer.object(fields);
    writer.0
}

impl Writer {
    /// An object with these fields in this order.
    pub fn object(&mut self, fields: &[(&str, &dyn Json)]) {
        self.fields(&mut fields.iter().copied());
    }

    /// The same, where the names stand by themselves: they are not put together anew with every object.
    pub fn record(&mut self, names: &[&str], values: &[&dyn Json]) {
        debug_assert_eq!(names.len(), values.len(), "each name has its value");
        self.fields(&mut names.iter().copied().zip(values.iter().copied()));
    }

    fn fields<'a>(&mut self, fields: &mut dyn Iterator<Item = (&'a str, &'a dyn Json)>) {
        let mut before = "{\"";
        let mut end = "{}";
        for (name, value) in fields {
            // Names are the product's own, and plain.
            for part in [before, name, "\":"] {
                self.0.push_str(part);
            }
            value.write(self);
            before = ",\"";
            end = "}";
        }
        self.0.push_str(end);
    }

    /// An array of these items in this order.
    pub fn array(&mut self, items: &mut dyn Iterator<Item = &dyn Json>) {
        let mut before = '[';
        for item in items {
            self.0.push(before);
            item.write(self);
            before = ',';
        }
        self.0.push_str(if before == '[' { "[]" } else { "]" });
    }

    /// A string.
    pub fn text(&mut self, text: &str) {
        self.0.push('"');
        for c in text.chars() {
            match c {
                '"' | '\\' => self.0.extend(['\\', c]),
                '\0'..='\u{1f}' => {
                    let code = u32::from(c);
                    self.0.push_str("\\u00");
                    self.0
                        .extend([code >> 4, code & 15].map(|half| hex_digit(half.into())));
                }
                _ => self.0.push(c),
            }
        }
        self.0.push('"');
    }

    /// Text that is JSON already.
    pub fn raw(&mut self, json: &str) {
        self.0.push_str(json);
    }
}

impl Json for str {
    fn write(&self, to: &mut Writer) {
        to.text(self);
    }
}

impl Json for String {
    fn write(&self, to: &mut Writer) {
        to.text(self);
    }
}

impl Json for bool {
    fn write(&self, to: &mut Writer) {
        to.raw(if *self { "true" } else { "false" });
    }
}

impl Json for u64 {
    fn write(&self, to: &mut Writer) {
        to.raw(&self.to_string());
    }
}

macro_rules! smaller_numbers {
    ($($type:ty),+) => {
        $(impl Json for $type {
            fn write(&self, to: &mut Writer) {
                u64::from(*self).write(to);
            }
        })+
    };
}

smaller_numbers!(u16, u32);

impl<T: Json + ?Sized> Json for &T {
    fn write(&self, to: &mut Writer) {
        (**self).write(to);
    }
}

impl<T: Json> Json for Option<T> {
    fn write(&self, to: &mut Writer) {
        match self {
            Some(value) => value.write(to),
            None => to.raw("null"),
        }
    }
}

impl<T: Json> Json for Vec<T> {
    fn write(&self, to: &mut Writer) {
        to.array(&mut self.iter().map(|item| -> &dyn Json { item }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_text_is_read_back_as_it_was() {
        let all: String = (0..0x180)
            .chain([0x2028, 0xfeff, 0x1_f600])
            .filter_map(char::from_u32)
            .collect();
        let read: String = serde_json::from_str(&written(&all)).unwrap();
        assert_eq!(read, all);
    }
}
