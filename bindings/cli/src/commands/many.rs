//! `buy --count`: several VPS together.
//!
//! Each has an idempotency key, so that the same command goes on wherever it was cut, and no key buys twice.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use clap::ValueEnum as _;
use serde_json::json;

use super::buy::{self, BuyArgs};
use super::offer::Offer;
use super::show::Password;
use crate::api::{
    BatchProgress, BillingCycle, Bought, Error, Phase, Progress, Purchases, WaitLevel, WhenHeld,
};
use crate::context::{Account, Context};
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::keyed;
use crate::options::WaitFor;
use crate::output::{Column, Look, Record, Stream, record};
use crate::progress::ProgressView;
use crate::purchase::{self, stop_on_interrupt};
use crate::state::{Turn, random_key};

/// What each of them came to.
const BOUGHT: [Column; 19] = [
    Column::new("id", "ID", Look::Text),
    Column::new("idempotencyKey", "KEY", Look::Text),
    Column::new("planId", "PLAN", Look::Text).when_asked(),
    Column::new("billingCycle", "CYCLE", Look::Text).when_asked(),
    Column::new("location", "LOCATION", Look::Text).when_asked(),
    Column::new("vpsStatus", "STATUS", Look::Status).when_asked(),
    Column::new("ipAddress", "ADDRESS", Look::Text),
    Column::new("hostname", "HOST NAME", Look::Text).when_asked(),
    Column::new("rdpUsername", "USER", Look::Text).when_asked(),
    Column::new("rdpPassword", "PASSWORD", Look::Text).when_asked(),
    Column::new("charged", "CHARGED", Look::Text),
    Column::new("balanceAfter", "WALLET", Look::Text).when_asked(),
    Column::new("currency", "CURRENCY", Look::Text).when_asked(),
    Column::new("currentPeriodEnd", "PAID UNTIL", Look::Day).when_asked(),
    Column::new("recovered", "RECOVERED", Look::Text).when_asked(),
    Column::new("elapsedMs", "TOOK MS", Look::Number).when_asked(),
    Column::new("error", "ERROR", Look::Text),
    Column::new("next", "NEXT", Look::Text).when_asked(),
    Column::new("message", "MESSAGE", Look::Text).when_asked(),
];

/// Buys them, and prints each as it ends.
pub fn buy(context: &Context, args: &BuyArgs, account: &Account, offer: &Offer) -> Outcome {
    let key = args.key.clone().unwrap_or_else(random_key);
    let again = again(context, args, &key);
    if args.key.is_none() {
        context.say(&format!("The idempotency keys begin with {key}-."));
    }
    let keys: Vec<String> = (1..=offer.count).map(|n| format!("{key}-{n}")).collect();
    let shared = Arc::new(Shared::new(context.global.quiet, keys.len()));
    let mut batch = begin(context, args, account, offer, &keys, &shared)?;
    let purchases = context.purchases();
    let stopper = batch.stopper();
    shared.lock().turn = Some(purchase::turn(context, &purchases, &stopper)?);
    buy::must_have_no_open_order(&purchases, account)?;

    let _guarded = stop_on_interrupt(&stopper);
    let mut told = Told {
        context,
        password: Password::shown_if(args.show_password),
        stream: context
            .output
            .stream(&BOUGHT, &widest(keys.last(), offer))?,
        keys: &keys,
        offer,
        failures: Vec::new(),
        ready: 0,
    };
    for bought in &mut batch {
        shared.end(bought.index);
        let last = shared.lock().last.remove(&bought.index);
        let view = shared.view();
        view.aside(|| told.tell(&bought, last))?;
    }
    shared.view().clear();
    told.end(stopper.is_stopped(), &again)
}

