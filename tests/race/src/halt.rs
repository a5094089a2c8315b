//! A process that stops itself at the worst moments.

use std::cell::Cell;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime};

use clap::ValueEnum;

use stablevps::{Clock, Phase, Progress, Stopper, SystemClock};

thread_local! {
    /// Whether this thread's next reading of the clock is the one.
    static IS_ARMED: Cell<bool> = const { Cell::new(false) };
}

/// Less than the process is stopped for.
const STOPPED_FOR: Duration = Duration::from_secs(5);

/// Between the announcement of an order and its first byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Moment {
    /// While the caller is told of it.
    Progress,
    /// After the clock was read for the last time.
    Clock,
}

/// Stops the process once, where it was asked for.
#[derive(Clone, Default)]
pub struct Halt {
    at_progress: Arc<AtomicBool>,
    at_clock: Arc<AtomicBool>,
}

impl Halt {
    pub fn new(moment: Option<Moment>) -> Self {
        let halt = Self::default();
        let is_at = |one| moment == Some(one);
        halt.at_progress
            .store(is_at(Moment::Progress), Ordering::SeqCst);
        halt.at_clock.store(is_at(Moment::Clock), Ordering::SeqCst);
        halt
    }

    /// Called with every progress. In the phase `Ordering` the order was announced, and is sent next.
    pub fn look(&self, progress: &Progress) {
        if progress.phase != Phase::Ordering {
            return;
        }
        if self.at_progress.swap(false, Ordering::SeqCst) {
            stop();
        }
        if self.at_clock.swap(false, Ordering::SeqCst) {
            IS_ARMED.set(true);
        }
    }
}

impl Clock for Halt {
    fn monotonic(&self) -> Duration {
        let time = SystemClock.monotonic();
        if IS_ARMED.take() {
            stop();
        }
        time
    }

    fn now(&self) -> SystemTime {
        SystemClock.now()
    }

    fn sleep(&self, duration: Duration, stopper: &Stopper) {
        SystemClock.sleep(duration, stopper);
    }

    fn world(&self) -> Option<String> {
        SystemClock.world()
    }
}

/// Returns once the process was stopped and goes on. Its threads stop one after the other, so this one waits for that:
/// it is over when more time has passed than a thread needs to stop.
fn stop() {
    println!("halting");
    let begun = Instant::now();
    let own = std::process::id().to_string();
    if let Err(error) = Command::new("kill").args(["-STOP", &own]).status() {
        eprintln!("kill: {error}");
    }
    while begun.elapsed() < STOPPED_FOR {
        std::thread::sleep(Duration::from_millis(10));
    }
}
