//! How a purchase is carried out: what is written down of it on the way, and what its end means.

use std::time::{Duration, Instant};

use crate::api::{
    Error, ErrorKind, Next, Phase, Progress, Provisioned, Purchase, Stopper, VpsDetails, VpsId,
    WaitLevel,
};
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::interrupt::Guarded;
use crate::options::{WaitFor, Waiting};
use crate::progress::ProgressView;
use crate::reach;
use crate::state::{OpenPurchase, Purchases, Record, Stage, Turn};

/// How often it is looked whether another process has ended its order.
const TURN_PAUSE: Duration = Duration::from_millis(200);
/// How often a desktop that does not answer is asked again.
const REACH_PAUSE: Duration = Duration::from_secs(5);

/// What the client waits for. That the desktop answers is seen to here.
pub fn level(wait: WaitFor) -> WaitLevel {
    match wait {
        WaitFor::Active => WaitLevel::Active,
        WaitFor::Ready | WaitFor::Reachable => WaitLevel::Ready,
    }
}

/// How far a purchase is carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// Until the VPS is bought.
    Bought,
    /// Until it can be used.
    Usable,
}

/// How a purchase ended well.
pub enum End {
    /// The VPS is bought, and nobody waits for it.
    Bought(Box<Progress>, Box<Record>),
    /// It can be used.
    Usable(Box<Provisioned>),
}

/// The right to order, as soon as no other process of this folder has it. Ctrl-C ends the wait.
pub fn turn(context: &Context, purchases: &Purchases, stopper: &Stopper) -> Outcome<Turn> {
    let _guarded = stop_on_interrupt(stopper);
    let mut view = ProgressView::new(context.global.quiet);
    loop {
        if let Some(turn) = purchases.turn()? {
            view.clear();
            return Ok(turn);
        }
        view.say("waiting for another svps to end its order");
        if stopper.wait(TURN_PAUSE) {
            view.clear();
            return Err(Failure::new(
                Exit::Interrupted,
                "interrupted; nothing was ordered",
            ));
        }
    }
}

/// Carries a purchase out, and writes down every step before the next one is made.
pub fn carry_out(
    context: &Context,
    purchase: &mut Purchase,
    mut open: OpenPurchase,
    turn: Option<Turn>,
    until: Until,
) -> Outcome<End> {
    let stopper = purchase.stopper();
    let mut unwritten = None;
    let mut view = ProgressView::new(context.global.quiet);
    let (result, bought) = run(purchase, &mut view, turn, until, |view, progress| {
        let Err(failure) = note(&mut open, progress) else {
            return true;
        };
        // No order goes out of which nobody would know.
        let may_go_on = open.record.stage == Stage::Bought;
        if may_go_on {
            view.say(&format!("this purchase can't be written down: {failure}"));
        } else {
            stopper.stop();
            unwritten = Some(failure);
        }
        may_go_on
    });
    match (result, bought) {
        (Ok(provisioned), _) => {
            open.close()?;
            Ok(End::Usable(Box::new(provisioned)))
        }
        (Err(_), Some(progress)) => {
            let written = Box::new(open.record.clone());
            open.close()?;
            Ok(End::Bought(progress, written))
        }
        (Err(error), None) => {
            let last = Progress {
                token: error.token().map(str::to_owned),
                ..purchase.progress()
            };
            Err(ended(open, &error, &last, unwritten))
        }
    }
}

/// Runs a purchase, shows how far it is, and gives the turn back once it has ordered. `note` is told of every step first,
/// and says whether to go on. Gives the end, and the progress where it was stopped because the VPS is bought.
pub fn run(
    purchase: &mut Purchase,
    view: &mut ProgressView,
    turn: Option<Turn>,
    until: Until,
    mut note: impl FnMut(&mut ProgressView, &Progress) -> bool,
) -> (Result<Provisioned, Error>, Option<Box<Progress>>) {
    let stopper = purchase.stopper();
    let guarded = stop_on_interrupt(&stopper);
    let mut turn = turn;
    let mut bought = None;
    let result = purchase.run(|progress| {
        if !note(view, progress) {
            return;
        }
        if !progress.exclusive {
            turn = None;
        }
        view.show(progress);
        if until == Until::Bought && progress.phase == Phase::Polling && progress.vps_id.is_some() {
            bought = Some(Box::new(progress.clone()));
            stopper.stop();
        }
    });
    view.clear();
    drop(guarded);
    (result, bought)
}

