//! The turns of purchases: of one account's, one at a time is before the end of its ordering.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long to wait before looking whether the turn has come.
pub(crate) const LOOK_AGAIN: Duration = Duration::from_millis(10);

#[derive(Default)]
struct Queues {
    last: u64,
    waiting: HashMap<String, Vec<u64>>,
}

static QUEUES: LazyLock<Mutex<Queues>> = LazyLock::new(Mutex::default);

fn queues() -> MutexGuard<'static, Queues> {
    QUEUES.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A number that nothing else of this process has.
pub(crate) fn unique() -> u64 {
    let mut queues = queues();
    queues.last = queues.last.wrapping_add(1);
    queues.last
}

/// A place in an account's queue, for as long as it is not dropped.
#[derive(Debug)]
pub(crate) struct Place {
    account: String,
    number: u64,
}

impl Place {
    /// The last place.
    pub(crate) fn join(account: &str) -> Self {
        let number = unique();
        let account = account.to_owned();
        let mut queues = queues();
        let queue = queues.waiting.entry(account.clone()).or_default();
        queue.push(number);
        Self { account, number }
    }

    /// Whether the turn has come.
    pub(crate) fn is_first(&self) -> bool {
        let queues = queues();
        let queue = queues.waiting.get(&self.account);
        queue.is_some_and(|queue| queue.first() == Some(&self.number))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut queues = queues();
        if let Some(queue) = queues.waiting.get_mut(&self.account) {
            queue.retain(|number| *number != self.number);
            if queue.is_empty() {
                queues.waiting.remove(&self.account);
            }
        }
    }
}
