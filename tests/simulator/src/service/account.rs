//! `GET /account` and `GET /wallet`.

use serde::{Deserialize, Serialize};

use super::Service;
use super::moment::Moment;
use super::money::Euros;
use super::reply::json_reply;
use super::vps::ACTIVE;
use crate::config::Account;
use crate::{Response, Secret};

pub(crate) const CURRENCY: &str = "EUR";

/// What the account says about its owner, and the password that `POST /auth` asks for.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Profile {
    id: String,
    first_name: String,
    last_name: String,
    email: String,
    password: Secret,
    created_at: Moment,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AccountBody<'a> {
    id: &'a str,
    first_name: &'a str,
    last_name: &'a str,
    email: &'a str,
    role: &'a str,
    balance: Euros,
    currency: &'a str,
    referral_code: String,
    affiliate_stats: AffiliateStats,
    active_vps_count: usize,
    total_vps_count: usize,
    created_at: Moment,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AffiliateStats {
    total_referrals: u32,
    successful_referrals: u32,
    total_earnings: Euros,
}

#[derive(Serialize)]
struct WalletBody<'a> {
    balance: Euros,
    currency: &'a str,
}

impl Profile {
    pub(crate) fn new(account: &Account, id: String) -> Self {
        Self {
            id,
            first_name: account.first_name.clone(),
            last_name: account.last_name.clone(),
            email: account.email.clone(),
            password: account.password.clone(),
            created_at: Moment(account.created_at_ms),
        }
    }

    pub(crate) fn first_name(&self) -> &str {
        &self.first_name
    }

    pub(crate) fn signs_in_with(&self, email: &str, password: &str) -> bool {
        self.email.to_lowercase() == email.to_lowercase() && self.password.expose() == password
    }

    fn referral_code(&self) -> String {
        let year: String = self.created_at.iso().chars().take(4).collect();
        format!("{}{year}", self.first_name.to_uppercase())
    }
}

impl Service {
    pub(crate) fn show_account(&self, now: Moment) -> Response {
        let own = || self.fleet.iter().filter(|vps| vps.is_listed(now));
        json_reply(
            200,
            &AccountBody {
                id: &self.profile.id,
                first_name: &self.profile.first_name,
                last_name: &self.profile.last_name,
                email: &self.profile.email,
                role: "user",
                balance: self.wallet.balance(),
                currency: CURRENCY,
                referral_code: self.profile.referral_code(),
                affiliate_stats: AffiliateStats {
                    total_referrals: 3,
                    successful_referrals: 2,
                    total_earnings: Euros::from(3.9),
                },
                active_vps_count: own().filter(|vps| vps.status(now) == ACTIVE).count(),
                total_vps_count: own().count(),
                created_at: self.profile.created_at,
            },
        )
    }

    pub(crate) fn show_wallet(&self) -> Response {
        json_reply(
            200,
            &WalletBody {
                balance: self.wallet.balance(),
                currency: CURRENCY,
            },
        )
    }
}
