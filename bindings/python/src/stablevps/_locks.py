"""One asyncio lock an account and event loop: purchases go one at a time until the order's reply."""

from __future__ import annotations

import asyncio
from weakref import WeakKeyDictionary

_locks: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[str, asyncio.Lock]] = (
    WeakKeyDictionary()
)


def async_lock(key: str) -> asyncio.Lock:
    """The lock of an account in the running event loop."""
    return _locks.setdefault(asyncio.get_running_loop(), {}).setdefault(key, asyncio.Lock())
