//! Blocking HTTP for the hosts that have no client of their own: plain requests in, plain replies
//! out.
//!
//! Requests buy things, so two facts about each of them must be right, and everything here serves
//! them:
//!
//! - **It goes out once.** Nothing is repeated here: no redirect is followed, no lost connection is
//!   tried again. A request of the class `Once` gets a connection of its own, because one that the
//!   server has just closed fails after the request was written, and then nobody knows.
//! - **A failure says whether it may have been delivered.** The outermost link of every connection
//!   (`marked`) lets bytes out only through the request's `gate`. If the gate never let one pass,
//!   the failure is `NotSent`, and from then on it lets none pass; in every other case it is
//!   `Unknown`.
//!
//! Out of scope: which requests to make, when to repeat them, and what replies mean. That is the
//! core's.
//!
//! | module | idea |
//! |---|---|
//! | `settings`, `proxy` | what a transport is made of, as ureq takes it |
//! | `agent` | one exchange, from plain request to plain reply |
//! | `route`, `marked` | how a connection comes about, and its outermost link |
//! | `tidy` | replies as ureq can read them |
//! | `request_context`, `gate` | how far the thread's request has got, and whether a byte of it left |
//! | `failure` | the kind and the words of what went wrong |
//! | `exchange`, `worker` | requests in other threads, and waiting for them |
//! | `interrupt` | ending an exchange that runs in its caller's own thread |

mod agent;
mod exchange;
mod failure;
mod gate;
mod interrupt;
mod marked;
mod proxy;
mod request_context;
mod route;
mod settings;
mod tidy;
mod worker;

use std::ffi::OsString;
use std::fmt;
use std::sync::Arc;

use stablevps_core::http::{HttpRequest, Reply, RetryClass};
use stablevps_core::process::PerProcess;

pub use self::exchange::Exchange;
pub use self::interrupt::Interrupter;

use self::agent::Agents;
use self::gate::Gate;
use self::settings::Settings;
use self::worker::Workers;
use crate::moment::Moment;
use crate::network::{ConfigError, Network, TransportConfig};

/// An HTTP client with its connections and threads. Clones share both.
#[derive(Clone)]
pub struct HttpTransport {
    shared: Arc<Shared>,
}

struct Shared {
    settings: Settings,
    engine: PerProcess<Engine>,
}

/// What a forked child must not share with its parent.
struct Engine {
    agents: Arc<Agents>,
    workers: Workers,
}

impl HttpTransport {
    /// A transport that reads the environment of this process, now.
    pub fn new(config: &TransportConfig) -> Result<Self, ConfigError> {
        Self::with_environment(config, &|name| std::env::var_os(name))
    }

    /// A transport in an environment of the caller's making: `variable` gives the value of a
    /// variable by its name.
    pub fn with_environment(
        config: &TransportConfig,
        variable: &dyn Fn(&str) -> Option<OsString>,
    ) -> Result<Self, ConfigError> {
        let settings = Settings::new(&Network::read(config, variable)?)?;
        let engine = PerProcess::new(Engine::new(&settings));
        Ok(Self {
            shared: Arc::new(Shared { settings, engine }),
        })
    }

    /// Sends a request and waits for what becomes of it, in this thread.
    #[must_use]
    pub fn send(&self, request: &HttpRequest) -> Reply {
        self.engine()
            .agents
            .exchange(request, &Arc::new(Gate::default()))
    }

    /// Sends a request that must begin before that moment, and not after.
    #[must_use]
    pub fn send_before(&self, request: &HttpRequest, moment: Moment) -> Reply {
        let gate = Arc::new(Gate::until(moment));
        self.engine().agents.exchange(request, &gate)
    }

    /// Sends a request of the class `Read` in this thread, if a connection is kept for it. Switching
    /// threads costs more than everything else in a short exchange.
    ///
    /// Gives nothing where [`start`](Self::start) must do it: no connection is kept, or the request
    /// was interrupted. Another class is never sent here: whoever interrupts could not know what
    /// became of it.
    #[must_use]
    pub fn send_here(
        &self,
        request: &HttpRequest,
        interrupter: &Arc<Interrupter>,
    ) -> Option<Reply> {
        match request.retry_class {
            RetryClass::Read => self.engine().agents.exchange_here(request, interrupter),
            RetryClass::Repeatable | RetryClass::Once => None,
        }
    }

    /// Sends a request in a thread of this transport, so that the caller can wait for it in slices
    /// or give it up.
    ///
    /// The request's time begins when a thread takes it up, which is at once below a thousand
    /// requests.
    #[must_use = "an exchange that is dropped is given up"]
    pub fn start(&self, request: HttpRequest) -> Exchange {
        self.start_through(request, Gate::default())
    }

    /// The same for a request that must begin before that moment, and not after.
    #[must_use = "an exchange that is dropped is given up"]
    pub fn start_before(&self, request: HttpRequest, moment: Moment) -> Exchange {
        self.start_through(request, Gate::until(moment))
    }

    fn start_through(&self, request: HttpRequest, gate: Gate) -> Exchange {
        let engine = self.engine();
        let agents = Arc::clone(&engine.agents);
        let (exchange, completion) = exchange::open(gate);
        engine.workers.run(Box::new(move || {
            completion.fulfil(|gate| agents.exchange(&request, gate));
        }));
        exchange
    }

    /// Closes every connection, idle or in use, and lets the threads end. Requests under way fail, and new ones
    /// are refused.
    pub fn close(&self) {
        let engine = self.engine();
        engine.agents.close();
        engine.workers.close();
    }

    fn engine(&self) -> &Engine {
        self.shared
            .engine
            .current(|| Engine::new(&self.shared.settings))
    }
}

impl fmt::Debug for HttpTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HttpTransport")
    }
}

impl Engine {
    fn new(settings: &Settings) -> Self {
        Self {
            agents: Arc::new(Agents::new(settings)),
            workers: Workers::new(),
        }
    }
}
