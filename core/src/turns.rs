//! Whose turn it is: of an account's purchases one at a time is before the end of its order, because a listing can't
//! tell two orders apart.
//!
//! A purchase that needs the turn joins the end of its account's queue when it is asked for its step. The first one
//! has the turn, and every other one says to wait, as for anything else. So a host needs nothing for a turn but the
//! sleep that it has, which ends as the host's sleeps end; nobody is woken, and nothing is called back.
//!
//! A place is given back when the purchase's turn ends, or when the purchase is dropped. So no exception, no cancellation and no
//! garbage collection leaves a queue locked, and no lock is held while anything else runs.
//!
//! How often a purchase looks decides how soon an order follows another, and what waiting costs. The first one notes
//! when it acts next, and the next in line looks then, so that an order follows another within 10 ms, or an
//! eighth of the time that a slow reply took. Those behind it can't have the turn before the ones ahead have had
//! it; where all of those give up at once, they notice it within 10.5 s.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use crate::clock::Instant;
use crate::process::PerProcess;

/// How soon the next in line looks again at the soonest.
const SHORTEST_LOOK_MS: u64 = 10;
/// How soon the next in line looks again at the latest: the first one may leave before it acts.
const LONGEST_LOOK_MS: u64 = 250;
/// Which part of the time since the first one acted the next in line lets pass.
const IDLE_PARTS: u64 = 8;
/// For how long each one ahead has the turn, at least. A purchase makes three requests with it. More than ten orders a
/// second can't be had in a long line; what waiting costs grows with its inverse.
const LEAST_TURN_MS: u64 = 100;
/// How soon anybody looks again: all of those ahead may leave at once.
const LONGEST_WAIT_MS: u64 = 10_000;
/// Long waits end at multiples of it, so that many of them wake their host once.
const TICK_MS: u64 = 500;

/// Where purchases stand in line. A native library keeps this in a static; two copies of a JavaScript package load
/// two cores, which share a register in their host.
///
/// A queue is there for as long as someone stands in it. Its name is that of an account in a world.
pub trait Places: Send + Sync {
    /// A number that nothing else has.
    fn number(&self) -> u64;

    /// How many stand before `place`, which joins the end of the queue if it does not stand there yet.
    fn ahead_of(&self, place: u64, queue: &str) -> usize;

    /// Removes `place`, if it is there.
    fn leave(&self, place: u64, queue: &str);

    /// Notes when the first one acts next, in milliseconds of its clock.
    fn note(&self, queue: &str, acts_at_ms: u64);

    /// What the first one noted; 0 where it noted nothing.
    fn acts_at_ms(&self, queue: &str) -> u64;
}

/// The places of this process. A forked child begins with none: its parent's purchases go on in the parent.
#[derive(Clone, Copy)]
pub(crate) struct PlacesOfProcess;

type Queues = Mutex<HashMap<String, Queue>>;

#[derive(Default)]
struct Queue {
    places: VecDeque<u64>,
    acts_at_ms: u64,
}

impl PlacesOfProcess {
    fn lock() -> MutexGuard<'static, HashMap<String, Queue>> {
        static QUEUES: LazyLock<PerProcess<Queues>> =
            LazyLock::new(|| PerProcess::new(Queues::default()));
        let queues = QUEUES.current(Queues::default);
        queues.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Places for PlacesOfProcess {
    fn number(&self) -> u64 {
        // Goes on in a forked child, which has its parent's purchases in its memory, too.
        static NUMBERS: AtomicU64 = AtomicU64::new(0);
        NUMBERS.fetch_add(1, Ordering::Relaxed)
    }

    fn ahead_of(&self, place: u64, queue: &str) -> usize {
        let mut queues = Self::lock();
        if !queues.contains_key(queue) {
            queues.insert(queue.to_owned(), Queue::default());
        }
        let places = queues.get_mut(queue).map(|queue| &mut queue.places);
        places.map_or(0, |places| {
            let standing = places.iter().position(|other| *other == place);
            standing.unwrap_or_else(|| {
                places.push_back(place);
                places.len().saturating_sub(1)
            })
        })
    }

    fn leave(&self, place: u64, queue: &str) {
        let mut queues = Self::lock();
        let Some(standing) = queues.get_mut(queue) else {
            return;
        };
        if standing.places.front() == Some(&place) {
            standing.acts_at_ms = 0;
        }
        standing.places.retain(|other| *other != place);
        if standing.places.is_empty() {
            queues.remove(queue);
        }
    }

    fn note(&self, queue: &str, acts_at_ms: u64) {
        if let Some(queue) = Self::lock().get_mut(queue) {
            queue.acts_at_ms = acts_at_ms;
        }
    }

    fn acts_at_ms(&self, queue: &str) -> u64 {
        let queues = Self::lock();
        queues.get(queue).map_or(0, |queue| queue.acts_at_ms)
    }
}

/// The queue of an account's purchases, and a place in it for each of them.
#[derive(Clone)]
pub(crate) struct Turns {
    places: Arc<dyn Places>,
    queue: Arc<str>,
}

impl Turns {
    /// Those of an account in the world of that name. Without a name they are nobody else's.
    pub fn of(places: Arc<dyn Places>, world: &str, account: &str) -> Self {
        let queue = if world.is_empty() {
            format!("{} {account}", places.number())
        } else {
            format!("{world} {account}")
        };
        Self {
            places,
            queue: queue.into(),
        }
    }

