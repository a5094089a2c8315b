//! Header fields as one text: `name: value`, one a line. That is one string to hand over, whatever
//! their number, and neither a name nor a value can contain a line break.

/// Reads them.
pub fn read(text: &str) -> Vec<(String, String)> {
    text.lines()
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_owned(), value.trim().to_owned()))
        .collect()
}

/// Writes them.
#[cfg(feature = "simulator")]
pub fn write(headers: &[(String, String)]) -> String {
    let mut text = String::new();
    for (name, value) in headers {
        text.extend([name, ": ", value, "\n"]);
    }
    text
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_value_may_hold_colons_and_be_empty() {
        let text = "date: Sun, 06 Nov 1994 08:49:37 GMT\nretry-after:7\nx-empty: \n";
        let expected = [
            ("date", "Sun, 06 Nov 1994 08:49:37 GMT"),
            ("retry-after", "7"),
            ("x-empty", ""),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(super::read(text), expected);
    }
}
