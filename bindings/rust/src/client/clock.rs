//! The clocks that a client reads, and its sleep.

use std::sync::LazyLock;
use std::time::{Duration, Instant, SystemTime};

#[cfg(feature = "blocking")]
use crate::client::stop::Stopper;

/// The clocks of a blocking client. The default is [`SystemClock`]; tests bring their own.
#[cfg(feature = "blocking")]
pub trait Clock: Send + Sync {
    /// The time since a moment of the clock's own. It never runs backwards, and does not jump when the time of
    /// day is set: every pause and every deadline is measured by it.
    fn monotonic(&self) -> Duration;

    /// The time of day. It is only written down.
    fn now(&self) -> SystemTime;

    /// Returns after that time, or as soon as `stopper` is stopped.
    fn sleep(&self, duration: Duration, stopper: &Stopper);

    /// The name of the world whose time this is. Clients of one world know what the others of this process
    /// buy. `None` is the real world; the default, an empty name, is a world of each client alone.
    fn world(&self) -> Option<String> {
        Some(String::new())
    }
}

/// The clocks of an asynchronous client. The default is [`SystemClock`]; tests bring their own.
#[cfg(feature = "async")]
pub trait AsyncClock: Send + Sync {
    /// The time since a moment of the clock's own. It never runs backwards, and does not jump when the time of
    /// day is set: every pause and every deadline is measured by it.
    fn monotonic(&self) -> Duration;

    /// The time of day. It is only written down.
    fn now(&self) -> SystemTime;

    /// A future that ends after that time.
    fn sleep(&self, duration: Duration) -> SleepFuture<'_>;

    /// The name of the world whose time this is. Clients of one world know what the others of this process
    /// buy. `None` is the real world; the default, an empty name, is a world of each client alone.
    fn world(&self) -> Option<String> {
        Some(String::new())
    }
}

/// A sleep.
#[cfg(feature = "async")]
pub type SleepFuture<'a> = std::pin::Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

/// The machine's own clocks.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

#[cfg(feature = "blocking")]
impl Clock for SystemClock {
    fn monotonic(&self) -> Duration {
        since_first_read()
    }

    fn now(&self) -> SystemTime {
        SystemTime::now()
    }

    fn sleep(&self, duration: Duration, stopper: &Stopper) {
        let _ = stopper.wait(duration);
    }

    fn world(&self) -> Option<String> {
        None
    }
}

#[cfg(feature = "async")]
impl AsyncClock for SystemClock {
    fn monotonic(&self) -> Duration {
        since_first_read()
    }

    fn now(&self) -> SystemTime {
        SystemTime::now()
    }

    fn sleep(&self, duration: Duration) -> SleepFuture<'_> {
        Box::pin(tokio::time::sleep(duration))
    }

    fn world(&self) -> Option<String> {
        None
    }
}

/// The monotonic clock of this process, since it was first read.
pub(crate) fn since_first_read() -> Duration {
    static FIRST: LazyLock<Instant> = LazyLock::new(Instant::now);
    FIRST.elapsed()
}
