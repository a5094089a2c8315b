//! The VPS of the account: what lists and probes change about them.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::mem;

use super::events::WatchEventKind;
use super::member::{Member, Presence};
use super::options::{Probing, Terms};
use super::rounds::{Finding, Probed, findings};
use crate::clock::Instant;
use crate::endpoints::ListedVps;
use crate::ids::VpsId;
use crate::models::{BillingStatus, Vps, VpsStatus};
use crate::power::Powers;
use crate::probe::{ProbeOutcome, ProbeTarget};

/// The VPS of the account.
#[derive(Debug, Default)]
pub(super) struct Fleet {
    members: BTreeMap<VpsId, Member>,
    is_begun: bool,
    /// Whether any VPS has ever answered.
    is_answered: bool,
}

/// What a round of probes showed.
pub(super) struct Round {
    pub told: Vec<WatchEventKind>,
    /// How many probes say something.
    pub tried: usize,
    /// How many VPS are silent that were reachable, by the network's fault.
    pub unclear: usize,
}

impl Fleet {
    pub fn members(&self) -> impl Iterator<Item = &Member> {
        self.members.values()
    }

    pub fn members_mut(&mut self) -> impl Iterator<Item = &mut Member> {
        self.members.values_mut()
    }

    pub fn member(&mut self, id: &VpsId) -> Option<&mut Member> {
        self.members.get_mut(id)
    }

    /// Takes a list in.
    pub fn take_list(&mut self, rows: Vec<ListedVps>) -> Vec<WatchEventKind> {
        let mut told = self.take_missing(&rows);
        for ListedVps { id, vps } in rows {
            match (self.members.entry(id), vps) {
                (Entry::Occupied(mut known), Some(vps)) => {
                    told.extend(known.get_mut().take_row(vps));
                }
                (Entry::Occupied(mut known), None) => {
                    known.get_mut().presence = Presence::Unreadable;
                }
                (Entry::Vacant(place), Some(vps)) => {
                    place.insert(Member::new(vps.clone()));
                    told.push(WatchEventKind::Added { vps });
                }
                // Of a VPS that can't be read and never could be there is nothing to tell.
                (Entry::Vacant(_), None) => {}
            }
        }
        if !mem::replace(&mut self.is_begun, true) {
            let vps = self.members().map(|member| member.vps.clone()).collect();
            return vec![WatchEventKind::Started { vps }];
        }
        told
    }

    /// Notes which VPS the list lacks. Those that it lacks for the second time are no more.
    fn take_missing(&mut self, rows: &[ListedVps]) -> Vec<WatchEventKind> {
        let listed: std::collections::HashSet<_> = rows.iter().map(|row| &row.id).collect();
        let is_gone = |id: &VpsId, member: &mut Member| {
            let is_missing = !listed.contains(id);
            let was_missing = member.presence == Presence::Missing;
            if is_missing {
                member.presence = Presence::Missing;
            }
            is_missing && was_missing
        };
        let gone = self.members.extract_if(.., is_gone);
        gone.map(|(_, member)| WatchEventKind::Removed { vps: member.vps })
            .collect()
    }

    /// Whom to probe. The others are not expected to answer any more.
    pub fn targets(&mut self, terms: &Terms, powers: &Powers) -> Vec<(VpsId, ProbeTarget)> {
        let mut targets = Vec::new();
        for (id, member) in &mut self.members {
            let is_left = terms.probing == Probing::Off
                || terms.exclude.contains(id)
                || powers.is_stopped(id)
                || !member.is_expected_up();
            match &member.vps.ip_address {
                Some(address) if !is_left => targets.push((
                    id.clone(),
                    ProbeTarget {
                        address: address.clone(),
                        port: terms.probe_port,
                    },
                )),
                // What the list does not show for once may go on as it was.
                _ if member.presence != Presence::Listed => {}
                Some(_) | None => member.health.leave(),
            }
        }
        targets
    }

