//! The whole API as two enums: what a host in another language may ask for, and what it may get.
//!
//! As JSON a request is tagged from outside, `{"getVps":{"id":"..."}}` or `"listVps"`: a tag inside would
//! be looked for in a copy of the fields, which loses the places of what does not fit.

use std::borrow::Cow;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::clock::Now;
use crate::config::Api;
use crate::endpoint::Endpoint;
use crate::endpoints::{
    ControlVps, CreateKey, CreateVps, DeleteVps, GetAccount, GetVps, GetWallet, ListKeys, Listing,
    RevokeKey,
};
use crate::error::Error;
use crate::ids::VpsId;
use crate::json;
use crate::models::{
    Account, ActionReceipt, ApiKeyInfo, BillingCycle, CreatedKey, DeletedVps, Location, Order,
    PlanId, Provisioned, PurchaseRecord, RevokedKey, Scope, Vps, VpsDetails, Wallet,
};
use crate::provisioning::{KeyCheck, ProvisionOptions, Provisioning};
use crate::recorded::{Page, Question, RecordedPurchase, WhenHeld};
use crate::secret::Secret;
use crate::store::Find;
use crate::watch::WatchOptions;

/// A call of an endpoint, or a purchase. Ids and the like are the caller's own words: they are checked
/// when the machine begins.
#[derive(Clone, Debug, Deserialize)]
#[serde(
    rename_all = "camelCase",
    rename_all_fields = "camelCase",
    deny_unknown_fields
)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum Request {
    /// `POST /auth`
    CreateKey {
        /// The account's e-mail address.
        #[serde(deserialize_with = "json::required")]
        email: String,
        /// The account's password.
        password: Secret,
        /// A label for the key.
        #[serde(deserialize_with = "json::required")]
        name: String,
        /// What the key may do.
        scope: Scope,
        /// How many days the key lasts; for ever, where nothing is said.
        #[serde(default, deserialize_with = "json::given")]
        expires_in_days: Option<i64>,
    },
    /// `GET /auth`
    ListKeys,
    /// `DELETE /auth`
    RevokeKey {
        /// The key's id.
        #[serde(deserialize_with = "json::required")]
        key_id: String,
    },
    /// `GET /vps`
    ListVps,
    /// `POST /vps`
    CreateVps {
        /// The size.
        plan_id: PlanId,
        /// How often to pay.
        billing_cycle: BillingCycle,
        /// Where.
        location: Location,
    },
    /// `GET /vps/:id`
    GetVps {
        /// The VPS's id.
        #[serde(deserialize_with = "json::required")]
        id: String,
    },
    /// `DELETE /vps/:id`
    DeleteVps {
        /// The VPS's id.
        #[serde(deserialize_with = "json::required")]
        id: String,
    },
    /// `POST /vps/:id/actions`, start
    StartVps {
        /// The VPS's id.
        #[serde(deserialize_with = "json::required")]
        id: String,
    },
    /// `POST /vps/:id/actions`, stop
    StopVps {
        /// The VPS's id.
        #[serde(deserialize_with = "json::required")]
        id: String,
    },
    /// `POST /vps/:id/actions`, reboot
    RebootVps {
        /// The VPS's id.
        #[serde(deserialize_with = "json::required")]
        id: String,
    },
    /// `GET /account`
    GetAccount,
    /// `GET /wallet`
    GetWallet,
    /// Buys one VPS and waits for it.
    Provision {
        /// The size.
        plan_id: PlanId,
        /// How often to pay.
        billing_cycle: BillingCycle,
        /// Where.
        location: Location,
        /// How it is bought and waited for.
        #[serde(default, deserialize_with = "json::object")]
        options: ProvisionOptions,
        /// How it is recorded, on a client with a store.
        #[cfg_attr(
            feature = "stores",
            serde(default, deserialize_with = "json::optional_object")
        )]
        #[cfg_attr(not(feature = "stores"), serde(skip))]
        recording: Option<Recording>,
    },
    /// Waits for a VPS that was bought elsewhere.
    WaitUntilReady {
        /// The VPS's id.
        #[serde(deserialize_with = "json::required")]
        id: String,
        /// How it is waited for.
        #[serde(default, deserialize_with = "json::object")]
        options: ProvisionOptions,
    },
    /// Watches the account's VPS, without an end.
    WatchVps {
        /// How.
        #[serde(default, deserialize_with = "json::object")]
        options: WatchOptions,
    },
    /// Takes a purchase up where a token left it.
    Resume {
        /// The token.
        #[serde(deserialize_with = "json::required")]
        token: String,
        /// Whether it may have begun with another key of the same account.
        #[serde(default, deserialize_with = "json::required")]
        any_key: bool,
        /// How long it may take from now on; as long as it began with, where nothing is said.
        #[serde(default, deserialize_with = "json::given")]
        timeout_ms: Option<i64>,
    },
    /// Takes a recorded purchase up, and waits for its end.
    #[cfg_attr(not(feature = "stores"), serde(skip))]
    ResumeRecorded {
        /// Which.
        find: Find,
        /// What to do where it goes on elsewhere.
        #[serde(default)]
        when_held: WhenHeld,
        /// How long it may take from now on; as long as it began with, where nothing is said.
        #[serde(default, deserialize_with = "json::given")]
        timeout_ms: Option<i64>,
    },
    /// Lists the recorded purchases of the account.
    #[cfg_attr(not(feature = "stores"), serde(skip))]
    ListPurchases {
        /// Only those that have not ended.
        open_only: bool,
    },
    /// Reads the recorded purchase of a key, if there is one.
    #[cfg_attr(not(feature = "stores"), serde(skip))]
    GetPurchase {
        /// The idempotency key.
        #[serde(deserialize_with = "json::required")]
        idempotency_key: String,
    },
    /// Deletes what is known of a recorded purchase that has ended. Its key stays used.
    #[cfg_attr(not(feature = "stores"), serde(skip))]
    ForgetPurchase {
        /// The idempotency key.
        #[serde(deserialize_with = "json::required")]
        idempotency_key: String,
    },
}

