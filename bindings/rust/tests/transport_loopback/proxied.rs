//! Which requests go through a proxy, and what its failures mean.

use std::ffi::OsString;
use std::io::{self, BufRead, BufReader, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use stablevps::host::{HttpTransport, ProxyChoice, TransportConfig};
use stablevps_core::http::{Delivery, FailureKind, HttpRequest};

use crate::secure::Secure;
use crate::server::Server;
use crate::{SECRET, failure, get, order, response, verdict, with_config};

/// A proxy that opens a tunnel to one server, whatever host it is asked for.
pub struct Proxy {
    addr: SocketAddr,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    pub fn to(target: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let addr = listener.local_addr().unwrap();
        let heads = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&heads);
        thread::spawn(move || {
            for client in listener.incoming() {
                let log = Arc::clone(&log);
                thread::spawn(move || tunnel(client.unwrap(), target, &log).unwrap());
            }
        });
        Self { addr, heads }
    }

    pub fn url(&self) -> String {
        format!("http://user:proxy-password@{}", self.addr)
    }

    pub fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }
}

fn tunnel(mut client: TcpStream, target: SocketAddr, log: &Mutex<Vec<String>>) -> io::Result<()> {
    let mut reader = BufReader::new(client.try_clone()?);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") && reader.read_line(&mut head)? > 0 {}
    log.lock().unwrap().push(head);
    let mut server = TcpStream::connect(target)?;
    client.write_all(b"HTTP/1.1 200 tunnel\r\n\r\n")?;
    let (mut from_server, mut to_client) = (server.try_clone()?, client);
    thread::spawn(move || {
        let _ = io::copy(&mut from_server, &mut to_client);
        let _ = to_client.shutdown(Shutdown::Write);
    });
    let _ = io::copy(&mut reader, &mut server);
    let _ = server.shutdown(Shutdown::Write);
    Ok(())
}

fn through(url: String, config: TransportConfig) -> HttpTransport {
    with_config(&TransportConfig {
        proxy: ProxyChoice::Url(url),
        ..config
    })
}

#[test]
fn https_goes_through_the_proxy_inside_tls() {
    let secure = Secure::answering();
    let proxy = Proxy::to(secure.server.addr);
    let transport = through(proxy.url(), secure.trusted());
    for _ in 0..2 {
        assert_eq!(response(transport.send(&get(secure.url()))).body, b"ok");
    }
    assert_eq!(proxy.heads().len(), 1, "the tunnel is kept");
    assert_eq!(response(transport.send(&order(secure.url()))).status, 200);
    let heads = proxy.heads();
    assert_eq!(heads.len(), 2, "an order opens its own");
    let port = secure.server.addr.port();
    assert!(
        heads[0].starts_with(&format!("CONNECT localhost:{port} HTTP/1.1\r\n")),
        "{}",
        heads[0]
    );
    assert!(
        heads
            .iter()
            .all(|head| !head.contains(SECRET) && !head.to_lowercase().contains("user-agent"))
    );
    assert_eq!(secure.server.requests().len(), 3);
}

#[test]
fn plain_http_never_meets_the_proxy() {
    let server = Server::answering();
    let proxy = Proxy::to(server.addr);
    let transport = through(proxy.url(), TransportConfig::default());
    assert_eq!(response(transport.send(&get(server.url()))).status, 200);
    assert_eq!(response(transport.send(&order(server.url()))).status, 200);
    assert_eq!(proxy.heads().len(), 0);
}

#[test]
fn the_environment_names_the_proxy_and_the_hosts_without_one() {
    let secure = Secure::answering();
    for (exceptions, tunnels) in [
        ("", 1),
        ("other.example", 1),
        ("other.example, localhost", 0),
        ("*", 0),
    ] {
        let proxy = Proxy::to(secure.server.addr);
        let variable = |name: &str| match name {
            "HTTPS_PROXY" => Some(OsString::from(proxy.url())),
            "NO_PROXY" => Some(OsString::from(exceptions)),
            _ => None,
        };
        let transport = HttpTransport::with_environment(&secure.trusted(), &variable).unwrap();
        assert_eq!(response(transport.send(&order(secure.url()))).status, 200);
        assert_eq!(proxy.heads().len(), tunnels, "NO_PROXY={exceptions}");
    }
}

