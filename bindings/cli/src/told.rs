//! What a watch tells, in words.

use crate::api::{Money, WatchEventKind};

/// One event as a sentence without its subject, which is the VPS.
pub fn words(kind: &WatchEventKind) -> String {
    match kind {
        WatchEventKind::Started { vps } => format!("watching {}", count(vps.len(), "VPS", "VPS")),
        WatchEventKind::Added { vps } => {
            format!(
                "is new: {} in {}, {}",
                vps.plan_id, vps.location, vps.vps_status
            )
        }
        WatchEventKind::Removed { .. } => "is gone".to_owned(),
        WatchEventKind::StatusChanged { vps, before } => {
            format!("is {}, was {before}", vps.vps_status)
        }
        WatchEventKind::BillingChanged { vps, before } => {
            format!("its payment is {}, was {before}", vps.status)
        }
        WatchEventKind::ManySilent { silent, probed } => format!(
            "{silent} of {probed} do not answer: too many at once, so that nothing is rebooted for it"
        ),
        WatchEventKind::ManySilentEnded { lasted_ms } => {
            format!("no longer too many are silent, after {}", span(*lasted_ms))
        }
        WatchEventKind::ListingFailed { error, .. } => {
            format!("the VPS can't be listed: {}", error.message)
        }
        WatchEventKind::ListingRecovered { lasted_ms, .. } => {
            format!("the VPS can be listed again, after {}", span(*lasted_ms))
        }
        WatchEventKind::PeriodEnding { .. } => renewal(kind),
        WatchEventKind::Unreachable { .. }
        | WatchEventKind::Reachable { .. }
        | WatchEventKind::StillSilent { .. } => answers(kind),
        _ => reboot(kind),
    }
}

fn answers(kind: &WatchEventKind) -> String {
    match kind {
        WatchEventKind::Unreachable { silent_probes, .. } => {
            let probes = usize::try_from(*silent_probes).unwrap_or_default();
            format!(
                "does not answer: {}",
                count(probes, "probe", "probes in a row")
            )
        }
        WatchEventKind::Reachable {
            silent_ms,
            reboots: 0,
            ..
        } => {
            format!("answers again, after {}", span(*silent_ms))
        }
        WatchEventKind::Reachable {
            silent_ms, reboots, ..
        } => {
            let after = span(*silent_ms);
            format!("answers again, after {after} and {}", times(*reboots))
        }
        WatchEventKind::StillSilent {
            silent_ms, reboots, ..
        } => {
            let after = span(*silent_ms);
            format!(
                "still does not answer, after {after} and {}",
                times(*reboots)
            )
        }
        other => other.name().replace('_', " "),
    }
}

fn reboot(kind: &WatchEventKind) -> String {
    match kind {
        WatchEventKind::RebootSent { patience_ms, .. } => {
            format!("is rebooted, and left alone for {}", span(*patience_ms))
        }
        WatchEventKind::RebootUnknown {
            patience_ms, error, ..
        } => {
            let patience = span(*patience_ms);
            format!(
                "may be rebooted, and is left alone for {patience}: {}",
                error.message
            )
        }
        WatchEventKind::RebootRefused {
            again_in_ms, error, ..
        } => {
            let again = span(*again_in_ms);
            format!("is not rebooted, tried again in {again}: {}", error.message)
        }
        WatchEventKind::RebootWithheld {
            vps_status, status, ..
        } => {
            format!("is not rebooted: it shows itself as {vps_status}, its payment as {status}")
        }
        // Of a version newer than this.
        other => other.name().replace('_', " "),
    }
}

fn renewal(kind: &WatchEventKind) -> String {
    let WatchEventKind::PeriodEnding {
        ends_at,
        renewal,
        balance,
        missing,
        currency,
        ..
    } = kind
    else {
        return String::new();
    };
    let day: String = ends_at.to_string().chars().take(10).collect();
    let amount = |what: &str, amount: &Option<Money>| {
        let amount = amount.as_ref();
        amount.map_or_else(String::new, |amount| {
            format!(", {what} {amount} {currency}")
        })
    };
    let renewal = amount("the renewal costs", renewal);
    let balance = amount("the wallet holds", balance);
    let missing = amount("and lacks for all until then", missing);
    format!("is paid until {day}{renewal}{balance}{missing}")
}

fn times(reboots: u32) -> String {
    count(
        usize::try_from(reboots).unwrap_or_default(),
        "reboot",
        "reboots",
    )
}

fn count(number: usize, one: &str, several: &str) -> String {
    match number {
        1 => format!("1 {one}"),
        number => format!("{number} {several}"),
    }
}

/// A span in its largest whole unit.
fn span(ms: u64) -> String {
    match ms.div_euclid(1_000) {
        seconds @ 0..120 => format!("{seconds} s"),
        seconds @ 120..7_200 => format!("{} min", seconds.div_euclid(60)),
        seconds => format!("{} h", seconds.div_euclid(3_600)),
    }
}