    /// A place that has not joined yet.
    pub fn turn(&self) -> Turn {
        Turn {
            place: self.places.number(),
            turns: self.clone(),
            is_lent: false,
            has_come: AtomicBool::new(false),
        }
    }
}

/// When the next in line looks again: when the first one acts; or else soon, and later the longer that one has been
/// waiting for what it did.
fn look_in_ms(acts_at_ms: u64, now: Instant) -> u64 {
    let acts_at = Instant::from_millis(acts_at_ms);
    let (ahead_ms, since_ms) = (acts_at.since_ms(now), now.since_ms(acts_at));
    let is_noted = acts_at_ms > 0;
    let look_ms = match ahead_ms {
        0 if is_noted => since_ms.div_euclid(IDLE_PARTS),
        _ => ahead_ms,
    };
    look_ms.clamp(SHORTEST_LOOK_MS, LONGEST_LOOK_MS)
}

/// When one that stands behind the next in line looks again.
fn look_behind_in_ms(ahead: u64, now: Instant) -> u64 {
    let wait_ms = ahead.saturating_mul(LEAST_TURN_MS).min(LONGEST_WAIT_MS);
    if wait_ms < TICK_MS.saturating_mul(2) {
        return wait_ms;
    }
    let until = now.plus_ms(wait_ms).millis();
    let tick = until.checked_next_multiple_of(TICK_MS).unwrap_or(until);
    Instant::from_millis(tick).since_ms(now)
}

/// A purchase's place. Dropping it gives it back.
pub(crate) struct Turn {
    turns: Turns,
    place: u64,
    /// Whether it is for another to give back.
    is_lent: bool,
    /// Whether it was the first in line when it was last asked for.
    has_come: AtomicBool,
}

impl Turn {
    /// In how many milliseconds to look again; none where it has come. Who does not stand in line joins its end.
    pub fn wait_ms(&self, now: Instant) -> Option<u64> {
        let Turns { places, queue } = &self.turns;
        let ahead = places.ahead_of(self.place, queue);
        self.has_come.store(ahead == 0, Ordering::Relaxed);
        match u64::try_from(ahead) {
            Ok(0) => None,
            Ok(1) => Some(look_in_ms(places.acts_at_ms(queue), now)),
            Ok(ahead) => Some(look_behind_in_ms(ahead, now)),
            Err(_) => Some(LONGEST_WAIT_MS),
        }
    }

    /// The queue of which it is the first, as far as it knows.
    pub fn leads(&self) -> Option<&str> {
        let leads = self.has_come.load(Ordering::Relaxed);
        leads.then_some(&*self.turns.queue)
    }

    /// Whether it is of that queue.
    pub fn is_of(&self, queue: &str) -> bool {
        *self.turns.queue == *queue
    }

    /// Notes when the purchase whose turn it is acts next.
    pub fn note(&self, acts_at: Instant) {
        self.turns.places.note(&self.turns.queue, acts_at.millis());
    }

    /// The same place, for another purchase, which does not give it back.
    pub fn lent(&self) -> Self {
        Self {
            turns: self.turns.clone(),
            place: self.place,
            is_lent: true,
            has_come: AtomicBool::new(self.has_come.load(Ordering::Relaxed)),
        }
    }

