//! Where the request of this thread has got to.
//!
//! ureq has no place to tell a connection which request it is about to carry: connections are
//! pooled, and the writer sees only bytes. But it resolves, connects, writes and reads in the
//! thread that called it and nowhere else (a name is looked up in a helper thread, while the caller
//! waits). So the thread names the request: [`travel`] sets it for the length of one exchange, and
//! what runs below reports to it.

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use super::gate::{AlreadyShut, Gate};

/// How far a request has got. What fails next is named after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Nothing was tried yet, or a pooled connection was found.
    Starting,
    /// Looking up the host.
    Resolving,
    /// Reaching the proxy, and asking it for a tunnel.
    Tunnelling,
    /// Opening the socket.
    Connecting,
    /// Setting up TLS with the server.
    Securing,
    /// The connection stands; nothing was written to it.
    Connected,
    /// The request is being written, or its response read.
    Exchanging,
}

thread_local! {
    static GATE: RefCell<Option<Arc<Gate>>> = const { RefCell::new(None) };
    static STAGE: Cell<Stage> = const { Cell::new(Stage::Starting) };
}

/// Clears the thread's request, even when the exchange panics.
struct Arrival;

impl Drop for Arrival {
    fn drop(&mut self) {
        GATE.set(None);
    }
}

/// Runs one exchange as the request that `gate` belongs to, and tells how far it got.
pub(super) fn travel<T>(gate: &Arc<Gate>, exchange: impl FnOnce() -> T) -> (T, Stage) {
    GATE.set(Some(Arc::clone(gate)));
    STAGE.set(Stage::Starting);
    let _arrival = Arrival;
    let outcome = exchange();
    (outcome, STAGE.get())
}

/// The request of this thread has got to `stage`.
pub(super) fn enter(stage: Stage) {
    STAGE.set(stage);
}

pub(super) fn stage() -> Stage {
    STAGE.get()
}

/// Asks the gate of this thread's request to let bytes out. A thread without a request gets none
/// out.
pub(super) fn pass_gate() -> Result<(), AlreadyShut> {
    GATE.with_borrow(|gate| gate.as_ref().map_or(Err(AlreadyShut), |gate| gate.pass()))?;
    enter(Stage::Exchanging);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use stablevps_core::http::Delivery;

    #[test]
    fn a_thread_without_a_request_writes_nothing() {
        assert_eq!(pass_gate(), Err(AlreadyShut));
        let gate = Arc::new(Gate::default());
        let (passed, stage) = travel(&gate, pass_gate);
        assert_eq!((passed, stage), (Ok(()), Stage::Exchanging));
        assert_eq!(gate.shut(), Delivery::Unknown);
        assert_eq!(
            pass_gate(),
            Err(AlreadyShut),
            "the request before it is over"
        );
    }
}
