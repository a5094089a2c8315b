//! Where the request of this thread has got to.
//!
//! ureq has no place to tell a connection which request it is about to carry: connections are
//! pooled, and the writer sees only bytes. But it resolves, connects, writes and reads in the
//! thread that called it and nowhere else (a name is looked up in a helper thread, while the caller
//! waits). So the thread names the request: [`run`] sets it for the length of one exchange, and
//! what runs below reports to it.

use std::cell::{Cell, RefCell};
use std::sync::{Arc, Weak};

use ureq::unversioned::transport::ShutdownHandle;

use super::gate::{AlreadyShut, Gate};
use super::interrupt::Interrupter;

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
    /// Set where the caller's own thread runs the exchange.
    static INTERRUPTER: RefCell<Option<Arc<Interrupter>>> = const { RefCell::new(None) };
    static STAGE: Cell<Stage> = const { Cell::new(Stage::Starting) };
}

/// Clears the thread's request, even when the exchange panics.
struct Cleared;

impl Drop for Cleared {
    fn drop(&mut self) {
        GATE.set(None);
        INTERRUPTER.set(None);
    }
}

/// Runs one exchange as the request that `gate` belongs to, and tells how far it got.
pub(super) fn run<T>(gate: &Arc<Gate>, exchange: impl FnOnce() -> T) -> (T, Stage) {
    GATE.set(Some(Arc::clone(gate)));
    STAGE.set(Stage::Starting);
    let _cleared = Cleared;
    let outcome = exchange();
    (outcome, STAGE.get())
}

/// Runs one exchange in its caller's own thread, where it uses a kept connection or none.
pub(super) fn run_here<T>(
    gate: &Arc<Gate>,
    interrupter: &Arc<Interrupter>,
    exchange: impl FnOnce() -> T,
) -> (T, Stage) {
    INTERRUPTER.set(Some(Arc::clone(interrupter)));
    run(gate, exchange)
}

/// Whether the exchange runs in its caller's own thread.
pub(super) fn is_here() -> bool {
    INTERRUPTER.with_borrow(Option::is_some)
}

/// The request of this thread has got to `stage`.
pub(super) fn enter(stage: Stage) {
    STAGE.set(stage);
}

pub(super) fn stage() -> Stage {
    STAGE.get()
}

/// Asks the gate of this thread's request to let bytes out to that connection. A thread without a
/// request gets none out.
pub(super) fn pass_gate(connection: &Weak<dyn ShutdownHandle>) -> Result<(), AlreadyShut> {
    INTERRUPTER.with_borrow(|interrupter| {
        interrupter
            .as_ref()
            .map_or(Ok(()), |interrupter| interrupter.take_hold(connection))
    })?;
    GATE.with_borrow(|gate| gate.as_ref().map_or(Err(AlreadyShut), |gate| gate.pass()))?;
    enter(Stage::Exchanging);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use stablevps_core::http::Delivery;

    #[derive(Debug)]
    struct Nothing;

    impl ShutdownHandle for Nothing {
        fn shutdown(&self) {}
    }

    fn gone() -> Weak<dyn ShutdownHandle> {
        Weak::<Nothing>::new()
    }

    #[test]
    fn a_thread_without_a_request_writes_nothing() {
        let nothing = gone();
        assert_eq!(pass_gate(&nothing), Err(AlreadyShut));
        let gate = Arc::new(Gate::default());
        let (passed, stage) = run(&gate, || pass_gate(&nothing));
        assert_eq!((passed, stage), (Ok(()), Stage::Exchanging));
        assert_eq!(gate.shut(), Delivery::Unknown);
        assert_eq!(
            pass_gate(&nothing),
            Err(AlreadyShut),
            "the request before it is over"
        );
    }

    #[test]
    fn an_interrupted_request_of_this_thread_writes_nothing() {
        let (gate, interrupter) = (Arc::new(Gate::default()), Arc::default());
        Interrupter::interrupt(&interrupter);
        let (passed, _) = run_here(&gate, &interrupter, || pass_gate(&gone()));
        assert_eq!(passed, Err(AlreadyShut));
        assert_eq!(gate.shut(), Delivery::NotSent);
        assert!(!is_here());
    }
}