#[test]
fn a_proxy_that_can_be_told_to_be_ignored_is() {
    let secure = Secure::answering();
    let proxy = Proxy::to(secure.server.addr);
    let config = TransportConfig {
        proxy: ProxyChoice::None,
        ..secure.trusted()
    };
    let variable = |name: &str| (name == "HTTPS_PROXY").then(|| OsString::from(proxy.url()));
    let transport = HttpTransport::with_environment(&config, &variable).unwrap();
    assert_eq!(response(transport.send(&get(secure.url()))).status, 200);
    assert_eq!(proxy.heads().len(), 0);
}

#[test]
fn a_proxy_that_refuses_was_sent_nothing_of_the_request() {
    let proxy = Server::start(|mut peer| {
        peer.request();
        let _ = peer.answer(407, b"no");
    });
    let url = format!("http://user:proxy-password@{}", proxy.addr);
    let transport = through(url, TransportConfig::default());
    let failure = failure(transport.send(&order("https://api.invalid/vps?token=1".into())));
    assert_eq!(
        (failure.kind, failure.delivery),
        (FailureKind::Proxy, Delivery::NotSent)
    );
    assert_eq!(
        failure.detail,
        "failed while asking the proxy: proxy server responded 407/407"
    );
    assert_eq!(proxy.requests().len(), 1);
    assert!(!proxy.requests()[0].contains(SECRET));
}

#[test]
fn every_other_failure_of_a_proxy_is_the_proxys_and_sent_nothing() {
    let hangs_up = Server::start(|mut peer| drop(peer.request()));
    let babbles = Server::start(|mut peer| drop(peer.say("SSH-2.0-x\r\n\r\n")));
    let gone = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    for proxy in [
        format!("http://{}", hangs_up.addr),
        format!("http://{}", babbles.addr),
        format!("https://{}", babbles.addr),
        format!("socks5h://{}", babbles.addr),
        format!("http://{gone}"),
        format!("socks5h://{gone}"),
        "http://nothing.invalid:3128".to_owned(),
    ] {
        let transport = through(proxy.clone(), TransportConfig::default());
        let reply = transport.send(&order("https://api.invalid/".into()));
        assert_eq!(
            verdict(reply),
            (FailureKind::Proxy, Delivery::NotSent),
            "{proxy}"
        );
    }
}

#[test]
fn a_proxy_that_never_answers_is_a_timeout_before_anything_was_sent() {
    let proxy = Server::start(|mut peer| assert!(peer.until_hung_up() > 0));
    let transport = through(format!("http://{}", proxy.addr), TransportConfig::default());
    let request = HttpRequest {
        connect_timeout_ms: 100,
        ..order("https://api.invalid/".into())
    };
    assert_eq!(
        verdict(transport.send(&request)),
        (FailureKind::Timeout, Delivery::NotSent)
    );
}

#[test]
fn a_server_behind_a_proxy_that_is_not_trusted_gets_nothing() {
    let secure = Secure::answering();
    let proxy = Proxy::to(secure.server.addr);
    let reply = through(proxy.url(), TransportConfig::default()).send(&order(secure.url()));
    assert_eq!(verdict(reply), (FailureKind::Tls, Delivery::NotSent));
    assert_eq!(secure.server.requests().len(), 0);
}

#[test]
fn what_happens_behind_a_proxy_after_the_first_byte_is_unknown() {
    let secure = Secure::start(|mut peer| drop(peer.request()));
    let proxy = Proxy::to(secure.server.addr);
    let reply = through(proxy.url(), secure.trusted()).send(&order(secure.url()));
    assert_eq!(verdict(reply), (FailureKind::Io, Delivery::Unknown));
    assert_eq!(
        (secure.server.requests().len(), proxy.heads().len()),
        (1, 1)
    );
}

#[test]
fn a_proxys_credentials_are_not_printed() {
    let url = "http://user:proxy-password@proxy.example:3128";
    let config = TransportConfig {
        proxy: ProxyChoice::Url(url.into()),
        ..TransportConfig::default()
    };
    assert_eq!(
        format!("{config:?}"),
        "TransportConfig { trust: FromEnvironment, proxy: Url(***), max_idle_connections: 16 }"
    );
}
