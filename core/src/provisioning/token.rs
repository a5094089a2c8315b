//! From where a purchase can be taken up again: in another process, on another machine, in another
//! language.
//!
//! A token is one JSON object with its version in `v`. It holds no key, no password and no reply.

use super::options::ProvisionOptions;
use crate::endpoints::CreateVps;
use crate::error::{Error, ErrorKind};
use crate::ids::VpsId;
use crate::json::{
    Field as _, Fields, Json, Misfit, Model, Raw, Writer, document, model_field, written,
};
use crate::money::{Exact, Money};
use crate::prelude::*;
use crate::time::Timestamp;
use crate::words::{hex, words};

const VERSION: u32 = 1;
const LONGEST: usize = 1 << 20;

/// Whether a token may be resumed with another key than the one it began with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum KeyCheck {
    /// The key must begin as the one did: another account's key is refused.
    #[default]
    Same,
    /// Any key, for one that was replaced. It must be of the same account.
    Any,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub key: String,
    pub base_url: String,
    pub stage: Stage,
    pub facts: Facts,
    pub options: ProvisionOptions,
}

/// How far it had come, with what is needed to go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Nothing was ordered: begin again.
    Unordered { order: CreateVps },
    /// The order may have been sent: find out.
    Ordered {
        order: CreateVps,
        baseline: Vec<VpsId>,
    },
    /// Bought.
    Bought { id: VpsId },
}

/// What is known, whatever the stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Facts {
    /// Tells this purchase from every other.
    pub purchase: String,
    pub started_at: Timestamp,
    pub ordered_at: Option<Timestamp>,
    pub orders_sent: u32,
    pub recovered: bool,
    pub balance_before: Option<Money>,
    pub balance_after: Option<Money>,
    pub charged: Option<Money>,
    pub currency: Option<String>,
}

impl Json for Token {
    fn write(&self, to: &mut Writer) {
        to.object(&[
            ("v", &VERSION),
            ("key", &self.key),
            ("baseUrl", &self.base_url),
            ("stage", &self.stage),
            ("facts", &self.facts),
            ("options", &self.options),
        ]);
    }
}

impl Model for Token {
    const NAMES: &'static [&'static str] = &["key", "baseUrl", "stage", "facts", "options"];

    fn read(fields: &mut Fields<'_>) -> Self {
        Self {
            key: fields.take(),
            base_url: fields.take(),
            stage: fields.take(),
            facts: fields.take(),
            options: fields.take_or(ProvisionOptions::default()),
        }
    }
}

impl Json for Stage {
    fn write(&self, to: &mut Writer) {
        let (name, fields): (_, &[(&str, &dyn Json)]) = match self {
            Self::Unordered { order } => ("unordered", &[("order", order)]),
            Self::Ordered { order, baseline } => {
                ("ordered", &[("order", order), ("baseline", baseline)])
            }
            Self::Bought { id } => ("bought", &[("id", id)]),
        };
        to.object(&[(name, &Object(fields))]);
    }
}

/// An object as the value of a field.
struct Object<'a>(&'a [(&'a str, &'a dyn Json)]);

impl Json for Object<'_> {
    fn write(&self, to: &mut Writer) {
        to.object(self.0);
    }
}

impl Model for Stage {
    const NAMES: &'static [&'static str] = &["unordered", "ordered", "bought"];

    /// Exactly one of them is there.
    fn read(fields: &mut Fields<'_>) -> Self {
        let is_there = |value: &&Raw<'_>| !matches!(value, Raw::Absent);
        let read = match fields.values() {
            values if values.iter().filter(is_there).count() != 1 => {
                Err(Misfit::at("", "must be one stage"))
            }
            [Raw::Absent, Raw::Absent, bought] => {
                Self::of(bought, &["id"], |stage| Self::Bought { id: stage.take() })
            }
            [Raw::Absent, ordered, _] => {
                Self::of(ordered, &["order", "baseline"], |stage| Self::Ordered {
                    order: stage.take(),
                    baseline: stage.take(),
                })
            }
            [unordered, ..] => Self::of(unordered, &["order"], |stage| Self::Unordered {
                order: stage.take(),
            }),
            [] => Err(Misfit::at("", "must be one stage")),
        };
        read.unwrap_or_else(|misfit| {
            fields.refuse(misfit);
            Self::Bought {
                id: VpsId::stand_in(),
            }
        })
    }
}

