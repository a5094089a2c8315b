//! VPS.

use core::str::FromStr;

use super::{receipt, segment};
use crate::endpoint::{Access, Endpoint, EndpointInfo, RetryClass};
use crate::error::Error;
use crate::ids::VpsId;
use crate::json::{self, Misfit, Model as _, model, model_field, object, written};
use crate::models::{
    ActionReceipt, BillingCycle, DeletedVps, Location, Order, PlanId, PowerAction, Vps, VpsDetails,
};
use crate::output::Output;
use crate::prelude::*;
use crate::words::words;

fn vps_id(id: &str) -> Result<VpsId, Error> {
    VpsId::from_str(id).map_err(|reason| Error::invalid_input("id", reason))
}

/// `GET /vps`
#[derive(Clone, Copy, Debug)]
pub struct ListVps;

impl Endpoint for ListVps {
    type Output = Vec<Vps>;

    fn info(&self) -> EndpointInfo {
        EndpointInfo {
            route: "GET /vps",
            method: "GET",
            access: Access::AnyKey,
            retry_class: RetryClass::Read,
            advice: "",
        }
    }

    fn path(&self) -> String {
        "/vps".to_owned()
    }

    /// A listing that says it has more than it shows is refused: a purchase relies on it.
    #[allow(private_interfaces)]
    fn parse(&self, body: &mut Vec<u8>) -> Result<Vec<Vps>, Misfit> {
        let mut listed = Vec::new();
        let (count, total) = json::rows(body, Output::LISTING, Vps::NAMES, &mut |fields| {
            fields.model().map(|vps| listed.push(vps))
        })?;
        json::is_whole(count, &total)?;
        Ok(listed)
    }
}

model! {
    /// What to buy.
    CreateVps {
        /// The size.
        plan_id: PlanId = "planId",
        /// How often to pay.
        billing_cycle: BillingCycle = "billingCycle",
        /// Where.
        location: Location = "location",
    }
}

model_field!(CreateVps);

impl CreateVps {
    /// Checks the arguments. Values newer than this version are passed on: the service decides.
    ///
    /// # Errors
    /// `InvalidInput` for text that can't name a plan, a cycle or a location.
    pub fn new(plan_id: &str, billing_cycle: &str, location: &str) -> Result<Self, Error> {
        let fields = [
            ("plan_id", plan_id),
            ("billing_cycle", billing_cycle),
            ("location", location),
        ];
        for (field, text) in fields {
            let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
            if text.is_empty() || text.len() > 64 || !text.chars().all(plain) {
                let reason = "must be 1 to 64 letters, digits, dots, hyphens or underscores";
                return Err(Error::invalid_input(field, reason));
            }
        }
        Ok(Self {
            plan_id: plan_id.into(),
            billing_cycle: billing_cycle.into(),
            location: location.into(),
        })
    }

    /// Whether a VPS could be the one that this order asks for.
    #[must_use]
    pub fn matches(&self, vps: &Vps) -> bool {
        vps.plan_id == self.plan_id
            && vps.billing_cycle == self.billing_cycle
            && vps.location == self.location
    }
}

impl Endpoint for CreateVps {
    type Output = Order;

    fn info(&self) -> EndpointInfo {
        EndpointInfo {
            route: "POST /vps",
            method: "POST",
            access: Access::FullKey,
            retry_class: RetryClass::Once,
            advice: "list the VPS and compare before ordering again",
        }
    }

    fn path(&self) -> String {
        "/vps".to_owned()
    }

    fn body(&self) -> Option<Vec<u8>> {
        Some(written(self).into_bytes())
    }

    #[allow(private_interfaces)]
    fn parse(&self, body: &mut Vec<u8>) -> Result<Order, Misfit> {
        receipt(body)
    }
}

/// `GET /vps/:id`
#[derive(Clone, Debug)]
pub struct GetVps {
    id: VpsId,
}

impl GetVps {
    /// Checks the id.
    ///
    /// # Errors
    /// `InvalidInput` for an id that can't be one.
    pub fn new(id: &str) -> Result<Self, Error> {
        vps_id(id).map(|id| Self { id })
    }
}

