"""Virtual time, which several calls share.

Time stands while any of the service's calls has something to do, such as a program's own
``on_progress``. When all of them sleep, the time is that of the earliest to wake. So calls side by
side sleep side by side.
"""

from __future__ import annotations

import asyncio
import itertools
import threading
from collections.abc import Callable
from contextlib import suppress
from contextvars import ContextVar, Token
from weakref import ref

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

    def __enter__(self) -> Activity:
        self._parent = _current.get()
        parent = _alive(self._parent)
        if parent is not None:
            parent._children += 1
        self._token = _current.set(ref(self))
        self._world.begins(self)
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
        if parent is None or parent._children:
            # Else the call that this was a part of goes on in this moment.
            self._world.settle()

    def end(self) -> None:
        """Ends one that is only promised."""
        self.is_over = True
        self._world.settle()

    def is_busy(self) -> bool:
        """Whether it can do something now, as seen by whoever runs."""
        if self.is_over or self.wakes_at is not None or self._children:
            return False
        if self._task is not None and self._task.get_loop().is_closed():
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
        # Every change is one call of a C function: calls begin and end in other threads meanwhile.
        self._activities: set[ref[Activity]] = set()
        # A signal handler may call the service while its thread is in here.
        self._lock = threading.RLock()

    def activity(self) -> Activity:
        """A call, for as long as it is entered."""
        return Activity(self)

    def promise(self) -> Activity:
        """A call that another thread is about to make: time stands until it is ended."""
        promised = Activity(self)
        promised._thread, promised._task = 0, None
        self.begins(promised)
        return promised

    def begins(self, activity: Activity) -> None:
        """Notes a call that is under way."""
        self._activities.add(ref(activity, self._activities.discard))

    def _under_way(self) -> list[Activity]:
        return [one for place in self._activities.copy() if (one := place()) is not None]

    def advance(self, milliseconds: int) -> None:
        """Lets time pass."""
        with self._lock:
            self._pass(self.now_ms + milliseconds)

    def settle(self) -> None:
        """Lets time pass until someone wakes, unless someone is busy."""
        with self._lock:
            activities = self._under_way()
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
        for one in self._under_way():
            if one.wakes_at is not None and one.wakes_at <= until:
                # From here on it is busy, even before it runs.
                one.wakes_at = None
                if one.ring is not None:
                    # It rings already, or its event loop is closed.
                    with suppress(RuntimeError):
                        one.ring()