/// Waits for a VPS that was bought elsewhere, and prints nothing.
pub fn wait(
    context: &Context,
    waiting: &mut Purchase,
    id: &VpsId,
    terms: &Waiting,
) -> Outcome<VpsDetails> {
    let began = Instant::now();
    let stopper = waiting.stopper();
    let guarded = stop_on_interrupt(&stopper);
    let mut view = ProgressView::new(context.global.quiet);
    let result = waiting.run(|progress| view.show(progress));
    view.clear();
    drop(guarded);
    let vps = match result {
        Ok(provisioned) => provisioned.vps,
        Err(error) if is_stopped(&error) => {
            return Err(Failure::new(Exit::Interrupted, "interrupted")
                .next(format!("Go on waiting: svps wait {id}")));
        }
        Err(error) => {
            let is_waited_for = matches!(error.kind(), ErrorKind::DeadlineExceeded { .. });
            let failure = Failure::from(error);
            return Err(if is_waited_for {
                Failure {
                    exit: Exit::BoughtNotReady,
                    ..failure
                }
                .next(format!("Go on waiting: svps wait {id}"))
            } else {
                failure
            });
        }
    };
    let left = terms.timeout.saturating_sub(began.elapsed());
    let desktop = Desktop {
        wait: terms.level,
        port: terms.desktop_port,
        timeout: left,
    };
    reachable(context, &vps, &desktop)?;
    Ok(vps)
}

/// The wait for a desktop.
pub struct Desktop {
    /// Whether there is one.
    pub wait: WaitFor,
    /// The port it answers on.
    pub port: u16,
    /// How long it may take.
    pub timeout: Duration,
}

/// Waits until a VPS's desktop answers, where that is asked for.
pub fn reachable(context: &Context, vps: &VpsDetails, desktop: &Desktop) -> Outcome {
    let address = match (&vps.ip_address, desktop.wait) {
        (Some(address), WaitFor::Reachable) if !context.is_simulated() => address,
        _ => return Ok(()),
    };
    let timeout = desktop.timeout;
    let began = Instant::now();
    let stopper = Stopper::default();
    let _guarded = stop_on_interrupt(&stopper);
    let mut view = ProgressView::new(context.global.quiet);
    view.say("waiting for the desktop to answer");
    let go_on = format!("Go on waiting: svps wait {} --wait reachable", vps.id);
    loop {
        let left = timeout.saturating_sub(began.elapsed());
        if reach::answers(address, desktop.port, left) {
            view.clear();
            return Ok(());
        }
        let left = timeout.saturating_sub(began.elapsed());
        let is_stopped = stopper.is_stopped() || stopper.wait(left.min(REACH_PAUSE));
        if is_stopped || left.is_zero() {
            view.clear();
            let failure = if is_stopped {
                let message = format!("interrupted; the VPS {} is bought and ready", vps.id);
                Failure::new(Exit::Interrupted, message)
            } else {
                let message = format!(
                    "the VPS {} is bought and ready, but its desktop does not answer",
                    vps.id
                );
                Failure::new(Exit::BoughtNotReady, message)
            };
            return Err(failure.next(go_on));
        }
    }
}

/// Ctrl-C ends the wait, and what it ends is told.
pub fn stop_on_interrupt(stopper: &Stopper) -> Guarded {
    let stopper = stopper.clone();
    Guarded::by(move || stopper.stop())
}

/// Writes down how far a purchase is, where that has changed.
fn note(open: &mut OpenPurchase, progress: &Progress) -> Outcome {
    let stage = match progress.phase {
        Phase::Preflight | Phase::Baseline => Stage::Unordered,
        Phase::Ordering | Phase::Reconciling => Stage::Ordering,
        Phase::Polling => Stage::Bought,
        Phase::Ended if progress.vps_id.is_some() => Stage::Bought,
        Phase::Ended => open.record.stage,
    };
    let before = open.record.clone();
    open.record.stage = stage;
    open.record.vps_id = progress.vps_id.as_ref().map(ToString::to_string);
    if progress.token.is_some() {
        open.record.token.clone_from(&progress.token);
    }
    if open.record == before {
        Ok(())
    } else {
        open.write()
    }
}

