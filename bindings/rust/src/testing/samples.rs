//! Samples of the models. Written by `cargo xtask generate` from the core's models.

use std::fmt::Debug;
use std::str::FromStr;

/// A value of a sample: its text is a good one.
#[allow(clippy::expect_used)]
fn read<T: FromStr<Err: Debug>>(text: &str) -> T {
    text.parse().expect("the values of samples can be read")
}

/// A sample for previews and fakes. The account's profile with its balance and VPS counts (`GET /account`).
#[must_use]
pub fn sample_account() -> crate::Account {
    crate::Account {
        id: read("6953f0a0c4d2e8b7a1905e01"),
        first_name: Some(read("Ada")),
        last_name: Some(read("Lovelace")),
        email: read("ada@example.com"),
        role: crate::Role::User,
        balance: read("80.51"),
        currency: read("EUR"),
        referral_code: Some(read("ADA")),
        affiliate_stats: None,
        active_vps_count: 1,
        total_vps_count: 1,
        created_at: Some(read("2025-12-01T00:00:00.000Z")),
    }
}

/// A sample for previews and fakes. What an account's referral code earned.
#[must_use]
pub fn sample_affiliate_stats() -> crate::AffiliateStats {
    crate::AffiliateStats {
        total_referrals: 3,
        successful_referrals: 1,
        total_earnings: read("5.00"),
    }
}

/// A sample for previews and fakes. The service's receipt for a power action (`POST /vps/:id/actions`).
#[must_use]
pub fn sample_action_receipt() -> crate::ActionReceipt {
    crate::ActionReceipt {
        action: crate::PowerAction::Reboot,
        server_id: Some(read("zomro-67890")),
        message: Some(read("VPS rebooted")),
    }
}

/// A sample for previews and fakes. What is known of an API key (`GET /auth`); never the key itself.
#[must_use]
pub fn sample_api_key_info() -> crate::ApiKeyInfo {
    crate::ApiKeyInfo {
        id: read("6953f0a0c4d2e8b7a1905e02"),
        name: read("sample key"),
        key_prefix: read("svps_live_a3f7"),
        scope: crate::Scope::Full,
        last_used_at: Some(read("2026-01-01T00:00:00.000Z")),
        expires_at: None,
        created_at: Some(read("2025-12-01T00:00:00.000Z")),
    }
}

/// A sample for previews and fakes. A new API key (`POST /auth`). The key itself is in this reply and nowhere else, ever.
#[must_use]
pub fn sample_created_key() -> crate::CreatedKey {
    crate::CreatedKey {
        api_key: read("svps_live_a3f70123456789abcdef0123456789abcdef"),
        key_prefix: read("svps_live_a3f7"),
        name: read("sample key"),
        scope: crate::Scope::Full,
        expires_at: None,
        message: Some(read("Store this key, it is not shown again")),
    }
}

/// A sample for previews and fakes. The end of a VPS (`DELETE /vps/:id`).
#[must_use]
pub fn sample_deleted_vps() -> crate::DeletedVps {
    crate::DeletedVps {
        id: read("6953f1a0c4d2e8b7a1905e3c"),
        provider_deleted: Some(true),
        message: Some(read("VPS deleted")),
        already_gone: false,
    }
}

/// A sample for previews and fakes. The service's receipt for an order (`POST /vps`).
#[must_use]
pub fn sample_order() -> crate::Order {
    crate::Order {
        id: read("6953f1a0c4d2e8b7a1905e3c"),
        server_id: Some(read("zomro-67890")),
        plan_id: crate::PlanId::Prime,
        billing_cycle: crate::BillingCycle::Monthly,
        location: crate::Location::London,
        vps_status: crate::VpsStatus::Provisioning,
        rdp_username: Some(read("Administrator")),
        cost: read("19.49"),
        new_balance: read("80.51"),
        currency: read("EUR"),
        current_period_end: Some(read("2026-02-01T00:00:00.000Z")),
        message: Some(read("VPS ordered")),
    }
}

/// A sample for previews and fakes. The end of a key (`DELETE /auth`).
#[must_use]
pub fn sample_revoked_key() -> crate::RevokedKey {
    crate::RevokedKey {
        message: Some(read("API key revoked")),
        already_gone: false,
    }
}

/// A sample for previews and fakes. One VPS with all there is to know (`GET /vps/:id`).
#[must_use]
pub fn sample_vps_details() -> crate::VpsDetails {
    crate::VpsDetails {
        id: read("6953f1a0c4d2e8b7a1905e3c"),
        plan_id: crate::PlanId::Prime,
        billing_cycle: crate::BillingCycle::Monthly,
        status: crate::BillingStatus::Active,
        vps_status: crate::VpsStatus::Active,
        ip_address: Some(read("203.0.113.10")),
        hostname: Some(read("vps-67890")),
        rdp_username: Some(read("Administrator")),
        rdp_password: Some(read("sample password")),
        location: crate::Location::London,
        server_id: Some(read("zomro-67890")),
        current_period_start: Some(read("2026-01-01T00:00:00.000Z")),
        current_period_end: Some(read("2026-02-01T00:00:00.000Z")),
        created_at: Some(read("2026-01-01T00:00:00.000Z")),
    }
}

