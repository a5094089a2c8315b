"""One lock an account: purchases go one at a time until the order's reply is there.

In a process there is one for all: for threads, event loops and both kinds of client.
"""

from __future__ import annotations

import asyncio
import threading
from weakref import WeakKeyDictionary

from ._machine import locks

PAUSE = 0.05
"""How many seconds an event loop waits before it asks again for what another thread holds."""


class AccountLock:
    """The lock of an account in one event loop."""

    def __init__(self, key: str) -> None:
        self._key = key
        self._in_loop = asyncio.Lock()
        self._in_process: threading.Lock | None = None

    async def acquire(self, patience: float) -> bool:
        """Waits so many seconds at most; says whether it has the lock."""
        waiting = asyncio.ensure_future(self._acquire())
        try:
            await asyncio.wait({waiting}, timeout=patience)
            waiting.cancel()
            await asyncio.wait({waiting})
        except BaseException:
            waiting.cancel()
            # It may have got the lock in this very moment.
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
            shared = locks.of(self._key)
            while not shared.acquire(blocking=False):
                await asyncio.sleep(PAUSE)
        except BaseException:
            self._in_loop.release()
            raise
        self._in_process = shared

    def release(self) -> None:
        """Lets the next purchase begin."""
        if self._in_process is not None:
            self._in_process.release()
            self._in_process = None
        self._in_loop.release()


_locks: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[str, AccountLock]] = WeakKeyDictionary()


def async_lock(key: str) -> AccountLock:
    """The lock of an account in the running event loop."""
    of_loop = _locks.setdefault(asyncio.get_running_loop(), {})
    if key not in of_loop:
        of_loop[key] = AccountLock(key)
    return of_loop[key]
