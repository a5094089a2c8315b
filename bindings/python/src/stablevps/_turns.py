"""The turns of purchases: of an account's purchases one at a time is before its order's reply.

In a process there is one turn per account for all: for threads, event loops and both kinds of
client.
"""

from __future__ import annotations

import os
import threading


class Turn:
    """The turn of one account's purchases."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def acquire(self, patience: float) -> bool:
        """Waits at most so many seconds; whether the turn has come."""
        return self._lock.acquire(timeout=patience)

    def try_acquire(self) -> bool:
        """Takes the turn if it is free; whether it was."""
        return self._lock.acquire(blocking=False)

    def release(self) -> None:
        """Lets the next purchase begin."""
        self._lock.release()


class _Turns:
    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        self._guard = threading.Lock()
        self._turns: dict[str, Turn] = {}

    def of(self, account: str) -> Turn:
        with self._guard:
            return self._turns.setdefault(account, Turn())


_turns = _Turns()

if hasattr(os, "register_at_fork"):
    # The thread that holds a turn at a fork does not exist in the child to release it.
    os.register_at_fork(after_in_child=_turns.forget)


def turn_of(account: str) -> Turn:
    """The turn of an account's purchases."""
    return _turns.of(account)
