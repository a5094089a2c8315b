//! How the service is told to misbehave.
//!
//! Faults wait in a queue. Each request is compared with them in order; the first that matches and has no
//! requests left to skip is used once and, after its last use, leaves the queue.

use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};

pub(crate) mod order;
pub(crate) mod patch;
pub(crate) mod queue;
pub(crate) mod status;
pub(crate) mod target;

pub use order::{Half, HalfReply, LateCharge, LateOrder, OrderShape, PartialOrder};
pub use patch::Patch;
pub use status::{Effect, StatusReply};
pub use target::Target;

/// One fault: when it strikes, how often, and what it does.
///
/// ```
/// # use stablevps_simulator::Fault;
/// let fault: Fault = serde_json::from_str(
///     r#"{"on": {"method": "POST", "path": "/api/v1/vps"}, "times": 2, "do": {"status": {"code": 503}}}"#,
/// )?;
/// assert_eq!(fault.times.get(), 2);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// Which requests it strikes. Default: every one.
    #[serde(default)]
    pub on: Target,
    /// How many requests it strikes. Default 1.
    #[serde(default = "once")]
    pub times: NonZeroU32,
    /// What happens to them.
    #[serde(rename = "do")]
    pub action: Misbehaviour,
}

impl Fault {
    /// A fault that strikes one request.
    #[must_use]
    pub fn once(on: Target, action: Misbehaviour) -> Self {
        Self {
            on,
            times: once(),
            action,
        }
    }
}

/// What happens to a request. In JSON `"lose_after"`, `{"cut": {"keep": 10}}` and so on.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Misbehaviour {
    /// The request does not take effect, and no reply comes: [`Exchange::Lost`](crate::Exchange::Lost).
    LoseBefore,
    /// The request takes effect, and no reply comes: [`Exchange::Lost`](crate::Exchange::Lost).
    LoseAfter,
    /// The request does not reach the service, and the client can know it:
    /// [`Exchange::NotDelivered`](crate::Exchange::NotDelivered).
    NotDelivered,
    /// The request takes effect; the reply's body breaks off.
    Cut {
        /// How many bytes of the body arrive, at most all but one. Of an empty body nothing can be cut.
        keep: usize,
    },
    /// Another reply, with or without the effect.
    Status(StatusReply),
    /// The request takes effect; the body of a 2xx reply is replaced.
    Body {
        /// The new body.
        text: String,
    },
    /// The request takes effect; the reply's JSON is altered.
    Patch(Patch),
    /// The request takes effect; the reply comes late.
    Delay {
        /// How late, in milliseconds, put into [`Response::delay_ms`](crate::Response::delay_ms).
        ms: u64,
    },
    /// An order dies half-way. This and the two below strike orders only, whatever `on` says, and leave
    /// the reply alone when the order is refused.
    PartialOrder(PartialOrder),
    /// An order's reply is lost, and its VPS appears only later.
    LateOrder(LateOrder),
    /// An order goes well, but its VPS comes up in its own way.
    ShapeOrder(OrderShape),
}

impl Misbehaviour {
    /// Its name in JSON.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::LoseBefore => "lose_before",
            Self::LoseAfter => "lose_after",
            Self::NotDelivered => "not_delivered",
            Self::Cut { .. } => "cut",
            Self::Status(_) => "status",
            Self::Body { .. } => "body",
            Self::Patch(_) => "patch",
            Self::Delay { .. } => "delay",
            Self::PartialOrder(_) => "partial_order",
            Self::LateOrder(_) => "late_order",
            Self::ShapeOrder(_) => "shape_order",
        }
    }

    pub(crate) fn is_for_orders(&self) -> bool {
        match self {
            Self::PartialOrder(_) | Self::LateOrder(_) | Self::ShapeOrder(_) => true,
            Self::LoseBefore
            | Self::LoseAfter
            | Self::NotDelivered
            | Self::Cut { .. }
            | Self::Status(_)
            | Self::Body { .. }
            | Self::Patch(_)
            | Self::Delay { .. } => false,
        }
    }
}

fn once() -> NonZeroU32 {
    NonZeroU32::MIN
}