/// How a purchase is recorded.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct Recording {
    /// The caller's key, under which at most one VPS is ordered; none where nobody will ask for it again.
    #[serde(deserialize_with = "json::given")]
    pub idempotency_key: Option<String>,
    /// What to do where it goes on elsewhere.
    pub when_held: WhenHeld,
}

/// A purchase that begins, or why it can't.
pub(crate) type Purchase = Result<Provisioning, Error>;
/// A purchase that a store records, or why it can't be one.
pub(crate) type Recorded = Result<RecordedPurchase, Error>;

/// What makes something of a request's endpoint or purchase.
pub(crate) trait Begin {
    /// What it makes.
    type Begun;

    /// Of an endpoint.
    fn call<E>(&self, endpoint: E) -> Result<Self::Begun, Error>
    where
        E: Endpoint<Output: Answer + Send> + Send + 'static;

    /// Of `GET /vps`, for which there is more than one.
    fn list_vps(&self) -> Result<Self::Begun, Error>;

    /// Of a purchase, which begins with an account, a seed and the time.
    fn purchase(
        &self,
        purchase: impl FnOnce(&Api, u64, Now) -> Purchase,
    ) -> Result<Self::Begun, Error>;

    /// Of a purchase that a store records. It begins with a seed that no other machine has.
    fn recorded(
        &self,
        purchase: impl FnOnce(&Api, u64, Now) -> Recorded,
    ) -> Result<Self::Begun, Error>;

    /// Of a watch.
    fn watch(&self, options: &WatchOptions) -> Result<Self::Begun, Error>;

    /// Of a question to a store.
    fn book(&self, question: Question) -> Result<Self::Begun, Error>;
}

impl Request {
    /// Checks the arguments, and begins.
    pub(crate) fn begin<B: Begin>(self, with: &B) -> Result<B::Begun, Error> {
        match self {
            Self::CreateKey {
                email,
                password,
                name,
                scope,
                expires_in_days,
            } => with.call(CreateKey::new(
                &email,
                password,
                &name,
                scope,
                expires_in_days,
            )?),
            Self::ListKeys => with.call(ListKeys),
            Self::RevokeKey { key_id } => with.call(RevokeKey::new(&key_id)?),
            Self::ListVps => with.list_vps(),
            Self::CreateVps {
                plan_id,
                billing_cycle,
                location,
            } => with.call(CreateVps::new(plan_id, billing_cycle, location)?),
            Self::GetVps { id } => with.call(GetVps::new(&id)?),
            Self::DeleteVps { id } => with.call(DeleteVps::new(&id)?),
            Self::StartVps { id } => with.call(ControlVps::start(&id)?),
            Self::StopVps { id } => with.call(ControlVps::stop(&id)?),
            Self::RebootVps { id } => with.call(ControlVps::reboot(&id)?),
            Self::GetAccount => with.call(GetAccount),
            Self::GetWallet => with.call(GetWallet),
            Self::Provision {
                plan_id,
                billing_cycle,
                location,
                options,
                recording,
            } => {
                let order = CreateVps::new(plan_id, billing_cycle, location)?;
                match recording {
                    Some(Recording {
                        idempotency_key: key,
                        when_held,
                    }) => with.recorded(|api, seed, begun| {
                        RecordedPurchase::buy(api, key, order, options, when_held, seed, begun)
                    }),
                    None => with.purchase(|api, seed, begun| {
                        Provisioning::buy(api, order, options, seed, begun)
                    }),
                }
            }
            Self::WaitUntilReady { id, options } => {
                let id = VpsId::from_str(&id);
                let id = id.map_err(|reason| Error::invalid_input("id", reason))?;
                with.purchase(|api, seed, begun| Provisioning::watch(api, id, options, seed, begun))
            }
            Self::WatchVps { options } => with.watch(&options),
            Self::Resume {
                token,
                any_key,
                timeout_ms,
            } => {
                let check = if any_key {
                    KeyCheck::Any
                } else {
                    KeyCheck::Same
                };
                with.purchase(|api, seed, begun| {
                    Provisioning::resume(api, &token, check, timeout_ms, seed, begun)
                })
            }
            Self::ResumeRecorded {
                find,
                when_held,
                timeout_ms,
            } => with.recorded(|api, seed, begun| {
                RecordedPurchase::resume(api, find, timeout_ms, when_held, seed, begun)
            }),
            Self::ListPurchases { open_only } => with.book(Question::List { open_only }),
            Self::GetPurchase { idempotency_key } => with.book(Question::Get {
                key: idempotency_key,
            }),
            Self::ForgetPurchase { idempotency_key } => with.book(Question::Forget {
                key: idempotency_key,
            }),
        }
    }
}

