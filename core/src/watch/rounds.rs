//! Which silences of one round of probes count: rule 4.

use std::collections::HashMap;

use crate::models::Location;
use crate::probe::ProbeOutcome;

/// One VPS of a round.
pub(super) struct Probed<'a> {
    pub location: &'a Location,
    /// Whether it was reachable until now.
    pub was_reachable: bool,
    pub outcome: ProbeOutcome,
}

/// What a probe says about its VPS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Finding {
    Answers,
    /// It is silent while its peers answer.
    Silent,
    /// It is silent, and so are most of its peers.
    Unclear,
    /// Nothing.
    Nothing,
}

/// How many VPS there are that were reachable until now or answer again, and how many of them answer.
#[derive(Clone, Copy, Debug, Default)]
struct Peers {
    all: usize,
    answering: usize,
}

impl Peers {
    fn add(&mut self, outcome: ProbeOutcome) {
        match outcome {
            ProbeOutcome::Answered => {
                self.all += 1;
                self.answering += 1;
            }
            ProbeOutcome::Silent => self.all += 1,
            ProbeOutcome::NotTried => {}
        }
    }

    /// Whether at least half of them answer, leaving out the silent one itself; nothing where there are no others.
    fn answer(self, own: usize) -> Option<bool> {
        let others = self.all.saturating_sub(own);
        (others > 0).then(|| self.answering.saturating_mul(2) >= others)
    }
}

/// What each probe of a round says. `service_answers`: whether the list was read in this look.
pub(super) fn findings(probed: &[Probed<'_>], service_answers: bool) -> Vec<Finding> {
    let mut all = Peers::default();
    let mut at: HashMap<&Location, Peers> = HashMap::new();
    let is_peer = |one: &&Probed<'_>| one.was_reachable || one.outcome == ProbeOutcome::Answered;
    for one in probed.iter().filter(is_peer) {
        all.add(one.outcome);
        at.entry(one.location).or_default().add(one.outcome);
    }
    let finding = |one: &Probed<'_>| match one.outcome {
        ProbeOutcome::Answered => Finding::Answers,
        ProbeOutcome::NotTried => Finding::Nothing,
        ProbeOutcome::Silent => {
            let own = usize::from(one.was_reachable);
            let near = at.get(one.location).copied().unwrap_or_default();
            let counts = near
                .answer(own)
                .or_else(|| all.answer(own))
                .unwrap_or(service_answers && probed.len() == 1);
            if counts {
                Finding::Silent
            } else {
                Finding::Unclear
            }
        }
    };
    probed.iter().map(finding).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A round in letters, by places divided by blanks: `a` answers, `s` is silent, `n` was not tried; capital letters
    /// were unreachable before.
    fn found(round: &str, service_answers: bool) -> String {
        let places = ["london", "tokyo", "singapore"].map(Location::from);
        let rows = round.split(' ').zip(&places);
        let probed: Vec<_> = rows
            .flat_map(|(row, location)| {
                row.chars().map(move |letter| Probed {
                    location,
                    was_reachable: letter.is_lowercase(),
                    outcome: match letter.to_ascii_lowercase() {
                        'a' => ProbeOutcome::Answered,
                        's' => ProbeOutcome::Silent,
                        _ => ProbeOutcome::NotTried,
                    },
                })
            })
            .collect();
        let letter = |finding| match finding {
            Finding::Answers => 'a',
            Finding::Silent => 's',
            Finding::Unclear => '?',
            Finding::Nothing => '-',
        };
        findings(&probed, service_answers)
            .into_iter()
            .map(letter)
            .collect()
    }

    #[test]
    fn a_silence_counts_while_at_least_half_of_its_peers_answer() {
        for (round, service_answers, expected) in [
            // One VPS alone: the service is its peer.
            ("s", true, "s"),
            ("s", false, "?"),
            ("S", true, "s"),
            ("S", false, "?"),
            // Two of one place.
            ("sa", false, "sa"),
            ("ss", true, "??"),
            ("sS", true, "??"),
            ("Sa", false, "sa"),
            ("SA", false, "sa"),
            ("SS", true, "??"),
            // The other one was not tried: nothing is known of the network.
            ("sn", true, "?-"),
            // Half of the peers is enough, less is not.
            ("ssa", true, "ssa"),
            ("sssa", true, "???a"),
            ("sssaa", true, "sssaa"),
            ("ssssaa", true, "????aa"),
            // A place that is silent as a whole, and others that answer.
            ("sss aaaa", true, "???aaaa"),
            // The only one of its place is measured by the others.
            ("s aaa", false, "saaa"),
            ("s sss", true, "????"),
            ("s ssa", true, "?ssa"),
            // Unreachable ones are peers only once they answer.
            ("s S a", true, "ssa"),
            ("S s s", true, "???"),
            ("sA", false, "sa"),
        ] {
            assert_eq!(found(round, service_answers), expected, "{round}");
        }
    }
}