/// A sample for previews and fakes. A VPS as listings show it (`GET /vps`): no password and no host name.
#[must_use]
pub fn sample_vps() -> crate::Vps {
    crate::Vps {
        id: read("6953f1a0c4d2e8b7a1905e3c"),
        plan_id: crate::PlanId::Prime,
        billing_cycle: crate::BillingCycle::Monthly,
        status: crate::BillingStatus::Active,
        vps_status: crate::VpsStatus::Active,
        ip_address: Some(read("203.0.113.10")),
        location: crate::Location::London,
        rdp_username: Some(read("Administrator")),
        server_id: Some(read("zomro-67890")),
        current_period_end: Some(read("2026-02-01T00:00:00.000Z")),
        created_at: Some(read("2026-01-01T00:00:00.000Z")),
    }
}

/// A sample for previews and fakes. The wallet, the only means of payment of the API (`GET /wallet`).
#[must_use]
pub fn sample_wallet() -> crate::Wallet {
    crate::Wallet {
        balance: read("80.51"),
        currency: read("EUR"),
    }
}

/// A sample for previews and fakes. A purchase that ended well.
#[must_use]
pub fn sample_provisioned() -> crate::Provisioned {
    crate::Provisioned {
        vps: sample_vps_details(),
        recovered: false,
        orders_sent: 1,
        charged: Some(read("19.49")),
        balance_before: Some(read("100.00")),
        balance_after: Some(read("80.51")),
        currency: Some(read("EUR")),
        unexplained: None,
        other_vps_ids: vec![],
        elapsed_ms: 120_000,
        requests: 12,
    }
}

/// A sample for previews and fakes. Money that left the wallet while an order was placed, beyond the order's receipt. Something in between sent the
#[must_use]
pub fn sample_unexplained_charge() -> crate::UnexplainedCharge {
    crate::UnexplainedCharge {
        amount: read("19.49"),
        vps_ids: vec![read("6953f1a0c4d2e8b7a1905e3d")],
    }
}

/// A sample for previews and fakes. A purchase, as a store has recorded it.
#[must_use]
pub fn sample_purchase_record() -> crate::PurchaseRecord {
    crate::PurchaseRecord {
        id: read("1f0e5a52-6c1b-4f7e-9a53-2f0c7d1b8e90"),
        idempotency_key: Some(read("order-4711")),
        plan_id: crate::PlanId::Prime,
        billing_cycle: crate::BillingCycle::Monthly,
        location: crate::Location::London,
        state: crate::PurchaseState::Ready,
        attempt: 1,
        vps_id: Some(read("6953f1a0c4d2e8b7a1905e3c")),
        other_vps_ids: vec![],
        token: Some(read("sample token")),
    }
}

/// A sample for previews and fakes. How far a purchase is.
#[must_use]
pub fn sample_progress() -> crate::Progress {
    crate::Progress {
        phase: crate::Phase::Polling,
        exclusive: false,
        requests: 5,
        orders_sent: 1,
        elapsed_ms: 30_000,
        next_look_ms: 15_000,
        vps_id: Some(read("6953f1a0c4d2e8b7a1905e3c")),
        last_status: Some(crate::VpsStatus::Provisioning),
        recovered: false,
        last_error: None,
        balance_before: Some(read("100.00")),
        charged: Some(read("19.49")),
        currency: Some(read("EUR")),
        unexplained: None,
        token: Some(read("sample token")),
    }
}

/// A sample for previews and fakes. How far orders are that are bought together.
#[must_use]
pub fn sample_batch_progress() -> crate::BatchProgress {
    crate::BatchProgress {
        begun: 0,
        preflight: 0,
        baseline: 0,
        ordering: 0,
        reconciling: 0,
        polling: 0,
        ready: 0,
        failed: 0,
        spent: read("0.00"),
        currency: None,
        longest_ms: 0,
    }
}

/// A sample for previews and fakes. One plan. Every VPS runs Windows Server 2022 with MT5 installed.
#[must_use]
pub fn sample_plan() -> crate::Plan {
    crate::Plan {
        id: crate::PlanId::Prime,
        name: read("Professional"),
        vcpus: 2,
        memory_mb: 4_000,
        storage_gb: 35,
        monthly: read("19.49"),
        yearly: read("194.90"),
    }
}
