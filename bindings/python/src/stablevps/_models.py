"""The models of the API. Written by `cargo xtask generate` from the core's models."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Literal, TypeAlias

from msgspec import field

from ._values import Model, OpenEnum, Secret, ServerId

__all__ = [
    "Account",
    "ActionReceipt",
    "AffiliateStats",
    "AnyBillingCycle",
    "AnyLocation",
    "AnyPlanId",
    "AnyScope",
    "ApiKeyInfo",
    "Auth",
    "BatchProgress",
    "BillingCycle",
    "BillingStatus",
    "CreatedKey",
    "DeletedVps",
    "Delivery",
    "FailureKind",
    "Fault",
    "Location",
    "Next",
    "Order",
    "Phase",
    "Plan",
    "PlanId",
    "PowerAction",
    "ProbeOutcome",
    "Progress",
    "Provisioned",
    "PurchaseRecord",
    "PurchaseState",
    "RebootPolicy",
    "RevokedKey",
    "Role",
    "Scope",
    "UnexplainedCharge",
    "Vps",
    "VpsDetails",
    "VpsStatus",
    "WaitLevel",
    "Wallet",
    "WhenHeld",
]


class Role(OpenEnum):
    """What an account may do on the service's own site."""

    USER = "user"
    """An ordinary customer."""

    ADMIN = "admin"
    """Staff of the service."""


class PowerAction(OpenEnum):
    """What can be done to a running VPS."""

    START = "start"
    """Switch it on."""

    STOP = "stop"
    """Switch it off."""

    REBOOT = "reboot"
    """Restart it."""


class Scope(OpenEnum):
    """What a key may do."""

    FULL = "full"
    """Read and write: buy, delete and control VPS."""

    READ = "read"
    """Read only."""


AnyScope: TypeAlias = Scope | Literal[
    "full",
    "read",
]
"""A ``Scope`` or its text. One that is newer than this package: ``Scope("...")``."""


class PlanId(OpenEnum):
    """The size of a VPS."""

    BASIC = "basic"
    """Starter: 1 vCPU, 2.5 GB of memory, 17 GB NVMe."""

    PRIME = "prime"
    """Professional: 2 vCPU, 4 GB of memory, 35 GB NVMe."""

    PRO = "pro"
    """Enterprise: 4 vCPU, 8 GB of memory, 65 GB NVMe."""


AnyPlanId: TypeAlias = PlanId | Literal[
    "basic",
    "prime",
    "pro",
]
"""A ``PlanId`` or its text. One that is newer than this package: ``PlanId("...")``."""


class BillingCycle(OpenEnum):
    """How often a VPS is paid for."""

    MONTHLY = "monthly"
    """Every month."""

    YEARLY = "yearly"
    """Every year."""


AnyBillingCycle: TypeAlias = BillingCycle | Literal[
    "monthly",
    "yearly",
]
"""A ``BillingCycle`` or its text. One that is newer than this package: ``BillingCycle("...")``."""


class Location(OpenEnum):
    """Where a VPS stands."""

    AMSTERDAM = "amsterdam"
    """Amsterdam."""

    LONDON = "london"
    """London."""

    FRANKFURT = "frankfurt"
    """Frankfurt."""

    NEW_YORK = "newYork"
    """New York."""

    SINGAPORE = "singapore"
    """Singapore."""

    TOKYO = "tokyo"
    """Tokyo."""


AnyLocation: TypeAlias = Location | Literal[
    "amsterdam",
    "london",
    "frankfurt",
    "newYork",
    "singapore",
    "tokyo",
]
"""A ``Location`` or its text. One that is newer than this package: ``Location("...")``."""


class VpsStatus(OpenEnum):
    """How the machine itself stands."""

    PROVISIONING = "provisioning"
    """Being set up."""

    ACTIVE = "active"
    """Running."""

    SUSPENDED = "suspended"
    """Halted by the service."""

    TERMINATED = "terminated"
    """Gone for good."""


