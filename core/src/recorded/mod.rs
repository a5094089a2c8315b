//! A purchase that a store records, so that an order of the caller's buys one VPS: whoever calls, however often,
//! in whatever process, whenever anything dies.
//!
//! The service knows no idempotency keys. This machine gives it them: it drives a [`Provisioning`] and says,
//! beside what to send, what to write into the [`store`](crate::store).
//!
//! ```text
//! Identifying -> Opening -> Working -> Ended
//!                  ^  |
//!                  '--' held by another
//! ```
//!
//! The rules:
//! 1. *Identifying*: the account is the service's own id of it, so that another key of the account changes nothing.
//! 2. *Opening*: the key's row is read or inserted, and held. `table` says what an earlier end means for this call.
//! 3. *The window*: from the preflight until the order is found or given up, the holder is inside the account's
//!    window, alone. Whoever enters first settles the orders of dead holders, the oldest first.
//! 4. *The order*: it is announced in the store before it is sent, and must begin within the time that was
//!    announced. That time and the request's own are over before the lease is, so whoever takes over
//!    looks for an order that can't begin any more.
//! 5. *The receipt*: it is written before anything else is done, by whoever got it, holder or not.
//!    A VPS that was found by looking counts only once the store says that it is ours.
//! 6. *Overtaken*: who no longer holds the purchase sends no order. Who has a receipt goes on without the store.
//! 7. *A store that fails*: before the order, nothing is ordered. After it, the purchase goes on, writing is tried
//!    again, nothing is adopted meanwhile, and the purchase ends only once it is written, or with its token.
//! 8. A new attempt begins only where the store says that nothing was ordered.
//! 9. *Joined*: a call whose key another call of this process holds waits for that one's end, and reads the row again.
//! 10. *Parting*: a host that gives the purchase up ends its lease, unless an order may be on its way.

mod answers;
mod book;
mod ends;
mod entry;
mod machine;
mod parting;
mod table;
mod wants;

pub use book::{Book, Page, Question};
pub use machine::{RecordedPurchase, RecordedStep, WhenHeld};