/// What the end of a purchase that did not end well means, and what is left of it in the folder.
fn ended(
    mut open: OpenPurchase,
    error: &Error,
    last: &Progress,
    unwritten: Option<Failure>,
) -> Failure {
    let noted = note(&mut open, last);
    let is_told_apart = !matches!(error.kind(), ErrorKind::Unresolved { .. });
    let failure = match (open.record.stage, error.token()) {
        (Stage::Unordered, _) => nothing_bought(open, error, unwritten),
        // Refused, or seen not to have been placed: nothing is left to take up.
        (Stage::Ordering | Stage::Unresolved, None) if is_told_apart => {
            nothing_bought(open, error, unwritten)
        }
        (Stage::Ordering | Stage::Unresolved, _) => maybe_bought(open, error),
        (Stage::Bought, _) => bought(open, error),
    };
    match noted {
        Ok(()) => failure,
        Err(unwritten) => Failure {
            message: format!("{failure}; and it can't be written down: {unwritten}"),
            ..failure
        },
    }
}

fn nothing_bought(open: OpenPurchase, error: &Error, unwritten: Option<Failure>) -> Failure {
    let has_ordered = open.record.stage != Stage::Unordered;
    let closed = open.close();
    if let Some(failure) = unwritten {
        let message =
            format!("nothing was ordered, because the purchase can't be written down: {failure}");
        return Failure::new(Exit::General, message);
    }
    let failure = if is_stopped(error) {
        Failure::new(Exit::Interrupted, "interrupted; nothing was ordered")
    } else {
        let failure = Failure::from(error.clone());
        match error.next() {
            // A token stands for a purchase that has not ordered yet.
            Next::Retry | Next::Resume if !has_ordered => {
                failure.next("Nothing was ordered. It is safe to run the same command again.")
            }
            Next::Retry | Next::Resume | Next::Fix | Next::Ask => failure,
        }
    };
    match closed {
        Ok(()) => failure,
        Err(left) => Failure {
            message: format!("{failure}; {left}"),
            ..failure
        },
    }
}

fn maybe_bought(mut open: OpenPurchase, error: &Error) -> Failure {
    let id = open.record.id.clone();
    if let ErrorKind::Unresolved { candidates, .. } = error.kind() {
        open.record.stage = Stage::Unresolved;
        let written = open.write();
        let failure = Failure::new(Exit::Unresolved, error.to_string());
        let ids: Vec<_> = candidates.iter().map(|vps| vps.id.as_str()).collect();
        let look = if ids.is_empty() {
            "Look at the account: `svps list`, `svps wallet`.".to_owned()
        } else {
            format!(
                "It may be {}. Look at the account: `svps list`, `svps wallet`.",
                ids.join(" or ")
            )
        };
        let forget = format!("Then end it with `svps resume {id} --forget`.");
        let failure = failure.next(format!("{look} {forget}"));
        return match written {
            Ok(()) => failure,
            Err(left) => Failure {
                message: format!("{failure}; {left}"),
                ..failure
            },
        };
    }
    let next = format!("Do not buy again. Find out: svps resume {id}");
    if is_stopped(error) {
        let message = "interrupted while the order was on its way; it may be bought";
        return Failure::new(Exit::Interrupted, message).next(next);
    }
    Failure::new(Exit::Unresolved, error.to_string()).next(next)
}

fn bought(open: OpenPurchase, error: &Error) -> Failure {
    let vps = open.record.vps_id.clone().unwrap_or_default();
    let next = format!("Do not buy again. Go on: svps resume {}", open.record.id);
    if is_stopped(error) {
        let message = format!("interrupted; the VPS {vps} is bought");
        return Failure::new(Exit::Interrupted, message).next(next);
    }
    let failure = Failure::new(
        Exit::BoughtNotReady,
        format!("the VPS {vps} is bought: {error}"),
    );
    match error.kind() {
        // Resuming would only find the same again.
        ErrorKind::ProvisioningFailed { .. } | ErrorKind::NotFound => {
            let look = format!("Look at it with `svps show {vps}`, and ask the service's support.");
            match open.close() {
                Ok(()) => failure.next(look),
                Err(left) => failure.next(format!("{look} {left}.")),
            }
        }
        _ => failure.next(next),
    }
}

/// Whether the run was stopped from here.
pub fn is_stopped(error: &Error) -> bool {
    use crate::api::FailureKind;
    matches!(
        error.kind(),
        ErrorKind::Transport {
            kind: FailureKind::Cancelled,
            ..
        }
    )
}
