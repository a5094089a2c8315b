//! Words put together of text.
//!
//! Formatting with widths, signs and all the rest would be a thirtieth of what a browser loads, for
//! sentences that need none of it.

use crate::prelude::*;

/// Text that is put together of parts.
macro_rules! words {
    ($($part:expr),+ $(,)?) => {
        [$(AsRef::<str>::as_ref(&$part)),+].concat()
    };
}

pub(crate) use words;

/// A number with so many digits at least.
pub(crate) fn padded(number: u64, digits: usize) -> String {
    let number = number.to_string();
    words!("0".repeat(digits.saturating_sub(number.len())), number)
}

/// A number in sixteen hexadecimal digits.
pub(crate) fn hex(number: u64) -> String {
    let places = (0..16).rev().map(|place| (number >> (place * 4)) & 15);
    places.map(hex_digit).collect()
}

/// A number below 16 as a hexadecimal digit.
pub(crate) fn hex_digit(number: u64) -> char {
    u32::try_from(number)
        .ok()
        .and_then(|number| char::from_digit(number, 16))
        .unwrap_or('0')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_the_digits_that_formatting_gives_them() {
        for number in [0, 7, 99, 100, 0xdead_beef, u64::MAX] {
            assert_eq!(hex(number), format!("{number:016x}"));
            assert_eq!(padded(number, 2), format!("{number:02}"));
            assert_eq!(padded(number, 16), format!("{number:016}"));
        }
    }
}
