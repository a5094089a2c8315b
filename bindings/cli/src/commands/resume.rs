//! `resume`: purchases that were interrupted.

use std::time::Duration;

use clap::Args;
use serde_json::Value;

use super::buy;
use super::show::Password;
use crate::api::{KeyCheck, PurchaseRecord};
use crate::ask;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::interrupt;
use crate::keyed;
use crate::options::{WaitFor, duration};
use crate::output::{Column, Look, Record, record};
use crate::purchase::{self, Desktop, Until};
use crate::state::{Claim, Listed, OpenPurchase, Purchases, Record as Written, Stage};

const OPEN: [Column; 7] = [
    Column::new("id", "PURCHASE", Look::Text),
    Column::new("planId", "PLAN", Look::Text),
    Column::new("location", "LOCATION", Look::Text),
    Column::new("stage", "STAGE", Look::Status),
    Column::new("vpsId", "VPS", Look::Text),
    Column::new("startedAt", "BEGUN", Look::Minute).with_room(),
    Column::new("profile", "PROFILE", Look::Text).when_asked(),
];

/// Arguments of `svps resume`.
#[derive(Debug, Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an option of its own"
)]
#[command(
    after_help = "Without arguments it goes on with the one open purchase, or lists them where there are several. Nothing is ordered: a \
purchase that ended before its order is told and forgotten. An order that may have been sent is looked for.

Examples:
  svps resume --all
  svps resume --list
  svps resume 3f9a12cd
  svps resume - < token.json"
)]
pub struct ResumeArgs {
    /// The purchase: its name in `svps resume --list`, the key of `svps buy --key`, or a token of any of the SDK's languages; `-`
    /// reads one from standard input
    #[arg(value_name = "TOKEN", conflicts_with_all = ["all", "list"])]
    pub token: Option<String>,
    /// Every open purchase of this machine
    #[arg(long, conflicts_with = "list")]
    pub all: bool,
    /// Only list them
    #[arg(long)]
    pub list: bool,
    /// End one without finding out: after you have looked at the account
    #[arg(long, requires = "token")]
    pub forget: bool,
    /// Do not ask
    #[arg(short, long)]
    pub yes: bool,
    /// The key that it began with was replaced by another one of the same account
    #[arg(long)]
    pub any_key: bool,
    /// The longest wait from now on, such as 90s, 30m or 2h; by default that of the purchase
    #[arg(long, value_parser = duration, value_name = "TIME")]
    pub timeout: Option<Duration>,
    /// The port that the desktop answers on
    #[arg(long, default_value_t = 3389, value_name = "PORT", hide = true)]
    pub desktop_port: u16,
    /// Show the password too
    #[arg(long)]
    pub show_password: bool,
}

impl ResumeArgs {
    fn key_check(&self) -> KeyCheck {
        if self.any_key {
            KeyCheck::Any
        } else {
            KeyCheck::Same
        }
    }
}

/// Goes on with open purchases.
pub fn resume(context: &Context, args: &ResumeArgs) -> Outcome {
    let purchases = context.purchases();
    if args.list {
        return list_open(context, &purchases);
    }
    interrupt::install()?;
    if args.all {
        return resume_all(context, args, &purchases);
    }
    let token = match args.token.as_deref() {
        None => return resume_only(context, args, &purchases),
        Some("-") => ask::stdin_all()?,
        Some(token) => token.to_owned(),
    };
    if token.trim_start().starts_with('{') {
        return resume_token(context, args, token.trim());
    }
    let record = match named(&purchases, &token) {
        Err(failure) if failure.exit == Exit::NotFound => {
            let recorded = keyed::named(context, &token)?.ok_or(failure)?;
            return resume_keyed(context, args, &recorded);
        }
        other => other?,
    };
    if args.forget {
        return forget(context, args, &purchases, &record);
    }
    resume_one(context, args, &purchases, &record)
}

/// A purchase with an idempotency key.
fn resume_keyed(context: &Context, args: &ResumeArgs, record: &PurchaseRecord) -> Outcome {
    let key = keyed::shown_key(record);
    if args.forget {
        let question = format!(
            "Forget the purchase with the key {key} ({} in {})? Its VPS, if there is one, stays, and so does its key.",
            record.plan_id, record.location
        );
        must_be_forgotten(args, &question)?;
        keyed::forget(context, &key)?;
        context.say("Forgotten.");
        return Ok(());
    }
    let written = Written::new(
        record.plan_id.as_str(),
        record.billing_cycle.as_str(),
        record.location.as_str(),
        None,
        WaitFor::Ready,
    );
    let end = keyed::resume(context, record, args.timeout, written)?;
    let desktop = Desktop {
        wait: WaitFor::Ready,
        port: args.desktop_port,
        timeout: args.timeout.unwrap_or(Duration::from_mins(30)),
    };
    let password = Password::shown_if(args.show_password);
    buy::tell(context, end, &desktop, password)
}

