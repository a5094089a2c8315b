//! What the programs of a process did to their VPS's power: which they stopped, and which are booting.
//!
//! All clients of a server share it, as they share their claims. The service does not show whether a VPS is stopped.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use crate::clock::Instant;
use crate::ids::VpsId;
use crate::models::PowerAction;

/// How a request to change a VPS's power ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PowerEnd {
    /// The service did it.
    Done,
    /// The service certainly did not.
    NotDone,
    /// It may have.
    Unknown,
}

/// Whether this process stopped a VPS.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Stopped {
    #[default]
    No,
    /// It asked for that, and it is not known yet what became of it.
    Maybe,
    Yes,
}

#[derive(Clone, Copy, Debug, Default)]
struct Known {
    stopped: Stopped,
    /// When a start or a reboot was last asked for.
    started: Option<Instant>,
    /// The same before the request that is under way.
    started_before: Option<Instant>,
}

/// The power of a server's VPS, as far as this process changed it. There are as many entries as VPS that it touched: one
/// that a list leaves out for a while is still stopped when it is back.
#[derive(Default)]
pub(crate) struct Powers(Mutex<HashMap<VpsId, Known>>);

/// The worlds by their names, for as long as the process runs.
static WORLDS: LazyLock<Mutex<HashMap<String, Arc<Powers>>>> = LazyLock::new(Mutex::default);

impl Powers {
    /// Those of the world of that name. Without a name they are nobody else's.
    pub fn of(world: &str) -> Arc<Self> {
        if world.is_empty() {
            return Arc::default();
        }
        let mut worlds = WORLDS.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(worlds.entry(world.to_owned()).or_default())
    }

    /// A request to change a VPS's power begins: it may take effect before anything is known of it.
    pub fn begin(&self, vps: &VpsId, action: &PowerAction, now: Instant) {
        let mut known = self.lock();
        let known = known.entry(vps.clone()).or_default();
        match action {
            PowerAction::Stop if known.stopped == Stopped::No => known.stopped = Stopped::Maybe,
            PowerAction::Stop | PowerAction::Unknown(_) => {}
            PowerAction::Start | PowerAction::Reboot => {
                known.started_before = known.started;
                known.started = Some(now);
            }
        }
    }

    /// It ended.
    pub fn end(&self, vps: &VpsId, action: &PowerAction, end: PowerEnd) {
        let mut all = self.lock();
        let Some(known) = all.get_mut(vps) else {
            return;
        };
        match (action, end) {
            (PowerAction::Stop, PowerEnd::Done | PowerEnd::Unknown) => known.stopped = Stopped::Yes,
            (PowerAction::Stop, PowerEnd::NotDone) if known.stopped == Stopped::Maybe => {
                known.stopped = Stopped::No;
            }
            (PowerAction::Start | PowerAction::Reboot, PowerEnd::Done) => {
                known.stopped = Stopped::No;
            }
            (PowerAction::Start | PowerAction::Reboot, PowerEnd::NotDone) => {
                known.started = known.started_before;
            }
            (PowerAction::Start | PowerAction::Reboot, PowerEnd::Unknown)
            | (PowerAction::Stop, PowerEnd::NotDone)
            | (PowerAction::Unknown(_), _) => {}
        }
    }

    /// Whether this process stopped it, or may have, and did not start it again.
    pub fn is_stopped(&self, vps: &VpsId) -> bool {
        let known = self.lock();
        known
            .get(vps)
            .is_some_and(|known| known.stopped != Stopped::No)
    }

    /// When this process last asked for a start or a reboot.
    pub fn started(&self, vps: &VpsId) -> Option<Instant> {
        self.lock().get(vps).and_then(|known| known.started)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<VpsId, Known>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The requests with their ends, whether the VPS counts as stopped, and when it began to boot.
    type Case<'a> = (&'a [(PowerAction, Option<PowerEnd>)], bool, Option<u64>);

    #[test]
    fn what_a_request_leaves_behind_is_what_it_may_have_done() {
        use PowerAction::{Reboot, Start, Stop};
        use PowerEnd::{Done, NotDone, Unknown};
        let vps: VpsId = "a".parse().unwrap();
        let now = Instant::from_millis;
        let cases: [Case; 11] = [
            (&[], false, None),
            (&[(Stop, None)], true, None),
            (&[(Stop, Some(Done))], true, None),
            (&[(Stop, Some(Unknown))], true, None),
            (&[(Stop, Some(NotDone))], false, None),
            (&[(Stop, Some(Done)), (Stop, Some(NotDone))], true, None),
            (&[(Stop, Some(Done)), (Start, Some(Done))], false, Some(1)),
            (&[(Stop, Some(Done)), (Start, Some(Unknown))], true, Some(1)),
            (&[(Stop, Some(Done)), (Start, Some(NotDone))], true, None),
            (&[(Reboot, None)], false, Some(0)),
            (
                &[(Reboot, Some(Done)), (Reboot, Some(NotDone))],
                false,
                Some(0),
            ),
        ];
        for (requests, is_stopped, started) in cases {
            let powers = Powers::default();
            for (at, (action, end)) in (0_u64..).zip(requests) {
                powers.begin(&vps, action, now(at));
                if let Some(end) = end {
                    powers.end(&vps, action, *end);
                }
            }
            assert_eq!(powers.is_stopped(&vps), is_stopped, "{requests:?}");
            assert_eq!(powers.started(&vps), started.map(now), "{requests:?}");
        }
    }
}
