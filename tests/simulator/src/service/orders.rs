//! `POST /vps`: buying a VPS, whole or, when told so, by halves.

use serde::{Deserialize, Serialize};

use super::Service;
use super::account::CURRENCY;
use super::catalogue::{CYCLES, LOCATIONS, PLANS, price};
use super::moment::Moment;
use super::money::Euros;
use super::reply::{choice, error, json_reply, object};
use super::vps::{Owner, PROVISIONING, Power, RDP_USERNAME, Vps};
use crate::config::VpsSeed;
use crate::{Config, OrderShape, Response, Span};

/// How a VPS comes up unless its order says otherwise.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct OrderDefaults {
    provisioning: Span,
    details_delay_ms: u64,
    appear_404_ms: u64,
}

impl OrderDefaults {
    pub(crate) fn new(config: &Config) -> Self {
        Self {
            provisioning: config.provisioning_ms,
            details_delay_ms: config.details_delay_ms,
            appear_404_ms: config.appear_404_ms,
        }
    }
}

/// How an order is carried out: by default whole and at once.
#[derive(Debug, Default)]
pub(crate) struct Terms {
    pub(crate) creation: Creation,
    pub(crate) charge: Charge,
    pub(crate) shape: OrderShape,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Creation {
    #[default]
    AtOnce,
    ListedAfterMs(u64),
    Never,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Charge {
    #[default]
    AtOnce,
    AfterMs(u64),
    Never,
}

/// What is bought.
struct Order<'a> {
    plan: &'a str,
    cycle: &'a str,
    location: &'a str,
    price: Euros,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OrderReply<'a> {
    success: bool,
    message: &'a str,
    id: &'a str,
    vps_id: &'a str,
    plan_id: &'a str,
    billing_cycle: &'a str,
    location: &'a str,
    vps_status: &'a str,
    rdp_username: &'a str,
    cost: Euros,
    new_balance: Euros,
    currency: &'a str,
    current_period_end: Moment,
}

#[derive(Serialize)]
struct Shortfall<'a> {
    error: &'a str,
    required: Euros,
    available: Euros,
    currency: &'a str,
}

impl Service {
    pub(crate) fn order_vps(
        &mut self,
        body: &[u8],
        terms: &Terms,
        now: Moment,
    ) -> Result<Response, Response> {
        let fields = object(body)?;
        let (plan, cycle) = (
            choice(&fields, "planId", &PLANS)?,
            choice(&fields, "billingCycle", &CYCLES)?,
        );
        let location = choice(&fields, "location", &LOCATIONS)?;
        let price = price(plan, cycle).ok_or_else(|| error(400, "Invalid planId"))?;
        let price = terms.shape.price.unwrap_or(price);
        if self.wallet.balance() < price {
            return Err(self.insufficient(price));
        }
        let order = Order {
            plan,
            cycle,
            location,
            price,
        };
        let vps = self.new_vps(&order, terms, now);
        self.orders_placed += 1;
        match terms.charge {
            Charge::AtOnce => self.wallet.charge(price),
            Charge::AfterMs(ms) => self.wallet.charge_at(now.plus_ms(ms), price),
            Charge::Never => {}
        }
        let reply = json_reply(201, &order.reply(&vps, self.wallet.balance()));
        if terms.creation != Creation::Never {
            self.fleet.add(vps);
        }
        Ok(reply)
    }

    fn insufficient(&self, required: Euros) -> Response {
        let available = self.wallet.balance();
        json_reply(
            402,
            &Shortfall {
                error: "Insufficient wallet balance",
                required,
                available,
                currency: CURRENCY,
            },
        )
    }

    fn new_vps(&mut self, order: &Order<'_>, terms: &Terms, now: Moment) -> Vps {
        let seed = VpsSeed {
            plan_id: order.plan.to_owned(),
            billing_cycle: order.cycle.to_owned(),
            location: order.location.to_owned(),
            ..VpsSeed::default()
        };
        let mut vps = self.vps_from(&seed, Owner::Account, now);
        let shape = &terms.shape;
        let provisioning = self
            .generator
            .length(shape.provisioning_ms.unwrap_or(self.defaults.provisioning));
        vps.active_at = now.plus_ms(provisioning);
        vps.details_at = vps.active_at.plus_ms(
            shape
                .details_delay_ms
                .unwrap_or(self.defaults.details_delay_ms),
        );
        vps.found_from = now.plus_ms(shape.appear_404_ms.unwrap_or(self.defaults.appear_404_ms));
        vps.forced_status.clone_from(&shape.vps_status);
        if let Creation::ListedAfterMs(ms) = terms.creation {
            vps.listed_from = now.plus_ms(ms);
        }
        vps
    }

    /// Adds a VPS that nobody ordered; gives its id.
    pub(crate) fn add_vps(&mut self, seed: &VpsSeed, owner: Owner, now: Moment) -> String {
        let vps = self.vps_from(seed, owner, now);
        let id = vps.id.clone();
        self.fleet.add(vps);
        id
    }

    fn vps_from(&mut self, seed: &VpsSeed, owner: Owner, now: Moment) -> Vps {
        let created_at = seed.created_at_ms.map_or(now, Moment);
        // However early the caller's clock begins, what is there from the beginning is there.
        let always = Moment(i64::MIN);
        let server = self.generator.server();
        let mut vps = Vps {
            id: seed
                .id
                .clone()
                .unwrap_or_else(|| self.generator.object_id(created_at)),
            server_id: server.id,
            owner,
            plan: seed.plan_id.clone(),
            cycle: seed.billing_cycle.clone(),
            location: seed.location.clone(),
            billing_status: seed.status.clone(),
            forced_status: None,
            created_at,
            period_end: created_at.plus_cycle(&seed.billing_cycle),
            active_at: always,
            details_at: always,
            listed_from: always,
            found_from: always,
            address: seed.ip_address.clone().unwrap_or(server.address),
            hostname: format!(
                "vps-{}-{}",
                self.profile.first_name().to_lowercase(),
                created_at.0
            ),
            password: self.generator.password(),
            power: Power::Running,
            reboots: 0,
            hangs: false,
        };
        vps.force_status(&seed.vps_status, now);
        vps
    }
}

impl Order<'_> {
    fn reply<'a>(&'a self, vps: &'a Vps, balance: Euros) -> OrderReply<'a> {
        OrderReply {
            success: true,
            message: "VPS provisioning started. It will be active in a few minutes.",
            id: &vps.id,
            vps_id: &vps.server_id,
            plan_id: self.plan,
            billing_cycle: self.cycle,
            location: self.location,
            vps_status: PROVISIONING,
            rdp_username: RDP_USERNAME,
            cost: self.price,
            new_balance: balance,
            currency: CURRENCY,
            current_period_end: vps.period_end,
        }
    }
}
