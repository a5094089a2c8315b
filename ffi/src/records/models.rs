//! The core's own types as records: each is spelled out once more, and the compiler holds it to the
//! original. What they mean is written there.
//!
//! Ids, money and the values of open enumerations cross as text, times as epoch milliseconds.

use stablevps_core::catalogue::Plan;
use stablevps_core::error::{Fault, TryAgain};
use stablevps_core::http::{Delivery, FailureKind};
use stablevps_core::ids::{KeyId, ServerId, VpsId};
use stablevps_core::machine::WaitReason;
use stablevps_core::models::{
    Account, ActionReceipt, AffiliateStats, ApiKeyInfo, BillingCycle, BillingStatus, CreatedKey,
    DeletedVps, Location, Order, PlanId, PowerAction, RevokedKey, Role, Scope, Vps, VpsDetails,
    VpsStatus, Wallet,
};
use stablevps_core::money::Money;
use stablevps_core::output::Output;
use stablevps_core::provisioning::{Phase, Progress, Provisioned};
use stablevps_core::secret::Secret;
use stablevps_core::time::Timestamp;

macro_rules! text {
    ($($name:ident),+) => {
        $(uniffi::custom_type!($name, String, {
            remote,
            lower: |value| value.as_str().to_owned(),
            try_lift: |text| text.parse().map_err(uniffi::deps::anyhow::Error::msg),
        });)+
    };
}

macro_rules! open {
    ($($name:ident),+) => {
        $(uniffi::custom_type!($name, String, {
            remote,
            lower: |value| value.as_str().to_owned(),
            try_lift: |text| Ok(text.as_str().into()),
        });)+
    };
}

text! { VpsId, ServerId, KeyId }
open! { BillingCycle, BillingStatus, Location, PlanId, PowerAction, Role, Scope, VpsStatus }

uniffi::custom_type!(Money, String, {
    remote,
    lower: |money| money.to_string(),
    try_lift: |text| text.parse().map_err(uniffi::deps::anyhow::Error::msg),
});
uniffi::custom_type!(Secret, String, {
    remote,
    lower: |secret| secret.reveal().to_owned(),
    try_lift: |text| Ok(Secret::new(text)),
});
uniffi::custom_type!(Timestamp, i64, {
    remote,
    lower: |time| time.millis(),
    try_lift: |millis| Ok(Timestamp::from_millis(millis)),
});

#[uniffi::remote(Record)]
pub struct Account {
    pub id: String,
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub email: String,
    pub role: Role,
    pub balance: Money,
    pub currency: String,
    pub referral_code: Option<String>,
    pub affiliate_stats: Option<AffiliateStats>,
    pub active_vps_count: u64,
    pub total_vps_count: u64,
    pub created_at: Timestamp,
}

#[uniffi::remote(Record)]
pub struct AffiliateStats {
    pub total_referrals: u64,
    pub successful_referrals: u64,
    pub total_earnings: Money,
}

#[uniffi::remote(Record)]
pub struct Wallet {
    pub balance: Money,
    pub currency: String,
}

#[uniffi::remote(Record)]
pub struct CreatedKey {
    pub api_key: Secret,
    pub key_prefix: String,
    pub name: String,
    pub scope: Scope,
    pub expires_at: Option<Timestamp>,
    pub message: Option<String>,
}

#[uniffi::remote(Record)]
pub struct ApiKeyInfo {
    pub id: KeyId,
    pub name: String,
    pub key_prefix: String,
    pub scope: Scope,
    pub last_used_at: Option<Timestamp>,
    pub expires_at: Option<Timestamp>,
    pub created_at: Timestamp,
}

#[uniffi::remote(Record)]
pub struct RevokedKey {
    pub message: Option<String>,
    pub already_gone: bool,
}

#[uniffi::remote(Record)]
pub struct Vps {
    pub id: VpsId,
    pub plan_id: PlanId,
    pub billing_cycle: BillingCycle,
    pub status: BillingStatus,
    pub vps_status: VpsStatus,
    pub ip_address: Option<String>,
    pub location: Location,
    pub rdp_username: Option<String>,
    pub server_id: Option<ServerId>,
    pub current_period_end: Option<Timestamp>,
    pub created_at: Timestamp,
}

