//! Reading and forgetting what a store has recorded.

use super::machine::RecordedStep;
use crate::call::Call;
use crate::clock::{Instant, Now};
use crate::config::{Api, CallOptions};
use crate::endpoints::GetAccount;
use crate::error::{Error, ErrorKind};
use crate::http::{Reply, RequestId};
use crate::models::{PurchaseRecord, PurchaseState};
use crate::step::{StaleReply, Step};
use crate::store::{Find, HeldBy, Record, Saved, StoreFailure, StoreOp, StoreReply, StoreRequest};

/// How long a purchase is held in order to forget it, in milliseconds.
const FORGETTING_MS: u64 = 10_000;

/// What is asked of a store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// The purchases of the account.
    List {
        /// Only those that have not ended.
        open_only: bool,
    },
    /// The purchase of a key, if there is one.
    Get {
        /// The caller's key.
        key: String,
    },
    /// To delete what is known of a purchase that has ended, or that was begun and ordered nothing. Its key stays used,
    /// and its VPS stays known as bought.
    Forget {
        /// The caller's key.
        key: String,
    },
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Page {
    /// The purchases, the oldest first.
    Every(Vec<PurchaseRecord>),
    /// The purchase, if there is one; as it was before it was forgotten.
    One(Option<PurchaseRecord>),
}

/// A question to a store, as a machine. It begins with a look at whose account it is.
#[derive(Debug)]
pub struct Book {
    api: Api,
    question: Question,
    holder: String,
    begun: Now,
    account: String,
    stage: Stage,
}

#[derive(Debug)]
enum Stage {
    Identifying(Box<Call<GetAccount>>),
    Asking {
        id: u32,
        op: Box<StoreOp>,
        found: Option<Box<Record>>,
    },
    Ended(Result<Page, Error>),
}

impl Book {
    /// Begins. `seed` must differ from machine to machine: it names who asks.
    ///
    /// # Errors
    /// `InvalidInput` for limits that can't be used.
    pub fn open(
        api: &Api,
        question: Question,
        limits: CallOptions,
        seed: u64,
        begun: Now,
    ) -> Result<Self, Error> {
        let mut rng = fastrand::Rng::with_seed(seed);
        let holder = format!("{:032x}", rng.u128(..));
        let call = api.call(GetAccount, limits, rng.u64(..), begun)?;
        Ok(Self {
            api: api.clone(),
            question,
            holder,
            begun,
            account: String::new(),
            stage: Stage::Identifying(Box::new(call)),
        })
    }

    /// What to do now. Asking twice changes nothing.
    pub fn next_step(&self, now: Instant) -> RecordedStep<Result<&Page, &Error>> {
        match &self.stage {
            Stage::Identifying(call) => {
                let step: Step<Result<&Page, &Error>> =
                    call.unfinished_step(now).map(|never| match never {});
                step.into()
            }
            Stage::Asking { id, op, .. } => RecordedStep::Store(Box::new(StoreRequest {
                id: *id,
                account: self.account.clone(),
                holder: self.holder.clone(),
                op: (**op).clone(),
                now: self.api.time_of_store(self.begun.later(now)),
            })),
            Stage::Ended(end) => RecordedStep::Done(end.as_ref()),
        }
    }

    /// The end, where it has come.
    #[must_use]
    pub fn outcome(&self) -> Option<Result<&Page, &Error>> {
        match &self.stage {
            Stage::Ended(end) => Some(end.as_ref()),
            Stage::Identifying(_) | Stage::Asking { .. } => None,
        }
    }

    /// Tells what became of the request that was to be sent.
    ///
    /// # Errors
    /// [`StaleReply`] where that request is not outstanding; nothing has changed then.
    pub fn handle_reply(
        &mut self,
        id: RequestId,
        reply: Reply,
        now: Instant,
    ) -> Result<(), StaleReply> {
        let Stage::Identifying(call) = &mut self.stage else {
            return Err(StaleReply(id));
        };
        call.handle_reply(id, reply, now)?;
        match call.take_outcome() {
            Some(Ok(account)) => {
                self.account = self.api.account_in_store(&account.id);
                self.stage = Stage::Asking {
                    id: 1,
                    op: Box::new(self.question.first_op()),
                    found: None,
                };
            }
            Some(Err(error)) => self.stage = Stage::Ended(Err(error)),
            None => {}
        }
        Ok(())
    }

