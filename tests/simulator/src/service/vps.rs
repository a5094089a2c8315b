//! One VPS and how it changes with time.
//!
//! A VPS is `provisioning` until its moment comes and `active` from then on, unless a status was forced
//! upon it, which then stays. Address, host name and password are known a while after that moment, and never
//! while it is provisioning. It can be missing from the list, and from lookups by id, for a while after its
//! order.

use serde::{Deserialize, Serialize};

use super::moment::Moment;
use crate::Secret;

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Vps {
    pub(crate) id: String,
    pub(crate) server_id: String,
    pub(crate) owner: Owner,
    // Texts rather than enums: a seed may carry values that the catalogue does not know yet.
    pub(crate) plan: String,
    pub(crate) cycle: String,
    pub(crate) location: String,
    pub(crate) billing_status: String,
    pub(crate) forced_status: Option<String>,
    pub(crate) created_at: Moment,
    pub(crate) period_end: Moment,
    pub(crate) active_at: Moment,
    pub(crate) details_at: Moment,
    pub(crate) listed_from: Moment,
    pub(crate) found_from: Moment,
    pub(crate) address: String,
    pub(crate) hostname: String,
    pub(crate) password: Secret,
    pub(crate) power: Power,
    pub(crate) reboots: u32,
    /// Whether it hangs: it runs, and does not answer before it is rebooted.
    #[serde(default)]
    pub(crate) hangs: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Owner {
    Account,
    SomeoneElse,
}

/// Whether the machine runs. The API does not show it; `vpsStatus` stays `active` while it is stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Power {
    /// Started or rebooted last, or never touched.
    Running,
    /// Stopped last.
    Stopped,
}

/// What can be done to a running VPS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    Start,
    Stop,
    Reboot,
}

pub(crate) const ACTIVE: &str = "active";
pub(crate) const PROVISIONING: &str = "provisioning";
pub(crate) const RDP_USERNAME: &str = "Administrator";

impl Vps {
    pub(crate) fn status(&self, now: Moment) -> &str {
        match &self.forced_status {
            Some(status) => status,
            None if self.active_at <= now => ACTIVE,
            None => PROVISIONING,
        }
    }

    pub(crate) fn has_details(&self, now: Moment) -> bool {
        self.details_at <= now && self.status(now) != PROVISIONING
    }

    pub(crate) fn is_listed(&self, now: Moment) -> bool {
        self.owner == Owner::Account && self.listed_from <= now
    }

    pub(crate) fn is_found(&self, now: Moment) -> bool {
        self.is_listed(now) && self.found_from <= now
    }

    /// Whether its desktop answers at its address.
    pub(crate) fn answers(&self, now: Moment) -> bool {
        let runs = self.power == Power::Running && !self.is_out_of_service(now);
        runs && self.has_details(now) && !self.hangs
    }

    /// Whether actions are refused. A status nobody knows yet does not refuse them: `stopped` might be one.
    pub(crate) fn is_out_of_service(&self, now: Moment) -> bool {
        [PROVISIONING, "suspended", "terminated"].contains(&self.status(now))
    }

    /// When time alone next changes what the list says of it.
    pub(crate) fn next_change(&self, now: Moment) -> Option<Moment> {
        [self.active_at, self.details_at, self.listed_from]
            .into_iter()
            .filter(|moment| *moment > now)
            .min()
    }

    /// Forces a status. `active` is not a forced one but the end of provisioning.
    pub(crate) fn force_status(&mut self, status: &str, now: Moment) {
        if status == ACTIVE {
            self.forced_status = None;
            self.active_at = self.active_at.min(now);
            self.details_at = self.details_at.min(now);
        } else {
            self.forced_status = Some(status.to_owned());
        }
    }

    /// Begins provisioning anew.
    pub(crate) fn provision_until(&mut self, active_at: Moment) {
        self.forced_status = None;
        self.active_at = active_at;
        self.details_at = active_at;
    }

    pub(crate) fn act(&mut self, action: Action) {
        match action {
            Action::Start => self.power = Power::Running,
            Action::Stop => {
                self.power = Power::Stopped;
                self.hangs = false;
            }
            Action::Reboot => {
                self.hangs = false;
                self.power = Power::Running;
                self.reboots = self.reboots.saturating_add(1);
            }
        }
    }
}

impl Action {
    pub(crate) const NAMES: [&str; 3] = ["start", "stop", "reboot"];

    pub(crate) fn named(name: &str) -> Option<Self> {
        match name {
            "start" => Some(Self::Start),
            "stop" => Some(Self::Stop),
            "reboot" => Some(Self::Reboot),
            _ => None,
        }
    }
}
