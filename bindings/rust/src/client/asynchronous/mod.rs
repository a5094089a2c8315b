//! The asynchronous client, for tokio.

mod client;
mod many;
mod network;
mod purchase;
mod sender;
mod watch;

pub use client::AsyncClient;
pub use many::AsyncPurchases;
pub use network::Stack;
pub use purchase::AsyncPurchase;
pub use sender::{AsyncTransport, SendFuture};
pub use watch::AsyncVpsWatch;

pub(crate) use sender::Sender;
