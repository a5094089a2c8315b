//! A host for machines: carries their requests out with the built-in transport.
//!
//! The request runs on a thread of its own while the caller waits in slices, so that the caller
//! can look at signals in between. Bodies never cross into the caller's language unread.

use std::sync::{Arc, LazyLock, PoisonError};
use std::time::{Duration, Instant};

use serde::Deserialize;
use stablevps::host::{
    self, ConfigError, Exchange, HttpTransport, ProxyChoice, TransportConfig, Trust,
};
use stablevps_core::error::Error;
use stablevps_core::http::Reply;

use crate::documents::json;
use crate::error::Failure;
use crate::machine::{Machine, UnderWay};

/// What the transport is made of.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct HttpOptions {
    /// Certificates to trust instead of the built-in ones, as PEM.
    ca_pem: Option<String>,
    /// A proxy's URL, instead of what the environment says.
    proxy: Option<String>,
}

/// Ends, from another thread, what [`HttpHost::exchange_here`] does in one.
#[derive(uniffi::Object)]
pub struct Interrupter(Arc<host::Interrupter>);

#[uniffi::export]
impl Interrupter {
    /// One for a thread's requests, one after the other.
    #[uniffi::constructor]
    #[must_use]
    pub fn new() -> Arc<Self> {
        Arc::new(Self(Arc::default()))
    }

    /// Ends the request that is under way, or else the next one.
    pub fn interrupt(&self) {
        self.0.interrupt();
    }
}

/// The built-in transport. Its connections are shared by all the machines it serves.
#[derive(uniffi::Object)]
pub struct HttpHost(HttpTransport);

#[uniffi::export]
impl HttpHost {
    /// Checks the options, `{"caPem":...,"proxy":...}`, and the environment.
    #[uniffi::constructor]
    pub fn new(options: &[u8]) -> Result<Arc<Self>, Failure> {
        let options: HttpOptions = json(options)?;
        let config = TransportConfig {
            trust: options
                .ca_pem
                .map_or(Trust::FromEnvironment, |pem| Trust::Pem(pem.into_bytes())),
            proxy: options
                .proxy
                .map_or(ProxyChoice::FromEnvironment, ProxyChoice::Url),
            ..TransportConfig::default()
        };
        let transport = HttpTransport::new(&config).map_err(|error| refused(&error))?;
        Ok(Arc::new(Self(transport)))
    }

    /// Carries out the request that the machine wants, if it wants one, and gives its next step.
    /// Gives nothing where the request is still under way after `wait_ms`: then call again.
    pub fn exchange(&self, machine: &Machine, wait_ms: u64) -> Result<String, Failure> {
        let Some(UnderWay { id, exchange }) = self.begin(machine, monotonic_ms()) else {
            return Ok(machine.step(monotonic_ms()));
        };
        match exchange.wait(Duration::from_millis(wait_ms)) {
            Some(reply) => hand_in(machine, id, &exchange, reply, monotonic_ms()),
            None => Ok(String::new()),
        }
    }

    /// The same for a host with a clock of its own, whose time is `now_ms`: a reply is handed in at the time
    /// of the call that follows its arrival.
    pub fn exchange_at(
        &self,
        machine: &Machine,
        wait_ms: u64,
        now_ms: u64,
    ) -> Result<String, Failure> {
        let Some(UnderWay { id, exchange }) = self.begin(machine, now_ms) else {
            return Ok(machine.step(now_ms));
        };
        if exchange.is_over_within(Duration::ZERO)
            && let Some(reply) = exchange.wait(Duration::ZERO)
        {
            return hand_in(machine, id, &exchange, reply, now_ms);
        }
        let _ = exchange.is_over_within(Duration::from_millis(wait_ms));
        Ok(String::new())
    }

