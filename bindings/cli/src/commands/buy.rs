//! `buy`.

use clap::Args;
use clap::builder::PossibleValuesParser;
use serde_json::json;

use super::many;
use super::offer::{self, Offer};
use super::show::Password;
use crate::api::{
    BillingCycle, Buy, Client, Location, PlanId, Progress, ProvisionBuilder, Provisioned, VpsId,
    WaitLevel, WhenHeld,
};
use crate::ask;
use crate::context::{Account, Context};
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::interrupt;
use crate::keyed;
use crate::options::{Waiting, duration};
use crate::output::{Column, Look, Record, record};
use crate::purchase::{self, Desktop, End, Until};
use crate::state::{Listed, Purchases, Record as Written, Stage};

/// What a purchase came to.
pub const BOUGHT: [Column; 15] = [
    Column::new("id", "ID", Look::Text),
    Column::new("planId", "PLAN", Look::Text),
    Column::new("billingCycle", "CYCLE", Look::Text),
    Column::new("location", "LOCATION", Look::Text),
    Column::new("vpsStatus", "STATUS", Look::Status),
    Column::new("ipAddress", "ADDRESS", Look::Text),
    Column::new("hostname", "HOST NAME", Look::Text),
    Column::new("rdpUsername", "USER", Look::Text),
    Column::new("rdpPassword", "PASSWORD", Look::Text),
    Column::new("charged", "CHARGED", Look::Text),
    Column::new("balanceAfter", "WALLET", Look::Text),
    Column::new("currency", "CURRENCY", Look::Text),
    Column::new("currentPeriodEnd", "PAID UNTIL", Look::Day),
    Column::new("recovered", "RECOVERED", Look::Text).when_asked(),
    Column::new("elapsedMs", "TOOK MS", Look::Number).when_asked(),
];

/// Arguments of `svps buy`.
#[derive(Debug, Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an option of its own"
)]
#[command(
    after_help = "Before it spends, it shows the price and the wallet and asks. One VPS is bought, never two: where the reply to the order \
is lost, the account is looked at until it is clear what became of it. After a crash, `svps resume --all` goes on.

Examples:
  svps buy prime london
  svps buy basic tokyo --cycle yearly --dry-run
  svps buy pro newYork --yes --max-spend 35 --wait reachable
  svps buy basic london --yes --no-wait -q
  svps buy basic london --yes --key order-4711
  svps buy basic london --yes --count 5 --key order-4712 --max-spend 70
  svps buy basic london --simulate"
)]
pub struct BuyArgs {
    /// The plan: see `svps plans`
    #[arg(value_parser = PossibleValuesParser::new(PlanId::KNOWN), ignore_case = true)]
    pub plan: String,
    /// Where it stands: see `svps locations`
    #[arg(value_parser = PossibleValuesParser::new(Location::KNOWN), ignore_case = true)]
    pub location: String,
    /// How often it is paid for
    #[arg(long, value_parser = PossibleValuesParser::new(BillingCycle::KNOWN), ignore_case = true, default_value = "monthly")]
    pub cycle: String,
    /// How many are bought, from 1 to 500. Each has an idempotency key of its own: KEY-1, KEY-2 and so on, where KEY is that
    /// of --key or, without it, a new one that is told
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=500), value_name = "NUMBER", conflicts_with = "no_wait")]
    pub count: Option<u16>,
    /// The most that may be spent, on all of them together, in EUR; by default the price that is shown
    #[arg(long, value_name = "EUR")]
    pub max_spend: Option<String>,
    /// An idempotency key of yours: under it this machine buys at most one VPS on the account. Run again with it, the
    /// command goes on where it was, or shows the same VPS
    #[arg(long, value_name = "KEY")]
    pub key: Option<String>,
    /// Do not ask
    #[arg(short, long)]
    pub yes: bool,
    /// Show what it would cost, and buy nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Return as soon as it is bought
    #[arg(long)]
    pub no_wait: bool,
    #[command(flatten)]
    pub waiting: Waiting,
    /// How long an order whose reply was lost is looked for
    #[arg(long, default_value = "90s", value_parser = duration, value_name = "TIME")]
    pub settle: std::time::Duration,
    /// Show the password too
    #[arg(long)]
    pub show_password: bool,
}

/// Buys a VPS.
pub fn buy(context: &Context, args: &BuyArgs) -> Outcome {
    let offer = Offer::new(args)?;
    if !args.yes && !args.dry_run && !ask::is_possible() {
        return Err(Failure::usage("there is no terminal to ask whether to buy")
            .next("Nothing was bought. Pass --yes to buy, or --dry-run to see the price."));
    }
    interrupt::install()?;
    let account = match (&args.key, args.count) {
        (None, None) => context.account(None)?,
        _ => context.recorded_account()?,
    };
    if args.dry_run {
        return offer::dry_run(context, &account.client, &offer);
    }
    if !args.yes {
        offer::confirm(&account.client, &offer)?;
    }
    if args.count.is_some() {
        offer.must_fit()?;
        return many::buy(context, args, &account, &offer);
    }
    order(context, args, &account, &offer)
}

