//! The report of what happened so far. It holds neither keys nor passwords.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;

use crate::service::keys::{ApiKey, Scope};
use crate::service::moment::Moment;
use crate::service::vps::{Owner, Power, Vps};
use crate::{Euros, Fault, Simulator};

/// Everything that happened so far.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct State {
    /// The time of the report, in epoch milliseconds.
    pub now_ms: i64,
    /// The requests that reached the service.
    pub requests: EndpointCounts,
    /// How many `POST /vps` reached the service, whatever became of them.
    pub orders_received: u64,
    /// How many of them had an effect, be it by halves.
    pub orders_placed: u64,
    /// The wallet, in EUR.
    pub balance: Euros,
    /// Every amount charged so far, in order.
    pub charges: Vec<Euros>,
    /// Their sum. But for the dust of floating point, `balance` and this make up `funded`.
    pub total_charged: Euros,
    /// The first balance and whatever `set_balance` added to it or took away.
    pub funded: Euros,
    /// The account's VPS, oldest first, those that the API does not show yet among them.
    pub vps: Vec<VpsState>,
    /// How many were deleted.
    pub vps_deleted: u64,
    /// The ids of the VPS of another account.
    pub foreign_vps: Vec<String>,
    /// The account's keys.
    pub keys: Vec<KeyState>,
    /// The faults that wait.
    pub pending_faults: Vec<FaultState>,
}

/// How many requests reached the service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EndpointCounts {
    /// All of them.
    pub total: u64,
    /// By endpoint: `POST /vps`, `GET /vps/:id` and so on, and `other`.
    pub by_endpoint: BTreeMap<Cow<'static, str>, u64>,
}

/// One VPS of the account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VpsState {
    /// The service id.
    pub id: String,
    /// The provider's id.
    pub server_id: String,
    /// The plan.
    pub plan_id: String,
    /// The cycle.
    pub billing_cycle: String,
    /// The location.
    pub location: String,
    /// The billing status.
    pub status: String,
    /// The status of the machine.
    pub vps_status: String,
    /// Whether the list shows it by now.
    pub listed: bool,
    /// Whether the machine runs.
    pub power: Power,
    /// How often it was rebooted.
    pub reboots: u32,
    /// Its address, once it has one.
    pub ip_address: Option<String>,
    /// Whether its desktop answers at its address: it is active, runs, and does not hang.
    pub answers: bool,
}

/// One key of the account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeyState {
    /// Its `_id`.
    pub id: String,
    /// Its label.
    pub name: String,
    /// Its beginning.
    pub prefix: String,
    /// What it may do.
    pub scope: Scope,
    /// Whether its time is over.
    pub expired: bool,
}

/// One fault that waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FaultState {
    /// What it does: `lose_after` and so on.
    #[serde(rename = "do")]
    pub action: &'static str,
    /// The method it strikes.
    pub method: Option<String>,
    /// The path it strikes.
    pub path: Option<String>,
    /// How many matching requests still pass first.
    pub skip: u32,
    /// How many requests it still strikes.
    pub times: u32,
}

impl State {
    pub(crate) fn of(simulator: &Simulator, now: Moment) -> Self {
        let (service, journal) = (&simulator.service, &simulator.journal);
        let owned_by = |owner| service.fleet.iter().filter(move |vps| vps.owner == owner);
        Self {
            now_ms: now.0,
            requests: EndpointCounts {
                total: journal.total(),
                by_endpoint: journal.by_endpoint().clone(),
            },
            orders_received: journal.count("POST /vps"),
            orders_placed: service.orders_placed,
            balance: service.wallet.balance(),
            charges: service.wallet.charges().to_vec(),
            total_charged: service.wallet.total_charged(),
            funded: service.wallet.funded(),
            vps: owned_by(Owner::Account)
                .map(|vps| VpsState::of(vps, now))
                .collect(),
            vps_deleted: service.fleet.deleted(),
            foreign_vps: owned_by(Owner::SomeoneElse)
                .map(|vps| vps.id.clone())
                .collect(),
            keys: service
                .keys
                .keys()
                .iter()
                .map(|key| KeyState::of(key, now))
                .collect(),
            pending_faults: simulator
                .faults
                .waiting()
                .iter()
                .map(FaultState::of)
                .collect(),
        }
    }
}

impl VpsState {
    fn of(vps: &Vps, now: Moment) -> Self {
        Self {
            id: vps.id.clone(),
            server_id: vps.server_id.clone(),
            plan_id: vps.plan.clone(),
            billing_cycle: vps.cycle.clone(),
            location: vps.location.clone(),
            status: vps.billing_status.clone(),
            vps_status: vps.status(now).to_owned(),
            listed: vps.is_listed(now),
            power: vps.power,
            reboots: vps.reboots,
            ip_address: vps.has_details(now).then(|| vps.address.clone()),
            answers: vps.answers(now),
        }
    }
}

impl KeyState {
    fn of(key: &ApiKey, now: Moment) -> Self {
        Self {
            id: key.id.clone(),
            name: key.name.clone(),
            prefix: key.prefix(),
            scope: key.scope,
            expired: key.is_expired(now),
        }
    }
}

impl FaultState {
    fn of(fault: &Fault) -> Self {
        Self {
            action: fault.action.name(),
            method: fault.on.method.clone(),
            path: fault.on.path.clone(),
            skip: fault.on.skip,
            times: fault.times.get(),
        }
    }
}
