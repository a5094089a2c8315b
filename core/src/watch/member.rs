//! One VPS of the account, as the watch knows it.

use std::net::IpAddr;

use super::options::Terms;
use crate::clock::Instant;
use crate::models::{BillingStatus, Vps, VpsStatus, is_usable_address};
use crate::time::Timestamp;

/// One VPS of the account.
#[derive(Debug)]
pub(super) struct Member {
    pub vps: Vps,
    pub presence: Presence,
    pub health: Health,
    /// What was told of the end of its period.
    alarm: Option<Alarm>,
}

/// What was told of the end of a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Alarm {
    ends_at: Timestamp,
    /// Whether it was told that the wallet does not cover it.
    is_missing_told: bool,
}

/// Whether the last list had it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Presence {
    Listed,
    /// It had it in a form that can't be read.
    Unreadable,
    /// It did not, for the first time.
    Missing,
}

/// Whether it answers, and what was done about it.
#[derive(Debug, Default)]
pub(super) struct Health {
    /// How many silences in a row count, since the last reboot.
    silences: u32,
    /// When the first of them was, before any reboot.
    silent_since: Option<Instant>,
    last_silence: Option<Instant>,
    is_unreachable: bool,
    answers_since: Option<Instant>,
    /// Reboots since it is silent.
    reboots: u32,
    /// How often the patience was doubled, and once more.
    level: u32,
    leave_until: Option<Instant>,
    /// Whether it is still to be told how the last reboot ended.
    awaits_outcome: bool,
}

/// How a reboot ended, for the patience after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rebooted {
    Surely,
    Perhaps,
}

/// That a VPS answers again.
pub(super) struct Returned {
    pub silent_ms: u64,
    pub reboots: u32,
}

impl Member {
    pub fn new(vps: Vps) -> Self {
        Self {
            vps,
            presence: Presence::Listed,
            health: Health::default(),
            alarm: None,
        }
    }

    /// Whether it should be up, by what the service shows of it.
    pub fn is_expected_up(&self) -> bool {
        let has_address = self.vps.ip_address.as_deref().is_some_and(can_be_probed);
        self.presence == Presence::Listed
            && has_address
            && is_paid_and_active(&self.vps.status, &self.vps.vps_status)
    }

    /// Whether the end of a period was told.
    pub fn is_told(&self, ends_at: Timestamp) -> bool {
        self.alarm.is_some_and(|alarm| alarm.ends_at == ends_at)
    }

    /// Whether the end of its period is to be told: a new one, or one that the wallet covered when it was told.
    pub fn is_to_be_told(&mut self, ends_at: Timestamp, is_missing: bool) -> bool {
        let before = self.alarm.filter(|alarm| alarm.ends_at == ends_at);
        let is_missing_told = before.is_some_and(|alarm| alarm.is_missing_told);
        self.alarm = Some(Alarm {
            ends_at,
            is_missing_told: is_missing_told || is_missing,
        });
        before.is_none() || (is_missing && !is_missing_told)
    }
}

/// Whether a VPS is paid for, and runs as far as the service knows.
pub(super) fn is_paid_and_active(billing: &BillingStatus, status: &VpsStatus) -> bool {
    let is_paid = match billing {
        BillingStatus::Active | BillingStatus::Trialing => true,
        // It is paid for until its period ends; but whoever canceled it may have stopped it, too.
        BillingStatus::Canceled
        | BillingStatus::PastDue
        | BillingStatus::Pending
        | BillingStatus::Unknown(_) => false,
    };
    is_paid && *status == VpsStatus::Active
}

/// A simulated service has its VPS on loopback.
fn can_be_probed(address: &str) -> bool {
    let is_loopback = address.parse().is_ok_and(|ip: IpAddr| ip.is_loopback());
    is_loopback || is_usable_address(address)
}

impl Health {
    /// Whether it was reachable when it was last probed, or was not probed yet.
    pub fn is_reachable(&self) -> bool {
        !self.is_unreachable
    }

