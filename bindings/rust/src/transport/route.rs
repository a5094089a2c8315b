//! How a new connection comes about: look up, tunnel, connect, secure, in this order and within one
//! span of time.

use std::io;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use ureq::Error;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::time::Duration;
use ureq::unversioned::transport::{
    ConnectProxyConnector, ConnectionDetails, Connector, NextTimeout, RustlsConnector,
    ShutdownHandle, SocksConnector, TcpConnector, Transport,
};

use super::marked::Marked;
use super::request_context::{self, Stage};

/// Makes the connections of an agent.
#[derive(Debug)]
pub(super) struct Route {
    resolver: DefaultResolver,
    socks: SocksConnector,
    http_proxy: ConnectProxyConnector,
    tcp: TcpConnector,
    tls: Arc<RustlsConnector>,
}

impl Route {
    /// A route whose TLS settings and session tickets are those of every other route with the same
    /// `tls`.
    pub(super) fn new(tls: Arc<RustlsConnector>) -> Self {
        Self {
            resolver: DefaultResolver::default(),
            socks: SocksConnector::default(),
            http_proxy: ConnectProxyConnector::default(),
            tcp: TcpConnector::default(),
            tls,
        }
    }

    fn connect_to_server(&self, details: &ConnectionDetails) -> Result<Box<dyn Transport>, Error> {
        let proxied = details
            .config
            .proxy()
            .filter(|proxy| !proxy.is_no_proxy(details.uri));
        let addrs = if proxied.is_none_or(ureq::Proxy::resolve_target) {
            request_context::enter(Stage::Resolving);
            self.resolver
                .resolve(details.uri, details.config, time_left(details)?)?
        } else {
            self.resolver.empty()
        };
        if proxied.is_some() {
            request_context::enter(Stage::Tunnelling);
        }
        let opened = Opened::default();
        let details = opened.noted(self.remaining(details, addrs)?);
        let tunnel = self.socks.connect(&details, None::<()>)?;
        let tunnel = self.http_proxy.connect(&details, tunnel)?;
        if tunnel.is_none() {
            request_context::enter(Stage::Connecting);
        }
        let socket = self.tcp.connect(&details, tunnel)?;
        if details.needs_tls() {
            request_context::enter(Stage::Securing);
        }
        let connection = self
            .tls
            .connect(&details, socket)?
            .ok_or_else(nothing_connected)?;
        request_context::enter(Stage::Connected);
        Ok(Box::new(Marked::new(Box::new(connection), opened.last())))
    }

    /// The connection to an HTTP proxy itself. It is not marked: what is written to it is not the
    /// request.
    fn connect_to_proxy(&self, details: &ConnectionDetails) -> Result<Box<dyn Transport>, Error> {
        let details = self.remaining(details, details.addrs.clone())?;
        let socket = self.tcp.connect(&details, None::<()>)?;
        let connection = self
            .tls
            .connect(&details, socket)?
            .ok_or_else(nothing_connected)?;
        Ok(Box::new(connection))
    }

    /// The same connection with what is left of its time.
    ///
    /// `request_level` is about TLS settings alone, and ours never differ between the requests of
    /// an agent, only the timeouts do. Left at true, every connection would build its TLS settings
    /// anew and forget its session tickets.
    fn remaining<'a>(
        &'a self,
        details: &ConnectionDetails<'a>,
        addrs: ResolvedSocketAddrs,
    ) -> Result<ConnectionDetails<'a>, Error> {
        Ok(ConnectionDetails {
            uri: details.uri,
            addrs,
            config: details.config,
            request_level: false,
            resolver: &self.resolver,
            now: (details.current_time)(),
            timeout: time_left(details)?,
            current_time: Arc::clone(&details.current_time),
            run_connector: Arc::clone(&details.run_connector),
            register_shutdown: Arc::clone(&details.register_shutdown),
        })
    }
}

impl Connector for Route {
    type Out = Box<dyn Transport>;

    fn connect(
        &self,
        details: &ConnectionDetails,
        _: Option<()>,
    ) -> Result<Option<Self::Out>, Error> {
        // Nothing could interrupt the look-up and the handshakes.
        if request_context::is_here() {
            return Err(nothing_connected());
        }
        // The connector for HTTP proxies comes back here, in the same thread, to reach the proxy.
        match request_context::stage() {
            Stage::Tunnelling => self.connect_to_proxy(details),
            Stage::Starting
            | Stage::Resolving
            | Stage::Connecting
            | Stage::Securing
            | Stage::Connected
            | Stage::Exchanging => self.connect_to_server(details),
        }
        .map(Some)
    }
}

/// The sockets that were opened for a connection: the last one carries it.
#[derive(Clone, Default)]
struct Opened(Arc<Mutex<Option<Weak<dyn ShutdownHandle>>>>);

impl Opened {
    fn noted<'a>(&self, mut details: ConnectionDetails<'a>) -> ConnectionDetails<'a> {
        let (opened, register) = (self.clone(), details.register_shutdown);
        details.register_shutdown = Arc::new(move |socket| {
            *opened.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Weak::clone(&socket));
            register(socket)
        });
        details
    }

    fn last(&self) -> Weak<dyn ShutdownHandle> {
        let socket = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        socket.unwrap_or_else(|| Weak::<NoSocket>::new())
    }
}

/// Stands for a socket that nothing registered.
struct NoSocket;

impl ShutdownHandle for NoSocket {
    fn shutdown(&self) {}
}

/// What is left of the time to connect, which began at `details.now`.
fn time_left(details: &ConnectionDetails) -> Result<NextTimeout, Error> {
    use ureq::unversioned::transport::time::Instant;

    let mut timeout = details.timeout;
    if let (Duration::Exact(span), Instant::Exact(start), Instant::Exact(now)) =
        (timeout.after, details.now, (details.current_time)())
    {
        let left = span.saturating_sub(now.saturating_duration_since(start));
        if left.is_zero() {
            return Err(Error::Timeout(timeout.reason));
        }
        timeout.after = Duration::Exact(left);
    }
    Ok(timeout)
}

fn nothing_connected() -> Error {
    Error::Io(io::Error::other("no connection was made"))
}

/// ureq asks its resolver before it looks into its pool. This one puts that off: [`Route`] looks up
/// a host when it really needs a new connection, so that a pooled one costs no look-up.
#[derive(Debug)]
pub(super) struct ResolveLater;

impl Resolver for ResolveLater {
    fn resolve(&self, _: &Uri, _: &Config, _: NextTimeout) -> Result<ResolvedSocketAddrs, Error> {
        Ok(self.empty())
    }
}
