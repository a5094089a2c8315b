//! What machines end with.

use crate::json::{Json, Writer, written};
use crate::models::{
    Account, ActionReceipt, ApiKeyInfo, CreatedKey, DeletedVps, Order, RevokedKey, Vps, VpsDetails,
    Wallet,
};
use crate::prelude::*;
use crate::provisioning::Provisioned;

/// The result of any call, or of a purchase.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(clippy::large_enum_variant)]
pub enum Output {
    /// Of `GET /account`.
    Account(Account),
    /// Of `POST /vps/:id/actions`.
    ActionReceipt(ActionReceipt),
    /// Of `GET /auth`.
    ApiKeys(Vec<ApiKeyInfo>),
    /// Of `POST /auth`.
    CreatedKey(CreatedKey),
    /// Of `DELETE /vps/:id`.
    DeletedVps(DeletedVps),
    /// Of `POST /vps`.
    Order(Order),
    /// Of `DELETE /auth`.
    RevokedKey(RevokedKey),
    /// Of `GET /vps/:id`.
    VpsDetails(VpsDetails),
    /// Of `GET /vps`.
    VpsList(Vec<Vps>),
    /// Of `GET /vps` too: the whole body of the reply, a checked object, whose field
    /// [`Output::LISTING`] is the result. Beside it there may be more, and unknown fields in its rows.
    VpsAsSent(String),
    /// Of `GET /wallet`.
    Wallet(Wallet),
    /// Of a purchase.
    Provisioned(Provisioned),
}

impl Output {
    /// Where the rows are in a listing as it was sent.
    pub const LISTING: &'static str = "vps";

    /// The result as JSON.
    #[must_use]
    pub fn document(&self) -> String {
        written(self)
    }
}

impl Json for Output {
    fn write(&self, to: &mut Writer) {
        match self {
            Self::Account(account) => account.write(to),
            Self::ActionReceipt(receipt) => receipt.write(to),
            Self::ApiKeys(keys) => keys.write(to),
            Self::CreatedKey(key) => key.write(to),
            Self::DeletedVps(deleted) => deleted.write(to),
            Self::Order(order) => order.write(to),
            Self::RevokedKey(revoked) => revoked.write(to),
            Self::VpsDetails(vps) => vps.write(to),
            Self::VpsList(listed) => listed.write(to),
            Self::VpsAsSent(body) => to.raw(body),
            Self::Wallet(wallet) => wallet.write(to),
            Self::Provisioned(provisioned) => provisioned.write(to),
        }
    }
}

macro_rules! outputs {
    ($($name:ident($held:ty)),+) => {
        $(impl From<$held> for Output {
            fn from(held: $held) -> Self {
                Self::$name(held)
            }
        })+
    };
}

outputs! {
    Account(Account), ActionReceipt(ActionReceipt), ApiKeys(Vec<ApiKeyInfo>), CreatedKey(CreatedKey),
    DeletedVps(DeletedVps), Order(Order), RevokedKey(RevokedKey), VpsDetails(VpsDetails),
    VpsList(Vec<Vps>), Wallet(Wallet), Provisioned(Provisioned)
}
