//! The host's two clocks. All waits, windows and deadlines are measured by the monotonic one; the time of day is
//! asked for once, when a machine begins, and is only written down.

use crate::time::Timestamp;

/// A reading of the host's monotonic clock, in milliseconds since a moment of the host's own.
///
/// It must not jump when the time of day is set, and may stand still while the machine sleeps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Instant(u64);

impl Instant {
    /// From the clock's milliseconds.
    #[must_use]
    pub fn from_millis(millis: u64) -> Self {
        Self(millis)
    }

    /// As the clock's milliseconds.
    #[must_use]
    pub fn millis(self) -> u64 {
        self.0
    }

    /// This moment, `delay_ms` later.
    #[must_use]
    pub fn plus_ms(self, delay_ms: u64) -> Self {
        Self(self.0.saturating_add(delay_ms))
    }

    /// The milliseconds since `earlier`; 0 where that is later.
    #[must_use]
    pub fn since_ms(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// Both clocks, read at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    /// By the monotonic clock.
    pub instant: Instant,
    /// The time of day.
    pub time: Timestamp,
}

impl Now {
    /// Both clocks, in milliseconds.
    #[must_use]
    pub fn from_millis(monotonic: u64, epoch: i64) -> Self {
        Self {
            instant: Instant::from_millis(monotonic),
            time: Timestamp::from_millis(epoch),
        }
    }

    /// Both clocks at a later moment, if nobody sets the time of day.
    pub(crate) fn later(self, instant: Instant) -> Self {
        let time = self.time.plus_ms(instant.since_ms(self.instant));
        Self { instant, time }
    }
}