    /// Tells what the store answered to the operation of that number.
    ///
    /// # Errors
    /// [`StaleReply`] where that operation is not outstanding; nothing has changed then.
    pub fn handle_stored(
        &mut self,
        id: u32,
        answer: Result<StoreReply, StoreFailure>,
    ) -> Result<(), StaleReply> {
        let found = match &mut self.stage {
            Stage::Asking {
                id: asked, found, ..
            } if *asked == id => found.take(),
            Stage::Asking { .. } | Stage::Identifying(_) | Stage::Ended(_) => {
                return Err(StaleReply(RequestId(id)));
            }
        };
        self.stage = match answer {
            Ok(reply) => self.question.answered(reply, found),
            Err(StoreFailure { detail }) => failed(detail),
        };
        Ok(())
    }
}

impl Question {
    fn first_op(&self) -> StoreOp {
        match self {
            Self::List { open_only } => StoreOp::List {
                open_only: *open_only,
                find: None,
            },
            Self::Get { key } => StoreOp::List {
                open_only: false,
                find: Some(Find::Key(key.clone())),
            },
            Self::Forget { key } => StoreOp::Open {
                find: Find::Key(key.clone()),
                insert: None,
                lease_ms: FORGETTING_MS,
            },
        }
    }

    fn answered(&self, reply: StoreReply, found: Option<Box<Record>>) -> Stage {
        match (self, reply, found) {
            (Self::List { .. }, StoreReply::Listed { records }, _) => {
                let records = records.into_iter().map(PurchaseRecord::from);
                Stage::Ended(Ok(Page::Every(records.collect())))
            }
            (Self::Get { key }, StoreReply::Listed { records }, _) => {
                let is_it = |record: &Record| record.key.as_ref() == Some(key);
                let record = records.into_iter().find(is_it);
                Stage::Ended(Ok(Page::One(record.map(PurchaseRecord::from))))
            }
            (Self::Forget { .. }, StoreReply::Opened { record, held }, _) => {
                forget(record.map(|record| *record), &held)
            }
            (Self::Forget { .. }, StoreReply::Held { .. }, Some(record)) => {
                Stage::Ended(Ok(Page::One(Some((*record).into()))))
            }
            (Self::Forget { .. }, StoreReply::Lost, _) => refused(GOES_ON),
            _ => failed("the store's answer is to something else".to_owned()),
        }
    }
}

const GOES_ON: &str = "belongs to a purchase that has not ended";

fn forget(record: Option<Record>, held: &HeldBy) -> Stage {
    let Some(record) = record else {
        return refused("is not known to the store");
    };
    let may_be_forgotten = match (record.saved.state, held) {
        // Nobody is at work on it: whoever was finds that it is lost before an order is sent.
        (PurchaseState::Open | PurchaseState::NotOrdered, HeldBy::Us) => record.vps_id.is_none(),
        (state, _) => state.is_final(),
    };
    if !may_be_forgotten {
        return refused(GOES_ON);
    }
    let saved = Saved {
        state: PurchaseState::Forgotten,
        attempt: record.saved.attempt,
        token: String::new(),
        error: None,
    };
    Stage::Asking {
        id: 2,
        op: Box::new(StoreOp::Save {
            id: record.id.clone(),
            saved,
            lease_ms: None,
        }),
        found: Some(Box::new(record)),
    }
}

fn refused(reason: &str) -> Stage {
    Stage::Ended(Err(Error::invalid_input("idempotency_key", reason)))
}

fn failed(detail: String) -> Stage {
    Stage::Ended(Err(Error::new(ErrorKind::Store { detail })))
}