fn begin(
    context: &Context,
    args: &BuyArgs,
    account: &Account,
    offer: &Offer,
    keys: &[String],
    shared: &Arc<Shared>,
) -> Outcome<Purchases> {
    let level = match args.waiting.level {
        WaitFor::Reachable => WaitLevel::Reachable,
        other => purchase::level(other),
    };
    let most = if args.max_spend.is_some() {
        offer.max_spend
    } else {
        offer.price
    };
    let order = |key: &String| {
        let order = buy::ordered(args, account, offer, level).max_spend(most);
        order.idempotency_key(key).when_held(WhenHeld::Wait)
    };
    let orders: Vec<_> = keys.iter().map(order).collect();
    let hearing = Arc::clone(shared);
    // The time of a simulated account passes for all of its commands: one waits after the other there.
    let at_once = if context.is_simulated() {
        1
    } else {
        offer.count
    };
    let batch = account
        .client
        .vps()
        .provision_many(orders)
        .max_spend(offer.max_spend)
        .at_once(at_once.into())
        .on_progress(move |index, progress, all| hearing.hear(index, progress, all));
    Ok(batch.begin()?)
}

/// What the threads of the purchases write down.
struct Shared {
    state: Mutex<State>,
    view: Mutex<ProgressView>,
    count: usize,
}

#[derive(Default)]
struct State {
    /// How far each of them is whose end was not told.
    last: BTreeMap<usize, Progress>,
    /// Those that have ordered, or never will.
    ordered: BTreeSet<usize>,
    /// The right to order, until all of them have.
    turn: Option<Turn>,
}

impl Shared {
    fn new(is_quiet: bool, count: usize) -> Self {
        Self {
            state: Mutex::default(),
            view: Mutex::new(ProgressView::new(is_quiet)),
            count,
        }
    }

    fn hear(&self, index: usize, progress: &Progress, all: &BatchProgress) {
        self.lock().last.insert(index, progress.clone());
        if !progress.exclusive && matches!(progress.phase, Phase::Polling | Phase::Ended) {
            self.end(index);
        }
        self.view().say(&words(all, self.count));
    }

