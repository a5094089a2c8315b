//! Purchases that are begun within the `on_progress` of another.
//!
//! A purchase has its account's turn while it orders, and waits for its `on_progress`. A second one of the account
//! that is run in there could only wait for ever: it is refused.

use std::cell::RefCell;
use std::sync::Arc;

thread_local! {
    /// The accounts of the purchases that have the turn and whose `on_progress` this thread is in.
    static TELLING: RefCell<Vec<Arc<str>>> = const { RefCell::new(Vec::new()) };
}

/// Takes the account off the list, even where the function panics.
struct Told;

impl Drop for Told {
    fn drop(&mut self) {
        TELLING.with_borrow_mut(|accounts| drop(accounts.pop()));
    }
}

/// Runs what a purchase of the account that has the turn calls.
pub(crate) fn within<T>(account: &Arc<str>, function: impl FnOnce() -> T) -> T {
    TELLING.with_borrow_mut(|accounts| accounts.push(Arc::clone(account)));
    let _told = Told;
    function()
}

/// Whether this thread is in the `on_progress` of a purchase that has the account's turn.
pub(crate) fn is_within(account: &str) -> bool {
    TELLING.with_borrow(|accounts| accounts.iter().any(|telling| **telling == *account))
}
