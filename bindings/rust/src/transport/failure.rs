//! The words and the kind of what went wrong.
//!
//! | the request had got to | kind |
//! |---|---|
//! | any stage, and its time was over | `Timeout` |
//! | `Resolving` | `Dns` |
//! | `Tunnelling` | `Proxy` |
//! | `Connecting` | `Connect` |
//! | `Securing` | `Tls` |
//! | `Starting`, `Connected`, `Exchanging` | `TooLarge`, `Tls` or `Io`, as the error says |
//!
//! Whether the request may have been delivered is not read from the error: the
//! [`Gate`](super::gate::Gate) knows.

use std::io;

use stablevps_core::http::{Delivery, FailureKind, TransportFailure};
use ureq::Error;

use super::request_context::Stage;

/// Longer texts of the TLS stack, such as all names of a certificate, are cut here.
const LONGEST_REASON: usize = 200;

/// A failure at `stage`, in words that name no URL, header, key or credential.
pub(super) fn describe(error: &Error, stage: Stage, delivery: Delivery) -> TransportFailure {
    let kind = kind(error, stage);
    let detail = match kind {
        FailureKind::Timeout => format!("the time was over while {}", doing(stage)),
        FailureKind::TooLarge => "the response is larger than 16 MiB".to_owned(),
        FailureKind::Dns
        | FailureKind::Connect
        | FailureKind::Tls
        | FailureKind::Proxy
        | FailureKind::Io
        | FailureKind::Cancelled => format!("failed while {}: {}", doing(stage), reason(error)),
    };
    TransportFailure {
        kind,
        delivery,
        detail,
    }
}

fn kind(error: &Error, stage: Stage) -> FailureKind {
    if matches!(error, Error::Timeout(_)) {
        return FailureKind::Timeout;
    }
    match stage {
        Stage::Resolving => FailureKind::Dns,
        Stage::Tunnelling => FailureKind::Proxy,
        Stage::Connecting => FailureKind::Connect,
        Stage::Securing => FailureKind::Tls,
        Stage::Starting | Stage::Connected | Stage::Exchanging => match error {
            Error::BodyExceedsLimit(_) => FailureKind::TooLarge,
            Error::Rustls(_) | Error::Tls(_) | Error::TlsRequired => FailureKind::Tls,
            // What rustls refuses in the middle of a stream arrives so; a socket has no such error.
            Error::Io(cause) if cause.kind() == io::ErrorKind::InvalidData => FailureKind::Tls,
            _ => FailureKind::Io,
        },
    }
}

fn doing(stage: Stage) -> &'static str {
    match stage {
        Stage::Starting => "preparing the request",
        Stage::Resolving => "looking up the host",
        Stage::Tunnelling => "asking the proxy",
        Stage::Connecting => "connecting",
        Stage::Securing => "setting up TLS",
        Stage::Connected => "beginning to send",
        Stage::Exchanging => "exchanging request and response",
    }
}

/// Only errors whose words are known to hold nothing of the request or the response speak for
/// themselves.
fn reason(error: &Error) -> String {
    match error {
        Error::Io(cause) => shortened(&cause.to_string()),
        Error::Rustls(cause) => shortened(&cause.to_string()),
        Error::Tls(words) => (*words).to_owned(),
        Error::ConnectProxyFailed(words) => shortened(words),
        Error::HostNotFound => "the host has no address".to_owned(),
        Error::Protocol(_) => "not valid HTTP/1.1".to_owned(),
        Error::LargeResponseHeader(_, _) => {
            "the response's headers are larger than 64 KiB".to_owned()
        }
        Error::Http(_) | Error::BadUri(_) => "the URL or a header is not valid HTTP".to_owned(),
        _ => "the HTTP stack gave up".to_owned(),
    }
}

fn shortened(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(LONGEST_REASON)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken(kind: io::ErrorKind) -> Error {
        Error::Io(io::Error::new(kind, "words"))
    }

    #[test]
    fn a_failure_is_named_after_the_stage_it_happened_at() {
        let cases = [
            (
                Stage::Resolving,
                FailureKind::Dns,
                "failed while looking up the host: words",
            ),
            (
                Stage::Tunnelling,
                FailureKind::Proxy,
                "failed while asking the proxy: words",
            ),
            (
                Stage::Connecting,
                FailureKind::Connect,
                "failed while connecting: words",
            ),
            (
                Stage::Securing,
                FailureKind::Tls,
                "failed while setting up TLS: words",
            ),
            (
                Stage::Exchanging,
                FailureKind::Io,
                "failed while exchanging request and response: words",
            ),
        ];
        for (stage, kind, detail) in cases {
            let failure = describe(
                &broken(io::ErrorKind::ConnectionReset),
                stage,
                Delivery::Unknown,
            );
            assert_eq!((failure.kind, failure.detail.as_str()), (kind, detail));
        }
    }

    #[test]
    fn a_timeout_is_a_timeout_at_every_stage() {
        for stage in [
            Stage::Resolving,
            Stage::Tunnelling,
            Stage::Securing,
            Stage::Exchanging,
        ] {
            let failure = describe(
                &Error::Timeout(ureq::Timeout::Connect),
                stage,
                Delivery::NotSent,
            );
            assert_eq!(failure.kind, FailureKind::Timeout);
            assert!(failure.detail.starts_with("the time was over while "));
        }
    }

    #[test]
    fn tls_that_breaks_in_the_middle_is_told_from_a_broken_connection() {
        let failure = describe(
            &broken(io::ErrorKind::InvalidData),
            Stage::Exchanging,
            Delivery::Unknown,
        );
        assert_eq!(failure.kind, FailureKind::Tls);
    }

    #[test]
    fn errors_that_quote_the_request_are_reworded() {
        let failure = describe(
            &Error::BadUri("http://h/?k=secret".into()),
            Stage::Starting,
            Delivery::NotSent,
        );
        assert_eq!(
            failure.detail,
            "failed while preparing the request: the URL or a header is not valid HTTP"
        );
    }
}
