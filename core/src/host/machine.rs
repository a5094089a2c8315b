//! Calls and purchases as machines of one type.

use crate::call::Call;
use crate::clock::{Instant, Now};
use crate::config::{Api, CallOptions};
use crate::endpoint::Endpoint;
use crate::endpoints::{ListVps, ListVpsVerbatim};
use crate::error::Error;
use crate::http::{Reply, RequestId};
use crate::models::Progress;
use crate::probe::{ProbeOutcome, ProbeRequest};
use crate::provisioning::Provisioning;
use crate::recorded::{Book, Question, RecordedPurchase, RecordedStep};
use crate::request::{Answer, Begin, Output, Purchase, Recorded, Request};
use crate::step::StaleReply;
use crate::store::{StoreFailure, StoreReply, StoreRequest};
use crate::watch::{Watch, WatchEvent, WatchOptions};

/// A state machine of whatever kind.
pub trait Machine: Send {
    /// What to do now; the end is the [`outcome`](Self::outcome). Asking twice changes nothing.
    fn next_step(&mut self, now: Instant) -> RecordedStep<(), Box<ProbeRequest>>;

    /// The end, where it has come.
    fn outcome(&self, now: Instant) -> Option<Result<&dyn Answer, &Error>>;

    /// Tells what became of the request that was to be sent.
    ///
    /// # Errors
    /// [`StaleReply`] where that request is not outstanding; nothing has changed then.
    fn handle_reply(&mut self, id: RequestId, reply: Reply, now: Instant)
    -> Result<(), StaleReply>;

    /// Tells what the store answered to the operation of that number.
    ///
    /// # Errors
    /// [`StaleReply`] where that operation is not outstanding; nothing has changed then.
    fn handle_stored(
        &mut self,
        id: u32,
        answer: Result<StoreReply, StoreFailure>,
        now: Instant,
    ) -> Result<(), StaleReply> {
        let (_, _) = (answer, now);
        Err(StaleReply(RequestId(id)))
    }

    /// Tells how the probes went, in the order of their targets.
    ///
    /// # Errors
    /// [`StaleReply`] where those probes are not outstanding; nothing has changed then.
    fn handle_probes(
        &mut self,
        id: RequestId,
        outcomes: &[ProbeOutcome],
        now: Instant,
    ) -> Result<(), StaleReply> {
        let (_, _) = (outcomes, now);
        Err(StaleReply(id))
    }

    /// What a watch has to tell, before its next step. It is given once.
    fn take_event(&mut self) -> Option<WatchEvent> {
        None
    }

    /// The good result of a plain call, which is given away: its end is an error from then on. None before
    /// the end, and for a purchase, whose result is small.
    fn give_output(&mut self) -> Option<Output> {
        None
    }

