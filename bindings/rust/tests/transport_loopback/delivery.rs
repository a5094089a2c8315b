//! What a failure says about whether the request was delivered, and that it is never sent a second
//! time.

use std::net::TcpListener;

use stablevps_core::http::{Delivery, FailureKind, HttpRequest};

use crate::server::{Peer, Server};
use crate::{failure, get, header, order, transport, verdict};

#[test]
fn a_port_that_nobody_listens_on_was_sent_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/vps?token=1", listener.local_addr().unwrap());
    drop(listener);
    let failure = failure(transport().send(&order(url)));
    assert_eq!(
        (failure.kind, failure.delivery),
        (FailureKind::Connect, Delivery::NotSent)
    );
    assert!(
        failure.detail.starts_with("failed while connecting: "),
        "{}",
        failure.detail
    );
}

#[test]
fn a_host_that_does_not_exist_was_sent_nothing() {
    let failure = failure(transport().send(&order("http://nothing.invalid/vps?token=1".into())));
    assert_eq!(
        (failure.kind, failure.delivery),
        (FailureKind::Dns, Delivery::NotSent)
    );
    assert!(
        failure
            .detail
            .starts_with("failed while looking up the host: "),
        "{}",
        failure.detail
    );
}

#[test]
fn a_request_that_cannot_be_put_into_http_was_not_sent() {
    let server = Server::answering();
    let broken = HttpRequest {
        headers: vec![header(
            "authorization",
            "Bearer svps_secret_key\r\nhost: elsewhere",
        )],
        ..order(server.url())
    };
    let failure = failure(transport().send(&broken));
    assert_eq!(
        (failure.kind, failure.delivery),
        (FailureKind::Io, Delivery::NotSent)
    );
    assert_eq!(
        failure.detail,
        "failed while preparing the request: the URL or a header is not valid HTTP"
    );
    assert_eq!(
        verdict(transport().send(&order("no url".into()))),
        (FailureKind::Io, Delivery::NotSent)
    );
}

#[test]
fn no_time_at_all_is_a_timeout_before_anything_was_sent() {
    let server = Server::answering();
    let reply = transport().send(&HttpRequest {
        timeout_ms: 0,
        ..order(server.url())
    });
    assert_eq!(verdict(reply), (FailureKind::Timeout, Delivery::NotSent));
    let reply = transport().send(&HttpRequest {
        connect_timeout_ms: 0,
        ..order(server.url())
    });
    assert_eq!(verdict(reply), (FailureKind::Timeout, Delivery::NotSent));
    assert_eq!(server.requests().len(), 0);
}

/// A server that takes a request and then misbehaves, and how that must be told.
pub struct Mishap {
    pub name: &'static str,
    pub serve: fn(&mut Peer),
    pub kind: FailureKind,
}

pub const MISHAPS: [Mishap; 9] = [
    Mishap {
        name: "hangs up without an answer",
        serve: |_| {},
        kind: FailureKind::Io,
    },
    Mishap {
        name: "hangs up in the middle of the headers",
        serve: |peer| drop(peer.say("HTTP/1.1 200 OK\r\ncontent-le")),
        kind: FailureKind::Io,
    },
    Mishap {
        name: "hangs up in the middle of the body",
        serve: |peer| drop(peer.say("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"id\":")),
        kind: FailureKind::Io,
    },
    Mishap {
        name: "hangs up in the middle of a chunk",
        serve: |peer| {
            let _ = peer.say("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nff\r\n{\"id\":");
        },
        kind: FailureKind::Io,
    },
    Mishap {
        name: "hangs up between chunks",
        serve: |peer| {
            let _ = peer.say("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n");
        },
        kind: FailureKind::Io,
    },
    Mishap {
        name: "answers with something else than HTTP",
        serve: |peer| drop(peer.say("SSH-2.0-OpenSSH_9.2 hello there\r\n\r\n")),
        kind: FailureKind::Io,
    },
    Mishap {
        name: "sends a body beyond the limit",
        serve: |peer| drop(peer.answer(200, &vec![b'x'; 17 << 20])),
        kind: FailureKind::TooLarge,
    },
    Mishap {
        name: "sends headers without end",
        serve: |peer| {
            let _ = peer.say("HTTP/1.1 200 OK\r\n");
            while peer
                .say("x-more: 0123456789012345678901234567890123456789\r\n")
                .is_ok()
            {}
        },
        kind: FailureKind::Io,
    },
    Mishap {
        name: "never answers",
        serve: |peer| assert_eq!(peer.until_hung_up(), 0),
        kind: FailureKind::Timeout,
    },
];

#[test]
fn whatever_happens_after_the_first_byte_is_unknown_and_the_order_arrived_once() {
    for Mishap { name, serve, kind } in MISHAPS {
        let server = Server::start(move |mut peer| {
            peer.request();
            serve(&mut peer);
        });
        let timeout_ms = if kind == FailureKind::Timeout {
            100
        } else {
            20_000
        };
        for once in [get(server.url()), order(server.url())] {
            let before = server.requests().len();
            let reply = transport().send(&HttpRequest { timeout_ms, ..once });
            assert_eq!(
                verdict(reply),
                (kind, Delivery::Unknown),
                "a server that {name}"
            );
            assert_eq!(server.requests().len() - before, 1, "a server that {name}");
        }
        assert_eq!(server.connections(), 2, "a server that {name}");
    }
}

#[test]
fn an_order_that_the_server_stops_reading_halfway_is_unknown() {
    let server = Server::start(|mut peer| drop(peer.say("HTTP/1.1 413 X\r\n")));
    let big = HttpRequest {
        body: Some(" ".repeat(32 << 20)),
        ..order(server.url())
    };
    assert_eq!(
        verdict(transport().send(&big)),
        (FailureKind::Io, Delivery::Unknown)
    );
    assert_eq!(server.connections(), 1);
}
