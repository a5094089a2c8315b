//! What went wrong, as the command tells it: a sentence, what to do next, and the exit code.

use std::fmt;
use std::io;
use std::path::Path;

use crate::api::{Error, ErrorKind, Next};
use crate::exit::Exit;

/// An error of the command.
#[derive(Debug)]
pub struct Failure {
    /// The exit code.
    pub exit: Exit,
    /// What happened, as one sentence without a full stop.
    pub message: String,
    /// What to do next, as whole sentences.
    pub next: Option<String>,
}

/// What a command comes to.
pub type Outcome<T = ()> = Result<T, Failure>;

impl Failure {
    /// A failure with its sentence.
    pub fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self {
            exit,
            message: message.into(),
            next: None,
        }
    }

    /// A command line or an argument that is wrong.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, message)
    }

    /// The same with what to do next.
    #[must_use]
    pub fn next(mut self, next: impl Into<String>) -> Self {
        self.next = Some(next.into());
        self
    }

    /// A file that could not be read or written.
    pub fn file(path: &Path, error: &io::Error) -> Self {
        Self::new(Exit::General, format!("{}: {error}", path.display()))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self {
            exit: exit_of(&error),
            message: error.to_string(),
            next: Some(next_of(&error)),
        }
    }
}

/// The exit code of an error that leaves nothing to resume.
fn exit_of(error: &Error) -> Exit {
    match error.kind() {
        ErrorKind::InvalidInput { .. } | ErrorKind::StaleToken { .. } => Exit::Usage,
        ErrorKind::NotFound => Exit::NotFound,
        ErrorKind::InsufficientFunds { .. } | ErrorKind::OverBudget { .. } => Exit::Money,
        ErrorKind::Transport { .. } => Exit::Network,
        ErrorKind::PriceAboveLimit { .. } | ErrorKind::ProvisioningFailed { .. } => {
            Exit::BoughtNotReady
        }
        ErrorKind::Unresolved { .. } => Exit::Unresolved,
        _ => Exit::General,
    }
}

/// What to do next. An error of a purchase that is open says more; see `purchase.rs`.
fn next_of(error: &Error) -> String {
    let by_kind = match error.kind() {
        ErrorKind::Unauthorized if error.endpoint() == Some("POST /auth") => {
            "Type the e-mail address and the password of the account again."
        }
        ErrorKind::Unauthorized => "Run `svps login`, or set STABLEVPS_API_KEY to a valid key.",
        ErrorKind::InsufficientFunds { .. } => {
            "Nothing was bought. Top up the wallet at https://stablevps.com, or choose another plan."
        }
        ErrorKind::OverBudget { .. } => "Raise --max-spend, or choose another plan.",
        ErrorKind::ReadOnlyKey => "Use a key of scope `full`: `svps login`.",
        ErrorKind::NotFound => "`svps list` shows every VPS, `svps keys list` every key.",
        ErrorKind::KeyLimitReached => {
            "`svps keys list` shows them, `svps keys revoke ID` ends one."
        }
        ErrorKind::NotPlaced => "Nothing was bought. It is safe to buy again.",
        _ => "",
    };
    let by_advice = match error.next() {
        Next::Retry => "It is safe to run the same command again.",
        Next::Resume => "Go on with `svps resume`. Do not buy again.",
        Next::Fix => "Nothing was done. Change the command and run it again.",
        Next::Ask => "Look at the account first: `svps list` and `svps wallet`.",
    };
    if by_kind.is_empty() {
        by_advice.to_owned()
    } else {
        by_kind.to_owned()
    }
}

impl Failure {
    /// What a command comes to of which parts may have failed: the first failure, after the others were told.
    pub fn first_of(failures: Vec<Self>) -> Outcome {
        let mut failures = failures.into_iter();
        let Some(first) = failures.next() else {
            return Ok(());
        };
        failures.for_each(|other| other.print());
        Err(first)
    }

    /// Tells the person, on standard error.
    pub fn print(&self) {
        use anstyle::{AnsiColor, Style};
        let red = Style::new().bold().fg_color(Some(AnsiColor::Red.into()));
        anstream::eprintln!("{red}error:{red:#} {}", self.message);
        if let Some(next) = &self.next {
            anstream::eprintln!("{next}");
        }
    }
}