    /// That one does not order any more.
    fn end(&self, index: usize) {
        let mut state = self.lock();
        state.ordered.insert(index);
        if state.ordered.len() == self.count {
            state.turn = None;
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn view(&self) -> MutexGuard<'_, ProgressView> {
        self.view.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn words(all: &BatchProgress, count: usize) -> String {
    let currency = all.currency.as_deref().unwrap_or("EUR");
    let failed = match all.failed {
        0 => String::new(),
        failed => format!(", {failed} failed"),
    };
    format!(
        "{} of {count} ready{failed}, {} {currency} spent",
        all.ready, all.spent
    )
}

/// What is told of them.
struct Told<'a> {
    context: &'a Context,
    password: Password,
    stream: Stream<'a>,
    keys: &'a [String],
    offer: &'a Offer,
    failures: Vec<Exit>,
    ready: usize,
}

impl Told<'_> {
    fn tell(&mut self, bought: &Bought, last: Option<Progress>) -> Outcome {
        let key = self.keys.get(bought.index).cloned().unwrap_or_default();
        let mut fields = match &bought.end {
            Ok(provisioned) => {
                self.ready = self.ready.saturating_add(1);
                buy::warn_of_unexplained(provisioned);
                buy::usable(provisioned, self.password)
            }
            Err(error) => {
                let failure = failure(error, last.as_ref(), &key);
                self.failures.push(failure.exit);
                failure.print();
                failed(error, last, self.offer)
            }
        };
        fields.insert("idempotencyKey".to_owned(), json!(key));
        self.stream.add(&fields)
    }

    fn end(self, is_interrupted: bool, again: &str) -> Outcome {
        self.stream.end()?;
        let (ready, count) = (self.ready, self.keys.len());
        if ready == count {
            self.context.say("Open a desktop: svps rdp ID");
            return Ok(());
        }
        let rank = |exit: &Exit| (*exit == Exit::Unresolved, *exit == Exit::BoughtNotReady);
        let gravest = self.failures.into_iter().max_by_key(rank);
        let exit = match gravest {
            _ if is_interrupted => Exit::Interrupted,
            Some(exit @ (Exit::Unresolved | Exit::BoughtNotReady)) => exit,
            // The other codes say that nothing was bought.
            Some(exit) if ready == 0 => exit,
            Some(_) | None => Exit::General,
        };
        let why = if is_interrupted { "interrupted; " } else { "" };
        let failure = Failure::new(exit, format!("{why}{ready} of {count} are ready"));
        // The same command would be refused again.
        if exit == Exit::Usage {
            return Err(failure);
        }
        Err(failure.next(format!(
            "Go on, and buy what is missing: {again}\nGo on without buying: svps resume --all"
        )))
    }
}

fn failure(error: &Error, last: Option<&Progress>, key: &str) -> Failure {
    // Where nothing was told, it did not begin here.
    let mut failure = last.map_or_else(
        || keyed::not_begun(error),
        |last| {
            // It was told before the order was sent, and nothing was told since.
            let may_be_sent = matches!(last.phase, Phase::Ordering | Phase::Reconciling);
            let orders_sent = last.orders_sent.max(may_be_sent.into());
            let last = Progress {
                orders_sent,
                ..last.clone()
            };
            keyed::ended(error, &last)
        },
    );
    let next = failure.next.map(|next| {
        // Others may be bought.
        let of_one = next.trim_start_matches("Nothing was bought. ");
        of_one.replace("KEY", key)
    });
    // The end says it for all of them.
    failure.next = next.filter(|next| next != keyed::AGAIN);
    failure.message = format!("{key}: {}", failure.message);
    failure
}

fn failed(error: &Error, last: Option<Progress>, offer: &Offer) -> Record {
    let mut fields = last.as_ref().map(record).unwrap_or_default();
    let seen = error.vps().map(|vps| vps.id.clone());
    let status = last.as_ref().and_then(|last| last.last_status.clone());
    for (name, value) in [
        ("id", json!(seen.or(last.and_then(|last| last.vps_id)))),
        ("planId", json!(offer.plan.id)),
        ("billingCycle", json!(offer.cycle)),
        ("location", json!(offer.location)),
        ("vpsStatus", json!(status)),
        ("error", json!(error.code())),
        ("next", json!(error.next())),
        ("message", json!(error.to_string())),
    ] {
        fields.insert(name.to_owned(), value);
    }
    fields
}

/// The command that goes on with all of them.
fn again(context: &Context, args: &BuyArgs, key: &str) -> String {
    let mut command = format!("svps buy {} {}", args.plan, args.location);
    let mut add = |name: &str, value: &str| {
        let _ = write!(command, " --{name} {}", quoted(value));
    };
    if BillingCycle::from(args.cycle.as_str()) != BillingCycle::Monthly {
        add("cycle", &args.cycle);
    }
    add("count", &args.count.unwrap_or(1).to_string());
    add("key", key);
    if let Some(most) = &args.max_spend {
        add("max-spend", most);
    }
    if args.waiting.level != WaitFor::default()
        && let Some(level) = args.waiting.level.to_possible_value()
    {
        add("wait", level.get_name());
    }
    if let Some(profile) = &context.global.profile {
        add("profile", profile);
    }
    if context.global.simulate {
        command.push_str(" --simulate");
    }
    command
}

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    let is_plain = |one: char| one.is_ascii_alphanumeric() || "-_.,:/@".contains(one);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

/// A record as wide as they become, so that their columns stay aligned.
fn widest(key: Option<&String>, offer: &Offer) -> Record {
    let fields = [
        ("id", json!("0".repeat(24))),
        ("idempotencyKey", json!(key)),
        ("ipAddress", json!("255.255.255.255")),
        ("charged", json!(offer.price)),
    ];
    let named = fields.map(|(name, value)| (name.to_owned(), value));
    named.into_iter().collect()
}
