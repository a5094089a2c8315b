"""Everything that can go wrong. Written by `cargo xtask generate` from the core's list of errors.

:class:`StableVPSError` is the root of all of them.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from ._models import Delivery, FailureKind, Vps, VpsStatus
from ._report import StableVPSError, convert, seconds
from ._values import Secret, ServerId

__all__ = [
    "BadRequestError",
    "DeadlineExceededError",
    "IdempotencyMismatchError",
    "InsufficientFundsError",
    "InvalidInputError",
    "KeyLimitReachedError",
    "NotFoundError",
    "NotPlacedError",
    "OutcomeUnknownError",
    "OverBudgetError",
    "PriceAboveLimitError",
    "ProviderError",
    "ProvisioningFailedError",
    "PurchaseInProgressError",
    "RateLimitedError",
    "ReadOnlyKeyError",
    "ServerError",
    "StableVPSError",
    "StaleTokenError",
    "StoreError",
    "TransportError",
    "UnauthorizedError",
    "UnexpectedResponseError",
    "UnresolvedError",
]


class InvalidInputError(StableVPSError, ValueError):
    """An argument was refused before anything was sent."""

    field: str
    """The argument."""

    reason: str
    """What it must be."""

    def _read(self, details: dict[str, Any]) -> None:
        self.field = details["field"]
        self.reason = details["reason"]


class BadRequestError(StableVPSError):
    """The service refused a parameter (400 and the other refusals of its kind)."""


class UnauthorizedError(StableVPSError):
    """The key is missing, invalid or expired (401)."""


class InsufficientFundsError(StableVPSError):
    """The wallet does not hold enough (402), or was seen not to before ordering."""

    required: Decimal | None
    """What is needed."""

    available: Decimal | None
    """What there is."""

    shortfall: Decimal | None
    """How much is missing."""

    currency: str | None
    """The currency of all three."""

    def _read(self, details: dict[str, Any]) -> None:
        self.required = convert(details["required"], Decimal | None)
        self.available = convert(details["available"], Decimal | None)
        self.shortfall = convert(details["shortfall"], Decimal | None)
        self.currency = details["currency"]


class ReadOnlyKeyError(StableVPSError):
    """A read-only key was used for a change (403)."""


class NotFoundError(StableVPSError):
    """There is no such resource in this account (404)."""


class KeyLimitReachedError(StableVPSError):
    """The account has as many API keys as it may have (429 when creating one)."""


class RateLimitedError(StableVPSError):
    """Too many requests (429)."""

    retry_after: float | None
    """Seconds that the service asks to wait."""

    def _read(self, details: dict[str, Any]) -> None:
        self.retry_after = seconds(details["retryAfterMs"])


class ServerError(StableVPSError):
    """The service failed (5xx)."""


class ProviderError(ServerError):
    """The VPS provider behind the service failed (502)."""


class UnexpectedResponseError(StableVPSError):
    """The service answered something that the documentation does not allow."""

    place: str
    """Where in the body, such as ``vps[3].createdAt``."""

    reason: str
    """What is wrong there."""

    content_type: str | None
    """The reply's content type."""

    excerpt: str | None
    """The beginning of a body that is not JSON, without secrets."""

    def _read(self, details: dict[str, Any]) -> None:
        self.place = details["place"]
        self.reason = details["reason"]
        self.content_type = details["contentType"]
        self.excerpt = details["excerpt"]


class TransportError(StableVPSError):
    """No response arrived, and nothing was changed by the request."""

    kind: FailureKind
    """Where it broke."""

    delivery: Delivery
    """Whether the request may have reached the service."""

    detail: str
    """The HTTP stack's words."""

    def _read(self, details: dict[str, Any]) -> None:
        self.kind = convert(details["kind"], FailureKind)
        self.delivery = convert(details["delivery"], Delivery)
        self.detail = details["detail"]


class OutcomeUnknownError(StableVPSError):
    """A request that must not be repeated may or may not have taken effect."""

    reason: str
    """What happened to its reply."""

    advice: str
    """How to find out what became of it."""

    def _read(self, details: dict[str, Any]) -> None:
        self.reason = details["reason"]
        self.advice = details["advice"]


