//! Ctrl-C.
//!
//! During a wait it ends the wait, and the command says how to go on. Elsewhere it ends the process, and a terminal that
//! does not show what is typed is made to show it again.

use std::sync::{Mutex, PoisonError};

use crate::exit::Exit;
use crate::failure::{Failure, Outcome};

type Stop = Box<dyn Fn() + Send>;

/// What ends the wait that is under way.
static WAIT: Mutex<Option<Stop>> = Mutex::new(None);

/// Takes Ctrl-C over from the system.
pub fn install() -> Outcome {
    let terminal = Terminal::as_it_is();
    let handler = move || {
        if let Some(stop) = &*WAIT.lock().unwrap_or_else(PoisonError::into_inner) {
            stop();
            return;
        }
        terminal.restore();
        eprintln!();
        std::process::exit(Exit::Interrupted.code().into());
    };
    ctrlc::set_handler(handler)
        .map_err(|error| Failure::new(Exit::General, format!("Ctrl-C can't be handled: {error}")))
}

/// While this exists, Ctrl-C calls a function instead of ending the process.
pub struct Guarded;

impl Guarded {
    /// Begins it.
    pub fn by(stop: impl Fn() + Send + 'static) -> Self {
        *WAIT.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(stop));
        Self
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        *WAIT.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

/// While this exists, the terminal does not show what is typed.
#[cfg(unix)]
pub struct Silence {
    before: Terminal,
}

#[cfg(unix)]
impl Silence {
    /// Begins it. Ask afterwards: what is typed before it has begun is shown.
    pub fn begin() -> Self {
        use rustix::termios::{LocalModes, OptionalActions, tcsetattr};
        // Once Ctrl-C has made the terminal show again what is typed, it stays so.
        let _locked = WAIT.lock().unwrap_or_else(PoisonError::into_inner);
        let before = Terminal::as_it_is();
        if let Some(mut silent) = before.0.clone() {
            silent.local_modes.remove(LocalModes::ECHO);
            silent.local_modes.insert(LocalModes::ECHONL);
            let _ = tcsetattr(std::io::stdin(), OptionalActions::Now, &silent);
        }
        Self { before }
    }
}

#[cfg(unix)]
impl Drop for Silence {
    fn drop(&mut self) {
        self.before.restore();
    }
}

#[cfg(unix)]
struct Terminal(Option<rustix::termios::Termios>);

#[cfg(unix)]
impl Terminal {
    fn as_it_is() -> Self {
        Self(rustix::termios::tcgetattr(std::io::stdin()).ok())
    }

    fn restore(&self) {
        if let Some(termios) = &self.0 {
            let now = rustix::termios::OptionalActions::Now;
            let _ = rustix::termios::tcsetattr(std::io::stdin(), now, termios);
        }
    }
}

#[cfg(not(unix))]
struct Terminal;

#[cfg(not(unix))]
impl Terminal {
    fn as_it_is() -> Self {
        Self
    }

    fn restore(&self) {}
}
