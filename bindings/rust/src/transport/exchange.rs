//! A request under way in another thread, and the two ends of it.

use std::fmt;
use std::mem;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use stablevps_core::http::{Delivery, FailureKind, Reply, TransportFailure};

use super::gate::Gate;

/// A request under way. Whoever drops it gives the request up, as with [`abandon`](Self::abandon).
pub struct Exchange {
    shared: Arc<Shared>,
    process: u32,
}

/// The worker's end. Dropped without a reply, it says that the request was never begun.
pub(super) struct Completion {
    shared: Arc<Shared>,
}

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
    gate: Arc<Gate>,
}

enum State {
    Running,
    Finished(Reply),
    Abandoned(Delivery),
    HandedOut,
}

/// Both ends of a new exchange.
pub(super) fn open(gate: Gate) -> (Exchange, Completion) {
    let shared = Arc::new(Shared {
        state: Mutex::new(State::Running),
        changed: Condvar::new(),
        gate: Arc::new(gate),
    });
    (
        Exchange {
            shared: Arc::clone(&shared),
            process: std::process::id(),
        },
        Completion { shared },
    )
}

impl Exchange {
    /// Waits for the reply, in slices as long as the host likes. `None` says that the request is
    /// still under way.
    ///
    /// The reply is handed out once. Another wait after that, a wait after
    /// [`abandon`](Self::abandon) and a wait in a forked child, where no worker runs, end at once
    /// with a failure of the kind `Cancelled`.
    #[must_use]
    pub fn wait(&self, at_most: Duration) -> Option<Reply> {
        if self.is_inherited() {
            return Some(cancelled(
                Delivery::Unknown,
                "the request belongs to the parent process",
            ));
        }
        let (mut state, _) = self
            .shared
            .changed
            .wait_timeout_while(self.shared.lock(), at_most, |state| {
                matches!(state, State::Running)
            })
            .unwrap_or_else(PoisonError::into_inner);
        match mem::replace(&mut *state, State::HandedOut) {
            State::Running => {
                *state = State::Running;
                None
            }
            State::Finished(reply) => Some(reply),
            State::Abandoned(delivery) => {
                *state = State::Abandoned(delivery);
                Some(cancelled(delivery, "the request was given up"))
            }
            State::HandedOut => Some(cancelled(
                Delivery::Unknown,
                "the reply was handed out before",
            )),
        }
    }

    /// Waits for the end of the request, and leaves the reply where it is. Whether the end has come.
    #[must_use]
    pub fn is_over_within(&self, at_most: Duration) -> bool {
        if self.is_inherited() {
            return true;
        }
        let (state, _) = self
            .shared
            .changed
            .wait_timeout_while(self.shared.lock(), at_most, |state| {
                matches!(state, State::Running)
            })
            .unwrap_or_else(PoisonError::into_inner);
        !matches!(*state, State::Running)
    }

    /// Gives the request up and wakes every waiter at once.
    ///
    /// If not one byte of it was written, none ever will be, and the waiters learn `NotSent`.
    /// Otherwise they learn `Unknown`, and the worker finishes the exchange in the background. A
    /// reply that is there already stays.
    pub fn abandon(&self) {
        if self.is_inherited() {
            return;
        }
        let mut state = self.shared.lock();
        if matches!(*state, State::Running) {
            *state = State::Abandoned(self.shared.gate.shut());
            drop(state);
            self.shared.changed.notify_all();
        }
    }

    /// In a forked child the locks may be held by threads that were not copied: they are never
    /// touched there.
    fn is_inherited(&self) -> bool {
        self.process != std::process::id()
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        self.abandon();
    }
}

impl fmt::Debug for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Exchange")
    }
}

impl Completion {
    /// Runs the exchange, unless it was given up while it waited for a thread, and hands over its
    /// reply.
    pub(super) fn fulfil(self, exchange: impl FnOnce(&Arc<Gate>) -> Reply) {
        if !self.shared.gate.is_shut() {
            self.finish(exchange(&self.shared.gate));
        }
    }