    /// Whether it asks a store.
    fn has_store(&self) -> bool {
        false
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

    /// Who a purchase with a store is in that store, while it is at work.
    fn holder(&self) -> Option<&str> {
        None
    }

    /// Ends a purchase where it waits for the turn of that queue, which the purchase has in whose `on_progress` it
    /// was begun.
    fn refuse_waiting_for(&self, queue: &str, now: Instant) {
        let _ = (queue, now);
    }

    /// Ends a purchase where it waits for the end of that holder, which is the purchase in whose `on_progress` it was
    /// begun.
    fn refuse_waiting_for_holder(&mut self, holder: &str) {
        let _ = holder;
    }

    /// The host waits for its caller now, who may wait for a call with the same key. Until the next step is asked for,
    /// nobody else in this process begins to wait for this purchase. For hosts that do not know who calls whom.
    fn in_callback(&mut self) {}

    /// What the store is to be told where nobody drives the machine any more: to be carried out, and answered with
    /// [`handle_stored`](Self::handle_stored), until there is nothing.
    fn letting_go(&mut self, now: Instant) -> Option<StoreRequest> {
        let _ = now;
        None
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

/// What a machine's random choices begin with.
#[derive(Clone, Copy, Debug)]
pub struct Seeds {
    /// Spreads its requests in time.
    pub jitter: u64,
    /// Names a recorded purchase, and who is at work on it: like no other, in a forked process either. Nothing that
    /// asks a store begins without.
    pub names: Option<u64>,
}

impl Seeds {
    fn names(self) -> Result<u64, Error> {
        let missing = || Error::invalid_input("names", "must be given for what asks a store");
        self.names.ok_or_else(missing)
    }
}

/// The machine of a request.
///
/// # Errors
/// `InvalidInput` for arguments that can't be used, `StaleToken` for a token that can't.
pub fn begin(
    api: &Api,
    request: Request,
    options: CallOptions,
    form: ListingForm,
    seeds: Seeds,
    begun: Now,
) -> Result<Box<dyn Machine>, Error> {
    request.begin(&Machines {
        api,
        options,
        form,
        seeds,
        begun,
    })
}

/// What every machine begins with.
struct Machines<'a> {
    api: &'a Api,
    options: CallOptions,
    form: ListingForm,
    seeds: Seeds,
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
            .call(endpoint, self.options, self.seeds.jitter, self.begun)?;
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
        let purchase = purchase(self.api, self.seeds.jitter, self.begun)?;
        Ok(Box::new(purchase))
    }

    fn recorded(
        &self,
        purchase: impl FnOnce(&Api, u64, Now) -> Recorded,
    ) -> Result<Self::Begun, Error> {
        if cfg!(not(feature = "stores")) {
            return Err(no_stores());
        }
        let purchase = purchase(self.api, self.seeds.names()?, self.begun)?;
        Ok(Box::new(purchase))
    }

    fn watch(&self, options: &WatchOptions) -> Result<Self::Begun, Error> {
        let watch = Watch::new(self.api, options, self.seeds.jitter, self.begun)?;
        Ok(Box::new(watch))
    }

    fn book(&self, question: Question) -> Result<Self::Begun, Error> {
        if cfg!(not(feature = "stores")) {
            return Err(no_stores());
        }
        let (options, names) = (self.options, self.seeds.names()?);
        let book = Book::open(self.api, question, options, names, self.begun)?;
        Ok(Box::new(book))
    }
}

fn no_stores() -> Error {
    Error::invalid_input("store", "can't be used with this build of the core")
}

/// An end with an answer of whatever type.
fn any<'a, A: Answer>(
    outcome: Option<Result<&'a A, &'a Error>>,
) -> Option<Result<&'a dyn Answer, &'a Error>> {
    outcome.map(|outcome| outcome.map(|output| output as &dyn Answer))
}

