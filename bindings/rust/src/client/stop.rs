//! Stopping a wait from elsewhere.

use std::fmt;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
#[cfg(feature = "async")]
use std::task::Poll;
use std::time::Duration;

/// Ends the wait of a purchase from anywhere: another thread, a Ctrl-C handler, the purchase's own
/// `on_progress`. Clones stop the same purchase.
///
/// That of a watch ends its iteration, without an error. That of several purchases ends each of them.
///
/// The run that is under way, or else the next one, ends with an error that carries the token. It ends at once,
/// with one exception: an order that is on its way is waited for, for as long as its request may take. The
/// purchase can be run again afterwards.
#[derive(Clone, Default)]
pub struct Stopper(Arc<Shared>);

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    is_stopped: bool,
    wake: Option<Box<dyn Fn() + Send>>,
}

impl Stopper {
    /// One that calls `wake` whenever it is stopped.
    #[cfg(feature = "blocking")]
    pub(crate) fn that(wake: impl Fn() + Send + 'static) -> Self {
        let stopper = Self::default();
        stopper.lock().wake = Some(Box::new(wake));
        stopper
    }

    /// Stops the purchase's run.
    pub fn stop(&self) {
        let mut state = self.lock();
        state.is_stopped = true;
        if let Some(wake) = &state.wake {
            wake();
        }
        drop(state);
        self.0.changed.notify_all();
    }

    /// Whether the run was stopped and has not ended yet.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.lock().is_stopped
    }

    /// Waits that long, or until it is stopped; says whether it was. For clocks.
    #[must_use]
    pub fn wait(&self, at_most: Duration) -> bool {
        let stopped = self
            .0
            .changed
            .wait_timeout_while(self.lock(), at_most, |state| !state.is_stopped);
        let (state, _) = stopped.unwrap_or_else(PoisonError::into_inner);
        state.is_stopped
    }

    /// Has `wake` called when it is stopped, or now where it was already, until what is returned is dropped.
    #[cfg(feature = "blocking")]
    pub(crate) fn on_stop(&self, wake: impl Fn() + Send + 'static) -> Watching<'_> {
        let mut state = self.lock();
        if state.is_stopped {
            wake();
        }
        state.wake = Some(Box::new(wake));
        Watching(self)
    }

    /// Awaits a future; gives nothing where it was stopped first.
    #[cfg(feature = "async")]
    pub(crate) async fn unless_stopped<F: Future>(&self, future: F) -> Option<F::Output> {
        let mut future = std::pin::pin!(future);
        let _watching = Watching(self);
        std::future::poll_fn(|context| {
            if let Poll::Ready(output) = future.as_mut().poll(context) {
                return Poll::Ready(Some(output));
            }
            let waker = context.waker().clone();
            let mut state = self.lock();
            state.wake = Some(Box::new(move || waker.wake_by_ref()));
            if state.is_stopped {
                Poll::Ready(None)
            } else {
                Poll::Pending
            }
        })
        .await
    }

    /// The run has ended: the next one goes on.
    pub(crate) fn reset(&self) {
        self.lock().is_stopped = false;
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Stopper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Stopper").field(&self.is_stopped()).finish()
    }
}

/// Something that is woken by a stop.
pub(crate) struct Watching<'a>(&'a Stopper);

impl Drop for Watching<'_> {
    fn drop(&mut self) {
        self.0.lock().wake = None;
    }
}
