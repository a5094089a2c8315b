//! What happens to the first order.

use serde::{Deserialize, Serialize};

/// A fault, by the name that it has in paths.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    FinAtOnce,
    FinLate,
    RstAtOnce,
    RstLate,
    FinInHead,
    RstInHead,
    FinInBody,
    RstInBody,
    FinAfterContinue,
    Stall,
    Refuse,
    #[serde(rename = "timeout_408")]
    Timeout408,
    #[serde(rename = "misdirected_421")]
    Misdirected421,
    #[serde(rename = "unavailable_503")]
    Unavailable503,
    RouteBack,
    RouteSilent,
    RouteLost,
    None,
}

impl Fault {
    pub const ALL: [Self; 18] = [
        Self::FinAtOnce,
        Self::FinLate,
        Self::RstAtOnce,
        Self::RstLate,
        Self::FinInHead,
        Self::RstInHead,
        Self::FinInBody,
        Self::RstInBody,
        Self::FinAfterContinue,
        Self::Stall,
        Self::Refuse,
        Self::Timeout408,
        Self::Misdirected421,
        Self::Unavailable503,
        Self::RouteBack,
        Self::RouteSilent,
        Self::RouteLost,
        Self::None,
    ];

    pub fn named(name: &str) -> Option<Self> {
        serde_json::from_value(name.into()).ok()
    }

    /// Whether it needs a route that can be taken away.
    pub fn is_of_route(self) -> bool {
        matches!(self.script().end, End::Cut(..))
    }

    pub fn script(self) -> Script {
        let (sent, delay_ms, end) = match self {
            Self::FinAtOnce => (Sent::Nothing, 0, End::Fin),
            Self::FinLate => (Sent::Nothing, 500, End::Fin),
            Self::RstAtOnce => (Sent::Nothing, 0, End::Rst),
            // By then the listener is closed.
            Self::Refuse => (Sent::Nothing, 100, End::Rst),
            Self::RstLate => (Sent::Nothing, 500, End::Rst),
            Self::FinInHead => (Sent::HalfOfHead, 0, End::Fin),
            Self::RstInHead => (Sent::HalfOfHead, 20, End::Rst),
            Self::FinInBody => (Sent::HalfOfBody, 0, End::Fin),
            Self::RstInBody => (Sent::HalfOfBody, 20, End::Rst),
            Self::FinAfterContinue => (Sent::Text(CONTINUE), 0, End::Fin),
            Self::Stall => (Sent::Nothing, 0, End::Hold),
            Self::Timeout408 => (Sent::Text(TIMEOUT), 0, End::Fin),
            Self::Misdirected421 => (Sent::Text(MISDIRECTED), 0, End::Fin),
            Self::Unavailable503 => (Sent::Text(UNAVAILABLE), 0, End::Fin),
            Self::RouteBack => (Sent::Nothing, 0, End::Cut(Cut::Refused, Some(1_000))),
            Self::RouteSilent => (Sent::Nothing, 0, End::Cut(Cut::Silent, Some(2_000))),
            Self::RouteLost => (Sent::Nothing, 0, End::Cut(Cut::Refused, None)),
            Self::None => (Sent::All, 0, End::Keep),
        };
        Script {
            sent,
            delay_ms,
            end,
        }
    }
}

/// What a fault does, in this order.
pub struct Script {
    pub sent: Sent,
    /// Also lets what was sent arrive before a reset, which throws away what waits to be sent.
    pub delay_ms: u64,
    pub end: End,
}

/// What is sent of the reply, or in its place.
pub enum Sent {
    Nothing,
    HalfOfHead,
    HalfOfBody,
    All,
    Text(&'static str),
}

/// How the connection ends.
pub enum End {
    Fin,
    Rst,
    /// It stays silent until the client closes it.
    Hold,
    /// The route to the server is taken away, and comes back after so many milliseconds or when it is asked for. Then as `Hold`.
    Cut(Cut, Option<u64>),
    /// It goes on.
    Keep,
}

/// What becomes of packets to the server while the route is away.
#[derive(Clone, Copy, Debug)]
pub enum Cut {
    /// They are answered with "host unreachable" as routers do, so that connecting mostly fails at once.
    Refused,
    /// They vanish.
    Silent,
}

const CONTINUE: &str = "HTTP/1.1 100 Continue\r\n\r\n";
const TIMEOUT: &str = "HTTP/1.1 408 Request Timeout\r\nContent-Type: text/html\r\nContent-Length: 22\r\nConnection: close\r\n\r\n<h1>Took too long</h1>";
const MISDIRECTED: &str = "HTTP/1.1 421 Misdirected Request\r\nContent-Type: text/html\r\nContent-Length: 22\r\nConnection: close\r\n\r\n<h1>Not at home..</h1>";
const UNAVAILABLE: &str = "HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/html\r\nRetry-After: 0\r\nContent-Length: 22\r\nConnection: close\r\n\r\n<h1>Unavailable..</h1>";
