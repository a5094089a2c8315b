//! What is to be bought, and for how much: as it is shown before anything is spent.

use serde_json::json;

use super::buy::BuyArgs;
use crate::api::{BillingCycle, Client, Location, Money, Plan, PlanId, Wallet, plans, price};
use crate::ask;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::output::{Column, Look, Record};

const OFFER: [Column; 9] = [
    Column::new("planId", "PLAN", Look::Text),
    Column::new("name", "NAME", Look::Text),
    Column::new("billingCycle", "CYCLE", Look::Text),
    Column::new("location", "LOCATION", Look::Text),
    Column::new("count", "COUNT", Look::Number).when_asked(),
    Column::new("price", "PRICE", Look::Text),
    Column::new("balance", "WALLET", Look::Text),
    Column::new("balanceAfter", "AFTER IT", Look::Text),
    Column::new("currency", "CURRENCY", Look::Text),
];

/// What is to be bought, and for how much.
pub struct Offer {
    pub plan: Plan,
    pub cycle: BillingCycle,
    pub location: Location,
    /// Of one.
    pub price: Money,
    /// How many there are.
    pub count: u16,
    /// Of all.
    pub total: Money,
    /// The most that all may cost.
    pub max_spend: Money,
}

impl Offer {
    /// What the arguments say.
    pub fn new(args: &BuyArgs) -> Outcome<Self> {
        let id = PlanId::from(args.plan.as_str());
        let cycle = BillingCycle::from(args.cycle.as_str());
        let unknown = || Failure::usage(format!("this version knows no price of `{id}`"));
        let plan = plans()
            .into_iter()
            .find(|plan| plan.id == id)
            .ok_or_else(unknown)?;
        let price = price(&id, &cycle).ok_or_else(unknown)?;
        let count = args.count.unwrap_or(1);
        let total = (1..count).fold(price, |sum, _| sum.plus(price));
        let max_spend = match &args.max_spend {
            Some(text) => text.parse().map_err(|expected| {
                Failure::usage(format!("--max-spend: `{text}` must be {expected}"))
            })?,
            None => total,
        };
        let location = Location::from(args.location.as_str());
        Ok(Self {
            plan,
            cycle,
            location,
            price,
            count,
            total,
            max_spend,
        })
    }

    fn record(&self, wallet: &Wallet) -> Record {
        let fields = [
            ("planId", json!(self.plan.id)),
            ("name", json!(self.plan.name)),
            ("billingCycle", json!(self.cycle)),
            ("location", json!(self.location)),
            ("count", json!(self.count)),
            ("price", json!(self.total)),
            ("balance", json!(wallet.balance)),
            ("balanceAfter", json!(wallet.balance.minus(self.total))),
            ("currency", json!(wallet.currency)),
        ];
        fields
            .map(|(name, value)| (name.to_owned(), value))
            .into_iter()
            .collect()
    }

    /// The offer in words, for the question.
    fn words(&self, wallet: &Wallet) -> String {
        let Plan {
            id,
            name,
            vcpus,
            memory_mb,
            storage_gb,
            ..
        } = &self.plan;
        let currency = &wallet.currency;
        let period = match self.cycle {
            BillingCycle::Yearly => "year",
            BillingCycle::Monthly | BillingCycle::Unknown(_) => "month",
        };
        let total = match self.count {
            1 => String::new(),
            count => format!(", {count} of them {} {currency}", self.total),
        };
        format!(
            "  plan      {id} ({name})\n  size      {vcpus} vCPU, {memory_mb} MB, {storage_gb} GB NVMe\n  \
             location  {}\n  price     {} {currency} a {period}{total}\n  wallet    {} {currency}, then {} {currency}",
            self.location,
            self.price,
            wallet.balance,
            wallet.balance.minus(self.total),
        )
    }

    /// That all of them together cost no more than they may.
    pub fn must_fit(&self) -> Outcome {
        if !self.max_spend.minus(self.total).is_negative() {
            return Ok(());
        }
        let message = format!(
            "the price of {} is above --max-spend {}",
            self.total, self.max_spend
        );
        Err(Failure::new(Exit::Money, message).next("Nothing was bought."))
    }

    fn is_affordable(&self, wallet: &Wallet) -> bool {
        !wallet.balance.minus(self.total).is_negative()
    }
}

/// Shows what it would cost.
pub fn dry_run(context: &Context, client: &Client, offer: &Offer) -> Outcome {
    let wallet = client.wallet().get()?;
    context.output.one(&OFFER, &offer.record(&wallet))?;
    offer.must_fit()?;
    if !offer.is_affordable(&wallet) {
        return Err(Failure::new(Exit::Money, "the wallet does not hold enough")
            .next("Nothing was bought. Top up the wallet at https://stablevps.com."));
    }
    context.say("Nothing was bought: this is a dry run.");
    Ok(())
}

/// Shows it, and asks.
pub fn confirm(client: &Client, offer: &Offer) -> Outcome {
    let wallet = client.wallet().get()?;
    anstream::eprintln!("{}", offer.words(&wallet));
    if !offer.is_affordable(&wallet) {
        return Err(Failure::new(Exit::Money, "the wallet does not hold enough")
            .next("Nothing was bought. Top up the wallet at https://stablevps.com, or choose another plan."));
    }
    let question = if offer.count == 1 {
        "Buy it?"
    } else {
        "Buy them?"
    };
    if ask::confirm(question)? {
        return Ok(());
    }
    Err(Failure::new(Exit::General, "nothing was bought"))
}
