//! One place in the race: a process, and what befalls it.

use std::fmt;
use std::time::Duration;

use anyhow::Result;

use super::plan::{Blow, Kind, Plan};
use super::worker::{Life, Scene, Worker};

/// A process, and what is still to befall it.
pub struct Racer {
    worker: Worker,
    /// The last first.
    blows: Vec<Blow>,
}

/// What befell the processes.
#[derive(Default)]
pub struct Tally {
    kills: usize,
    falls: usize,
    stops: usize,
}

impl Racer {
    pub fn start(scene: &Scene<'_>, plan: &Plan, number: usize) -> Result<Self> {
        let falls = if scene.can_fall(number) {
            plan.falls(number)
        } else {
            Vec::new()
        };
        Ok(Self {
            worker: Worker::start_to_fall(scene, number, &plan.arguments(), falls)?,
            blows: plan.blows(number),
        })
    }

    /// Strikes the process when that is due, and starts it again after its death. None once it has ended.
    pub fn look_after(
        mut self,
        scene: &Scene<'_>,
        elapsed: Duration,
        tally: &mut Tally,
    ) -> Result<Option<Self>> {
        match self.worker.life()? {
            Life::Ended => return Ok(None),
            Life::Running => {}
            Life::Fallen => {
                tally.falls += 1;
                self.worker = self.worker.started_again(scene)?;
            }
        }
        let is_due = |blow: &mut Blow| elapsed >= blow.at;
        match self.blows.pop_if(is_due).map(|blow| blow.kind) {
            Some(Kind::Kill) => {
                tally.kills += 1;
                self.worker = self.worker.started_again(scene)?;
            }
            Some(Kind::Stop) => {
                tally.stops += 1;
                self.worker.stop()?;
            }
            Some(Kind::GoOn) => self.worker.go_on()?,
            None => {}
        }
        Ok(Some(self))
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            kills,
            falls,
            stops,
        } = self;
        write!(f, "{kills} kills, {falls} falls, {stops} stops")
    }
}
