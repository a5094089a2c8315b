"""Virtual time, which several calls share.

Time stands while any of the service's calls has something to do, such as a program's own
``on_progress``. When all of them sleep or wait for their turn, the time is that of the earliest to
wake. So calls side by side sleep side by side.
"""

from __future__ import annotations

import asyncio
import itertools
import threading
from collections.abc import Callable
from contextlib import suppress
from contextvars import ContextVar, Token
from weakref import WeakSet, ref

from .._turns import Ticket, Turn, Turns

SLICE = 0.05
"""How many seconds a sleeper waits before it looks at the others again."""


class Activity:
    """A call of a simulated service while it is under way."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._thread = threading.get_ident()
        self._task = _task()
        self._parent: ref[Activity] | None = None
        self._token: Token[ref[Activity] | None] | None = None
        self._children = 0
        self.is_over = False
        self.wakes_at: int | None = None
        self.ring: Callable[[], object] | None = None
        self.waits: Callable[[], bool] | None = None
        """Whether it still waits for its turn."""

    def __enter__(self) -> Activity:
        self._parent = _current.get()
        parent = _alive(self._parent)
        if parent is not None:
            parent._children += 1
        self._token = _current.set(ref(self))
        self._world.activities.add(self)
        return self

    def __exit__(self, *ending: object) -> None:
        self.is_over = True
        parent = _alive(self._parent)
        if parent is not None:
            parent._children -= 1
        if self._token is not None:
            # A coroutine may be closed in another context.
            with suppress(ValueError):
                _current.reset(self._token)
        self._world.settle()

    def is_busy(self) -> bool:
        """Whether it can do something now, as seen by whoever runs."""
        if self.is_over or self.wakes_at is not None or self._children:
            return False
        if self._task is not None and self._task.get_loop().is_closed():
            return False
        if self.waits is not None and self.waits():
            return False
        # A thread that looks is not in a call of its own, or is about to sleep in one.
        is_blocked = self._task is None or _task() is None
        return not (is_blocked and self._thread == threading.get_ident())


def _alive(activity: ref[Activity] | None) -> Activity | None:
    return None if activity is None else activity()


def _task() -> asyncio.Task[object] | None:
    try:
        return asyncio.current_task()
    except RuntimeError:
        return None


_current: ContextVar[ref[Activity] | None] = ContextVar("stablevps_activity", default=None)


class World:
    """The time of one simulated service, and the calls that share it."""

    _numbers = itertools.count()

    def __init__(self, now_ms: int) -> None:
        self.now_ms = now_ms
        self.name = f"simulated {next(self._numbers)}"
        self.activities: WeakSet[Activity] = WeakSet()
        # A signal handler may call the service while its thread is in here.
        self._lock = threading.RLock()

    def activity(self) -> Activity:
        """A call, for as long as it is entered."""
        return Activity(self)

    def advance(self, milliseconds: int) -> None:
        """Lets time pass."""
        with self._lock:
            self._pass(self.now_ms + milliseconds)

    def settle(self) -> None:
        """Lets time pass until someone wakes, unless someone is busy."""
        with self._lock:
            activities = list(self.activities)
            if not any(one.is_busy() for one in activities):
                times = [one.wakes_at for one in activities if one.wakes_at is not None]
                if times:
                    self._pass(max(self.now_ms, min(times)))

    def sleep(self, milliseconds: int) -> None:
        """Waits, in this thread."""
        bell = threading.Lock()
        bell.acquire()
        with self.activity() as me:
            me.ring = bell.release
            me.wakes_at = self.now_ms + milliseconds
            self.settle()
            while me.wakes_at is not None:
                bell.acquire(timeout=SLICE)
                self.settle()

    async def sleep_in_loop(self, milliseconds: int) -> None:
        """Waits, in an event loop."""
        loop = asyncio.get_running_loop()
        woken = loop.create_future()

        def wake() -> None:
            if not woken.done():
                woken.set_result(None)

        with self.activity() as me:
            me.ring = lambda: loop.call_soon_threadsafe(wake)
            me.wakes_at = self.now_ms + milliseconds
            # Whoever was started beside this one begins first.
            await asyncio.sleep(0)
            self.settle()
            while not woken.done():
                await asyncio.wait({woken}, timeout=SLICE)
                self.settle()

    def _pass(self, until: int) -> None:
        self.now_ms = until
        for one in list(self.activities):
            if one.wakes_at is not None and one.wakes_at <= until:
                # From here on it is busy, even before it runs.
                one.wakes_at = None
                if one.ring is not None:
                    # It rings already, or its event loop is closed.
                    with suppress(RuntimeError):
                        one.ring()


class WorldTurns(Turns):
    """The queues of a simulated service."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self._world = world

    def of(self, account: str) -> Turn:
        """The queue of an account's purchases."""
        return self._turns.setdefault(account, _Turn(self._world))


class _Turn(Turn):
    def __init__(self, world: World) -> None:
        super().__init__()
        self._world = world

    def join(self, ticket: Ticket, wake: Callable[[], None]) -> None:
        """Takes the last place. Time passes while it waits for the others."""
        super().join(ticket, wake)
        activity = _alive(_current.get())
        if activity is not None:
            place = ref(ticket)
            activity.waits = lambda: not self._is_of(place)
            self._world.settle()

    def _is_of(self, place: ref[Ticket]) -> bool:
        ticket = place()
        return ticket is None or ticket.is_free() or self.is_of(ticket)