    fn finish(&self, reply: Reply) {
        let mut state = self.shared.lock();
        if matches!(*state, State::Running) {
            *state = State::Finished(reply);
            drop(state);
            self.shared.changed.notify_all();
        }
    }
}

impl Drop for Completion {
    fn drop(&mut self) {
        let delivery = self.shared.gate.shut();
        self.finish(Reply::Failed(TransportFailure {
            kind: FailureKind::Io,
            delivery,
            detail: "no thread could run the request".to_owned(),
        }));
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn cancelled(delivery: Delivery, detail: &str) -> Reply {
    Reply::Failed(TransportFailure {
        kind: FailureKind::Cancelled,
        delivery,
        detail: detail.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use stablevps_core::http::HttpResponse;

    fn failure(reply: Option<Reply>) -> (FailureKind, Delivery, String) {
        match reply {
            Some(Reply::Failed(failure)) => (failure.kind, failure.delivery, failure.detail),
            other => panic!("{other:?}"),
        }
    }

    fn response() -> Reply {
        Reply::Response(HttpResponse {
            status: 204,
            ..HttpResponse::default()
        })
    }

    #[test]
    fn a_reply_is_handed_out_once_and_a_second_wait_does_not_hang() {
        let (exchange, completion) = open(Gate::default());
        assert_eq!(exchange.wait(Duration::ZERO), None);
        completion.fulfil(|_| response());
        assert_eq!(exchange.wait(Duration::MAX), Some(response()));
        assert_eq!(
            failure(exchange.wait(Duration::MAX)),
            (
                FailureKind::Cancelled,
                Delivery::Unknown,
                "the reply was handed out before".into()
            )
        );
    }

    #[test]
    fn a_request_given_up_in_the_queue_is_never_run() {
        let (exchange, completion) = open(Gate::default());
        exchange.abandon();
        completion.fulfil(|_| panic!("it must not run"));
        for _ in 0..2 {
            assert_eq!(
                failure(exchange.wait(Duration::MAX)),
                (
                    FailureKind::Cancelled,
                    Delivery::NotSent,
                    "the request was given up".into()
                )
            );
        }
    }

    #[test]
    fn a_request_given_up_while_it_is_written_is_unknown() {
        let (exchange, completion) = open(Gate::default());
        completion.fulfil(|gate| {
            assert_eq!(gate.pass(), Ok(()));
            exchange.abandon();
            response()
        });
        assert_eq!(failure(exchange.wait(Duration::MAX)).1, Delivery::Unknown);
    }

    #[test]
    fn a_reply_that_is_there_survives_a_late_abandon() {
        let (exchange, completion) = open(Gate::default());
        completion.fulfil(|_| response());
        exchange.abandon();
        assert_eq!(exchange.wait(Duration::ZERO), Some(response()));
    }

    #[test]
    fn an_exchange_that_is_dropped_shuts_its_gate() {
        let (exchange, completion) = open(Gate::default());
        drop(exchange);
        assert!(completion.shared.gate.is_shut());
    }

    #[test]
    fn a_request_for_which_there_is_no_thread_was_not_sent() {
        let (exchange, completion) = open(Gate::default());
        drop(completion);
        assert_eq!(
            failure(exchange.wait(Duration::MAX)),
            (
                FailureKind::Io,
                Delivery::NotSent,
                "no thread could run the request".into()
            )
        );
    }

    #[test]
    fn a_forked_child_never_waits_for_a_worker_of_its_parent() {
        let (mut exchange, _completion) = open(Gate::default());
        let ours = mem::replace(&mut exchange.process, 0);
        assert_eq!(failure(exchange.wait(Duration::MAX)).1, Delivery::Unknown);
        exchange.abandon();
        exchange.process = ours;
        assert_eq!(
            exchange.wait(Duration::ZERO),
            None,
            "the parent's request goes on"
        );
    }
}
