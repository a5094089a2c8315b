//! The same facts of the asynchronous client's HTTP stack.

use std::ffi::OsString;
use std::net::TcpListener;
use std::time::Duration;

use stablevps::host::{ProxyChoice, Stack, TransportConfig};
use stablevps_core::http::{Delivery, FailureKind, HttpRequest, Reply, RetryClass};

use crate::delivery::{MISHAPS, Mishap};
use crate::proxied::Proxy;
use crate::secure::Secure;
use crate::server::Server;
use crate::{SECRET, failure, get, header, order, request, response, verdict};

const PLENTY: Duration = Duration::from_secs(10);

/// A stack and what drives it.
struct Driven(Stack, tokio::runtime::Runtime);

impl Driven {
    fn with(config: &TransportConfig, variable: &dyn Fn(&str) -> Option<OsString>) -> Self {
        let stack = Stack::with_environment(config, PLENTY, variable).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        Self(stack, runtime)
    }

    fn new(config: &TransportConfig) -> Self {
        Self::with(config, &|_| None)
    }

    fn plain() -> Self {
        Self::new(&TransportConfig::default())
    }

    fn send(&self, request: &HttpRequest) -> Reply {
        self.1.block_on(self.0.send(request))
    }
}

fn through(url: String, config: TransportConfig) -> Driven {
    Driven::new(&TransportConfig {
        proxy: ProxyChoice::Url(url),
        ..config
    })
}

#[test]
fn the_request_is_sent_as_given_with_nothing_but_host_length_and_coding_added() {
    let server = Server::answering();
    let reply = response(Driven::plain().send(&order(server.url())));
    assert_eq!((reply.status, reply.body.as_slice()), (200, &b"ok"[..]));
    let requests = server.requests();
    let mut lines: Vec<_> = requests[0]
        .lines()
        .filter(|line| !line.is_empty())
        .collect();
    assert_eq!(lines.remove(0), "post /vps?token=never-shown http/1.1");
    lines.sort_unstable();
    let expected = [
        "accept-encoding: gzip".to_owned(),
        "accept: */*".to_owned(),
        format!("authorization: bearer {SECRET}"),
        "content-length: 15".to_owned(),
        format!("host: {}", server.addr),
    ];
    assert_eq!(lines, expected);
}

#[test]
fn every_status_comes_back_as_a_response_and_no_redirect_is_followed() {
    let elsewhere = Server::answering();
    let target = elsewhere.url();
    for status in [
        204, 301, 302, 304, 307, 308, 400, 401, 404, 408, 429, 500, 503,
    ] {
        let target = target.clone();
        let server = Server::start(move |mut peer| {
            peer.request();
            let _ = peer.say(&format!(
                "HTTP/1.1 {status} X\r\nlocation: {target}\r\nretry-after: 0\r\nconnection: close\r\n\r\n"
            ));
        });
        let driven = Driven::plain();
        for request in [get(server.url()), order(server.url())] {
            assert_eq!(response(driven.send(&request)).status, status);
        }
        assert_eq!(server.requests().len(), 2, "{status}");
    }
    assert_eq!(elsewhere.connections(), 0);
}

#[test]
fn reads_share_a_connection_and_orders_never_do() {
    let server = Server::answering();
    let driven = Driven::plain();
    for _ in 0..3 {
        response(driven.send(&get(server.url())));
    }
    assert_eq!(server.connections(), 1);
    for _ in 0..3 {
        response(driven.send(&order(server.url())));
    }
    assert_eq!(server.connections(), 4);
    response(driven.send(&get(server.url())));
    assert_eq!(server.connections(), 4, "reads still use the first");
}

#[test]
fn what_was_never_connected_was_not_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/vps?token=1", listener.local_addr().unwrap());
    drop(listener);
    let refused = failure(Driven::plain().send(&order(url)));
    assert_eq!(
        (refused.kind, refused.delivery),
        (FailureKind::Connect, Delivery::NotSent)
    );
    assert_eq!(
        refused.detail,
        "failed while connecting: Connection refused (os error 111)"
    );
    let unknown = order("http://nothing.invalid/vps?token=1".into());
    let unknown = verdict(Driven::plain().send(&unknown));
    assert_eq!(unknown, (FailureKind::Dns, Delivery::NotSent));
}

#[test]
fn a_request_that_cannot_be_put_into_http_was_not_sent() {
    let server = Server::answering();
    let broken = HttpRequest {
        headers: vec![header("authorization", "Bearer svps_secret_key\r\nhost: x")],
        ..order(server.url())
    };
    for broken in [broken, order("no url".into())] {
        let reply = Driven::plain().send(&broken);
        assert_eq!(verdict(reply), (FailureKind::Io, Delivery::NotSent));
    }
    assert_eq!(server.requests().len(), 0);
}

#[test]
fn whatever_happens_after_the_first_byte_is_unknown_and_the_order_arrived_once() {
    for Mishap { name, serve, kind } in MISHAPS {
        let server = Server::start(move |mut peer| {
            peer.request();
            serve(&mut peer);
        });
        let timeout_ms = match kind {
            FailureKind::Timeout => 100,
            _ => 20_000,
        };
        for once in [get(server.url()), order(server.url())] {
            let before = server.requests().len();
            let reply = Driven::plain().send(&HttpRequest { timeout_ms, ..once });
            assert_eq!(
                verdict(reply),
                (kind, Delivery::Unknown),
                "a server that {name}"
            );
            assert_eq!(server.requests().len() - before, 1, "a server that {name}");
        }
    }
}

