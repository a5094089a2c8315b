//! Replies as ureq can read them.
//!
//! ureq refuses two things that HTTP allows: a `100 Continue` that has headers, and a line longer than 20 bytes
//! that says how long a chunk is. A reply that can't be read is a lost one, and a lost reply to an order costs
//! minutes. So what a connection receives passes through here first: informational replies are left out, and
//! the lines of chunks are cut down to their number. Everything else goes through untouched.
//!
//! ```text
//! Head --1xx--> Head        Head --chunked--> Size --> Data --> Size
//! Head --else--> Rest                          Size --0--> Rest
//! ```

use std::mem;

/// A longer head is handed on as it is: ureq refuses it.
const LONGEST_HEAD: usize = 64 * 1024;
/// A longer line of a chunk is handed on as it is: ureq refuses it.
const LONGEST_LINE: usize = 8 * 1024;

/// What is being received.
#[derive(Debug, Default)]
enum Part {
    /// A status line and headers.
    #[default]
    Head,
    /// The line that says how long the next chunk is.
    Size,
    /// So many bytes of a chunk, with the line break at its end.
    Data(u64),
    /// What goes through untouched, until the next request.
    Rest,
}

/// The bytes of one connection on their way to ureq.
#[derive(Debug, Default)]
pub(super) struct Tidy {
    part: Part,
    /// The beginning of a head or a line whose end has not come.
    withheld: Vec<u8>,
}

impl Tidy {
    /// A request is sent: what comes next is the head of its reply.
    pub(super) fn expect_reply(&mut self) {
        self.part = Part::Head;
    }

    /// Whether whatever comes until the next request goes through untouched.
    pub(super) fn passes_all(&self) -> bool {
        matches!(self.part, Part::Rest) && self.withheld.is_empty()
    }

    /// Takes what was received, and appends what can be handed on.
    pub(super) fn pass(&mut self, received: &[u8], out: &mut Vec<u8>) {
        let mut rest = received;
        while !rest.is_empty() {
            rest = match self.part {
                Part::Head => self.head(rest, out),
                Part::Size => self.size(rest, out),
                Part::Data(left) => self.data(left, rest, out),
                Part::Rest => {
                    out.extend_from_slice(rest);
                    &[]
                }
            };
        }
    }

    /// The connection has ended: hands on whatever there is.
    pub(super) fn end(&mut self, out: &mut Vec<u8>) {
        self.part = Part::Rest;
        out.append(&mut self.withheld);
    }

    fn head<'a>(&mut self, received: &'a [u8], out: &mut Vec<u8>) -> &'a [u8] {
        let Some(rest) = self.take_until(b"\r\n\r\n", received, LONGEST_HEAD, out) else {
            return &[];
        };
        let head = mem::take(&mut self.withheld);
        if !matches!(status(&head), Some(100 | 102..=199)) {
            self.part = if is_chunked(&head) {
                Part::Size
            } else {
                Part::Rest
            };
            out.extend_from_slice(&head);
        }
        rest
    }

    fn size<'a>(&mut self, received: &'a [u8], out: &mut Vec<u8>) -> &'a [u8] {
        let Some(rest) = self.take_until(b"\r\n", received, LONGEST_LINE, out) else {
            return &[];
        };
        let line = mem::take(&mut self.withheld);
        if let Some(length) = length(&line) {
            out.extend_from_slice(format!("{length:x}\r\n").as_bytes());
            self.part = match length {
                0 => Part::Rest,
                _ => Part::Data(length.saturating_add(2)),
            };
        } else {
            self.part = Part::Rest;
            out.extend_from_slice(&line);
        }
        rest
    }

    fn data<'a>(&mut self, left: u64, received: &'a [u8], out: &mut Vec<u8>) -> &'a [u8] {
        let amount = usize::try_from(left)
            .unwrap_or(usize::MAX)
            .min(received.len());
        let (data, rest) = received.split_at(amount);
        out.extend_from_slice(data);
        self.part = match left.saturating_sub(amount as u64) {
            0 => Part::Size,
            left => Part::Data(left),
        };
        rest
    }

    /// Withholds bytes up to the end that is looked for, and gives what follows it; nothing where the end has not
    /// come. Where it is too far off, everything is handed on.
    fn take_until<'a>(
        &mut self,
        end: &[u8],
        received: &'a [u8],
        longest: usize,
        out: &mut Vec<u8>,
    ) -> Option<&'a [u8]> {
        let before = self.withheld.len();
        // As a rule the end has come along with what follows it, which is not to be copied for nothing.
        if before == 0
            && let Some(position) = position(received, end)
        {
            let (found, rest) = received.split_at(position + end.len());
            self.withheld.extend_from_slice(found);
            return Some(rest);
        }
        self.withheld.extend_from_slice(received);
        // The end may have begun in what was there before.
        let from = before.saturating_sub(end.len() - 1);
        let found = self
            .withheld
            .get(from..)
            .and_then(|tail| position(tail, end));
        if let Some(position) = found {
            let length = from + position + end.len();
            self.withheld.truncate(length);
            return received.get(length - before..);
        }
        if self.withheld.len() > longest {
            self.end(out);
        }
        None
    }
}

