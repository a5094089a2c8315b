//! A simulated service in memory, for testing programs without a network and without waiting.
//!
//! ```
//! use stablevps::testing::{Config, Simulator};
//!
//! let simulator = Simulator::with_config(Config { balance: 50.0.into(), ..Config::default() });
//! let client = simulator.client();
//! let bought = client.vps().provision("basic", "monthly", "tokyo").run()?;
//! assert!(bought.vps.has_credentials());
//! assert_eq!(simulator.state().orders_placed, 1);
//! assert_eq!(client.wallet().get()?.balance.to_string(), "37.51");
//! # Ok::<(), stablevps::Error>(())
//! ```
//!
//! Its time is virtual: it stands while your program works, and passes at once where everyone waits. Faults
//! make it misbehave as networks and servers do:
//!
//! ```
//! use stablevps::testing::{Fault, Misbehaviour, Simulator, Target};
//!
//! let simulator = Simulator::new();
//! simulator.fault(Fault::once(Target::call("POST", "/vps"), Misbehaviour::LoseAfter));
//! let bought = simulator.client().vps().provision("pro", "monthly", "london").run()?;
//! assert!(bought.recovered);
//! # Ok::<(), stablevps::Error>(())
//! ```
//!
//! Previews and fakes need no service: there is a function for each model.
//!
//! ```
//! use stablevps::testing::sample_vps;
//! use stablevps::{Vps, VpsStatus};
//!
//! let suspended = Vps { vps_status: VpsStatus::Suspended, ..sample_vps() };
//! assert_eq!(suspended.ip_address.as_deref(), Some("203.0.113.10"));
//! ```

mod samples;
mod world;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use stablevps_core::http::{
    Delivery, FailureKind, Header, HttpRequest, HttpResponse, Reply, TransportFailure,
};
use stablevps_core::secret::Secret;
use stablevps_core::watch::{ProbeOutcome, ProbeTarget};
use stablevps_simulator::{Exchange, Request, Simulator as Model};

pub use stablevps_simulator::{
    Account, Answer, Command, Config, ControlError, Effect, Euros, Fault, Half, HalfReply,
    LateCharge, LateOrder, LoggedRequest, Misbehaviour, NewKey, OrderShape, PartialOrder, Patch,
    Span, State, StatusReply, Target, VpsChange, VpsSeed,
};

pub use self::samples::*;
use crate::client::builder::{ClientBuilder, ClientKind};
#[cfg(feature = "async")]
use crate::client::{
    AsyncClient, AsyncProber, AsyncTransport, ProbeFuture, SendFuture, clock::AsyncClock,
};
#[cfg(feature = "blocking")]
use crate::client::{Client, Prober, Stopper, Transport, clock::Clock};

pub(crate) use world::{Activity, World};

/// 2026-01-01T00:00:00Z: when a simulator's time begins.
const START_MS: u64 = 1_767_225_600_000;

/// A simulated service with one account, its own clock, and misbehaviour on demand. Clones share it.
#[derive(Clone)]
pub struct Simulator {
    model: Arc<Mutex<Model>>,
    world: World,
}

impl Simulator {
    /// A service with 100 EUR in the wallet, and no VPS.
    #[must_use]
    pub fn new() -> Self {
        Self::with_config(Config::default())
    }

    /// A service with a configuration of its own.
    #[must_use]
    pub fn with_config(config: Config) -> Self {
        Self {
            model: Arc::new(Mutex::new(Model::new(config))),
            world: World::new(START_MS),
        }
    }

    /// A client of this service.
    ///
    /// # Panics
    /// Never: the settings are sound.
    #[cfg(feature = "blocking")]
    #[must_use]
    #[allow(clippy::expect_used)]
    pub fn client(&self) -> Client {
        let client = self.client_builder().build();
        client.expect("the settings of a simulated client are sound")
    }

    /// The settings of a client of this service, to be changed.
    #[cfg(feature = "blocking")]
    #[must_use]
    pub fn client_builder(&self) -> ClientBuilder<Client> {
        let settings = self.settings(Client::builder());
        settings.transport(self.clone()).prober(self.clone())
    }

    /// An asynchronous client of this service.
    ///
    /// # Panics
    /// Never: the settings are sound.
    #[cfg(feature = "async")]
    #[must_use]
    #[allow(clippy::expect_used)]
    pub fn async_client(&self) -> AsyncClient {
        let client = self.async_client_builder().build();
        client.expect("the settings of a simulated client are sound")
    }

    /// The settings of an asynchronous client of this service, to be changed.
    #[cfg(feature = "async")]
    #[must_use]
    pub fn async_client_builder(&self) -> ClientBuilder<AsyncClient> {
        let settings = self.settings(AsyncClient::builder());
        settings.transport(self.clone()).prober(self.clone())
    }

    fn settings<C: ClientKind>(&self, builder: ClientBuilder<C>) -> ClientBuilder<C> {
        builder
            .api_key(self.api_key())
            .random_seed(1)
            .simulated(self.world.clone())
    }

    /// A key of the account, with full scope.
    #[must_use]
    pub fn api_key(&self) -> Secret {
        Secret::new(self.model().initial_key())
    }

    /// The virtual time.
    #[must_use]
    pub fn now(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_millis(self.world.now_ms())
    }

    /// Lets virtual time pass.
    pub fn advance(&self, by: Duration) {
        self.world.advance(by);
    }