    /// Takes the outcomes of a round in. `is_listed`: whether the list was read in this look.
    pub fn take_round(
        &mut self,
        ids: &[VpsId],
        outcomes: &[ProbeOutcome],
        is_listed: bool,
        terms: &Terms,
        now: Instant,
    ) -> Round {
        let findings = self.findings(ids, outcomes, is_listed);
        let mut told = Vec::new();
        let mut unclear = 0;
        for (id, finding) in ids.iter().zip(&findings) {
            let Some(member) = self.members.get_mut(id) else {
                continue;
            };
            self.is_answered |= *finding == Finding::Answers;
            let was_reachable = member.health.is_reachable();
            unclear += usize::from(*finding == Finding::Unclear && was_reachable);
            told.extend(member.take_finding(*finding, terms, now));
        }
        let nothing = |finding: &&Finding| **finding != Finding::Nothing;
        Round {
            told,
            tried: findings.iter().filter(nothing).count(),
            unclear,
        }
    }

    fn findings(&self, ids: &[VpsId], outcomes: &[ProbeOutcome], is_listed: bool) -> Vec<Finding> {
        let probed: Vec<_> = ids
            .iter()
            .zip(outcomes)
            .filter_map(|(id, outcome)| {
                let member = self.members.get(id)?;
                Some(Probed {
                    location: &member.vps.location,
                    was_reachable: member.health.is_reachable(),
                    outcome: *outcome,
                })
            })
            .collect();
        findings(&probed, is_listed)
    }

    /// Which VPS are to be rebooted in this look, those that have been silent for longest first.
    pub fn due(
        &self,
        probed: &[VpsId],
        terms: &Terms,
        powers: &Powers,
        now: Instant,
    ) -> Vec<VpsId> {
        let mut due: Vec<_> = probed
            .iter()
            .filter_map(|id| Some((id, &self.members.get(id)?.health)))
            .filter(|_| self.is_answered)
            .filter(|(id, health)| health.is_due(terms, powers.started(id), now))
            .collect();
        due.sort_unstable_by_key(|(id, health)| (health.silent_since(), *id));
        let most = probed.len().div_euclid(10).max(1);
        due.into_iter()
            .take(most)
            .map(|(id, _)| id.clone())
            .collect()
    }
}

impl Member {
    fn take_row(&mut self, vps: Vps) -> Vec<WatchEventKind> {
        let (before, status) = (self.vps.status.clone(), self.vps.vps_status.clone());
        if vps.ip_address != self.vps.ip_address {
            self.health.leave();
        }
        self.presence = Presence::Listed;
        self.vps = vps;
        self.changes(before, status)
    }

    fn changes(&self, billing: BillingStatus, status: VpsStatus) -> Vec<WatchEventKind> {
        let mut told = Vec::new();
        if self.vps.vps_status != status {
            told.push(WatchEventKind::StatusChanged {
                vps: self.vps.clone(),
                before: status,
            });
        }
        if self.vps.status != billing {
            told.push(WatchEventKind::BillingChanged {
                vps: self.vps.clone(),
                before: billing,
            });
        }
        told
    }

    fn take_finding(
        &mut self,
        finding: Finding,
        terms: &Terms,
        now: Instant,
    ) -> Option<WatchEventKind> {
        let vps = || self.vps.clone();
        let health = &mut self.health;
        match finding {
            Finding::Nothing => None,
            Finding::Unclear => {
                health.unclear();
                None
            }
            Finding::Answers => {
                let returned = health.answered(terms, now)?;
                Some(WatchEventKind::Reachable {
                    vps: vps(),
                    silent_ms: returned.silent_ms,
                    reboots: returned.reboots,
                })
            }
            Finding::Silent if health.silent(terms, now) => Some(WatchEventKind::Unreachable {
                vps: vps(),
                silent_probes: health.silences(),
                silent_ms: health.silent_ms(now),
            }),
            Finding::Silent => {
                health
                    .patience_ended_in_vain(now)
                    .then(|| WatchEventKind::StillSilent {
                        vps: vps(),
                        reboots: health.reboots(),
                        silent_ms: health.silent_ms(now),
                    })
            }
        }
    }
}
