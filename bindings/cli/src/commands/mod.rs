//! The commands, one file a group.

pub mod account;
pub mod buy;
pub mod catalogue;
pub mod completions;
pub mod delete;
pub mod keys;
pub mod login;
pub mod man;
mod many;
mod offer;
pub mod power;
pub mod rdp;
pub mod resume;
pub mod show;
pub mod wait;
pub mod watch;
