"""Recorded purchases, of the synchronous client.

Written by ``cargo xtask generate`` from ``_async_purchases.py``: change that file, not this one.
"""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING, Any

from ._arguments import flag, milliseconds, text, without_none
from ._progress import OnProgress
from ._core import invalid_input
from ._models import Provisioned, PurchaseRecord, PurchaseState, WhenHeld
from ._report import StableVPSError
from ._resumed import Resumed

if TYPE_CHECKING:
    from ._client import Client

__all__ = ["Purchases"]


class Purchases:
    """Recorded purchases: ``client.purchases``. The client must have a ``store``."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def list(self, *, open_only: bool = False) -> builtins.list[PurchaseRecord]:
        """Every purchase of the account, the oldest first.

        :param open_only: only those that have not ended.
        :raises StoreError: the store failed.
        """
        request = {"listPurchases": {"openOnly": flag("open_only", open_only)}}
        result = builtins.list[PurchaseRecord]
        records: builtins.list[PurchaseRecord] = self._ask("list", request, result)
        return records

    def get(self, idempotency_key: str) -> PurchaseRecord | None:
        """The purchase of that idempotency key, if there is one.

        :raises StoreError: the store failed.
        """
        request = {"getPurchase": {"idempotencyKey": text("idempotency_key", idempotency_key)}}
        record: PurchaseRecord | None = self._ask("get", request, PurchaseRecord | None)
        return record

    def resume(
        self,
        idempotency_key: str,
        *,
        timeout: float | None = None,
        when_held: WhenHeld = "refuse",
        on_progress: OnProgress | None = None,
    ) -> Provisioned:
        """Takes up the purchase of that idempotency key, and waits for its end.

        One that was not ordered is not begun again: call ``vps.provision`` with its key for that.

        :param timeout: how many seconds the purchase may take from now on; by default as many as it
            began with.
        :param when_held: what to do where it goes on elsewhere: ``"refuse"`` or ``"wait"``.
        :raises PurchaseInProgressError: it goes on elsewhere.
        :raises StoreError: the store failed. After the order, this has the ``token``.
        """
        find = {"key": text("idempotency_key", idempotency_key)}
        return self._resume(find, timeout, when_held, on_progress)

    def resume_all(self) -> builtins.list[Resumed]:
        """Takes up every purchase that has not ended, one after the other, the oldest first.

        This is what a program does when it starts. How a single purchase ends is no error of this
        call: each is given with its result or its error. Those that were not ordered are left.

        :raises StoreError: the purchases can't be listed.
        """
        ends = []
        for record in self.list(open_only=True):
            if record.state is not PurchaseState.NOT_ORDERED:
                ends.append(self._end_of(record))
        return ends

    def forget(self, idempotency_key: str) -> None:
        """Deletes what is known of a purchase that has ended, or that ordered nothing.

        Its key stays used, and its VPS stays known as bought.

        :raises InvalidInputError: there is no such purchase, or it has not ended.
        """
        request = {"forgetPurchase": {"idempotencyKey": text("idempotency_key", idempotency_key)}}
        self._ask("forget", request, PurchaseRecord | None)

    def _end_of(self, record: PurchaseRecord) -> Resumed:
        try:
            result = self._resume({"id": record.id}, None, "refuse", None)
        except StableVPSError as error:
            if self._client._closing.is_closed:
                raise
            return Resumed(record=record, error=error)
        return Resumed(record=record, result=result)

    def _resume(
        self,
        find: dict[str, str],
        timeout: float | None,
        when_held: WhenHeld,
        on_progress: OnProgress | None,
    ) -> Provisioned:
        self._check_store()
        fields = {
            "find": find,
            "whenHeld": text("when_held", when_held),
            "timeoutMs": None if timeout is None else milliseconds("timeout", timeout),
        }
        request = {"resumeRecorded": without_none(fields)}
        return self._client._purchase("purchases.resume", request, on_progress)

    def _ask(self, name: str, request: Any, result: Any) -> Any:
        self._check_store()
        return self._client._call(f"purchases.{name}", request, result, None, None)

    def _check_store(self) -> None:
        if self._client._storing is None:
            raise invalid_input("store", "is missing: recorded purchases need a client with one")
