//! Purchases that are begun within the `on_progress` of another.
//!
//! A purchase has its account's turn while it orders, and waits for its `on_progress`. A second one of the account
//! that is run in there could only wait for ever: it is refused. So is one that waits for the end of the very
//! purchase that calls it, because they have one key.

use std::cell::RefCell;
use std::sync::Arc;

thread_local! {
    /// The purchases whose `on_progress` this thread is in: by what they are in their store, and by their accounts where
    /// they have the turn.
    static TELLING: RefCell<Vec<Arc<str>>> = const { RefCell::new(Vec::new()) };
}

/// Shortens the list to what it was, even where the function panics.
struct Told(usize);

impl Drop for Told {
    fn drop(&mut self) {
        TELLING.with_borrow_mut(|names| names.truncate(self.0));
    }
}

/// Runs what a purchase of those names calls.
pub(crate) fn within<T>(names: impl Iterator<Item = Arc<str>>, function: impl FnOnce() -> T) -> T {
    let _told = TELLING.with_borrow_mut(|telling| {
        let told = Told(telling.len());
        telling.extend(names);
        told
    });
    function()
}

/// Whether this thread is in the `on_progress` of a purchase of that name.
pub(crate) fn is_within(name: &str) -> bool {
    TELLING.with_borrow(|names| names.iter().any(|telling| **telling == *name))
}
