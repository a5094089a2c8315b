//! Which clocks a client goes by.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::client::clock::{Clock, SystemClock};
use crate::client::stop::Stopper;
#[cfg(feature = "testing")]
use crate::testing::{Activity, World};

/// A client's clocks.
pub(crate) enum Time {
    /// The machine's.
    System,
    /// The user's.
    Own(Arc<dyn Clock>),
    /// A simulator's.
    #[cfg(feature = "testing")]
    Simulated(Arc<World>),
}

/// Nothing: only simulated time must know which calls are under way.
#[cfg(not(feature = "testing"))]
pub(crate) struct Activity;

impl Time {
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

    pub(crate) fn sleep(&self, duration: Duration, stopper: &Stopper) {
        self.clock().sleep(duration, stopper);
    }

    pub(crate) fn world(&self) -> Option<String> {
        self.clock().world()
    }

    /// A call or a purchase is under way for as long as this is kept.
    pub(crate) fn activity(&self) -> Option<Activity> {
        match self {
            Self::System | Self::Own(_) => None,
            #[cfg(feature = "testing")]
            Self::Simulated(world) => Some(world.activity()),
        }
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
