//! Calls, purchases, watches and questions to a store as machines of one type.

use crate::call::Call;
use crate::clock::Instant;
use crate::endpoint::Endpoint;
use crate::error::Error;
use crate::http::{Reply, RequestId};
use crate::models::Progress;
use crate::probe::{ProbeOutcome, ProbeRequest};
use crate::provisioning::Provisioning;
use crate::recorded::{Book, RecordedPurchase, RecordedStep};
use crate::request::{Answer, Output};
use crate::step::StaleReply;
use crate::store::{StoreFailure, StoreReply, StoreRequest};
use crate::watch::{Watch, WatchEvent};

/// A state machine of whatever kind.
pub trait AnyMachine: Send {
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

/// An end with an answer of whatever type.
fn any<'a, A: Answer>(
    outcome: Option<Result<&'a A, &'a Error>>,
) -> Option<Result<&'a dyn Answer, &'a Error>> {
    outcome.map(|outcome| outcome.map(|output| output as &dyn Answer))
}

impl<E> AnyMachine for Call<E>
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

impl AnyMachine for Provisioning {
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

impl AnyMachine for RecordedPurchase {
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

impl AnyMachine for Book {
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

impl AnyMachine for Watch {
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
