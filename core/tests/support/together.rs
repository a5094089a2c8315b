//! Purchases of one client that go on side by side, in virtual time.

// Every test program uses its own part of this.
#![allow(dead_code)]

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use stablevps_core::batch::Seat;
use stablevps_core::config::{Api, ApiConfig};
use stablevps_core::endpoints::CreateVps;
use stablevps_core::error::Error;
use stablevps_core::http::FailureKind;
use stablevps_core::models::Provisioned;
use stablevps_core::probe::ProbeOutcome;
use stablevps_core::provisioning::{ProvisionOptions, Provisioning};
use stablevps_core::secret::Secret;
use stablevps_core::step::{Step, WaitReason};
use stablevps_simulator::{Config, Simulator};

use crate::support::{START, at, carry, clocks};

/// A purchase in the hands of a host, and when that asks it next.
pub struct Buyer {
    pub machine: Provisioning,
    pub seat: Option<Seat>,
    /// When it ordered, and when it ended.
    pub ordered: i64,
    pub ended: i64,
    due: i64,
    end: Option<Result<Provisioned, Error>>,
}

/// An account, and those who buy on it.
pub struct Together {
    pub simulator: Simulator,
    pub buyers: Vec<Buyer>,
    pub now: i64,
    /// How long each exchange takes.
    pub latency: i64,
    /// How often each endpoint was asked, and when last.
    pub asked: BTreeMap<String, Vec<i64>>,
    /// How many steps were asked for.
    pub steps: u32,
    /// When which VPS was looked at by itself, by its URL.
    pub looked: BTreeSet<(i64, String)>,
    /// When hosts woke to look again.
    pub woken: BTreeSet<i64>,
}

pub type End = Result<Provisioned, Error>;

impl Together {
    pub fn new(config: &Value) -> Self {
        let config = Config::from_json(config.to_string().as_bytes()).unwrap();
        Self {
            simulator: Simulator::new(config),
            buyers: Vec::new(),
            now: START,
            latency: 50,
            asked: BTreeMap::new(),
            steps: 0,
            looked: BTreeSet::new(),
            woken: BTreeSet::new(),
        }
    }

    /// A client of the account, in a world of its own.
    pub fn client(&self) -> Api {
        Api::new(ApiConfig {
            api_key: Some(Secret::new(self.simulator.initial_key())),
            world: Some(String::new()),
            ..ApiConfig::default()
        })
        .unwrap()
    }

    pub fn buy(&mut self, api: &Api, options: ProvisionOptions) {
        let order = CreateVps::new("basic", "monthly", "tokyo").unwrap();
        let seed = u64::try_from(self.buyers.len()).unwrap();
        let machine = Provisioning::buy(api, order, options, seed, clocks(self.now)).unwrap();
        self.add(machine, None);
    }

    pub fn add(&mut self, machine: Provisioning, seat: Option<Seat>) {
        let due = self.now;
        self.buyers.push(Buyer {
            machine,
            seat,
            ordered: 0,
            ended: 0,
            due,
            end: None,
        });
    }

    pub fn requests(&self) -> usize {
        self.asked.values().map(Vec::len).sum()
    }

    pub fn count(&self, endpoint: &str) -> usize {
        self.asked.get(endpoint).map_or(0, Vec::len)
    }

    /// Until each has its end, in the order in which they began.
    pub fn run(&mut self) -> Vec<End> {
        while self.step() {}
        self.buyers
            .iter()
            .map(|buyer| buyer.end.clone().unwrap())
            .collect()
    }

    /// Until that moment.
    pub fn run_until(&mut self, moment: i64) {
        let is_due = |buyer: &Buyer| buyer.end.is_none() && buyer.due <= moment;
        while self.buyers.iter().any(is_due) {
            self.step();
        }
        self.now = moment;
    }

    /// Whoever is due first takes a step; says whether anybody is left.
    pub fn step(&mut self) -> bool {
        let going = self.buyers.iter_mut().filter(|buyer| buyer.end.is_none());
        let Some(buyer) = going.min_by_key(|buyer| buyer.due) else {
            return false;
        };
        self.steps += 1;
        self.now = self.now.max(buyer.due);
        let now = at(self.now);
        if let Some(seat) = &buyer.seat {
            seat.note(&buyer.machine.progress(now), now);
        }
        let owned = |end: Result<&Provisioned, &Error>| end.cloned().map_err(Error::clone);
        let step = buyer.machine.next_step(now).map(owned);
        let again = buyer.machine.next_step(now).map(owned);
        assert_eq!(step, again, "asking twice");
        let turn = WaitReason::Turn;
        match step {
            Step::Wait { delay_ms, reason } => {
                assert!(delay_ms > 0, "a wait of nothing for {reason:?}");
                if reason != turn && !buyer.machine.progress(now).exclusive {
                    buyer.machine.end_turn();
                }
                buyer.due = self.now + i64::try_from(delay_ms).unwrap();
                if reason == WaitReason::Poll {
                    self.woken.insert(buyer.due);
                }
            }
            Step::Send(request) => {
                if request.endpoint == "POST /vps" {
                    buyer.ordered = self.now;
                }
                if request.endpoint == "GET /vps/:id" {
                    self.looked.insert((self.now, request.url.clone()));
                }
                let asked = self.asked.entry(request.endpoint.clone()).or_default();
                asked.push(self.now);
                let carried = carry(&mut self.simulator, &request, FailureKind::Io, self.now);
                let taken = i64::try_from(carried.took_ms).unwrap() + self.latency;
                buyer.due = self.now + taken;
                let then = at(buyer.due);
                buyer
                    .machine
                    .handle_reply(request.id, carried.reply, then)
                    .unwrap();
            }
            Step::Probe(probe) => {
                let outcomes = [ProbeOutcome::Answered];
                buyer
                    .machine
                    .handle_probes(probe.id, &outcomes, now)
                    .unwrap();
            }
            Step::Done(end) => {
                if let Some(seat) = &buyer.seat {
                    seat.end(end.is_ok());
                }
                buyer.ended = self.now;
                buyer.end = Some(end);
            }
        }
        true
    }
}
