"""What became of a recorded purchase that was taken up."""

from __future__ import annotations

from msgspec import Struct

from ._models import Provisioned, PurchaseRecord
from ._report import StableVPSError


class Resumed(Struct, frozen=True, kw_only=True):
    """A recorded purchase that ``client.purchases.resume_all()`` took up.

    It has a ``result`` or an ``error``.
    """

    record: PurchaseRecord
    """As it was found."""
    result: Provisioned | None = None
    """The VPS, where the purchase ended well."""
    error: StableVPSError | None = None
    """How it ended otherwise."""
