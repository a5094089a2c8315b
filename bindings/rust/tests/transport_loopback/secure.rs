//! TLS: whom it trusts, and that nothing of the request leaves before it stands.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::net::TcpStream;
use std::sync::mpsc;
use std::sync::{Arc, Mutex};

use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use stablevps::host::{HttpTransport, TransportConfig, Trust};
use stablevps_core::http::{Delivery, FailureKind, HttpRequest};

use crate::server::{Peer, Server, Stream};
use crate::{LONG, failure, get, order, response, transport, verdict, with_config};

/// A TLS server for `localhost` and `127.0.0.1`, and the certificate that vouches for it.
pub struct Secure {
    pub server: Server,
    pub ca_pem: Vec<u8>,
}

impl Secure {
    pub fn start(serve: impl Fn(Peer) + Send + Sync + 'static) -> Self {
        Self::named(&["localhost", "127.0.0.1"], serve)
    }

    /// One whose certificate is for these names.
    fn named(names: &[&str], serve: impl Fn(Peer) + Send + Sync + 'static) -> Self {
        let (config, ca_pem) = identity(names);
        Self {
            server: Server::start_over(move |socket| tls(&config, socket), serve),
            ca_pem,
        }
    }

    pub fn answering() -> Self {
        Self::start(|mut peer| {
            while peer
                .request()
                .is_some_and(|_| peer.answer(200, b"ok").is_ok())
            {}
        })
    }

    pub fn url(&self) -> String {
        format!(
            "https://localhost:{}/vps?token=never-shown",
            self.server.addr.port()
        )
    }

    /// The configuration of a client that trusts this server.
    pub fn trusted(&self) -> TransportConfig {
        TransportConfig {
            trust: Trust::Pem(self.ca_pem.clone()),
            ..TransportConfig::default()
        }
    }
}

fn identity(names: &[&str]) -> (Arc<ServerConfig>, Vec<u8>) {
    let names: Vec<_> = names.iter().map(ToString::to_string).collect();
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(names).unwrap();
    let key = PrivateKeyDer::try_from(signing_key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)
        .unwrap();
    (Arc::new(config), pem(cert.der()))
}

fn pem(certificate: &CertificateDer) -> Vec<u8> {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = b"-----BEGIN CERTIFICATE-----\n".to_vec();
    for three in certificate.chunks(3) {
        let bits = three
            .iter()
            .fold(0, |bits, byte| bits << 8 | u32::from(*byte))
            << (8 * (3 - three.len()));
        for place in 0..4 {
            let letter = LETTERS[(bits >> (18 - 6 * place)) as usize & 63];
            text.push(if place <= three.len() { letter } else { b'=' });
        }
    }
    text.extend_from_slice(b"\n-----END CERTIFICATE-----\n");
    text
}

fn tls(config: &Arc<ServerConfig>, mut socket: TcpStream) -> io::Result<Box<dyn Stream>> {
    let mut connection = ServerConnection::new(Arc::clone(config)).map_err(io::Error::other)?;
    while connection.is_handshaking() {
        connection.complete_io(&mut socket)?;
    }
    Ok(Box::new(StreamOwned::new(connection, socket)))
}

#[test]
fn a_server_of_an_unknown_authority_gets_nothing() {
    let secure = Secure::answering();
    let failure = failure(transport().send(&order(secure.url())));
    assert_eq!(
        (failure.kind, failure.delivery),
        (FailureKind::Tls, Delivery::NotSent)
    );
    assert_eq!(
        failure.detail,
        "failed while setting up TLS: invalid peer certificate: UnknownIssuer"
    );
    assert_eq!(secure.server.requests().len(), 0);
}

#[test]
fn a_server_whose_authority_is_given_is_trusted_and_its_connection_kept() {
    let secure = Secure::answering();
    let transport = with_config(&secure.trusted());
    for _ in 0..3 {
        assert_eq!(response(transport.send(&get(secure.url()))).body, b"ok");
    }
    assert_eq!(secure.server.connections(), 1);
    assert_eq!(response(transport.send(&order(secure.url()))).status, 200);
    assert_eq!(secure.server.connections(), 2);
}

