"""How an asynchronous client or a watch is closed: whoever sleeps is woken."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, TypeVar

T = TypeVar("T")


class AsyncClosing:
    """Whether a client or a watch is closed."""

    def __init__(self) -> None:
        self.is_closed = False
        self._waiting: set[asyncio.Future[None]] = set()
        self._working: set[_Working] = set()

    def ended(self) -> bool:
        """Whether it is closed."""
        return self.is_closed

    async def sleep(self, seconds: float, other: AsyncClosing | None = None) -> None:
        """Waits; returns early when this is closed. The other one stops the task by itself."""
        if self.is_closed:
            return
        loop = asyncio.get_running_loop()
        over = loop.create_future()
        timer = loop.call_later(seconds, _settle, over)
        self._waiting.add(over)
        try:
            await over
        finally:
            timer.cancel()
            self._waiting.discard(over)

    async def unless(self, work: Coroutine[Any, Any, T]) -> T | None:
        """Does the work, in the same task; nothing where the client is closed before it is done."""
        task = asyncio.current_task()
        if self.is_closed or task is None:
            work.close()
            return None
        working = _Working(task)
        self._working.add(working)
        try:
            return await work
        except asyncio.CancelledError:
            if working.is_stopped_alone():
                return None
            raise
        finally:
            self._working.discard(working)

    def close(self) -> None:
        """Wakes all who sleep. Nobody sleeps afterwards."""
        self.is_closed = True
        for over in tuple(self._waiting):
            # Its event loop may be another, or closed.
            with suppress(RuntimeError):
                over.get_loop().call_soon_threadsafe(_settle, over)
        for working in tuple(self._working):
            with suppress(RuntimeError):
                working.task.get_loop().call_soon_threadsafe(self._stop, working)

    def _stop(self, working: _Working) -> None:
        if working in self._working:
            working.stop()


class _Working:
    """A task that works for a client, and is stopped by cancelling it."""

    def __init__(self, task: asyncio.Task[Any]) -> None:
        self.task = task
        self._cancellings = _cancellings(task)
        self._is_stopped = False

    def stop(self) -> None:
        self._is_stopped = True
        self.task.cancel()

    def is_stopped_alone(self) -> bool:
        """Whether a cancellation came from here and from nowhere else. It is taken back then."""
        if not self._is_stopped:
            return False
        if hasattr(self.task, "uncancel"):
            self.task.uncancel()
        return _cancellings(self.task) <= self._cancellings


def _cancellings(task: asyncio.Task[Any]) -> int:
    # Python 3.10 does not count them.
    return task.cancelling() if hasattr(task, "cancelling") else 0


def _settle(over: asyncio.Future[None]) -> None:
    if not over.done():
        over.set_result(None)
