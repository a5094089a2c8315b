//! Periods that end soon, and whether the wallet covers their renewals: rule 8.

use super::events::WatchEventKind;
use super::fleet::Fleet;
use super::member::{Member, Presence};
use crate::catalogue::{CURRENCY, price};
use crate::clock::Instant;
use crate::models::{BillingStatus, VpsStatus, Wallet};
use crate::money::Money;
use crate::time::Timestamp;

/// How often the wallet is looked at while a period ends soon.
const WALLET_EVERY_MS: u64 = 60 * 60 * 1_000;

/// When the wallet was last looked at.
#[derive(Debug, Default)]
pub(super) struct Renewals {
    looked: Option<Instant>,
}

/// A VPS whose period ends soon.
struct Ending<'a> {
    ends_at: Timestamp,
    member: &'a mut Member,
}

/// When a VPS's period ends, if that matters.
fn ends_at(member: &Member) -> Option<Timestamp> {
    let is_there = member.presence == Presence::Listed;
    let is_gone = member.vps.vps_status == VpsStatus::Terminated;
    member
        .vps
        .current_period_end
        .filter(|_| is_there && !is_gone)
}

/// What its renewal costs; nothing where there is none, or the price is not known.
fn renewal(member: &Member) -> Option<Money> {
    let is_renewed = member.vps.status != BillingStatus::Canceled;
    let price = price(&member.vps.plan_id, &member.vps.billing_cycle);
    price.filter(|_| is_renewed)
}

impl Renewals {
    /// Whether the wallet must be looked at: for a period that was not told yet, and every hour while any ends soon.
    pub fn want_wallet(
        &mut self,
        fleet: &Fleet,
        alarm_ms: u64,
        time: Timestamp,
        now: Instant,
    ) -> bool {
        let limit = time.plus_ms(alarm_ms);
        let is_old = self
            .looked
            .is_none_or(|looked| now.since_ms(looked) >= WALLET_EVERY_MS);
        let is_wanted = |member: &Member| match ends_at(member) {
            Some(ends_at) if alarm_ms > 0 && ends_at <= limit => is_old || !member.is_told(ends_at),
            Some(_) | None => false,
        };
        fleet.members().any(is_wanted)
    }

    /// What is to be told now. `wallet` is none where it could not be read.
    pub fn tell(
        &mut self,
        fleet: &mut Fleet,
        wallet: Option<&Wallet>,
        alarm_ms: u64,
        time: Timestamp,
        now: Instant,
    ) -> Vec<WatchEventKind> {
        self.looked = Some(now);
        let limit = time.plus_ms(alarm_ms);
        let mut ending: Vec<_> = fleet
            .members_mut()
            .filter_map(|member| {
                let ends_at = ends_at(member).filter(|ends_at| *ends_at <= limit)?;
                Some(Ending { ends_at, member })
            })
            .collect();
        ending.sort_unstable_by(|one, other| {
            let by_id = || one.member.vps.id.cmp(&other.member.vps.id);
            one.ends_at.cmp(&other.ends_at).then_with(by_id)
        });
        let nothing = Money::from_cents(0);
        let mut renewals = nothing;
        let mut told = Vec::new();
        for Ending { ends_at, member } in ending {
            let renewal = renewal(member);
            renewals = renewals.plus(renewal.unwrap_or(nothing));
            let missing = wallet.map(|wallet| renewals.minus(wallet.balance).rounded());
            let missing = missing.filter(|missing| *missing > nothing && renewal.is_some());
            if member.is_to_be_told(ends_at, missing.is_some()) {
                told.push(WatchEventKind::PeriodEnding {
                    vps: member.vps.clone(),
                    ends_at,
                    ends_in_ms: ends_at.since_ms(time),
                    renewal,
                    renewals,
                    balance: wallet.map(|wallet| wallet.balance),
                    missing,
                    currency: wallet
                        .map_or(CURRENCY, |wallet| &wallet.currency)
                        .to_owned(),
                });
            }
        }
        told
    }
}
