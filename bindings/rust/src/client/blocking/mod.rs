//! The blocking client.

mod client;
mod many;
mod purchase;
mod sender;
mod watch;

pub use client::Client;
pub use many::Purchases;
pub use purchase::Purchase;
pub use sender::Transport;
pub use watch::VpsWatch;

pub(crate) use sender::Sender;
