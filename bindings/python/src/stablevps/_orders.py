"""Orders that are bought together, and what became of each."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from msgspec import Struct

from ._models import (
    AnyBillingCycle,
    AnyLocation,
    AnyPlanId,
    Progress,
    Provisioned,
    WaitLevel,
    WhenHeld,
)
from ._report import StableVPSError

__all__ = ["BatchOrder", "BatchResult"]


class BatchOrder(Struct, frozen=True, kw_only=True):
    """One of the orders of ``client.vps.provision_many``.

    What is not given is as ``provision_many`` was called with.
    """

    plan_id: AnyPlanId
    """The size."""
    billing_cycle: AnyBillingCycle
    """How often to pay."""
    location: AnyLocation
    """Where."""
    idempotency_key: str | None = None
    """Your own name for this purchase. It needs a client with a ``store``."""
    max_spend: Decimal | str | int | None = None
    """The most that may be spent on this one."""
    timeout: float | None = None
    """How many seconds it may take in all."""
    wait_for: WaitLevel | None = None
    """What is waited for."""
    preflight: bool | None = None
    """Whether to read the wallet before ordering."""
    check_funds: bool | None = None
    """Whether too small a wallet ends it before anything is ordered."""
    first_look: float | None = None
    """When to look at the new VPS for the first time, in seconds."""
    longest_pause: float | None = None
    """The longest pause between two looks, in seconds."""
    settle: float | None = None
    """How long an order whose reply was lost is looked for, in seconds."""
    when_held: WhenHeld | None = None
    """What to do where the purchase of its key goes on elsewhere."""
    on_progress: Callable[[Progress], Any] | None = None
    """Called before every request and every wait of this purchase, as that of ``provision`` is:
    with a ``token`` before the order is sent. A synchronous client calls it in the order's thread.
    """

    def settings(self, usual: dict[str, Any]) -> dict[str, Any]:
        """The arguments for this order, where the usual ones are given."""
        own = {name: getattr(self, name) for name in (*_MUST, *usual, "idempotency_key")}
        return {**usual, **{name: value for name, value in own.items() if value is not None}}


NO_MORE = object()
"""What stands for the end of the orders."""

_MUST = ("plan_id", "billing_cycle", "location")


class BatchResult(Struct, frozen=True, kw_only=True):
    """What became of one of the orders of ``client.vps.provision_many``.

    It has a ``result`` or an ``error``.
    """

    index: int
    """Which order it was, from 0, in the order in which they were taken."""
    order: BatchOrder
    """The order."""
    result: Provisioned | None = None
    """The VPS, where the purchase ended well."""
    error: StableVPSError | None = None
    """How it ended otherwise. Its ``next`` says what to do, and its ``token`` from where."""


class Taken(Struct):
    """An order that was taken."""

    index: int
    order: BatchOrder


def checked_order(order: object) -> BatchOrder:
    """What the caller's iterable gave."""
    if not isinstance(order, BatchOrder):
        raise TypeError(f"an order must be a BatchOrder, not {type(order).__name__}")
    return order
