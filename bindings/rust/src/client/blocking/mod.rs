//! The blocking client.

mod client;
mod purchase;
mod sender;

pub use client::Client;
pub use purchase::Purchase;
pub use sender::Transport;

pub(crate) use sender::Sender;
