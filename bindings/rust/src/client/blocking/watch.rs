//! A watch under way.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use stablevps_core::clock::Instant;
use stablevps_core::error::Error;
use stablevps_core::http::{HttpRequest, RequestId, RetryClass};
use stablevps_core::probe::ProbeRequest;
use stablevps_core::step::Step;
use stablevps_core::watch::{ProbeOutcome, ProbeTarget, Watch, WatchEvent};

use super::Client;
use crate::client::driver::abandoned;
use crate::client::prober::Prober;
use crate::client::session::two_drivers;
use crate::client::stop::Stopper;
use crate::client::watching::{WatchBuilder, end_of, within};

/// How many VPS are probed at once.
const MOST_PROBERS: usize = 32;

/// A watch over the account's VPS: an iterator of events, as a rule without an end. It looks only while it is asked for the next
/// event, and may be dropped at any time.
///
/// It gives an error once, as its last item, when the service has refused the key twice in a row.
#[derive(Debug)]
pub struct VpsWatch {
    client: Client,
    machine: Watch,
    stopper: Stopper,
    /// A request that was handed over, and whose end is not known.
    under_way: Option<(RequestId, RetryClass)>,
    end: Option<Instant>,
    is_over: bool,
}

impl VpsWatch {
    /// What ends the iteration from elsewhere: another thread, or a Ctrl-C handler. The iterator gives `None` then, at
    /// once, but for a reboot that is on its way, which is waited for. Asked again, it goes on.
    #[must_use]
    pub fn stopper(&self) -> Stopper {
        self.stopper.clone()
    }

    /// Whether it has ended for good: its time is over, or it gave its error.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.is_over
    }

    fn advance(&mut self) -> Result<Option<WatchEvent>, Error> {
        let client = self.client.clone();
        let _activity = client.time().activity();
        self.give_up_lost(client.instant())?;
        while !self.stopper.is_stopped() {
            if let Some(event) = self.machine.take_event() {
                return Ok(Some(event));
            }
            match self.machine.next_step(client.instant()) {
                Step::Done(error) => return Err(error),
                Step::Wait { delay_ms, .. } => {
                    let Some(delay) = within(self.end, client.instant(), delay_ms) else {
                        self.is_over = true;
                        return Ok(None);
                    };
                    client.time().sleep(delay, &self.stopper);
                }
                Step::Send(request) => self.send(&client, request)?,
                Step::Probe(request) => {
                    let ProbeRequest {
                        id,
                        targets,
                        within_ms,
                    } = *request;
                    let within = Duration::from_millis(within_ms);
                    let prober = client.prober();
                    if let Some(outcomes) = probe(prober, targets, within, &self.stopper) {
                        self.machine
                            .handle_probes(id, &outcomes, client.instant())
                            .map_err(two_drivers)?;
                    }
                }
            }
        }
        self.stopper.reset();
        Ok(None)
    }

    fn send(&mut self, client: &Client, request: Box<HttpRequest>) -> Result<(), Error> {
        let id = request.id;
        self.under_way = Some((id, request.retry_class));
        let sender = client.sender();
        let reply = sender.send_unless_stopped(request, None, &self.stopper);
        self.under_way = None;
        match reply {
            Some(reply) => self
                .machine
                .handle_reply(id, reply, client.instant())
                .map_err(two_drivers),
            None => Ok(()),
        }
    }

    /// A reboot over which the transport panicked may have been sent: it is not sent again.
    fn give_up_lost(&mut self, now: Instant) -> Result<(), Error> {
        match self.under_way.take() {
            Some((id, RetryClass::Once)) => {
                let reply = abandoned();
                self.machine
                    .handle_reply(id, reply, now)
                    .map_err(two_drivers)
            }
            Some((_, RetryClass::Read | RetryClass::Repeatable)) | None => Ok(()),
        }
    }
}

impl Iterator for VpsWatch {
    type Item = Result<WatchEvent, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_over {
            return None;
        }
        let next = self.advance();
        self.is_over |= next.is_err();
        next.transpose()
    }
}

enum Message {
    Probed(usize, ProbeOutcome),
    Stopped,
}

/// Probes all of them side by side; gives nothing where it was stopped. Threads that are left end by themselves.
pub(super) fn probe(
    prober: &Arc<dyn Prober>,
    targets: Vec<ProbeTarget>,
    within: Duration,
    stopper: &Stopper,
) -> Option<Vec<ProbeOutcome>> {
    let (tell, told) = mpsc::channel();
    let stop = tell.clone();
    let _watching = stopper.on_stop(move || drop(stop.send(Message::Stopped)));
    let mut outcomes = vec![ProbeOutcome::NotTried; targets.len()];
    let (targets, next) = (Arc::new(targets), Arc::new(AtomicUsize::new(0)));
    let mut left = 0;
    for _ in 0..outcomes.len().min(MOST_PROBERS) {
        let (prober, targets, next) = (prober.clone(), targets.clone(), next.clone());
        let tell = tell.clone();
        let work = move || {
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                let Some(target) = targets.get(number) else {
                    return;
                };
                // A prober that panics has not tried.
                let probe = AssertUnwindSafe(|| prober.probe(target, within));
                let outcome = catch_unwind(probe).unwrap_or(ProbeOutcome::NotTried);
                if tell.send(Message::Probed(number, outcome)).is_err() {
                    return;
                }
            }
        };
        // Without any thread, none of them was tried.
        let spawned = thread::Builder::new().spawn(work);
        left = if spawned.is_ok() {
            outcomes.len()
        } else {
            left
        };
    }
    drop(tell);
    while left > 0 {
        match told.recv().ok()? {
            Message::Stopped => return None,
            Message::Probed(number, outcome) => {
                if let Some(place) = outcomes.get_mut(number) {
                    *place = outcome;
                }
                left -= 1;
            }
        }
    }
    Some(outcomes)
}

impl WatchBuilder<Client> {
    /// Checks everything, and sends nothing.
    ///
    /// # Errors
    /// `InvalidInput` for settings that can't be used, or no key.
    pub fn begin(self) -> Result<VpsWatch, Error> {
        let session = self.client.session();
        let (seed, now) = (session.seed(), self.client.now());
        let machine = Watch::new(&session.api, &self.options, seed, now)?;
        Ok(VpsWatch {
            client: self.client,
            machine,
            stopper: Stopper::default(),
            under_way: None,
            end: end_of(self.at_most, now.instant),
            is_over: false,
        })
    }
}