#[uniffi::remote(Record)]
pub struct VpsDetails {
    pub id: VpsId,
    pub plan_id: PlanId,
    pub billing_cycle: BillingCycle,
    pub status: BillingStatus,
    pub vps_status: VpsStatus,
    pub ip_address: Option<String>,
    pub hostname: Option<String>,
    pub rdp_username: Option<String>,
    pub rdp_password: Option<Secret>,
    pub location: Location,
    pub server_id: Option<ServerId>,
    pub current_period_start: Option<Timestamp>,
    pub current_period_end: Option<Timestamp>,
    pub created_at: Timestamp,
}

#[uniffi::remote(Record)]
pub struct Order {
    pub id: VpsId,
    pub server_id: Option<ServerId>,
    pub plan_id: PlanId,
    pub billing_cycle: BillingCycle,
    pub location: Location,
    pub vps_status: VpsStatus,
    pub rdp_username: Option<String>,
    pub cost: Money,
    pub new_balance: Money,
    pub currency: String,
    pub current_period_end: Option<Timestamp>,
    pub message: Option<String>,
}

#[uniffi::remote(Record)]
pub struct DeletedVps {
    pub id: VpsId,
    pub provider_deleted: Option<bool>,
    pub message: Option<String>,
    pub already_gone: bool,
}

#[uniffi::remote(Record)]
pub struct ActionReceipt {
    pub action: PowerAction,
    pub server_id: Option<ServerId>,
    pub message: Option<String>,
}

#[uniffi::remote(Record)]
pub struct Plan {
    pub id: PlanId,
    pub name: String,
    pub vcpus: u32,
    pub memory_mb: u32,
    pub storage_gb: u32,
    pub monthly: Money,
    pub yearly: Money,
}

#[uniffi::remote(Record)]
pub struct Progress {
    pub phase: Phase,
    pub exclusive: bool,
    pub requests: u32,
    pub orders_sent: u32,
    pub elapsed_ms: u64,
    pub next_look_ms: u64,
    pub vps_id: Option<VpsId>,
    pub last_status: Option<VpsStatus>,
    pub recovered: bool,
    pub last_error: Option<String>,
    pub balance_before: Option<Money>,
    pub charged: Option<Money>,
    pub currency: Option<String>,
    pub token: Option<String>,
}

#[uniffi::remote(Record)]
pub struct Provisioned {
    pub vps: VpsDetails,
    pub recovered: bool,
    pub orders_sent: u32,
    pub charged: Option<Money>,
    pub balance_before: Option<Money>,
    pub balance_after: Option<Money>,
    pub currency: Option<String>,
    pub elapsed_ms: u64,
    pub requests: u32,
}

#[uniffi::remote(Enum)]
pub enum Output {
    Account(Account),
    ActionReceipt(ActionReceipt),
    ApiKeys(Vec<ApiKeyInfo>),
    CreatedKey(CreatedKey),
    DeletedVps(DeletedVps),
    Order(Order),
    RevokedKey(RevokedKey),
    VpsDetails(VpsDetails),
    VpsList(Vec<Vps>),
    VpsAsSent(String),
    Wallet(Wallet),
    Provisioned(Provisioned),
}

#[uniffi::remote(Enum)]
pub enum Phase {
    Preflight,
    Baseline,
    Ordering,
    Reconciling,
    Polling,
    Ended,
}

#[uniffi::remote(Enum)]
pub enum WaitReason {
    Retry,
    RetryAfter,
    Settling,
    Poll,
}

#[uniffi::remote(Enum)]
pub enum Fault {
    Caller,
    Server,
    Network,
}

#[uniffi::remote(Enum)]
pub enum TryAgain {
    Safe,
    Useless,
    Unsafe,
}

#[uniffi::remote(Enum)]
pub enum Delivery {
    NotSent,
    Unknown,
}

#[uniffi::remote(Enum)]
pub enum FailureKind {
    Dns,
    Connect,
    Tls,
    Proxy,
    Timeout,
    Io,
    TooLarge,
    Cancelled,
}