impl Stage {
    /// What the object of a stage holds.
    fn of(
        value: &Raw<'_>,
        names: &'static [&'static str],
        read: fn(&mut Fields<'_>) -> Self,
    ) -> Result<Self, Misfit> {
        let mut fields = Fields::within(value, names, "an object")?;
        let stage = read(&mut fields);
        fields.checked(stage)
    }
}

model_field!(Stage);

impl Json for Facts {
    fn write(&self, to: &mut Writer) {
        to.record(
            Self::NAMES,
            &[
                &self.purchase,
                &self.started_at,
                &self.ordered_at,
                &self.orders_sent,
                &self.recovered,
                &self.balance_before.map(Exact),
                &self.balance_after.map(Exact),
                &self.charged.map(Exact),
                &self.currency,
            ],
        );
    }
}

impl Model for Facts {
    const NAMES: &'static [&'static str] = &[
        "purchase",
        "startedAt",
        "orderedAt",
        "ordersSent",
        "recovered",
        "balanceBefore",
        "balanceAfter",
        "charged",
        "currency",
    ];

    fn read(fields: &mut Fields<'_>) -> Self {
        let money = |fields: &mut Fields<'_>| fields.take::<Option<Exact>>().map(|exact| exact.0);
        Self {
            purchase: fields.take_or(String::new()),
            started_at: fields.take(),
            ordered_at: fields.take(),
            orders_sent: fields.take_or(0),
            recovered: fields.take_or(false),
            balance_before: money(fields),
            balance_after: money(fields),
            charged: money(fields),
            currency: fields.take(),
        }
    }
}

model_field!(Facts);

impl Facts {
    pub(crate) fn begun(seed: u64, now: Timestamp) -> Self {
        let millis = now.millis().unsigned_abs();
        Self {
            purchase: words!(hex(seed), "-", hex(millis).trim_start_matches('0')),
            started_at: now,
            ordered_at: None,
            orders_sent: 0,
            recovered: false,
            balance_before: None,
            balance_after: None,
            charged: None,
            currency: None,
        }
    }
}

impl Token {
    pub(crate) fn new(
        key: String,
        base_url: &str,
        stage: Stage,
        facts: Facts,
        options: ProvisionOptions,
    ) -> Self {
        Self {
            key,
            base_url: base_url.to_owned(),
            stage,
            facts,
            options,
        }
    }

    pub(crate) fn written(&self) -> String {
        written(self)
    }

    /// Reads a token and sees that it belongs here.
    pub(crate) fn read(
        text: &str,
        key: &str,
        base_url: &str,
        check: KeyCheck,
    ) -> Result<Self, Error> {
        if text.len() > LONGEST {
            return Err(stale("it is larger than 1 MiB"));
        }
        let version = Fields::of(text.as_bytes(), &["v"]).and_then(|mut fields| {
            let version = fields.take::<u32>();
            fields.checked(version)
        });
        let version = version.map_err(|_| stale("it is not a token"))?;
        if version != VERSION {
            let reason = words!(
                "this package does not read its version ",
                u64::from(version).to_string()
            );
            return Err(stale(&reason));
        }
        let token: Self = document(text.as_bytes()).map_err(|_| stale("it is damaged"))?;
        token.options.check().map_err(|_| stale("it is damaged"))?;
        if token.base_url != base_url {
            return Err(stale("it belongs to another server"));
        }
        if check == KeyCheck::Same && token.key != key {
            return Err(stale("it was begun with another API key"));
        }
        Ok(token)
    }
}

fn stale(reason: &str) -> Error {
    Error::new(ErrorKind::StaleToken {
        reason: reason.to_owned(),
    })
}
