//! A person's machine for tests: a home folder of its own, and the simulated service on a socket.

#![allow(dead_code, unused_imports)]

mod service;
#[cfg(unix)]
mod terminal;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

pub use service::{Moment, Seen, Service, Verdict};
use tempfile::TempDir;
#[cfg(unix)]
pub use terminal::Terminal;

/// A home folder, and nothing of the one that the tests run in.
pub struct Home {
    folder: TempDir,
}

impl Home {
    /// An empty one.
    pub fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The command in it.
    pub fn svps(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_svps"));
        command
            .args(arguments)
            .env_clear()
            .env("HOME", self.path())
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("TERM", "xterm-256color")
            // There is no keyring in this home.
            .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
            .current_dir(self.path());
        command
    }

    /// The command in it, as a customer of a service.
    pub fn customer(&self, service: &Service, arguments: &[&str]) -> Command {
        let mut command = self.svps(arguments);
        command
            .env("STABLEVPS_BASE_URL", service.url())
            .env("STABLEVPS_API_KEY", service.key());
        command
    }

    /// The files of open purchases.
    pub fn open_purchases(&self) -> Vec<PathBuf> {
        let folder = self.path().join(".local/state/svps/purchases");
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let mut files: Vec<_> = entries
            .map(|entry| entry.path())
            .filter(|path| path.extension().is_some_and(|end| end == "json"))
            .collect();
        files.sort();
        files
    }
}

/// What a command printed, and how it ended.
pub struct Printed {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

/// Runs a command to its end.
pub fn run(command: &mut Command) -> Printed {
    let Output {
        status,
        stdout,
        stderr,
    } = command.output().unwrap();
    Printed {
        code: status.code(),
        out: String::from_utf8(stdout).unwrap(),
        err: String::from_utf8(stderr).unwrap(),
    }
}
