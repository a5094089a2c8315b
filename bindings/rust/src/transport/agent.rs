//! One HTTP exchange, from plain request to plain reply.

use std::io::Read as _;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::time::Duration;

use stablevps_core::http::{
    Delivery, FailureKind, Header, HttpRequest, HttpResponse, Reply, RetryClass, TransportFailure,
};
use ureq::config::Config;
use ureq::http::header::HeaderValue;
use ureq::http::{Request, Response};
use ureq::tls::TlsConfig;
use ureq::unversioned::transport::RustlsConnector;
use ureq::{Agent, AsSendBody, Body, Error, Proxy};

use super::failure;
use super::gate::Gate;
use super::interrupt::Interrupter;
use super::request_context;
use super::route::{ResolveLater, Route};
use super::settings::Settings;

/// The largest body that is read.
const BODY_LIMIT: u64 = 16 * 1024 * 1024;
/// The largest body that memory is set aside for because the server says it is so long.
const TRUSTED_LENGTH: u64 = 1024 * 1024;
/// How long a connection is kept for the next request: less than the minute after which load
/// balancers close it.
const KEPT_IDLE: Duration = Duration::from_secs(50);
/// Room for the largest headers that are accepted.
const INPUT_BUFFER: usize = 64 * 1024;
/// Room for the headers and body of most requests.
const OUTPUT_BUFFER: usize = 16 * 1024;

/// The HTTP clients of one process: one keeps connections, the other never does.
#[derive(Debug)]
pub(super) struct Agents {
    pooled: Agent,
    fresh: Agent,
    proxy: Option<Proxy>,
}

impl Agents {
    pub(super) fn new(settings: &Settings) -> Self {
        let tls = Arc::new(RustlsConnector::default());
        let trust = TlsConfig::builder()
            .root_certs(settings.roots.clone())
            .build();
        let agent = |idle| {
            Agent::with_parts(
                config(&trust, idle),
                Route::new(Arc::clone(&tls)),
                ResolveLater,
            )
        };
        Self {
            pooled: agent(settings.max_idle_connections),
            fresh: agent(0),
            proxy: settings.proxy.clone(),
        }
    }

    /// Closes every connection, idle or in use. No request is sent afterwards.
    pub(super) fn close(&self) {
        self.pooled.clone().shutdown();
        self.fresh.clone().shutdown();
    }

    /// Sends a request, once. Whatever happens, `gate` is settled afterwards.
    pub(super) fn exchange(&self, request: &HttpRequest, gate: &Arc<Gate>) -> Reply {
        let exchange = AssertUnwindSafe(|| request_context::run(gate, || self.run(request)));
        match panic::catch_unwind(exchange) {
            Ok((Ok(response), _)) => Reply::Response(response),
            Ok((Err(error), stage)) => Reply::Failed(failure::describe(&error, stage, gate.shut())),
            Err(_panic) => {
                gate.shut();
                Reply::Failed(TransportFailure {
                    kind: FailureKind::Io,
                    delivery: Delivery::Unknown,
                    detail: "the HTTP stack failed unexpectedly".to_owned(),
                })
            }
        }
    }

    /// Sends a request in this thread over a kept connection. Gives nothing where there is none,
    /// where nothing of the request was written, and where it was interrupted.
    pub(super) fn exchange_here(
        &self,
        request: &HttpRequest,
        interrupter: &Arc<Interrupter>,
    ) -> Option<Reply> {
        let gate = Arc::new(Gate::default());
        let exchange = AssertUnwindSafe(|| {
            request_context::run_here(&gate, interrupter, || self.run(request))
        });
        let outcome = panic::catch_unwind(exchange);
        if interrupter.let_go() {
            return None;
        }
        match outcome.ok()? {
            (Ok(response), _) => Some(Reply::Response(response)),
            (Err(error), stage) => match gate.shut() {
                Delivery::NotSent => None,
                Delivery::Unknown => Some(Reply::Failed(failure::describe(
                    &error,
                    stage,
                    Delivery::Unknown,
                ))),
            },
        }
    }

    fn run(&self, request: &HttpRequest) -> Result<HttpResponse, Error> {
        let response = match request.body.as_deref() {
            Some(body) => self.send(request, body)?,
            // Without a body a POST says that it has none, with a length of 0; other methods say
            // nothing.
            None if request.method == "POST" => self.send(request, &[][..])?,
            None => self.send(request, ())?,
        };
        read(response)
    }

    fn send(&self, request: &HttpRequest, body: impl AsSendBody) -> Result<Response<Body>, Error> {
        let agent = match request.retry_class {
            RetryClass::Read | RetryClass::Repeatable => &self.pooled,
            RetryClass::Once => &self.fresh,
        };
        let mut message = Request::builder()
            .method(request.method.as_str())
            .uri(&request.url);
        for Header { name, value } in &request.headers {
            let mut value =
                HeaderValue::from_str(value).map_err(|invalid| Error::Http(invalid.into()))?;
            value.set_sensitive(true);
            message = message.header(name, value);
        }
        let message = message.body(body)?;
        // Plain HTTP is for loopback alone: no proxy is to see a key in the clear.
        let proxy = if message.uri().scheme_str() == Some("https") {
            self.proxy.clone()
        } else {
            None
        };
        let message = agent
            .configure_request(message)
            .proxy(proxy)
            .timeout_connect(Some(Duration::from_millis(request.connect_timeout_ms)))
            .timeout_global(Some(Duration::from_millis(request.timeout_ms)))
            .build();
        agent.run(message)
    }
}

/// Everything that an HTTP client might do by itself is off: redirects, errors for statuses,
/// headers of its own.
fn config(trust: &TlsConfig, max_idle_connections: usize) -> Config {
    Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .user_agent("")
        .accept("")
        .accept_encoding("")
        .no_delay(true)
        .proxy(None)
        .tls_config(trust.clone())
        .max_idle_connections(max_idle_connections)
        .max_idle_connections_per_host(max_idle_connections)
        .max_idle_age(KEPT_IDLE)
        .input_buffer_size(INPUT_BUFFER)
        .output_buffer_size(OUTPUT_BUFFER)
        .max_response_header_size(INPUT_BUFFER)
        .build()
}

fn read(mut response: Response<Body>) -> Result<HttpResponse, Error> {
    let length = response.body().content_length().unwrap_or(0);
    let mut body = Vec::with_capacity(usize::try_from(length.min(TRUSTED_LENGTH)).unwrap_or(0));
    response
        .body_mut()
        .with_config()
        .limit(BODY_LIMIT)
        .reader()
        .read_to_end(&mut body)?;
    let headers = response
        .headers()
        .iter()
        .map(|(name, value)| {
            (
                name.to_string(),
                String::from_utf8_lossy(value.as_bytes()).into_owned(),
            )
        })
        .collect();
    Ok(HttpResponse {
        status: response.status().as_u16(),
        headers,
        body,
    })
}
