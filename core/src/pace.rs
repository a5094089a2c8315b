//! How fast the calls of a client follow each other, once the service has asked for less.
//!
//! A 429 lets requests begin a tenth of a second apart, and each further one doubles that, at most once a second and up
//! to two seconds. After ten seconds without one, the gap shrinks by a quarter, until there is none. Requests of an
//! ordering window do not stand behind the others. `POST /auth` has a limit in number that says nothing about speed.
//!
//! No call waits for its place longer than half of the time that it may take.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::clock::Instant;
use crate::open_enum::closed_enum;

/// The first gap.
const FIRST_GAP_MS: u64 = 100;
/// The longest gap: half a request a second.
const LONGEST_GAP_MS: u64 = 2_000;
/// A gap shorter than that is none.
const SHORTEST_GAP_MS: u64 = 25;
/// How often the gap grows at most.
const GROWS_EVERY_MS: u64 = 1_000;
/// How often the gap shrinks.
const SHRINKS_EVERY_MS: u64 = 10_000;
/// The longest that a call without a limit of its own waits for its place.
const LONGEST_WAIT_MS: u64 = 30_000;

closed_enum! {
    /// Whether all calls of a client slow down together after the service said that there are too many.
    #[derive(Default)]
    Pacing, "\"on\" or \"off\"" {
        /// They do.
        #[default]
        On = "on",
        /// Each call minds only what the service answers to itself.
        Off = "off",
    }
}

/// Behind whom a request stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Lane {
    /// Behind all others.
    #[default]
    Common,
    /// Only behind those of an ordering window: there is one at a time per account, and others wait for it.
    Ordering,
}

/// The pace of a client's calls.
#[derive(Debug, Default)]
pub(crate) struct Pace(Mutex<Gaps>);

#[derive(Debug, Default)]
struct Gaps {
    gap_ms: u64,
    grown: Instant,
    /// When it grew or shrank last.
    changed: Instant,
    /// When the next one of each lane may begin.
    next: Instant,
    next_ordering: Instant,
}

impl Pace {
    /// The service said that there are too many requests.
    pub fn slow_down(&self, now: Instant) {
        let mut gaps = self.lock();
        gaps.shrink(now);
        if gaps.gap_ms > 0 && now.since_ms(gaps.grown) < GROWS_EVERY_MS {
            return;
        }
        let doubled = gaps.gap_ms.saturating_mul(2);
        gaps.gap_ms = doubled.clamp(FIRST_GAP_MS, LONGEST_GAP_MS);
        (gaps.grown, gaps.changed) = (now, now);
    }

    /// When a request may begin that is ready then. It takes that place, if it has to stand in line.
    pub fn place(
        &self,
        lane: Lane,
        limit_ms: Option<u64>,
        ready: Instant,
        now: Instant,
    ) -> Instant {
        let mut gaps = self.lock();
        gaps.shrink(now);
        let gap_ms = gaps.gap_ms;
        let next = match lane {
            Lane::Common => gaps.next,
            Lane::Ordering => gaps.next_ordering,
        };
        let is_behind_all = ready > now && ready >= next;
        if gap_ms == 0 || is_behind_all {
            return ready;
        }
        let place = next.max(ready);
        if lane == Lane::Ordering {
            gaps.next_ordering = place.plus_ms(gap_ms);
        }
        gaps.next = gaps.next.max(place).plus_ms(gap_ms);
        let most_ms = limit_ms.map_or(LONGEST_WAIT_MS, |ms| ms.div_euclid(2));
        place.min(ready.plus_ms(most_ms))
    }

    fn lock(&self) -> MutexGuard<'_, Gaps> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Gaps {
    fn shrink(&mut self, now: Instant) {
        while self.gap_ms > 0 && now.since_ms(self.changed) >= SHRINKS_EVERY_MS {
            self.gap_ms = self.gap_ms.saturating_mul(3).div_euclid(4);
            if self.gap_ms < SHORTEST_GAP_MS {
                self.gap_ms = 0;
            }
            self.changed = self.changed.plus_ms(SHRINKS_EVERY_MS);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: u64) -> Instant {
        Instant::from_millis(1_000_000 + ms)
    }

    fn common(pace: &Pace, now: Instant) -> u64 {
        pace.place(Lane::Common, None, now, now).since_ms(now)
    }

    #[test]
    fn nobody_waits_before_the_service_asked_for_it() {
        let pace = Pace::default();
        assert_eq!([common(&pace, at(0)), common(&pace, at(0))], [0, 0]);
    }

    #[test]
    fn the_gap_doubles_once_a_second_and_has_an_end() {
        let pace = Pace::default();
        let mut gaps = Vec::new();
        for second in 0..7 {
            let now = at(second * 1_000);
            // Many of them in a burst count as one.
            (0..5).for_each(|_| pace.slow_down(now));
            gaps.push(pace.lock().gap_ms);
        }
        assert_eq!(gaps, [100, 200, 400, 800, 1_600, 2_000, 2_000]);
    }

    #[test]
    fn calls_stand_in_line_a_gap_apart() {
        let pace = Pace::default();
        pace.slow_down(at(0));
        let waits: Vec<_> = (0..4).map(|_| common(&pace, at(0))).collect();
        assert_eq!(waits, [0, 100, 200, 300]);
        assert_eq!(common(&pace, at(350)), 50);
        assert_eq!(common(&pace, at(5_000)), 0);
    }

    #[test]
    fn who_waits_for_something_else_takes_no_place() {
        let pace = Pace::default();
        pace.slow_down(at(0));
        assert_eq!(common(&pace, at(0)), 0);
        let later = pace.place(Lane::Common, None, at(30_000), at(0));
        assert_eq!(later, at(30_000));
        let soon = pace.place(Lane::Common, None, at(20), at(0));
        assert_eq!(soon, at(100), "it would be ready before its place");
        assert_eq!(common(&pace, at(0)), 200);
    }

    #[test]
    fn an_ordering_window_does_not_stand_behind_the_others() {
        let pace = Pace::default();
        pace.slow_down(at(0));
        for _ in 0..50 {
            common(&pace, at(0));
        }
        let now = at(10);
        let ordering = || pace.place(Lane::Ordering, None, now, now).since_ms(now);
        assert_eq!([ordering(), ordering()], [0, 100]);
        // Those behind it make room.
        assert_eq!(common(&pace, at(10)), 52 * 100 - 10);
    }

    #[test]
    fn nobody_waits_longer_than_half_of_the_time_allowed() {
        let pace = Pace::default();
        (0..10).for_each(|second| pace.slow_down(at(second * 1_000)));
        let now = at(9_000);
        for _ in 0..100 {
            common(&pace, now);
        }
        let within = |limit_ms| pace.place(Lane::Common, limit_ms, now, now).since_ms(now);
        assert_eq!(within(Some(10_000)), 5_000);
        assert_eq!(within(None), LONGEST_WAIT_MS);
    }

    #[test]
    fn the_gap_goes_away_by_itself() {
        let pace = Pace::default();
        pace.slow_down(at(0));
        let gap_at = |ms| {
            pace.lock().shrink(at(ms));
            pace.lock().gap_ms
        };
        assert_eq!(gap_at(9_999), 100);
        assert_eq!(gap_at(10_000), 75);
        assert_eq!(gap_at(40_000), 31);
        assert_eq!(gap_at(50_000), 0);
        pace.slow_down(at(1_000_000));
        assert_eq!(gap_at(1_000_000), 100, "it begins anew");
    }
}