class BillingStatus(OpenEnum):
    """How the payment for a VPS stands."""

    ACTIVE = "active"
    """Paid for."""

    CANCELED = "canceled"
    """Ends with the period."""

    PAST_DUE = "past_due"
    """A payment is overdue."""

    TRIALING = "trialing"
    """In a trial period."""

    PENDING = "pending"
    """Not paid yet."""


class PurchaseState(OpenEnum):
    """How far a purchase has come."""

    OPEN = "open"
    """Nothing was ordered yet."""

    ORDERED = "ordered"
    """The order may have been sent."""

    BOUGHT = "bought"
    """Bought, and not yet usable."""

    READY = "ready"
    """Bought, and seen usable."""

    FAILED = "failed"
    """Bought, and can't become usable."""

    UNRESOLVED = "unresolved"
    """Perhaps bought: a person must look."""

    NOT_ORDERED = "not_ordered"
    """Nothing was bought: refused, given up before, or seen not to have been placed."""

    FORGOTTEN = "forgotten"
    """Its end was deleted; the key stays used."""


class Phase(OpenEnum):
    """Where a purchase is."""

    PREFLIGHT = "preflight"
    """Looking at the wallet. Nothing is ordered."""

    BASELINE = "baseline"
    """Remembering the VPS there are. Nothing is ordered."""

    ORDERING = "ordering"
    """Placing the one order."""

    RECONCILING = "reconciling"
    """The order's reply was lost: looking for what became of it."""

    POLLING = "polling"
    """Bought: waiting until it can be used."""

    ENDED = "ended"
    """At an end."""


FailureKind = Literal["dns", "connect", "tls", "proxy", "timeout", "io", "too_large", "cancelled"]
"""Where an exchange broke.

- ``dns``: The host name could not be resolved.
- ``connect``: No connection could be made.
- ``tls``: The secure channel could not be set up, or broke.
- ``proxy``: The proxy refused or failed.
- ``timeout``: The time allowed was over.
- ``io``: The connection broke, or the response was not HTTP.
- ``too_large``: The response was larger than 16 MiB.
- ``cancelled``: The host gave the request up.
"""


Delivery = Literal["not_sent", "unknown"]
"""Whether a failed request may have taken effect.

- ``not_sent``: Certain: not one byte of the request reached the server.
- ``unknown``: Anything else: the request may have taken effect.
"""


Fault = Literal["caller", "server", "network"]
"""Whose fault an error is.

- ``caller``: The caller's: other arguments, another key or more money would help.
- ``server``: The service's, or its provider's.
- ``network``: The network's, or a proxy's.
"""


Next = Literal["retry", "resume", "fix", "ask"]
"""What to do after an error.

- ``retry``: Make the same call again: that is safe, and may succeed.
- ``resume``: Resume the purchase from the error's token: it is bought, or may be. The same call would buy again.
- ``fix``: Change the call, the key or the wallet first. Nothing was done.
- ``ask``: Let a person look at the account: it can't be told from here what is right.
"""


Auth = Literal["bearer", "x-api-key"]
"""How a request carries its key.

- ``bearer``: ``Authorization: Bearer <key>``.
- ``x-api-key``: ``X-API-Key: <key>``.
"""


WaitLevel = Literal["ready", "active", "reachable"]
"""When a VPS counts as usable.

- ``ready``: Active, with address, user and password.
- ``active``: Active, whatever else is there.
- ``reachable``: Ready, and it accepts a TCP connection on port 3389, which is RDP's.
"""


WhenHeld = Literal["refuse", "wait"]
"""What to do about a purchase that goes on elsewhere.

- ``refuse``: End with ``PurchaseInProgress``.
- ``wait``: Wait for its end, as long as the time allowed.
"""


RebootPolicy = Literal["never", "when_silent"]
"""Which VPS a watch reboots.

- ``never``: None.
- ``when_silent``: Those that are paid and active and do not answer, while others do.
"""


ProbeOutcome = Literal["answered", "silent", "not_tried"]
"""How a probe went.

- ``answered``: The connection was accepted.
- ``silent``: It was refused, was not possible, or took too long.
- ``not_tried``: The host could not try: it has no network, no free socket, or was ended. It says nothing about the VPS.
"""


