//! The account and its wallet.

use crate::json::{model, model_field};
use crate::money::Money;
use crate::open_enum::open_enum;
use crate::prelude::*;
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

model! {
    /// The account's profile with its balance and VPS counts (`GET /account`).
    Account {
        /// The account's id.
        id: String = "id",
        /// The holder's first name.
        first_name: Option<String> = "firstName",
        /// The holder's last name.
        last_name: Option<String> = "lastName",
        /// The e-mail address the account signs in with.
        email: String = "email",
        /// What the account may do.
        role: Role = "role",
        /// What the wallet holds, rounded half-even to the cent.
        balance: Money = "balance",
        /// The currency of the balance, `EUR`.
        currency: String = "currency",
        /// The code that others sign up with.
        referral_code: Option<String> = "referralCode",
        /// What the referral code earned.
        affiliate_stats: Option<AffiliateStats> = "affiliateStats",
        /// How many VPS are active now.
        active_vps_count: u64 = "activeVpsCount",
        /// How many VPS there are in any state.
        total_vps_count: u64 = "totalVpsCount",
        /// When the account was made.
        created_at: Timestamp = "createdAt",
    }
}

model_field!(AffiliateStats);

model! {
    /// What an account's referral code earned.
    AffiliateStats {
        /// Everyone who signed up with the code.
        total_referrals: u64 = "totalReferrals",
        /// Those of them who bought.
        successful_referrals: u64 = "successfulReferrals",
        /// What that earned, in the account's currency.
        total_earnings: Money = "totalEarnings",
    }
}

model! {
    /// The wallet, the only means of payment of the API (`GET /wallet`).
    Wallet {
        /// What the wallet holds, rounded half-even to the cent.
        balance: Money = "balance",
        /// The currency of the balance, `EUR`.
        currency: String = "currency",
    }
}
