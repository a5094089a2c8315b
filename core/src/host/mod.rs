//! Machines for hosts in other languages: what is behind one is forgotten, and what it says is plain data.
//!
//! [`begin`] is the one way to a machine. A host then asks for its [`HostStep`], carries it out and tells
//! what came of it, until the step is `Done` or `Failed`. Asking again changes nothing, so a host that gives a request up
//! hands in that it failed, with [`Delivery::Unknown`](crate::http::Delivery) unless it certainly was not sent, before it
//! drives the machine on; or it drops the machine.

mod any_machine;
pub mod documents;
mod machine;
mod sql;

pub use any_machine::AnyMachine;
pub use machine::{ListingForm, Machine, Origin, Seeds, begin};
pub use sql::StoreSql;

use std::sync::LazyLock;

use serde::Serialize;

use crate::clock::Instant;
use crate::error::{Error, Report};
use crate::http::{HttpRequest, RequestId};
use crate::models::Progress;
use crate::probe::ProbeTarget;
use crate::recorded::RecordedStep;
use crate::request::{Answer, Output};
use crate::step::WaitReason;
use crate::store::StoreRequest;
use crate::watch::WatchEvent;

/// What a machine wants of its host, as plain data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "do", rename_all = "snake_case", rename_all_fields = "camelCase")]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
// It is handed over at once, and a box would be one more copy.
#[allow(clippy::large_enum_variant)]
pub enum HostStep {
    /// Have the store carry this operation out, and hand its answer back.
    Store {
        /// Numbers the operation.
        id: u32,
        /// The operation's name: which of the [`StoreSql`]'s statements carry it out.
        op: String,
        /// The operation as JSON, which is those statements' parameter.
        document: String,
    },
    /// Send this, and hand its reply back.
    Send {
        /// What to send.
        request: HttpRequest,
        /// How far a purchase is.
        progress: Option<Progress>,
        /// Within how long its first byte must leave, in milliseconds from the time that was given; after that it
        /// must not leave any more, and was not sent. It is counted from the moment at which the last operation
        /// of the store was asked for, by a clock that counts the sleep of the machine.
        #[serde(skip_serializing_if = "Option::is_none")]
        send_within_ms: Option<u64>,
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
    /// Find out who answers: connect to each of these, side by side, close the connections, and hand back how each
    /// went, in this order.
    Probe {
        /// Names the probes when their outcomes are handed back.
        id: RequestId,
        /// Whom to connect to.
        targets: Vec<ProbeTarget>,
        /// How long each attempt may take, in milliseconds.
        within_ms: u64,
        /// How far a purchase is.
        progress: Option<Progress>,
    },
    /// Hand this to the user, and ask again. It is given once.
    Event {
        /// The event.
        event: WatchEvent,
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
    pub fn after_reply(machine: &mut Machine, now: Instant) -> Self {
        match machine.give_output() {
            Some(output) => Self::Done { output },
            None => Self::of(machine, now),
        }
    }

    /// The machine's next step.
    pub fn of(machine: &mut Machine, now: Instant) -> Self {
        if let Some(step) = Self::unless_over(machine, now) {
            return step;
        }
        match end(machine, now) {
            Ok(answer) => Self::Done {
                output: answer.output(),
            },
            Err(error) => Self::Failed {
                error: error.report(),
            },
        }
    }

    /// What a host that gives the machine up still does, as far as it can in little time: it has the store carry this
    /// out, and hands the answer in, until there is nothing. So nobody has to wait for the lease of who has gone.
    pub fn letting_go(machine: &mut Machine, now: Instant) -> Option<Self> {
        machine.letting_go(now).map(|request| Self::store(&request))
    }

    fn store(request: &StoreRequest) -> Self {
        Self::Store {
            id: request.id,
            op: request.op.name().to_owned(),
            document: request.document(),
        }
    }

    /// The machine's next step, before its end.
    fn unless_over(machine: &mut Machine, now: Instant) -> Option<Self> {
        if let Some(event) = machine.take_event() {
            return Some(Self::Event { event });
        }
        match machine.next_step(now) {
            RecordedStep::Store(request) if cfg!(feature = "stores") => Some(Self::store(&request)),
            RecordedStep::Send {
                request,
                send_within_ms,
            } => Some(Self::Send {
                request: *request,
                send_within_ms,
                progress: machine.progress_to_tell(now),
            }),
            RecordedStep::Wait { delay_ms, reason } => Some(Self::Wait {
                delay_ms,
                reason,
                progress: match reason {
                    WaitReason::Turn => {
                        machine.progress_in_batch(now);
                        None
                    }
                    WaitReason::Retry
                    | WaitReason::RetryAfter
                    | WaitReason::Settling
                    | WaitReason::Pace
                    | WaitReason::Poll => machine.progress_to_tell(now),
                },
            }),
            RecordedStep::Probe(probe) => Some(Self::Probe {
                id: probe.id,
                targets: probe.targets,
                within_ms: probe.within_ms,
                progress: machine.progress_to_tell(now),
            }),
            // Without stores no machine asks one.
            RecordedStep::Store(_) | RecordedStep::Done(()) => None,
        }
    }
}

/// How a machine ended, which says that it did.
fn end(machine: &Machine, now: Instant) -> Result<&dyn Answer, &Error> {
    static UNENDED: LazyLock<Error> =
        LazyLock::new(|| Error::invalid_input("machine", "has not ended"));
    machine.end_to_tell(now).unwrap_or(Err(&UNENDED))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;
    use crate::batch::{Batch, BatchOptions};
    use crate::clock::Now;
    use crate::config::{Api, ApiConfig, CallOptions};
    use crate::endpoints::CreateVps;
    use crate::http::{HttpResponse, Reply};
    use crate::probe::ProbeRequest;
    use crate::provisioning::{Preflight, ProvisionOptions, Provisioning};
    use crate::request::Request;
    use crate::secret::Secret;
    use crate::step::StaleReply;

    const SEEDS: Seeds = Seeds {
        jitter: 1,
        names: Some(2),
    };

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
        let mut machine =
            begin(&api.unwrap(), Request::ListVps, options, form, SEEDS, begun).unwrap();
        let HostStep::Send { request, .. } = HostStep::after_reply(&mut machine, now) else {
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
            HostStep::after_reply(&mut machine, now),
            HostStep::Done { output }
        );
        for _ in 0..2 {
            let HostStep::Failed { error } = HostStep::after_reply(&mut machine, now) else {
                unreachable!("its result was given")
            };
            assert_eq!(
                error.message,
                "machine has ended, and its result was handed out"
            );
        }
    }

    /// A purchase, and how often it was asked how far it is.
    struct Counted(Provisioning, Arc<AtomicU32>);

    impl AnyMachine for Counted {
        fn next_step(&mut self, now: Instant) -> RecordedStep<(), Box<ProbeRequest>> {
            AnyMachine::next_step(&mut self.0, now)
        }

        fn outcome(&self, now: Instant) -> Option<Result<&dyn Answer, &Error>> {
            AnyMachine::outcome(&self.0, now)
        }

        fn handle_reply(
            &mut self,
            id: RequestId,
            reply: Reply,
            now: Instant,
        ) -> Result<(), StaleReply> {
            self.0.handle_reply(id, reply, now)
        }

        fn progress(&self, now: Instant) -> Option<Progress> {
            self.1.fetch_add(1, Ordering::Relaxed);
            AnyMachine::progress(&self.0, now)
        }
    }

    #[test]
    fn a_member_of_a_batch_makes_its_progress_once_a_step_and_tells_its_end() {
        let api = Api::new(ApiConfig {
            api_key: Some(Secret::new("svps_live_a3f7")),
            world: Some(String::new()),
            ..ApiConfig::default()
        });
        let batch = Batch::new(&api.unwrap(), &BatchOptions::default()).unwrap();
        let begun = Now::from_millis(0, 0);
        let now = begun.instant;
        let order = CreateVps::new("pro", "monthly", "tokyo").unwrap();
        let options = ProvisionOptions {
            preflight: Preflight::Skip,
            ..ProvisionOptions::default()
        };
        let purchase = Provisioning::buy(batch.api(), order, options, 1, begun).unwrap();
        let asked = Arc::new(AtomicU32::new(0));
        let counted = Box::new(Counted(purchase, Arc::clone(&asked)));
        let mut machine = Machine::new(counted, Some(batch.seat(now)));
        let HostStep::Send { request, .. } = HostStep::of(&mut machine, now) else {
            unreachable!("it begins with a request")
        };
        assert_eq!(asked.load(Ordering::Relaxed), 1);
        assert_eq!(batch.progress(now).baseline, 1);

        let refused = Reply::Response(HttpResponse {
            status: 401,
            headers: Vec::new(),
            body: br#"{"error":"Invalid API key"}"#.to_vec(),
        });
        machine.handle_reply(request.id, refused, now).unwrap();
        for _ in 0..2 {
            let step = HostStep::of(&mut machine, now);
            assert!(matches!(step, HostStep::Failed { .. }));
            let progress = batch.progress(now);
            assert_eq!((progress.baseline, progress.failed), (0, 1));
        }
    }
}
