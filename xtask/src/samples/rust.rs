//! Writes the Rust client's samples.

use std::fmt::Write as _;

use super::{Sample, Samples, words};
use crate::models::{Field, Models};
use crate::python_models::snake;

const HEAD: &str = "\
//! Samples of the models. Written by `cargo xtask generate` from the core's models.

use std::fmt::Debug;
use std::str::FromStr;

/// A value of a sample: its text is a good one.
#[allow(clippy::expect_used)]
fn read<T: FromStr<Err: Debug>>(text: &str) -> T {
    text.parse().expect(\"the values of samples can be read\")
}
";

/// The module's text.
pub fn module(models: &Models) -> String {
    let mut text = HEAD.to_owned();
    for (structure, fields) in Samples::new(models).all() {
        let name = &structure.name;
        let _ = write!(
            text,
            "\n/// {}\n#[must_use]\npub fn {}() -> crate::{name} {{\n    crate::{name} {{\n",
            words(structure),
            function(name)
        );
        for (field, sample) in fields {
            let _ = writeln!(
                text,
                "        {}: {},",
                snake(&field.name),
                value(field, &sample)
            );
        }
        text.push_str("    }\n}\n");
    }
    text
}

fn function(structure: &str) -> String {
    format!("sample{}", snake(structure))
}

fn value(field: &Field, sample: &Sample) -> String {
    let value = match sample {
        Sample::Absent => return "None".to_owned(),
        Sample::Empty => "Vec::new()".to_owned(),
        Sample::Text(text) => format!("read(\"{text}\")"),
        Sample::Time(time) => format!("read(\"{time}\")"),
        Sample::Integer(number) => grouped(*number),
        Sample::Boolean(boolean) => boolean.to_string(),
        Sample::Named { set, variant, .. } => format!("crate::{set}::{variant}"),
        Sample::Structure(name) => format!("{}()", function(name)),
        Sample::Ids(ids) => {
            let ids: Vec<_> = ids.iter().map(|id| format!("read(\"{id}\")")).collect();
            format!("vec![{}]", ids.join(", "))
        }
    };
    if field.is_optional {
        format!("Some({value})")
    } else {
        value
    }
}

/// A number with its thousands apart.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push('_');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn thousands_are_apart() {
        let written: Vec<_> = [0, 12, 4_000, 120_000].map(grouped).into();
        assert_eq!(written, ["0", "12", "4_000", "120_000"]);
    }
}
