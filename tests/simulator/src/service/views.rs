//! A VPS as the API shows it, field for field in the documented order.

use serde::{Deserialize, Serialize, Serializer};

use super::moment::Moment;
use super::vps::{RDP_USERNAME, Vps};

/// What becomes of a field that is not set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Unset {
    LeftOut,
    Null,
}

/// A field that may not be set.
pub(crate) enum Field<T> {
    Set(T),
    Not(Unset),
}

impl<T> Field<T> {
    pub(crate) fn new(value: Option<T>, unset: Unset) -> Self {
        value.map_or(Self::Not(unset), Self::Set)
    }

    pub(crate) fn is_left_out(&self) -> bool {
        matches!(self, Self::Not(Unset::LeftOut))
    }
}

impl<T: Serialize> Serialize for Field<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Set(value) => value.serialize(serializer),
            Self::Not(_) => serializer.serialize_none(),
        }
    }
}

/// An entry of `GET /vps`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ListedVps<'a> {
    id: &'a str,
    plan_id: &'a str,
    billing_cycle: &'a str,
    status: &'a str,
    vps_status: &'a str,
    #[serde(skip_serializing_if = "Field::is_left_out")]
    ip_address: Field<&'a str>,
    location: &'a str,
    rdp_username: &'a str,
    server_id: &'a str,
    current_period_end: Moment,
    created_at: Moment,
}

impl<'a> ListedVps<'a> {
    pub(crate) fn new(vps: &'a Vps, unset: Unset, now: Moment) -> Self {
        Self {
            id: &vps.id,
            plan_id: &vps.plan,
            billing_cycle: &vps.cycle,
            status: &vps.billing_status,
            vps_status: vps.status(now),
            ip_address: Field::new(vps.has_details(now).then_some(&vps.address), unset),
            location: &vps.location,
            rdp_username: RDP_USERNAME,
            server_id: &vps.server_id,
            current_period_end: vps.period_end,
            created_at: vps.created_at,
        }
    }
}

/// The reply of `GET /vps/:id`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ShownVps<'a> {
    id: &'a str,
    plan_id: &'a str,
    billing_cycle: &'a str,
    status: &'a str,
    vps_status: &'a str,
    #[serde(skip_serializing_if = "Field::is_left_out")]
    ip_address: Field<&'a str>,
    #[serde(skip_serializing_if = "Field::is_left_out")]
    hostname: Field<&'a str>,
    rdp_username: &'a str,
    #[serde(skip_serializing_if = "Field::is_left_out")]
    rdp_password: Field<&'a str>,
    location: &'a str,
    server_id: &'a str,
    current_period_start: Moment,
    current_period_end: Moment,
    created_at: Moment,
}

impl<'a> ShownVps<'a> {
    pub(crate) fn new(vps: &'a Vps, unset: Unset, now: Moment) -> Self {
        let detail = |text: &'a str| Field::new(vps.has_details(now).then_some(text), unset);
        Self {
            id: &vps.id,
            plan_id: &vps.plan,
            billing_cycle: &vps.cycle,
            status: &vps.billing_status,
            vps_status: vps.status(now),
            ip_address: detail(&vps.address),
            hostname: detail(&vps.hostname),
            rdp_username: RDP_USERNAME,
            rdp_password: detail(vps.password.expose()),
            location: &vps.location,
            server_id: &vps.server_id,
            current_period_start: vps.created_at,
            current_period_end: vps.period_end,
            created_at: vps.created_at,
        }
    }
}
