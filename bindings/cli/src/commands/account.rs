//! `wallet` and `account`.

use crate::context::Context;
use crate::failure::Outcome;
use crate::output::{Column, Look, record};

const WALLET: [Column; 2] = [
    Column::new("balance", "BALANCE", Look::Text),
    Column::new("currency", "CURRENCY", Look::Text),
];

const ACCOUNT: [Column; 14] = [
    Column::new("id", "ID", Look::Text),
    Column::new("firstName", "FIRST NAME", Look::Text),
    Column::new("lastName", "LAST NAME", Look::Text),
    Column::new("email", "E-MAIL", Look::Text),
    Column::new("role", "ROLE", Look::Text),
    Column::new("balance", "BALANCE", Look::Text),
    Column::new("currency", "CURRENCY", Look::Text),
    Column::new("activeVpsCount", "ACTIVE VPS", Look::Text),
    Column::new("totalVpsCount", "ALL VPS", Look::Text),
    Column::new("referralCode", "REFERRAL CODE", Look::Text),
    Column::new("affiliateStats.totalReferrals", "REFERRALS", Look::Text),
    Column::new(
        "affiliateStats.successfulReferrals",
        "WHO BOUGHT",
        Look::Text,
    ),
    Column::new("affiliateStats.totalEarnings", "EARNED", Look::Text),
    Column::new("createdAt", "SINCE", Look::Day),
];

/// Prints what the wallet holds.
pub fn wallet(context: &Context) -> Outcome {
    let wallet = context.client()?.wallet().get()?;
    context.output.one(&WALLET, &record(&wallet))
}

/// Prints the account.
pub fn account(context: &Context) -> Outcome {
    let account = context.client()?.account().get()?;
    context.output.one(&ACCOUNT, &record(&account))
}
