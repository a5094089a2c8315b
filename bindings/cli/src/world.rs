//! The simulated account of `--simulate`: a whole service in a file, with its own time.
//!
//! Its time passes only while a command waits, and then at once. So a purchase takes no time, the same commands give the same
//! output, and a VPS that nobody waits for stays as it is.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use stablevps_simulator::{Command, Config, Exchange, Request, Simulator, VpsChange};

use crate::api::{
    Clock, Delivery, FailureKind, Header, HttpRequest, HttpResponse, ProbeOutcome, ProbeTarget,
    Prober, Reply, Stopper, Transport, TransportFailure, VpsId,
};
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::places::{Durability, make_folder, read, replace};

/// The server that a simulated account belongs to: no purchase of one can be taken up at the real service.
pub const BASE_URL: &str = "https://simulated.invalid";
/// 2026-01-01T00:00:00Z: when a simulated account begins.
const START_MS: i64 = 1_767_225_600_000;
const VERSION: u32 = 1;

/// A simulated account.
#[derive(Clone, Debug)]
pub struct World {
    place: Arc<Place>,
}

#[derive(Debug)]
struct Place {
    file: PathBuf,
    lock: PathBuf,
    seed: u64,
}

/// What the file holds.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Stored {
    #[serde(rename = "v")]
    version: u32,
    now_ms: i64,
    simulator: Simulator,
}

impl World {
    /// The one of a folder; a new one where there is none.
    pub fn open(folder: &Path, seed: u64) -> Outcome<Self> {
        make_folder(folder)?;
        let place = Place {
            file: folder.join("world.json"),
            lock: folder.join("world.lock"),
            seed,
        };
        let world = Self {
            place: Arc::new(place),
        };
        world.with(|_| ())?;
        Ok(world)
    }

    /// The key that the account began with.
    pub fn key(&self) -> Outcome<String> {
        self.with(|stored| stored.simulator.initial_key().to_owned())
    }

    /// A VPS hangs: it does not answer until it is rebooted or stopped.
    pub fn hang(&self, id: &VpsId) -> Outcome {
        let change = VpsChange {
            id: id.to_string(),
            hangs: Some(true),
            ..VpsChange::default()
        };
        let command = Command::SetVps(change);
        self.with(|stored| stored.simulator.control(command, stored.now_ms))?
            .map(drop)
            .map_err(|error| Failure::new(Exit::NotFound, error.to_string()))
    }

    /// Reads the file, changes what it holds, and writes it. One process at a time does.
    fn with<T>(&self, act: impl FnOnce(&mut Stored) -> T) -> Outcome<T> {
        let lock = &self.place.lock;
        let _locked = File::create(lock)
            .and_then(|file| file.lock().map(|()| file))
            .map_err(|error| Failure::file(lock, &error))?;
        let mut stored = self.stored()?;
        let given = act(&mut stored);
        let text = serde_json::to_string(&stored)
            .map_err(|error| Failure::new(Exit::General, error.to_string()))?;
        replace(&self.place.file, &text, Durability::Kill)?;
        Ok(given)
    }

    fn stored(&self) -> Outcome<Stored> {
        let file = &self.place.file;
        let Some(text) = read(file)? else {
            let config = Config {
                seed: self.place.seed,
                ..Config::default()
            };
            return Ok(Stored {
                version: VERSION,
                now_ms: START_MS,
                simulator: Simulator::new(config),
            });
        };
        let unreadable = |reason: String| {
            Failure::new(Exit::General, format!("{}: {reason}", file.display()))
                .next("Remove the file to begin a new simulated account.")
        };
        let stored: Stored =
            serde_json::from_str(&text).map_err(|error| unreadable(error.to_string()))?;
        if stored.version != VERSION {
            return Err(unreadable(
                "it was written by another version of svps".to_owned(),
            ));
        }
        Ok(stored)
    }

    fn now_ms(&self) -> i64 {
        self.with(|stored| stored.now_ms).unwrap_or(START_MS)
    }
}

impl Transport for World {
    fn send(&self, request: &HttpRequest) -> Reply {
        let exchange = self.with(|stored| {
            let exchange = stored.simulator.handle(&received(request), stored.now_ms);
            let delay_ms = match &exchange {
                Exchange::Reply(response) => response.delay_ms,
                Exchange::NotDelivered | Exchange::Lost | Exchange::Cut { .. } => 0,
            };
            stored.now_ms = stored.now_ms.saturating_add_unsigned(delay_ms);
            exchange
        });
        match exchange {
            Ok(Exchange::Reply(response)) => Reply::Response(HttpResponse {
                status: response.status,
                headers: response.headers,
                body: response.body,
            }),
            Ok(Exchange::NotDelivered) => {
                failed(FailureKind::Connect, Delivery::NotSent, "simulated")
            }
            Ok(Exchange::Lost | Exchange::Cut { .. }) => {
                failed(FailureKind::Io, Delivery::Unknown, "simulated")
            }
            Err(failure) => failed(FailureKind::Io, Delivery::Unknown, &failure.message),
        }
    }
}

impl Prober for World {
    fn probe(&self, target: &ProbeTarget, _: Duration) -> ProbeOutcome {
        let state = self.with(|stored| stored.simulator.state(stored.now_ms));
        let Ok(state) = state else {
            return ProbeOutcome::NotTried;
        };
        let is_meant = |address: &String| *address == target.address;
        let mut found = state.vps.iter().filter(|vps| vps.answers);
        if found.any(|vps| vps.ip_address.as_ref().is_some_and(is_meant)) {
            ProbeOutcome::Answered
        } else {
            ProbeOutcome::Silent
        }
    }
}

impl Clock for World {
    fn monotonic(&self) -> Duration {
        let since = self.now_ms().saturating_sub(START_MS);
        Duration::from_millis(u64::try_from(since).unwrap_or_default())
    }

    fn now(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_millis(self.now_ms().unsigned_abs())
    }

    fn sleep(&self, duration: Duration, _stopper: &Stopper) {
        let ms = u64::try_from(duration.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX);
        // A world that can't be written any more fails the next request.
        let _ = self.with(|stored| stored.now_ms = stored.now_ms.saturating_add_unsigned(ms));
    }

    fn world(&self) -> Option<String> {
        Some(self.place.file.display().to_string())
    }
}

/// A request as the simulated service receives it.
fn received(request: &HttpRequest) -> Request {
    let target = request.url.strip_prefix(BASE_URL).unwrap_or("/");
    let pair = |Header { name, value }: &Header| (name.clone(), value.clone());
    Request {
        method: request.method.clone(),
        target: target.to_owned(),
        headers: request.headers.iter().map(pair).collect(),
        body: request.body.clone().unwrap_or_default().into_bytes(),
    }
}

fn failed(kind: FailureKind, delivery: Delivery, detail: &str) -> Reply {
    Reply::Failed(TransportFailure {
        kind,
        delivery,
        detail: detail.to_owned(),
    })
}