impl From<VpsId> for GetVps {
    fn from(id: VpsId) -> Self {
        Self { id }
    }
}

impl Endpoint for GetVps {
    type Output = VpsDetails;

    fn info(&self) -> EndpointInfo {
        EndpointInfo {
            route: "GET /vps/:id",
            method: "GET",
            access: Access::AnyKey,
            retry_class: RetryClass::Read,
            advice: "",
        }
    }

    fn path(&self) -> String {
        words!("/vps/", segment(self.id.as_str()))
    }

    #[allow(private_interfaces)]
    fn parse(&self, body: &mut Vec<u8>) -> Result<VpsDetails, Misfit> {
        json::document(body)
    }
}

/// `DELETE /vps/:id`: irreversible, and nothing is refunded.
#[derive(Clone, Debug)]
pub struct DeleteVps {
    id: VpsId,
}

impl DeleteVps {
    /// Checks the id.
    ///
    /// # Errors
    /// `InvalidInput` for an id that can't be one.
    pub fn new(id: &str) -> Result<Self, Error> {
        vps_id(id).map(|id| Self { id })
    }
}

impl Endpoint for DeleteVps {
    type Output = DeletedVps;

    fn info(&self) -> EndpointInfo {
        EndpointInfo {
            route: "DELETE /vps/:id",
            method: "DELETE",
            access: Access::FullKey,
            retry_class: RetryClass::Repeatable,
            advice: "",
        }
    }

    fn path(&self) -> String {
        words!("/vps/", segment(self.id.as_str()))
    }

    #[allow(private_interfaces)]
    fn parse(&self, body: &mut Vec<u8>) -> Result<DeletedVps, Misfit> {
        receipt(body)
    }

    fn already_done(&self) -> Option<DeletedVps> {
        Some(DeletedVps {
            id: self.id.clone(),
            provider_deleted: None,
            message: None,
            already_gone: true,
        })
    }
}

/// `POST /vps/:id/actions` with `start` or `stop`, which may be repeated, or `reboot`, which may not.
#[derive(Clone, Debug)]
pub struct ControlVps<const REPEATABLE: bool> {
    id: VpsId,
    action: PowerAction,
}

impl ControlVps<true> {
    /// Switches a VPS on.
    ///
    /// # Errors
    /// `InvalidInput` for an id that can't be one.
    pub fn start(id: &str) -> Result<Self, Error> {
        vps_id(id).map(|id| Self {
            id,
            action: PowerAction::Start,
        })
    }

    /// Switches a VPS off.
    ///
    /// # Errors
    /// `InvalidInput` for an id that can't be one.
    pub fn stop(id: &str) -> Result<Self, Error> {
        vps_id(id).map(|id| Self {
            id,
            action: PowerAction::Stop,
        })
    }
}

impl ControlVps<false> {
    /// Restarts a VPS.
    ///
    /// # Errors
    /// `InvalidInput` for an id that can't be one.
    pub fn reboot(id: &str) -> Result<Self, Error> {
        vps_id(id).map(|id| Self {
            id,
            action: PowerAction::Reboot,
        })
    }
}

impl<const REPEATABLE: bool> Endpoint for ControlVps<REPEATABLE> {
    type Output = ActionReceipt;

    fn info(&self) -> EndpointInfo {
        EndpointInfo {
            route: "POST /vps/:id/actions",
            method: "POST",
            access: Access::FullKey,
            retry_class: if REPEATABLE {
                RetryClass::Repeatable
            } else {
                RetryClass::Once
            },
            advice: "see whether the VPS answers before rebooting it again",
        }
    }

    fn path(&self) -> String {
        words!("/vps/", segment(self.id.as_str()), "/actions")
    }

    fn body(&self) -> Option<Vec<u8>> {
        Some(object(&[("action", &self.action)]).into_bytes())
    }

    #[allow(private_interfaces)]
    fn parse(&self, body: &mut Vec<u8>) -> Result<ActionReceipt, Misfit> {
        receipt(body)
    }
}