impl<E> Machine for Call<E>
where
    E: Endpoint<Output: Answer + Send> + Send,
{
    fn next_step(&mut self, now: Instant) -> RecordedStep<(), Box<ProbeRequest>> {
        Call::next_step(self, now).map(|_| ()).of_prober().into()
    }

    fn outcome(&self, _now: Instant) -> Option<Result<&dyn Answer, &Error>> {
        any(Call::outcome(self))
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
    fn next_step(&mut self, now: Instant) -> RecordedStep<(), Box<ProbeRequest>> {
        Provisioning::next_step(self, now).map(|_| ()).into()
    }

    fn outcome(&self, now: Instant) -> Option<Result<&dyn Answer, &Error>> {
        any(Provisioning::outcome(self, now))
    }

    fn handle_reply(
        &mut self,
        id: RequestId,
        reply: Reply,
        now: Instant,
    ) -> Result<(), StaleReply> {
        Provisioning::handle_reply(self, id, reply, now)
    }

    fn handle_probes(
        &mut self,
        id: RequestId,
        outcomes: &[ProbeOutcome],
        now: Instant,
    ) -> Result<(), StaleReply> {
        Provisioning::handle_probes(self, id, outcomes, now)
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

impl Machine for RecordedPurchase {
    fn next_step(&mut self, now: Instant) -> RecordedStep<(), Box<ProbeRequest>> {
        RecordedPurchase::next_step(self, now).map(|_| ())
    }

    fn outcome(&self, _now: Instant) -> Option<Result<&dyn Answer, &Error>> {
        any(RecordedPurchase::outcome(self))
    }

    fn handle_reply(
        &mut self,
        id: RequestId,
        reply: Reply,
        now: Instant,
    ) -> Result<(), StaleReply> {
        RecordedPurchase::handle_reply(self, id, reply, now)
    }

    fn handle_stored(
        &mut self,
        id: u32,
        answer: Result<StoreReply, StoreFailure>,
        now: Instant,
    ) -> Result<(), StaleReply> {
        RecordedPurchase::handle_stored(self, id, answer, now)
    }

    fn has_store(&self) -> bool {
        true
    }

    fn handle_probes(
        &mut self,
        id: RequestId,
        outcomes: &[ProbeOutcome],
        now: Instant,
    ) -> Result<(), StaleReply> {
        RecordedPurchase::handle_probes(self, id, outcomes, now)
    }

    fn progress(&self, now: Instant) -> Option<Progress> {
        RecordedPurchase::progress(self, now)
    }

    fn snapshot(&self, now: Instant) -> Option<String> {
        RecordedPurchase::snapshot(self, now)
    }

    fn end_turn(&self) {
        RecordedPurchase::end_turn(self);
    }

    fn has_turn_of(&self) -> Option<&str> {
        RecordedPurchase::has_turn_of(self)
    }

    fn refuse_waiting_for(&self, queue: &str, now: Instant) {
        RecordedPurchase::refuse_waiting_for(self, queue, now);
    }

    fn holder(&self) -> Option<&str> {
        RecordedPurchase::holder(self)
    }

    fn refuse_waiting_for_holder(&mut self, holder: &str) {
        self.refuse_joining(|caller| caller == holder);
    }

    fn in_callback(&mut self) {
        RecordedPurchase::in_callback(self);
    }

    fn letting_go(&mut self, now: Instant) -> Option<StoreRequest> {
        RecordedPurchase::letting_go(self, now)
    }
}

impl Machine for Book {
    fn next_step(&mut self, now: Instant) -> RecordedStep<(), Box<ProbeRequest>> {
        Book::next_step(self, now).map(|_| ()).of_prober()
    }

    fn outcome(&self, _now: Instant) -> Option<Result<&dyn Answer, &Error>> {
        any(Book::outcome(self))
    }

    fn handle_reply(
        &mut self,
        id: RequestId,
        reply: Reply,
        now: Instant,
    ) -> Result<(), StaleReply> {
        Book::handle_reply(self, id, reply, now)
    }

    fn handle_stored(
        &mut self,
        id: u32,
        answer: Result<StoreReply, StoreFailure>,
        _now: Instant,
    ) -> Result<(), StaleReply> {
        Book::handle_stored(self, id, answer)
    }
}

impl Machine for Watch {
    fn next_step(&mut self, now: Instant) -> RecordedStep<(), Box<ProbeRequest>> {
        Watch::next_step(self, now).map(|_| ()).into()
    }

    fn outcome(&self, _now: Instant) -> Option<Result<&dyn Answer, &Error>> {
        Watch::outcome(self).map(Err)
    }

    fn handle_reply(
        &mut self,
        id: RequestId,
        reply: Reply,
        now: Instant,
    ) -> Result<(), StaleReply> {
        Watch::handle_reply(self, id, reply, now)
    }

    fn handle_probes(
        &mut self,
        id: RequestId,
        outcomes: &[ProbeOutcome],
        now: Instant,
    ) -> Result<(), StaleReply> {
        Watch::handle_probes(self, id, outcomes, now)
    }

    fn take_event(&mut self) -> Option<WatchEvent> {
        Watch::take_event(self)
    }
}
