//! Who of this process is at work on recorded purchases.
//!
//! A store says who holds a purchase. Whether that one is in this process, so that it can be waited for, is known
//! here. All clients of a server share it, as they share the claims.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use crate::process::PerProcess;

/// The worlds by their names, for as long as the process runs.
static WORLDS: LazyLock<Mutex<HashMap<String, Arc<Holders>>>> = LazyLock::new(Mutex::default);

/// The names, and which of them may be joined.
type Names = Mutex<HashMap<String, bool>>;

/// The holders of a server's purchases. A forked child begins with none: its parent's go on in the parent.
#[derive(Debug)]
pub(crate) struct Holders(PerProcess<Names>);

impl Default for Holders {
    fn default() -> Self {
        Self(PerProcess::new(Names::default()))
    }
}

impl Holders {
    /// Those of the world of that name. Without a name they are nobody else's.
    pub fn of(world: &str) -> Arc<Self> {
        if world.is_empty() {
            return Arc::default();
        }
        let mut worlds = WORLDS.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(worlds.entry(world.to_owned()).or_default())
    }

    /// Notes that a holder of that name is at work, until what is given is dropped.
    pub fn begin(self: &Arc<Self>, name: &str) -> AtWork {
        self.lock().insert(name.to_owned(), true);
        AtWork {
            holders: Arc::clone(self),
            name: name.to_owned(),
        }
    }

    /// Whether a holder of that name is at work in this process.
    pub fn has(&self, name: &str) -> bool {
        self.lock().contains_key(name)
    }

    /// Whether a holder of that name is at work in this process, and its end may be waited for from now on.
    pub fn may_be_joined(&self, name: &str) -> bool {
        self.lock().get(name).is_some_and(|may| *may)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, bool>> {
        let names = self.0.current(Names::default);
        names.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A holder that is at work.
#[derive(Debug)]
pub(crate) struct AtWork {
    holders: Arc<Holders>,
    name: String,
}

impl AtWork {
    /// The name by which stores know it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether others may begin to wait for it. Who waits for it goes on.
    pub fn let_join(&self, may: bool) {
        self.holders.lock().insert(self.name.clone(), may);
    }
}

impl Drop for AtWork {
    fn drop(&mut self) {
        self.holders.lock().remove(&self.name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_holder_is_known_in_its_world_while_it_is_at_work() {
        let (here, again) = (Holders::of("holders"), Holders::of("holders"));
        let at_work = here.begin("a");
        assert_eq!(at_work.name(), "a");
        assert!(again.has("a"));
        assert!(!again.has("b"));
        assert!(!Holders::of("elsewhere").has("a"));
        assert!(!Holders::of("").has("a"));
        assert!(again.may_be_joined("a"));
        at_work.let_join(false);
        assert!(again.has("a") && !again.may_be_joined("a"));
        at_work.let_join(true);
        assert!(again.may_be_joined("a"));
        drop(at_work);
        assert!(!again.has("a"));
    }
}