fn list_open(context: &Context, purchases: &Purchases) -> Outcome {
    let Listed {
        records,
        unreadable,
    } = purchases.list()?;
    list(context, &records)?;
    Failure::first_of(unreadable)
}

fn list(context: &Context, open: &[Written]) -> Outcome {
    if open.is_empty() {
        context.say("There is no open purchase.");
    }
    let fields = |written: &Written| -> Record {
        let mut fields = record(written);
        fields.remove("token");
        if let Some(plan) = fields.remove("plan") {
            fields.insert("planId".to_owned(), plan);
        }
        fields
    };
    let records: Vec<_> = open.iter().map(fields).collect();
    context.output.list(&OPEN, &records)
}

fn resume_only(context: &Context, args: &ResumeArgs, purchases: &Purchases) -> Outcome {
    let Listed {
        records,
        unreadable,
    } = purchases.list()?;
    Failure::first_of(unreadable)?;
    match records.as_slice() {
        [] => {
            context.say("There is no open purchase.");
            Ok(())
        }
        [one] => resume_one(context, args, purchases, one),
        several => {
            list(context, several)?;
            Err(Failure::usage("there are several open purchases")
                .next("Name one of them, or pass --all."))
        }
    }
}

/// Each of them in its turn. One that fails does not keep the others from it.
fn resume_all(context: &Context, args: &ResumeArgs, purchases: &Purchases) -> Outcome {
    let Listed {
        records,
        unreadable,
    } = purchases.list()?;
    let keyed = keyed::open(context)?;
    if records.is_empty() && keyed.is_empty() && unreadable.is_empty() {
        context.say("There is no open purchase.");
    }
    let mut failures = unreadable;
    for record in &keyed {
        match resume_keyed(context, args, record) {
            Ok(()) => {}
            Err(failure) if failure.exit == Exit::Interrupted => return Err(failure),
            Err(failure) => failures.push(Failure {
                message: format!("purchase {}: {failure}", keyed::shown_key(record)),
                ..failure
            }),
        }
    }
    for record in &records {
        match resume_one(context, args, purchases, record) {
            Ok(()) => {}
            Err(failure) if failure.exit == Exit::Interrupted => return Err(failure),
            Err(failure) => failures.push(Failure {
                message: format!("purchase {}: {failure}", record.id),
                ..failure
            }),
        }
    }
    Failure::first_of(failures)
}

fn resume_one(
    context: &Context,
    args: &ResumeArgs,
    purchases: &Purchases,
    record: &Written,
) -> Outcome {
    let open = match purchases.claim(&record.id)? {
        Claim::Ours(open) => *open,
        Claim::Gone => return Ok(()),
        Claim::InUse => {
            context.say(&format!(
                "Another svps goes on with the purchase {}.",
                record.id
            ));
            return Ok(());
        }
    };
    match (open.record.stage, open.record.token.clone()) {
        (Stage::Unordered, _) => not_ordered(open),
        (_, Some(token)) => go_on(context, args, purchases, open, token),
        (_, None) => Err(Failure::new(Exit::Unresolved, "its token is missing")
            .next("Look at the account: `svps list`, `svps wallet`.")),
    }
}

/// It ended before its order. A person decides whether it is bought now.
fn not_ordered(open: OpenPurchase) -> Outcome {
    let Written {
        plan,
        cycle,
        location,
        started_at,
        ..
    } = open.record.clone();
    open.close()?;
    let message =
        format!("the purchase of {started_at} ended before its order; nothing was bought");
    Err(Failure::new(Exit::General, message).next(format!(
        "Buy it, if you still want it: svps buy {plan} {location} --cycle {cycle}"
    )))
}

