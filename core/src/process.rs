//! State that a forked child makes anew.

use std::sync::OnceLock;

/// A value of which every process has its own. After a fork, the child has no threads, may hold locks that nobody
/// will ever release, and shares its sockets with the parent; so it leaves the parent's value alone, without even
/// dropping it, and makes one for itself at the first use.
///
/// The values of a line of processes are chained, youngest last. A process that finds its number there uses that
/// value, and no lock is taken. The only wait is for another thread of the same child that is making the value
/// just now.
#[derive(Debug)]
pub struct PerProcess<T> {
    process: u32,
    value: T,
    child: OnceLock<Box<Self>>,
}

impl<T> PerProcess<T> {
    /// The value of the process that calls.
    #[must_use]
    pub fn new(value: T) -> Self {
        Self::of(number(), value)
    }

    /// This process's value, made by `make` if there is none.
    pub fn current(&self, make: impl FnOnce() -> T) -> &T {
        self.value_in(number(), make)
    }

    fn of(process: u32, value: T) -> Self {
        Self {
            process,
            value,
            child: OnceLock::new(),
        }
    }

    fn value_in(&self, process: u32, make: impl FnOnce() -> T) -> &T {
        let mut youngest = self;
        while let Some(child) = youngest.child.get() {
            youngest = child;
        }
        if youngest.process == process {
            return &youngest.value;
        }
        &youngest
            .child
            .get_or_init(|| Box::new(Self::of(process, make())))
            .value
    }
}

/// The number of this process. WebAssembly has no processes, and asking there ends the program.
fn number() -> u32 {
    if cfg!(target_family = "wasm") {
        0
    } else {
        std::process::id()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_process_of_a_line_makes_its_value_once() {
        let state = PerProcess::of(1, "parent");
        assert_eq!(*state.value_in(1, || unreachable!()), "parent");
        assert_eq!(*state.value_in(2, || "child"), "child");
        assert_eq!(*state.value_in(2, || unreachable!()), "child");
        assert_eq!(*state.value_in(3, || "grandchild"), "grandchild");
    }
}
