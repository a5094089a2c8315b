//! A reply's body, whole or cut.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use hyper::body::{Body, Bytes, Frame, SizeHint};
use tokio::time::Sleep;

/// Long enough for what was written to leave before the connection breaks.
const PAUSE: Duration = Duration::from_millis(20);

/// Sends its bytes and ends, or promises more than them and breaks off.
pub(crate) struct ReplyBody {
    bytes: Option<Bytes>,
    promised: u64,
    breaks_off_after: Option<Pin<Box<Sleep>>>,
}

/// Why the connection closes.
#[derive(Debug)]
pub(crate) struct Broken;

impl ReplyBody {
    pub(crate) fn whole(body: Vec<u8>) -> Self {
        let promised = body.len() as u64;
        Self {
            bytes: (!body.is_empty()).then(|| body.into()),
            promised,
            breaks_off_after: None,
        }
    }

    pub(crate) fn cut(mut body: Vec<u8>, keep: usize) -> Self {
        let promised = body.len() as u64;
        body.truncate(keep);
        Self {
            promised,
            breaks_off_after: Some(Box::pin(tokio::time::sleep(PAUSE))),
            ..Self::whole(body)
        }
    }
}

impl Body for ReplyBody {
    type Data = Bytes;
    type Error = Broken;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Broken>>> {
        if let Some(bytes) = self.bytes.take() {
            return Poll::Ready(Some(Ok(Frame::data(bytes))));
        }
        match &mut self.breaks_off_after {
            None => Poll::Ready(None),
            Some(pause) => {
                ready!(pause.as_mut().poll(context));
                Poll::Ready(Some(Err(Broken)))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.bytes.is_none() && self.breaks_off_after.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.promised)
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the exchange was broken off on purpose")
    }
}

impl std::error::Error for Broken {}
