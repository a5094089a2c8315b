//! What the simulator remembers of the requests it saw.

use std::borrow::Cow;
use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};

use crate::service::route::route;
use crate::{Exchange, Request};

/// How many requests the log keeps; older ones are forgotten but still counted.
const KEPT: usize = 10_000;

/// Counts and a log. Neither holds headers, queries or bodies.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Journal {
    total: u64,
    by_endpoint: BTreeMap<Cow<'static, str>, u64>,
    #[serde(skip)]
    log: VecDeque<LoggedRequest>,
}

/// One request of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LoggedRequest {
    /// When it came, in epoch milliseconds.
    pub at_ms: i64,
    /// Its method.
    pub method: String,
    /// Its path without query.
    pub path: String,
    /// How it went.
    pub outcome: Outcome,
    /// The status that was sent; `None` when no reply was.
    pub status: Option<u16>,
    /// The name of the fault that struck it.
    pub fault: Option<&'static str>,
}

/// How an exchange went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// [`Exchange::Reply`].
    Replied,
    /// [`Exchange::NotDelivered`].
    NotDelivered,
    /// [`Exchange::Lost`].
    Lost,
    /// [`Exchange::Cut`].
    Cut,
}

impl Journal {
    pub(crate) fn record(
        &mut self,
        request: &Request,
        now_ms: i64,
        exchange: &Exchange,
        fault: Option<&'static str>,
    ) {
        let (outcome, status) = match exchange {
            Exchange::Reply(response) => (Outcome::Replied, Some(response.status)),
            Exchange::NotDelivered => (Outcome::NotDelivered, None),
            Exchange::Lost => (Outcome::Lost, None),
            Exchange::Cut { response, .. } => (Outcome::Cut, Some(response.status)),
        };
        if outcome != Outcome::NotDelivered {
            let label = route(&request.method, request.path()).map_or("other", |call| call.label());
            self.total += 1;
            *self.by_endpoint.entry(label.into()).or_default() += 1;
        }
        if self.log.len() == KEPT {
            self.log.pop_front();
        }
        let (method, path) = (request.method.clone(), request.path().to_owned());
        self.log.push_back(LoggedRequest {
            at_ms: now_ms,
            method,
            path,
            outcome,
            status,
            fault,
        });
    }

    pub(crate) fn total(&self) -> u64 {
        self.total
    }

    pub(crate) fn by_endpoint(&self) -> &BTreeMap<Cow<'static, str>, u64> {
        &self.by_endpoint
    }

    pub(crate) fn count(&self, label: &str) -> u64 {
        self.by_endpoint.get(label).copied().unwrap_or_default()
    }

    pub(crate) fn log(&self) -> Vec<LoggedRequest> {
        self.log.iter().cloned().collect()
    }
}
