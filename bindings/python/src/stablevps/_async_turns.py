"""The turns of purchases in event loops, which must not block."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from . import _turns

Ticket = _turns.Ticket


class AsyncTurn:
    """The queue of one account's purchases, for waiting in an event loop."""

    def __init__(self, turn: _turns.Turn) -> None:
        self._turn = turn

    async def acquire(self, ticket: Ticket, patience: float, is_over: Callable[[], bool]) -> bool:
        """Waits at most so many seconds, and until it is over; whether the turn has come."""
        loop = asyncio.get_running_loop()
        until = time.monotonic() + patience
        woken = loop.create_future()

        def settle() -> None:
            if not woken.done():
                woken.set_result(None)

        def wake() -> None:
            loop.call_soon_threadsafe(settle)

        ticket.loop = loop
        self._turn.join(ticket, wake)
        while not self._turn.is_of(ticket):
            left = until - time.monotonic()
            if left <= 0 or is_over():
                self._turn.release(ticket)
                return False
            timer = loop.call_later(min(left, _turns.SLICE), settle)
            try:
                await woken
            finally:
                timer.cancel()
            woken = loop.create_future()
        return True

    def is_of(self, ticket: Ticket) -> bool:
        """Whether it is the turn of that ticket."""
        return self._turn.is_of(ticket)

    def release(self, ticket: Ticket) -> None:
        """Gives the place back, and wakes the next. Doing so twice changes nothing."""
        self._turn.release(ticket)


class AsyncTurns:
    """The queues of all accounts, for waiting in event loops."""

    def __init__(self, turns: _turns.Turns) -> None:
        self._turns = turns

    def of(self, account: str) -> AsyncTurn:
        """The queue of an account's purchases."""
        return AsyncTurn(self._turns.of(account))


PROCESS = AsyncTurns(_turns.PROCESS)
"""The queues of the accounts that are no simulation."""
