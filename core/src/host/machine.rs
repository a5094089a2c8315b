//! Calls and purchases as machines of one type.

use crate::call::Call;
use crate::clock::{Instant, Now};
use crate::config::{Api, CallOptions};
use crate::endpoint::Endpoint;
use crate::endpoints::{ListVps, ListVpsVerbatim};
use crate::error::Error;
use crate::http::{Reply, RequestId};
use crate::models::Progress;
use crate::provisioning::Provisioning;
use crate::request::{Answer, Begin, Output, Purchase, Request};
use crate::step::{StaleReply, Step};

/// A state machine of whatever kind.
pub trait Machine: Send {
    /// What to do now. Asking twice changes nothing.
    fn next_step(&self, now: Instant) -> Step<Result<&dyn Answer, &Error>>;

    /// Tells what became of the request that was to be sent.
    ///
    /// # Errors
    /// [`StaleReply`] where that request is not outstanding; nothing has changed then.
    fn handle_reply(&mut self, id: RequestId, reply: Reply, now: Instant)
    -> Result<(), StaleReply>;

    /// The good result of a plain call, which is given away: its end is an error from then on. None before
    /// the end, and for a purchase, whose result is small.
    fn give_output(&mut self) -> Option<Output> {
        None
    }

    /// How far a purchase is; none for a plain call.
    fn progress(&self, now: Instant) -> Option<Progress> {
        let _ = now;
        None
    }

    /// From where a purchase can be taken up again, if there is something to take up.
    fn snapshot(&self, now: Instant) -> Option<String> {
        let _ = now;
        None
    }

    /// Gives a purchase's turn to the next one of the account: once the first progress that is not exclusive was
    /// handed out, or where nobody drives the machine any more.
    fn end_turn(&self) {}

    /// The queue whose turn a purchase has.
    fn has_turn_of(&self) -> Option<&str> {
        None
    }

    /// Ends a purchase where it waits for the turn of that queue, which the purchase has in whose `on_progress` it
    /// was begun.
    fn refuse_waiting_for(&self, queue: &str, now: Instant) {
        let _ = (queue, now);
    }
}

/// In which form a host takes a listing of VPS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListingForm {
    /// As rows.
    Rows,
    /// As the body of the reply, where that is in canonical form.
    Verbatim,
}

/// The machine of a request. `seed` spreads its requests in time.
///
/// # Errors
/// `InvalidInput` for arguments that can't be used, `StaleToken` for a token that can't.
pub fn begin(
    api: &Api,
    request: Request,
    options: CallOptions,
    form: ListingForm,
    seed: u64,
    begun: Now,
) -> Result<Box<dyn Machine>, Error> {
    let machines = Machines {
        api,
        options,
        form,
        seed,
        begun,
    };
    request.begin(&machines)
}

/// What every machine begins with.
struct Machines<'a> {
    api: &'a Api,
    options: CallOptions,
    form: ListingForm,
    seed: u64,
    begun: Now,
}

impl Begin for Machines<'_> {
    type Begun = Box<dyn Machine>;

    fn call<E>(&self, endpoint: E) -> Result<Self::Begun, Error>
    where
        E: Endpoint<Output: Answer + Send> + Send + 'static,
    {
        let call = self
            .api
            .call(endpoint, self.options, self.seed, self.begun)?;
        Ok(Box::new(call))
    }

    fn list_vps(&self) -> Result<Self::Begun, Error> {
        match self.form {
            ListingForm::Rows => self.call(ListVps),
            ListingForm::Verbatim => self.call(ListVpsVerbatim),
        }
    }

    fn purchase(
        &self,
        purchase: impl FnOnce(&Api, u64, Now) -> Purchase,
    ) -> Result<Self::Begun, Error> {
        let purchase = purchase(self.api, self.seed, self.begun)?;
        Ok(Box::new(purchase))
    }
}

impl<E> Machine for Call<E>
where
    E: Endpoint<Output: Answer + Send> + Send,
{
    fn next_step(&self, now: Instant) -> Step<Result<&dyn Answer, &Error>> {
        Call::next_step(self, now).map(|outcome| outcome.map(|output| output as &dyn Answer))
    }

    fn handle_reply(
        &mut self,
        id: RequestId,
        reply: Reply,
        now: Instant,
    ) -> Result<(), StaleReply> {
        Call::handle_reply(self, id, reply, now)
    }

    fn give_output(&mut self) -> Option<Output> {
        Call::give_output(self).map(Answer::into_output)
    }
}

impl Machine for Provisioning {
    fn next_step(&self, now: Instant) -> Step<Result<&dyn Answer, &Error>> {
        Provisioning::next_step(self, now)
            .map(|outcome| outcome.map(|output| output as &dyn Answer))
    }

    fn handle_reply(
        &mut self,
        id: RequestId,
        reply: Reply,
        now: Instant,
    ) -> Result<(), StaleReply> {
        Provisioning::handle_reply(self, id, reply, now)
    }

    fn progress(&self, now: Instant) -> Option<Progress> {
        Some(Provisioning::progress(self, now))
    }

    fn snapshot(&self, now: Instant) -> Option<String> {
        Provisioning::snapshot(self, now)
    }

    fn end_turn(&self) {
        Provisioning::end_turn(self);
    }

    fn has_turn_of(&self) -> Option<&str> {
        Provisioning::has_turn_of(self)
    }

    fn refuse_waiting_for(&self, queue: &str, now: Instant) {
        Provisioning::refuse_waiting_for(self, queue, now);
    }
}
