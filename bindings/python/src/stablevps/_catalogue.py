"""What can be bought, and for how much, as the documentation of the API lists it."""

from __future__ import annotations

from decimal import Decimal

import msgspec

from ._core import encode
from ._models import AnyBillingCycle, AnyPlanId, Plan
from ._native import stablevps_ffi
from ._report import opaque

PLANS: tuple[Plan, ...] = tuple(
    msgspec.json.decode(stablevps_ffi.plans(), type=list[Plan], dec_hook=opaque)
)
"""Every plan, the smallest first."""


def price(plan_id: AnyPlanId, billing_cycle: AnyBillingCycle) -> Decimal | None:
    """The price of one period in EUR; ``None`` for a plan or cycle that is not in the catalogue.

    >>> import stablevps
    >>> stablevps.price("prime", "monthly")
    Decimal('19.49')
    """
    text = stablevps_ffi.price(encode((str(plan_id), str(billing_cycle))))
    return None if text is None else Decimal(text)
