//! Purchases with an idempotency key. A database records them, and the key is all that is needed to go on.

use crate::api::{
    Error, ErrorKind, Next, Progress, Purchase, PurchaseRecord, PurchaseState, WhenHeld,
};
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::progress::ProgressView;
use crate::purchase::{End, Until, is_stopped, run};
use crate::state::{Record, Turn};

/// Carries a purchase out.
pub fn carry_out(
    context: &Context,
    purchase: &mut Purchase,
    written: Record,
    turn: Option<Turn>,
    until: Until,
) -> Outcome<End> {
    let mut view = ProgressView::new(context.global.quiet);
    // Where a process that died holds it still, that takes up to two minutes.
    view.say("looking at what is recorded of this key");
    let (result, bought) = run(purchase, &mut view, turn, until, |_, _| true);
    match (result, bought) {
        (Ok(provisioned), _) => Ok(End::Usable(Box::new(provisioned))),
        (Err(_), Some(progress)) => Ok(End::Bought(progress, Box::new(written))),
        (Err(error), None) => Err(ended(&error, &purchase.progress())),
    }
}

/// An order without a key could be taken for one with a key whose end is not known, and that one for the new order.
pub fn must_have_no_open_order(context: &Context) -> Outcome {
    let Some(account) = context.recorded_account_if_any()? else {
        return Ok(());
    };
    let is_unclear = |record: &PurchaseRecord| {
        let state = record.state;
        matches!(state, PurchaseState::Ordered | PurchaseState::Unresolved)
    };
    let records = account.client.purchases().list()?;
    match records.iter().find(|record| is_unclear(record)) {
        None => Ok(()),
        Some(record) => {
            let key = shown_key(record);
            let message = format!(
                "it is not known yet what became of the order with the key `{key}` ({} in {})",
                record.plan_id, record.location
            );
            let next = format!("Nothing was ordered now. Find out first: svps resume {key}");
            Err(Failure::new(Exit::Unresolved, message).next(next))
        }
    }
}

/// Every purchase with a key that may have been ordered and has not ended.
pub fn open(context: &Context) -> Outcome<Vec<PurchaseRecord>> {
    let Some(account) = context.recorded_account_if_any()? else {
        return Ok(Vec::new());
    };
    let records = account.client.purchases().list()?;
    let is_open = |record: &PurchaseRecord| {
        let state = record.state;
        matches!(state, PurchaseState::Ordered | PurchaseState::Bought)
    };
    Ok(records.into_iter().filter(is_open).collect())
}

/// The purchase of a key, if this machine has one.
pub fn named(context: &Context, key: &str) -> Outcome<Option<PurchaseRecord>> {
    match context.recorded_account_if_any()? {
        Some(account) => Ok(account.client.purchases().get(key)?),
        None => Ok(None),
    }
}

/// Goes on with a purchase, and never orders.
pub fn resume(
    context: &Context,
    record: &PurchaseRecord,
    timeout: Option<std::time::Duration>,
    written: Record,
) -> Outcome<End> {
    let account = context.recorded_account()?;
    let mut resume = account.client.purchases().resume(shown_key(record));
    resume = resume.when_held(WhenHeld::Wait);
    if let Some(timeout) = timeout {
        resume = resume.timeout(timeout);
    }
    let mut purchase = resume.begin()?;
    carry_out(context, &mut purchase, written, None, Until::Usable)
}

/// Deletes what is known of a purchase. Its key stays used.
pub fn forget(context: &Context, key: &str) -> Outcome {
    let account = context.recorded_account()?;
    Ok(account.client.purchases().forget(key)?)
}

/// Only purchases with a key are recorded here.
pub fn shown_key(record: &PurchaseRecord) -> String {
    record.idempotency_key.clone().unwrap_or_default()
}

/// What to do about a purchase that the same command goes on with.
pub const AGAIN: &str = "Run the same command again: it goes on, and buys nothing more.";

/// What the end of a purchase that did not end well means.
pub fn ended(error: &Error, last: &Progress) -> Failure {
    let may_be_bought = last.vps_id.is_some() || error.token().is_some() && last.orders_sent > 0;
    let (exit, message) = match (&last.vps_id, error.kind()) {
        (_, ErrorKind::Unresolved { .. }) => {
            let look = "Look at the account: `svps list`, `svps wallet`. \
                        Then end it with `svps resume KEY --forget`; its key stays used.";
            return Failure::new(Exit::Unresolved, error.to_string()).next(look);
        }
        (_, ErrorKind::IdempotencyMismatch { .. }) => return not_begun(error),
        (Some(vps), _) if is_stopped(error) => {
            let message = format!("interrupted; the VPS {vps} is bought");
            (Exit::Interrupted, message)
        }
        (None, _) if is_stopped(error) && may_be_bought => {
            let message = "interrupted while the order was on its way; it may be bought";
            (Exit::Interrupted, message.to_owned())
        }
        (None, _) if is_stopped(error) => {
            let message = "interrupted; nothing was ordered";
            (Exit::Interrupted, message.to_owned())
        }
        (Some(vps), _) => {
            let message = format!("the VPS {vps} is bought: {error}");
            (Exit::BoughtNotReady, message)
        }
        (None, _) if may_be_bought => (Exit::Unresolved, error.to_string()),
        (None, _) => {
            let failure = Failure::from(error.clone());
            return match error.next() {
                Next::Retry | Next::Resume => failure.next(AGAIN),
                Next::Fix | Next::Ask => failure,
            };
        }
    };
    Failure::new(exit, message).next(AGAIN)
}

/// What it means that a purchase did not begin in this process. Another one may have it.
pub fn not_begun(error: &Error) -> Failure {
    match error.kind() {
        ErrorKind::IdempotencyMismatch { .. } => Failure::new(Exit::Usage, error.to_string())
            .next("Nothing was ordered. Use the plan, cycle and location of the first call, or another key."),
        _ if is_stopped(error) => Failure::new(Exit::Interrupted, "interrupted before it began").next(AGAIN),
        _ => Failure::from(error.clone()),
    }
}