/// The result of any request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum Output {
    /// Of `GET /account`.
    Account(Account),
    /// Of `POST /vps/:id/actions`.
    ActionReceipt(ActionReceipt),
    /// Of `GET /auth`.
    ApiKeys(Vec<ApiKeyInfo>),
    /// Of `POST /auth`.
    CreatedKey(CreatedKey),
    /// Of `DELETE /vps/:id`.
    DeletedVps(DeletedVps),
    /// Of `POST /vps`.
    Order(Order),
    /// Of `DELETE /auth`.
    RevokedKey(RevokedKey),
    /// Of `GET /vps/:id`.
    VpsDetails(VpsDetails),
    /// Of `GET /vps`.
    VpsList(Vec<Vps>),
    /// Of `GET /vps` too, for hosts that read JSON: the whole body of the reply, a checked object whose
    /// field `vps` is the result. Beside it there may be more, and unknown fields in its rows.
    VpsVerbatim(String),
    /// Of `GET /wallet`.
    Wallet(Wallet),
    /// Of a purchase.
    Provisioned(Provisioned),
    /// Of a question for recorded purchases.
    Purchases(Vec<PurchaseRecord>),
    /// Of a question for one of them.
    Purchase(Option<PurchaseRecord>),
}

/// A result of one of the types that [`Output`] can be.
pub trait Answer {
    /// A copy of it.
    fn output(&self) -> Output;

    /// It, without a copy.
    fn into_output(self) -> Output
    where
        Self: Sized;

    /// The body that it was read from, where that is kept as its document.
    fn verbatim(&self) -> Option<&str> {
        None
    }

    /// Where it is a field of its document: the field's name.
    fn within(&self) -> Option<&'static str> {
        None
    }
}

impl dyn Answer + '_ {
    /// It as a JSON document.
    #[must_use]
    pub fn document(&self) -> Cow<'_, str> {
        match self.verbatim() {
            Some(body) => Cow::Borrowed(body),
            None => Cow::Owned(json::written(&self.output())),
        }
    }
}

impl Answer for Listing {
    fn output(&self) -> Output {
        match self {
            Self::Verbatim(body) => Output::VpsVerbatim(body.clone()),
            Self::Read(rows) => Output::VpsList(rows.clone()),
        }
    }

    fn into_output(self) -> Output {
        match self {
            Self::Verbatim(body) => Output::VpsVerbatim(body),
            Self::Read(rows) => Output::VpsList(rows),
        }
    }

    fn verbatim(&self) -> Option<&str> {
        match self {
            Self::Verbatim(body) => Some(body),
            Self::Read(_) => None,
        }
    }

    fn within(&self) -> Option<&'static str> {
        match self {
            Self::Verbatim(_) => Some("vps"),
            Self::Read(_) => None,
        }
    }
}

impl Answer for Page {
    fn output(&self) -> Output {
        self.clone().into_output()
    }

    fn into_output(self) -> Output {
        match self {
            Self::Every(records) => Output::Purchases(records),
            Self::One(record) => Output::Purchase(record),
        }
    }
}

macro_rules! answers {
    ($($name:ident($held:ty)),+) => {
        $(impl Answer for $held {
            fn output(&self) -> Output {
                Output::$name(self.clone())
            }

            fn into_output(self) -> Output {
                Output::$name(self)
            }
        })+
    };
}

answers! {
    Account(Account), ActionReceipt(ActionReceipt), ApiKeys(Vec<ApiKeyInfo>), CreatedKey(CreatedKey),
    DeletedVps(DeletedVps), Order(Order), RevokedKey(RevokedKey), VpsDetails(VpsDetails),
    VpsList(Vec<Vps>), Wallet(Wallet), Provisioned(Provisioned)
}
