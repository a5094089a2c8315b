"""A watch over the account's VPS, in an event loop.

``_watch.py`` is made of this file by ``cargo xtask generate``.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from types import TracebackType
from typing import TYPE_CHECKING, Any

from ._async_closing import AsyncClosing
from ._async_probing import AsyncProbing
from ._machine import Call, EventStep, Probe, Send, StoreStep, Wait
from ._report import StableVPSError

if TYPE_CHECKING:
    from typing_extensions import Self

    from ._async_client import AsyncClient
    from .events import WatchEvent

__all__ = ["AsyncVpsWatch"]


class AsyncVpsWatch(AsyncIterator["WatchEvent"]):
    """A watch over the account's VPS: an asynchronous iterator of events, as a rule without an end.

    It looks while it is asked for the next event, and has no task or connection of its own between
    two events. Asking may be cancelled at any time: the next call goes on where this one was, no
    event is lost, and no reboot is sent twice.

    It ends with an error once the service has refused the key twice in a row.
    """

    def __init__(
        self, client: AsyncClient, call: Any, probing: AsyncProbing, lasts_ms: int | None
    ) -> None:
        self._client = client
        self._call: Call[None] = call
        self._probing = probing
        self._closing = AsyncClosing()
        self._until_ms = None if lasts_ms is None else call.now_ms() + lasts_ms
        self._under_way: Send | None = None
        """A request that was handed over, and whose end is not known."""
        self._is_asked = False
        self._is_over = False

    async def aclose(self) -> None:
        """Ends the watch for good. Whoever waits for its next event gets none."""
        self._closing.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> WatchEvent:
        if self._is_asked:
            raise RuntimeError("the watch is asked for its next event already")
        self._is_asked = True
        try:
            event = None
            if not self._is_over:
                event = await self._closing.unless(self._client._look(self))
            if event is None:
                self._is_over = True
                raise StopAsyncIteration
            return event
        except StableVPSError:
            self._is_over = True
            raise
        finally:
            self._is_asked = False

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {'over' if self._is_over else 'not over'}>"

    async def advance(self) -> WatchEvent | None:
        """Looks at the VPS until there is something to tell; nothing at the end."""
        client, call = self._client, self._call
        await self._give_up_lost()
        while not self._closing.is_closed:
            client._check_under_way(call)
            step = call.step(call.now_ms())
            if isinstance(step, EventStep):
                return call.told(step)
            if isinstance(step, Wait):
                call.report(step)
                seconds = self._pause(step)
                if seconds is None:
                    return None
                await client._sleep(seconds, self._closing)
            elif isinstance(step, Probe):
                call.report(step)
                await client._probe(call, step, self._probing, self._closing)
            elif isinstance(step, Send):
                call.report(step)
                await self._send(step)
            elif not isinstance(step, StoreStep):
                call.result(step)
        return None

    def _pause(self, wait: Wait) -> float | None:
        """How many seconds to wait; nothing once the watch is over."""
        if self._until_ms is None:
            return wait.delay_ms / 1000
        left_ms = self._until_ms - self._call.now_ms()
        return min(wait.delay_ms, left_ms) / 1000 if left_ms > 0 else None

    async def _send(self, send: Send) -> None:
        client, call = self._client, self._call
        self._under_way = send
        if client._ureq is None:
            await client._send(call, send)
        else:
            begun_ms = call.now_ms()
            await client._ureq.settle(call, self._closing.ended)
            call.observe(send, begun_ms)
        self._under_way = None

    async def _give_up_lost(self) -> None:
        """A reboot that was left while it was under way may have been done: it is not repeated."""
        send = self._under_way
        if send is None:
            return
        if self._client._ureq is not None:
            await self._client._ureq.rest(self._call)
        self._under_way = None
        if send.request.retry_class == "once":
            self._call.give_up(send, self._call.now_ms())
