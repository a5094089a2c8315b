"""Samples of the models. Written by `cargo xtask generate` from the core's models."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from .._models import (
    Account,
    ActionReceipt,
    AffiliateStats,
    ApiKeyInfo,
    BatchProgress,
    BillingCycle,
    BillingStatus,
    CreatedKey,
    DeletedVps,
    Location,
    Order,
    Phase,
    Plan,
    PlanId,
    PowerAction,
    Progress,
    Provisioned,
    PurchaseRecord,
    PurchaseState,
    RevokedKey,
    Role,
    Scope,
    UnexplainedCharge,
    Vps,
    VpsDetails,
    VpsStatus,
    Wallet,
)
from .._values import Secret, ServerId

__all__ = [
    "sample_account",
    "sample_action_receipt",
    "sample_affiliate_stats",
    "sample_api_key_info",
    "sample_batch_progress",
    "sample_created_key",
    "sample_deleted_vps",
    "sample_order",
    "sample_plan",
    "sample_progress",
    "sample_provisioned",
    "sample_purchase_record",
    "sample_revoked_key",
    "sample_unexplained_charge",
    "sample_vps",
    "sample_vps_details",
    "sample_wallet",
]


def sample_account(
    *,
    id: str = "6953f0a0c4d2e8b7a1905e01",
    first_name: str | None = "Ada",
    last_name: str | None = "Lovelace",
    email: str = "ada@example.com",
    role: Role | str = Role.USER,
    balance: Decimal = Decimal("80.51"),
    currency: str = "EUR",
    referral_code: str | None = "ADA",
    affiliate_stats: AffiliateStats | None = None,
    active_vps_count: int = 1,
    total_vps_count: int = 1,
    created_at: datetime | None = datetime.fromisoformat("2025-12-01T00:00:00.000+00:00"),
) -> Account:
    """A sample for previews and fakes. The account's profile with its balance and VPS counts (``GET /account``)."""
    return Account(
        id=id,
        first_name=first_name,
        last_name=last_name,
        email=email,
        role=Role(role),
        balance=balance,
        currency=currency,
        referral_code=referral_code,
        affiliate_stats=affiliate_stats,
        active_vps_count=active_vps_count,
        total_vps_count=total_vps_count,
        created_at=created_at,
    )


def sample_affiliate_stats(
    *,
    total_referrals: int = 3,
    successful_referrals: int = 1,
    total_earnings: Decimal = Decimal("5.00"),
) -> AffiliateStats:
    """A sample for previews and fakes. What an account's referral code earned."""
    return AffiliateStats(
        total_referrals=total_referrals,
        successful_referrals=successful_referrals,
        total_earnings=total_earnings,
    )


def sample_action_receipt(
    *,
    action: PowerAction | str = PowerAction.REBOOT,
    server_id: ServerId | None = ServerId("zomro-67890"),
    message: str | None = "VPS rebooted",
) -> ActionReceipt:
    """A sample for previews and fakes. The service's receipt for a power action (``POST /vps/:id/actions``)."""
    return ActionReceipt(
        action=PowerAction(action),
        _server_id=None if server_id is None else str(server_id),
        message=message,
    )


def sample_api_key_info(
    *,
    id: str = "6953f0a0c4d2e8b7a1905e02",
    name: str = "sample key",
    key_prefix: str = "svps_live_a3f7",
    scope: Scope | str = Scope.FULL,
    last_used_at: datetime | None = datetime.fromisoformat("2026-01-01T00:00:00.000+00:00"),
    expires_at: datetime | None = None,
    created_at: datetime | None = datetime.fromisoformat("2025-12-01T00:00:00.000+00:00"),
) -> ApiKeyInfo:
    """A sample for previews and fakes. What is known of an API key (``GET /auth``); never the key itself."""
    return ApiKeyInfo(
        id=id,
        name=name,
        key_prefix=key_prefix,
        scope=Scope(scope),
        last_used_at=last_used_at,
        expires_at=expires_at,
        created_at=created_at,
    )


def sample_created_key(
    *,
    api_key: Secret = Secret("svps_live_a3f70123456789abcdef0123456789abcdef"),
    key_prefix: str = "svps_live_a3f7",
    name: str = "sample key",
    scope: Scope | str = Scope.FULL,
    expires_at: datetime | None = None,
    message: str | None = "Store this key, it is not shown again",
) -> CreatedKey:
    """A sample for previews and fakes. A new API key (``POST /auth``). The key itself is in this reply and nowhere else, ever."""
    return CreatedKey(
        api_key=api_key,
        key_prefix=key_prefix,
        name=name,
        scope=Scope(scope),
        expires_at=expires_at,
        message=message,
    )


def sample_deleted_vps(
    *,
    id: str = "6953f1a0c4d2e8b7a1905e3c",
    provider_deleted: bool | None = True,
    message: str | None = "VPS deleted",
    already_gone: bool = False,
) -> DeletedVps:
    """A sample for previews and fakes. The end of a VPS (``DELETE /vps/:id``)."""
    return DeletedVps(
        id=id,
        provider_deleted=provider_deleted,
        message=message,
        already_gone=already_gone,
    )


