//! The simulator: the service, its faults and its memory in one.

use serde::{Deserialize, Serialize};

use crate::control::{Answer, Command, ControlError, State};
use crate::faults::order::{Half, HalfReply, LateCharge};
use crate::faults::queue::FaultQueue;
use crate::faults::status::Effect;
use crate::faults::{LateOrder, Misbehaviour, PartialOrder, StatusReply};
use crate::journal::Journal;
use crate::service::Service;
use crate::service::moment::Moment;
use crate::service::orders::{Charge, Creation, Terms};
use crate::service::reply::error;
use crate::service::route::{Call, route};
use crate::{Config, Exchange, Request, Response};

/// A STABLEVPS account and the API in front of it.
///
/// It has no clock: each call brings the time, in epoch milliseconds, which should not run backwards.
///
/// serde writes it and reads it back, so that a simulated account can outlive its process. Only the log of requests is
/// left out. The form belongs to one version. Keys and passwords are in it as plain text. What parses it must keep every digit
/// of a number, which `serde_json` does with its feature `float_roundtrip`.
#[derive(Debug, Serialize, Deserialize)]
pub struct Simulator {
    pub(crate) service: Service,
    pub(crate) faults: FaultQueue,
    pub(crate) journal: Journal,
    initial_key: crate::Secret,
}

impl Simulator {
    /// A simulator in its initial state.
    #[must_use]
    pub fn new(config: Config) -> Self {
        let service = Service::new(&config);
        let initial_key = service
            .keys
            .keys()
            .first()
            .map_or_else(|| "".into(), |key| key.raw.clone());
        let mut faults = FaultQueue::default();
        config
            .faults
            .into_iter()
            .for_each(|fault| faults.push(fault));
        Self {
            service,
            faults,
            journal: Journal::default(),
            initial_key,
        }
    }

    /// The key that the account began with, of scope `full`.
    #[must_use]
    pub fn initial_key(&self) -> &str {
        self.initial_key.expose()
    }

    /// Takes a request as the service would, and says what comes back.
    pub fn handle(&mut self, request: &Request, now_ms: i64) -> Exchange {
        let is_order = route(&request.method, request.path()) == Ok(Call::OrderVps);
        let fault = self.faults.take(&request.method, request.path(), is_order);
        let name = fault.as_ref().map(Misbehaviour::name);
        let mut turn = Turn {
            service: &mut self.service,
            request,
            now: Moment(now_ms),
        };
        let mut exchange = match fault {
            None => Exchange::Reply(turn.answer()),
            Some(misbehaviour) => turn.misbehave(misbehaviour),
        };
        if let Some(response) = exchange.response_mut() {
            date(response, Moment(now_ms));
        }
        self.journal.record(request, now_ms, &exchange, name);
        exchange
    }

    /// Carries out a control command, which no client of the real service could send.
    ///
    /// # Errors
    /// When the command names something that is not there, or adds something twice.
    pub fn control(&mut self, command: Command, now_ms: i64) -> Result<Answer, ControlError> {
        self.service.wallet.settle(Moment(now_ms));
        command.carry_out(self, Moment(now_ms))
    }

    /// The same from JSON to JSON; a command that fails is answered with `{"error": "..."}`.
    pub fn control_json(&mut self, json: &[u8], now_ms: i64) -> Vec<u8> {
        let answer = Command::from_json(json).and_then(|command| self.control(command, now_ms));
        answer.map_or_else(|error| error.to_json(), |answer| answer.to_json())
    }

    /// A report of everything that happened so far.
    #[must_use]
    pub fn state(&mut self, now_ms: i64) -> State {
        self.service.wallet.settle(Moment(now_ms));
        State::of(self, Moment(now_ms))
    }
}

/// Adds the date, as the real service's server does, unless a fault has set another.
fn date(response: &mut Response, now: Moment) {
    if response.header("date").is_none() {
        let date = ("date".to_owned(), now.http_date());
        response.headers.push(date);
    }
}

/// One request on its way through the service.
struct Turn<'a> {
    service: &'a mut Service,
    request: &'a Request,
    now: Moment,
}

impl Turn<'_> {
    fn answer(&mut self) -> Response {
        self.answer_on(&Terms::default())
    }

    fn answer_on(&mut self, terms: &Terms) -> Response {
        self.service.answer(self.request, terms, self.now)
    }

    fn misbehave(&mut self, misbehaviour: Misbehaviour) -> Exchange {
        match misbehaviour {
            Misbehaviour::NotDelivered => Exchange::NotDelivered,
            Misbehaviour::LoseBefore => Exchange::Lost,
            Misbehaviour::LoseAfter => {
                self.answer();
                Exchange::Lost
            }
            Misbehaviour::Cut { keep } => cut(self.answer(), keep),
            Misbehaviour::Status(status) => Exchange::Reply(self.replaced(&status)),
            Misbehaviour::Body { text } => Exchange::Reply(with_body(self.answer(), text)),
            Misbehaviour::Patch(patch) => {
                let mut response = self.answer();
                response.body = patch.apply(&response.body);
                Exchange::Reply(response)
            }
            Misbehaviour::Delay { ms } => Exchange::Reply(Response {
                delay_ms: ms,
                ..self.answer()
            }),
            Misbehaviour::PartialOrder(partial) => self.order_by_halves(partial),
            Misbehaviour::LateOrder(late) => self.order_late(late),
            Misbehaviour::ShapeOrder(shape) => Exchange::Reply(self.answer_on(&Terms {
                shape,
                ..Terms::default()
            })),
        }
    }

    fn replaced(&mut self, status: &StatusReply) -> Response {
        match status.effect {
            Effect::Before => {}
            Effect::After => drop(self.answer()),
        }
        status.response()
    }

    fn order_by_halves(&mut self, partial: PartialOrder) -> Exchange {
        let terms = match partial.half {
            Half::CreatedNotCharged => Terms {
                charge: Charge::Never,
                ..Terms::default()
            },
            Half::ChargedNotCreated => Terms {
                creation: Creation::Never,
                ..Terms::default()
            },
        };
        let response = self.answer_on(&terms);
        match partial.reply {
            _ if !response.is_success() => Exchange::Reply(response),
            HalfReply::Lost => Exchange::Lost,
            HalfReply::Error => Exchange::Reply(error(500, "Internal server error")),
        }
    }

    fn order_late(&mut self, late: LateOrder) -> Exchange {
        let charge = match late.charge {
            LateCharge::Now => Charge::AtOnce,
            LateCharge::Late => Charge::AfterMs(late.ms),
        };
        let creation = Creation::ListedAfterMs(late.ms);
        let response = self.answer_on(&Terms {
            creation,
            charge,
            ..Terms::default()
        });
        if response.is_success() {
            Exchange::Lost
        } else {
            Exchange::Reply(response)
        }
    }
}

fn cut(response: Response, keep: usize) -> Exchange {
    match response.body.len() {
        0 => Exchange::Reply(response),
        length => Exchange::Cut {
            keep: keep.min(length - 1),
            response,
        },
    }
}

fn with_body(response: Response, text: String) -> Response {
    if response.is_success() {
        Response {
            body: text.into_bytes(),
            ..response
        }
    } else {
        response
    }
}
