//! Which clocks a client goes by.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

#[cfg(feature = "blocking")]
use crate::client::clock::Clock;
use crate::client::clock::SystemClock;
#[cfg(feature = "async")]
use crate::client::clock::{AsyncClock, SleepFuture};
#[cfg(feature = "blocking")]
use crate::client::stop::Stopper;
#[cfg(feature = "testing")]
use crate::testing::{Activity, World};

/// A client's clocks, which are of the kind `C` where they are the user's own.
pub(crate) enum Time<C: ?Sized> {
    /// The machine's.
    System,
    /// The user's.
    Own(Arc<C>),
    /// A simulator's.
    #[cfg(feature = "testing")]
    Simulated(World),
}

/// Those of an asynchronous client.
#[cfg(feature = "async")]
pub(crate) type AsyncTime = Time<dyn AsyncClock>;

/// Nothing: only simulated time must know which calls are under way.
#[cfg(not(feature = "testing"))]
pub(crate) struct Activity;

impl<C: ?Sized> Time<C> {
    /// A call or a purchase is under way for as long as this is kept.
    pub(crate) fn activity(&self) -> Option<Activity> {
        match self {
            Self::System | Self::Own(_) => None,
            #[cfg(feature = "testing")]
            Self::Simulated(world) => Some(world.activity()),
        }
    }
}

#[cfg(feature = "blocking")]
impl Time<dyn Clock> {
    fn clock(&self) -> &dyn Clock {
        match self {
            Self::System => &SystemClock,
            Self::Own(clock) => clock.as_ref(),
            #[cfg(feature = "testing")]
            Self::Simulated(world) => world,
        }
    }

    pub(crate) fn monotonic(&self) -> Duration {
        self.clock().monotonic()
    }

    pub(crate) fn now(&self) -> SystemTime {
        self.clock().now()
    }

    pub(crate) fn world(&self) -> Option<String> {
        self.clock().world()
    }

    pub(crate) fn sleep(&self, duration: Duration, stopper: &Stopper) {
        self.clock().sleep(duration, stopper);
    }

    /// Runs a function of the user's in the middle of a purchase: calls within it are part of that.
    pub(crate) fn lend<T>(&self, function: impl FnOnce() -> T) -> T {
        match self {
            Self::System | Self::Own(_) => function(),
            #[cfg(feature = "testing")]
            Self::Simulated(_) => World::lend(function),
        }
    }
}

#[cfg(feature = "async")]
impl AsyncTime {
    fn clock(&self) -> &dyn AsyncClock {
        match self {
            Self::System => &SystemClock,
            Self::Own(clock) => clock.as_ref(),
            #[cfg(feature = "testing")]
            Self::Simulated(world) => world,
        }
    }

    pub(crate) fn monotonic(&self) -> Duration {
        self.clock().monotonic()
    }

    pub(crate) fn now(&self) -> SystemTime {
        self.clock().now()
    }

    pub(crate) fn world(&self) -> Option<String> {
        self.clock().world()
    }

    pub(crate) fn sleep(&self, duration: Duration) -> SleepFuture<'_> {
        self.clock().sleep(duration)
    }

    /// Awaits what a function of the user's gives in the middle of a purchase: calls within it are part of that.
    pub(crate) async fn lend<Fut: Future>(&self, function: impl FnOnce() -> Fut) -> Fut::Output {
        match self {
            Self::System | Self::Own(_) => function().await,
            #[cfg(feature = "testing")]
            Self::Simulated(_) => {
                let future = World::lend(function);
                let mut future = std::pin::pin!(future);
                std::future::poll_fn(|context| World::lend(|| future.as_mut().poll(context))).await
            }
        }
    }
}
