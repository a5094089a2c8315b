//! Virtual time, which the calls of a simulated service share.
//!
//! Time stands while any of them has something to do, such as a program's own `on_progress`. When all of them
//! sleep, the time is that of the earliest to wake. So calls side by side sleep side by side.

use std::cell::Cell;
use std::collections::BTreeMap;
#[cfg(feature = "async")]
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::Waker;
#[cfg(feature = "async")]
use std::task::{Context, Poll};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

#[cfg(feature = "blocking")]
use crate::client::clock::Clock;
#[cfg(feature = "async")]
use crate::client::clock::{AsyncClock, SleepFuture};
#[cfg(feature = "blocking")]
use crate::client::stop::Stopper;

/// The time of one simulated service, and the calls that share it. Clones are the same one.
#[derive(Clone)]
pub(crate) struct World(Arc<Inner>);

struct Inner {
    name: String,
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    now_ms: u64,
    /// How many calls are under way.
    active: usize,
    last_sleeper: u64,
    sleepers: BTreeMap<u64, Sleeper>,
}

/// A call that sleeps.
struct Sleeper {
    wakes_at: u64,
    /// What wakes its task; a thread looks by itself.
    waker: Option<Waker>,
}

thread_local! {
    /// How many functions of the user's this thread is in, in the middle of a purchase.
    static LENT: Cell<usize> = const { Cell::new(0) };
}

impl World {
    pub(crate) fn new(now_ms: u64) -> Self {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        Self(Arc::new(Inner {
            name: format!("simulated {number}"),
            state: Mutex::new(State {
                now_ms,
                active: 0,
                last_sleeper: 0,
                sleepers: BTreeMap::new(),
            }),
            changed: Condvar::new(),
        }))
    }

    /// The time, in epoch milliseconds.
    pub(crate) fn now_ms(&self) -> u64 {
        self.lock().now_ms
    }

    /// Lets time pass.
    pub(crate) fn advance(&self, by: Duration) {
        let mut state = self.lock();
        let now_ms = state.now_ms.saturating_add(whole_ms(by));
        state.pass(now_ms);
        drop(state);
        self.0.changed.notify_all();
    }

    /// A call is under way for as long as this is kept. Within a purchase's own function it is part of that.
    pub(crate) fn activity(&self) -> Activity {
        let is_counted = LENT.get() == 0;
        if is_counted {
            self.lock().active += 1;
        }
        Activity {
            world: is_counted.then(|| self.clone()),
        }
    }

    /// Runs a function of the user's in the middle of a purchase.
    pub(crate) fn lend<T>(function: impl FnOnce() -> T) -> T {
        struct Back;
        impl Drop for Back {
            fn drop(&mut self) {
                LENT.set(LENT.get().saturating_sub(1));
            }
        }
        LENT.set(LENT.get().saturating_add(1));
        let _back = Back;
        function()
    }

    /// A call goes to sleep.
    fn lie_down(&self, duration: Duration) -> u64 {
        let mut state = self.lock();
        state.last_sleeper += 1;
        let wakes_at = state.now_ms.saturating_add(whole_ms(duration));
        let sleeper = Sleeper {
            wakes_at,
            waker: None,
        };
        let number = state.last_sleeper;
        state.sleepers.insert(number, sleeper);
        number
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets time pass until someone wakes, unless someone is busy.
    fn settle(&self, state: &mut State) {
        if state.sleepers.len() < state.active {
            return;
        }
        let times = state.sleepers.values().map(|sleeper| sleeper.wakes_at);
        if let Some(earliest) = times.min() {
            state.pass(earliest);
            self.0.changed.notify_all();
        }
    }
}

impl State {
    fn pass(&mut self, now_ms: u64) {
        let now_ms = now_ms.max(self.now_ms);
        self.now_ms = now_ms;
        self.sleepers.retain(|_, sleeper| {
            let sleeps_on = sleeper.wakes_at > now_ms;
            if !sleeps_on && let Some(waker) = sleeper.waker.take() {
                waker.wake();
            }
            sleeps_on
        });
    }
}

#[cfg(feature = "blocking")]
impl Clock for World {
    fn monotonic(&self) -> Duration {
        Duration::from_millis(self.now_ms())
    }

    fn now(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_millis(self.now_ms())
    }

    fn sleep(&self, duration: Duration, stopper: &Stopper) {
        let world = self.clone();
        let _watching = stopper.on_stop(move || world.0.changed.notify_all());
        let me = self.lie_down(duration);
        let mut state = self.lock();
        self.settle(&mut state);
        while state.sleepers.contains_key(&me) && !stopper.is_stopped() {
            let woken = self.0.changed.wait(state);
            state = woken.unwrap_or_else(PoisonError::into_inner);
        }
        state.sleepers.remove(&me);
    }

    fn world(&self) -> Option<String> {
        Some(self.0.name.clone())
    }
}

#[cfg(feature = "async")]
impl AsyncClock for World {
    fn monotonic(&self) -> Duration {
        Duration::from_millis(self.now_ms())
    }

    fn now(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_millis(self.now_ms())
    }

    fn sleep(&self, duration: Duration) -> SleepFuture<'_> {
        Box::pin(Sleep {
            world: self,
            duration,
            number: None,
            has_yielded: false,
        })
    }

    fn world(&self) -> Option<String> {
        Some(self.0.name.clone())
    }
}

/// A task's sleep.
#[cfg(feature = "async")]
struct Sleep<'a> {
    world: &'a World,
    duration: Duration,
    number: Option<u64>,
    has_yielded: bool,
}

#[cfg(feature = "async")]
impl Future for Sleep<'_> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let world = self.world;
        let Some(number) = self.number else {
            self.number = Some(world.lie_down(self.duration));
            // Whoever was started beside this one begins first.
            context.waker().wake_by_ref();
            return Poll::Pending;
        };
        let mut state = world.lock();
        if !self.has_yielded {
            self.has_yielded = true;
            world.settle(&mut state);
        }
        match state.sleepers.get_mut(&number) {
            Some(sleeper) => {
                sleeper.waker = Some(context.waker().clone());
                Poll::Pending
            }
            None => Poll::Ready(()),
        }
    }
}

#[cfg(feature = "async")]
impl Drop for Sleep<'_> {
    fn drop(&mut self) {
        if let Some(number) = self.number {
            self.world.lock().sleepers.remove(&number);
        }
    }
}

/// A call under way.
pub(crate) struct Activity {
    world: Option<World>,
}

impl Drop for Activity {
    fn drop(&mut self) {
        if let Some(world) = &self.world {
            let mut state = world.lock();
            state.active = state.active.saturating_sub(1);
            world.settle(&mut state);
        }
    }
}

/// Whole milliseconds, rounded up.
fn whole_ms(span: Duration) -> u64 {
    u64::try_from(span.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX)
}
