//! The account and its wallet.

use serde::{Deserialize, Serialize};

use crate::json;
use crate::money::Money;
use crate::open_enum::open_enum;
use crate::time::Timestamp;

open_enum! {
    /// What an account may do on the service's own site.
    Role {
        /// An ordinary customer.
        User = "user",
        /// Staff of the service.
        Admin = "admin",
    }
}

/// The account's profile with its balance and VPS counts (`GET /account`).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct Account {
    /// The account's id.
    #[serde(deserialize_with = "json::required")]
    pub id: String,
    /// The holder's first name.
    #[serde(default, deserialize_with = "json::optional")]
    pub first_name: Option<String>,
    /// The holder's last name.
    #[serde(default, deserialize_with = "json::optional")]
    pub last_name: Option<String>,
    /// The e-mail address the account signs in with.
    #[serde(deserialize_with = "json::required")]
    pub email: String,
    /// What the account may do.
    pub role: Role,
    /// What the wallet holds, rounded half-even to the cent.
    pub balance: Money,
    /// The currency of the balance, `EUR`.
    #[serde(deserialize_with = "json::required")]
    pub currency: String,
    /// The code that others sign up with.
    #[serde(default, deserialize_with = "json::optional")]
    pub referral_code: Option<String>,
    /// What the referral code earned.
    #[serde(default, deserialize_with = "json::optional_object")]
    pub affiliate_stats: Option<AffiliateStats>,
    /// How many VPS are active now.
    #[serde(deserialize_with = "json::required")]
    pub active_vps_count: u64,
    /// How many VPS there are in any state.
    #[serde(deserialize_with = "json::required")]
    pub total_vps_count: u64,
    /// When the account was made.
    #[serde(default, deserialize_with = "json::optional")]
    pub created_at: Option<Timestamp>,
}

/// What an account's referral code earned.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct AffiliateStats {
    /// Everyone who signed up with the code.
    #[serde(deserialize_with = "json::required")]
    pub total_referrals: u64,
    /// Those of them who bought.
    #[serde(deserialize_with = "json::required")]
    pub successful_referrals: u64,
    /// What that earned, in the account's currency.
    pub total_earnings: Money,
}

/// The wallet, the only means of payment of the API (`GET /wallet`).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct Wallet {
    /// What the wallet holds, rounded half-even to the cent.
    pub balance: Money,
    /// The currency of the balance, `EUR`.
    #[serde(deserialize_with = "json::required")]
    pub currency: String,
}
