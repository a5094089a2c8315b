//! VPS.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{is_blank, receipt, segment};
use crate::decode::{DecodeError, document, listing, text_if_it_fits};
use crate::endpoint::{Access, Endpoint, EndpointInfo};
use crate::error::Error;
use crate::http::RetryClass;
use crate::ids::VpsId;
use crate::json;
use crate::models::{
    ActionReceipt, BillingCycle, DeletedVps, Location, Order, PlanId, PowerAction, Vps, VpsDetails,
};

fn vps_id(id: &str) -> Result<VpsId, Error> {
    VpsId::from_str(id).map_err(|reason| Error::invalid_input("id", reason))
}

/// `GET /vps`
#[derive(Clone, Copy, Debug)]
pub struct ListVps;

impl Endpoint for ListVps {
    type Output = Vec<Vps>;

    fn info(&self) -> EndpointInfo {
        EndpointInfo::read("GET /vps")
    }

    fn path(&self) -> String {
        "/vps".to_owned()
    }

    fn parse(&self, body: &mut Vec<u8>) -> Result<Vec<Vps>, DecodeError> {
        #[derive(Deserialize)]
        struct Listing {
            #[serde(deserialize_with = "json::objects")]
            vps: Vec<Vps>,
        }
        listing::<Listing>(body).map(|listing| listing.vps)
    }
}

/// `GET /vps` as a purchase reads it: all of the account's VPS, and of each no more than must be known.
#[derive(Clone, Copy, Debug)]
pub struct ListAllVps;

/// What a purchase needs of a VPS at least.
#[derive(Deserialize)]
struct Identified {
    id: VpsId,
}

/// A row of [`ListAllVps`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedVps {
    /// The service's id.
    pub id: VpsId,
    /// All that a listing has of a VPS, if it is as documented.
    pub vps: Option<Vps>,
}

impl Endpoint for ListAllVps {
    type Output = Vec<ListedVps>;

    fn info(&self) -> EndpointInfo {
        ListVps.info()
    }

    fn path(&self) -> String {
        ListVps.path()
    }

    /// A row of something else must not keep anyone from buying, so that only its id is needed. But a listing
    /// that says it has more than it shows is refused: what is not shown would count as not there.
    fn parse(&self, body: &mut Vec<u8>) -> Result<Vec<ListedVps>, DecodeError> {
        #[derive(Deserialize)]
        struct Listing<'a> {
            #[serde(borrow)]
            vps: Vec<&'a RawValue>,
            #[serde(default, deserialize_with = "json::optional")]
            total: Option<u64>,
        }
        let Listing { vps, total } = document(body)?;
        let rows = vps.len();
        let read = |(index, row): (usize, &RawValue)| {
            let text = row.get();
            if let Some(vps) = text_if_it_fits::<Vps>(text) {
                let id = vps.id.clone();
                return Ok(ListedVps { id, vps: Some(vps) });
            }
            let Identified { id } = document(text.as_bytes())
                .map_err(|error| error.within(&format!("vps[{index}]")))?;
            Ok(ListedVps { id, vps: None })
        };
        let vps = vps
            .into_iter()
            .enumerate()
            .map(read)
            .collect::<Result<_, _>>()?;
        match total {
            Some(total) if u64::try_from(rows).is_ok_and(|rows| rows < total) => {
                let reason = format!("says {total}, but there are {rows}");
                Err(DecodeError::at("total", reason))
            }
            Some(_) | None => Ok(vps),
        }
    }
}

/// What to buy.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateVps {
    /// The size.
    pub plan_id: PlanId,
    /// How often to pay.
    pub billing_cycle: BillingCycle,
    /// Where.
    pub location: Location,
}

impl CreateVps {
    /// Checks the arguments. Values newer than this version are passed on: the service decides.
    ///
    /// # Errors
    /// `InvalidInput` for text that can't name a plan, a cycle or a location.
    pub fn new(
        plan_id: impl Into<PlanId>,
        billing_cycle: impl Into<BillingCycle>,
        location: impl Into<Location>,
    ) -> Result<Self, Error> {
        let new = Self {
            plan_id: plan_id.into(),
            billing_cycle: billing_cycle.into(),
            location: location.into(),
        };
        let fields = [
            ("plan_id", new.plan_id.as_str()),
            ("billing_cycle", new.billing_cycle.as_str()),
            ("location", new.location.as_str()),
        ];
        for (field, text) in fields {
            let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
            if text.is_empty() || text.len() > 64 || !text.chars().all(plain) {
                let reason = "must be 1 to 64 letters, digits, dots, hyphens or underscores";
                return Err(Error::invalid_input(field, reason));
            }
        }
        Ok(new)
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

    fn body(&self) -> Option<String> {
        Some(json::written(self))
    }

    fn parse(&self, body: &mut Vec<u8>) -> Result<Order, DecodeError> {
        receipt(body)
    }
}

/// `POST /vps` as a purchase reads it: the id is what decides.
#[derive(Clone, Debug)]
pub struct PlaceOrder(pub CreateVps);

/// A reply to [`PlaceOrder`].
#[derive(Clone, Debug)]
pub enum Placement {
    /// The receipt.
    Receipt(Box<Order>),
    /// A receipt of which no more than the new VPS's id is as documented.
    Id(VpsId),
}

impl Endpoint for PlaceOrder {
    type Output = Placement;

    fn info(&self) -> EndpointInfo {
        self.0.info()
    }

    fn path(&self) -> String {
        self.0.path()
    }

    fn body(&self) -> Option<String> {
        self.0.body()
    }

    fn parse(&self, body: &mut Vec<u8>) -> Result<Placement, DecodeError> {
        match self.0.parse(body) {
            Ok(order) => Ok(Placement::Receipt(Box::new(order))),
            Err(error) => {
                let Identified { id } = receipt(body).map_err(|_| error)?;
                Ok(Placement::Id(id))
            }
        }
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
        EndpointInfo::read("GET /vps/:id")
    }

    fn path(&self) -> String {
        format!("/vps/{}", segment(self.id.as_str()))
    }

    fn parse(&self, body: &mut Vec<u8>) -> Result<VpsDetails, DecodeError> {
        let vps: VpsDetails = document(body)?;
        // Hexadecimal digits may come back in another case.
        if !vps.id.as_str().eq_ignore_ascii_case(self.id.as_str()) {
            return Err(DecodeError::at("id", "must be the one that was asked for"));
        }
        Ok(vps)
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
        format!("/vps/{}", segment(self.id.as_str()))
    }

    fn parse(&self, body: &mut Vec<u8>) -> Result<DeletedVps, DecodeError> {
        if is_blank(body) {
            return Ok(DeletedVps {
                id: self.id.clone(),
                provider_deleted: None,
                message: None,
                already_gone: false,
            });
        }
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
        format!("/vps/{}/actions", segment(self.id.as_str()))
    }

    fn body(&self) -> Option<String> {
        #[derive(Serialize)]
        struct Body<'a> {
            action: &'a PowerAction,
        }
        let action = &self.action;
        Some(json::written(&Body { action }))
    }

    fn power(&self) -> Option<(&VpsId, &PowerAction)> {
        Some((&self.id, &self.action))
    }

    fn parse(&self, body: &mut Vec<u8>) -> Result<ActionReceipt, DecodeError> {
        receipt(body)
    }
}
