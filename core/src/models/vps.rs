//! VPS: what can be bought, what was bought, and what became of it.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::ids::{ServerId, VpsId};
use crate::json;
use crate::money::Money;
use crate::open_enum::open_enum;
use crate::secret::Secret;
use crate::time::Timestamp;

open_enum! {
    /// The size of a VPS.
    PlanId {
        /// Starter: 1 vCPU, 2.5 GB of memory, 17 GB NVMe.
        Basic = "basic",
        /// Professional: 2 vCPU, 4 GB of memory, 35 GB NVMe.
        Prime = "prime",
        /// Enterprise: 4 vCPU, 8 GB of memory, 65 GB NVMe.
        Pro = "pro",
    }
}

open_enum! {
    /// How often a VPS is paid for.
    BillingCycle {
        /// Every month.
        Monthly = "monthly",
        /// Every year.
        Yearly = "yearly",
    }
}

open_enum! {
    /// Where a VPS stands.
    Location {
        /// Amsterdam.
        Amsterdam = "amsterdam",
        /// London.
        London = "london",
        /// Frankfurt.
        Frankfurt = "frankfurt",
        /// New York.
        NewYork = "newYork",
        /// Singapore.
        Singapore = "singapore",
        /// Tokyo.
        Tokyo = "tokyo",
    }
}

open_enum! {
    /// How the payment for a VPS stands.
    BillingStatus {
        /// Paid for.
        Active = "active",
        /// Ends with the period.
        Canceled = "canceled",
        /// A payment is overdue.
        PastDue = "past_due",
        /// In a trial period.
        Trialing = "trialing",
        /// Not paid yet.
        Pending = "pending",
    }
}

open_enum! {
    /// How the machine itself stands.
    VpsStatus {
        /// Being set up.
        Provisioning = "provisioning",
        /// Running.
        Active = "active",
        /// Halted by the service.
        Suspended = "suspended",
        /// Gone for good.
        Terminated = "terminated",
    }
}

open_enum! {
    /// What can be done to a running VPS.
    PowerAction {
        /// Switch it on.
        Start = "start",
        /// Switch it off.
        Stop = "stop",
        /// Restart it.
        Reboot = "reboot",
    }
}

/// A VPS as listings show it (`GET /vps`): no password and no host name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct Vps {
    /// The service's id: what every call takes.
    pub id: VpsId,
    /// The size.
    pub plan_id: PlanId,
    /// How often it is paid for.
    pub billing_cycle: BillingCycle,
    /// How the payment stands.
    pub status: BillingStatus,
    /// How the machine stands.
    pub vps_status: VpsStatus,
    /// The public address, once there is one.
    #[serde(default, deserialize_with = "json::optional")]
    pub ip_address: Option<String>,
    /// Where it stands.
    pub location: Location,
    /// The user to sign in as over RDP.
    #[serde(default, deserialize_with = "json::optional")]
    pub rdp_username: Option<String>,
    /// The provider's own id. No call takes it.
    #[serde(default, deserialize_with = "json::optional")]
    pub server_id: Option<ServerId>,
    /// Until when it is paid for.
    #[serde(default, deserialize_with = "json::optional")]
    pub current_period_end: Option<Timestamp>,
    /// When it was ordered.
    #[serde(default, deserialize_with = "json::optional")]
    pub created_at: Option<Timestamp>,
}

/// One VPS with all there is to know (`GET /vps/:id`).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct VpsDetails {
    /// The service's id: what every call takes.
    pub id: VpsId,
    /// The size.
    pub plan_id: PlanId,
    /// How often it is paid for.
    pub billing_cycle: BillingCycle,
    /// How the payment stands.
    pub status: BillingStatus,
    /// How the machine stands.
    pub vps_status: VpsStatus,
    /// The public address, once there is one.
    #[serde(default, deserialize_with = "json::optional")]
    pub ip_address: Option<String>,
    /// The host name, once there is one.
    #[serde(default, deserialize_with = "json::optional")]
    pub hostname: Option<String>,
    /// The user to sign in as over RDP.
    #[serde(default, deserialize_with = "json::optional")]
    pub rdp_username: Option<String>,
    /// The password to sign in with over RDP.
    #[serde(default, deserialize_with = "json::optional")]
    pub rdp_password: Option<Secret>,
    /// Where it stands.
    pub location: Location,
    /// The provider's own id. No call takes it.
    #[serde(default, deserialize_with = "json::optional")]
    pub server_id: Option<ServerId>,
    /// Since when the current period is paid for.
    #[serde(default, deserialize_with = "json::optional")]
    pub current_period_start: Option<Timestamp>,
    /// Until when it is paid for.
    #[serde(default, deserialize_with = "json::optional")]
    pub current_period_end: Option<Timestamp>,
    /// When it was ordered.
    #[serde(default, deserialize_with = "json::optional")]
    pub created_at: Option<Timestamp>,
}