    /// Gives the place back. Doing so twice changes nothing.
    pub fn end(&self) {
        self.has_come.store(false, Ordering::Relaxed);
        if self.is_lent {
            return;
        }
        self.turns.places.leave(self.place, &self.turns.queue);
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.end();
    }
}

impl fmt::Debug for Turn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Turn").field(&self.place).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turns(account: &str) -> Turns {
        Turns::of(Arc::new(PlacesOfProcess), "turns", account)
    }

    fn at(millis: u64) -> Instant {
        Instant::from_millis(millis)
    }

    #[test]
    fn places_are_had_in_the_order_of_joining() {
        let turns = turns("order");
        let line: Vec<Turn> = (0..4).map(|_| turns.turn()).collect();
        let waits = |line: &[Turn]| {
            line.iter()
                .map(|turn| turn.wait_ms(at(0)))
                .collect::<Vec<_>>()
        };
        assert_eq!(waits(&line), [None, Some(10), Some(200), Some(300)]);
        // Asking twice changes nothing.
        assert_eq!(waits(&line), [None, Some(10), Some(200), Some(300)]);
        line[1].end();
        line[0].end();
        line[0].end();
        assert_eq!(waits(&line[2..]), [None, Some(10)]);
        // Who comes again joins the end.
        assert_eq!(waits(&line), [Some(200), Some(300), None, Some(10)]);
    }

    #[test]
    fn a_place_that_is_lent_stays_with_its_owner() {
        let turns = turns("lent");
        let (first, second) = (turns.turn(), turns.turn());
        assert_eq!(first.wait_ms(at(0)), None);
        assert_eq!(second.wait_ms(at(0)), Some(10));
        let lent = first.lent();
        assert_eq!(lent.wait_ms(at(0)), None);
        lent.end();
        drop(lent);
        assert_eq!(second.wait_ms(at(0)), Some(10));
        drop(first);
        assert_eq!(second.wait_ms(at(0)), None);
    }

    #[test]
    fn who_is_dropped_leaves_the_line() {
        let turns = turns("dropped");
        let (first, second, third) = (turns.turn(), turns.turn(), turns.turn());
        for turn in [&first, &second, &third] {
            turn.wait_ms(at(0));
        }
        drop(first);
        drop(second);
        assert_eq!(third.wait_ms(at(0)), None);
    }

    #[test]
    fn the_next_in_line_looks_when_the_first_one_acts() {
        let turns = turns("notes");
        let (first, second) = (turns.turn(), turns.turn());
        first.wait_ms(at(1_000));
        for (noted, wait) in [
            (0, 10),
            (1, 250),
            (7_000, 250),
            (9_200, 100),
            (9_950, 10),
            (10_005, 10),
            (10_100, 100),
            (20_000, 250),
        ] {
            first.note(at(noted));
            assert_eq!(second.wait_ms(at(10_000)), Some(wait), "{noted}");
        }
        first.end();
        second.wait_ms(at(10_000));
        let third = turns.turn();
        assert_eq!(third.wait_ms(at(10_000)), Some(10), "that note is gone");
    }

    #[test]
    fn those_far_behind_look_seldom_but_look() {
        let turns = turns("far");
        let line: Vec<Turn> = (0..500).map(|_| turns.turn()).collect();
        let waits: Vec<_> = line.iter().map(|turn| turn.wait_ms(at(1_001))).collect();
        assert_eq!(waits[9], Some(900));
        // At the same moments as others.
        assert_eq!(waits[10], Some(1_499));
        assert_eq!(waits[14], Some(1_499));
        assert_eq!(waits[499], Some(10_499));
    }

    #[test]
    fn accounts_worlds_and_those_without_a_name_have_queues_of_their_own() {
        let turn = |world: &str, account: &str| {
            Turns::of(Arc::new(PlacesOfProcess), world, account).turn()
        };
        let first = [
            turn("apart", "one"),
            turn("apart", "two"),
            turn("other", "one"),
            turn("", "one"),
            turn("", "one"),
        ];
        for turn in &first {
            assert_eq!(turn.wait_ms(at(0)), None);
        }
        assert_eq!(turn("apart", "one").wait_ms(at(0)), Some(10));
    }
}
