//! The asynchronous client, for tokio.

mod client;
mod network;
mod purchase;
mod sender;

pub use client::AsyncClient;
pub use purchase::AsyncPurchase;
pub use sender::{AsyncTransport, SendFuture};

pub(crate) use network::Stack;
pub(crate) use sender::Sender;
