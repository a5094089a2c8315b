//! A machine's part in a batch.

use super::Machine;
use crate::batch::Seat;
use crate::clock::Instant;

impl Seat {
    /// Notes how far a machine is, or that it has ended.
    pub fn note_machine(&self, machine: &dyn Machine, now: Instant) {
        match (machine.outcome(now), machine.progress(now)) {
            (Some(outcome), _) => self.end(outcome.is_ok()),
            (None, Some(progress)) => self.note(&progress, now),
            (None, None) => {}
        }
    }
}
