"""What a store is to a client."""

from __future__ import annotations

from typing import Protocol

from msgspec import Struct


class StoreOperation(Struct, frozen=True, kw_only=True):
    """What a store is to carry out."""

    op: str
    """Which: ``open``, ``save``, ``receipt``, ``renew``, ``enter``, ``leave`` or ``list``."""
    document: str
    """The operation as JSON, the one parameter of its statements. There is no secret in it."""

    def __repr__(self) -> str:
        return f"StoreOperation({self.op!r})"


class StoreFailure(Exception):
    """Raised by a store that did not carry an operation out, or may have.

    Its text is the ``detail`` of the :class:`~stablevps.StoreError` that a purchase may end in, so
    it must hold no secret. Of any other exception, that shows only the name.
    """


class Store(Protocol):
    """Where a client records its purchases.

    Several threads may use it at once. It may be asked for the same operation again, after an
    exception or an interruption.
    """

    def carry_out(self, operation: StoreOperation) -> str:
        """Carries an operation out as one transaction; returns its answer once that is on disk.

        :raises StoreFailure: the database failed. It may have carried the operation out.
        """
        ...


class AsyncStore(Protocol):
    """The same in an event loop, for an :class:`~stablevps.AsyncClient`."""

    async def carry_out(self, operation: StoreOperation) -> str:
        """Carries an operation out as one transaction; returns its answer once that is on disk.

        :raises StoreFailure: the database failed. It may have carried the operation out.
        """
        ...
