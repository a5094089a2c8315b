//! Machines for hosts in other languages: what is behind one is forgotten, and what it says is plain data.
//!
//! [`begin`] is the one way to a machine. A host then asks for its [`HostStep`], carries it out and tells
//! what came of it, until the step is `Done` or `Failed`. Asking again changes nothing, so a host that gives a request up
//! hands in that it failed, with [`Delivery::Unknown`](crate::http::Delivery) unless it certainly was not sent, before it
//! drives the machine on; or it drops the machine.

pub mod documents;
mod machine;

pub use machine::{ListingForm, Machine, begin};

use serde::Serialize;

use crate::clock::Instant;
use crate::error::{Error, Report};
use crate::http::HttpRequest;
use crate::models::Progress;
use crate::request::{Answer, Output};
use crate::step::{Step, WaitReason};

/// What a machine wants of its host, as plain data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "do", rename_all = "snake_case", rename_all_fields = "camelCase")]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum HostStep {
    /// Send this, and hand its reply back.
    Send {
        /// What to send.
        request: HttpRequest,
        /// How far a purchase is.
        progress: Option<Progress>,
    },
    /// Ask again in so long.
    Wait {
        /// How long, in milliseconds.
        delay_ms: u64,
        /// Why.
        reason: WaitReason,
        /// How far a purchase is; nothing while it waits for its turn, for which it asks often.
        progress: Option<Progress>,
    },
    /// The end, and what came of it.
    Done {
        /// The result.
        output: Output,
    },
    /// The end, and what went wrong.
    Failed {
        /// The error.
        error: Report,
    },
}

impl HostStep {
    /// The machine's next step after a reply. A result that is long is not copied: it is given once.
    pub fn after_reply(machine: &mut dyn Machine, now: Instant) -> Self {
        match machine.give_output() {
            Some(output) => Self::Done { output },
            None => Self::of(machine, now),
        }
    }

    /// The machine's next step.
    pub fn of(machine: &dyn Machine, now: Instant) -> Self {
        match Self::or_end(machine, now) {
            Ok(step) => step,
            Err(Ok(answer)) => Self::Done {
                output: answer.output(),
            },
            Err(Err(error)) => Self::Failed {
                error: error.report(),
            },
        }
    }

    /// The machine's next step, or the result at its end.
    fn or_end(machine: &dyn Machine, now: Instant) -> Result<Self, Result<&dyn Answer, &Error>> {
        match machine.next_step(now) {
            Step::Send(request) => Ok(Self::Send {
                request: *request,
                progress: machine.progress(now),
            }),
            Step::Wait { delay_ms, reason } => Ok(Self::Wait {
                delay_ms,
                reason,
                progress: match reason {
                    WaitReason::Turn => None,
                    WaitReason::Retry
                    | WaitReason::RetryAfter
                    | WaitReason::Settling
                    | WaitReason::Poll => machine.progress(now),
                },
            }),
            Step::Done(end) => Err(end),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Now;
    use crate::config::{Api, ApiConfig, CallOptions};
    use crate::http::{HttpResponse, Reply};
    use crate::request::Request;
    use crate::secret::Secret;

    #[test]
    fn a_result_is_given_once_and_nothing_is_sent_after_it() {
        let begun = Now::from_millis(0, 0);
        let now = begun.instant;
        let api_key = Some(Secret::new("svps_live_a3f7"));
        let api = Api::new(ApiConfig {
            api_key,
            ..ApiConfig::default()
        });
        let (options, form) = (CallOptions::default(), ListingForm::Rows);
        let mut machine = begin(&api.unwrap(), Request::ListVps, options, form, 1, begun).unwrap();
        let HostStep::Send { request, .. } = HostStep::after_reply(machine.as_mut(), now) else {
            unreachable!("it begins with a request")
        };
        let response = HttpResponse {
            status: 200,
            headers: Vec::new(),
            body: br#"{"vps":[]}"#.to_vec(),
        };
        let reply = Reply::Response(response);
        machine.handle_reply(request.id, reply, now).unwrap();
        let output = Output::VpsList(Vec::new());
        assert_eq!(
            HostStep::after_reply(machine.as_mut(), now),
            HostStep::Done { output }
        );
        for _ in 0..2 {
            let HostStep::Failed { error } = HostStep::after_reply(machine.as_mut(), now) else {
                unreachable!("its result was given")
            };
            assert_eq!(
                error.message,
                "machine has ended, and its result was handed out"
            );
        }
    }
}
