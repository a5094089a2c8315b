//! The transport against real servers on the loopback interface that misbehave on command.
//!
//! Nothing here sleeps: servers and tests wait for each other through sockets and channels.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

#[cfg(feature = "async")]
mod asynchronous;
mod delivery;
mod plain;
mod proxied;
mod secure;
mod server;
mod waiting;

use std::time::Duration;

use stablevps::host::{HttpTransport, TransportConfig};
use stablevps_core::http::{
    Delivery, FailureKind, Header, HttpRequest, HttpResponse, Reply, RequestId, RetryClass,
    TransportFailure,
};

/// Stands for the API key: it must never turn up in a failure.
const SECRET: &str = "svps_secret_key";
/// Far longer than any test takes.
const LONG: Duration = Duration::from_mins(1);

/// A transport in an empty environment.
fn transport() -> HttpTransport {
    with_config(&TransportConfig::default())
}

fn with_config(config: &TransportConfig) -> HttpTransport {
    HttpTransport::with_environment(config, &|_| None).unwrap()
}

fn request(method: &'static str, url: String, retry_class: RetryClass) -> HttpRequest {
    HttpRequest {
        id: RequestId(1),
        method: method.to_owned(),
        url,
        headers: vec![header("authorization", &format!("Bearer {SECRET}"))],
        body: None,
        timeout_ms: 20_000,
        connect_timeout_ms: 10_000,
        retry_class,
        endpoint: "GET /vps".to_owned(),
        attempt: 1,
        retry_of: None,
    }
}

fn header(name: &str, value: &str) -> Header {
    Header {
        name: name.to_owned(),
        value: value.to_owned(),
    }
}

fn get(url: String) -> HttpRequest {
    request("GET", url, RetryClass::Read)
}

/// An order: it has a body and must never be sent twice.
fn order(url: String) -> HttpRequest {
    HttpRequest {
        body: Some("{\"planId\":\"p1\"}".to_owned()),
        ..request("POST", url, RetryClass::Once)
    }
}

fn response(reply: Reply) -> HttpResponse {
    match reply {
        Reply::Response(response) => response,
        Reply::Failed(failure) => panic!("{failure:?}"),
    }
}

fn failure(reply: Reply) -> TransportFailure {
    match reply {
        Reply::Response(response) => panic!("{response:?}"),
        Reply::Failed(failure) => {
            let told = format!("{failure:?}");
            for secret in [SECRET, "Bearer", "?", "proxy-password"] {
                assert!(!told.contains(secret), "{told}");
            }
            assert!(failure.detail.len() < 300, "{told}");
            failure
        }
    }
}

fn verdict(reply: Reply) -> (FailureKind, Delivery) {
    let failure = failure(reply);
    (failure.kind, failure.delivery)
}
