"""The turns of purchases in event loops, which must not block."""

from __future__ import annotations

import asyncio
from weakref import WeakKeyDictionary

from . import _turns

PAUSE = 0.05
"""How many seconds an event loop waits before it tries again to take another thread's turn."""


class AsyncTurn:
    """The turn of one account's purchases in one event loop."""

    def __init__(self, account: str) -> None:
        self._account = account
        self._in_loop = asyncio.Lock()
        self._in_process: _turns.Turn | None = None

    async def acquire(self, patience: float) -> bool:
        """Waits at most so many seconds; whether the turn has come."""
        waiting = asyncio.ensure_future(self._acquire())
        try:
            await asyncio.wait({waiting}, timeout=patience)
            waiting.cancel()
            await asyncio.wait({waiting})
        except BaseException:
            waiting.cancel()
            # Its turn may have come in this very moment.
            waiting.add_done_callback(self._give_back)
            raise
        if waiting.cancelled():
            return False
        waiting.result()
        return True

    def _give_back(self, waited: asyncio.Future[None]) -> None:
        if not waited.cancelled() and waited.exception() is None:
            self.release()

    async def _acquire(self) -> None:
        """Waits for the other purchases of this loop, then for those of other threads."""
        await self._in_loop.acquire()
        try:
            in_process = _turns.turn_of(self._account)
            while not in_process.try_acquire():
                await asyncio.sleep(PAUSE)
        except BaseException:
            self._in_loop.release()
            raise
        self._in_process = in_process

    def release(self) -> None:
        """Lets the next purchase begin."""
        if self._in_process is not None:
            self._in_process.release()
            self._in_process = None
        self._in_loop.release()


_by_loop: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[str, AsyncTurn]] = WeakKeyDictionary()


def turn_of(account: str) -> AsyncTurn:
    """The turn of an account's purchases in the running event loop."""
    turns = _by_loop.setdefault(asyncio.get_running_loop(), {})
    if account not in turns:
        turns[account] = AsyncTurn(account)
    return turns[account]
