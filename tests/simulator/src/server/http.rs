//! From the socket to the simulator and back.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use hyper::header::{HeaderName, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{HeaderMap, StatusCode};
use hyper_util::rt::TokioIo;
use stablevps_simulator::{Exchange, Request, Response, Simulator};
use tokio::net::TcpListener;

use crate::body::{Broken, ReplyBody};
use crate::clock::VirtualClock;
use crate::control;

type HttpReply = hyper::Response<ReplyBody>;

/// The longest body that is read; the API's are a few hundred bytes.
const MAX_BODY: usize = 1 << 20;

/// What all connections share.
pub(crate) struct Shared {
    stage: Mutex<Stage>,
}

/// The simulator and its clock.
pub(crate) struct Stage {
    pub(crate) simulator: Simulator,
    pub(crate) clock: VirtualClock,
}

impl Shared {
    pub(crate) fn new(simulator: Simulator, clock: VirtualClock) -> Self {
        Self {
            stage: Mutex::new(Stage { simulator, clock }),
        }
    }

    pub(crate) fn with<T>(&self, act: impl FnOnce(&mut Stage) -> T) -> T {
        act(&mut self.stage.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Accepts connections for as long as the program runs.
pub(crate) async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            // Out of file descriptors, most likely; some will come back.
            tokio::time::sleep(Duration::from_millis(10)).await;
            continue;
        };
        let _ = stream.set_nodelay(true);
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            let service = service_fn(|request| answer(&shared, request));
            // An error here is an exchange that was broken off, by either side.
            let _ = http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}

async fn answer(shared: &Shared, incoming: hyper::Request<Incoming>) -> Result<HttpReply, Broken> {
    let (head, body) = incoming.into_parts();
    let Ok(body) = Limited::new(body, MAX_BODY).collect().await else {
        return Err(Broken);
    };
    let body = body.to_bytes().to_vec();
    if let Some(command) = head.uri.path().strip_prefix("/_simulator/") {
        return Ok(reply(shared.with(|stage| {
            control::answer(stage, &head.method, command, &body)
        })));
    }
    let request = Request {
        method: head.method.as_str().to_owned(),
        target: head
            .uri
            .path_and_query()
            .map_or("/", |target| target.as_str())
            .to_owned(),
        headers: header_texts(&head.headers),
        body,
    };
    let exchange = shared.with(|stage| {
        let now_ms = stage.clock.now_ms();
        stage.simulator.handle(&request, now_ms)
    });
    act_out(exchange).await
}

/// Makes an exchange real.
async fn act_out(exchange: Exchange) -> Result<HttpReply, Broken> {
    match exchange {
        Exchange::Reply(response) => {
            if response.delay_ms > 0 {
                tokio::time::sleep(Duration::from_millis(response.delay_ms)).await;
            }
            Ok(reply(response))
        }
        Exchange::NotDelivered | Exchange::Lost => Err(Broken),
        Exchange::Cut { mut response, keep } => {
            let body = std::mem::take(&mut response.body);
            Ok(reply(response).map(|_| ReplyBody::cut(body, keep)))
        }
    }
}

fn header_texts(headers: &HeaderMap) -> Vec<(String, String)> {
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    headers
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), text(value)))
        .collect()
}

// What HTTP cannot carry, only a fault can have asked for; such a header is left out.
fn reply(response: Response) -> HttpReply {
    let mut reply = hyper::Response::new(ReplyBody::whole(response.body));
    *reply.status_mut() =
        StatusCode::from_u16(response.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in &response.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            reply.headers_mut().append(name, value);
        }
    }
    reply
}