class Account(Model, frozen=True, kw_only=True, gc=False, rename="camel"):
    """The account's profile with its balance and VPS counts (``GET /account``)."""

    id: str
    """The account's id."""

    first_name: str | None = None
    """The holder's first name."""

    last_name: str | None = None
    """The holder's last name."""

    email: str
    """The e-mail address the account signs in with."""

    role: Role
    """What the account may do."""

    balance: Decimal
    """What the wallet holds, rounded half-even to the cent."""

    currency: str
    """The currency of the balance, ``EUR``."""

    referral_code: str | None = None
    """The code that others sign up with."""

    affiliate_stats: AffiliateStats | None = None
    """What the referral code earned."""

    active_vps_count: int
    """How many VPS are active now."""

    total_vps_count: int
    """How many VPS there are in any state."""

    created_at: datetime | None = None
    """When the account was made."""


class AffiliateStats(Model, frozen=True, kw_only=True, gc=False, rename="camel"):
    """What an account's referral code earned."""

    total_referrals: int
    """Everyone who signed up with the code."""

    successful_referrals: int
    """Those of them who bought."""

    total_earnings: Decimal
    """What that earned, in the account's currency."""


class ActionReceipt(Model, frozen=True, kw_only=True, gc=False, rename="camel"):
    """The service's receipt for a power action (``POST /vps/:id/actions``)."""

    action: PowerAction
    """What was asked for."""

    _server_id: str | None = field(default=None, name="serverId")

    @property
    def server_id(self) -> ServerId | None:
        """The provider's own id. No call takes it."""
        return None if self._server_id is None else ServerId(self._server_id)

    message: str | None = None
    """The service's own words."""


class ApiKeyInfo(Model, frozen=True, kw_only=True, gc=False, rename="camel"):
    """What is known of an API key (``GET /auth``); never the key itself."""

    id: str
    """The key's id: what revoking it takes."""

    name: str
    """The label given to the key."""

    key_prefix: str
    """The key's first characters."""

    scope: Scope
    """What the key may do."""

    last_used_at: datetime | None = None
    """When the key was last used; none means never."""

    expires_at: datetime | None = None
    """When the key stops working; none means never."""

    created_at: datetime | None = None
    """When the key was made."""


class CreatedKey(Model, frozen=True, kw_only=True, gc=False, rename="camel"):
    """A new API key (``POST /auth``). The key itself is in this reply and nowhere else, ever."""

    api_key: Secret
    """The key, shown this one time."""

    key_prefix: str
    """The key's first characters, by which listings name it."""

    name: str
    """The label given to the key."""

    scope: Scope
    """What the key may do."""

    expires_at: datetime | None = None
    """When the key stops working; none means never."""

    message: str | None = None
    """The service's own words."""


class DeletedVps(Model, frozen=True, kw_only=True, gc=False, rename="camel"):
    """The end of a VPS (``DELETE /vps/:id``)."""

    id: str
    """The id of what was deleted."""

    provider_deleted: bool | None = None
    """Whether the provider confirmed; not known where the reply was lost."""

    message: str | None = None
    """The service's own words."""

    already_gone: bool
    """True when the service answered "not found" to a repeated request whose first reply was lost."""


class Order(Model, frozen=True, kw_only=True, gc=False, rename="camel"):
    """The service's receipt for an order (``POST /vps``)."""

    id: str
    """The new VPS's id: what every later call takes."""

    _server_id: str | None = field(default=None, name="serverId")

    @property
    def server_id(self) -> ServerId | None:
        """The provider's own id. No call takes it."""
        return None if self._server_id is None else ServerId(self._server_id)

    plan_id: PlanId
    """The size."""

    billing_cycle: BillingCycle
    """How often it is paid for."""

    location: Location
    """Where it stands."""

    vps_status: VpsStatus
    """How the machine stands: as a rule, ``provisioning``."""

    rdp_username: str | None = None
    """The user to sign in as over RDP."""

    cost: Decimal
    """What the wallet was charged."""

    new_balance: Decimal
    """What the wallet holds after it."""

    currency: str
    """The currency of both, ``EUR``."""

    current_period_end: datetime | None = None
    """Until when it is paid for."""

    message: str | None = None
    """The service's own words."""


