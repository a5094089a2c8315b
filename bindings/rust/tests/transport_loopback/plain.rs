//! What is sent, what comes back, and which connection carries it.

use std::sync::{Mutex, mpsc};

use stablevps_core::http::{HttpRequest, Reply, RetryClass};

use crate::server::Server;
use crate::{SECRET, get, order, request, response, transport};

#[test]
fn the_request_is_sent_as_given_with_nothing_but_host_and_length_added() {
    let server = Server::answering();
    let host = server.addr;
    let reply = response(transport().send(&order(server.url())));
    assert_eq!((reply.status, reply.body.as_slice()), (200, &b"ok"[..]));
    assert_eq!(reply.header("Content-Length"), Some("2"));
    let requests = server.requests();
    let mut lines: Vec<_> = requests[0]
        .lines()
        .filter(|line| !line.is_empty())
        .collect();
    assert_eq!(lines.remove(0), "post /vps?token=never-shown http/1.1");
    lines.sort_unstable();
    let (key, host) = (
        format!("authorization: bearer {SECRET}"),
        format!("host: {host}"),
    );
    assert_eq!(lines, [key.as_str(), "content-length: 15", host.as_str()]);
}

#[test]
fn a_post_without_a_body_says_so_and_other_methods_say_nothing() {
    let server = Server::answering();
    for method in ["POST", "DELETE", "GET"] {
        response(transport().send(&request(method, server.url(), RetryClass::Repeatable)));
    }
    let lengths: Vec<_> = server
        .requests()
        .iter()
        .map(|head| head.contains("content-length: 0"))
        .collect();
    assert_eq!(lengths, [true, false, false]);
    assert!(
        server
            .requests()
            .iter()
            .all(|head| !head.contains("transfer-encoding"))
    );
}

#[test]
fn every_status_comes_back_as_a_response_and_no_redirect_is_followed() {
    let elsewhere = Server::answering();
    let target = elsewhere.url();
    for status in [204, 301, 302, 304, 307, 308, 400, 401, 404, 429, 500, 503] {
        let target = target.clone();
        let server = Server::start(move |mut peer| {
            peer.request();
            let length = if status == 204 || status == 304 {
                ""
            } else {
                "content-length: 0\r\n"
            };
            let _ = peer.say(&format!(
                "HTTP/1.1 {status} X\r\nlocation: {target}\r\n{length}\r\n"
            ));
        });
        for request in [get(server.url()), order(server.url())] {
            assert_eq!(response(transport().send(&request)).status, status);
        }
        assert_eq!(server.requests().len(), 2);
    }
    assert_eq!(elsewhere.connections(), 0);
}

#[test]
fn reads_share_a_connection_and_orders_never_do() {
    let server = Server::answering();
    let transport = transport();
    for _ in 0..3 {
        response(transport.send(&get(server.url())));
    }
    assert_eq!(server.connections(), 1);
    for _ in 0..3 {
        response(transport.send(&order(server.url())));
    }
    assert_eq!(
        server.connections(),
        4,
        "each order came on a connection of its own"
    );
    response(transport.clone().send(&get(server.url())));
    assert_eq!(server.connections(), 4, "reads still use the first");
}

#[test]
fn a_pooled_connection_that_the_server_closed_does_not_touch_an_order() {
    let (close, closing) = mpsc::channel::<()>();
    let (tell, closed) = mpsc::channel();
    let waits = Mutex::new((closing, tell));
    let server = Server::start(move |mut peer| {
        peer.request();
        peer.answer(200, b"ok").unwrap();
        if peer.number == 1 {
            let (closing, tell) = &*waits.lock().unwrap();
            closing.recv().unwrap();
            drop(peer);
            tell.send(()).unwrap();
        }
    });
    let transport = transport();
    response(transport.send(&get(server.url())));
    close.send(()).unwrap();
    closed.recv().unwrap();
    assert_eq!(response(transport.send(&order(server.url()))).status, 200);
    assert_eq!((server.connections(), server.requests().len()), (2, 2));
}

#[test]
fn a_chunked_body_arrives_whole() {
    let server = Server::start(|mut peer| {
        peer.request();
        let _ = peer.say(
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
        );
    });
    assert_eq!(
        response(transport().send(&get(server.url()))).body,
        b"abcde"
    );
}

#[test]
fn a_body_of_exactly_the_limit_is_read() {
    let server = Server::start(|mut peer| {
        peer.request();
        let _ = peer.answer(200, &vec![b'x'; 16 << 20]);
    });
    assert_eq!(
        response(transport().send(&get(server.url()))).body.len(),
        16 << 20
    );
}

#[test]
fn a_hundred_requests_at_once_are_all_answered() {
    let server = Server::answering();
    let transport = transport();
    let exchanges: Vec<_> = (0..100)
        .map(|n| {
            let class = if n % 2 == 0 {
                RetryClass::Read
            } else {
                RetryClass::Once
            };
            transport.start(HttpRequest {
                retry_class: class,
                ..get(server.url())
            })
        })
        .collect();
    for exchange in exchanges {
        assert_eq!(
            exchange.wait(crate::LONG).map(response).unwrap().status,
            200
        );
    }
    assert_eq!(server.requests().len(), 100);
}

#[test]
fn nothing_that_is_printed_holds_a_header_value() {
    let server = Server::answering();
    let transport = transport();
    let request = get(server.url());
    let exchange = transport.start(request.clone());
    let printed = format!("{transport:?} {exchange:?} {request:?}");
    assert!(!printed.contains(SECRET), "{printed}");
    assert!(matches!(
        exchange.wait(crate::LONG),
        Some(Reply::Response(_))
    ));
}
