//! A process that races.

use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};

use anyhow::{Context as _, Result, ensure};

use super::languages::{RUST, SWIFT, Seen};
use crate::crossing::Program;
use crate::service::Service;
use crate::shell::{finish, output};

/// Where processes race.
pub struct Scene<'a> {
    /// One for each language. The first one is Rust's.
    pub programs: &'a [Program],
    /// The folder that Swift's program sees elsewhere.
    pub seen: Option<&'a Seen>,
    pub service: &'a Service,
    pub place: String,
    pub folder: &'a Path,
}

/// A process that races, and ends when this is dropped. What it prints is in files that its successors continue.
pub struct Worker {
    child: Child,
    number: usize,
    arguments: Vec<String>,
    /// Beside which operations of the store its next lives end, the last first.
    falls: Vec<String>,
    is_to_fall: bool,
}

/// How a process is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Life {
    Running,
    /// It died as it was to.
    Fallen,
    /// It has an end for every key.
    Ended,
}

impl Scene<'_> {
    /// What the store has.
    pub fn listed(&self) -> Result<String> {
        output(self.command(0)?.arg("list"))
    }

    /// The program of a process.
    fn program(&self, worker: usize) -> Result<&Program> {
        let mut programs = self.programs.iter().cycle();
        programs.nth(worker).context("nobody races")
    }

    /// Whether a process can be told when to die by itself.
    pub fn can_fall(&self, worker: usize) -> bool {
        self.program(worker)
            .is_ok_and(|program| program.language == RUST)
    }

    /// The file with what a process printed.
    pub fn printed(&self, worker: usize) -> PathBuf {
        self.folder.join(format!("worker-{worker}.out"))
    }

    /// The file with what a process had to ask for again.
    pub fn repeated(&self, worker: usize) -> PathBuf {
        self.folder.join(format!("worker-{worker}.err"))
    }

    fn command(&self, worker: usize) -> Result<Command> {
        let program = self.program(worker)?;
        let mut command = program.command()?;
        command
            .args(["--url", &self.service.url])
            .env("STABLEVPS_API_KEY", &self.service.key);
        match self.seen {
            // It may run in a root of its own, where it has no environment either.
            Some(seen) if program.language == SWIFT => {
                let place = self
                    .place
                    .replace(&*seen.here.to_string_lossy(), &seen.there);
                command.args(["--store", &place, "--key", &self.service.key])
            }
            _ => command.args(["--store", &self.place]),
        };
        Ok(command)
    }
}

impl Worker {
    pub fn start(scene: &Scene<'_>, number: usize, arguments: &[String]) -> Result<Self> {
        Self::start_to_fall(scene, number, arguments, Vec::new())
    }

    /// One whose first lives end beside those operations.
    pub fn start_to_fall(
        scene: &Scene<'_>,
        number: usize,
        arguments: &[String],
        mut falls: Vec<String>,
    ) -> Result<Self> {
        let mut command = scene.command(number)?;
        let fall = falls.pop();
        if let Some(fall) = &fall {
            command.args(["--fall", fall]);
        }
        command.arg("buy").args(arguments);
        command.stdout(continued(&scene.printed(number))?);
        command.stderr(continued(&scene.repeated(number))?);
        Ok(Self {
            child: command.spawn()?,
            number,
            arguments: arguments.to_vec(),
            falls,
            is_to_fall: fall.is_some(),
        })
    }

    /// Whether it has ended, which it does in peace alone.
    pub fn has_ended(&mut self) -> Result<bool> {
        Ok(self.life()? == Life::Ended)
    }

    /// How it is. An end that nobody wanted is an error.
    pub fn life(&mut self) -> Result<Life> {
        let Some(status) = self.child.try_wait()? else {
            return Ok(Life::Running);
        };
        if status.success() {
            return Ok(Life::Ended);
        }
        // Killed, it has no exit code.
        let number = self.number;
        ensure!(
            self.is_to_fall && status.code().is_none(),
            "process {number} ended with {status}"
        );
        Ok(Life::Fallen)
    }

    /// The process of the same place, after this one died or was killed.
    pub fn started_again(mut self, scene: &Scene<'_>) -> Result<Self> {
        let (number, falls) = (self.number, std::mem::take(&mut self.falls));
        let arguments = self.arguments.clone();
        drop(self);
        Self::start_to_fall(scene, number, &arguments, falls)
    }

    /// Stops it where it is.
    pub fn stop(&self) -> Result<()> {
        self.signal("-STOP")
    }

    /// Lets it go on.
    pub fn go_on(&self) -> Result<()> {
        self.signal("-CONT")
    }

    fn signal(&self, signal: &str) -> Result<()> {
        let id = self.child.id().to_string();
        finish(Command::new("kill").args([signal, &id]))
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _killed = self.child.kill();
        let _ended = self.child.wait();
    }
}

fn continued(path: &Path) -> Result<File> {
    Ok(OpenOptions::new().create(true).append(true).open(path)?)
}
