//! Waiting in slices, and giving up.

use std::sync::{Arc, Barrier, Mutex, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use stablevps::host::Interrupter;
use stablevps_core::http::{Delivery, FailureKind};

use crate::server::Server;
use crate::{LONG, get, order, response, transport, verdict};

/// A server that never answers, and tells when a request has arrived.
fn silent() -> (Server, mpsc::Receiver<()>) {
    let (tell, arrived) = mpsc::channel();
    let tell = Mutex::new(tell);
    let server = Server::start(move |mut peer| {
        peer.request();
        tell.lock().unwrap().send(()).unwrap();
        peer.until_hung_up();
    });
    (server, arrived)
}

#[test]
fn a_request_under_way_is_waited_for_in_slices() {
    let (answer, answering) = mpsc::channel::<()>();
    let answering = Mutex::new(answering);
    let server = Server::start(move |mut peer| {
        peer.request();
        answering.lock().unwrap().recv().unwrap();
        peer.answer(200, b"ok").unwrap();
    });
    let exchange = transport().start(get(server.url()));
    assert_eq!(exchange.wait(Duration::ZERO), None);
    assert_eq!(exchange.wait(Duration::from_millis(1)), None);
    answer.send(()).unwrap();
    assert_eq!(
        exchange.wait(LONG).map(response).unwrap().status,
        200,
        "its transport is gone by now"
    );
}

#[test]
fn giving_up_wakes_every_waiter_at_once() {
    let (server, arrived) = silent();
    let exchange = Arc::new(transport().start(order(server.url())));
    let ready = Arc::new(Barrier::new(4));
    let waiters: Vec<_> = (0..3)
        .map(|_| {
            let (exchange, ready) = (Arc::clone(&exchange), Arc::clone(&ready));
            thread::spawn(move || {
                ready.wait();
                exchange.wait(LONG).map(verdict)
            })
        })
        .collect();
    arrived.recv().unwrap();
    ready.wait();
    let start = Instant::now();
    exchange.abandon();
    for waiter in waiters {
        assert_eq!(
            waiter.join().unwrap(),
            Some((FailureKind::Cancelled, Delivery::Unknown))
        );
    }
    assert!(
        start.elapsed() < Duration::from_secs(5),
        "the server never answered"
    );
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn a_thread_that_waits_for_a_silent_server_does_not_hold_up_other_requests() {
    let (silent, arrived) = silent();
    let server = Server::answering();
    let transport = transport();
    let stuck: Vec<_> = (0..20)
        .map(|_| transport.start(get(silent.url())))
        .collect();
    for _ in &stuck {
        arrived.recv().unwrap();
    }
    let exchange = transport.start(get(server.url()));
    assert_eq!(exchange.wait(LONG).map(response).unwrap().status, 200);
}

#[test]
fn the_callers_own_thread_sends_over_a_kept_connection_alone() {
    let server = Server::answering();
    let (transport, interrupter) = (transport(), Arc::new(Interrupter::default()));
    assert_eq!(transport.send_here(&get(server.url()), &interrupter), None);
    assert!(server.requests().is_empty(), "nothing was sent");
    assert_eq!(response(transport.send(&get(server.url()))).status, 200);
    let reply = transport.send_here(&get(server.url()), &interrupter);
    assert_eq!(reply.map(response).unwrap().status, 200);
    assert_eq!(
        transport.send_here(&order(server.url()), &interrupter),
        None
    );
    assert_eq!(server.requests().len(), 2, "an order is never sent here");
}

#[test]
fn an_interrupt_ends_what_the_callers_own_thread_waits_for() {
    let (tell, arrived) = mpsc::channel();
    let tell = Mutex::new(tell);
    let server = Server::start(move |mut peer| {
        peer.request();
        peer.answer(200, b"ok").unwrap();
        peer.request();
        tell.lock().unwrap().send(()).unwrap();
        peer.until_hung_up();
    });
    let (transport, interrupter) = (transport(), Arc::new(Interrupter::default()));
    assert_eq!(response(transport.send(&get(server.url()))).status, 200);
    let waiting = {
        let (url, interrupter) = (server.url(), Arc::clone(&interrupter));
        thread::spawn(move || transport.send_here(&get(url), &interrupter))
    };
    arrived.recv().unwrap();
    interrupter.interrupt();
    assert_eq!(waiting.join().unwrap(), None);
}
