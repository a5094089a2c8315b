//! VPS: what can be bought, what was bought, and what became of it.

use crate::ids::{ServerId, VpsId};
use crate::json::model;
use crate::money::Money;
use crate::open_enum::open_enum;
use crate::prelude::*;
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

model! {
    /// A VPS as listings show it (`GET /vps`): no password and no host name.
    Vps {
        /// The service's id: what every call takes.
        id: VpsId = "id",
        /// The size.
        plan_id: PlanId = "planId",
        /// How often it is paid for.
        billing_cycle: BillingCycle = "billingCycle",
        /// How the payment stands.
        status: BillingStatus = "status",
        /// How the machine stands.
        vps_status: VpsStatus = "vpsStatus",
        /// The public address, once there is one.
        ip_address: Option<String> = "ipAddress",
        /// Where it stands.
        location: Location = "location",
        /// The user to sign in as over RDP.
        rdp_username: Option<String> = "rdpUsername",
        /// The provider's own id. No call takes it.
        server_id: Option<ServerId> = "serverId",
        /// Until when it is paid for.
        current_period_end: Option<Timestamp> = "currentPeriodEnd",
        /// When it was ordered.
        created_at: Timestamp = "createdAt",
    }
}

model! {
    /// One VPS with all there is to know (`GET /vps/:id`).
    VpsDetails {
        /// The service's id: what every call takes.
        id: VpsId = "id",
        /// The size.
        plan_id: PlanId = "planId",
        /// How often it is paid for.
        billing_cycle: BillingCycle = "billingCycle",
        /// How the payment stands.
        status: BillingStatus = "status",
        /// How the machine stands.
        vps_status: VpsStatus = "vpsStatus",
        /// The public address, once there is one.
        ip_address: Option<String> = "ipAddress",
        /// The host name, once there is one.
        hostname: Option<String> = "hostname",
        /// The user to sign in as over RDP.
        rdp_username: Option<String> = "rdpUsername",
        /// The password to sign in with over RDP.
        rdp_password: Option<Secret> = "rdpPassword",
        /// Where it stands.
        location: Location = "location",
        /// The provider's own id. No call takes it.
        server_id: Option<ServerId> = "serverId",
        /// Since when the current period is paid for.
        current_period_start: Option<Timestamp> = "currentPeriodStart",
        /// Until when it is paid for.
        current_period_end: Option<Timestamp> = "currentPeriodEnd",
        /// When it was ordered.
        created_at: Timestamp = "createdAt",
    }
}

impl VpsDetails {
    /// Whether one can sign in: address, user and password are all there.
    #[must_use]
    pub fn has_credentials(&self) -> bool {
        self.ip_address.is_some() && self.rdp_username.is_some() && self.rdp_password.is_some()
    }
}

model! {
    /// The service's receipt for an order (`POST /vps`).
    Order {
        /// The new VPS's id: what every later call takes.
        id: VpsId = "id",
        /// The provider's own id. No call takes it.
        server_id: Option<ServerId> = "serverId" from "vpsId",
        /// The size.
        plan_id: PlanId = "planId",
        /// How often it is paid for.
        billing_cycle: BillingCycle = "billingCycle",
        /// Where it stands.
        location: Location = "location",
        /// How the machine stands: as a rule, `provisioning`.
        vps_status: VpsStatus = "vpsStatus",
        /// The user to sign in as over RDP.
        rdp_username: Option<String> = "rdpUsername",
        /// What the wallet was charged.
        cost: Money = "cost",
        /// What the wallet holds after it.
        new_balance: Money = "newBalance",
        /// The currency of both, `EUR`.
        currency: String = "currency",
        /// Until when it is paid for.
        current_period_end: Option<Timestamp> = "currentPeriodEnd",
        /// The service's own words.
        message: Option<String> = "message",
    }
}

model! {
    /// The end of a VPS (`DELETE /vps/:id`).
    DeletedVps {
        /// The id of what was deleted.
        id: VpsId = "id",
        /// Whether the provider confirmed; not known where the reply was lost.
        provider_deleted: Option<bool> = "providerDeleted",
        /// The service's own words.
        message: Option<String> = "message",
        ;
        /// True when the service answered "not found" to a repeated request whose first reply was lost.
        already_gone: bool = "alreadyGone",
    }
}

model! {
    /// The service's receipt for a power action (`POST /vps/:id/actions`).
    ActionReceipt {
        /// What was asked for.
        action: PowerAction = "action",
        /// The provider's own id. No call takes it.
        server_id: Option<ServerId> = "serverId" from "vpsId",
        /// The service's own words.
        message: Option<String> = "message",
    }
}
