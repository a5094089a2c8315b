//! What a watch wants of its host. As JSON, each step is a document with its name in `do`:
//!
//! | document | meaning |
//! |---|---|
//! | `{"do":"send","request":{"id":1,...}}` | send this, and hand its reply back under that id |
//! | `{"do":"wait","delayMs":60000,"reason":"poll"}` | ask again in so long |
//! | `{"do":"probe","id":2,"targets":[{"address":"203.0.113.7","port":3389}],"withinMs":5000}` | connect to each, and hand the outcomes back under that id |
//! | `{"do":"event","event":{"at":"2026-05-10T14:32:00.000Z","event":"added","vps":{...}}}` | hand this to the user |
//! | `{"do":"failed","error":{"code":...}}` | the end, and the error |

use serde::{Serialize, Serializer};

use super::events::WatchEvent;
use crate::error::Error;
use crate::http::{HttpRequest, RequestId};
use crate::probe::ProbeTarget;
use crate::step::WaitReason;

/// What a watch wants of its host. It never ends well: a host that has seen enough drops it.
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "do", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum WatchStep {
    /// Send this, and hand its reply back.
    Send {
        /// What to send.
        request: Box<HttpRequest>,
    },
    /// Ask again in so long.
    Wait {
        /// How long, in milliseconds.
        delay_ms: u64,
        /// Why.
        reason: WaitReason,
    },
    /// Connect to each of these, side by side, close the connections, and hand back how each went, in this order.
    Probe {
        /// Names the probes when their outcomes are handed back.
        id: RequestId,
        /// Whom to connect to.
        targets: Vec<ProbeTarget>,
        /// How long each attempt may take, in milliseconds.
        within_ms: u64,
    },
    /// Hand this to the user. It is given once.
    Event {
        /// The event.
        event: Box<WatchEvent>,
    },
    /// The end: the key can't be used any more.
    Failed {
        /// The error.
        #[serde(serialize_with = "report")]
        error: Error,
    },
}

fn report<S: Serializer>(error: &Error, serializer: S) -> Result<S::Ok, S::Error> {
    error.report().serialize(serializer)
}
