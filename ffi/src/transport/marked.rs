//! The outermost link of a connection: it lets a request's bytes out only through the request's
//! gate.

use std::fmt;
use std::io;
use std::sync::Weak;

use ureq::Error;
use ureq::unversioned::transport::{Buffers, NextTimeout, ShutdownHandle, Transport};

use super::request_context;

/// An established connection to the server, inside TLS where there is TLS.
///
/// Everything that ureq writes to it is part of an HTTP request: handshakes and the talk with a
/// proxy go to the links further in. So the first write that gets here is the moment after which a
/// request may have been delivered, and as long as none did, it certainly was not.
pub(super) struct Marked {
    inner: Box<dyn Transport>,
    socket: Weak<dyn ShutdownHandle>,
}

impl Marked {
    /// Marks a connection; `socket` shuts it.
    pub(super) fn new(inner: Box<dyn Transport>, socket: Weak<dyn ShutdownHandle>) -> Self {
        Self { inner, socket }
    }
}

impl fmt::Debug for Marked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Marked").field(&self.inner).finish()
    }
}

impl Transport for Marked {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.inner.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        request_context::pass_gate(&self.socket)
            .map_err(|_shut| Error::Io(io::Error::other("the request was given up")))?;
        self.inner.transmit_output(amount, timeout)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        self.inner.await_input(timeout).map_err(never_a_clean_end)
    }

    fn is_open(&mut self) -> bool {
        self.inner.is_open()
    }

    fn is_tls(&self) -> bool {
        self.inner.is_tls()
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
