//! The outermost link of a connection: it lets a request's bytes out only through the request's
//! gate, and a reply's bytes in as ureq can read them.

use std::fmt;
use std::io;
use std::sync::Weak;
use std::time::Instant;

use ureq::Error;
use ureq::unversioned::transport::time::Duration;
use ureq::unversioned::transport::{Buffers, NextTimeout, ShutdownHandle, Transport};

use super::request_context;
use super::tidy::Tidy;

/// An established connection to the server, inside TLS where there is TLS.
///
/// Everything that ureq writes to it is part of an HTTP request: handshakes and the talk with a
/// proxy go to the links further in. So the first write that gets here is the moment after which a
/// request may have been delivered, and as long as none did, it certainly was not.
pub(super) struct Marked {
    inner: Box<dyn Transport>,
    socket: Weak<dyn ShutdownHandle>,
    tidy: Tidy,
    input: Input,
}

/// What of the reply ureq has not taken yet.
#[derive(Default)]
struct Input {
    bytes: Vec<u8>,
    consumed: usize,
    /// Whether ureq took something when it was last asked.
    progress: bool,
}

impl Marked {
    /// Marks a connection; `socket` shuts it.
    pub(super) fn new(inner: Box<dyn Transport>, socket: Weak<dyn ShutdownHandle>) -> Self {
        Self {
            inner,
            socket,
            tidy: Tidy::default(),
            input: Input::default(),
        }
    }

    /// Whether ureq may take its input where it is received. Long bodies are not copied then.
    fn is_plain(&self) -> bool {
        self.tidy.passes_all() && self.input().is_empty()
    }
}

impl fmt::Debug for Marked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Marked").field(&self.inner).finish()
    }
}

impl Transport for Marked {
    fn buffers(&mut self) -> &mut dyn Buffers {
        if self.is_plain() {
            self.inner.buffers()
        } else {
            self
        }
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        request_context::pass_gate(&self.socket)
            .map_err(|_shut| Error::Io(io::Error::other("the request was given up")))?;
        self.tidy.expect_reply();
        self.inner.transmit_output(amount, timeout)
    }

    /// ureq takes no input for the end of the reply: this waits until there is some.
    fn await_input(&mut self, mut timeout: NextTimeout) -> Result<bool, Error> {
        if self.is_plain() {
            return self.inner.await_input(timeout).map_err(never_a_clean_end);
        }
        let (begun, whole) = (Instant::now(), timeout.after);
        self.input.bytes.drain(..self.input.consumed);
        self.input.consumed = 0;
        let before = self.input.bytes.len();
        loop {
            let is_open = self.inner.await_input(timeout).map_err(never_a_clean_end)?;
            let buffers = self.inner.buffers();
            let received = buffers.input();
            let amount = received.len();
            self.tidy.pass(received, &mut self.input.bytes);
            buffers.input_consume(amount);
            if !is_open {
                self.tidy.end(&mut self.input.bytes);
            }
            if !is_open || self.input.bytes.len() > before {
                return Ok(self.input.bytes.len() > before);
            }
            if let Duration::Exact(span) = whole {
                let left = span.saturating_sub(begun.elapsed());
                if left.is_zero() {
                    return Err(Error::Timeout(timeout.reason));
                }
                timeout.after = Duration::Exact(left);
            }
        }
    }

    fn is_open(&mut self) -> bool {
        self.inner.is_open()
    }

    fn is_tls(&self) -> bool {
        self.inner.is_tls()
    }
}

impl Buffers for Marked {
    fn output(&mut self) -> &mut [u8] {
        self.inner.buffers().output()
    }

    fn tmp_and_output(&mut self) -> (&mut [u8], &mut [u8]) {
        self.inner.buffers().tmp_and_output()
    }

    fn input(&self) -> &[u8] {
        self.input.bytes.get(self.input.consumed..).unwrap_or(&[])
    }

    fn input_append_buf(&mut self) -> &mut [u8] {
        self.inner.buffers().input_append_buf()
    }

    fn input_appended(&mut self, amount: usize) {
        self.inner.buffers().input_appended(amount);
    }

    fn input_consume(&mut self, amount: usize) {
        self.input.progress = amount > 0;
        self.input.consumed = (self.input.consumed + amount).min(self.input.bytes.len());
    }

    fn can_use_input(&self) -> bool {
        !self.input().is_empty() && self.input.progress
    }
}

/// ureq takes a reset, or TLS that stops without saying goodbye, for the end of a body that has no
/// length. Such a body may have been cut off anywhere, so these errors are renamed to ones that it
/// passes on.
fn never_a_clean_end(error: Error) -> Error {
    match error {
        Error::Io(cause)
            if matches!(
                cause.kind(),
                io::ErrorKind::UnexpectedEof
                    | io::ErrorKind::ConnectionAborted
                    | io::ErrorKind::ConnectionReset
            ) =>
        {
            Error::Io(io::Error::other(cause.to_string()))
        }
        other => other,
    }
}