impl VpsDetails {
    /// Whether one can sign in: a usable address, user and password are all there.
    #[must_use]
    pub fn has_credentials(&self) -> bool {
        self.ip_address.as_deref().is_some_and(is_usable_address)
            && self.rdp_username.is_some()
            && self.rdp_password.is_some()
    }
}

/// Whether an address is one that a VPS can have: `0.0.0.0` and the like stand for none yet.
pub(crate) fn is_usable_address(text: &str) -> bool {
    match text.parse::<IpAddr>() {
        Ok(address @ IpAddr::V4(v4)) => {
            let is_special = address.is_unspecified() || address.is_loopback();
            !(is_special || address.is_multicast() || v4.is_broadcast() || v4.is_link_local())
        }
        Ok(address @ IpAddr::V6(v6)) => {
            let is_special = address.is_unspecified() || address.is_loopback();
            !(is_special || address.is_multicast() || v6.is_unicast_link_local())
        }
        // The service may have names one day.
        Err(_) => true,
    }
}

impl VpsStatus {
    /// Whether a VPS of that status can't become usable by itself.
    #[must_use]
    pub fn is_failed(&self) -> bool {
        const FAILED: [&str; 6] = [
            "failed",
            "error",
            "cancelled",
            "canceled",
            "deleted",
            "expired",
        ];
        match self {
            Self::Suspended | Self::Terminated => true,
            Self::Provisioning | Self::Active => false,
            Self::Unknown(text) => FAILED.iter().any(|word| text.eq_ignore_ascii_case(word)),
        }
    }
}

/// The service's receipt for an order (`POST /vps`).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct Order {
    /// The new VPS's id: what every later call takes.
    pub id: VpsId,
    /// The provider's own id. No call takes it.
    #[serde(
        rename(deserialize = "vpsId"),
        default,
        deserialize_with = "json::optional"
    )]
    pub server_id: Option<ServerId>,
    /// The size.
    pub plan_id: PlanId,
    /// How often it is paid for.
    pub billing_cycle: BillingCycle,
    /// Where it stands.
    pub location: Location,
    /// How the machine stands: as a rule, `provisioning`.
    pub vps_status: VpsStatus,
    /// The user to sign in as over RDP.
    #[serde(default, deserialize_with = "json::optional")]
    pub rdp_username: Option<String>,
    /// What the wallet was charged.
    pub cost: Money,
    /// What the wallet holds after it.
    pub new_balance: Money,
    /// The currency of both, `EUR`.
    #[serde(deserialize_with = "json::required")]
    pub currency: String,
    /// Until when it is paid for.
    #[serde(default, deserialize_with = "json::optional")]
    pub current_period_end: Option<Timestamp>,
    /// The service's own words.
    #[serde(default, deserialize_with = "json::optional")]
    pub message: Option<String>,
}

/// The end of a VPS (`DELETE /vps/:id`).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct DeletedVps {
    /// The id of what was deleted.
    pub id: VpsId,
    /// Whether the provider confirmed; not known where the reply was lost.
    #[serde(default, deserialize_with = "json::optional")]
    pub provider_deleted: Option<bool>,
    /// The service's own words.
    #[serde(default, deserialize_with = "json::optional")]
    pub message: Option<String>,
    /// True when the service answered "not found" to a repeated request whose first reply was lost.
    #[serde(skip_deserializing)]
    pub already_gone: bool,
}

/// The service's receipt for a power action (`POST /vps/:id/actions`).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct ActionReceipt {
    /// What was asked for.
    pub action: PowerAction,
    /// The provider's own id. No call takes it.
    #[serde(
        rename(deserialize = "vpsId"),
        default,
        deserialize_with = "json::optional"
    )]
    pub server_id: Option<ServerId>,
    /// The service's own words.
    #[serde(default, deserialize_with = "json::optional")]
    pub message: Option<String>,
}
