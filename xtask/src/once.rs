//! What is made once in a run, however many ask for it.

use std::sync::{Mutex, PoisonError};

use anyhow::Result;

/// A thing, once it has been made.
pub struct Once<T>(Mutex<Option<T>>);

impl<T: Clone> Once<T> {
    /// Nothing was made yet.
    pub const fn new() -> Self {
        Self(Mutex::new(None))
    }

    /// What was made; else what `make` makes now. Others who ask meanwhile wait for it.
    pub fn get(&self, make: impl FnOnce() -> Result<T>) -> Result<T> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(made) = &*kept {
            return Ok(made.clone());
        }
        Ok(kept.insert(make()?).clone())
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use anyhow::bail;

    use super::Once;

    #[test]
    fn what_failed_is_made_again_and_what_was_made_is_kept() -> anyhow::Result<()> {
        let (once, made) = (Once::new(), Cell::new(0));
        assert!(once.get(|| bail!("nothing comes of it")).is_err());
        for _ in 0..3 {
            made.set(made.get() + once.get(|| Ok(7))?);
            assert_eq!(once.get(|| bail!("it was made"))?, 7);
        }
        assert_eq!(made.get(), 21);
        Ok(())
    }
}