    /// Carries out the request that the machine wants, and says whether that is over, or there is none. Where it says no
    /// after `wait_ms`, call again; a reply is handed in at the time of the call that follows its arrival, which is
    /// `now_ms`. It gives no step, so that none is lost with a caller who is ended meanwhile.
    pub fn settle(&self, machine: &Machine, wait_ms: u64, now_ms: u64) -> Result<bool, Failure> {
        let Some(UnderWay { id, exchange }) = self.begin(machine, now_ms) else {
            return Ok(true);
        };
        if exchange.is_over_within(Duration::ZERO)
            && let Some(reply) = exchange.wait(Duration::ZERO)
        {
            deliver(machine, id, &exchange, reply, now_ms)?;
            return Ok(true);
        }
        let _ = exchange.is_over_within(Duration::from_millis(wait_ms));
        Ok(false)
    }

    /// As [`exchange`](Self::exchange) in this thread, as far as that goes: gives nothing where the request must be left to
    /// [`exchange`](Self::exchange), or was interrupted and must be sent again by it.
    pub fn exchange_here(
        &self,
        machine: &Machine,
        interrupter: &Interrupter,
    ) -> Result<String, Failure> {
        if let Some(request) = machine.wanted_request(monotonic_ms()) {
            match self.0.send_here(&request, &interrupter.0) {
                Some(reply) => machine.reply(request.id.0, reply, monotonic_ms())?,
                None => return Ok(String::new()),
            }
        }
        Ok(machine.step(monotonic_ms()))
    }

    /// Gives the machine's request up, and wakes whoever waits for it. The machine is not told:
    /// for it the request stays outstanding, as it may have been sent.
    pub fn abandon(&self, machine: &Machine) {
        let slot = machine
            .under_way
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(under_way) = slot {
            under_way.exchange.abandon();
        }
    }

    /// Closes every connection, and ends the threads. Requests under way fail; new ones are refused.
    pub fn close(&self) {
        self.0.close();
    }
}

impl HttpHost {
    fn begin(&self, machine: &Machine, now_ms: u64) -> Option<UnderWay> {
        let mut slot = machine
            .under_way
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if slot.is_none()
            && let Some(request) = machine.wanted_request(now_ms)
        {
            let id = request.id.0;
            let exchange = Arc::new(match machine.limit() {
                Some(limit) => self.0.start_before(request, limit),
                None => self.0.start(request),
            });
            *slot = Some(UnderWay { id, exchange });
        }
        slot.clone()
    }
}

/// Hands a reply in, and gives the next step.
fn hand_in(
    machine: &Machine,
    id: u32,
    exchange: &Arc<Exchange>,
    reply: Reply,
    now_ms: u64,
) -> Result<String, Failure> {
    deliver(machine, id, exchange, reply, now_ms)?;
    Ok(machine.step(now_ms))
}

/// Hands a reply in.
fn deliver(
    machine: &Machine,
    id: u32,
    exchange: &Arc<Exchange>,
    reply: Reply,
    now_ms: u64,
) -> Result<(), Failure> {
    let mut slot = machine
        .under_way
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    // Whoever was abandoned meanwhile leaves the machine as it is: with its request outstanding.
    if slot
        .as_ref()
        .is_some_and(|mine| Arc::ptr_eq(&mine.exchange, exchange))
    {
        *slot = None;
        machine.reply(id, reply, now_ms)?;
    }
    Ok(())
}

fn refused(error: &ConfigError) -> Failure {
    let field = match error {
        ConfigError::BadProxyUrl(_) => "proxy",
        ConfigError::Stack => "transport",
        ConfigError::BadPem(_)
        | ConfigError::BadRoots
        | ConfigError::NoCertificates(_)
        | ConfigError::UnreadableFile(..) => "ca_file",
    };
    Error::invalid_input(field, format!("can't be used: {error}")).into()
}

/// The machine's monotonic clock, in milliseconds since this library first read it. No Python library that freezes
/// or turns clocks reaches it.
#[must_use]
#[uniffi::export]
pub fn monotonic_ms() -> u64 {
    static FIRST: LazyLock<Instant> = LazyLock::new(Instant::now);
    u64::try_from(FIRST.elapsed().as_millis()).unwrap_or(u64::MAX)
}
