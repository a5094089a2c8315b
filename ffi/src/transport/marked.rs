//! The outermost link of a connection: it lets a request's bytes out only through the request's
//! gate.

use std::io;

use ureq::Error;
use ureq::unversioned::transport::{Buffers, NextTimeout, Transport};

use super::trip;

/// An established connection to the server, inside TLS where there is TLS.
///
/// Everything that ureq writes to it is part of an HTTP request: handshakes and the talk with a
/// proxy go to the links further in. So the first write that gets here is the moment after which a
/// request may have been delivered, and as long as none did, it certainly was not.
#[derive(Debug)]
pub(super) struct Marked(pub(super) Box<dyn Transport>);

impl Transport for Marked {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.0.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        trip::pass_gate()
            .map_err(|_shut| Error::Io(io::Error::other("the request was given up")))?;
        self.0.transmit_output(amount, timeout)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        self.0.await_input(timeout).map_err(never_a_clean_end)
    }

    fn is_open(&mut self) -> bool {
        self.0.is_open()
    }

    fn is_tls(&self) -> bool {
        self.0.is_tls()
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
