"""How a client or a watch is closed: whoever sleeps is woken."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

T = TypeVar("T")

LONGEST = 0.05 if os.name == "nt" else threading.TIMEOUT_MAX
"""How many seconds to sleep in one piece. On Windows, Ctrl-C does not end the wait for a lock."""


class Closing:
    """Whether a client or a watch is closed. No lock is held: a signal handler may close it."""

    def __init__(self) -> None:
        self.is_closed = False
        self._bells: set[Callable[[], None]] = set()

    def ended(self) -> bool:
        """Whether it is closed."""
        return self.is_closed

    def sleep(self, seconds: float, other: Closing | None = None) -> None:
        """Waits; returns early when this or the other is closed."""
        closings = [self] if other is None else [self, other]
        bell = threading.Lock()
        bell.acquire()
        ring = bell.release
        for closing in closings:
            closing._bells.add(ring)
        try:
            until = time.monotonic() + seconds
            while not any(map(Closing.ended, closings)) and (left := until - time.monotonic()) > 0:
                bell.acquire(timeout=min(left, LONGEST))
        finally:
            for closing in closings:
                closing._bells.discard(ring)

    def unless(self, response: T) -> T:
        """What a transport returned. Closing a client can't end what runs in another thread."""
        return response

    def close(self) -> None:
        """Wakes all who sleep. Nobody sleeps afterwards."""
        self.is_closed = True
        for ring in tuple(self._bells):
            # It rings already.
            with suppress(RuntimeError):
                ring()