class RevokedKey(Model, frozen=True, kw_only=True, gc=False, rename="camel"):
    """The end of a key (``DELETE /auth``)."""

    message: str | None = None
    """The service's own words."""

    already_gone: bool
    """True when the service answered "not found" to a repeated request whose first reply was lost."""


class VpsDetails(Model, frozen=True, kw_only=True, gc=False, rename="camel"):
    """One VPS with all there is to know (``GET /vps/:id``)."""

    id: str
    """The service's id: what every call takes."""

    plan_id: PlanId
    """The size."""

    billing_cycle: BillingCycle
    """How often it is paid for."""

    status: BillingStatus
    """How the payment stands."""

    vps_status: VpsStatus
    """How the machine stands."""

    ip_address: str | None = None
    """The public address, once there is one."""

    hostname: str | None = None
    """The host name, once there is one."""

    rdp_username: str | None = None
    """The user to sign in as over RDP."""

    rdp_password: Secret | None = None
    """The password to sign in with over RDP."""

    location: Location
    """Where it stands."""

    _server_id: str | None = field(default=None, name="serverId")

    @property
    def server_id(self) -> ServerId | None:
        """The provider's own id. No call takes it."""
        return None if self._server_id is None else ServerId(self._server_id)

    current_period_start: datetime | None = None
    """Since when the current period is paid for."""

    current_period_end: datetime | None = None
    """Until when it is paid for."""

    created_at: datetime | None = None
    """When it was ordered."""


class Vps(Model, frozen=True, kw_only=True, gc=False, rename="camel"):
    """A VPS as listings show it (``GET /vps``): no password and no host name."""

    id: str
    """The service's id: what every call takes."""

    plan_id: PlanId
    """The size."""

    billing_cycle: BillingCycle
    """How often it is paid for."""

    status: BillingStatus
    """How the payment stands."""

    vps_status: VpsStatus
    """How the machine stands."""

    ip_address: str | None = None
    """The public address, once there is one."""

    location: Location
    """Where it stands."""

    rdp_username: str | None = None
    """The user to sign in as over RDP."""

    _server_id: str | None = field(default=None, name="serverId")

    @property
    def server_id(self) -> ServerId | None:
        """The provider's own id. No call takes it."""
        return None if self._server_id is None else ServerId(self._server_id)

    current_period_end: datetime | None = None
    """Until when it is paid for."""

    created_at: datetime | None = None
    """When it was ordered."""


class Wallet(Model, frozen=True, kw_only=True, gc=False, rename="camel"):
    """The wallet, the only means of payment of the API (``GET /wallet``)."""

    balance: Decimal
    """What the wallet holds, rounded half-even to the cent."""

    currency: str
    """The currency of the balance, ``EUR``."""


class Provisioned(Model, frozen=True, kw_only=True, gc=False, rename="camel"):
    """A purchase that ended well."""

    vps: VpsDetails
    """The VPS, usable."""

    recovered: bool
    """Whether the order's reply was lost and the VPS found by looking."""

    orders_sent: int
    """How often the order was handed over in a way that the service may have received it."""

    charged: Decimal | None = None
    """What the order cost: from its receipt, or after a lost receipt from the wallet's change."""

    balance_before: Decimal | None = None
    """What the wallet held before the order."""

    balance_after: Decimal | None = None
    """What the wallet held after the order."""

    currency: str | None = None
    """The currency of all three."""

    unexplained: UnexplainedCharge | None = None
    """What else was charged while the order was placed: look at the account."""

    other_vps_ids: tuple[str, ...]
    """Other VPS that were bought for this purchase, as its store knows: its order was carried out more than once. Look
    at the account. Empty without a store."""

    elapsed_ms: int
    """Milliseconds since the purchase began, in whatever process."""

    requests: int
    """How many requests were made since this process began with it."""


