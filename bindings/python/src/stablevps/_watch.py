"""A watch over the account's VPS.

Written by ``cargo xtask generate`` from ``_async_watch.py``: change that file, not this one.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import TracebackType
from typing import TYPE_CHECKING, Any

from ._closing import Closing
from ._probing import Probing
from ._machine import Call, EventStep, Probe, Send, StoreStep, Wait
from ._report import StableVPSError

if TYPE_CHECKING:
    from typing_extensions import Self

    from ._client import Client
    from .events import WatchEvent

__all__ = ["VpsWatch"]


class VpsWatch(Iterator["WatchEvent"]):
    """A watch over the account's VPS: an iterator of events, as a rule without an end.

    It looks while it is asked for the next event, and has no thread or connection of its own
    between two events. Ctrl-C ends a wait or a request at once; asked again, the watch goes on where
    it was, and no reboot is sent twice. :meth:`close`, from another thread too, ends it for good.

    It ends with an error once the service has refused the key twice in a row.
    """

    def __init__(
        self, client: Client, call: Any, probing: Probing, lasts_ms: int | None
    ) -> None:
        self._client = client
        self._call: Call[None] = call
        self._probing = probing
        self._closing = Closing()
        self._until_ms = None if lasts_ms is None else call.now_ms() + lasts_ms
        self._under_way: Send | None = None
        """A request that was handed over, and whose end is not known."""
        self._is_asked = False
        self._is_over = False

    def close(self) -> None:
        """Ends the watch for good. Whoever waits for its next event gets none."""
        self._closing.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> WatchEvent:
        if self._is_asked:
            raise RuntimeError("the watch is asked for its next event already")
        self._is_asked = True
        try:
            event = None
            if not self._is_over:
                event = self._closing.unless(self._client._look(self))
            if event is None:
                self._is_over = True
                raise StopIteration
            return event
        except StableVPSError:
            self._is_over = True
            raise
        finally:
            self._is_asked = False

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {'over' if self._is_over else 'not over'}>"

    def advance(self) -> WatchEvent | None:
        """Looks at the VPS until there is something to tell; nothing at the end."""
        client, call = self._client, self._call
        self._give_up_lost()
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
                client._sleep(seconds, self._closing)
            elif isinstance(step, Probe):
                call.report(step)
                client._probe(call, step, self._probing, self._closing)
            elif isinstance(step, Send):
                call.report(step)
                self._send(step)
            elif not isinstance(step, StoreStep):
                call.result(step)
        return None

    def _pause(self, wait: Wait) -> float | None:
        """How many seconds to wait; nothing once the watch is over."""
        if self._until_ms is None:
            return wait.delay_ms / 1000
        left_ms = self._until_ms - self._call.now_ms()
        return min(wait.delay_ms, left_ms) / 1000 if left_ms > 0 else None

    def _send(self, send: Send) -> None:
        client, call = self._client, self._call
        self._under_way = send
        if client._ureq is None:
            client._send(call, send)
        else:
            begun_ms = call.now_ms()
            client._ureq.settle(call, self._closing.ended)
            call.observe(send, begun_ms)
        self._under_way = None

    def _give_up_lost(self) -> None:
        """A reboot that was left while it was under way may have been done: it is not repeated."""
        send = self._under_way
        if send is None:
            return
        if self._client._ureq is not None:
            self._client._ureq.rest(self._call)
        self._under_way = None
        if send.request.retry_class == "once":
            self._call.give_up(send, self._call.now_ms())
