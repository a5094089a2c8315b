"""The turns of purchases: of an account's purchases one at a time is before its order's reply.

In a process there is one queue per account for all: for threads, event loops and both kinds of
client. A simulated service has queues of its own.

A signal handler, or another thread, can raise an exception between any two instructions, and a
signal handler can itself buy. So nothing here holds a lock, and no exception at any instant leaves
the account locked: every change is a single call of a C function, and whose turn it is follows from
the queue alone. A purchase that vanishes without giving its turn back is skipped.
"""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING
from weakref import WeakSet, ref

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop

SLICE = 0.25
"""How many seconds a purchase waits before it looks at the queue again without being woken."""


class Ticket:
    """A purchase's place in the queue. The place is free once the ticket is given back or gone."""

    def __init__(self) -> None:
        self.place = ref(self)
        self.is_given_back = False
        self.wake: Callable[[], None] | None = None
        """Called when its turn has come."""
        self.loop: AbstractEventLoop | None = None
        """The event loop that its purchase runs in. None of a closed one goes on."""

    def is_free(self) -> bool:
        """Whether nobody takes this place any more."""
        return self.is_given_back or (self.loop is not None and self.loop.is_closed())


class Turn:
    """The queue of one account's purchases: the turn is of whoever is its first."""

    def __init__(self) -> None:
        self._queue: deque[ref[Ticket]] = deque()

    def join(self, ticket: Ticket, wake: Callable[[], None]) -> None:
        """Takes the last place."""
        ticket.wake = wake
        ticket.is_given_back = False
        self._queue.append(ticket.place)

    def is_of(self, ticket: Ticket) -> bool:
        """Whether it is the turn of that ticket."""
        return self._first() is ticket

    def acquire(self, ticket: Ticket, patience: float, is_over: Callable[[], bool]) -> bool:
        """Waits at most so many seconds, and until it is over; whether the turn has come."""
        until = time.monotonic() + patience
        bell = threading.Lock()
        bell.acquire()
        self.join(ticket, bell.release)
        while not self.is_of(ticket):
            left = until - time.monotonic()
            if left <= 0 or is_over():
                self.release(ticket)
                return False
            bell.acquire(timeout=min(left, SLICE))
        return True

    def release(self, ticket: Ticket) -> None:
        """Gives the place back, and wakes the next. Doing so twice changes nothing."""
        ticket.is_given_back = True
        first = self._first()
        if first is not None and first.wake is not None:
            # A bell that rings already, or an event loop that is closed.
            with suppress(RuntimeError):
                first.wake()

    def _first(self) -> Ticket | None:
        while True:
            try:
                place = self._queue[0]
            except IndexError:
                return None
            ticket = place()
            if ticket is not None and not ticket.is_free():
                return ticket
            # Another thread may have removed it.
            with suppress(ValueError):
                self._queue.remove(place)


class Turns:
    """The queues of all accounts."""

    def __init__(self) -> None:
        self._turns: dict[str, Turn] = {}
        _all.add(self)

    def of(self, account: str) -> Turn:
        """The queue of an account's purchases."""
        return self._turns.setdefault(account, Turn())

    def forget(self) -> None:
        """Forgets every queue."""
        self._turns = {}


def _forget_all() -> None:
    for turns in list(_all):
        turns.forget()


_all: WeakSet[Turns] = WeakSet()

PROCESS = Turns()
"""The queues of the accounts that are no simulation."""

if hasattr(os, "register_at_fork"):
    # The thread whose turn it is at a fork does not exist in the child to give it back.
    os.register_at_fork(after_in_child=_forget_all)
