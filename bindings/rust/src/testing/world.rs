//! Virtual time, which the calls of a simulated service share.
//!
//! Time stands while any of them has something to do, such as a program's own `on_progress`. When all of them
//! sleep, the time is that of the earliest to wake. So calls side by side sleep side by side.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::client::clock::Clock;
use crate::client::stop::Stopper;

/// The time of one simulated service, and the calls that share it.
pub(crate) struct World {
    name: String,
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    now_ms: u64,
    /// How many calls are under way.
    active: usize,
    last_sleeper: u64,
    /// When each sleeping call wakes.
    sleepers: BTreeMap<u64, u64>,
}

thread_local! {
    /// How many functions of the user's this thread is in, in the middle of a purchase.
    static LENT: Cell<usize> = const { Cell::new(0) };
}

impl World {
    pub(crate) fn new(now_ms: u64) -> Arc<Self> {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        Arc::new(Self {
            name: format!("simulated {number}"),
            state: Mutex::new(State {
                now_ms,
                active: 0,
                last_sleeper: 0,
                sleepers: BTreeMap::new(),
            }),
            changed: Condvar::new(),
        })
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
        self.changed.notify_all();
    }

    /// A call is under way for as long as this is kept. Within a purchase's own function it is part of that.
    pub(crate) fn activity(self: &Arc<Self>) -> Activity {
        let is_counted = LENT.get() == 0;
        if is_counted {
            self.lock().active += 1;
        }
        Activity {
            world: is_counted.then(|| Arc::clone(self)),
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

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets time pass until someone wakes, unless someone is busy.
    fn settle(&self, state: &mut State) {
        if state.sleepers.len() < state.active {
            return;
        }
        if let Some(earliest) = state.sleepers.values().min().copied() {
            state.pass(earliest);
            self.changed.notify_all();
        }
    }
}

impl State {
    fn pass(&mut self, now_ms: u64) {
        let now_ms = now_ms.max(self.now_ms);
        self.now_ms = now_ms;
        self.sleepers.retain(|_, wakes_at| *wakes_at > now_ms);
    }
}

impl Clock for Arc<World> {
    fn monotonic(&self) -> Duration {
        Duration::from_millis(self.now_ms())
    }

    fn now(&self) -> SystemTime {
        UNIX_EPOCH + self.monotonic()
    }

    fn sleep(&self, duration: Duration, stopper: &Stopper) {
        let world = Arc::clone(self);
        let _watching = stopper.on_stop(move || world.changed.notify_all());
        let mut state = self.lock();
        state.last_sleeper += 1;
        let me = state.last_sleeper;
        let wakes_at = state.now_ms.saturating_add(whole_ms(duration));
        state.sleepers.insert(me, wakes_at);
        self.settle(&mut state);
        while state.sleepers.contains_key(&me) && !stopper.is_stopped() {
            let woken = self.changed.wait(state);
            state = woken.unwrap_or_else(PoisonError::into_inner);
        }
        state.sleepers.remove(&me);
    }

    fn world(&self) -> Option<String> {
        Some(self.name.clone())
    }
}

/// A call under way.
pub(crate) struct Activity {
    world: Option<Arc<World>>,
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
