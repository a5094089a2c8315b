//! One look at the list for all purchases of a client that wait for their VPS.
//!
//! While two or more wait, a purchase that is due to look asks here first. A list that is new enough and shows its VPS
//! as plainly provisioning makes its own look needless. In every other case it looks at its VPS itself, and once a
//! minute anyway: only that has what the provider says at this moment, and the password. So a list that fails, lags or
//! leaves a VPS out delays, and never decides. Where more than 240 wait, those looks are four a second for all of them,
//! and each has its own accordingly less often: the list goes on to serve all, and the service is not asked ever more.
//!
//! Who makes a list for all holds that task by a short lease, so that a host which is stopped holds nobody up.
//!
//! Those that wait beside others are due at whole quarters of a second of the host's clock: a process wakes a few times
//! a second, however many they are.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::clock::Instant;
use crate::ids::VpsId;

/// For how long nobody else makes a list.
const LEASE_MS: u64 = 10_000;
/// How soon to ask again while another makes it.
const ASK_AGAIN_MS: u64 = 500;
/// The moments at which those are due that wait beside others are so far apart.
const DUE_EVERY_MS: u64 = 250;
/// How often each purchase looks at its own VPS at least.
const OWN_LOOK_MS: u64 = 60_000;
/// How far apart those looks are on average, of all that wait.
const OWN_LOOKS_APART_MS: u64 = 250;

/// What the purchases of a client know of the list.
#[derive(Clone, Debug, Default)]
pub(crate) struct Looks(Arc<Mutex<Board>>);

#[derive(Debug, Default)]
struct Board {
    /// How many places were given.
    places: u64,
    waiting: u64,
    list: Option<List>,
    /// Who makes the next list, and until when.
    maker: Option<(u64, Instant)>,
    /// The service asks that no list is made before.
    not_before: Instant,
}

#[derive(Debug)]
struct List {
    made: Instant,
    provisioning: HashSet<VpsId>,
}

/// What a purchase does that is due to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Look {
    /// Look at its own VPS.
    Own,
    /// Make a list, for all.
    Shared,
    /// The VPS is plainly provisioning: go on waiting.
    Seen,
    /// Ask again in so long.
    Later(u64),
}

impl Looks {
    /// A place for a purchase that waits for its VPS.
    pub fn place(&self, now: Instant) -> Place {
        let mut board = self.lock();
        board.places = board.places.saturating_add(1);
        board.waiting = board.waiting.saturating_add(1);
        Place {
            looks: self.clone(),
            number: board.places,
            own_look: now,
            last_look: now,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Board> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The place of a purchase that waits. Dropping it gives it back, and the task of making a list.
#[derive(Debug)]
pub(crate) struct Place {
    looks: Looks,
    number: u64,
    /// When it looked at its own VPS.
    own_look: Instant,
    /// When it looked at all.
    last_look: Instant,
}

impl Place {
    /// When it is due that waits for so long.
    pub fn due(&self, pause_ms: u64, now: Instant) -> Instant {
        let due = now.plus_ms(pause_ms);
        if self.looks.lock().waiting < 2 {
            return due;
        }
        let whole_ms = due.millis().div_ceil(DUE_EVERY_MS);
        Instant::from_millis(whole_ms.saturating_mul(DUE_EVERY_MS))
    }

    /// What to do now. A list is new enough that is younger than `fresh_ms`, and newer than the last look.
    pub fn look(&mut self, id: &VpsId, fresh_ms: u64, now: Instant) -> Look {
        let mut board = self.looks.lock();
        if board.waiting < 2 || now.since_ms(self.own_look) >= board.own_look_ms() {
            return Look::Own;
        }
        let last_look = self.last_look;
        let is_fresh = |list: &&List| list.made > last_look && now.since_ms(list.made) < fresh_ms;
        if let Some(list) = board.list.as_ref().filter(is_fresh) {
            return if list.provisioning.contains(id) {
                Look::Seen
            } else {
                Look::Own
            };
        }
        match board.maker {
            Some((maker, until)) if maker != self.number && until > now => {
                Look::Later(ASK_AGAIN_MS)
            }
            _ if board.not_before > now => Look::Later(board.not_before.since_ms(now)),
            _ => {
                board.maker = Some((self.number, now.plus_ms(LEASE_MS)));
                Look::Shared
            }
        }
    }

    /// Notes that it looked at its own VPS.
    pub fn looked(&mut self, now: Instant) {
        (self.own_look, self.last_look) = (now, now);
    }

    /// Notes that it saw its VPS in the list.
    pub fn saw(&mut self, now: Instant) {
        self.last_look = now;
    }

    /// Hands out a list: the VPS that are plainly provisioning.
    pub fn hand_out(&self, provisioning: HashSet<VpsId>, now: Instant) {
        let mut board = self.looks.lock();
        board.give_back(self.number);
        board.list = Some(List {
            made: now,
            provisioning,
        });
    }

    /// There is no list, and the next one may be made in so long.
    pub fn no_list(&self, pause_ms: u64, now: Instant) {
        let mut board = self.looks.lock();
        board.give_back(self.number);
        board.not_before = board.not_before.max(now.plus_ms(pause_ms));
    }
}

impl Board {
    /// How often each looks at its own VPS at least.
    fn own_look_ms(&self) -> u64 {
        OWN_LOOKS_APART_MS
            .saturating_mul(self.waiting)
            .max(OWN_LOOK_MS)
    }

    fn give_back(&mut self, number: u64) {
        self.maker = self.maker.filter(|(maker, _)| *maker != number);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut board = self.looks.lock();
        board.waiting = board.waiting.saturating_sub(1);
        board.give_back(self.number);
        if board.waiting == 0 {
            board.list = None;
        }
    }
}