class UnexplainedCharge(Model, frozen=True, kw_only=True, gc=False, rename="camel"):
    """Money that left the wallet while an order was placed, beyond the order's receipt. Something in between sent the
    order again, somebody else bought, or a renewal fell due."""

    amount: Decimal
    """How much."""

    vps_ids: tuple[str, ...]
    """VPS that were not there before the order and that no purchase of this process got, as far as they could be
    listed."""


class PurchaseRecord(Model, frozen=True, kw_only=True, gc=False, rename="camel"):
    """A purchase, as a store has recorded it."""

    id: str
    """Its id in the store."""

    idempotency_key: str | None = None
    """The caller's idempotency key; none of a purchase that was made without one."""

    plan_id: PlanId
    """The size."""

    billing_cycle: BillingCycle
    """How often to pay."""

    location: Location
    """Where."""

    state: PurchaseState
    """How far it has come."""

    attempt: int
    """How often an order was begun for it."""

    vps_id: str | None = None
    """Its VPS, once that is known."""

    other_vps_ids: tuple[str, ...]
    """Other VPS that were bought for it: its order was carried out more than once. Look at the account."""

    token: str | None = None
    """From where it can be taken up without the store; none once it is forgotten."""


class Progress(Model, frozen=True, kw_only=True, gc=False, rename="camel"):
    """How far a purchase is."""

    phase: Phase
    """Where it is."""

    exclusive: bool
    """Whether no other purchase of this account may be before its polling at the same time."""

    requests: int
    """How many requests were made since this process began with it."""

    orders_sent: int
    """How often the order was handed over in a way that the service may have received it."""

    elapsed_ms: int
    """Milliseconds since the purchase began, in whatever process."""

    next_look_ms: int
    """Milliseconds until the next request."""

    vps_id: str | None = None
    """The VPS, once it is known."""

    last_status: VpsStatus | None = None
    """Its status when it was last seen."""

    recovered: bool
    """Whether the order's reply was lost and the VPS found by looking."""

    last_error: str | None = None
    """The code of the last failure that was got over."""

    balance_before: Decimal | None = None
    """What the wallet held before the order."""

    charged: Decimal | None = None
    """What the order cost: from its receipt, or after a lost receipt from the wallet's change."""

    currency: str | None = None
    """The currency of both."""

    unexplained: UnexplainedCharge | None = None
    """What else was charged meanwhile."""

    token: str | None = None
    """From where the purchase can be taken up again. Keep it before going on."""


class BatchProgress(Model, frozen=True, kw_only=True, gc=False, rename="camel"):
    """How far orders are that are bought together."""

    begun: int
    """How many were begun."""

    preflight: int
    """How many are looking at the wallet, or wait for their turn to."""

    baseline: int
    """How many are remembering the VPS there are."""

    ordering: int
    """How many are placing their order."""

    reconciling: int
    """How many look for an order whose reply was lost."""

    polling: int
    """How many wait for their VPS."""

    ready: int
    """How many ended with a VPS."""

    failed: int
    """How many ended with an error."""

    spent: Decimal
    """What was spent; with the price that this version knows, where the charge is not known."""

    currency: str | None = None
    """The currency of that, once it is known."""

    longest_ms: int
    """Milliseconds since the oldest purchase that is under way began."""


class Plan(Model, frozen=True, kw_only=True, gc=False, rename="camel"):
    """One plan. Every VPS runs Windows Server 2022 with MT5 installed."""

    id: PlanId
    """The plan's id: what an order takes."""

    name: str
    """The plan's name."""

    vcpus: int
    """Virtual processors."""

    memory_mb: int
    """Memory in megabytes of 1,000,000 bytes."""

    storage_gb: int
    """NVMe storage in gigabytes."""

    monthly: Decimal
    """The price of a month, in EUR."""

    yearly: Decimal
    """The price of a year, in EUR."""
