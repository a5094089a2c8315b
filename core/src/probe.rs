//! Whether a VPS answers: what a host is to connect to, and how that went.

use serde::Serialize;

use crate::http::RequestId;
use crate::open_enum::closed_enum;

/// Which TCP port RDP listens on.
pub(crate) const RDP_PORT: u16 = 3389;

/// Connect to each of these, side by side, close the connections, and hand back how each went, in this order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProbeRequest {
    /// Names the probes when their outcomes are handed back.
    pub id: RequestId,
    /// Whom to connect to.
    pub targets: Vec<ProbeTarget>,
    /// How long each attempt may take, in milliseconds.
    pub within_ms: u64,
}

/// Whom to connect to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct ProbeTarget {
    /// The address, or a host name.
    pub address: String,
    /// The TCP port.
    pub port: u16,
}

closed_enum! {
    /// How a probe went.
    ProbeOutcome, "\"answered\", \"silent\" or \"not_tried\"" {
        /// The connection was accepted.
        Answered = "answered",
        /// It was refused, was not possible, or took too long.
        Silent = "silent",
        /// The host could not try: it has no network, no free socket, or was ended. It says nothing about the VPS.
        NotTried = "not_tried",
    }
}