fn go_on(
    context: &Context,
    args: &ResumeArgs,
    purchases: &Purchases,
    open: OpenPurchase,
    token: String,
) -> Outcome {
    let account = context.account(open.record.profile.as_deref())?;
    let mut resume = account.client.vps().resume(token);
    if let Some(timeout) = args.timeout {
        resume = resume.timeout(timeout);
    }
    let mut purchase = resume.key_check(args.key_check()).begin()?;
    let turn = match open.record.stage {
        Stage::Bought => None,
        Stage::Unordered | Stage::Ordering | Stage::Unresolved => {
            Some(purchase::turn(context, purchases, &purchase.stopper())?)
        }
    };
    let wait = open.record.wait;
    let end = purchase::carry_out(context, &mut purchase, open, turn, Until::Usable)?;
    let desktop = Desktop {
        wait,
        port: args.desktop_port,
        timeout: args.timeout.unwrap_or(Duration::from_mins(30)),
    };
    buy::tell(
        context,
        end,
        &desktop,
        Password::shown_if(args.show_password),
    )
}

/// A purchase that another program began: it is written down here first.
fn resume_token(context: &Context, args: &ResumeArgs, token: &str) -> Outcome {
    let foreign = Foreign::read(token)?;
    let account = context.account(None)?;
    // What the token can't be taken up for is told before anything is written.
    let resume = account.client.vps().resume(token);
    resume.key_check(args.key_check()).begin()?;
    let mut record = Written::new(
        &foreign.plan,
        &foreign.cycle,
        &foreign.location,
        account.profile,
        WaitFor::Ready,
    );
    record.stage = foreign.stage;
    record.token = Some(token.to_owned());
    let purchases = context.purchases();
    let open = purchases.begin(record)?;
    if open.record.stage == Stage::Unordered {
        return not_ordered(open);
    }
    go_on(context, args, &purchases, open, token.to_owned())
}

/// What a token says of itself.
struct Foreign {
    stage: Stage,
    plan: String,
    cycle: String,
    location: String,
}

impl Foreign {
    fn read(token: &str) -> Outcome<Self> {
        let token: Value = serde_json::from_str(token)
            .map_err(|_| Failure::usage("that is no token, and no purchase of this machine"))?;
        let stage = token.get("stage").and_then(Value::as_object);
        let (name, content) = stage
            .and_then(|stage| stage.iter().next())
            .ok_or_else(|| Failure::usage("that is no token"))?;
        let order = content.get("order");
        let text = |field: &str| {
            let value = order
                .and_then(|order| order.get(field))
                .and_then(Value::as_str);
            value.unwrap_or("-").to_owned()
        };
        Ok(Self {
            stage: match name.as_str() {
                "unordered" => Stage::Unordered,
                "bought" => Stage::Bought,
                _ => Stage::Ordering,
            },
            plan: text("planId"),
            cycle: text("billingCycle"),
            location: text("location"),
        })
    }
}

fn forget(
    context: &Context,
    args: &ResumeArgs,
    purchases: &Purchases,
    record: &Written,
) -> Outcome {
    let open = match purchases.claim(&record.id)? {
        Claim::Ours(open) => *open,
        Claim::Gone => return Ok(()),
        Claim::InUse => {
            return Err(Failure::new(
                Exit::General,
                "another svps goes on with this purchase",
            ));
        }
    };
    let question = format!(
        "Forget the purchase of {} ({} in {})? Its VPS, if there is one, stays.",
        record.started_at, record.plan, record.location
    );
    must_be_forgotten(args, &question)?;
    open.close()?;
    context.say("Forgotten.");
    Ok(())
}

/// Asks whether to forget, unless that was said.
fn must_be_forgotten(args: &ResumeArgs, question: &str) -> Outcome {
    if args.yes {
        return Ok(());
    }
    if !ask::is_possible() {
        return Err(Failure::usage("there is no terminal to ask").next("Pass --yes."));
    }
    if ask::confirm(question)? {
        return Ok(());
    }
    Err(Failure::new(Exit::General, "nothing was forgotten"))
}

/// The open purchase of that name, or of that unique beginning.
fn named(purchases: &Purchases, name: &str) -> Outcome<Written> {
    let mut found: Vec<_> = purchases
        .list()?
        .records
        .into_iter()
        .filter(|record| record.id.starts_with(name))
        .collect();
    match (found.pop(), found.is_empty()) {
        (Some(record), true) => Ok(record),
        (Some(_), false) => Err(
            Failure::usage(format!("`{name}` can be several open purchases"))
                .next("`svps resume --list` shows them."),
        ),
        (None, _) => Err(Failure::new(
            Exit::NotFound,
            format!("there is no open purchase `{name}`"),
        )
        .next("`svps resume --list` shows them.")),
    }
}