/// Where in a text an end is.
fn position(text: &[u8], end: &[u8]) -> Option<usize> {
    text.windows(end.len()).position(|window| window == end)
}

/// The status of a reply whose head this is.
fn status(head: &[u8]) -> Option<u16> {
    let line = head.strip_prefix(b"HTTP/1.")?;
    str::from_utf8(line.get(2..5)?).ok()?.parse().ok()
}

/// Whether the body comes in chunks.
fn is_chunked(head: &[u8]) -> bool {
    head.split(|byte| *byte == b'\n').any(|line| {
        let Some(colon) = line.iter().position(|byte| *byte == b':') else {
            return false;
        };
        let (name, value) = line.split_at(colon);
        name.eq_ignore_ascii_case(b"transfer-encoding")
            && value
                .to_ascii_lowercase()
                .trim_ascii_end()
                .ends_with(b"chunked")
    })
}

/// How long the chunk is that a line announces. What follows a semicolon is an extension.
fn length(line: &[u8]) -> Option<u64> {
    let digits = line.split(|byte| *byte == b';').next()?.trim_ascii();
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    u64::from_str_radix(str::from_utf8(digits).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is handed on of a stream that arrives in pieces of a size.
    fn passed(stream: &[u8], piece: usize) -> String {
        let (mut tidy, mut out) = (Tidy::default(), Vec::new());
        for part in stream.chunks(piece) {
            tidy.pass(part, &mut out);
        }
        tidy.end(&mut out);
        String::from_utf8(out).unwrap()
    }

    fn assert_passed(stream: &str, expected: &str) {
        for piece in 1..=stream.len() {
            assert_eq!(
                passed(stream.as_bytes(), piece),
                expected,
                "in pieces of {piece}"
            );
        }
    }

    const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";

    #[test]
    fn informational_replies_are_left_out_however_they_arrive() {
        assert_passed(
            &format!(
                "HTTP/1.1 100 Continue\r\nx: y\r\n\r\nHTTP/1.1 103 Hints\r\n\r\nHTTP/1.0 100\r\n\r\n{OK}"
            ),
            OK,
        );
        assert_passed(OK, OK);
        let switching = "HTTP/1.1 101 Switching\r\nx: y\r\n\r\nbytes";
        assert_passed(switching, switching);
    }

    #[test]
    fn a_line_of_a_chunk_is_cut_down_to_its_number() {
        let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, Chunked \r\n\r\n";
        let long = "x".repeat(100);
        assert_passed(
            &format!(
                "{head}00000000000000000000000000000002 ;{long}={long}\r\n{{}}\r\nA;a\r\n1\r\n0\r\n\r\n;x\r\n0;b\r\nx: y\r\n\r\n"
            ),
            &format!("{head}2\r\n{{}}\r\na\r\n1\r\n0\r\n\r\n;x\r\n0\r\nx: y\r\n\r\n"),
        );
    }

    #[test]
    fn what_makes_no_sense_is_handed_on_for_ureq_to_refuse() {
        for nonsense in ["HTTP/1.1 200", "SSH-2.0\r\n\r\nHTTP/1.1 100\r\n\r\n"] {
            assert_passed(nonsense, nonsense);
        }
        let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
        for line in ["-2", "+2", "2x", "", "11111111111111111"] {
            let stream = format!("{head}{line}\r\nrest\r\n");
            assert_passed(&stream, &stream);
        }
        let endless = "a".repeat(LONGEST_HEAD + 1);
        assert_eq!(passed(endless.as_bytes(), 1000), endless);
    }

    #[test]
    fn all_passes_once_the_head_of_a_reply_with_a_length_has() {
        let (mut tidy, mut out) = (Tidy::default(), Vec::new());
        for _ in 0..2 {
            tidy.expect_reply();
            for (stream, passes_all) in [
                ("HTTP/1.1 103 Hints\r\n\r\n", false),
                ("HTTP/1.1 200 OK\r\n", false),
                ("content-length: 2\r\n\r\n", true),
                ("{}", true),
            ] {
                tidy.pass(stream.as_bytes(), &mut out);
                assert_eq!(tidy.passes_all(), passes_all, "{stream}");
            }
            tidy.expect_reply();
            tidy.pass(
                b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n",
                &mut out,
            );
            assert!(!tidy.passes_all());
            tidy.pass(b"0\r\n\r\n", &mut out);
            assert!(tidy.passes_all());
        }
    }

    #[test]
    fn every_reply_of_a_kept_connection_is_tidied() {
        let (mut tidy, mut out) = (Tidy::default(), Vec::new());
        for _ in 0..2 {
            tidy.expect_reply();
            tidy.pass(b"HTTP/1.1 100 Continue\r\nx: y\r\n\r\n", &mut out);
            tidy.pass(OK.as_bytes(), &mut out);
        }
        assert_eq!(out, [OK, OK].concat().as_bytes());
    }
}