def sample_order(
    *,
    id: str = "6953f1a0c4d2e8b7a1905e3c",
    server_id: ServerId | None = ServerId("zomro-67890"),
    plan_id: PlanId | str = PlanId.PRIME,
    billing_cycle: BillingCycle | str = BillingCycle.MONTHLY,
    location: Location | str = Location.LONDON,
    vps_status: VpsStatus | str = VpsStatus.PROVISIONING,
    rdp_username: str | None = "Administrator",
    cost: Decimal = Decimal("19.49"),
    new_balance: Decimal = Decimal("80.51"),
    currency: str = "EUR",
    current_period_end: datetime | None = datetime.fromisoformat("2026-02-01T00:00:00.000+00:00"),
    message: str | None = "VPS ordered",
) -> Order:
    """A sample for previews and fakes. The service's receipt for an order (``POST /vps``)."""
    return Order(
        id=id,
        _server_id=None if server_id is None else str(server_id),
        plan_id=PlanId(plan_id),
        billing_cycle=BillingCycle(billing_cycle),
        location=Location(location),
        vps_status=VpsStatus(vps_status),
        rdp_username=rdp_username,
        cost=cost,
        new_balance=new_balance,
        currency=currency,
        current_period_end=current_period_end,
        message=message,
    )


def sample_revoked_key(
    *,
    message: str | None = "API key revoked",
    already_gone: bool = False,
) -> RevokedKey:
    """A sample for previews and fakes. The end of a key (``DELETE /auth``)."""
    return RevokedKey(
        message=message,
        already_gone=already_gone,
    )


def sample_vps_details(
    *,
    id: str = "6953f1a0c4d2e8b7a1905e3c",
    plan_id: PlanId | str = PlanId.PRIME,
    billing_cycle: BillingCycle | str = BillingCycle.MONTHLY,
    status: BillingStatus | str = BillingStatus.ACTIVE,
    vps_status: VpsStatus | str = VpsStatus.ACTIVE,
    ip_address: str | None = "203.0.113.10",
    hostname: str | None = "vps-67890",
    rdp_username: str | None = "Administrator",
    rdp_password: Secret | None = Secret("sample password"),
    location: Location | str = Location.LONDON,
    server_id: ServerId | None = ServerId("zomro-67890"),
    current_period_start: datetime | None = datetime.fromisoformat("2026-01-01T00:00:00.000+00:00"),
    current_period_end: datetime | None = datetime.fromisoformat("2026-02-01T00:00:00.000+00:00"),
    created_at: datetime | None = datetime.fromisoformat("2026-01-01T00:00:00.000+00:00"),
) -> VpsDetails:
    """A sample for previews and fakes. One VPS with all there is to know (``GET /vps/:id``)."""
    return VpsDetails(
        id=id,
        plan_id=PlanId(plan_id),
        billing_cycle=BillingCycle(billing_cycle),
        status=BillingStatus(status),
        vps_status=VpsStatus(vps_status),
        ip_address=ip_address,
        hostname=hostname,
        rdp_username=rdp_username,
        rdp_password=rdp_password,
        location=Location(location),
        _server_id=None if server_id is None else str(server_id),
        current_period_start=current_period_start,
        current_period_end=current_period_end,
        created_at=created_at,
    )


def sample_vps(
    *,
    id: str = "6953f1a0c4d2e8b7a1905e3c",
    plan_id: PlanId | str = PlanId.PRIME,
    billing_cycle: BillingCycle | str = BillingCycle.MONTHLY,
    status: BillingStatus | str = BillingStatus.ACTIVE,
    vps_status: VpsStatus | str = VpsStatus.ACTIVE,
    ip_address: str | None = "203.0.113.10",
    location: Location | str = Location.LONDON,
    rdp_username: str | None = "Administrator",
    server_id: ServerId | None = ServerId("zomro-67890"),
    current_period_end: datetime | None = datetime.fromisoformat("2026-02-01T00:00:00.000+00:00"),
    created_at: datetime | None = datetime.fromisoformat("2026-01-01T00:00:00.000+00:00"),
) -> Vps:
    """A sample for previews and fakes. A VPS as listings show it (``GET /vps``): no password and no host name."""
    return Vps(
        id=id,
        plan_id=PlanId(plan_id),
        billing_cycle=BillingCycle(billing_cycle),
        status=BillingStatus(status),
        vps_status=VpsStatus(vps_status),
        ip_address=ip_address,
        location=Location(location),
        rdp_username=rdp_username,
        _server_id=None if server_id is None else str(server_id),
        current_period_end=current_period_end,
        created_at=created_at,
    )


def sample_wallet(
    *,
    balance: Decimal = Decimal("80.51"),
    currency: str = "EUR",
) -> Wallet:
    """A sample for previews and fakes. The wallet, the only means of payment of the API (``GET /wallet``)."""
    return Wallet(
        balance=balance,
        currency=currency,
    )


