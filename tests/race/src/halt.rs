//! A process that stops itself at the worst moment.

use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};

use stablevps::{Phase, Progress};

/// Stops the process once, where it was asked for.
pub struct Halt {
    is_due: AtomicBool,
}

impl Halt {
    pub fn new(is_wanted: bool) -> Self {
        Self {
            is_due: AtomicBool::new(is_wanted),
        }
    }

    /// Called with every progress. In the phase `Ordering` the order was announced, and is sent next.
    pub fn look(&self, progress: &Progress) {
        if progress.phase == Phase::Ordering && self.is_due.swap(false, Ordering::SeqCst) {
            println!("halting");
            let own = std::process::id().to_string();
            // Returns once the process goes on.
            if let Err(error) = Command::new("kill").args(["-STOP", &own]).status() {
                eprintln!("kill: {error}");
            }
        }
    }
}
