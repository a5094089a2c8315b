//! How an asynchronous client's requests are sent.

use std::pin::Pin;
use std::sync::Arc;

use stablevps_core::http::{HttpRequest, Reply};

use super::Stack;
use crate::client::trace::Sent;

/// What becomes of a request, in time.
pub type SendFuture<'a> = Pin<Box<dyn Future<Output = Reply> + Send + 'a>>;

/// Another way to send an [`AsyncClient`](crate::AsyncClient)'s requests, for tests and for networks of your own.
///
/// Requests buy things, so an implementation must keep three promises:
///
/// - It sends each request once. It follows no redirect and repeats nothing.
/// - It sends a request of the class [`Once`](crate::http::RetryClass::Once) on a connection of its own, because
///   a kept one may break after the request was written.
/// - It reports [`NotSent`](crate::http::Delivery::NotSent) only where not one byte of the request can have
///   reached the server, and [`Unknown`](crate::http::Delivery::Unknown) otherwise.
///
/// A response's body is handed over decoded from its content coding. A body that was cut off, or that is longer
/// than 16 MiB, is a failure. The future may be dropped at any time.
pub trait AsyncTransport: Send + Sync {
    /// Sends a request and waits for what becomes of it, for `timeout_ms` at most.
    fn send<'a>(&'a self, request: &'a HttpRequest) -> SendFuture<'a>;
}

/// What sends a client's requests.
pub(crate) enum Sender {
    /// The HTTP stack of this crate.
    BuiltIn(Stack),
    /// The user's.
    Own(Arc<dyn AsyncTransport>),
}

impl Sender {
    pub(crate) async fn send(&self, request: &HttpRequest) -> Reply {
        let sent = Sent::of(request);
        let reply = match self {
            Self::BuiltIn(stack) => stack.send(request).await,
            Self::Own(transport) => transport.send(request).await,
        };
        sent.ended(&reply);
        reply
    }
}