    /// Makes matching requests fail or misbehave.
    pub fn fault(&self, fault: Fault) {
        // The command can't fail.
        let _ = self.control(Command::Fault(Box::new(fault)));
    }

    /// Carries out a command behind the client's back.
    ///
    /// # Errors
    /// When the command names something that is not there, or adds something twice.
    pub fn control(&self, command: Command) -> Result<Answer, ControlError> {
        let now_ms = self.epoch_ms();
        self.model().control(command, now_ms)
    }

    /// A VPS hangs: it does not answer a [`watch`](crate::VpsResource::watch) until it is rebooted or stopped.
    ///
    /// # Panics
    /// When the account has no such VPS.
    #[allow(clippy::panic)]
    pub fn hang(&self, id: impl AsRef<str>) {
        let change = VpsChange {
            id: id.as_ref().to_owned(),
            hangs: Some(true),
            ..VpsChange::default()
        };
        if let Err(error) = self.control(Command::SetVps(change)) {
            panic!("{error}");
        }
    }

    /// Whether the VPS at an address answers.
    fn answers(&self, address: &str) -> ProbeOutcome {
        let state = self.state();
        let mut found = state
            .vps
            .iter()
            .filter(|vps| vps.ip_address.as_deref() == Some(address));
        if found.any(|vps| vps.answers) {
            ProbeOutcome::Answered
        } else {
            ProbeOutcome::Silent
        }
    }

    /// What happened so far: requests, orders, charges, balance, VPS, keys.
    #[must_use]
    pub fn state(&self) -> State {
        let now_ms = self.epoch_ms();
        self.model().state(now_ms)
    }

    /// Every request that the service received, without secrets.
    #[must_use]
    pub fn requests(&self) -> Vec<LoggedRequest> {
        match self.control(Command::Requests) {
            Ok(Answer::Requests { requests }) => requests,
            Ok(_) | Err(_) => Vec::new(),
        }
    }

    fn epoch_ms(&self) -> i64 {
        i64::try_from(self.world.now_ms()).unwrap_or(i64::MAX)
    }

    fn model(&self) -> MutexGuard<'_, Model> {
        self.model.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What becomes of a request, and how long that takes.
    fn serve(&self, request: &HttpRequest) -> (Reply, Duration) {
        let now_ms = self.epoch_ms();
        let exchange = self.model().handle(&simulated(request), now_ms);
        match exchange {
            Exchange::Reply(response) if response.delay_ms > request.timeout_ms => {
                let reply = failed(FailureKind::Timeout, Delivery::Unknown);
                (reply, Duration::from_millis(request.timeout_ms))
            }
            Exchange::Reply(response) => {
                let delay = Duration::from_millis(response.delay_ms);
                let reply = HttpResponse {
                    status: response.status,
                    headers: response.headers,
                    body: response.body,
                };
                (Reply::Response(reply), delay)
            }
            Exchange::NotDelivered => {
                let reply = failed(FailureKind::Connect, Delivery::NotSent);
                (reply, Duration::ZERO)
            }
            Exchange::Lost | Exchange::Cut { .. } => {
                (failed(FailureKind::Io, Delivery::Unknown), Duration::ZERO)
            }
        }
    }
}

impl Default for Simulator {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Simulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Simulator")
            .field("now", &self.now())
            .finish_non_exhaustive()
    }
}

#[cfg(feature = "blocking")]
impl Transport for Simulator {
    fn send(&self, request: &HttpRequest) -> Reply {
        let (reply, delay) = self.serve(request);
        if !delay.is_zero() {
            Clock::sleep(&self.world, delay, &Stopper::default());
        }
        reply
    }
}

#[cfg(feature = "async")]
impl AsyncTransport for Simulator {
    fn send<'a>(&'a self, request: &'a HttpRequest) -> SendFuture<'a> {
        Box::pin(async move {
            let (reply, delay) = self.serve(request);
            if !delay.is_zero() {
                AsyncClock::sleep(&self.world, delay).await;
            }
            reply
        })
    }
}

#[cfg(feature = "blocking")]
impl Prober for Simulator {
    fn probe(&self, target: &ProbeTarget, _: Duration) -> ProbeOutcome {
        self.answers(&target.address)
    }
}

#[cfg(feature = "async")]
impl AsyncProber for Simulator {
    fn probe<'a>(&'a self, target: &'a ProbeTarget, _: Duration) -> ProbeFuture<'a> {
        Box::pin(std::future::ready(self.answers(&target.address)))
    }
}

/// A request as the simulated service receives it.
fn simulated(request: &HttpRequest) -> Request {
    let after_scheme = request.url.split_once("://").map_or("", |(_, rest)| rest);
    let target = after_scheme
        .find('/')
        .and_then(|slash| after_scheme.get(slash..))
        .unwrap_or("/");
    let pair = |Header { name, value }: &Header| (name.clone(), value.clone());
    Request {
        method: request.method.clone(),
        target: target.to_owned(),
        headers: request.headers.iter().map(pair).collect(),
        body: request.body.clone().unwrap_or_default().into_bytes(),
    }
}

fn failed(kind: FailureKind, delivery: Delivery) -> Reply {
    Reply::Failed(TransportFailure {
        kind,
        delivery,
        detail: "simulated".to_owned(),
    })
}
