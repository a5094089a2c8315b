//! One span for each call and each purchase, with the feature `tracing`. No field holds a secret.
//!
//! | span | fields |
//! |---|---|
//! | `stablevps.call` | `endpoint`, `attempt`, `status`, `error`, `duration_ms` |
//! | `stablevps.purchase` | `phase`, `requests`, `orders_sent`, `vps_id`, `error`, `duration_ms` |
//!
//! And one event for each request, at `INFO` for what changes something and at `DEBUG` for the rest: `endpoint`,
//! `attempt`, `retry_of`, `status` or `failure`, `bytes`, `request_id`, `duration_ms`.

use stablevps_core::error::Error;
use stablevps_core::http::{HttpRequest, Reply};
use stablevps_core::models::Progress;

/// A call or a purchase under way.
#[cfg(feature = "tracing")]
pub(crate) struct Traced {
    span: tracing::Span,
    begun: std::time::Instant,
}

#[cfg(feature = "tracing")]
impl Traced {
    pub(crate) fn call(endpoint: &'static str) -> Self {
        use tracing::field::Empty;
        Self::of(tracing::info_span!(
            "stablevps.call",
            endpoint,
            attempt = Empty,
            status = Empty,
            error = Empty,
            duration_ms = Empty
        ))
    }

    pub(crate) fn purchase() -> Self {
        use tracing::field::Empty;
        Self::of(tracing::info_span!(
            "stablevps.purchase",
            phase = Empty,
            requests = Empty,
            orders_sent = Empty,
            vps_id = Empty,
            error = Empty,
            duration_ms = Empty
        ))
    }

    fn of(span: tracing::Span) -> Self {
        let begun = std::time::Instant::now();
        Self { span, begun }
    }

    /// What a blocking client does in it.
    #[cfg(feature = "blocking")]
    pub(crate) fn run<T>(&self, function: impl FnOnce() -> T) -> T {
        self.span.in_scope(function)
    }

    /// What an asynchronous client does in it.
    #[cfg(feature = "async")]
    pub(crate) fn future<F: Future>(&self, future: F) -> impl Future<Output = F::Output> {
        tracing::Instrument::instrument(future, self.span.clone())
    }

    pub(crate) fn attempt(&self, number: u32, reply: &Reply) {
        self.span.record("attempt", number);
        match reply {
            Reply::Response(response) => {
                self.span.record("status", response.status);
            }
            Reply::Failed(failure) => {
                tracing::debug!(parent: &self.span, kind = failure.kind.as_str(), "no response");
            }
        }
    }

    pub(crate) fn progress(&self, progress: &Progress) {
        let phase = tracing::field::debug(progress.phase);
        self.span.record("phase", &phase);
        self.span.record("requests", progress.requests);
        self.span.record("orders_sent", progress.orders_sent);
        if let Some(id) = &progress.vps_id {
            self.span.record("vps_id", id.as_str());
        }
        let next_look_ms = progress.next_look_ms;
        tracing::debug!(parent: &self.span, phase, next_look_ms, "progress");
    }

    pub(crate) fn ended<T>(self, result: Result<T, Error>) -> Result<T, Error> {
        if let Err(error) = &result {
            self.span.record("error", error.code());
        }
        let millis = u64::try_from(self.begun.elapsed().as_millis());
        self.span.record("duration_ms", millis.unwrap_or(u64::MAX));
        result
    }
}

/// A request that was sent just now.
#[cfg(feature = "tracing")]
pub(crate) struct Sent {
    is_change: bool,
    endpoint: String,
    attempt: u32,
    retry_of: Option<String>,
    begun: std::time::Instant,
}

#[cfg(feature = "tracing")]
impl Sent {
    pub(crate) fn of(request: &HttpRequest) -> Self {
        Self {
            is_change: request.method != "GET",
            endpoint: request.endpoint.clone(),
            attempt: request.attempt,
            retry_of: request.retry_of.clone(),
            begun: std::time::Instant::now(),
        }
    }

    /// Tells what became of it.
    pub(crate) fn ended(self, reply: &Reply) {
        let duration_ms = u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        let response = match reply {
            Reply::Response(response) => Some(response),
            Reply::Failed(_) => None,
        };
        let failure = match reply {
            Reply::Response(_) => None,
            Reply::Failed(failure) => Some(failure.kind.as_str()),
        };
        let status = response.map(|response| response.status);
        let bytes = response.map(|response| response.body.len());
        let request_id = response.and_then(|response| response.header("x-request-id"));
        let Self {
            endpoint,
            attempt,
            retry_of,
            ..
        } = &self;
        let retry_of = retry_of.as_deref();
        if self.is_change {
            tracing::info!(
                endpoint,
                attempt,
                retry_of,
                status,
                failure,
                bytes,
                request_id,
                duration_ms,
                "request"
            );
        } else {
            tracing::debug!(
                endpoint,
                attempt,
                retry_of,
                status,
                failure,
                bytes,
                request_id,
                duration_ms,
                "request"
            );
        }
    }
}

/// Nothing: the feature `tracing` is off.
#[cfg(not(feature = "tracing"))]
pub(crate) struct Sent;

#[cfg(not(feature = "tracing"))]
#[allow(clippy::unused_self)]
impl Sent {
    pub(crate) fn of(_: &HttpRequest) -> Self {
        Self
    }

    pub(crate) fn ended(self, _: &Reply) {}
}

/// Nothing: the feature `tracing` is off.
#[cfg(not(feature = "tracing"))]
pub(crate) struct Traced;

#[cfg(not(feature = "tracing"))]
#[allow(clippy::unused_self)]
impl Traced {
    pub(crate) fn call(_: &'static str) -> Self {
        Self
    }

    pub(crate) fn purchase() -> Self {
        Self
    }

    #[cfg(feature = "blocking")]
    pub(crate) fn run<T>(&self, function: impl FnOnce() -> T) -> T {
        function()
    }

    #[cfg(feature = "async")]
    pub(crate) fn future<F: Future>(&self, future: F) -> F {
        future
    }

    pub(crate) fn attempt(&self, _: u32, _: &Reply) {}

    pub(crate) fn progress(&self, _: &Progress) {}

    pub(crate) fn ended<T>(self, result: Result<T, Error>) -> Result<T, Error> {
        result
    }
}
