"""A purchase under way in an event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Generator
from typing import Any, TypeAlias

from ._machine import Call
from ._models import Provisioned

__all__ = ["AsyncPurchase", "purchase"]

Began: TypeAlias = Callable[[Call[Provisioned]], None]


class AsyncPurchase(Coroutine[Any, Any, Provisioned]):
    """A purchase of an :class:`AsyncClient`: a coroutine, which begins when it is awaited.

    Keep it where something else may cancel it, such as ``asyncio.timeout``, ``asyncio.wait_for`` or
    ``asyncio.gather``: its ``token`` stays.

    >>> import asyncio, stablevps
    >>> async def main() -> None:
    ...     async with stablevps.AsyncClient.simulated() as client:
    ...         purchase = client.vps.provision(
    ...             plan_id="basic", billing_cycle="monthly", location="tokyo"
    ...         )
    ...         try:
    ...             await asyncio.wait_for(purchase, 0)
    ...         except asyncio.TimeoutError:
    ...             if purchase.token is not None:
    ...                 await client.vps.resume(purchase.token)
    >>> asyncio.run(main())
    """

    def __init__(self, run: Callable[[Began], Coroutine[Any, Any, Provisioned]]) -> None:
        self._call: Call[Provisioned] | None = None
        self._coroutine = run(self._began)

    @property
    def token(self) -> str | None:
        """From where :meth:`AsyncClient.vps.resume` continues, at this moment.

        ``None`` before the purchase began and where there is nothing left to continue.
        """
        return None if self._call is None else self._call.token()

    def _began(self, call: Call[Provisioned]) -> None:
        self._call = call
        call.begins_in(asyncio.get_running_loop())

    def __await__(self) -> Generator[Any, Any, Provisioned]:
        return self._coroutine.__await__()

    def send(self, value: Any) -> Any:
        """As of every coroutine."""
        return self._coroutine.send(value)

    def throw(self, *error: Any) -> Any:
        """As of every coroutine."""
        return self._coroutine.throw(*error)

    def close(self) -> None:
        """As of every coroutine."""
        self._coroutine.close()

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {'not begun' if self._call is None else 'begun'}>"


purchase = AsyncPurchase
"""Makes one of what runs it."""
