//! A host without a network: it carries requests to a simulator and turns a clock of its own.

// Every test program uses its own part of this.
#![allow(dead_code)]

pub mod requests;

use stablevps_core::clock::{Instant, Now};
use stablevps_core::config::{Api, ApiConfig};
use stablevps_core::http::{
    Delivery, FailureKind, HttpRequest, HttpResponse, Reply, TransportFailure,
};
use stablevps_core::secret::Secret;
use stablevps_simulator::{Exchange, Request, Simulator};

/// When every virtual clock begins: 2026-05-11T09:00:00.000Z.
pub const START: i64 = 1_778_490_000_000;

/// An account of the service itself, with that key, in a world of its own: another process.
pub fn api(key: &str) -> Api {
    Api::new(ApiConfig {
        api_key: Some(Secret::new(key)),
        world: Some(String::new()),
        ..ApiConfig::default()
    })
    .expect("the configuration is valid")
}

/// An epoch time in milliseconds, as the core takes it.
pub fn at(now: i64) -> Instant {
    clocks(now).instant
}

/// Both clocks at a time of the simulator's.
pub fn clocks(now: i64) -> Now {
    Now::from_millis(u64::try_from(now).unwrap(), now)
}

/// A complete response with a JSON content type.
pub fn response(status: u16, body: &str) -> Reply {
    Reply::Response(HttpResponse {
        status,
        headers: vec![("Content-Type".to_owned(), "application/json".to_owned())],
        body: body.as_bytes().to_vec(),
    })
}

/// A failure of the transport.
pub fn failed(kind: FailureKind, delivery: Delivery) -> Reply {
    Reply::Failed(TransportFailure {
        kind,
        delivery,
        detail: String::new(),
    })
}

/// The request as the simulator takes it: the core's crate and the simulator's share no types.
pub fn to_simulator(request: &HttpRequest) -> Request {
    let path = request
        .url
        .find("/api/v1/")
        .and_then(|begin| request.url.get(begin..))
        .expect("requests go to the service");
    let mut converted = Request::new(&request.method, path);
    for header in &request.headers {
        converted = converted.with_header(&header.name, &header.value);
    }
    converted.with_body(request.body.clone().unwrap_or_default().into_bytes())
}

/// What came of one exchange, and how long it took.
pub struct Carried {
    pub reply: Reply,
    pub took_ms: u64,
}

/// Carries a request to the service, as an HTTP client would. Lost requests fail in the way that
/// `kind` says; a reply that takes longer than the request may is a timeout.
pub fn carry(
    simulator: &mut Simulator,
    request: &HttpRequest,
    kind: FailureKind,
    now: i64,
) -> Carried {
    match simulator.handle(&to_simulator(request), now) {
        Exchange::Reply(response) if response.delay_ms >= request.timeout_ms => Carried {
            reply: failed(FailureKind::Timeout, Delivery::Unknown),
            took_ms: request.timeout_ms,
        },
        Exchange::Reply(response) => Carried {
            took_ms: response.delay_ms,
            reply: Reply::Response(HttpResponse {
                status: response.status,
                headers: response.headers,
                body: response.body,
            }),
        },
        Exchange::NotDelivered => Carried {
            reply: failed(kind, Delivery::NotSent),
            took_ms: 0,
        },
        Exchange::Lost | Exchange::Cut { .. } => Carried {
            reply: failed(kind, Delivery::Unknown),
            took_ms: 0,
        },
    }
}

/// The seeds to run: `STABLEVPS_SEED` names a single one, `STABLEVPS_SEEDS` another number of them.
pub fn seeds(count: u64) -> std::ops::Range<u64> {
    let number = |name: &str| {
        let text = std::env::var(name).ok()?;
        Some(
            text.parse()
                .unwrap_or_else(|_| panic!("{name} is a number")),
        )
    };
    match number("STABLEVPS_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..number("STABLEVPS_SEEDS").unwrap_or(count),
    }
}
