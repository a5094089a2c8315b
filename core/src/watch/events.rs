//! What a watch tells.

use serde::Serialize;

use crate::error::Report;
use crate::models::{BillingStatus, Vps, VpsStatus};
use crate::money::Money;
use crate::time::Timestamp;

/// Something that a watch tells. It holds no key and no password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct WatchEvent {
    /// When, by the service's clock as far as its replies showed it.
    pub at: Timestamp,
    /// What.
    #[serde(flatten)]
    pub kind: WatchEventKind,
}

/// What a watch tells, with all that a message about it needs. Spans are in milliseconds of the monotonic clock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "event")]
#[serde(rename_all = "snake_case", rename_all_fields = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
#[non_exhaustive]
pub enum WatchEventKind {
    /// The first list: these VPS are watched.
    Started {
        /// All of the account's, in the order of their ids.
        vps: Vec<Vps>,
    },
    /// A VPS is new in the list.
    Added {
        /// The VPS.
        vps: Vps,
    },
    /// A VPS is no longer listed, twice in a row.
    Removed {
        /// The VPS as it was last seen.
        vps: Vps,
    },
    /// The machine's status is another.
    StatusChanged {
        /// The VPS as it is now.
        vps: Vps,
        /// The status before.
        before: VpsStatus,
    },
    /// The billing status is another.
    BillingChanged {
        /// The VPS as it is now.
        vps: Vps,
        /// The status before.
        before: BillingStatus,
    },
    /// A VPS that should be up does not answer, while others do.
    Unreachable {
        /// The VPS.
        vps: Vps,
        /// How many probes in a row it did not answer.
        silent_probes: u32,
        /// How long it has been silent at least.
        silent_ms: u64,
    },
    /// A VPS that was unreachable answers.
    Reachable {
        /// The VPS.
        vps: Vps,
        /// How long it was silent.
        silent_ms: u64,
        /// How often it was rebooted meanwhile.
        reboots: u32,
    },
    /// So many are silent at once that it is taken for the network's fault. Nothing is rebooted for it.
    ManySilent {
        /// How many VPS do not answer that did before.
        silent: u32,
        /// How many were probed.
        probed: u32,
    },
    /// Who is silent is so by itself again.
    ManySilentEnded {
        /// How long that lasted.
        lasted_ms: u64,
    },
    /// The service took a reboot.
    RebootSent {
        /// The VPS.
        vps: Vps,
        /// How often it was rebooted since it is silent, this one included.
        reboots: u32,
        /// How long it has been silent.
        silent_ms: u64,
        /// How long it is left alone now.
        patience_ms: u64,
    },
    /// A reboot's reply was lost: it may have been done. It counts as done.
    RebootUnknown {
        /// The VPS.
        vps: Vps,
        /// How often it was or may have been rebooted since it is silent, this one included.
        reboots: u32,
        /// How long it is left alone now.
        patience_ms: u64,
        /// What happened to the reply.
        error: Report,
    },
    /// A reboot that was due was refused or could not be sent. Nothing was done.
    RebootRefused {
        /// The VPS.
        vps: Vps,
        /// Why.
        error: Report,
        /// How long until it is tried again, where it is still due then.
        again_in_ms: u64,
    },
    /// A reboot was due by the list, but `GET /vps/:id` shows that the VPS is not paid or not active.
    RebootWithheld {
        /// The VPS, by the list.
        vps: Vps,
        /// The billing status that it shows itself.
        status: BillingStatus,
        /// The machine's status that it shows itself.
        vps_status: VpsStatus,
        /// How long until it is looked at again, where a reboot is still due then.
        again_in_ms: u64,
    },
    /// A VPS is still silent at the end of the patience after a reboot.
    StillSilent {
        /// The VPS.
        vps: Vps,
        /// How often it was or may have been rebooted since it is silent.
        reboots: u32,
        /// How long it has been silent.
        silent_ms: u64,
    },
    /// A paid period ends soon.
    PeriodEnding {
        /// The VPS.
        vps: Vps,
        /// When.
        ends_at: Timestamp,
        /// How long until then; 0 where it is past.
        ends_in_ms: u64,
        /// What the renewal costs by the prices that this version knows. None for a plan or cycle newer than it, and
        /// for a VPS that is canceled, which ends.
        renewal: Option<Money>,
        /// What this renewal and those that fall due before it cost together.
        renewals: Money,
        /// What the wallet holds. None where it could not be read.
        balance: Option<Money>,
        /// What the wallet lacks for all of them. None where it holds enough, or could not be read.
        missing: Option<Money>,
        /// The currency of all four.
        currency: String,
    },
    /// The list can't be read. Told once, until it can be again.
    ListingFailed {
        /// Why.
        error: Report,
        /// How long until the next look.
        next_look_ms: u64,
    },
    /// The list can be read again.
    ListingRecovered {
        /// How many looks failed.
        failed_looks: u32,
        /// How long that lasted.
        lasted_ms: u64,
    },
}

impl WatchEventKind {
    /// Whom it is about; nothing where it is about the account or the network.
    #[must_use]
    pub fn vps(&self) -> Option<&Vps> {
        match self {
            Self::Added { vps }
            | Self::Removed { vps }
            | Self::StatusChanged { vps, .. }
            | Self::BillingChanged { vps, .. }
            | Self::Unreachable { vps, .. }
            | Self::Reachable { vps, .. }
            | Self::RebootSent { vps, .. }
            | Self::RebootUnknown { vps, .. }
            | Self::RebootRefused { vps, .. }
            | Self::RebootWithheld { vps, .. }
            | Self::StillSilent { vps, .. }
            | Self::PeriodEnding { vps, .. } => Some(vps),
            Self::Started { .. }
            | Self::ManySilent { .. }
            | Self::ManySilentEnded { .. }
            | Self::ListingFailed { .. }
            | Self::ListingRecovered { .. } => None,
        }
    }

    /// Its name, the same in every language.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Started { .. } => "started",
            Self::Added { .. } => "added",
            Self::Removed { .. } => "removed",
            Self::StatusChanged { .. } => "status_changed",
            Self::BillingChanged { .. } => "billing_changed",
            Self::Unreachable { .. } => "unreachable",
            Self::Reachable { .. } => "reachable",
            Self::ManySilent { .. } => "many_silent",
            Self::ManySilentEnded { .. } => "many_silent_ended",
            Self::RebootSent { .. } => "reboot_sent",
            Self::RebootUnknown { .. } => "reboot_unknown",
            Self::RebootRefused { .. } => "reboot_refused",
            Self::RebootWithheld { .. } => "reboot_withheld",
            Self::StillSilent { .. } => "still_silent",
            Self::PeriodEnding { .. } => "period_ending",
            Self::ListingFailed { .. } => "listing_failed",
            Self::ListingRecovered { .. } => "listing_recovered",
        }
    }
}