#[test]
fn only_given_authorities_are_trusted() {
    let (ours, theirs) = (Secure::answering(), Secure::answering());
    let driven = Driven::new(&ours.trusted());
    assert_eq!(response(driven.send(&order(ours.url()))).status, 200);
    let untrusted = failure(driven.send(&order(theirs.url())));
    assert_eq!(
        (untrusted.kind, untrusted.delivery),
        (FailureKind::Tls, Delivery::NotSent)
    );
    let reason = "failed while connecting: invalid peer certificate: ";
    assert!(untrusted.detail.starts_with(reason), "{untrusted:?}");
    let reply = Driven::plain().send(&order(ours.url()));
    assert_eq!(verdict(reply), (FailureKind::Tls, Delivery::NotSent));
    assert_eq!(theirs.server.requests().len(), 0);
}

#[test]
fn https_goes_through_the_proxy_inside_tls_and_plain_http_never_does() {
    let secure = Secure::answering();
    let proxy = Proxy::to(secure.server.addr);
    let driven = through(proxy.url(), secure.trusted());
    assert_eq!(response(driven.send(&get(secure.url()))).body, b"ok");
    assert_eq!(response(driven.send(&order(secure.url()))).status, 200);
    let heads = proxy.heads();
    assert_eq!(heads.len(), 2, "an order opens its own tunnel");
    assert!(heads.iter().all(|head| !head.contains(SECRET)));
    let plain = Server::answering();
    assert_eq!(response(driven.send(&order(plain.url()))).status, 200);
    assert_eq!(proxy.heads().len(), 2);
}

#[test]
fn the_environment_names_the_proxy_and_the_hosts_without_one() {
    let secure = Secure::answering();
    for (exceptions, tunnels) in [
        ("", 1),
        ("other.example", 1),
        ("other.example, localhost", 0),
        ("*.localhost", 0),
        ("*", 0),
    ] {
        let proxy = Proxy::to(secure.server.addr);
        let variable = |name: &str| match name {
            "HTTPS_PROXY" => Some(OsString::from(proxy.url())),
            "NO_PROXY" => Some(OsString::from(exceptions)),
            _ => None,
        };
        let driven = Driven::with(&secure.trusted(), &variable);
        assert_eq!(response(driven.send(&order(secure.url()))).status, 200);
        assert_eq!(proxy.heads().len(), tunnels, "NO_PROXY={exceptions}");
    }
}

#[test]
fn a_proxy_that_fails_was_sent_nothing_of_the_request() {
    let refuses = Server::start(|mut peer| {
        peer.request();
        let _ = peer.answer(407, b"no");
    });
    let hangs_up = Server::start(|mut peer| drop(peer.request()));
    let babbles = Server::start(|mut peer| drop(peer.say("SSH-2.0-x\r\n\r\n")));
    for proxy in [
        format!("http://user:proxy-password@{}", refuses.addr),
        format!("http://{}", hangs_up.addr),
        format!("https://{}", babbles.addr),
        format!("socks5h://{}", babbles.addr),
        "http://nothing.invalid:3128".to_owned(),
    ] {
        let driven = through(proxy.clone(), TransportConfig::default());
        let reply = driven.send(&order("https://api.invalid/vps?token=1".into()));
        assert_eq!(verdict(reply).1, Delivery::NotSent, "{proxy}");
    }
    assert!(refuses.requests().iter().all(|head| !head.contains(SECRET)));
}

#[test]
fn a_proxy_that_is_none_is_refused_without_being_quoted() {
    for url in ["ftp://u:secret@h", "http://u:secret@h:port", "http://"] {
        let config = TransportConfig {
            proxy: ProxyChoice::Url(url.into()),
            ..TransportConfig::default()
        };
        let stack = Stack::with_environment(&config, PLENTY, &|_| None);
        let said = stack
            .err()
            .map(|error| error.to_string())
            .unwrap_or_default();
        assert!(
            said.starts_with("proxy is not the URL of a proxy"),
            "{url}: {said}"
        );
    }
}

#[test]
fn an_order_given_up_in_the_middle_arrived_once() {
    let (tell, arrived) = tokio::sync::oneshot::channel();
    let tell = std::sync::Mutex::new(Some(tell));
    let server = Server::start(move |mut peer| {
        peer.request();
        if let Some(tell) = tell.lock().unwrap().take() {
            tell.send(()).unwrap();
        }
        peer.until_hung_up();
    });
    let Driven(stack, runtime) = Driven::plain();
    runtime.block_on(async {
        let once = request("POST", server.url(), RetryClass::Once);
        tokio::select! {
            reply = stack.send(&once) => panic!("{reply:?}"),
            arrived = arrived => arrived.unwrap(),
        }
    });
    drop((stack, runtime));
    assert_eq!((server.requests().len(), server.connections()), (1, 1));
}
