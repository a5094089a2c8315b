"""STABLEVPS by program: buy, watch and control Forex VPS.

>>> import stablevps
>>> with stablevps.Client.simulated() as client:
...     [vps.location for vps in client.vps.list()]
[]

``Client`` is synchronous, ``AsyncClient`` is for asyncio. Both have the same resources: ``keys``,
``vps``, ``account`` and ``wallet``. Every error is a :class:`StableVPSError`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._errors import (
    BadRequestError,
    DeadlineExceededError,
    InsufficientFundsError,
    InvalidInputError,
    KeyLimitReachedError,
    NotFoundError,
    NotPlacedError,
    OutcomeUnknownError,
    OverBudgetError,
    ProviderError,
    ProvisioningFailedError,
    RateLimitedError,
    ReadOnlyKeyError,
    ServerError,
    StableVPSError,
    StaleTokenError,
    TransportError,
    UnauthorizedError,
    UnexpectedResponseError,
    UnresolvedError,
)
from ._models import (
    Account,
    ActionReceipt,
    AffiliateStats,
    ApiKeyInfo,
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
    RevokedKey,
    Role,
    Scope,
    Vps,
    VpsDetails,
    VpsStatus,
    Wallet,
)
from ._transport import (
    AsyncClock,
    AsyncHttpTransport,
    Clock,
    HttpRequest,
    HttpResponse,
    HttpTransport,
    TransportFailure,
)
from ._values import OpenEnum, Secret, ServerId
from ._version import VERSION as __version__

if TYPE_CHECKING:
    from ._async_client import AsyncClient
    from ._catalogue import PLANS, price
    from ._client import Client

__all__ = [
    "PLANS",
    "Account",
    "ActionReceipt",
    "AffiliateStats",
    "ApiKeyInfo",
    "AsyncClient",
    "AsyncClock",
    "AsyncHttpTransport",
    "BadRequestError",
    "BillingCycle",
    "BillingStatus",
    "Client",
    "Clock",
    "CreatedKey",
    "DeadlineExceededError",
    "DeletedVps",
    "HttpRequest",
    "HttpResponse",
    "HttpTransport",
    "InsufficientFundsError",
    "InvalidInputError",
    "KeyLimitReachedError",
    "Location",
    "NotFoundError",
    "NotPlacedError",
    "OpenEnum",
    "Order",
    "OutcomeUnknownError",
    "OverBudgetError",
    "Phase",
    "Plan",
    "PlanId",
    "PowerAction",
    "Progress",
    "ProviderError",
    "Provisioned",
    "ProvisioningFailedError",
    "RateLimitedError",
    "ReadOnlyKeyError",
    "RevokedKey",
    "Role",
    "Scope",
    "Secret",
    "ServerError",
    "ServerId",
    "StableVPSError",
    "StaleTokenError",
    "TransportError",
    "TransportFailure",
    "UnauthorizedError",
    "UnexpectedResponseError",
    "UnresolvedError",
    "Vps",
    "VpsDetails",
    "VpsStatus",
    "Wallet",
    "__version__",
    "price",
]

# Loaded when first asked for: the native library and asyncio would slow every import down.
_LATE = {
    "AsyncClient": "_async_client",
    "Client": "_client",
    "PLANS": "_catalogue",
    "price": "_catalogue",
}


def __getattr__(name: str) -> Any:
    module = _LATE.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(f".{module}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
