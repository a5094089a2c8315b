//! What may be spent on several orders together.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::money::Money;

/// What may be spent on several orders together, and what counts as spent: the charge of an order, or its price while
/// that is not known. One that was certainly not placed counts no more.
#[derive(Debug, Default)]
pub(crate) struct Budget {
    limit: Option<Money>,
    counted: Mutex<HashMap<String, Money>>,
}

impl Budget {
    pub fn new(limit: Option<Money>) -> Self {
        Self {
            limit,
            counted: Mutex::default(),
        }
    }

    pub fn has_limit(&self) -> bool {
        self.limit.is_some()
    }

    /// What is left for a purchase of that name; none where there is no limit.
    pub fn left_for(&self, purchase: &str) -> Option<Money> {
        let others = spent(self.lock().iter().filter(|(name, _)| *name != purchase));
        self.limit.map(|limit| limit.minus(others))
    }

    /// Counts an order, or its charge in place of its price.
    pub fn count(&self, purchase: &str, amount: Money) {
        self.lock().insert(purchase.to_owned(), amount);
    }

    /// The order was certainly not placed, or is none of these.
    pub fn release(&self, purchase: &str) {
        self.lock().remove(purchase);
    }

    pub fn spent(&self) -> Money {
        spent(self.lock().iter())
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Money>> {
        self.counted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn spent<'a>(counted: impl Iterator<Item = (&'a String, &'a Money)>) -> Money {
    counted.fold(Money::from_cents(0), |sum, (_, amount)| sum.plus(*amount))
}
