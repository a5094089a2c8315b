//! HTTP with reqwest: plain requests in, plain replies out.
//!
//! Requests buy things, so two facts about each of them must be right:
//!
//! - **It goes out once.** reqwest's redirects and retries are off, and HTTP/2, which repeats what a server
//!   refused, is not built in. A request of the class `Once` goes through a client that keeps no connection.
//! - **A failure says whether it may have been delivered.** `NotSent` is only what failed while connecting, which
//!   includes the proxy and the handshake of TLS. Everything else is `Unknown`.

use std::error::Error as StdError;
use std::ffi::OsString;
use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::HeaderValue;
use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder, NoProxy, Proxy, Response};
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};
use stablevps_core::http::{
    Delivery, FailureKind, Header, HttpRequest, HttpResponse, Reply, RetryClass, TransportFailure,
};

use crate::network::{ConfigError, NamedProxy, Network, Roots, TransportConfig, exceptions};

/// The largest body that is read.
const BODY_LIMIT: usize = 16 * 1024 * 1024;
/// How long a connection is kept for the next request: less than the minute after which load balancers close it.
const KEPT_IDLE: Duration = Duration::from_secs(50);
/// Longer texts of the TLS stack, such as all names of a certificate, are cut here.
const LONGEST_REASON: usize = 200;

/// Two HTTP clients: one keeps connections, the other never does.
pub struct Stack {
    pooled: Client,
    fresh: Client,
}

impl Stack {
    /// A stack in an environment: `variable` gives the value of a variable by its name.
    pub fn with_environment(
        config: &TransportConfig,
        connect_timeout: Duration,
        variable: &dyn Fn(&str) -> Option<OsString>,
    ) -> Result<Self, ConfigError> {
        let network = Network::read(config, variable)?;
        let tls = tls(&network.roots)?;
        let proxy = network.proxy.as_ref().map(proxy).transpose()?;
        let client = |idle| {
            let client = plain(connect_timeout)
                .pool_max_idle_per_host(idle)
                .tls_backend_preconfigured(tls.clone());
            let client = match &proxy {
                Some(proxy) => client.proxy(proxy.clone()),
                None => client,
            };
            client.build().map_err(|_| ConfigError::Stack)
        };
        Ok(Self {
            pooled: client(network.max_idle_connections)?,
            fresh: client(0)?,
        })
    }

    /// Sends a request, once.
    pub async fn send(&self, request: &HttpRequest) -> Reply {
        let exchanged = match self.exchange(request).await {
            Ok(response) => read(response).await,
            Err(error) => Err(failure(&error)),
        };
        match exchanged {
            Ok(response) => Reply::Response(response),
            Err(failure) => Reply::Failed(failure),
        }
    }

    async fn exchange(&self, request: &HttpRequest) -> Result<Response, reqwest::Error> {
        let client = match request.retry_class {
            RetryClass::Read | RetryClass::Repeatable => &self.pooled,
            RetryClass::Once => &self.fresh,
        };
        let method = request.method.parse().unwrap_or_default();
        let mut message = client
            .request(method, &request.url)
            .timeout(Duration::from_millis(request.timeout_ms));
        for Header { name, value } in &request.headers {
            message = match HeaderValue::from_str(value) {
                Ok(mut value) => {
                    value.set_sensitive(true);
                    message.header(name, value)
                }
                // Refused by the builder in its own way.
                Err(_) => message.header(name, value),
            };
        }
        if let Some(body) = &request.body {
            message = message.body(body.clone());
        }
        message.send().await
    }
}

impl fmt::Debug for Stack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Stack")
    }
}

