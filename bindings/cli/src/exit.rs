//! Exit codes: one table, from which the help and the man page are written.

use std::fmt::Write as _;

/// How the command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// All went well.
    Success = 0,
    /// An error that none of the others names.
    General = 1,
    /// The command line, or an argument, is wrong.
    Usage = 2,
    /// There is no such VPS, key or purchase.
    NotFound = 3,
    /// The wallet or the limit does not allow it.
    Money = 4,
    /// The service could not be reached.
    Network = 5,
    /// Bought, and not ready.
    BoughtNotReady = 6,
    /// Bought or not: it is not known.
    Unresolved = 7,
    /// Ended by Ctrl-C.
    Interrupted = 130,
}

/// Every code, with its meaning in words.
pub const TABLE: [(Exit, &str); 9] = [
    (Exit::Success, "all went well"),
    (Exit::General, "an error that no other code names"),
    (
        Exit::Usage,
        "the command line or an argument is wrong; nothing was done",
    ),
    (Exit::NotFound, "no such VPS, key or purchase"),
    (
        Exit::Money,
        "the wallet or --max-spend does not allow it; nothing was bought",
    ),
    (Exit::Network, "the service could not be reached"),
    (
        Exit::BoughtNotReady,
        "bought, but not ready to use: go on with `svps resume`, do not buy again",
    ),
    (
        Exit::Unresolved,
        "bought or not: find out with `svps resume` before buying again",
    ),
    (Exit::Interrupted, "ended by Ctrl-C"),
];

impl Exit {
    /// The number.
    pub fn code(self) -> u8 {
        self as u8
    }
}

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// The table for the end of the help.
pub fn help() -> String {
    let mut text = String::from("Exit codes:\n");
    for (exit, meaning) in TABLE {
        let _ = writeln!(text, "  {:<4} {meaning}", exit.code());
    }
    text
}
