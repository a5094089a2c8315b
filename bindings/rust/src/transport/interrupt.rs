//! Ending, from outside, an exchange that runs in its caller's own thread.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError, Weak};

use ureq::unversioned::transport::ShutdownHandle;

use super::gate::AlreadyShut;

/// The hand on the brake of one thread's exchanges, one after the other.
///
/// An interrupt that comes between two exchanges ends the next one before it begins.
#[derive(Default)]
pub struct Interrupter(Mutex<Hold>);

#[derive(Default)]
struct Hold {
    interrupted: bool,
    /// The connection that carries the exchange, once something is written to it.
    connection: Option<Weak<dyn ShutdownHandle>>,
}

impl Interrupter {
    /// Ends the exchange that is under way, or the next one.
    pub fn interrupt(&self) {
        let mut hold = self.lock();
        hold.interrupted = true;
        if let Some(connection) = hold.connection.take().and_then(|weak| weak.upgrade()) {
            connection.shutdown();
        }
    }

    /// Notes which connection is to be shut; refuses where the exchange is over already.
    pub(super) fn take_hold(
        &self,
        connection: &Weak<dyn ShutdownHandle>,
    ) -> Result<(), AlreadyShut> {
        let mut hold = self.lock();
        if hold.interrupted {
            return Err(AlreadyShut);
        }
        hold.connection = Some(Weak::clone(connection));
        Ok(())
    }

    /// The exchange is over. Tells whether it was interrupted, and forgets it.
    pub(super) fn let_go(&self) -> bool {
        std::mem::take(&mut *self.lock()).interrupted
    }

    fn lock(&self) -> MutexGuard<'_, Hold> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Interrupter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Interrupter")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    #[derive(Default)]
    struct Connection(AtomicBool);

    impl ShutdownHandle for Connection {
        fn shutdown(&self) {
            self.0.store(true, Ordering::SeqCst);
        }
    }

    #[test]
    fn an_interrupt_ends_the_exchange_under_way_and_no_later_one() {
        let interrupter = Interrupter::default();
        let connection = Arc::new(Connection::default());
        let handle: Weak<dyn ShutdownHandle> =
            Arc::downgrade(&(Arc::clone(&connection) as Arc<dyn ShutdownHandle>));
        assert_eq!(interrupter.take_hold(&handle), Ok(()));
        interrupter.interrupt();
        assert!(connection.0.load(Ordering::SeqCst));
        assert!(interrupter.let_go());
        assert_eq!(interrupter.take_hold(&handle), Ok(()));
        assert!(!interrupter.let_go());
    }

    #[test]
    fn an_interrupt_before_the_exchange_lets_nothing_out() {
        let interrupter = Interrupter::default();
        interrupter.interrupt();
        let handle: Weak<dyn ShutdownHandle> = Weak::<Connection>::new();
        assert_eq!(interrupter.take_hold(&handle), Err(AlreadyShut));
        assert!(interrupter.let_go());
    }
}
