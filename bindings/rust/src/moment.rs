//! Moments that a sleeping machine does not miss.

use std::time::{Duration, Instant, SystemTime};

/// A moment by two clocks, whichever has it first: the monotonic one may stand still while the machine sleeps, and
/// the time of day may be set back.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    monotonic: Option<Instant>,
    time: Option<SystemTime>,
}

impl Moment {
    /// This one.
    #[must_use]
    pub fn now() -> Self {
        Self {
            monotonic: Some(Instant::now()),
            time: Some(SystemTime::now()),
        }
    }

    /// So much later. What a clock can't count does not come by it.
    #[must_use]
    pub fn plus(self, span: Duration) -> Self {
        Self {
            monotonic: self.monotonic.and_then(|at| at.checked_add(span)),
            time: self.time.and_then(|at| at.checked_add(span)),
        }
    }

    /// Whether it is now, or is over.
    #[must_use]
    pub fn has_come(&self) -> bool {
        let by_monotonic = self.monotonic.is_some_and(|at| Instant::now() >= at);
        by_monotonic || self.time.is_some_and(|at| SystemTime::now() >= at)
    }
}