#[test]
fn given_certificates_replace_the_others() {
    let (ours, theirs) = (Secure::answering(), Secure::answering());
    let reply = with_config(&ours.trusted()).send(&order(theirs.url()));
    assert_eq!(verdict(reply), (FailureKind::Tls, Delivery::NotSent));
}

#[test]
fn the_file_of_ssl_cert_file_is_trusted() {
    let secure = Secure::answering();
    let path = std::env::temp_dir().join(format!("stablevps-ca-{}.pem", std::process::id()));
    fs::write(&path, &secure.ca_pem).unwrap();
    let variable = |name: &str| (name == "SSL_CERT_FILE").then(|| OsString::from(&path));
    let transport =
        HttpTransport::with_environment(&TransportConfig::default(), &variable).unwrap();
    fs::remove_file(&path).unwrap();
    assert_eq!(response(transport.send(&get(secure.url()))).status, 200);
}

#[test]
fn a_server_that_has_another_name_gets_nothing() {
    let secure = Secure::named(&["elsewhere.example"], |mut peer| drop(peer.request()));
    let failure = failure(with_config(&secure.trusted()).send(&order(secure.url())));
    assert_eq!(
        (failure.kind, failure.delivery),
        (FailureKind::Tls, Delivery::NotSent)
    );
    assert_eq!(secure.server.requests().len(), 0);
}

#[test]
fn a_server_that_does_not_speak_tls_gets_nothing() {
    let server = Server::start(|mut peer| {
        let _ = peer.say("HTTP/1.1 400 plain\r\n\r\n");
    });
    let url = format!("https://localhost:{}/", server.addr.port());
    assert_eq!(
        verdict(transport().send(&order(url))),
        (FailureKind::Tls, Delivery::NotSent)
    );
}

#[test]
fn a_handshake_that_never_ends_is_a_timeout_before_anything_was_sent() {
    let server = Server::start(|mut peer| assert!(peer.until_hung_up() > 0));
    let url = format!("https://localhost:{}/", server.addr.port());
    let reply = transport().send(&HttpRequest {
        connect_timeout_ms: 100,
        ..order(url)
    });
    assert_eq!(verdict(reply), (FailureKind::Timeout, Delivery::NotSent));
}

#[test]
fn tls_that_stops_in_the_middle_of_a_body_is_unknown() {
    for answer in ["content-length: 9\r\n\r\n{", "\r\n{"] {
        let secure = Secure::start(move |mut peer| {
            peer.request();
            let _ = peer.say(&format!("HTTP/1.1 200 OK\r\n{answer}"));
        });
        let reply = with_config(&secure.trusted()).send(&order(secure.url()));
        assert_eq!(verdict(reply), (FailureKind::Io, Delivery::Unknown));
        assert_eq!(secure.server.requests().len(), 1);
    }
}

#[test]
fn an_order_given_up_during_the_handshake_is_never_sent_even_if_the_handshake_succeeds() {
    let (config, ca_pem) = identity(&["localhost", "127.0.0.1"]);
    let (tell_arrival, arrived) = mpsc::channel();
    let (go_on, going_on) = mpsc::channel::<()>();
    let (tell_received, received) = mpsc::channel();
    let waits = Mutex::new((tell_arrival, going_on));
    let tell_received = Mutex::new(tell_received);
    let server = Server::start_over(
        move |socket| {
            let (tell_arrival, going_on) = &*waits.lock().unwrap();
            tell_arrival.send(()).unwrap();
            going_on.recv().unwrap();
            tls(&config, socket)
        },
        move |mut peer| {
            tell_received
                .lock()
                .unwrap()
                .send(peer.until_hung_up())
                .unwrap();
        },
    );
    let transport = with_config(&TransportConfig {
        trust: Trust::Pem(ca_pem),
        ..TransportConfig::default()
    });
    let exchange = transport.start(order(format!("https://localhost:{}/", server.addr.port())));
    arrived.recv().unwrap();
    exchange.abandon();
    assert_eq!(
        exchange.wait(LONG).map(verdict),
        Some((FailureKind::Cancelled, Delivery::NotSent)),
        "the connection stands, but the request was not written"
    );
    go_on.send(()).unwrap();
    assert_eq!(
        received.recv().unwrap(),
        0,
        "bytes of the request that arrived"
    );
}
