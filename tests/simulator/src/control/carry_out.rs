//! Carrying commands out.

use super::{Answer, Command, ControlError, NewKey, VpsChange};
use crate::Simulator;
use crate::config::VpsSeed;
use crate::service::key_calls::expiry;
use crate::service::moment::Moment;
use crate::service::vps::{Owner, Vps};

impl Command {
    pub(crate) fn carry_out(
        self,
        simulator: &mut Simulator,
        now: Moment,
    ) -> Result<Answer, ControlError> {
        match self {
            Self::Fault(fault) => simulator.faults.push(*fault),
            Self::ClearFaults => simulator.faults.clear(),
            Self::SetBalance { amount } => simulator.service.wallet.set_balance(amount),
            Self::SetVps(change) => change_vps(simulator, &change, now)?,
            Self::AddVps(seed) => return add_vps(simulator, &seed, Owner::Account, now),
            Self::AddForeignVps(seed) => return add_vps(simulator, &seed, Owner::SomeoneElse, now),
            Self::CreateKey(key) => return create_key(simulator, &key, now),
            Self::ExpireKey { key } => {
                if !simulator.service.keys.expire(key.expose(), now) {
                    return Err(ControlError::new("no such key"));
                }
            }
            Self::State => return Ok(Answer::State(Box::new(simulator.state(now.0)))),
            Self::Requests => {
                return Ok(Answer::Requests {
                    requests: simulator.journal.log(),
                });
            }
        }
        Ok(Answer::Done {})
    }
}

fn add_vps(
    simulator: &mut Simulator,
    seed: &VpsSeed,
    owner: Owner,
    now: Moment,
) -> Result<Answer, ControlError> {
    match &seed.id {
        Some(id) if simulator.service.fleet.has(id) => Err(ControlError::new(format!(
            "id: there is a VPS {id} already"
        ))),
        _ => Ok(Answer::Added {
            id: simulator.service.add_vps(seed, owner, now),
        }),
    }
}

fn create_key(
    simulator: &mut Simulator,
    key: &NewKey,
    now: Moment,
) -> Result<Answer, ControlError> {
    if simulator.service.keys.is_full() {
        return Err(ControlError::new("the account has 10 keys already"));
    }
    let expires_at = match key.expires_in_days {
        None => None,
        Some(days) => {
            let end = expiry(days, now);
            Some(end.ok_or_else(|| {
                ControlError::new("expires_in_days: must be above 0 and at most 36500")
            })?)
        }
    };
    let made = simulator
        .service
        .issue_key(&key.name, key.scope, expires_at, now);
    Ok(Answer::Key {
        id: made.id,
        key: made.raw,
    })
}

fn change_vps(
    simulator: &mut Simulator,
    change: &VpsChange,
    now: Moment,
) -> Result<(), ControlError> {
    let vps = simulator.service.fleet.change(&change.id);
    let vps = vps.ok_or_else(|| ControlError::new(format!("id: there is no VPS {}", change.id)))?;
    apply(change, vps, now);
    Ok(())
}

fn apply(change: &VpsChange, vps: &mut Vps, now: Moment) {
    if let Some(ms) = change.active_in_ms {
        vps.provision_until(now.plus_ms(ms));
    }
    if let Some(status) = &change.vps_status {
        vps.force_status(status, now);
    }
    if let Some(status) = &change.status {
        vps.billing_status.clone_from(status);
    }
    if let Some(ms) = change.details_in_ms {
        vps.details_at = now.plus_ms(ms);
    }
    if let Some(hangs) = change.hangs {
        vps.hangs = hangs;
    }
    if let Some(ms) = change.appear_404_ms {
        vps.found_from = now.plus_ms(ms);
    }
}
