"""Everything that can go wrong. :class:`StableVPSError` is the root of all of it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec

from ._models import Vps, VpsDetails, VpsStatus
from ._values import Secret, ServerId

__all__ = [
    "BadRequestError",
    "DeadlineExceededError",
    "InsufficientFundsError",
    "InvalidInputError",
    "KeyLimitReachedError",
    "NotFoundError",
    "NotPlacedError",
    "OutcomeUnknownError",
    "OverBudgetError",
    "ProviderError",
    "ProvisioningFailedError",
    "RateLimitedError",
    "ReadOnlyKeyError",
    "ServerError",
    "StableVPSError",
    "StaleTokenError",
    "TransportError",
    "UnauthorizedError",
    "UnexpectedResponseError",
    "UnresolvedError",
]


class StableVPSError(Exception):
    """The root of every error of this package."""

    code: str
    """The error's name, the same in every language, such as ``insufficient_funds``."""
    fault: str
    """Whose fault it is: ``caller``, ``server`` or ``network``."""
    try_again: str
    """Whether the same call may be made again: ``safe``, ``useless`` or ``unsafe``."""
    endpoint: str | None
    """The endpoint as the documentation writes it, such as ``POST /vps``."""
    status: int | None
    """The HTTP status of the last reply."""
    attempts: int
    """How many requests were made."""
    server_message: str | None
    """The service's own words, without secrets."""
    token: str | None
    """From where a purchase can be taken up again with ``client.vps.resume(token)``."""
    vps: VpsDetails | None
    """The VPS as it was last seen."""

    def __init__(self, document: dict[str, Any]) -> None:
        super().__init__(document["message"])
        self._document = document
        self.code = document["code"]
        self.fault = document["fault"]
        self.try_again = document["tryAgain"]
        self.endpoint = document.get("endpoint")
        self.status = document.get("status")
        self.attempts = document["attempts"]
        self.server_message = document.get("serverMessage")
        self.token = document.get("token")
        vps = document.get("vps")
        self.vps = None if vps is None else _convert(vps, VpsDetails)
        if vps is not None and vps.get("rdpPassword") is not None:
            self._document = {**document, "vps": {**vps, "rdpPassword": None}}
        self._read(document["details"])

    def _read(self, details: dict[str, Any]) -> None:
        """Takes the details of the error's own kind."""

    def _leave_token(self, token: str | None) -> None:
        """Notes the token of the purchase that this error ended from outside."""
        self.token = token
        self._document = {**self._document, "token": token}

    def __reduce__(self) -> Any:
        return (_from_document, (self._document,))


class InvalidInputError(StableVPSError, ValueError):
    """An argument was refused before anything was sent."""

    field: str
    """The argument."""
    reason: str
    """What it must be."""

    def _read(self, details: dict[str, Any]) -> None:
        self.field, self.reason = details["field"], details["reason"]


class BadRequestError(StableVPSError):
    """The service refused a parameter (400)."""


class UnauthorizedError(StableVPSError):
    """The API key is missing, invalid or expired (401)."""


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
        self.required = _money(details["required"])
        self.available = _money(details["available"])
        self.shortfall = _money(details["shortfall"])
        self.currency = details["currency"]


class ReadOnlyKeyError(StableVPSError):
    """A read-only key was used for a change (403)."""


class NotFoundError(StableVPSError):
    """There is no such resource in this account (404)."""


class KeyLimitReachedError(StableVPSError):
    """The account has as many API keys as it may have (429 on ``keys.create``)."""


class RateLimitedError(StableVPSError):
    """Too many requests (429)."""

    retry_after: float | None
    """How many seconds the service asks to wait."""

    def _read(self, details: dict[str, Any]) -> None:
        asked = details["retryAfterMs"]
        self.retry_after = None if asked is None else asked / 1000


class ServerError(StableVPSError):
    """The service failed (5xx)."""


class ProviderError(ServerError):
    """The VPS provider behind the service failed (502)."""


