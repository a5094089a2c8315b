//! A watch under way.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_core::Stream;
use stablevps_core::clock::Instant;
use stablevps_core::error::Error;
use stablevps_core::probe::ProbeRequest;
use stablevps_core::step::Step;
use stablevps_core::watch::{ProbeOutcome, ProbeTarget, Watch, WatchEvent};
use tokio::task::JoinSet;

use super::AsyncClient;
use crate::client::prober::AsyncProber;
use crate::client::session::two_drivers;
use crate::client::watching::{WatchBuilder, end_of, within};

/// How many VPS are probed at once.
const MOST_PROBES: usize = 64;

/// A watch over the account's VPS: a stream of events, for tokio, as a rule without an end. It looks only while it is polled, and
/// may be dropped at any time.
///
/// It gives an error once, as its last item, when the service has refused the key twice in a row.
pub struct AsyncVpsWatch(State);

enum State {
    /// Between two events.
    Resting(Box<Watching>),
    /// On the way to the next event. The future has the machine.
    Looking(Looking),
    Over,
}

type Looking = Pin<Box<dyn Future<Output = (Box<Watching>, Option<Event>)> + Send>>;

type Event = Result<WatchEvent, Error>;

struct Watching {
    client: AsyncClient,
    machine: Watch,
    end: Option<Instant>,
}

impl AsyncVpsWatch {
    /// The next event; nothing after the end, or the error that ended the watch. The future may be dropped: no event is lost, and
    /// the next call goes on where it was.
    pub async fn next(&mut self) -> Option<Result<WatchEvent, Error>> {
        std::future::poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }
}

impl Stream for AsyncVpsWatch {
    type Item = Result<WatchEvent, Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let state = &mut self.get_mut().0;
        let mut looking = match std::mem::replace(state, State::Over) {
            State::Resting(watching) => Box::pin(watching.look()) as Looking,
            State::Looking(looking) => looking,
            State::Over => return Poll::Ready(None),
        };
        match looking.as_mut().poll(context) {
            Poll::Pending => {
                *state = State::Looking(looking);
                Poll::Pending
            }
            Poll::Ready((watching, event)) => {
                if matches!(event, Some(Ok(_))) {
                    *state = State::Resting(watching);
                }
                Poll::Ready(event)
            }
        }
    }
}

impl Watching {
    async fn look(mut self: Box<Self>) -> (Box<Self>, Option<Event>) {
        let event = self.next_event().await;
        (self, event.transpose())
    }

    async fn next_event(&mut self) -> Result<Option<WatchEvent>, Error> {
        let client = self.client.clone();
        let _activity = client.time().activity();
        loop {
            if let Some(event) = self.machine.take_event() {
                return Ok(Some(event));
            }
            match self.machine.next_step(client.instant()) {
                Step::Done(error) => return Err(error),
                Step::Wait { delay_ms, .. } => {
                    let Some(delay) = within(self.end, client.instant(), delay_ms) else {
                        return Ok(None);
                    };
                    client.time().sleep(delay).await;
                }
                Step::Send(request) => {
                    let reply = client.sender().send(&request).await;
                    self.machine
                        .handle_reply(request.id, reply, client.instant())
                        .map_err(two_drivers)?;
                }
                Step::Probe(request) => {
                    let ProbeRequest {
                        id,
                        targets,
                        within_ms,
                    } = *request;
                    let within = Duration::from_millis(within_ms);
                    let outcomes = probe(client.prober(), targets, within).await;
                    self.machine
                        .handle_probes(id, &outcomes, client.instant())
                        .map_err(two_drivers)?;
                }
            }
        }
    }
}

/// Probes all of them side by side.
pub(super) async fn probe(
    prober: &Arc<dyn AsyncProber>,
    targets: Vec<ProbeTarget>,
    within: Duration,
) -> Vec<ProbeOutcome> {
    // One whose task ends early was not tried.
    let mut outcomes = vec![ProbeOutcome::NotTried; targets.len()];
    let mut note = |probed: Result<(usize, ProbeOutcome), _>| {
        if let Ok((number, outcome)) = probed
            && let Some(place) = outcomes.get_mut(number)
        {
            *place = outcome;
        }
    };
    let mut tasks = JoinSet::new();
    for (number, target) in targets.into_iter().enumerate() {
        if tasks.len() >= MOST_PROBES
            && let Some(probed) = tasks.join_next().await
        {
            note(probed);
        }
        let prober = Arc::clone(prober);
        tasks.spawn(async move { (number, prober.probe(&target, within).await) });
    }
    while let Some(probed) = tasks.join_next().await {
        note(probed);
    }
    outcomes
}

impl fmt::Debug for AsyncVpsWatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AsyncVpsWatch").finish_non_exhaustive()
    }
}

impl WatchBuilder<AsyncClient> {
    /// Checks everything, and sends nothing.
    ///
    /// # Errors
    /// `InvalidInput` for settings that can't be used, or no key.
    pub fn begin(self) -> Result<AsyncVpsWatch, Error> {
        let client = self.client;
        let (seed, now) = (client.session().seed(), client.now());
        let machine = Watch::new(&client.session().api, &self.options, seed, now)?;
        let watching = Box::new(Watching {
            end: end_of(self.at_most, now.instant),
            client,
            machine,
        });
        Ok(AsyncVpsWatch(State::Resting(watching)))
    }
}