/// One order, with all that it is to be carried out with but its limit.
pub fn ordered(
    args: &BuyArgs,
    account: &Account,
    offer: &Offer,
    level: WaitLevel,
) -> ProvisionBuilder<Client, Buy> {
    let (plan, cycle, location) = (&offer.plan.id, &offer.cycle, &offer.location);
    let order = account
        .client
        .vps()
        .provision(plan.clone(), cycle.clone(), location.clone());
    order
        .wait_for(level)
        .timeout(args.waiting.timeout)
        .first_look(args.waiting.first_look)
        .longest_pause(args.waiting.longest_pause)
        .settle(args.settle)
}

fn order(context: &Context, args: &BuyArgs, account: &Account, offer: &Offer) -> Outcome {
    let level = purchase::level(args.waiting.level);
    let mut order = ordered(args, account, offer, level).max_spend(offer.max_spend);
    if let Some(key) = &args.key {
        order = order.idempotency_key(key).when_held(WhenHeld::Wait);
    }
    let mut purchase = order.begin()?;
    let purchases = context.purchases();
    let turn = purchase::turn(context, &purchases, &purchase.stopper())?;
    must_have_no_open_order(&purchases, account)?;
    let written = written(args, account, offer);
    let until = if args.no_wait {
        Until::Bought
    } else {
        Until::Usable
    };
    let end = if args.key.is_some() {
        keyed::carry_out(context, &mut purchase, written, Some(turn), until)?
    } else {
        keyed::must_have_no_open_order(context)?;
        let open = purchases.begin(written)?;
        purchase::carry_out(context, &mut purchase, open, Some(turn), until)?
    };
    let desktop = Desktop {
        wait: args.waiting.level,
        port: args.waiting.desktop_port,
        timeout: args.waiting.timeout,
    };
    tell(
        context,
        end,
        &desktop,
        Password::shown_if(args.show_password),
    )
}

/// A new order could be taken for one whose end is not known, and that one for the new order.
pub fn must_have_no_open_order(purchases: &Purchases, account: &Account) -> Outcome {
    let Listed {
        records,
        unreadable,
    } = purchases.list()?;
    Failure::first_of(unreadable)?;
    // A key that came from the environment may belong to the account of any profile.
    let may_be_its = |other: &Option<String>| {
        other.is_none() || account.profile.is_none() || *other == account.profile
    };
    let unclear = records.iter().find(|record| {
        matches!(record.stage, Stage::Ordering | Stage::Unresolved) && may_be_its(&record.profile)
    });
    match unclear {
        None => Ok(()),
        Some(record) => {
            let message = format!(
                "it is not known yet what became of the order of {} ({} in {})",
                record.started_at, record.plan, record.location
            );
            let next = format!(
                "Nothing was ordered now. Find out first: svps resume {}",
                record.id
            );
            Err(Failure::new(Exit::Unresolved, message).next(next))
        }
    }
}

fn written(args: &BuyArgs, account: &Account, offer: &Offer) -> Written {
    Written::new(
        &offer.plan.id.to_string(),
        &offer.cycle.to_string(),
        &offer.location.to_string(),
        account.profile.clone(),
        args.waiting.level,
    )
}

/// Prints what was bought.
pub fn tell(context: &Context, end: End, desktop: &Desktop, password: Password) -> Outcome {
    match end {
        End::Bought(progress, written) => {
            context.output.one(&BOUGHT, &bought(&progress, &written))?;
            if let Some(id) = &progress.vps_id {
                context.say(&format!(
                    "Bought. Wait until it can be used: svps wait {id}"
                ));
            }
            Ok(())
        }
        End::Usable(provisioned) => {
            context
                .output
                .one(&BOUGHT, &usable(&provisioned, password))?;
            warn_of_unexplained(&provisioned);
            context.say(&format!(
                "Open its desktop: svps rdp {}",
                provisioned.vps.id
            ));
            purchase::reachable(context, &provisioned.vps, desktop)
        }
    }
}

/// What is known of a VPS that nobody waited for.
fn bought(progress: &Progress, written: &Written) -> Record {
    let mut fields = record(progress);
    let id = progress.vps_id.as_ref();
    fields.insert("id".to_owned(), json!(id));
    fields.insert("vpsStatus".to_owned(), json!(progress.last_status));
    for (name, value) in [
        ("planId", &written.plan),
        ("billingCycle", &written.cycle),
        ("location", &written.location),
    ] {
        fields.insert(name.to_owned(), json!(value));
    }
    fields
}

pub fn usable(provisioned: &Provisioned, password: Password) -> Record {
    let mut fields = record(provisioned);
    fields.extend(super::show::details(&provisioned.vps, password));
    fields
}

pub fn warn_of_unexplained(provisioned: &Provisioned) {
    if let Some(unexplained) = &provisioned.unexplained {
        anstream::eprintln!(
            "warning: {} was charged beyond this purchase. Look at the account: svps list, svps wallet",
            unexplained.amount
        );
    }
    if !provisioned.other_vps_ids.is_empty() {
        let ids: Vec<&str> = provisioned
            .other_vps_ids
            .iter()
            .map(VpsId::as_str)
            .collect();
        anstream::eprintln!(
            "warning: the order of this key was carried out more than once, and bought {} too. Look at the account: svps list",
            ids.join(", ")
        );
    }
}