    /// It is not expected to answer any more. What was done to it is remembered.
    pub fn leave(&mut self) {
        *self = Self {
            level: self.level,
            leave_until: self.leave_until,
            ..Self::default()
        };
    }

    /// It answered.
    pub fn answered(&mut self, terms: &Terms, now: Instant) -> Option<Returned> {
        let answers_since = *self.answers_since.get_or_insert(now);
        if now.since_ms(answers_since) >= terms.longest_patience_ms {
            self.level = 0;
        }
        let returned = self.is_unreachable.then(|| Returned {
            silent_ms: self.silent_ms(now),
            reboots: self.reboots,
        });
        *self = Self {
            answers_since: self.answers_since,
            level: self.level,
            leave_until: self.leave_until,
            ..Self::default()
        };
        returned
    }

    /// It did not answer, and that counts. Says whether it is unreachable from now on.
    pub fn silent(&mut self, terms: &Terms, now: Instant) -> bool {
        self.answers_since = None;
        let longest_gap = terms
            .interval_ms
            .saturating_mul(u64::from(terms.silent_probes).saturating_add(1));
        let is_old = |last: Instant| now.since_ms(last) > longest_gap;
        if self.last_silence.is_some_and(is_old) {
            self.begin_anew();
        }
        self.last_silence = Some(now);
        self.silences = self.silences.saturating_add(1);
        self.silent_since.get_or_insert(now);
        let is_new = !self.is_unreachable && self.silences >= terms.silent_probes;
        self.is_unreachable |= is_new;
        is_new
    }

    /// It did not answer, and that does not count.
    pub fn unclear(&mut self) {
        self.answers_since = None;
        self.begin_anew();
    }

    fn begin_anew(&mut self) {
        self.silences = 0;
        if !self.is_unreachable {
            self.silent_since = None;
        }
    }

    /// Whether a reboot is due. `started` is when this process last started it.
    pub fn is_due(&self, terms: &Terms, started: Option<Instant>, now: Instant) -> bool {
        let is_booting = |at: Instant| now.since_ms(at) < terms.first_patience_ms;
        self.is_unreachable
            && self.silences >= terms.silent_probes
            && self.leave_until.is_none_or(|until| until <= now)
            && !started.is_some_and(is_booting)
    }

    /// It was rebooted, or may have been. Says how long it is left alone.
    pub fn rebooted(&mut self, how: Rebooted, terms: &Terms, now: Instant) -> u64 {
        self.reboots = self.reboots.saturating_add(1);
        self.silences = 0;
        self.awaits_outcome = true;
        self.be_patient(how, terms, now)
    }

    /// A reboot was refused. Says how long it is left alone.
    pub fn refused(&mut self, terms: &Terms, now: Instant) -> u64 {
        self.be_patient(Rebooted::Surely, terms, now)
    }

    fn be_patient(&mut self, how: Rebooted, terms: &Terms, now: Instant) -> u64 {
        let doublings = match how {
            Rebooted::Surely => self.level,
            Rebooted::Perhaps => self.level.saturating_add(1),
        };
        self.level = doublings.saturating_add(1);
        let patience_ms = terms
            .first_patience_ms
            .saturating_mul(2_u64.saturating_pow(doublings))
            .min(terms.longest_patience_ms);
        self.leave_until = Some(now.plus_ms(patience_ms));
        patience_ms
    }

    /// Whether the patience after a reboot is over, and it is still silent. Says so once.
    pub fn patience_ended_in_vain(&mut self, now: Instant) -> bool {
        let is_over = self.leave_until.is_none_or(|until| until <= now);
        let is_told = self.awaits_outcome && self.is_unreachable && self.silences > 0 && is_over;
        self.awaits_outcome &= !is_told;
        is_told
    }

    pub fn silences(&self) -> u32 {
        self.silences
    }

    /// How often it was or may have been rebooted since it is silent.
    pub fn reboots(&self) -> u32 {
        self.reboots
    }

    pub fn silent_since(&self) -> Option<Instant> {
        self.silent_since
    }

    pub fn silent_ms(&self, now: Instant) -> u64 {
        self.silent_since.map_or(0, |since| now.since_ms(since))
    }
}