class DeadlineExceededError(StableVPSError, TimeoutError):
    """The time allowed for the whole was over."""

    waiting_for: str
    """What was being waited for."""

    def _read(self, details: dict[str, Any]) -> None:
        self.waiting_for = details["waitingFor"]


class OverBudgetError(StableVPSError):
    """The price is above the limit that the caller set. Nothing was ordered."""

    price: Decimal
    """The catalogue's price."""

    max_spend: Decimal
    """The caller's limit."""

    def _read(self, details: dict[str, Any]) -> None:
        self.price = convert(details["price"], Decimal)
        self.max_spend = convert(details["maxSpend"], Decimal)


class PriceAboveLimitError(StableVPSError):
    """The VPS was bought, and its receipt shows a higher price than the limit that the caller set."""

    charged: Decimal
    """What the receipt says."""

    max_spend: Decimal
    """The caller's limit."""

    def _read(self, details: dict[str, Any]) -> None:
        self.charged = convert(details["charged"], Decimal)
        self.max_spend = convert(details["maxSpend"], Decimal)


class ProvisioningFailedError(StableVPSError):
    """The VPS was bought but can't become usable."""

    vps_status: VpsStatus
    """The status that ended the wait."""

    def _read(self, details: dict[str, Any]) -> None:
        self.vps_status = convert(details["vpsStatus"], VpsStatus)


class NotPlacedError(StableVPSError):
    """The order's reply was lost, and the order was seen not to have been placed."""


class UnresolvedError(StableVPSError):
    """The order's reply was lost, and what became of the order could not be told."""

    reason: str
    """Why not."""

    candidates: list[Vps]
    """VPS that may be the one ordered."""

    def _read(self, details: dict[str, Any]) -> None:
        self.reason = details["reason"]
        self.candidates = convert(details["candidates"], list[Vps])


class PurchaseInProgressError(StableVPSError):
    """The purchase of that idempotency key goes on elsewhere."""


class IdempotencyMismatchError(StableVPSError):
    """The idempotency key was used for another order."""

    field: str
    """What differs."""

    def _read(self, details: dict[str, Any]) -> None:
        self.field = details["field"]


class StoreError(StableVPSError):
    """The store of purchases failed."""

    detail: str
    """The database's words."""

    def _read(self, details: dict[str, Any]) -> None:
        self.detail = details["detail"]


class StaleTokenError(StableVPSError):
    """A token can't be resumed."""

    reason: str
    """Why not."""

    def _read(self, details: dict[str, Any]) -> None:
        self.reason = details["reason"]


_CLASSES: dict[str, type[StableVPSError]] = {
    "invalid_input": InvalidInputError,
    "bad_request": BadRequestError,
    "unauthorized": UnauthorizedError,
    "insufficient_funds": InsufficientFundsError,
    "read_only_key": ReadOnlyKeyError,
    "not_found": NotFoundError,
    "key_limit_reached": KeyLimitReachedError,
    "rate_limited": RateLimitedError,
    "server": ServerError,
    "provider": ProviderError,
    "unexpected_response": UnexpectedResponseError,
    "transport": TransportError,
    "outcome_unknown": OutcomeUnknownError,
    "deadline_exceeded": DeadlineExceededError,
    "over_budget": OverBudgetError,
    "price_above_limit": PriceAboveLimitError,
    "provisioning_failed": ProvisioningFailedError,
    "not_placed": NotPlacedError,
    "unresolved": UnresolvedError,
    "purchase_in_progress": PurchaseInProgressError,
    "idempotency_mismatch": IdempotencyMismatchError,
    "store": StoreError,
    "stale_token": StaleTokenError,
}


def from_report(report: dict[str, Any]) -> StableVPSError:
    """The exception that an error's report describes."""
    return _CLASSES.get(report["code"], StableVPSError)(report)


def from_json(document: str | bytes) -> StableVPSError:
    """The exception that an error's report describes, as JSON."""
    return from_report(msgspec.json.decode(document))
