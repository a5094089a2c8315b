//! The gate that the first byte of a request must pass.

use stablevps_core::http::Delivery;
use std::sync::atomic::{AtomicU8, Ordering};

use crate::moment::Moment;

/// Between a request and the wire. It ends in one of two ways, whichever comes first, and never
/// changes after that:
///
/// - the first byte is about to be written: `Passed`. From here on nobody can say that the server
///   saw nothing.
/// - the request is over: `Shut`. Not one byte was written, and none ever will be.
///
/// One atomic decides, so a request that one thread gives up while another is about to write it is
/// either written and reported as such, or neither.
#[derive(Debug, Default)]
pub(super) struct Gate {
    state: AtomicU8,
    /// When a request that has not begun may not begin any more.
    shuts_at: Option<Moment>,
}

const OPEN: u8 = 0;
const PASSED: u8 = 1;
const SHUT: u8 = 2;

/// The gate was shut before anything was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct AlreadyShut;

impl Gate {
    /// A gate that shuts by itself.
    pub(super) fn until(moment: Moment) -> Self {
        Self {
            shuts_at: Some(moment),
            ..Self::default()
        }
    }

    /// Asks to write. Every write of one request asks; the first answer stands.
    pub(super) fn pass(&self) -> Result<(), AlreadyShut> {
        if self.shuts_at.as_ref().is_some_and(Moment::has_come) {
            return match self.settle(SHUT) {
                SHUT => Err(AlreadyShut),
                _passed => Ok(()),
            };
        }
        match self.settle(PASSED) {
            PASSED => Ok(()),
            _shut => Err(AlreadyShut),
        }
    }

    /// Ends the request, and tells whether a byte of it may have left.
    pub(super) fn shut(&self) -> Delivery {
        match self.settle(SHUT) {
            SHUT => Delivery::NotSent,
            _passed => Delivery::Unknown,
        }
    }

    pub(super) fn is_shut(&self) -> bool {
        self.state.load(Ordering::SeqCst) == SHUT
    }

    /// Moves an open gate to `end`; returns where it stands now.
    fn settle(&self, end: u8) -> u8 {
        match self
            .state
            .compare_exchange(OPEN, end, Ordering::SeqCst, Ordering::SeqCst)
        {
            Ok(_open) => end,
            Err(settled) => settled,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_request_that_was_ended_before_its_first_byte_can_never_be_written() {
        let gate = Gate::default();
        assert_eq!(gate.shut(), Delivery::NotSent);
        assert!(gate.is_shut());
        assert_eq!(gate.pass(), Err(AlreadyShut));
        assert_eq!(gate.shut(), Delivery::NotSent);
    }

    #[test]
    fn a_request_that_did_not_begin_in_time_can_never_be_written() {
        let gate = Gate::until(Moment::now());
        assert_eq!(gate.pass(), Err(AlreadyShut));
        assert_eq!(gate.shut(), Delivery::NotSent);
        let gate = Gate::until(Moment::now().plus(Duration::from_hours(1)));
        assert_eq!(gate.pass(), Ok(()));
        assert_eq!(gate.shut(), Delivery::Unknown);
    }

    #[test]
    fn a_request_of_which_a_byte_was_written_is_never_called_unsent() {
        let gate = Gate::default();
        assert_eq!(gate.pass(), Ok(()));
        assert_eq!(gate.pass(), Ok(()), "the second write of the same request");
        assert_eq!(gate.shut(), Delivery::Unknown);
        assert!(!gate.is_shut());
    }
}
