//! Watching the VPS of an account for months: what changes is told as events, and a VPS that hangs is rebooted where
//! that is asked for.
//!
//! ```text
//! Resting -> Listing -> Probing -> [Confirming -> Rebooting]* -> [ReadingWallet] -> Resting
//! ```
//!
//! The rules:
//! 1. *Looks*: one `GET /vps` every interval, by the monotonic clock. A look that fails says nothing about any VPS.
//!    Only the service's own 401 or 403, twice in a row, ends the watch; all else is waited out.
//! 2. *The list*: a VPS is removed once two lists in a row lack it. A row that can't be read leaves its VPS as it was,
//!    and no reboot is due then. A list that says it has more than it shows is a failed look.
//! 3. *Expected up* is a VPS that is listed now, paid, active by the service, and has an address; that is not excluded;
//!    and that this process has not stopped, or may have. Only these are probed: one TCP connection a look, all side
//!    by side. After a failed look those of the last list are probed, which shows who answers; no reboot is due.
//! 4. *A silence counts* while at least half of the VPS's peers answer. Its peers are the other VPS that were
//!    reachable until now, or are again: those of its location, or of all locations where there are none there. Where no
//!    other VPS is probed at all, its peer is the service, which must have listed in this look. A silence that does
//!    not count is the network's, and counting begins anew. A probe that the host could not carry out says nothing.
//! 5. *Unreachable* is a VPS with the set number of silences in a row that count. It is reachable again with its
//!    first answer.
//! 6. *A reboot is due* for an unreachable VPS with as many counted silences since its last reboot, whose patience is
//!    over, and which this process has not started or rebooted within the first patience. Before any VPS has answered
//!    this watch, none is due: the watcher's network may not let probes out. A look reboots at most a tenth of what it
//!    probed, or one. Just before, `GET /vps/:id` must confirm that it is paid and active.
//! 7. *Patience*: after a reboot the VPS is left alone for the first patience, then twice as long for each further
//!    one, up to the longest. Once it has answered for the longest patience, it begins anew. A reboot whose reply was
//!    lost counts as done, and its patience is doubled. One that was certainly not sent may be sent at the next look.
//! 8. *Renewals*: a period that ends within the alarm is told once, with what the renewal costs and what the wallet
//!    holds, and once more when the wallet no longer covers it and those that end before it. The day is the service's,
//!    by its replies.
//!
//! What is kept is one entry for each VPS of the last two lists, and the events of one look, which are handed out
//! before the next begins. The host's time of day is used only until the service has sent its own.

mod events;
mod fleet;
mod machine;
mod member;
mod options;
mod renewals;
mod rounds;

pub use crate::probe::{ProbeOutcome, ProbeTarget};
pub use events::{WatchEvent, WatchEventKind};
pub use machine::Watch;
pub use options::{Probing, RebootPolicy, WatchOptions};