def sample_provisioned(
    *,
    vps: VpsDetails | None = None,
    recovered: bool = False,
    orders_sent: int = 1,
    charged: Decimal | None = Decimal("19.49"),
    balance_before: Decimal | None = Decimal("100.00"),
    balance_after: Decimal | None = Decimal("80.51"),
    currency: str | None = "EUR",
    unexplained: UnexplainedCharge | None = None,
    other_vps_ids: tuple[str, ...] = (),
    elapsed_ms: int = 120_000,
    requests: int = 12,
) -> Provisioned:
    """A sample for previews and fakes. A purchase that ended well."""
    return Provisioned(
        vps=sample_vps_details() if vps is None else vps,
        recovered=recovered,
        orders_sent=orders_sent,
        charged=charged,
        balance_before=balance_before,
        balance_after=balance_after,
        currency=currency,
        unexplained=unexplained,
        other_vps_ids=other_vps_ids,
        elapsed_ms=elapsed_ms,
        requests=requests,
    )


def sample_unexplained_charge(
    *,
    amount: Decimal = Decimal("19.49"),
    vps_ids: tuple[str, ...] = ("6953f1a0c4d2e8b7a1905e3d",),
) -> UnexplainedCharge:
    """A sample for previews and fakes. Money that left the wallet while an order was placed, beyond the order's receipt. Something in between sent the"""
    return UnexplainedCharge(
        amount=amount,
        vps_ids=vps_ids,
    )


def sample_purchase_record(
    *,
    id: str = "1f0e5a52-6c1b-4f7e-9a53-2f0c7d1b8e90",
    idempotency_key: str | None = "order-4711",
    plan_id: PlanId | str = PlanId.PRIME,
    billing_cycle: BillingCycle | str = BillingCycle.MONTHLY,
    location: Location | str = Location.LONDON,
    state: PurchaseState | str = PurchaseState.READY,
    attempt: int = 1,
    vps_id: str | None = "6953f1a0c4d2e8b7a1905e3c",
    other_vps_ids: tuple[str, ...] = (),
    token: str | None = "sample token",
) -> PurchaseRecord:
    """A sample for previews and fakes. A purchase, as a store has recorded it."""
    return PurchaseRecord(
        id=id,
        idempotency_key=idempotency_key,
        plan_id=PlanId(plan_id),
        billing_cycle=BillingCycle(billing_cycle),
        location=Location(location),
        state=PurchaseState(state),
        attempt=attempt,
        vps_id=vps_id,
        other_vps_ids=other_vps_ids,
        token=token,
    )


def sample_progress(
    *,
    phase: Phase | str = Phase.POLLING,
    exclusive: bool = False,
    requests: int = 5,
    orders_sent: int = 1,
    elapsed_ms: int = 30_000,
    next_look_ms: int = 15_000,
    vps_id: str | None = "6953f1a0c4d2e8b7a1905e3c",
    last_status: VpsStatus | str | None = VpsStatus.PROVISIONING,
    recovered: bool = False,
    last_error: str | None = None,
    balance_before: Decimal | None = Decimal("100.00"),
    charged: Decimal | None = Decimal("19.49"),
    currency: str | None = "EUR",
    unexplained: UnexplainedCharge | None = None,
    token: str | None = "sample token",
) -> Progress:
    """A sample for previews and fakes. How far a purchase is."""
    return Progress(
        phase=Phase(phase),
        exclusive=exclusive,
        requests=requests,
        orders_sent=orders_sent,
        elapsed_ms=elapsed_ms,
        next_look_ms=next_look_ms,
        vps_id=vps_id,
        last_status=None if last_status is None else VpsStatus(last_status),
        recovered=recovered,
        last_error=last_error,
        balance_before=balance_before,
        charged=charged,
        currency=currency,
        unexplained=unexplained,
        token=token,
    )


def sample_batch_progress(
    *,
    begun: int = 0,
    preflight: int = 0,
    baseline: int = 0,
    ordering: int = 0,
    reconciling: int = 0,
    polling: int = 0,
    ready: int = 0,
    failed: int = 0,
    spent: Decimal = Decimal("0.00"),
    currency: str | None = None,
    longest_ms: int = 0,
) -> BatchProgress:
    """A sample for previews and fakes. How far orders are that are bought together."""
    return BatchProgress(
        begun=begun,
        preflight=preflight,
        baseline=baseline,
        ordering=ordering,
        reconciling=reconciling,
        polling=polling,
        ready=ready,
        failed=failed,
        spent=spent,
        currency=currency,
        longest_ms=longest_ms,
    )


def sample_plan(
    *,
    id: PlanId | str = PlanId.PRIME,
    name: str = "Professional",
    vcpus: int = 2,
    memory_mb: int = 4_000,
    storage_gb: int = 35,
    monthly: Decimal = Decimal("19.49"),
    yearly: Decimal = Decimal("194.90"),
) -> Plan:
    """A sample for previews and fakes. One plan. Every VPS runs Windows Server 2022 with MT5 installed."""
    return Plan(
        id=PlanId(id),
        name=name,
        vcpus=vcpus,
        memory_mb=memory_mb,
        storage_gb=storage_gb,
        monthly=monthly,
        yearly=yearly,
    )
