//! Moments that a sleeping machine does not miss.

use std::time::{Duration, Instant, SystemTime};

use stablevps_core::clock::Instant as MachineTime;

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

/// When a store was asked for its last operation, by which a recorded purchase says until when its order may begin.
#[derive(Clone, Copy, Debug, Default)]
pub struct Asked(Option<(u32, MachineTime, Moment)>);

impl Asked {
    /// It is asked for the operation of that number now, or was already.
    pub fn note(&mut self, id: u32, now: MachineTime) {
        if self.0.is_none_or(|(asked, ..)| asked != id) {
            self.0 = Some((id, now, Moment::now()));
        }
    }

    /// The moment that is so long from `now`, the machine's time. It is counted from when the store was asked to note
    /// the order: whatever stopped the process or the machine since then, the lease went on.
    #[must_use]
    pub fn limit(&self, within_ms: u64, now: MachineTime) -> Moment {
        let (asked, moment) = match self.0 {
            Some((_, asked, moment)) => (asked, moment),
            None => (now, Moment::now()),
        };
        let span_ms = now.since_ms(asked).saturating_add(within_ms);
        moment.plus(Duration::from_millis(span_ms))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_counted_from_the_first_time_that_the_store_was_asked() {
        let at = MachineTime::from_millis;
        let mut asked = Asked::default();
        asked.note(1, at(0));
        // By the machine's time a minute is over, which by the clocks was none.
        asked.note(1, at(60_000));
        let Asked(Some((_, first, moment))) = asked else {
            unreachable!("it was asked")
        };
        assert_eq!(first, at(0));
        let limit = asked.limit(5_000, at(60_000));
        assert_eq!(limit.time, moment.plus(Duration::from_secs(65)).time);
        asked.note(2, at(60_000));
        assert!(asked.limit(0, at(60_000)).has_come());
        assert!(!asked.limit(3_600_000, at(60_000)).has_come());
    }
}