/// Everything that reqwest might do by itself is off.
fn plain(connect_timeout: Duration) -> ClientBuilder {
    Client::builder()
        .redirect(Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .no_proxy()
        .http1_only()
        .connect_timeout(connect_timeout)
        .pool_idle_timeout(KEPT_IDLE)
}

fn tls(roots: &Roots) -> Result<ClientConfig, ConfigError> {
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|_| ConfigError::Stack)?;
    let store = match roots {
        Roots::Mozilla => RootCertStore {
            roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
        },
        #[cfg(feature = "system-roots")]
        Roots::System => {
            let verifier = rustls_platform_verifier::Verifier::new(provider);
            let verifier = Arc::new(verifier.map_err(|_| ConfigError::BadRoots)?);
            // Not dangerous: it is the operating system's own verifier.
            let builder = builder.dangerous();
            return Ok(builder
                .with_custom_certificate_verifier(verifier)
                .with_no_client_auth());
        }
        Roots::Given(certificates) => {
            let mut store = RootCertStore::empty();
            for certificate in certificates {
                store
                    .add(certificate.clone())
                    .map_err(|_| ConfigError::BadRoots)?;
            }
            store
        }
    };
    Ok(builder.with_root_certificates(store).with_no_client_auth())
}

/// Plain HTTP is for loopback alone: no proxy is to see a key in the clear.
fn proxy(named: &NamedProxy) -> Result<Proxy, ConfigError> {
    let refused = || ConfigError::BadProxyUrl(named.setting);
    let proxy = Proxy::https(&named.url).map_err(|_| refused())?;
    let exceptions: Vec<_> = exceptions(&named.exceptions).collect();
    Ok(proxy.no_proxy(NoProxy::from_string(&exceptions.join(","))))
}

async fn read(mut response: Response) -> Result<HttpResponse, TransportFailure> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| failure(&error))? {
        if body.len().saturating_add(chunk.len()) > BODY_LIMIT {
            return Err(TransportFailure {
                kind: FailureKind::TooLarge,
                delivery: Delivery::Unknown,
                detail: "the response is larger than 16 MiB".to_owned(),
            });
        }
        body.extend_from_slice(&chunk);
    }
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let headers = response.headers().iter();
    Ok(HttpResponse {
        status: response.status().as_u16(),
        headers: headers
            .map(|(name, value)| (name.to_string(), text(value)))
            .collect(),
        body,
    })
}

/// A failure in words that name no URL, header, key or credential.
fn failure(error: &reqwest::Error) -> TransportFailure {
    // A request that can't be built, or that never got a connection.
    let is_unsent = error.is_builder() || error.is_connect();
    let kind = kind(error);
    let doing = match (kind, is_unsent) {
        (FailureKind::Dns, _) => "looking up the host",
        (_, true) => "connecting",
        (_, false) => "exchanging request and response",
    };
    let detail = match kind {
        FailureKind::Timeout => format!("the time was over while {doing}"),
        _ => format!("failed while {doing}: {}", reason(error)),
    };
    let delivery = if is_unsent {
        Delivery::NotSent
    } else {
        Delivery::Unknown
    };
    TransportFailure {
        kind,
        delivery,
        detail,
    }
}

fn kind(error: &reqwest::Error) -> FailureKind {
    if error.is_timeout() {
        FailureKind::Timeout
    } else if error.is_dns() {
        FailureKind::Dns
    } else if causes(error).any(<dyn StdError>::is::<rustls::Error>) {
        FailureKind::Tls
    } else if error.is_connect() {
        FailureKind::Connect
    } else {
        FailureKind::Io
    }
}

/// Only errors whose words are known to hold nothing of the request or the response speak for themselves.
fn reason(error: &reqwest::Error) -> String {
    let own_words = |cause: &(dyn StdError + 'static)| {
        let tls = cause.downcast_ref::<rustls::Error>();
        let io = cause
            .downcast_ref::<io::Error>()
            .filter(|io| io.get_ref().is_none());
        tls.map(ToString::to_string)
            .or_else(|| io.map(ToString::to_string))
    };
    let words = causes(error).find_map(own_words);
    let words = words.unwrap_or_else(|| "the HTTP stack gave up".to_owned());
    words
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(LONGEST_REASON)
        .collect()
}

/// An error's causes. What an I/O error wraps is none of its sources, but one of its causes.
fn causes<'a>(
    error: &'a (dyn StdError + 'static),
) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(error.source(), |cause| {
        let cause: &'a (dyn StdError + 'static) = *cause;
        let wrapped = cause
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref);
        match wrapped {
            Some(wrapped) => Some(wrapped as &(dyn StdError + 'static)),
            None => cause.source(),
        }
    })
}
