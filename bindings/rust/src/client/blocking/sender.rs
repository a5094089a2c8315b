//! How a blocking client's requests are sent.

use std::sync::Arc;
use std::time::Duration;

use stablevps_core::http::{HttpRequest, Reply, RetryClass};

use crate::client::driver::too_late;
use crate::client::stop::Stopper;
use crate::client::trace::Sent;
use crate::moment::Moment;
use crate::transport::HttpTransport;

/// How long a thread waits for a reply before it waits on. Every request has a time limit of its own.
const SLICE: Duration = Duration::from_mins(1);

/// Another way to send requests, for tests and for networks of your own.
///
/// Requests buy things, so an implementation must keep three promises:
///
/// - It sends each request once. It follows no redirect and repeats nothing.
/// - It sends a request of the class [`Once`](RetryClass::Once) on a connection of its own, because a kept one
///   may break after the request was written.
/// - It reports [`NotSent`](stablevps_core::http::Delivery::NotSent) only where not one byte of the request can
///   have reached the server, and [`Unknown`](stablevps_core::http::Delivery::Unknown) otherwise.
///
/// A response's body is handed over decoded from its content coding. A body that was cut off, or that is longer
/// than 16 MiB, is a failure.
pub trait Transport: Send + Sync {
    /// Sends a request and waits for what becomes of it, for `timeout_ms` at most.
    fn send(&self, request: &HttpRequest) -> Reply;
}

impl Transport for HttpTransport {
    fn send(&self, request: &HttpRequest) -> Reply {
        HttpTransport::send(self, request)
    }
}

/// What sends a client's requests.
pub(crate) enum Sender {
    /// The transport of this crate.
    BuiltIn(HttpTransport),
    /// The user's.
    Own(Arc<dyn Transport>),
}

impl Sender {
    /// Sends in the caller's own thread.
    pub(crate) fn send(&self, request: &HttpRequest) -> Reply {
        let sent = Sent::of(request);
        let reply = match self {
            Self::BuiltIn(transport) => transport.send(request),
            Self::Own(transport) => transport.send(request),
        };
        sent.ended(&reply);
        reply
    }

    /// Sends; gives nothing where the request was given up because of a stop. An order never is, and begins before
    /// its limit or not at all. A user's transport can't be interrupted, and begins at once.
    pub(crate) fn send_unless_stopped(
        &self,
        request: Box<HttpRequest>,
        limit: Option<Moment>,
        stopper: &Stopper,
    ) -> Option<Reply> {
        let sent = Sent::of(&request);
        let reply = self.carry_out(request, limit, stopper);
        if let Some(reply) = &reply {
            sent.ended(reply);
        }
        reply
    }

    fn carry_out(
        &self,
        request: Box<HttpRequest>,
        limit: Option<Moment>,
        stopper: &Stopper,
    ) -> Option<Reply> {
        let transport = match self {
            Self::BuiltIn(transport) => transport,
            Self::Own(transport) => {
                return Some(too_late(limit).unwrap_or_else(|| transport.send(&request)));
            }
        };
        if request.retry_class == RetryClass::Once {
            return Some(match limit {
                Some(limit) => transport.send_before(&request, limit),
                None => transport.send(&request),
            });
        }
        let exchange = Arc::new(transport.start(*request));
        let under_way = Arc::clone(&exchange);
        let _watching = stopper.on_stop(move || under_way.abandon());
        let reply = loop {
            if let Some(reply) = exchange.wait(SLICE) {
                break reply;
            }
        };
        (!stopper.is_stopped()).then_some(reply)
    }
}
