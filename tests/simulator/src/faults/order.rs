//! Faults of orders.

use serde::{Deserialize, Serialize};

use crate::{Euros, Span};

/// An order that dies between its two effects.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartialOrder {
    /// Which effect it had.
    pub half: Half,
    /// What the client sees of it. Default `lost`.
    #[serde(default)]
    pub reply: HalfReply,
}

/// Which half of an order took effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Half {
    /// The VPS exists, the wallet is unchanged.
    CreatedNotCharged,
    /// The wallet is charged, there is no VPS.
    ChargedNotCreated,
}

/// What the client sees of an order that died half-way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HalfReply {
    /// No reply at all.
    #[default]
    Lost,
    /// The documented 500.
    Error,
}

/// An order whose reply is lost and whose VPS appears later.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LateOrder {
    /// How much later the API begins to show the VPS, in milliseconds.
    pub ms: u64,
    /// When the wallet is charged. Default `now`.
    #[serde(default)]
    pub charge: LateCharge,
}

/// When a late order is charged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LateCharge {
    /// With the order.
    #[default]
    Now,
    /// When the VPS appears.
    Late,
}

/// How the VPS of an order comes up; what is left out stays as configured.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OrderShape {
    /// How long it stays `provisioning`, in milliseconds.
    pub provisioning_ms: Option<Span>,
    /// For how long after that it has no address, host name and password, in milliseconds.
    pub details_delay_ms: Option<u64>,
    /// For how long after the order `GET /vps/:id` answers 404, in milliseconds.
    pub appear_404_ms: Option<u64>,
    /// A `vpsStatus` that it has from the order on and keeps.
    pub vps_status: Option<String>,
    /// What it costs, in place of the documented price.
    pub price: Option<Euros>,
}