class UnexpectedResponseError(StableVPSError):
    """The service answered something that its documentation does not allow."""

    place: str
    """Where in the body, such as ``vps[3].createdAt``."""
    reason: str
    """What is wrong there."""
    content_type: str | None
    """The reply's content type."""
    excerpt: str | None
    """The beginning of a body that is not JSON, without secrets."""

    def _read(self, details: dict[str, Any]) -> None:
        self.place, self.reason = details["place"], details["reason"]
        self.content_type, self.excerpt = details["contentType"], details["excerpt"]


class TransportError(StableVPSError):
    """No response arrived."""

    kind: str
    """Where it broke: dns, connect, tls, proxy, timeout, io, too_large or cancelled."""
    delivery: str
    """``not_sent``: certainly nothing reached the service. ``unknown``: something may have."""
    detail: str
    """The HTTP stack's own words, without secrets."""

    def _read(self, details: dict[str, Any]) -> None:
        self.kind, self.delivery = details["kind"], details["delivery"]
        self.detail = details["detail"]


class OutcomeUnknownError(StableVPSError):
    """A request that must not be repeated may or may not have taken effect."""

    reason: str
    """What happened to its reply."""
    advice: str
    """How to find out what became of it."""

    def _read(self, details: dict[str, Any]) -> None:
        self.reason, self.advice = details["reason"], details["advice"]


class DeadlineExceededError(StableVPSError, TimeoutError):
    """The time allowed for the whole was over."""

    waiting_for: str
    """What was being waited for."""

    def _read(self, details: dict[str, Any]) -> None:
        self.waiting_for = details["waitingFor"]


class OverBudgetError(StableVPSError):
    """The price is above ``max_spend``. Nothing was ordered."""

    price: Decimal
    """The catalogue's price."""
    max_spend: Decimal
    """The limit that was set."""

    def _read(self, details: dict[str, Any]) -> None:
        self.price, self.max_spend = Decimal(details["price"]), Decimal(details["maxSpend"])


class ProvisioningFailedError(StableVPSError):
    """The VPS was bought but can't become usable."""

    vps_status: VpsStatus
    """The status that ended the wait."""

    def _read(self, details: dict[str, Any]) -> None:
        self.vps_status = VpsStatus(details["vpsStatus"])


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
        self.candidates = _convert(details["candidates"], list[Vps])


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
    "provisioning_failed": ProvisioningFailedError,
    "not_placed": NotPlacedError,
    "unresolved": UnresolvedError,
    "stale_token": StaleTokenError,
}


def _from_document(document: dict[str, Any]) -> StableVPSError:
    return _CLASSES.get(document["code"], StableVPSError)(document)


def from_json(document: str) -> StableVPSError:
    """The exception that an error's document describes."""
    return _from_document(msgspec.json.decode(document))


def invalid_input(field: str, reason: str) -> InvalidInputError:
    """An argument that Python itself can see is wrong."""
    return InvalidInputError(
        {
            "code": "invalid_input",
            "message": f"{field} {reason}",
            "fault": "caller",
            "tryAgain": "useless",
            "attempts": 0,
            "details": {"field": field, "reason": reason},
        }
    )


def late(waiting_for: str) -> DeadlineExceededError:
    """A purchase whose time was over before the core was asked again."""
    return DeadlineExceededError(
        {
            "code": "deadline_exceeded",
            "message": f"the time allowed was over while waiting for {waiting_for}",
            "fault": "caller",
            "tryAgain": "safe",
            "attempts": 0,
            "details": {"waitingFor": waiting_for},
        }
    )


def _money(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _convert(document: Any, kind: Any) -> Any:
    return msgspec.convert(document, kind, dec_hook=opaque)


def opaque(kind: type, text: Any) -> Any:
    """Makes the values that msgspec does not know."""
    if kind is Secret or kind is ServerId:
        return kind(text)
    raise TypeError(f"no way to make {kind}")
